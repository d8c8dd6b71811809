"""What earlier pulls wrote: whose work it was, under which pseudonym, and what of it the server has lost since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.issues import Issue, issue
from vinese.formats.labelstudio.items import mapped

Json = dict[str, Any]


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
class Before:
    """An annotation in the file: its annotator, its number of regions (relations and choices too), if it was skipped.

    Only these are kept: a layer can be large.
    """

    annotator: str
    regions: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """A pulled file by article: its records, still undecoded, and its annotations by `key`."""

    records: dict[str, list[msgspec.Raw]]
    annotations: dict[str, dict[str, Before]]

    @property
    def pseudonyms(self) -> dict[str, str]:
        """The pseudonym of every annotation that has one."""
        return {
            name: annotation.annotator
            for annotations in self.annotations.values()
            for name, annotation in annotations.items()
            if annotation.annotator
        }


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
    for path in sorted(exports.glob("*.json")):
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
            annotations = earlier.annotations.setdefault(task.data.article_id, {})
            annotations[key(annotation.unique_id, annotation.id)] = Before(
                annotation.annotator, len(annotation.result or ()), bool(annotation.was_cancelled)
            )
    return earlier, layers


def lost(
    article: str, before: Mapping[str, Before], now: list[Json], *, task: bool, layer: str, file: str
) -> Iterator[Issue]:
    """Yield an issue for each annotation of `before` that the annotations of `now` lack, or have without its work.

    `task` is whether the server has a task of the article at all.
    """
    annotations = {key(None, annotation.get("id")): annotation for annotation in now}
    annotations |= {key(annotation.get("unique_id"), annotation.get("id")): annotation for annotation in now}
    for name, earlier in before.items():
        code, why = "studio-work-emptied", ""
        annotation = annotations.get(name)
        if annotation is None:
            code, why = "studio-work-gone", "it was deleted" if task else "its task was deleted"
        elif annotation.get("was_cancelled") and not earlier.cancelled:
            why = "was skipped since"
        elif earlier.regions and not annotation.get("result"):
            why = "has none now"
        if why:
            annotator = earlier.annotator or "somebody"
            yield issue(
                code,
                article_id=article,
                file=file,
                annotator=annotator,
                regions=earlier.regions,
                layer=layer,
                why=why,
            )
