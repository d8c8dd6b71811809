"""See that a build folder is what its project gives now: build again, in a folder of its own, and compare."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from vinese.build import CHECKSUMS, build
from vinese.issues import issue
from vinese.publish.folder import parse_sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from vinese.issues import Issue
    from vinese.publish.records import Built
    from vinese.resources import Project

LAYER = "provenance.layer"


def check_origin(project: Project, built: Built, say: Callable[[str], None]) -> list[Issue]:
    """Return what `vinese validate` and a new build find: every error, and every file that would come out otherwise.

    The new build validates all layers and is made from the layer that the rows name.
    """
    with tempfile.TemporaryDirectory() as work:
        fresh = Path(work) / "vinese"
        report = build(project, fresh, layer_of(built), say=say)
        found = [one for one in report.issues if one.level == "error"]
        if report.out is None:
            return found
        now = parse_sums((fresh / CHECKSUMS).read_bytes())
    stale = [path for path in sorted(now.keys() | built.files.keys() - {CHECKSUMS}) if _stale(path, now, built)]
    return found + [issue("build-file-stale", file=str(built.folder / path), path=path) for path in stale]


def _stale(path: str, now: dict[str, str], built: Built) -> bool:
    return path not in built.files or now.get(path) != built.files[path].sha256


def layer_of(built: Built) -> str | None:
    """Return the layer that a build was made from, as the statistics of its Parquet name it; None if none does."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    for path in built.files:
        if path.startswith("data/articles/") and path.endswith(".parquet"):
            metadata = pq.read_metadata(built.folder / path)
            columns = (metadata.row_group(0).column(number) for number in range(metadata.num_columns))
            found = next((one.statistics for one in columns if one.path_in_schema == LAYER and one.statistics), None)
            return str(found.max) if found is not None else None
    return None
