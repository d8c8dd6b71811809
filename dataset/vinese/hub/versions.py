"""Versions of releases, and which step from a release to a build its changes ask for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple

import pyarrow.parquet as pq
from packaging.version import InvalidVersion, Version

from vinese.core.errors import UsageError
from vinese.hub.client import Hub, changed
from vinese.hub.records import HubFile
from vinese.package.folder import CARD, CHECKSUMS, Built, describe, parse_front, patterns
from vinese.release.digest import plain_features

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


def compare(hub: Hub, built: Built, release: Release, last: str) -> tuple[Step | None, str | None]:
    """Return the step from a release to a build and what asks for it; nothing if they hold the same.

    `last` is the version of the release: that the project states none, and so another is told, is no change.

    Other columns or labels, a config that is gone, another major version of the schema: major. Other rows: minor;
    Parquet of other bytes counts as other rows. Anything else: patch.
    """
    why = _broken(hub, built, release)
    if why:
        return "major", why
    ours = {path: file for path, file in built.files.items() if path.startswith(DATA)}
    theirs = {path for path in release.files if path.startswith(DATA)}
    unlike = [path for path, file in ours.items() if path not in theirs or not release.files[path].holds(file)]
    unlike += theirs - ours.keys()
    if unlike:
        return "minor", f"the rows in {min(unlike)} changed"
    rest = [
        path
        for path, file in built.files.items()
        if path not in release.files
        or not (release.files[path].holds(file) or _same_but_version(built, path, release, last))
    ]
    if rest == [CHECKSUMS] and built.given_version:
        rest = []
    return ("patch", f"{min(rest)} changed") if rest else (None, None)


def _same_but_version(built: Built, path: str, release: Release, last: str) -> bool:
    """Return whether a file that was made for this release is the other's but for the version."""
    if path not in built.made or not built.given_version:
        return False
    return release.files[path].holds(describe(built.made[path].replace(built.given_version.encode(), last.encode())))


def _broken(hub: Hub, built: Built, release: Release) -> str | None:
    """Return in words what readers of a release would stumble over in a build; a new config breaks nobody.

    The first file of each config tells its columns, labels and version of the schema, and only its end is read.
    """
    ours, theirs = _first_files(built.card, built.files), _first_files(release.card, release.files)
    compared = []
    for config, path in theirs.items():
        if config not in ours:
            return f"the config {config} is gone"
        if path != ours[config] or not release.files[path].holds(built.files[path]):
            with hub.opened(path, release.commit) as opened:
                compared.append((config, _own_stated(built, ours[config]), _stated(opened)))
    for config, now, before in compared:
        if now.features != before.features:
            return f"the columns or labels of {config} changed"
    for _, now, before in compared:
        if now.versions and before.versions and now.versions != before.versions:
            return f"the schema's version changed from {max(before.versions)} to {max(now.versions)}"
    return None


def _first_files(card: dict[str, Any], files: Iterable[str]) -> dict[str, str]:
    """Return the first file of every config of a card that has any."""
    first_files: dict[str, str] = {}
    for config, pattern in patterns(card):
        path = min((path for path in files if fnmatchcase(path, pattern)), default=None)
        if path is not None:
            first_files.setdefault(config, path)
    return first_files


class _Stated(NamedTuple):
    """What a Parquet file states of itself: columns with labels, and the major versions of the schema."""

    features: Any
    versions: set[str]


def _own_stated(built: Built, path: str) -> _Stated:
    """Return what a file of the build states; it was sound when it was checked."""
    try:
        return _stated(built.folder / path)
    except (OSError, ValueError) as error:
        raise changed(built, path) from error


def _stated(source: Any) -> _Stated:
    """Return what a Parquet file states; the version is in the statistics of a column that only some files have."""
    versions: set[str] = set()
    with pq.ParquetFile(source) as file:
        for group in range(file.metadata.num_row_groups):
            columns = (file.metadata.row_group(group).column(n) for n in range(file.metadata.num_columns))
            statistics = [column.statistics for column in columns if column.path_in_schema == SCHEMA]
            versions |= {
                str(end).partition(".")[0] for bounds in statistics if bounds for end in (bounds.min, bounds.max)
            }
        stated = (file.schema_arrow.metadata or {}).get(b"huggingface")
        features = plain_features(json.loads(stated)["info"]["features"]) if stated else str(file.schema_arrow)
    return _Stated(features, versions)
