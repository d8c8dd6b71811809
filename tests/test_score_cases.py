"""Run the scoring cases that are kept beside the checkout, each from a fault of a scorer in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.score_cases import faults, load

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "cases" / "score"
CASES = sorted(FOLDER.glob("*.json"))


@pytest.mark.skipif(not CASES, reason=f"no cases in {FOLDER}")
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case_comes_out_right(file: Path, tmp_path: Path) -> None:
    assert faults(load(file), tmp_path) == []
