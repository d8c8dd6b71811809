"""`vinese.load` gives the rows of a build in one line: offline, from a cache that never goes stale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

import vinese
from support.projects import make_project
from vinese.core.errors import FileProblemError, UsageError, VineseError
from vinese.corpus.articles import Articles
from vinese.corpus.words import words_path
from vinese.package.configs import load_configs

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.core.project import Project

ALONE = """
import socket, sys
def refuse(*_):
    raise AssertionError("no network here")
socket.socket.connect = refuse
import vinese
rows = vinese.load("entities", split="test")
assert all(row["text"][one["start"]:one["end"]] == one["text"] for row in rows for one in row["entities"])
print(type(rows).__name__, len(rows), rows.features["entities"])
print(sorted(vinese.load()))
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "project")


def test_one_line_loads_the_corpus_without_a_network(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "HF_HOME": str(tmp_path / "hf")}
    shown = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", ALONE],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [one.returncode for one in shown] == [0, 0], shown[0].stderr
    assert shown[0].stdout == shown[1].stdout
    assert shown[0].stdout.startswith("Dataset ")
    assert "Value" in shown[0].stdout
    assert shown[0].stdout.endswith("['test']\n")
    assert shown[0].stderr == ""
    assert [one.name for one in tmp_path.iterdir()] == ["hf"]


def test_rows_are_those_of_a_build(sample: tuple[Project, Path], tmp_path: Path) -> None:
    project, out = sample
    for config in load_configs(project).configs:
        rows = vinese.load(config.name, "test", project=project, cache_dir=tmp_path / "cache")
        parquet = pq.read_table(out / f"data/{config.name}/test-00000-of-00001.parquet")
        assert list(rows) == parquet.to_pylist(), config.name


def test_what_was_built_is_kept_and_what_changed_is_built_anew(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load() -> list[str]:
        return [row["text"] for row in vinese.load("entities", "test", project=project, cache_dir=tmp_path / "cache")]

    before = load()
    with monkeypatch.context() as patch:
        patch.setattr("vinese.package.stage.stage", None)
        assert load() == before
    export = next(project.exports.glob("*.json"))
    export.write_text(json.dumps(json.loads(export.read_bytes())[1:]), encoding="utf-8")
    assert len(load()) < len(before)


def test_what_is_not_there_is_named(project: Project, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"(?s)no config 'entity'.*articles, entities, entities_words"):
        vinese.load("entity", project=project, cache_dir=tmp_path / "cache")
    with pytest.raises(UsageError, match=r"(?s)no rows 'train' in 'stance_pairs'.*Splits there: test\."):
        vinese.load("stance_pairs", split="train", project=project, cache_dir=tmp_path / "cache")
    with pytest.raises(UsageError, match=r"(?s)'test\[1'.*Splits there: test\."):
        vinese.load("stance_pairs", split="test[1", project=project, cache_dir=tmp_path / "cache")
    with pytest.raises(UsageError, match="no layer 'other'"):
        vinese.load(layer="other", project=project.root, cache_dir=tmp_path / "cache")
    words_path(project, next(iter(Articles(project.articles))).id).unlink()
    with pytest.raises(UsageError, match="no config 'entities_words'"):
        vinese.load("entities_words", project=project, cache_dir=tmp_path / "cache")


def test_errors_in_the_annotation_are_told_and_nothing_is_kept(project: Project, tmp_path: Path) -> None:
    export = next(project.exports.glob("*.json"))
    export.write_text("[", encoding="utf-8")
    with pytest.raises(VineseError, match=r"(?s)errors in the annotation.*vinese build"):
        vinese.load(project=project, cache_dir=tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_cache_that_cannot_be_written_is_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine", encoding="utf-8")
    with pytest.raises(FileProblemError, match="Cannot write"):
        vinese.load(project=project, cache_dir=tmp_path / "cache")
