"""Every version of `datasets` reads the same rows, in every way it has; README and record say what a run found."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

import compat_matrix
from compat_matrix import PINS, REFUSED, ROUTES, SAME

if TYPE_CHECKING:
    from pathlib import Path

    from compat_matrix import Found


@pytest.fixture(scope="module")
def recorded() -> Found:
    return json.loads(compat_matrix.RECORD.read_text(encoding="utf-8"))


def test_readme_shows_what_was_recorded(recorded: Found) -> None:
    shown = compat_matrix.section(compat_matrix.README.read_text(encoding="utf-8"))
    assert shown == compat_matrix.text(recorded), "run: python tests/compat_matrix.py"


def test_what_was_recorded_covers_every_config_version_and_route(recorded: Found) -> None:
    assert recorded["configs"] == compat_matrix.configs(), "run: python tests/compat_matrix.py"
    assert list(recorded["versions"]) == list(PINS)
    assert all(list(found["routes"]) == list(ROUTES) for found in recorded["versions"].values())


def test_a_wrong_row_is_told_from_a_refusal() -> None:
    wanted = {"articles": {"splits": {"test": {"rows": 1, "sha256": "a"}}, "features": "b"}}
    assert compat_matrix.judge(wanted, wanted) == SAME
    refused = {"articles": {"error": "RuntimeError", "message": f"{compat_matrix.REFUSAL}."}}
    assert compat_matrix.judge(refused, wanted) == REFUSED
    assert compat_matrix.judge({"articles": {"error": "RuntimeError", "message": "no"}}, wanted) == "articles: no"
    assert compat_matrix.judge({"articles": {**wanted["articles"], "features": "c"}}, wanted).startswith("articles: ")


@pytest.mark.compat
def test_every_version_reads_the_same_rows_in_every_way(
    tmp_path: Path, recorded: Found, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    with capsys.disabled():
        print()
        found = compat_matrix.run(tmp_path)
        print(f"\n{compat_matrix.text(found)}\n{time.monotonic() - began:.0f} s")
    outcomes = {version: one["routes"] for version, one in found["versions"].items()}
    for version, routes in outcomes.items():
        scripts_run = int(version.partition(".")[0]) < 4
        wanted = {route: REFUSED if route == "script" and not scripts_run else SAME for route in ROUTES}
        assert routes == wanted, version
    assert outcomes == {version: one["routes"] for version, one in recorded["versions"].items()}
