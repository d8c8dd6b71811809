"""The examples of `card/examples/` run as they stand, on the built folder of vinese's own corpus."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from datasets import Dataset, load_dataset

import vinese

FOLDER = Path(__file__).parents[1] / "card" / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))


def example(name: str, *words: str | Path, home: Path) -> str:
    """Run an example with an empty cache and no network, and return what it prints."""
    keep = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    environment = {**keep, "HOME": str(home), "HF_HOME": str(home / "hf"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, FOLDER / name, *map(str, words)],
        env=environment, cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short_and_says_how_it_is_run(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 25
    assert f"Run: python {path.name} FOLDER" in text


class Pieces(dict[str, Any]):
    """What a fast tokenizer returns: pieces by row, and the word of each."""

    def __init__(self, rows: list[list[str]]) -> None:
        self._words = [[None, *(number for number, word in enumerate(row) for _ in word[::3]), None] for row in rows]
        super().__init__(input_ids=[[0] * len(words) for words in self._words])

    def word_ids(self, number: int) -> list[int | None]:
        return self._words[number]


def tokenizer(rows: list[list[str]], *, is_split_into_words: bool, truncation: bool) -> Pieces:
    assert is_split_into_words
    assert truncation
    return Pieces(rows)


def test_batches_have_a_label_for_the_first_piece_of_each_token(own_build: Path, tmp_path: Path) -> None:
    align = runpy.run_path(str(FOLDER / "ner_batches.py"))["align"]
    rows = load_dataset(str(own_build), "entities", split="test", cache_dir=str(tmp_path / "cache"))
    batches = rows.map(align, batched=True, fn_kwargs={"tokenizer": tokenizer}, remove_columns=rows.column_names)
    assert isinstance(batches, Dataset)
    assert set(batches.column_names) == {"input_ids", "labels"}
    for row, batch in zip(rows, batches, strict=True):
        assert len(batch["labels"]) == len(batch["input_ids"])
        assert [label for label in batch["labels"] if label != -100] == row["ner_tags"]


def test_leaving_one_article_out_writes_what_can_be_scored(own_build: Path, tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    example("leave_one_article_out.py", own_build, path, home=tmp_path)
    report = vinese.score(None, path, ["entities.f1"])
    assert not [issue for issue in report.issues if issue.level == "error"]
    assert 50 < report.scores[0].f1.value < 90


def test_opinions_are_written_in_words_for_a_language_model(own_build: Path, tmp_path: Path) -> None:
    path = tmp_path / "opinions.jsonl"
    example("opinions_for_llm.py", own_build, path, home=tmp_path)
    found = lines(path)
    rows = pq.read_table(own_build / "data/opinions/test-00000-of-00001.parquet").to_pylist()
    assert [len(row["opinions"]) for row in found] == [len(row["opinions"]) for row in rows]
    assert any(row["opinions"] for row in found)
    for row in found:
        for opinion in row["opinions"]:
            assert opinion["expression"] in row["text"]
            assert opinion["target"] is None or opinion["target"] in row["text"]
            assert opinion["polarity"] in {"FAVOR", "AGAINST", "MIXED"}


@pytest.mark.extra("duckdb")
def test_duckdb_reads_labels_and_words_from_the_parquet(own_build: Path, tmp_path: Path) -> None:
    printed = [line.split("\t") for line in example("duckdb_events.py", own_build, home=tmp_path).splitlines()]
    assert len(printed) == 10
    filled = Counter(
        (event["type"], argument["role"], argument["text"])
        for row in pq.read_table(own_build / "data/events/test-00000-of-00001.parquet").to_pylist()
        for event in row["events"]
        for argument in event["arguments"]
    )
    most = sorted(filled.items(), key=lambda one: (-one[1], one[0]))[0]
    assert printed[0] == [*most[0], str(most[1])]
