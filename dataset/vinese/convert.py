"""Turn a layer's export into documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vinese.export.read import read_export
from vinese.issues import Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from vinese.records import Document
    from vinese.resources import Project


def convert_layer(path: Path, project: Project, *, layer: str | None = None) -> Iterator[Document | Issue]:
    """Yield the document of each task of a layer's export, and an issue for whatever is not in one.

    The layer is named by the file's stem unless `layer` says otherwise. A document holds what is sound; what is not
    was left out, and an issue says so. Raise `FileProblemError` only if the file cannot be opened.
    """
    return read_export(Path(path), project, layer=layer)


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
