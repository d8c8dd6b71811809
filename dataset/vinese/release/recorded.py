"""The kept file `card/checksums.json`: what the project's data build, so that anybody can tell whether they still do.

Rows, columns and labels are summed up in a form that is the same with every version of every library. The digests of
the files beside them hold only for the versions that stand in the file, and are only then compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_platform
from typing import Any

import pyarrow.parquet as pq

from vinese.core.files import file_digest, read_record, record_bytes, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.core.schemas import pointer
from vinese.model.records import Record
from vinese.package.folder import CHECKSUMS, Built, check_build, parse_sums, read_build
from vinese.release.build import FreshBuild
from vinese.release.digest import features_digest, rows_digest

FILE = ("card", "checksums.json")
PACKAGES = ("datasets", "pyarrow")


class Rows(Record, frozen=True, kw_only=True):
    """How many rows a split has, and the digest of them all."""

    rows: int
    sha256: str


class Contents(Record, frozen=True, kw_only=True):
    """What one config comes to: its rows by split, and the digest of its columns and labels."""

    splits: dict[str, Rows]
    features: str


class Recorded(Record, frozen=True, kw_only=True):
    """The file: the layer, every config, and the SHA-256 of each data file with the versions it holds for."""

    version: str = "1.0"
    layer: str
    configs: dict[str, Contents]
    made_with: dict[str, str]
    files: dict[str, str]


def contents(folder: Path) -> dict[str, Contents]:
    """Return what every config of a built folder comes to, read from the Parquet files themselves."""
    return {path.name: _config(path) for path in sorted((folder / "data").iterdir())}


def summary(folder: Path, layer: str) -> Recorded:
    """Return what is recorded of a built folder."""
    files = {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted((folder / "data").rglob("*.parquet"))
    }
    return Recorded(layer=layer, configs=contents(folder), made_with=made_with(), files=files)


def made_with() -> dict[str, str]:
    """Return what the bytes of a Parquet file depend on beside its rows."""
    return {**{name: version(name) for name in PACKAGES}, "platform": get_platform()}


def check_checksums(project: Project, fresh: FreshBuild, progress: Progress) -> list[Issue]:
    """Return in what `fresh`, a build of `project`, differs from what is recorded, or what forbade it.

    An info says where only rows were compared, because other versions are installed than were recorded. Raise what
    `vinese.release.build.build` raises, and `FileProblemError` if the record cannot be read.
    """
    path = project.own(*FILE)
    recorded = read_record(path, Recorded, "Write it again with: vinese update checksums")
    if fresh.folder is None:
        return fresh.errors
    if recorded is None:
        return [issue("build-unrecorded", file=str(path))]
    progress("comparing", 0, None)
    return compare(recorded, summary(fresh.folder, fresh.report.layer), str(path))


def check_folder(folder: str | Path, fresh: FreshBuild) -> list[Issue]:
    """Return in what a built folder differs from its own checksums, or if it does not, from a new build.

    Raise `UsageError` if `folder` is no build.
    """
    built = read_build(Path(folder))
    changed = list(check_build(built))
    if changed or fresh.folder is None:
        return changed + fresh.errors
    return list(_stale(fresh.folder, built))


def compare(wanted: Recorded, made: Recorded, path: str) -> list[Issue]:
    """Return in what a build differs from the record at `path`; rows first, and bytes only where rows agree."""
    issues = [
        issue("build-differs", file=path, pointer=place, what=what, wanted=old or "nothing", made=new or "nothing")
        for what, place, old, new in _differences(wanted, made)
    ]
    versions = {name: (wanted.made_with.get(name), made.made_with[name]) for name in made.made_with}
    other = {name: pair for name, pair in versions.items() if pair[0] != pair[1]}
    if other:
        here = ", ".join(f"{name} {new} (recorded: {old})" for name, (old, new) in other.items())
        return [*issues, issue("build-pins-differ", file=path, here=here)]
    return issues or [
        issue("build-bytes-differ", file=path, pointer=pointer(("files", name)), name=name)
        for name in sorted({*wanted.files, *made.files})
        if wanted.files.get(name) != made.files.get(name)
    ]


def _stale(fresh: Path, folder: Built) -> Iterator[Issue]:
    """Yield an issue for every file of `folder`, sound in itself, that a build now makes otherwise."""
    now = parse_sums((fresh / CHECKSUMS).read_bytes())
    for name in sorted(now.keys() | folder.files.keys() - {CHECKSUMS}):
        if name not in folder.files or folder.files[name].sha256 != now.get(name):
            yield issue("build-file-stale", file=str(folder.folder / name), path=name)


def _differences(wanted: Recorded, made: Recorded) -> Iterator[tuple[str, str, str | None, str | None]]:
    """Yield what differs: its name, its pointer in the record, and what is recorded and made of it."""
    if wanted.layer != made.layer:
        yield "the layer", "/layer", wanted.layer, made.layer
    for name in (*wanted.configs, *(name for name in made.configs if name not in wanted.configs)):
        old, new = wanted.configs.get(name), made.configs.get(name)
        place = pointer(("configs", name))
        if old is None or new is None:
            yield f"config {name}", place, _config_text(old), _config_text(new)
            continue
        if old.features != new.features:
            before, after = (f"columns and labels {config.features[:12]}" for config in (old, new))
            yield f"config {name}", f"{place}/features", before, after
        for split in sorted({*old.splits, *new.splits}):
            rows, now = old.splits.get(split), new.splits.get(split)
            if rows != now:
                yield (
                    f"config {name}, split {split}",
                    place + pointer(("splits", split)),
                    _rows_text(rows),
                    _rows_text(now),
                )


def _rows_text(rows: Rows | None) -> str | None:
    return f"{rows.rows} rows {rows.sha256[:12]}" if rows is not None else None


def _config_text(config: Contents | None) -> str | None:
    return "a config" if config is not None else None


def _config(folder: Path) -> Contents:
    """Return what the files of one config come to, split by split."""
    splits: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.parquet")):
        splits.setdefault(path.name.split("-")[0], []).append(path)
    first = min(folder.glob("*.parquet"))
    features = json.loads(pq.read_schema(first).metadata[b"huggingface"])["info"]["features"]
    digests = {split: rows_digest(_rows(paths)) for split, paths in splits.items()}
    return Contents(
        splits={split: Rows(rows=number, sha256=digest) for split, (number, digest) in digests.items()},
        features=features_digest(features),
    )


def _rows(paths: list[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()


@dataclass(frozen=True, slots=True)
class KeptChecksums:
    """What the data build, as a kept file."""

    fresh: FreshBuild
    name: str = "checksums"
    after: tuple[str, ...] = ("articles", "layers", "words", "splits", "agreement", "quality")
    by_hand: bool = False

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps a record."""
        return project.own(*FILE).exists()

    def check(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield in what a new build differs from the record."""
        yield from check_checksums(project, self.fresh, progress)

    def update(self, project: Project, _progress: Progress) -> Iterator[Issue | Path]:
        """Write the record of a new build."""
        path, folder = project.own(*FILE), self.fresh.folder
        if folder is not None and write_bytes(path, record_bytes(summary(folder, self.fresh.report.layer))):
            yield path
        yield from self.fresh.errors
