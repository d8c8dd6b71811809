"""Versions of releases, and which step from a release to a build its changes ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import pyarrow.parquet as pq
from packaging.version import InvalidVersion, Version

from vinese.core.errors import UsageError
from vinese.hub.client import Hub, changed
from vinese.hub.records import HubFile
from vinese.package.folder import CARD, Built, parse_front

Step = Literal["major", "minor", "patch"]


def _version(text: str) -> Version | None:
    """Return the version that three plain numbers are, None for whatever else PEP 440 allows."""
    try:
        version = Version(text)
    except InvalidVersion:
        return None
    return version if text == f"{version.major}.{version.minor}.{version.micro}" else None


def parse_version(text: str) -> Version:
    """Return the version that `text` is; raise `UsageError` if it is not three plain numbers."""
    version = _version(text)
    if version is None:
        raise UsageError(
            f"{text!r} is not a version.", "Give three numbers, as in 0.1.0: no leading zeros, no letters, no v."
        )
    return version


def tag_of(version: Version) -> str:
    """Return the name of the tag of a version."""
    return f"v{version}"


def latest(tags: Iterable[str]) -> Version | None:
    """Return the highest version among tags; other tags do not count."""
    versions = (_version(tag[1:]) for tag in tags if tag.startswith("v"))
    return max((version for version in versions if version is not None), default=None)


def next_version(version: Version, step: Step) -> Version:
    """Return the least version that comes after `version` by a step."""
    if step == "major":
        return Version(f"{version.major + 1}.0.0")
    if step == "minor":
        return Version(f"{version.major}.{version.minor + 1}.0")
    return Version(f"{version.major}.{version.minor}.{version.micro + 1}")


DATA = "data/"
SCHEMA = "schema_version"


class Release(NamedTuple):
    """What is published under a tag: its commit, files and the YAML of its card."""

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
    """Return which config's columns or labels differ, in words; a new config breaks nobody."""
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
    """Return in words that the major version of the schema changed, None if it did not.

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
