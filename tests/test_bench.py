"""The bench prints every row, also where what it compares with is not installed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bench.measure import EXTRAS, FailedError, Figure, Missing, call, measure
from bench.table import SIZES, SUBJECTS, Table
from support import pieces_of_work

BENCH = Path(__file__).parent / "bench"
WHERE = "where the time goes"
ROWS = {
    "conversion": (
        *(
            "P: ",
            "W: ",
            "ours: validate and convert",
            "ours, JSON Lines written, to",
            "ours, JSON Lines written, --jobs",
        ),
        *("by the clock", "ours, Parquet", "datasets.Dataset", "label-studio-sdk, JSON_MIN"),
        *("label-studio-sdk, CONLL2003", WHERE),
    ),
    "build": ("build, 5 articles", "build --jobs 2, 5 articles", "standoff, 5", "agree, 5", "splits, 5", WHERE),
    "pages": ("trafilatura", "ours, from HTML", "the same, --jobs 2", "ours, from text", f"{WHERE}, ours, from html"),
    "scoring": ("seqeval", "ours, two files", "nervaluate", "ours, F1 of overlapping"),
    "lines": ("sentences, combining marks", "clean, words in NFD"),
    "starting": ("python -c pass", "import vinese", "vinese --help"),
}
LAYERS = ("made-up", "annotator-1", "gold")


def test_time_and_memory_of_a_piece_of_work_are_its_own() -> None:
    figure = measure(pieces_of_work.busy, 0.2)
    assert isinstance(figure, Figure)
    assert figure.count == 10
    assert figure.cpu >= 0.2
    assert figure.each == figure.cpu / 10
    big, small = measure(pieces_of_work.holding, 200_000_000), measure(pieces_of_work.holding, 1)
    assert isinstance(big, Figure)
    assert isinstance(small, Figure)
    assert 180e6 < big.peak - small.peak < 220e6


def test_what_is_not_installed_is_said_and_what_fails_is_not_hidden() -> None:
    assert measure(pieces_of_work.without) == Missing("orjson")
    with pytest.raises(FailedError, match="what went wrong"):
        call(pieces_of_work.broken)


def test_a_row_says_which_extra_would_bring_what_is_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    project = tomllib.loads((BENCH.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {*EXTRAS.values()} <= project["optional-dependencies"].keys()
    table = Table(tmp_path, SIZES["tiny"])
    assert table.row("seqeval, F1", Missing("seqeval")) is None
    assert capsys.readouterr().out.split() == [
        "seqeval,",
        "F1",
        "not",
        "installed:",
        "pip",
        "install",
        "vinese[oracles]",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_row_is_printed(subject: str) -> None:
    words = [sys.executable, BENCH, subject, "--size", "tiny"]
    out = subprocess.run(words, capture_output=True, check=True, encoding="utf-8").stdout
    for row in ROWS[subject]:
        lines = re.findall(rf"^{re.escape(row)}.*", out, re.MULTILINE)
        assert len(lines) == (len(LAYERS) if subject == "conversion" else 1), row
        assert all(re.search(r"\d%|\d x as fast|\s\d[\d.,]*$|not installed: pip install", line) for line in lines), (
            lines
        )
    if subject == "conversion":
        assert all(f"layer {layer}\n" in out for layer in LAYERS)
