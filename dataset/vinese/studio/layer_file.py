"""What earlier pulls wrote: whose work it was, and under which pseudonym."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import files_in
from vinese.formats.labelstudio.items import mapped

Json = dict[str, Any]

MEND = "to_mend"
"""The field of a task that says on the server what is wrong with the work on it; no file has it."""


class TaskData(msgspec.Struct, frozen=True):
    """The data of a task: the text that its annotations are about, and the article that it is of."""

    article_id: str
    text: str = ""


class Annotation(msgspec.Struct, frozen=True):
    """One annotation; `unique_id` is absent from lists of tasks, which only have number and time of making."""

    id: int | str | None = None
    unique_id: str | None = None
    completed_by: int | str | Json | None = None
    created_at: str | None = None
    result: list[Json] | None = None
    was_cancelled: bool | None = None

    @property
    def annotator(self) -> str:
        """The annotator's pseudonym, empty where an export of another origin has something else."""
        return self.completed_by if isinstance(self.completed_by, str) else ""


class Stamp(msgspec.Struct, frozen=True):
    """What vinese adds to a task that it pulls."""

    layer: str | None = None


class LayerTask(msgspec.Struct, frozen=True):
    """A task in the file of a layer, as far as push and pull look at it."""

    data: TaskData
    annotations: list[Annotation]
    vinese: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A pulled file by article: its records, still undecoded, and the annotator of each annotation by `key`.

    Only these are kept: a layer can be large.
    """

    records: dict[str, list[msgspec.Raw]]
    annotators: dict[str, str]

    @property
    def pseudonyms(self) -> dict[str, str]:
        """The pseudonym of every annotation that has one."""
        return {name: annotator for name, annotator in self.annotators.items() if annotator}

    def tasks(self, article: str) -> list[Json]:
        """Return the records of an article."""
        return [msgspec.json.decode(raw) for raw in self.records.get(article, ())]


def key(unique_id: object, number: object) -> str:
    """Return what tells an annotation from all others: its `unique_id`, or in files that lack one its number."""
    return str(unique_id) if unique_id else f"number {number}"


def read_earlier(path: Path, layer: str) -> Earlier:
    """Return what an earlier pull of `layer` left at `path`, nothing if there is no file.

    Raise `FileProblemError` if the file is no export, `UsageError` if it is another layer: neither is overwritten.
    """
    if not path.exists():
        return Earlier({}, {})
    try:
        earlier, layers = _read(path)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileProblemError(
            f"{path} is not a pulled layer: {error}.", "Move it away, or pull to another file with --out."
        ) from error
    others = layers - {layer}
    if others:
        raise UsageError(f"{path} holds layer {min(others)}, not {layer}.", "Pull to another file with --out.")
    return earlier


def pseudonyms_in(exports: Path) -> dict[str, str]:
    """Return the pseudonym of every annotation in a folder of pulled layers; other files are passed over."""
    pseudonyms: dict[str, str] = {}
    for path in files_in(exports, ".json"):
        try:
            pseudonyms.update(_read(path)[0].pseudonyms)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return pseudonyms


def _read(path: Path) -> tuple[Earlier, set[str]]:
    """Return what a file holds, and the layers that its records name."""
    earlier, layers = Earlier({}, {}), set()
    for raw in msgspec.json.decode(mapped(path), type=list[msgspec.Raw]):
        task = msgspec.json.decode(raw, type=LayerTask)
        if task.vinese:
            layers.add(str(task.vinese.layer))
        earlier.records.setdefault(task.data.article_id, []).append(raw)
        for annotation in task.annotations:
            earlier.annotators[key(annotation.unique_id, annotation.id)] = annotation.annotator
    return earlier, layers


def annotations_of(tasks: Iterable[Json]) -> dict[str, Json]:
    """Return the annotations of an article's tasks by `key`; those with a `unique_id` by their number, too."""
    annotations = [annotation for task in tasks for annotation in task["annotations"]]
    by_number = {key(None, annotation.get("id")): annotation for annotation in annotations}
    return by_number | {key(each.get("unique_id"), each.get("id")): each for each in annotations}
