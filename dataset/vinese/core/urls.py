"""Read and write files that a URL names, as `fsspec` knows them: `s3://`, `https://`, `zip://x.json::file.zip`.

What is read is copied to this machine first; what is written is made here and put there once it is complete. Messages
name the URL, without what it says of passwords and tokens.
"""

from __future__ import annotations

import os
import re
import sys
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path, PosixPath, WindowsPath
from typing import IO, Any, NoReturn
from urllib.parse import unquote

from vinese.core.errors import FileProblemError, MissingExtraError, UsageError
from vinese.core.files import problem, replacing
from vinese.core.workplace import work_folder, work_name

# A protocol has two letters at least: `C:\x` and `C://x` are paths. So is a name with a colon alone.
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]+::)*([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/\s]*@")
_QUERY = re.compile(r"(?<=://)([^\s?'\"]*)\?[^\s'\"<>)]+")
_SECRETS = re.compile(r"(?<=://)([^/\s]*)@|\?([^\s:]+)")
_UNFIT = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_WEB = {"http", "https"}
_WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "hf", "oss", "oci"}
"""Stores that show a file once it is complete."""


def is_url(path: str | os.PathLike[str]) -> bool:
    """Return whether `path` is the URL of a file.

    >>> is_url("s3://bucket/gold.json"), is_url("zip://gold.json::a.zip"), is_url("C:/gold.json"), is_url("a:b.json")
    (True, True, False, False)
    """
    return isinstance(path, str) and _URL.match(path) is not None


def shown(path: object) -> str:
    """Return how a path or URL, or a message about one, is shown: without passwords and tokens.

    >>> shown("https://lan:secret@example.org/gold.json?token=123")
    'https://…@example.org/gold.json?…'
    """
    return _QUERY.sub(r"\1?…", _USER.sub("…@", str(path)))


def name_of(path: str | os.PathLike[str]) -> str:
    """Return the name of the file that a path or URL leads to.

    >>> name_of("https://example.org/tin/trang-1.html?from=home"), name_of("pages/trang-1.html")
    ('trang-1.html', 'trang-1.html')
    """
    text = os.fspath(path)
    match = _URL.match(text)
    if match is None:
        return Path(text).name
    inner = text[match.end() :].partition("::")[0]
    if match[1].lower() in _WEB:
        inner = unquote(re.split("[?#]", inner)[0])
    return _UNFIT.sub("_", inner.rstrip("/").rpartition("/")[2])[-100:].lstrip(".") or "file"


if sys.platform == "win32":
    _Base = WindowsPath
else:
    _Base = PosixPath


class _Copy(_Base):
    """The path of a copy of what a URL leads to, which is called by that URL; the copy goes with the object."""

    _url: str

    def __str__(self) -> str:
        return getattr(self, "_url", None) or super().__str__()  # paths that follow from this one have none

    def __fspath__(self) -> str:
        return super().__str__()

    def with_segments(self, *parts: str | os.PathLike[str]) -> Path:  # from Python 3.12 on
        """Return a path that follows from this one."""
        return Path(*parts)


def is_copy(path: Path) -> bool:
    """Return whether a path is that of a copy, which no other machine sees."""
    return isinstance(path, _Copy)


def readable(path: str | os.PathLike[str]) -> Path:
    """Return the path of a file, for a URL that of a copy; how the path is shown is the URL.

    Raise `UsageError` for a protocol that nobody knows, `FileProblemError` if the file cannot be read.
    """
    if isinstance(path, Path):
        return path
    if not is_url(path):
        return Path(path)
    url = os.fspath(path)
    if url.lower().startswith("file://"):
        return _local(url)
    with ExitStack() as stack:
        copy = _Copy(stack.enter_context(work_folder()) / name_of(url))
        try:
            _get(url, copy)
        except Exception as error:
            _refuse(url, error, "read")
        copy._url = shown(url)
        weakref.finalize(copy, stack.pop_all().close)
        return copy


