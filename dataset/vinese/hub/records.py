"""Hold what publishing looks at and reports: files here and on the Hub, changes, the plan, the report."""

from __future__ import annotations

from typing import Literal

import msgspec

from vinese.core.issues import Issue
from vinese.package.folder import LocalFile

Outcome = Literal["refused", "planned", "published", "already-published", "pull-request"]


class HubFile(msgspec.Struct, frozen=True, kw_only=True):
    """Describe a file on the Hub; `sha256` is known of large files only, which git holds as pointers."""

    size: int
    blob: str
    sha256: str | None = None

    def holds(self, file: LocalFile) -> bool:
        """Tell whether this is the content of `file`."""
        return self.sha256 == file.sha256 if self.sha256 is not None else self.blob == file.blob


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a repository as it is: the commit that `main` is at, its files, and the commit of every tag.

    A repository that does not exist, or that this login may not see, has no head.
    """

    head: str | None = None
    private: bool | None = None
    files: dict[str, HubFile] = {}
    tags: dict[str, str] = {}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Say what would happen to one file; sizes in bytes, null where there is no file."""

    path: str
    action: Literal["add", "change", "remove"]
    before: int | None
    after: int | None


class PublishReport(msgspec.Struct, frozen=True, kw_only=True):
    """Say what is on the Hub, what would change, and what was done about it.

    `current` is the highest version there; `needed` is the least step to the next that the changes allow, and `why`
    says what asks for it. `steps` are what a push does, or did.
    """

    repo: str
    version: str
    tag: str
    url: str
    outcome: Outcome
    standoff: bool = False
    exists: bool = False
    private: bool | None = None
    current: str | None = None
    needed: str | None = None
    why: str | None = None
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    steps: tuple[str, ...] = ()
    commit: str | None = None
    pull_request: str | None = None
    issues: tuple[Issue, ...] = ()
