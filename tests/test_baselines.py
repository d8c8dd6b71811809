"""Baselines learn from the other articles alone, and say the same again: on a made-up corpus, whatever gold says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import vinese
from support import toy_corpus
from vinese import cli
from vinese.core.errors import MissingExtraError, UsageError
from vinese.core.files import json_lines
from vinese.core.schemas import validator
from vinese.generate.labels import labels_of
from vinese.systems.baselines.names import ABOUT
from vinese.systems.baselines.run import BASELINES

if TYPE_CHECKING:
    from pathlib import Path

WITH_EXTRA = ("crf", "underthesea", "cues", "tfidf")
"""The baselines that need the packages of the extra `baselines`."""
EVERY = [(task, name, name in WITH_EXTRA) for task, by_name in BASELINES.items() for name in by_name]
needs_extra = pytest.mark.extra("pycrfsuite", "sklearn", "underthesea")


def cases(*, learns: bool = False) -> list[Any]:
    """Return every baseline, those that need packages marked; with `learns` without those that learn nothing."""
    return [
        pytest.param(task, name, marks=[needs_extra] if extra else [], id=f"{name}-{task}")
        for task, name, extra in EVERY
        if not (learns and name in {"empty", "underthesea"})
    ]


def run(name: str, task: str, articles: list[dict[str, Any]] | None = None, **settings: Any) -> list[dict[str, Any]]:
    records, texts = toy_corpus.split(articles or [toy_corpus.article(f"a{number}") for number in range(4)])
    return vinese.baseline(name, [task], records, articles=texts, **settings)


@pytest.mark.parametrize(("task", "name"), cases())
def test_predictions_are_valid_wordless_and_score_without_an_error(task: str, name: str) -> None:
    records, texts = toy_corpus.gold()
    found = vinese.baseline(name, [task], records, articles=texts)
    schema = validator("prediction", labels_of(vinese.load_ontology()))
    assert [record["id"] for record in found] == [record["id"] for record in records]
    assert all(schema.is_valid(record) for record in found)
    assert '"text"' not in json.dumps(found)
    report = vinese.score(records, found, articles=texts)
    assert report.sound, report.issues


@pytest.mark.parametrize(
    ("task", "name", "measure"),
    [
        ("entities", "gazetteer", "entities.f1"),
        ("events", "lexicon", "AC+"),
        ("article_stance", "majority", "article_stance.accuracy"),
        pytest.param("entities", "crf", "entities.f1", marks=needs_extra),
        pytest.param("events", "crf", "TC", marks=needs_extra),
        pytest.param("opinions", "cues", "opinions.f1", marks=needs_extra),
        pytest.param("opinions", "tfidf", "pairs.f1", marks=needs_extra),
    ],
)
def test_what_every_article_repeats_is_found(task: str, name: str, measure: str) -> None:
    records, texts = toy_corpus.gold()
    found = vinese.baseline(name, [task], records, articles=texts)
    assert vinese.score(records, found, [measure], articles=texts)[measure].value == 100


@pytest.mark.parametrize(("task", "name"), cases(learns=True))
def test_what_is_predicted_of_an_article_does_not_depend_on_its_labels(task: str, name: str) -> None:
    articles = [toy_corpus.article(f"a{number}") for number in range(4)]
    stripped = {**articles[0], "entities": [], "events": [], "stances": [], "article_stance": None}
    assert run(name, task, articles)[0] == run(name, task, [stripped, *articles[1:]])[0]


def test_articles_of_one_fold_are_left_out_together(tmp_path: Path) -> None:
    articles = [
        toy_corpus.article(name, own="Bỉ" if name in {"a0", "a1"} else "") for name in ("a0", "a1", "a2", "a3")
    ]
    splits = {"articles": {f"a{n}": {"split": "test", "fold": fold} for n, fold in enumerate((7, 7, 8, 9))}}
    (tmp_path / "annotations").mkdir()
    for folds, found in ((None, True), (splits, False)):
        if folds:
            (tmp_path / "annotations" / "splits.json").write_text(json.dumps(folds), encoding="utf-8")
        record, *_ = run("gazetteer", "entities", articles, project=vinese.Project(tmp_path))
        words = {articles[0]["text"][one["start"] : one["end"]] for one in record["entities"]}
        assert ("Bỉ" in words) is found


def test_many_articles_are_left_out_in_ten_parts(tmp_path: Path) -> None:
    articles = [toy_corpus.article(f"a{number:02}", own="Bỉ" if number in {0, 10} else "") for number in range(12)]
    record, *_ = run("gazetteer", "entities", articles, project=vinese.Project(tmp_path))
    words = {articles[0]["text"][one["start"] : one["end"]] for one in record["entities"]}
    assert words == set(toy_corpus.NAMES)


def test_majority_is_the_most_frequent_of_the_other_articles() -> None:
    values = ["FAVOR", "FAVOR", "AGAINST", "AGAINST", "FAVOR"]
    articles = [toy_corpus.article(f"a{n}", judged=value) for n, value in enumerate(values)]
    judged = [record["article_stance"]["outlet_stance"] for record in run("majority", "article_stance", articles)]
    assert judged[2:4] == ["FAVOR", "FAVOR"]
    assert run("empty", "entities")[0].keys() == {"id", "system"}


def test_gold_that_leaves_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(UsageError, match="one fold"):
        run("gazetteer", "entities", [toy_corpus.article("a0")])
    records, _ = toy_corpus.gold()
    with pytest.raises(UsageError, match="text of a0 is not known"):
        vinese.baseline("gazetteer", None, records)


def test_tasks_of_a_name_are_predicted_in_one_record() -> None:
    records, texts = toy_corpus.gold()
    (record, *_) = vinese.baseline("majority", None, records, articles=texts)
    assert record.keys() == {"id", "system", "entities", "article_stance"}


@pytest.mark.parametrize("name", ["crf", "underthesea", "tfidf"])
def test_missing_packages_are_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pycrfsuite", "sklearn.linear_model", "sklearn.feature_extraction.text", "underthesea"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"vinese\[baselines\]"):
        run(name, next(task for task, each, _ in EVERY if each == name))


def test_command_writes_what_the_function_returns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records, texts = toy_corpus.gold()
    for name, rows in (("gold", records), ("articles", [{"id": key, "text": text} for key, text in texts.items()])):
        (tmp_path / f"{name}.jsonl").write_bytes(json_lines(rows))
    out = tmp_path / "found.jsonl"
    words = [
        "--gold",
        str(tmp_path / "gold.jsonl"),
        "--articles",
        str(tmp_path / "articles.jsonl"),
        "--out",
        str(out),
    ]
    assert cli.run(["baseline", "gazetteer", *words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert out.read_bytes() == json_lines(vinese.baseline("gazetteer", None, records, articles=texts))
    assert result["found"]["entities"] == sum(len(record["entities"]) for record in records)
    assert cli.run(["baseline", "nobody", *words]) == 2
    assert cli.run(["baseline", "cues", "--task", "entities", *words]) == 2
    assert "is not for 'entities'" in capsys.readouterr().err


def test_help_names_every_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    assert {task: list(by_name) for task, by_name in ABOUT.items()} == {
        task: list(by_name) for task, by_name in BASELINES.items()
    }
    assert cli.run(["baseline", "--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"{name:<12} {about}" in told for by_name in ABOUT.values() for name, about in by_name.items())


AGAIN = """
import sys
import vinese
from support import toy_corpus
from vinese.core.files import json_lines
from vinese.systems.baselines.run import BASELINES
records, texts = toy_corpus.gold(5)
for task, by_name in BASELINES.items():
    for name in by_name:
        sys.stdout.buffer.write(json_lines(vinese.baseline(name, [task], records, articles=texts)))
"""


@needs_extra
def test_bytes_are_the_same_with_other_hash_seeds_and_numbers_of_threads(pytestconfig: pytest.Config) -> None:
    printed = set()
    paths = os.pathsep.join([str(pytestconfig.rootpath / "tests"), *sys.path])
    for seed, threads in (("0", "1"), ("1", "2"), ("12345", "4")):
        surroundings = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "PYTHONPATH": paths}
        surroundings |= {"OPENBLAS_NUM_THREADS": threads}
        done = subprocess.run([sys.executable, "-c", AGAIN], env=surroundings, capture_output=True, check=True)
        printed.add(done.stdout)
    assert len(printed) == 1
    assert printed.pop().count(b"\n") == 5 * len(EVERY)
