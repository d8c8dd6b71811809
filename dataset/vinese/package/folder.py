"""Read a build folder, check it against its checksums, and keep what is no build from being overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import yaml

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import file_digest, problem, read_bytes
from vinese.core.inside import first_other, refuse_trouble
from vinese.core.issues import Issue, issue

CARD, CHECKSUMS = "README.md", "SHA256SUMS"
BLOCK = 1 << 20
_DOUBTFUL = "No build of vinese does that; get the dataset again from somebody you trust."


class LocalFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a build folder: its size in bytes, its SHA-256, and what git calls its content (SHA-1)."""

    size: int
    sha256: str
    blob: str


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A build folder: its files by path, and the YAML of its card; empty if the card is missing or has none.

    `made` are contents that are sent in place of the folder's own, of which `replaced` are the files;
    `given_version` is the version that they state though the project states none.
    """

    folder: Path
    files: dict[str, LocalFile]
    card: dict[str, Any]
    made: dict[str, bytes] = {}
    replaced: dict[str, LocalFile] = {}
    given_version: str = ""

    @property
    def local_files(self) -> dict[str, LocalFile]:
        """Return the files as the folder has them."""
        return {**self.files, **self.replaced}


def read_build(folder: Path) -> Built:
    """Return what is in a build folder; raise `UsageError` if it is none, `FileProblemError` if it is unreadable."""
    must_be_built(folder)
    try:
        files = {name: _describe(folder / name) for name in names(folder)}
    except OSError as error:
        raise problem(folder, error, "read") from error
    card = parse_front(read_bytes(folder / CARD)) if CARD in files else {}
    return Built(folder=folder, files=files, card=card)


def must_be_built(folder: Path) -> None:
    """Raise `UsageError` if a folder is no build."""
    if not (folder / CHECKSUMS).is_file():
        raise UsageError(f"{folder} is not a built dataset.", "Make it with: vinese build")


def refuse_itself(source: Path, out: Path) -> None:
    """Raise `UsageError` if a copy would take the place of what it is made from, or of a part of it."""
    read, written = source.resolve(), out.resolve()
    if read == written:
        raise UsageError(f"{out} is what the copy is made from.", "Name another folder with --out.")
    if read.is_relative_to(written) or written.is_relative_to(read):
        raise UsageError(f"Of {out} and {source} one lies in the other.", "Name a folder beside it with --out.")


def names(folder: Path) -> list[str]:
    """Return the path of every file in a build folder; hidden ones are the system's or the Hub's, never a build's.

    Raise `FileProblemError` for a link that leads out of the folder.
    """
    every = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in every if not any(part.startswith(".") for part in path.parts)]
    for path in kept:
        refuse_trouble(folder / path, folder)
    return sorted(path.as_posix() for path in kept)


def describe(content: bytes) -> LocalFile:
    """Return size and both digests of a content."""
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return LocalFile(size=len(content), sha256=hashlib.sha256(content).hexdigest(), blob=blob.hexdigest())


def _describe(path: Path) -> LocalFile:
    """Return size and both digests of a file, read once; git puts a header before the content."""
    size = path.stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            sha256.update(block)
            blob.update(block)
    return LocalFile(size=size, sha256=sha256.hexdigest(), blob=blob.hexdigest())


def parse_front(content: bytes) -> dict[str, Any]:
    """Return the YAML at the head of a card; empty if there is none that can be read."""
    head, mark, _ = content.decode("utf-8", "replace").removeprefix("---\n").partition("\n---\n")
    try:
        front = yaml.safe_load(head) if mark else None
    except yaml.YAMLError:
        front = None
    return front if isinstance(front, dict) else {}


def check_build(built: Built) -> Iterator[Issue]:
    """Yield an issue for every file that is not as the build wrote it, and for every config without its files."""
    digests = parse_sums(read_bytes(built.folder / CHECKSUMS))
    for path in sorted(digests.keys() | built.files.keys() - {CHECKSUMS}):
        reason = None
        if path not in built.files:
            reason = "it is missing"
        elif path not in digests:
            reason = "the build did not write it"
        elif digests[path] != built.files[path].sha256:
            reason = "its content was changed"
        if reason:
            yield issue("build-file-changed", file=str(built.folder / path), path=path, reason=reason)
    if not built.card.get("configs"):
        yield issue("build-config-missing", file=str(built.folder / CARD), config="(none)", path="data/")
    for config, pattern in patterns(built.card):
        if not any(fnmatchcase(path, pattern) for path in built.files):
            yield issue("build-config-missing", file=str(built.folder / CARD), config=config, path=pattern)


def patterns(card: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name of each config of a card with each pattern of its files."""
    for config in card.get("configs") or ():
        for part in config.get("data_files") or ():
            yield str(config["config_name"]), str(part["path"])


def checksums(folder: Path) -> str:
    """Return the SHA-256 of every file in `folder`, as `sha256sum --check` reads it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return "".join(f"{file_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)


def parse_sums(content: bytes) -> dict[str, str]:
    """Return the digests of a checksum file by path; lines of another form do not count.

    Raise `FileProblemError` for a path that leads out of the folder: the file may be anybody's.
    """
    lines = (line.partition("  ") for line in content.decode("utf-8", "replace").splitlines())
    digests = {path: digest for digest, mark, path in lines if mark}
    for path in digests:
        if "\\" in path or ":" in path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise FileProblemError(f"A list of checksums names {path!r}, which is not in its folder.", _DOUBTFUL)
    return digests


def refuse_others(target: Path) -> None:
    """Raise `FileProblemError`, naming it, if `target` holds what its checksums do not list: it would be lost."""
    try:
        sums = target / CHECKSUMS
        ours = parse_sums(sums.read_bytes()).keys() if sums.is_file() else ()
        other = first_other(target, {*ours, CHECKSUMS}) if target.is_dir() else None
        if other is not None:
            raise FileProblemError(
                f"{target} holds {other}, which vinese did not build.", "Name another folder with --out, or move it."
            )
        if any(path.exists() and not path.is_dir() for path in (target, *target.absolute().parents)):
            raise NotADirectoryError(20, "Not a directory", str(target))
    except OSError as error:
        raise problem(target, error, "write") from error
