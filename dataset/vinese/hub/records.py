"""What publishing looks at and reports: files on the Hub, how a build differs from them, the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from vinese.core.issues import Issue
from vinese.package.folder import Built, LocalFile, patterns

Outcome = Literal["refused", "planned", "published", "already-published", "pull-request"]


class HubFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on the Hub; `sha256` is known of large files only, which git holds as pointers."""

    size: int
    blob: str
    sha256: str | None = None

    def holds(self, file: LocalFile) -> bool:
        """Return whether this is the content of `file`."""
        return self.sha256 == file.sha256 if self.sha256 is not None else self.blob == file.blob


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """A repository as it is: the commit that `main` is at, its files, and the commit of every tag.

    A repository that does not exist, or that this login may not see, has no head.
    """

    head: str | None = None
    private: bool | None = None
    files: dict[str, HubFile] = {}
    tags: dict[str, str] = {}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen to one file; sizes in bytes, null where there is no file."""

    path: str
    action: Literal["add", "change", "remove"]
    before: int | None
    after: int | None


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did to one file on `main` after the release `tag`; `lines` are of small texts, signed + or -."""

    path: str
    tag: str
    action: Literal["add", "change", "remove"]
    lines: tuple[str, ...] = ()


class PlannedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What a config of the build holds: rows by split, and the bytes of its files."""

    name: str
    rows: dict[str, int]
    bytes: int


class PublishReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is on the Hub, what would change, and what was done about it.

    `current` is the highest version there; `needed` is the least step to the next that the changes allow, and `why`
    says what asks for it. `steps` are what a push does, or did. `texts` says who will read the articles' words;
    `edits` are what somebody changed on `main` since that version.
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
    configs: tuple[PlannedConfig, ...] = ()
    texts: str = ""
    edits: tuple[Edit, ...] = ()
    steps: tuple[str, ...] = ()
    commit: str | None = None
    pull_request: str | None = None
    issues: tuple[Issue, ...] = ()


def planned(built: Built) -> tuple[PlannedConfig, ...]:
    """Return what every config of a build holds, as its card states it and its files are."""
    return tuple(
        PlannedConfig(
            name=str(info["config_name"]),
            rows={str(split["name"]): int(split["num_examples"]) for split in info.get("splits") or ()},
            bytes=sum(
                file.size for path, file in built.files.items() if path.startswith(f"data/{info['config_name']}/")
            ),
        )
        for info in built.card.get("dataset_info") or ()
    )


def holds(built: Built, files: dict[str, HubFile], gone: frozenset[str] = frozenset()) -> bool:
    """Return whether a revision has every file of the build, and none of those that are to be gone."""
    return same(built, files) == len(built.files) and gone.isdisjoint(files)


def same(built: Built, files: dict[str, HubFile]) -> int:
    """Return how many files of the build a revision has as they are."""
    return sum(path in files and files[path].holds(file) for path, file in built.files.items())


def is_release(built: Built, files: dict[str, HubFile]) -> bool:
    """Return whether a revision holds the build and nothing else that a config would load."""
    return holds(built, files) and not any(loaded_too(built, files))


def loaded_too(built: Built, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield every file that is not of the build, but that a config would load, with the config's name."""
    loaded = list(patterns(built.card))
    for path in sorted(set(files) - built.files.keys()):
        config = next((name for name, pattern in loaded if fnmatchcase(path, pattern)), None)
        if config is not None:
            yield path, config


def changes(built: Built, remote: Remote, earlier: dict[str, str]) -> tuple[Change, ...]:
    """Return what differs, by path. Of what is there, only files that an `earlier` release brought are removed."""
    return tuple(sorted(_changes(built, remote, earlier), key=lambda change: change.path))


def _changes(built: Built, remote: Remote, earlier: dict[str, str]) -> Iterator[Change]:
    for path, file in built.files.items():
        remote_file = remote.files.get(path)
        if remote_file is None:
            yield Change(path=path, action="add", before=None, after=file.size)
        elif not remote_file.holds(file):
            yield Change(path=path, action="change", before=remote_file.size, after=file.size)
    for path in earlier.keys() & remote.files.keys() - built.files.keys():
        yield Change(path=path, action="remove", before=remote.files[path].size, after=None)
