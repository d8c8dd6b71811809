"""Say which files of a folder hold annotation, articles or predictions; what else is there is told, never dropped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from vinese.core.errors import UsageError
from vinese.core.files import problem
from vinese.core.inside import trouble
from vinese.core.issues import Issue, issue
from vinese.core.printable import listed
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import STDIN, LabelStudio, is_task, item_kind, items
from vinese.formats.registry import known_format

_JSON = {".json", ".jsonl", ".ndjson"}
_FEW = 3


class FolderFiles(NamedTuple):
    """The files of a folder that are read, by name, and an issue that counts what was left aside, if anything was."""

    files: tuple[Path, ...]
    aside: tuple[Issue, ...]


def files_of(path: Path) -> FolderFiles:
    """Return the files in a folder, nested ones too, that hold something of a format which is read; or a file itself.

    Whatever is called JSON is read unless its first item is none of ours; of other files their first lines tell.
    Raise `UsageError` if there is no such file, `FileProblemError` if something in the folder cannot be read.
    """
    if path == STDIN or not path.is_dir():
        return FolderFiles((path,), ())
    files: list[Path] = []
    reasons: dict[str, list[str]] = {}
    for inner in _paths(path):
        reason = _reason(inner, path)
        if reason is None:
            files.append(inner)
        else:
            reasons.setdefault(reason, []).append(str(inner.relative_to(path)) + "/" * inner.is_dir())
    what = "; ".join(f"{reason} ({listed(names, _FEW, ', ')})" for reason, names in reasons.items())
    if not files:
        left = f" Left aside: {what}." if what else ""
        raise UsageError(f"{path} holds no file that vinese reads.{left}", "Name another folder, or a file.")
    count = sum(map(len, reasons.values()))
    return FolderFiles(
        tuple(files), (issue("folder-left-aside", file=str(path), count=count, what=what),) if count else ()
    )


def _paths(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in those below it, by name; folders only where they are not entered."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except OSError as error:
        raise problem(folder, error, "read") from error
    for name, is_folder in inside:
        if is_folder and not name.startswith("."):
            yield from _paths(folder / name)
        else:
            yield folder / name


def _reason(path: Path, folder: Path) -> str | None:
    """Return why a file is left aside, None if it is read."""
    if path.name.startswith("."):
        return "hidden"
    if wrong := trouble(path, folder):
        return wrong.removeprefix("is ")
    if path.is_dir():
        return "a link to a folder"
    form = known_format(path)
    if form is None:
        return None if path.suffix.lower() in _JSON else "of no format that is read"
    first = next(items(path), None) if isinstance(form, LabelStudio) else None
    return "JSON of another kind" if isinstance(first, Item) and _is_foreign(first.value) else None


def _is_foreign(value: Any) -> bool:
    """Return whether an item is none of ours; other files than exports have a `data`, too, but not one of fields."""
    kind = item_kind(value)
    return kind == "unknown" or (kind == "export" and isinstance(value.get("data"), str) and not is_task(value))
