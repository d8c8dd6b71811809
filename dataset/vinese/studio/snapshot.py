"""Fetch a project's whole state as one snapshot: tasks, annotations, drafts and suggestions of one moment."""

from __future__ import annotations

import mmap
import tempfile
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import msgspec

from vinese.errors import ServerError
from vinese.files import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.studio.connection import Studio
    from vinese.studio.folder import StudioFolder
    from vinese.studio.progress import Report

_TITLE = "vinese pull"
_FULL = {
    "annotations__completed_by": {"only_id": True},
    "drafts": {"only_id": False},
    "predictions": {"only_id": False},
    "include_annotation_history": False,
}


@contextmanager
def snapshot(studio: Studio, project: int, folder: StudioFolder, report: Report) -> Iterator[list[msgspec.Raw]]:
    """Give the project's tasks, each still undecoded; they live in a nameless file that is gone after the block.

    The server's form of it holds e-mail addresses, so it never gets a name on this disk. Raise `ServerError` if the
    server fails to make it or if it arrives cut.
    """
    folder.make()
    try:
        with tempfile.TemporaryFile(dir=folder.path) as file:
            _download(studio, project, file, report)
            yield _decoded(file, studio.url)
    except OSError as error:
        raise problem(folder.path, error, "write") from error


def tidy(folder: StudioFolder, project: int) -> None:
    """Delete the snapshot files of a project that vinese's own server keeps, one a pull, even when told to delete."""
    for left in (folder.data / "media" / "export" / str(project)).glob(f"project-{project}-at-*.json"):
        left.unlink(missing_ok=True)


def _decoded(file: IO[bytes], url: str) -> list[msgspec.Raw]:
    """Return the tasks in `file`; the map that they are views of is closed when the last of them goes."""
    try:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return msgspec.json.decode(content, type=list[msgspec.Raw])
    except (
        ValueError,
        UnicodeDecodeError,
    ) as error:  # an empty file cannot be mapped; broken JSON is a ValueError too
        raise ServerError(
            f"What Label Studio at {url} sent is not whole: {error}.", "Nothing was changed; run the command again."
        ) from error


def _download(studio: Studio, project: int, file: IO[bytes], report: Report) -> None:
    exports = studio.api.projects.exports
    report("Making a snapshot", 0, None)
    made = exports.create(id=project, title=_TITLE, serialization_options=_options())
    key = int(made.id or 0)
    status = made.status
    while status not in {"completed", "failed"}:
        time.sleep(0.5)
        status = exports.get(id=project, export_pk=key).status
    if status == "failed":
        raise ServerError(f"Label Studio at {studio.url} could not make a snapshot.", "See its log, then run again.")
    size = 0
    for chunk in exports.download(id=project, export_pk=key, export_type="JSON"):
        file.write(chunk)
        size += len(chunk)
        report("Downloading (kB)", size // 1024, None)
    file.flush()
    for old in exports.list(id=project):  # this one, and those that cut downloads left behind
        if old.title == _TITLE:
            exports.delete(id=project, export_pk=int(old.id or 0))


def _options() -> Any:
    """Return the options of the snapshot in the client's own form."""
    from label_studio_sdk.types import SerializationOptionsRequest  # noqa: PLC0415

    return SerializationOptionsRequest(**_FULL)  # type: ignore[arg-type]
