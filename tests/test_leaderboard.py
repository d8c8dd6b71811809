"""`vinese leaderboard` puts systems side by side, task by task, every value with its interval."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import vinese
from support import toy_corpus
from vinese import cli
from vinese.core.errors import UsageError
from vinese.core.files import json_lines

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Return gold, its texts, a system that finds all, and one that finds each article's first mention."""
    records, texts = toy_corpus.gold()
    first = [{"id": record["id"], "entities": record["entities"][:1]} for record in records]
    rows: dict[str, list[dict[str, Any]]] = {"gold": records, "all": records, "first": first}
    rows["texts"] = [{"id": key, "text": text} for key, text in texts.items()]
    for name, content in rows.items():
        (tmp_path / f"{name}.jsonl").write_bytes(json_lines(content))
    return {name: str(tmp_path / f"{name}.jsonl") for name in rows}


@pytest.fixture
def board(capsys: pytest.CaptureFixture[str], files: dict[str, str]) -> Any:
    def run(*words: str) -> tuple[int, str, str]:
        named = [files.get(word.removeprefix("@"), word) for word in words]
        code = cli.run(["leaderboard", *named, "--gold", files["gold"], "--articles", files["texts"]])
        return code, *capsys.readouterr()

    return run


def test_best_system_of_a_task_comes_first_with_its_interval(board: Any, files: dict[str, str]) -> None:
    code, out, _ = board("@first", "@all")
    assert code == 0
    entities = out.partition("\nevents")[0]
    assert entities.index("all.jsonl") < entities.index("first.jsonl")
    assert "[100.0, 100.0]" in entities
    assert "first.jsonl" not in out.partition("\nevents")[2]
    assert "vinese|task:entities|" in out
    code, out, _ = board("@first", "@all", "--task", "entities", "--json")
    result = json.loads(out)["result"]
    assert [(each["task"], each["system"]) for each in result["standings"]] == [
        ("entities", files["all"]),
        ("entities", files["first"]),
    ]


def test_latex_has_a_row_for_each_value(board: Any) -> None:
    code, out, _ = board("@first", "@all", "--task", "entities", "--latex")
    assert code == 0
    assert out.count(r" \\") == 1 + 2 * 3
    assert out.startswith("% entities.f1: vinese|")


def test_faulty_file_is_told_and_the_others_are_shown(board: Any, files: dict[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "a0", "entities": [', encoding="utf-8")
    code, out, err = board(str(broken), "@all")
    assert code == 1
    assert "not-json" in err
    assert "all.jsonl" in out
    assert "broken.jsonl" not in out


def test_missing_article_counts_as_nothing_found(board: Any, tmp_path: Path) -> None:
    records, _ = toy_corpus.gold()
    part = tmp_path / "part.jsonl"
    part.write_bytes(json_lines(records[1:]))
    code, out, err = board(str(part), "--task", "entities")
    assert code == 1
    assert "missing-article" in err
    assert "85.7" in out
    assert board(str(part), "--task", "entities", "--missing-as-empty")[0] == 0


def test_nothing_to_show_is_wrong_use(board: Any, files: dict[str, str]) -> None:
    assert board()[0] == 2
    with pytest.raises(UsageError, match="no task"):
        vinese.leaderboard(files["all"], tasks=["sums"])


def test_systems_may_be_named(files: dict[str, str]) -> None:
    records, texts = toy_corpus.gold()
    board = vinese.leaderboard(records, gold=records, articles=texts, names=["mine"], tasks=["events"])
    assert [(each.system, each.kept) for each in board.of("events")] == [("mine", False)]