@contextmanager
def writing(out: str | Path) -> Iterator[IO[bytes]]:
    """Open a file out of sight for writing, and put it where the path or URL `out` says when the block ends well.

    As `vinese.core.files.replacing`; at a URL the file gets a temporary name first, unless its store shows nothing
    that is not complete. Raise `UsageError` for what cannot be written, `FileProblemError` if that fails.
    """
    if not is_url(out) or str(out).lower().startswith("file://"):
        with replacing(_local(str(out)) if is_url(out) else out) as file:
            yield file
        return
    check_out(out)
    url = str(out)
    with work_folder() as work:
        fresh = work / "fresh"
        with fresh.open("xb") as file:
            yield file
        try:
            _put(fresh, url)
        except Exception as error:
            _refuse(url, error, "write")


def check_out(out: str | Path) -> None:
    """Raise what `writing` would raise of a URL by its form alone; for before there is anything to be lost."""
    if is_url(out):
        url = str(out)
        if "::" in url or _protocol(url) in _WEB:
            raise UsageError(f"{shown(url)} can be read, and not written.", "Name a file, or a URL of another kind.")
        check_protocol(url)


def check_protocol(url: str) -> None:
    """Raise `UsageError` if nobody knows the protocol of a URL, `FileProblemError` if its package is missing."""
    try:
        for link in filter(is_url, url.split("::")):
            _filesystem_class(_protocol(link))
    except Exception as error:
        _refuse(url, error, "open")


def _protocol(url: str) -> str:
    return url.partition("://")[0].rpartition("::")[2].lower()


def _filesystem_class(protocol: str) -> Any:
    from fsspec import get_filesystem_class  # noqa: PLC0415  it is slow

    return get_filesystem_class(protocol)


def _local(url: str) -> Path:
    return Path(_filesystem_class("file")._strip_protocol(url))


def _get(url: str, copy: Path) -> None:
    from fsspec.core import url_to_fs  # noqa: PLC0415  it is slow

    member, _, archive = url.partition("::")
    if is_url(member) and is_url(archive):  # the archive first, for not every server gives parts of a file
        with work_folder() as work:
            whole = work / name_of(archive)
            _get(archive, whole)
            _get(f"{member}::{whole}", copy)
        return
    store, source = url_to_fs(url)
    store.get_file(source, os.fspath(copy))
    if copy.is_dir():
        raise IsADirectoryError(21, "Is a directory", url)


def _put(file: Path, url: str) -> None:
    from fsspec.core import url_to_fs  # noqa: PLC0415  it is slow

    store, target = url_to_fs(url)
    if _protocol(url) in _WHOLE:
        store.put_file(str(file), target)
        return
    folder = target.rpartition("/")[0]
    hidden = "/".join(filter(None, (folder, work_name())))
    try:
        store.put_file(str(file), hidden)
        store.mv(hidden, target)
    finally:
        with suppress(Exception):
            if store.exists(hidden):
                store.rm_file(hidden)


def _refuse(url: str, error: Exception, verb: str) -> NoReturn:
    """Raise what went wrong with a URL, in words; libraries repeat it, with all that is secret in it."""
    if isinstance(error, (FileProblemError, UsageError)):
        raise error
    if isinstance(error, ImportError) and _protocol(url.rpartition("::")[2]) in _WEB:
        raise MissingExtraError(f"Reading {shown(url)}", "http") from None
    if isinstance(error, ImportError):
        raise FileProblemError(
            f"Cannot {verb} {shown(url)}: {_words(url, error)}.", "Install the package beside vinese."
        ) from None
    if "rotocol not known" in str(error):
        raise UsageError(f"{shown(url)} has a protocol that nobody knows.", "Check its beginning.") from None
    status = getattr(error, "status", None)
    if status is not None:
        words = f"the server answers {status}"
        raise FileProblemError(f"Cannot {verb} {shown(url)}: {words}.", "Check the URL.") from None
    if isinstance(error, (FileNotFoundError, IsADirectoryError, PermissionError)):
        raise FileProblemError(problem(shown(url), error, verb).message, "Check the URL.") from None
    raise FileProblemError(f"Cannot {verb} {shown(url)}: {_words(url, error)}.", "Check the URL.") from None


def _words(url: str, error: Exception) -> str:
    words = (str(error).strip().splitlines() or [""])[0]
    for secret in filter(None, chain.from_iterable(_SECRETS.findall(url))):
        words = words.replace(secret, "…")
    return shown(words)[:200].rstrip(".") or type(error).__name__
