"""Read and write files so that errors are clear and nothing is ever half written."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO, TypeVar

import msgspec

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.exchange import put, put_into, stands_fast, sync, sync_folder
from vinese.core.issues import Issue, issue
from vinese.core.places import top
from vinese.core.project import Project
from vinese.core.workplace import work_file, work_folder

T = TypeVar("T")

_HIDDEN = re.compile(r"[^\s'\"]*\.vinese\.[0-9a-f]{8}\.tmp[^\s'\"]*")  # what libraries say of files in the making
_WORK = re.compile(r"[/\\]?\.vinese\.[0-9a-f]{8}\.tmp.*", re.DOTALL)
_LARGE, _BLOCK = 1 << 24, 1 << 20  # bytes
_SOURCES = (("articles",), ("articles", "raw"), ("words",), ("exports",))
_OPEN = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a file; raise `FileProblemError` if it is missing, a folder, or not readable."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise problem(path, error, "read") from error


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; raise `FileProblemError` as `read_bytes` does."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise problem(path, error, "read") from error


def text_digest(text: str) -> str:
    """Return the SHA-256 of the UTF-8 bytes of `text` in hexadecimal; a lone surrogate counts as its three bytes."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def lines_digest(path: str | Path) -> str:
    """Return the SHA-256 of a text file whose lines end in line feeds, whatever they end in here.

    Git may change line ends in a clone. A large file is read once, and again when it changed. Raise
    `FileProblemError` as `read_bytes` does.
    """
    try:
        state = Path(path).stat()
        if state.st_size < _LARGE:
            return _lines_digest(str(path))
        return _large_lines_digest(str(path), state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    except OSError as error:
        raise problem(path, error, "read") from error


@lru_cache(maxsize=64)
def _large_lines_digest(path: str, *_state: int) -> str:
    return _lines_digest(path)


def _lines_digest(path: str) -> str:
    digest, kept = hashlib.sha256(), b""
    with open(path, "rb") as file:  # noqa: PTH123 - all may stand on one line
        while block := file.read(_BLOCK):
            block = kept + block
            kept = b"\r" if block.endswith(b"\r") else b""  # what follows it is in the next block
            digest.update(block[: len(block) - len(kept)].replace(b"\r\n", b"\n"))
    digest.update(kept)
    return digest.hexdigest()


def read_lines(path: str | Path) -> bytes:
    """Return the bytes of a text file with lines that end in line feeds, whatever they end in here; raise alike."""
    return read_bytes(path).replace(b"\r\n", b"\n")


def read_text(path: str | Path) -> str:
    """Return the text of a file, whatever editor it comes from: without a byte order mark, lines end in line feeds.

    Raise `FileProblemError` if it is not UTF-8, or as `read_bytes` does.
    """
    content = read_bytes(path)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise FileProblemError(f"{path} is wrong: {reason(error)}.", "Save it as UTF-8.") from error


def read_record(path: str | Path, kind: type[T], todo: str = "") -> T | None:
    """Return the JSON file at `path` as a record of `kind` (a msgspec type), None where there is no file.

    Raise `FileProblemError` with `todo` if the file does not hold such a record, or cannot be read.
    """
    if not Path(path).exists():
        return None
    content = read_bytes(path).removeprefix(BOM_UTF8)
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileProblemError(f"{path} is wrong: {reason(not_utf8(content, error))}.", todo) from error


def record_bytes(value: object) -> bytes:
    """Return a record, or anything else that msgspec encodes, as JSON that people read: a line a value, indented."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def json_lines(records: Iterable[object]) -> bytes:
    """Return records as a file of JSON Lines."""
    return b"".join(msgspec.json.encode(record) + b"\n" for record in records)


def files_in(folder: str | Path, suffix: str) -> list[Path]:
    """Return the files of a folder whose names end so, by name; none where there is no such folder.

    Raise `FileProblemError` if it cannot be read; `Path.glob` takes such a folder for an empty one.
    """
    try:
        return sorted(path for path in Path(folder).iterdir() if path.name.endswith(suffix))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise problem(folder, error, "read") from error


def problem(path: str | Path, error: OSError, verb: str) -> FileProblemError:
    """Return a `FileProblemError` that says in plain words why `path` could not be read or written.

    Of what is made out of sight it names the place that it is made for. What stands elsewhere, and was needed to make
    `path`, is named instead.
    """
    other = _elsewhere(str(path), error.filename)
    path, verb = (other, "use") if other is not None else (_WORK.sub("", str(path)) or ".", verb)
    reasons: dict[type[OSError], tuple[str, str]] = {
        FileNotFoundError: ("there is no such file or folder", "Check the path."),
        IsADirectoryError: ("it is a folder", "Name a file."),
        NotADirectoryError: ("a part of the path is not a folder", "Check the path."),
        PermissionError: ("permission denied", "Check who owns it and its mode."),
    }
    reason, todo = reasons.get(type(error), (error.strerror or str(error), ""))
    reason = _HIDDEN.sub(lambda _: path, reason)
    if error.errno == 28:  # ENOSPC has no exception class of its own
        reason, todo = "the disk is full", "Free some space and run the command again; what was stored before stays."
    return FileProblemError(f"Cannot {verb} {path}: {reason.rstrip('.')}.", todo)


def standard_output() -> BinaryIO:
    """Return standard output, for bytes; raise `FileProblemError` if it is closed."""
    if sys.stdout is None:
        raise FileProblemError("Cannot write standard output: it is closed.", "Name a file with --out.")
    return sys.stdout.buffer


def _elsewhere(path: str, name: object) -> str | None:
    """Return the file that an error is about, unless that is `path`, in it or above it."""
    if not isinstance(name, str | bytes):
        return None
    other = _WORK.sub("", os.fsdecode(name)) or "."
    if "://" in path or "://" in other:
        return None
    try:
        places = Path(os.path.realpath(path)), Path(os.path.realpath(other))
    except OSError:  # the working directory is gone
        return None
    return None if places[0].is_relative_to(places[1]) or places[1].is_relative_to(places[0]) else other


def refuse_input(out: str | Path, inputs: Iterable[str | Path], project: Project | None = None) -> None:
    """Raise `UsageError` if the file `out` is one of those that are read; `-` is standard input or output.

    Of a `project` the articles, their pages and words, and the exports are read, whichever they are.
    """
    if str(out) == "-":
        return
    inputs = list(inputs)
    if "://" in str(out) and str(out) in map(str, inputs):
        raise UsageError("What is to be read would be written to, too.", "Name another file to write.")
    for path in inputs:
        try:
            read = os.fstat(0) if str(path) == "-" else Path(path).stat()
            same = os.path.samestat(read, Path(out).stat())
        except OSError:
            continue  # what cannot be looked at is told later
        if same:
            raise UsageError(f"{out} is what is to be read.", "Name another file to write.")
    path = Path(os.path.realpath(out))
    folders = {project.own("annotations", *parts).resolve() for parts in _SOURCES} if project is not None else set()
    if folders & {path.parent, top(path)} and path.suffix in {".json", ".txt"} and path.is_file():
        raise UsageError(f"{out} is a file of the project.", "Name another file to write.")


@contextmanager
def replacing(path: str | Path, mode: int | None = None, work: Path | None = None) -> Iterator[IO[bytes]]:
    """Open a file out of sight for writing, and rename it onto `path` when the block ends well.

    After an error what was at `path` stays, and nothing else does. The file has the mode of the one that it replaces,
    a new one what the user's umask allows. `mode` is for secrets: they are never readable by others, not even for a
    moment. A link stays, and what it leads to is replaced. What is no regular file (a pipe, a terminal, `/dev/null`,
    `/dev/stdout`) is written to as it is. `work` is a folder of the same file system in which the file is made, by
    default its own; it is for files in many folders.
    A reader of a pipe who goes away is a `BrokenPipeError`, every other trouble a `FileProblemError`.
    """
    try:
        with _straight(Path(path)) if is_stream(path) else _beside(Path(path), mode, work) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise problem(path, error, "write") from error


def is_stream(path: str | Path) -> bool:
    """Return whether `path` cannot be replaced: it is there and no regular file, or one that a process has open."""
    path = Path(path)
    if path.absolute().as_posix().startswith(_OPEN):
        return True
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind))


def _straight(path: Path) -> IO[bytes]:
    # Added to the end, for `>> file` makes /dev/stdout a regular file whose content is another's.
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb")


@contextmanager
def _beside(path: Path, mode: int | None, work: Path | None) -> Iterator[IO[bytes]]:
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(target))
    if mode is None and target.exists():
        mode = stat.S_IMODE(target.stat().st_mode)
    with work_file(work or target.parent) as fresh:
        with fresh.open("xb") as file:
            if mode is not None:
                fresh.chmod(mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)


def write_bytes(path: str | Path, content: bytes, mode: int | None = None, work: Path | None = None) -> bool:
    """Write `content` to `path` at once or not at all, as `replacing` does; return whether that changed anything."""
    target = Path(path)
    if target.is_file() and target.read_bytes() == content:
        return False
    with replacing(target, mode, work) as file:
        file.write(content)
    return True


@contextmanager
def replacing_folder(path: str | Path, listing: str | None = None) -> Iterator[Path]:
    """Yield a new empty folder, and put it in the place of `path` when the block ends well.

    After an error what was at `path` stays, and nothing else does. Old and new folder are exchanged in one step where
    the system can. A mount point, or a folder in one that may not be written to, is filled anew instead: `listing`
    is the file, of a folder that has one, which lists the others. A link stays; what it leads to is replaced. The
    folder has the mode of the one that it replaces, a new one what the user's umask allows.
    """
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(20, "Not a directory", str(target))
        inside = stands_fast(target)
        with work_folder(target if inside else target.parent) as work:
            fresh = work / "fresh"
            fresh.mkdir()
            yield fresh
            if target.is_dir():
                fresh.chmod(stat.S_IMODE(target.stat().st_mode))
            sync(fresh)
            if inside:
                put_into(fresh, target, work, listing)
            else:
                put(fresh, target, work)
            sync_folder(target if inside else target.parent)
    except OSError as error:
        raise problem(path, error, "write") from error


HEAD = 4096
_MAGIC = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "an archive",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_BYTE = re.compile(r"\(byte ([0-9]+)\)")


def content_kind(content: bytes) -> str:
    """Return what else than plain text `content` is by its first bytes; empty for text."""
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    head = content[:512].removeprefix(BOM_UTF8).lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "an HTML or XML page"
    if head.startswith((b'{"', b"[{")):
        return "JSON"
    return "binary data" if b"\0" in content[:HEAD] else ""


def broken_json(head: bytes, error: Exception, file: str, offset: int = 0) -> Issue:
    """Return the issue of a file that begins with `head` and is no JSON, or not all of it.

    `offset` is where in the file that begins which the error counts from.
    """
    if isinstance(error, RecursionError):
        return issue("item-unreadable", file=file, reason=reason(error))
    kind = content_kind(head)
    first = head.removeprefix(BOM_UTF8).lstrip()[:1]
    if kind not in {"", "JSON"}:
        return issue("file-not-json", file=file, reason=f"it is {kind}")
    cut = "truncated" in str(error)
    if first not in b"[{" and not cut and not isinstance(error, UnicodeDecodeError):
        return issue("file-not-json", file=file, reason="it is text of another kind")
    return issue("file-truncated" if cut else "file-not-json", file=file, reason=reason(error, offset))


def reason(error: Exception, offset: int = 0) -> str:
    """Return why JSON could not be read, for the end of a sentence; bytes are counted from `offset` on."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 ({error.reason} at byte {error.start + offset})"
    message = str(error).removeprefix("JSON is malformed: ").rstrip(".")
    return _BYTE.sub(lambda match: f"(byte {int(match[1]) + offset})", message[:1].lower() + message[1:])


def not_utf8(content: bytes, error: Exception) -> Exception:
    """Return where `content` stops being UTF-8, else `error`: decoders of JSON do not say it, or count otherwise."""
    try:
        content.decode()
    except UnicodeDecodeError as whole:
        return whole
    return error
