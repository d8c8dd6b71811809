"""Read from layers pulled earlier what the next pull must know: which work is in them, under whose pseudonym."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import problem
from vinese.core.issues import Issue, issue


class _Data(msgspec.Struct, frozen=True):
    article_id: str = ""


class _Annotation(msgspec.Struct, frozen=True):
    id: int | str | None = None
    completed_by: int | str | dict[str, object] | None = None
    unique_id: str | None = None
    result: list[msgspec.Raw] | None = None
    was_cancelled: bool | None = None


class _Stamp(msgspec.Struct, frozen=True):
    layer: str | None = None


class _Task(msgspec.Struct, frozen=True):
    data: _Data = _Data()
    annotations: list[_Annotation] = []
    vinese: _Stamp | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """Say of one annotation in the file whose it is, how many regions, relations and choices it has, if it counts."""

    annotator: str
    regions: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """Hold a pulled file by article: its records, still undecoded, and its annotations by `key`."""

    records: dict[str, list[msgspec.Raw]]
    annotations: dict[str, dict[str, Before]]

    @property
    def pseudonyms(self) -> dict[str, str]:
        """Return the pseudonym of every annotation."""
        return {
            name: one.annotator for found in self.annotations.values() for name, one in found.items() if one.annotator
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
    """Return the pseudonym of every annotation in a folder of pulled layers; files that are none are left alone."""
    found: dict[str, str] = {}
    for path in sorted(exports.glob("*.json")):
        try:
            found.update(_read(path)[0].pseudonyms)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return found


def _read(path: Path) -> tuple[Earlier, set[str]]:
    """Return what a file holds, and the layers that its records name."""
    earlier, layers = Earlier({}, {}), set()
    for raw in msgspec.json.decode(_mapped(path), type=list[msgspec.Raw]):
        task = msgspec.json.decode(raw, type=_Task)
        if task.vinese:
            layers.add(str(task.vinese.layer))
        earlier.records.setdefault(task.data.article_id, []).append(raw)
        for one in task.annotations:
            found = earlier.annotations.setdefault(task.data.article_id, {})
            found[key(one.unique_id, one.id)] = Before(
                annotator=one.completed_by if isinstance(one.completed_by, str) else "",
                regions=len(one.result or ()),
                cancelled=bool(one.was_cancelled),
            )
    return earlier, layers


def _mapped(path: Path) -> mmap.mmap | bytes:
    """Return the file's bytes, mapped; a rename onto the file leaves them as they are. An empty file cannot be."""
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.seek(0, 2) else b""
    except OSError as error:
        raise problem(path, error, "read") from error


Json = dict[str, Any]


def lost(
    article: str, before: Mapping[str, Before], now: list[Json], *, task: bool, layer: str, file: str
) -> Iterator[Issue]:
    """Yield an issue for each annotation of `before` that the annotations of `now` lack, or have without its work.

    `task` is whether the server has a task of the article at all.
    """
    there = {key(None, one.get("id")): one for one in now}
    there |= {key(one.get("unique_id"), one.get("id")): one for one in now}
    for name, one in before.items():
        where: dict[str, Any] = {"article_id": article, "file": file, "annotator": one.annotator or "somebody"}
        held = there.get(name)
        if held is None:
            why = "it was deleted" if task else "its task was deleted"
            yield issue("studio-work-gone", **where, regions=one.regions, layer=layer, why=why)
            continue
        why = _less(one, held)
        if why:
            yield issue("studio-work-emptied", **where, regions=one.regions, layer=layer, why=why)


def _less(before: Before, now: Json) -> str:
    """Return in which way an annotation no longer holds its work, nothing if it does."""
    if now.get("was_cancelled") and not before.cancelled:
        return "was skipped since"
    return "has none now" if before.regions and not now.get("result") else ""
