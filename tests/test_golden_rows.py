"""The first and the last row of every config stay what they were.

After a change that is meant to change rows, look at the difference that this command makes, then commit it:
VINESE_UPDATE_GOLDEN=1 pytest tests/test_golden_rows.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.projects import make_project
from vinese.core.project import Project
from vinese.release.build import build

if TYPE_CHECKING:
    from vinese.release.build import BuildReport

GOLDEN = Path(__file__).parent / "golden"


def first_and_last(out: Path, report: BuildReport) -> dict[str, Any]:
    """Return the number of rows and the first and last row of every config, labels by name."""
    import pyarrow.parquet as pq
    from datasets import Features

    found: dict[str, Any] = {}
    for config in report.configs:
        for split in config.rows:
            table = pq.read_table(out / f"data/{config.name}/{split}-00000-of-00001.parquet")
            features = Features.from_arrow_schema(table.schema)
            ends = [table.slice(0, 1).to_pylist()[0], table.slice(len(table) - 1, 1).to_pylist()[0]]
            first, last = ({name: plain(value, features[name]) for name, value in row.items()} for row in ends)
            found[f"{config.name}/{split}"] = {"rows": len(table), "first": first, "last": last}
    return found


def plain(value: Any, feature: Any) -> Any:
    """Return a value with its labels by name."""
    if value is None:
        return None
    if isinstance(feature, dict):
        return {name: plain(part, feature[name]) for name, part in value.items()}
    if isinstance(value, list):
        inner = feature[0] if isinstance(feature, list) else feature.feature
        return [plain(one, inner) for one in value]
    return feature.int2str(value) if hasattr(feature, "int2str") else value


@pytest.mark.parametrize("name", ["sample", "vinese"])
def test_first_and_last_rows(name: str, tmp_path: Path) -> None:
    project = make_project(tmp_path / "project") if name == "sample" else Project()
    if not list(project.exports.glob("*.json")):
        pytest.skip(f"{project.exports} holds no layer")
    report = build(project, tmp_path / "out")
    assert report.out is not None, report.issues
    found = first_and_last(tmp_path / "out", report)
    file = GOLDEN / f"{name}-rows.json"
    if os.environ.get("VINESE_UPDATE_GOLDEN"):
        file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(file.read_text(encoding="utf-8"))
