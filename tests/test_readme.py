"""The lines that README and card show for loading the data work as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[1] / "README.md"
# What the lines leave behind is looked at; a value that nobody prints says nothing.
LOOK = """
assert len(rows) and all(row["entities"] is not None for row in rows)
spans = [(span["text"], row["text"][span["start"] : span["end"]]) for row in rows for span in row["entities"]]
assert spans and all(said == found for said, found in spans)
"""


def blocks(path: Path, sign: str = "load_dataset(") -> list[str]:
    """Return the Python of a Markdown file that loads data, or has another sign."""
    found = re.findall(r"^```python\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [code for code in found if sign in code]


def execute(code: str, home: Path, cwd: Path) -> None:
    keep = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "VIRTUAL_ENV"}}
    surroundings = {**keep, "HOME": str(home), "HF_HOME": str(home / "hf"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{code}\n{done.stderr}"


def test_the_worked_example_is_short_and_prints_a_score_and_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path)
    (code,) = (code for code in blocks(README, "vinese.score("))
    assert len(code.splitlines()) < 30
    printed = StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {"__name__": "example"})
    assert "Estimate(value=" in printed.getvalue()
    assert "smallest possible p" in printed.getvalue() or "difference" in printed.getvalue()


@pytest.fixture(scope="module")
def work(own_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which `vinese build` was run."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(own_build, folder / "build" / "vinese")
    return folder


def test_the_lines_of_readme_load_what_the_command_before_them_built(work: Path, tmp_path: Path) -> None:
    codes = blocks(README)
    assert codes
    for code in codes:
        execute(code + LOOK, tmp_path, work)


def test_the_lines_of_the_card_load_the_folder_whose_path_is_put_in_from_anywhere(work: Path, tmp_path: Path) -> None:
    card = work / "build" / "vinese" / "README.md"
    (names,) = re.findall(r"^Names of `ner_tags`: `(.*)`\.$", card.read_text(encoding="utf-8"), re.MULTILINE)
    codes = blocks(card)
    assert codes
    for code in codes:
        assert code.count("/path/to/this/folder") == 1
        placed = code.replace("/path/to/this/folder", str(work / "build" / "vinese"))
        execute(f"{placed}{LOOK}assert {{'O', 'B-PER'}} <= {{*{names}}}", tmp_path, tmp_path)
