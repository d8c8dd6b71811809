"""Compare a build with a repository: what one commit would change."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from vinese.build.sums import CHECKSUMS, parse_sums
from vinese.publish.folder import patterns
from vinese.publish.records import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vinese.publish.hub import Hub
    from vinese.publish.records import Built, HubFile, Remote


def holds(built: Built, files: dict[str, HubFile], gone: frozenset[str] = frozenset()) -> bool:
    """Tell whether a revision has every file of the build, and none of those that are to be gone."""
    return same(built, files) == len(built.files) and gone.isdisjoint(files)


def same(built: Built, files: dict[str, HubFile]) -> int:
    """Return how many files of the build a revision has as they are."""
    return sum(path in files and files[path].holds(file) for path, file in built.files.items())


def is_release(built: Built, files: dict[str, HubFile]) -> bool:
    """Tell whether a revision holds the build and nothing else that a config would load."""
    return holds(built, files) and not any(loaded_too(built, files))


def loaded_too(built: Built, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield every file that is not of the build, but that a config would load, with the config's name."""
    loaded = list(patterns(built.card))
    for path in sorted(set(files) - built.files.keys()):
        config = next((name for name, pattern in loaded if fnmatchcase(path, pattern)), None)
        if config is not None:
            yield path, config


def brought(hub: Hub, files: dict[str, HubFile], revision: str) -> dict[str, str]:
    """Return the digests of the files that a release brought to this revision, by path; empty if it has none."""
    return parse_sums(hub.read(CHECKSUMS, revision)) if CHECKSUMS in files else {}


def changes(built: Built, remote: Remote, earlier: dict[str, str]) -> tuple[Change, ...]:
    """Return what differs, by path. Of what is there, only files that an `earlier` release brought are removed."""
    return tuple(sorted(_changes(built, remote, earlier), key=lambda change: change.path))


def _changes(built: Built, remote: Remote, earlier: dict[str, str]) -> Iterator[Change]:
    for path, file in built.files.items():
        there = remote.files.get(path)
        if there is None:
            yield Change(path=path, action="add", before=None, after=file.size)
        elif not there.holds(file):
            yield Change(path=path, action="change", before=there.size, after=file.size)
    for path in earlier.keys() & remote.files.keys() - built.files.keys():
        yield Change(path=path, action="remove", before=remote.files[path].size, after=None)
