"""Compare a build with a repository: what one commit would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from vinese.hub.records import Change, HubFile, Remote
from vinese.hub.upload import Hub, changed
from vinese.hub.version import Step
from vinese.package.folder import CARD, CHECKSUMS, Built, parse_front, parse_sums, patterns


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


DATA = "data/"
SCHEMA = "schema_version"


class Release(NamedTuple):
    """Hold what is published under a tag: its commit, files and the YAML of its card."""

    commit: str
    files: dict[str, HubFile]
    card: dict[str, Any]


def read_release(hub: Hub, commit: str) -> Release:
    """Return the release that a commit is; a tag might name another one before all is read."""
    files = hub.files(commit)
    return Release(commit, files, parse_front(hub.read(CARD, commit)) if CARD in files else {})


def compare(hub: Hub, built: Built, release: Release) -> tuple[Step | None, str | None]:
    """Return the step from a release to a build and what asks for it; nothing if they hold the same.

    Other columns or labels, a config that is gone, another major version of the schema: major. Other rows: minor;
    Parquet of other bytes counts as other rows. Anything else: patch.
    """
    for why in (_columns(built.card, release.card), _schema(hub, built, release)):
        if why:
            return "major", why
    ours = {path: file for path, file in built.files.items() if path.startswith(DATA)}
    theirs = {path for path in release.files if path.startswith(DATA)}
    unlike = [path for path, file in ours.items() if path not in theirs or not release.files[path].holds(file)]
    unlike += theirs - ours.keys()
    if unlike:
        return "minor", f"the rows in {min(unlike)} changed"
    rest = [
        path for path, file in built.files.items() if path not in release.files or not release.files[path].holds(file)
    ]
    return ("patch", f"{min(rest)} changed") if rest else (None, None)


def _columns(ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """Say which config's columns or labels differ; a new config breaks nobody."""
    now = _features(ours)
    for name, features in _features(theirs).items():
        if name not in now:
            return f"the config {name} is gone"
        if now[name] != features:
            return f"the columns or labels of {name} changed"
    return None


def _features(card: dict[str, Any]) -> dict[str, Any]:
    return {str(info.get("config_name")): info.get("features") for info in card.get("dataset_info") or ()}


def _schema(hub: Hub, built: Built, release: Release) -> str | None:
    """Say whether the major version of the schema changed.

    The rows name it, and the statistics of a Parquet file hold its least and greatest value: no row is read.
    """
    for path, file in built.files.items():
        there = release.files.get(path)
        if not path.endswith(".parquet") or there is None or there.holds(file):
            continue
        now = _own_versions(built, path)
        if not now:
            continue
        with hub.opened(path, release.commit) as opened:
            before = _versions(opened)
        if before and now != before:
            return f"the schema's version changed from {max(before)} to {max(now)}"
    return None


def _own_versions(built: Built, path: str) -> set[str]:
    """Return what a file of the build states; it was sound when it was checked."""
    try:
        return _versions(built.folder / path)
    except (OSError, ValueError) as error:
        raise changed(built, path) from error


def _versions(source: Any) -> set[str]:
    """Return the major versions of the schema that a Parquet file states; empty if it has no such column."""
    found: set[str] = set()
    with pq.ParquetFile(source) as file:
        names = file.schema_arrow.names
        if SCHEMA not in names:
            return found
        for group in range(file.metadata.num_row_groups):
            columns = (file.metadata.row_group(group).column(n) for n in range(file.metadata.num_columns))
            statistics = [column.statistics for column in columns if column.path_in_schema == SCHEMA]
            found |= {str(end).partition(".")[0] for one in statistics if one for end in (one.min, one.max)}
    return found
