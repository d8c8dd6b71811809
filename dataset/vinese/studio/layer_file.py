"""Read from layers pulled earlier what the next pull must know: whose work is in them, under which pseudonym."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from vinese.errors import FileProblemError, UsageError
from vinese.files import read_bytes

if TYPE_CHECKING:
    from pathlib import Path


class _Data(msgspec.Struct, frozen=True):
    article_id: str = ""


class _Annotation(msgspec.Struct, frozen=True):
    completed_by: int | str | dict[str, object] | None = None
    unique_id: str | None = None


class _Stamp(msgspec.Struct, frozen=True):
    layer: str | None = None


class _Task(msgspec.Struct, frozen=True):
    data: _Data = _Data()
    annotations: list[_Annotation] = []
    vinese: _Stamp | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Hold of a pulled file the articles with annotations, and the pseudonym of each annotation by its unique id."""

    articles: frozenset[str]
    pseudonyms: dict[str, str]


def read_earlier(path: Path, layer: str) -> Earlier | None:
    """Return what an earlier pull of `layer` left at `path`, None if there is no file.

    Raise `FileProblemError` if the file is no export, `UsageError` if it is another layer: neither is overwritten.
    """
    if not path.exists():
        return None
    try:
        tasks = _tasks(path)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileProblemError(
            f"{path} is not a pulled layer: {error}.", "Move it away, or pull to another file with --out."
        ) from error
    others = {task.vinese.layer for task in tasks if task.vinese} - {layer}
    if others:
        raise UsageError(
            f"{path} holds layer {sorted(map(str, others))[0]}, not {layer}.", "Pull to another file with --out."
        )
    return _earlier(tasks)


def pseudonyms_in(exports: Path) -> dict[str, str]:
    """Return the pseudonym of every annotation in a folder of pulled layers; files that are none are left alone."""
    found: dict[str, str] = {}
    for path in sorted(exports.glob("*.json")):
        try:
            found.update(_earlier(_tasks(path)).pseudonyms)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return found


def _tasks(path: Path) -> list[_Task]:
    return msgspec.json.decode(read_bytes(path), type=list[_Task])


def _earlier(tasks: list[_Task]) -> Earlier:
    return Earlier(
        articles=frozenset(task.data.article_id for task in tasks if task.annotations),
        pseudonyms={
            one.unique_id: one.completed_by
            for task in tasks
            for one in task.annotations
            if one.unique_id and isinstance(one.completed_by, str)
        },
    )
