"""Fetch all tasks of a project as they are at one moment.

The server makes a snapshot before it answers, in seconds or minutes, and what stands between (nginx after a minute)
may end the request first. The snapshot goes on nevertheless and is listed: so it has a title of its own, under which
it is waited for and used, and none is made twice.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import msgspec

from vinese.core.errors import ServerError
from vinese.core.files import problem
from vinese.core.progress import Progress
from vinese.formats.labelstudio.items import map_file
from vinese.studio.connection import ANSWER_WITHIN, Studio, was_cut
from vinese.studio.folder import StudioFolder

_TITLE = "vinese pull"
_LISTED_WITHIN = 30.0  # seconds after which a snapshot that is not listed was never begun
_FULL = {
    "annotations__completed_by": {"only_id": True},
    "drafts": {"only_id": False},
    "predictions": {"only_id": False},
    "include_annotation_history": False,
}


@contextmanager
def snapshot(studio: Studio, project: int, folder: StudioFolder, progress: Progress) -> Iterator[list[msgspec.Raw]]:
    """Yield the project's tasks, each still undecoded; they live in a nameless file that is gone after the block.

    The server's form of it holds e-mail addresses, so it never gets a name on this disk. Raise `ServerError` if the
    server fails to make it or if it arrives cut.
    """
    folder.make()
    try:
        with tempfile.TemporaryFile(dir=folder.path) as file:
            progress("Making a snapshot", 0, None)
            _download(studio, project, _made(studio, project), file, progress)
            try:
                tasks = msgspec.json.decode(map_file(file), type=list[msgspec.Raw])
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise ServerError(
                    f"What Label Studio at {studio.url} sent is not whole: {error}.",
                    "Nothing was changed; run the command again.",
                ) from error
            yield tasks
    except OSError as error:
        raise problem(folder.path, error, "write") from error


def tidy(folder: StudioFolder, project: int) -> None:
    """Delete the snapshot files of a project that vinese's own server keeps, one a pull, even when told to delete."""
    for left in (folder.data / "media" / "export" / str(project)).glob(f"project-{project}-at-*.json"):
        left.unlink(missing_ok=True)


def _made(studio: Studio, project: int) -> int:
    """Return the number of a new snapshot once it is complete, whether or not the answer to its making came."""
    exports = studio.api.projects.exports
    title = f"{_TITLE} {secrets.token_hex(4)}"
    cut: Exception | None = None
    begun = time.monotonic()
    made: Any = None
    try:
        made = exports.create(id=project, title=title, serialization_options=cast("Any", _FULL))
    except Exception as error:
        if not was_cut(error):
            raise
        cut = error
    while made is None or made.status not in {"completed", "failed"}:
        waited = time.monotonic() - begun
        if cut is not None and made is None and waited > _LISTED_WITHIN:
            raise cut
        if waited > ANSWER_WITHIN:
            raise ServerError(
                f"Label Studio at {studio.url} is still at a snapshot after {waited / 60:.0f} minutes.",
                "See its log; run the command again when it is done.",
            )
        time.sleep(0.5)
        made = next((listed for listed in exports.list(id=project) if listed.title == title), None)
    if made.status == "failed":
        raise ServerError(f"Label Studio at {studio.url} could not make a snapshot.", "See its log, then run again.")
    return int(made.id or 0)


def _download(studio: Studio, project: int, key: int, file: IO[bytes], progress: Progress) -> None:
    """Write a snapshot to `file`, then delete it on the server, and those that ended commands left there."""
    exports = studio.api.projects.exports
    size = 0
    for chunk in exports.download(id=project, export_pk=key, export_type="JSON"):
        file.write(chunk)
        size += len(chunk)
        progress("Downloading (kB)", size // 1024, None)
    file.flush()
    for old in exports.list(id=project):
        if str(old.title).startswith(_TITLE) and old.status in {"completed", "failed"}:
            exports.delete(id=project, export_pk=int(old.id or 0))
