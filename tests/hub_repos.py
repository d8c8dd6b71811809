"""Hold what a stand-in for the Hub keeps: repositories with their commits, tags and pull requests; and its faults."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["503-before", "503-after", "drop-before", "drop-after", "400-before"]


def blob_id(content: bytes) -> str:
    """Return what git calls this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def pointer(sha256: str, size: int) -> bytes:
    """Return what git keeps of a large file."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


@dataclass
class Commit:
    """One commit: all its files, large or not, and what came before."""

    files: dict[str, bytes]
    title: str
    parent: str | None


@dataclass
class Fault:
    """Fail the next `times` requests that match `pattern`, before or after they are carried out."""

    pattern: str
    mode: Mode
    times: int = 1


@dataclass
class Request:
    """A pull request: its commit, and whether it is open."""

    commit: str
    title: str
    status: str = "open"


@dataclass
class Repo:
    """A repository: commits by id, one branch, tags, pull requests by number."""

    private: bool = False
    commits: dict[str, Commit] = field(default_factory=dict)
    main: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    requests: dict[int, Request] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = self.add({".gitattributes": b"*.parquet filter=lfs\n"}, "initial commit", None)

    def add(self, files: dict[str, bytes], title: str, parent: str | None) -> str:
        facts = [
            sorted((path, blob_id(content)) for path, content in files.items()),
            title,
            parent,
            len(self.commits),
        ]
        found = hashlib.sha1(json.dumps(facts).encode(), usedforsecurity=False).hexdigest()
        self.commits[found] = Commit(files, title, parent)
        return found

    def edit(self, path: str, content: bytes) -> None:
        """Commit one file to main, as somebody does in the browser."""
        self.main = self.add({**self.commits[self.main].files, path: content}, "edit", self.main)

    @property
    def files(self) -> dict[str, bytes]:
        """The files on main."""
        return self.commits[self.main].files

    def resolve(self, revision: str) -> str | None:
        requests = {f"refs/pr/{number}": request.commit for number, request in self.requests.items()}
        names = {"main": self.main, "refs/heads/main": self.main, **self.tags, **requests}
        return names.get(revision) or (revision if revision in self.commits else None)

    @property
    def titles(self) -> list[str]:
        """The titles of the commits on main, newest first."""
        found, at = [], self.main
        while at:
            found.append(self.commits[at].title)
            at = self.commits[at].parent or ""
        return found
