"""Whatever `prediction.json` allows is taken by all that read predictions: validate, show, agree and score."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from vinese.cli import run
from vinese.core.project import Project
from vinese.core.schemas import validator
from vinese.formats.read import read_export
from vinese.generate.labels import labels_of
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Row = dict[str, Any]
KEYS = ("id", "entities", "events", "stances", "article_stance")


def gold() -> list[Row]:
    found = [one for one in read_export(Project().exports / "gold.json", Project()) if isinstance(one, Document)]
    plain = [msgspec.to_builtins(document) for document in found]
    return [{key: one[key] for key in KEYS if key in one} for one in plain]


def wordless(value: Any) -> Any:
    """Return a prediction whose spans do not repeat their text."""
    if isinstance(value, list):
        return [wordless(one) for one in value]
    if isinstance(value, dict):
        return {key: wordless(one) for key, one in value.items() if key != "text"}
    return value


def only(*keys: str) -> Callable[[Row], Row]:
    return lambda row: {key: row[key] for key in ("id", *keys)}


SHAPES: dict[str, Callable[[Row], Row]] = {
    "all of a document": lambda row: row,
    "without words": wordless,
    "with a version and a system": lambda row: {"schema_version": "1.3", "system": "mine", **row},
    "without the name of a system": lambda row: {**row, "system": None, "failed": None},
    "entities alone": lambda row: {**only("entities")(row), "entities": wordless(row["entities"])},
    "empty lists": lambda row: {"id": row["id"], "entities": [], "events": [], "stances": [], "article_stance": None},
    "an id alone": only(),
    "a reply that failed": lambda row: {"id": row["id"], "failed": "the reply was cut", "system": "mine"},
    "judgements alone": only("article_stance"),
    "without what some measures alone ask for": lambda row: {
        **row,
        "events": [{key: value for key, value in one.items() if key != "modality"} for one in row["events"]],
        "stances": [{key: value for key, value in one.items() if key != "attribution"} for one in row["stances"]],
    },
    "whole numbers as floats": lambda row: {
        "id": row["id"],
        "entities": [{**one, "start": float(one["start"]), "end": float(one["end"])} for one in row["entities"]],
    },
}


@pytest.mark.parametrize("form", [".jsonl", ".json"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_taken_by_every_reader(
    shape: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [SHAPES[shape](row) for row in gold()]
    schema = validator("prediction", labels_of(load_ontology(Project())))
    assert all(schema.is_valid(row) for row in rows)
    path = tmp_path / f"mine{form}"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) if form == ".jsonl" else f"[{','.join(lines)}]", encoding="utf-8")

    def result(*words: str, code: int = 0) -> Row:
        assert run([*words, "--json"]) == code, capsys.readouterr()
        found: Row = json.loads(capsys.readouterr().out)["result"]
        return found

    result("validate", str(path))
    shown = result("show", rows[0]["id"][:3], "--layer", str(path))
    assert len(shown["entities"]) == len(rows[0].get("entities", ()))
    assert all(shown["text"][one["start"] : one["end"]] == one["text"] for one in shown["entities"])
    agreed = result("agree", "gold", str(path), "--resamples", "0")
    assert agreed["articles"] == 5
    scored = result("score", str(path), "--measure", "entities.f1", code=1 if "failed" in shape else 0)
    value = scored["reports"][0]["scores"][0]["f1"]["value"]
    exact = agreed["pairs"][0]["scores"][0]["f1"]
    assert value == (100 if rows[0].get("entities") else 0)
    assert exact["value"] == value / 100


def test_an_article_that_a_file_does_not_predict_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"id": gold()[0]["id"]}), encoding="utf-8")
    assert run(["show", "004", "--layer", str(path)]) == 2
    assert "mine.jsonl does not annotate 004-" in capsys.readouterr().err


def test_a_prediction_that_is_wrong_is_told_by_every_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = gold()[0]
    row["entities"][0]["text"] = "other words"
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    for words in (["validate", str(path)], ["show", "000", "--layer", str(path)], ["agree", "gold", str(path)]):
        assert run(words) == 1
        assert "text-differs" in "".join(capsys.readouterr())
    assert run(["score", str(path), "--partial"]) == 1
    assert "text-differs" in "".join(capsys.readouterr())
