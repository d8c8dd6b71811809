"""Send what was checked and nothing else: a build that changes in between is not committed.

No copy of the build is made, which may be many gigabytes. A small file is read, compared and sent from memory. A
large one is uploaded first; the client says what it uploaded, and that is compared before a commit names it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from vinese.errors import ChangedError
from vinese.publish.folder import read_build

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vinese.publish.records import Built, Change

# The Hub holds no larger file than this in git itself.
SMALL = 10 << 20
LARGE = ".parquet"


def operations(built: Built, changes: Iterable[Change]) -> list[Any]:
    """Return the client's operations for changes; raise `ChangedError` if a small file is not as it was checked."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete  # noqa: PLC0415

    return [
        CommitOperationDelete(path_in_repo=change.path)
        if change.after is None
        else CommitOperationAdd(path_in_repo=change.path, path_or_fileobj=_content(built, change.path))
        for change in changes
    ]


def check_uploaded(built: Built, done: Iterable[Any]) -> None:
    """Raise `ChangedError` if a large file was uploaded with other content than was checked."""
    for one in done:
        path = getattr(one, "path_in_repo", None)
        if path in built.files and not isinstance(one.path_or_fileobj, bytes):
            _compare(built, path, one.upload_info.sha256.hex())


def check_same(built: Built) -> None:
    """Raise `ChangedError` if the folder does not hold the same files any more."""
    now = read_build(built.folder).files
    for path in sorted(now.keys() | built.files.keys()):
        if now.get(path) != built.files.get(path):
            raise changed(built, path)


def _content(built: Built, path: str) -> bytes | Path:
    """Return the content of a small file, so that it cannot change any more, and the place of a large one."""
    if path.endswith(LARGE) or built.files[path].size > SMALL:
        return built.folder / path
    return read_checked(built, path)


def read_checked(built: Built, path: str) -> bytes:
    """Return the content of a file; raise `ChangedError` if it is not as it was checked."""
    try:
        content = (built.folder / path).read_bytes()
    except OSError as error:
        raise changed(built, path) from error
    _compare(built, path, hashlib.sha256(content).hexdigest())
    return content


def _compare(built: Built, path: str, digest: str) -> None:
    if digest != built.files[path].sha256:
        raise changed(built, path)


def changed(built: Built, path: str) -> ChangedError:
    """Return the error for a file that is not as it was checked."""
    return ChangedError(
        f"{path} in {built.folder} changed after it was checked. Nothing was published; main is as it was, "
        "and no tag was made.",
        "Build again, and run the same command again.",
    )
