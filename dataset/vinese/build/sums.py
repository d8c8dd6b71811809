"""Write and read the checksums of a build."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CHECKSUMS = "SHA256SUMS"


def checksums(folder: Path) -> str:
    """Return the SHA-256 of every file in `folder`, as `sha256sum --check` reads it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return "".join(f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parse_sums(content: bytes) -> dict[str, str]:
    """Return the digests of a checksum file by path; lines of another form do not count."""
    lines = (line.partition("  ") for line in content.decode("utf-8", "replace").splitlines())
    return {path: digest for digest, mark, path in lines if mark}
