"""Turn a layer's export into documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from vinese.core.files import is_stream, refuse_input, standard_output
from vinese.core.issues import Issue, Tally
from vinese.core.pools import Workers
from vinese.core.project import Project
from vinese.core.urls import is_url, readable, shown, writing
from vinese.formats.checkers import DocumentOrIssue
from vinese.formats.read import Export
from vinese.formats.spread import Documents

STDOUT = "-"


class Converted(Tally):
    """The counts of an export, and where its documents are; `out` is null if nothing was written."""

    out: str | None = None


def convert_file(
    path: str | Path,
    out: str,
    project: Project,
    *,
    layer: str | None = None,
    report: Callable[[Issue], None],
    repair: bool = False,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Converted:
    """Write the documents of an export to the file `out`, `-` for standard output; hand issues to `report`.

    Both may be URLs that `fsspec` knows. `jobs` and `scheduler` are as for `vinese.convert`; what is written is the
    same. Where errors leave no document at all nothing is written, and what was at `out` stays. Raise `UsageError` if
    `out` is the export itself, `FileProblemError` if the one cannot be read or the other not written.
    """
    source = readable(path)
    told = Converted(str(source), out=shown(out))
    reading, workers = Export(source, project, layer, told, repair=repair), Workers(jobs, scheduler)
    if out == STDOUT:
        output = standard_output()
        with reading.found(workers) as everything:
            _write(everything, output, report)
        output.flush()
        return told
    refuse_input(out, [path], project)
    place = None if is_url(out) or is_stream(out) else Path(os.path.realpath(out))
    try:
        with reading.found(workers, out=place) as everything, writing(out) as file:
            _write(everything, file, report)
            _stop_at_nothing(told)
    except _NothingError:
        told.out = None
    return told


def _write(found: Iterator[DocumentOrIssue | Documents], file: IO[bytes], report: Callable[[Issue], None]) -> None:
    """Write documents as JSON Lines to `file` as they come, and hand issues to `report`."""
    encoder = msgspec.json.Encoder()
    for one in found:
        if isinstance(one, Issue):
            report(one)
        else:
            file.write(one.lines if isinstance(one, Documents) else encoder.encode(one) + b"\n")


class _NothingError(Exception):
    """Leave the new file, so that it is removed, because it would hold nothing for no good reason."""


def _stop_at_nothing(told: Tally) -> None:
    if told.error and not told.documents:
        raise _NothingError
