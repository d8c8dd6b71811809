"""Turn a layer's export into documents."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from vinese.core.errors import FileProblemError
from vinese.core.files import refuse_input, replacing
from vinese.core.issues import Issue, Tally
from vinese.core.project import Project
from vinese.formats.read import read_export
from vinese.model.records import Document

STDOUT = "-"


class Converted(Tally):
    """The counts of an export, and where its documents are; `out` is null if nothing was written."""

    out: str | None = None


def convert_file(
    path: Path,
    out: str,
    project: Project,
    *,
    layer: str | None = None,
    report: Callable[[Issue], None],
    repair: bool = False,
) -> Converted:
    """Write the documents of an export to the file `out`, `-` for standard output; hand issues to `report`.

    Where errors leave no document at all nothing is written, and what was at `out` stays. Raise `UsageError` if `out`
    is the export itself, `FileProblemError` if the one cannot be read or the other not written.
    """
    told = Converted(str(path), out=out)
    found = read_export(Path(path), project, layer=layer, tally=told, repair=repair)
    if out == STDOUT:
        if sys.stdout is None:
            raise FileProblemError("Cannot write standard output: it is closed.", "Name a file with --out.")
        write_documents(found, sys.stdout.buffer, report)
        sys.stdout.buffer.flush()
        return told
    refuse_input(out, [path], project)
    try:
        with replacing(out) as file:
            write_documents(found, file, report)
            _stop_at_nothing(told)
    except _NothingError:
        told.out = None
    return told


def write_documents(found: Iterator[Document | Issue], file: IO[bytes], report: Callable[[Issue], None]) -> int:
    """Write documents as JSON Lines to `file` as they come, hand issues to `report`, return how many were written."""
    encoder = msgspec.json.Encoder()
    count = 0
    for one in found:
        if isinstance(one, Issue):
            report(one)
        else:
            file.write(encoder.encode(one) + b"\n")
            count += 1
    return count


class _NothingError(Exception):
    """Leave the new file, so that it is removed, because it would hold nothing for no good reason."""


def _stop_at_nothing(told: Tally) -> None:
    if told.error and not told.documents:
        raise _NothingError
