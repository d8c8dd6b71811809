"""The card's facts on the configs are those of the rows, for any corpus, and nothing in them needs a certain one."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from support.described import described
from support.projects import make_project
from support.sample_document import document, line
from support.strategies import documents
from vinese import loader
from vinese.card.card import fill_template
from vinese.card.modelling import Modelling, Nulls, Tags, Windows, modelling
from vinese.card.pairs import Blind, positive
from vinese.card.statistics import MEANING, load_facts, look
from vinese.core.errors import FileProblemError
from vinese.core.project import Project
from vinese.package.configs import load_configs, scheme
from vinese.package.parquet import write_config
from vinese.release.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.model.records import Document
    from vinese.package.configs import Column, Config
    from vinese.package.parquet import BuiltConfig

Row = dict[str, Any]
CONFIGS = load_configs(Project())
KNOWN: Row = json.loads(msgspec.json.encode(scheme(Project())))


class Made(msgspec.Struct, frozen=True):
    """Hold what was built, what is said of it, and the part of the card that says it."""

    folder: Path
    built: tuple[BuiltConfig, ...]
    told: Modelling
    text: str


def bare(name: str) -> Document:
    """Return the sample without any annotation."""
    none: dict[str, Any] = {"entities": (), "events": (), "stances": (), "article_stance": None}
    return msgspec.structs.replace(document(name), **none)


def make(folder: Path, splits: dict[str, list[Document]], left_out: tuple[str, ...] = ()) -> Made:
    """Build every config of documents that are given by split, but some configs, and sum up what they hold."""
    staging, out = folder / "staging", folder / "out"
    staging.mkdir()
    out.mkdir()
    lines = [json.dumps(line(one), ensure_ascii=False) + "\n" for found in splits.values() for one in found]
    places = {one.id: {"split": split, "fold": 0} for split, found in splits.items() for one in found}
    for file in ("documents.jsonl", "layers.jsonl"):
        (staging / file).write_text("".join(lines), encoding="utf-8")
    (staging / "splits.json").write_text(json.dumps(places), encoding="utf-8")
    (staging / "scheme.json").write_text(json.dumps(KNOWN), encoding="utf-8")
    wanted = [config for config in CONFIGS.configs if config.name not in left_out]
    built = [write_config(config, staging, folder / "cache", out, "0123456789abcdef") for config in wanted]
    filled = tuple(one for one in built if one.parts)
    told = modelling(Project(), out, filled, load_facts(out, filled, CONFIGS))
    text = fill_template(Project(), "configs.md.jinja", {"modelling": told, "positive": positive})
    return Made(out, filled, told, text)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a corpus of three splits, one of which has no rows in `stance`."""
    splits = {"train": [document("a"), document("b")], "validation": [bare("c")], "test": [document("d")]}
    return make(tmp_path_factory.mktemp("three"), splits)


@pytest.fixture(scope="module")
def own(own_build: Path) -> str:
    """Return the card of vinese's own corpus."""
    return described(own_build)


def read(made: Made, config: str) -> list[Row]:
    (built,) = [one for one in made.built if one.config == config]
    return [row for part in built.parts for row in pq.read_table(made.folder / part.path).to_pylist()]


def values(config: Config, row: Row) -> Iterator[tuple[str, str, Any]]:
    """Yield path, description and value of everything in a row, fields of a record that is null left out."""
    for column in CONFIGS.columns(config.columns):
        yield from inside(column, row[column.name], "")


def inside(column: Column, value: Any, prefix: str) -> Iterator[tuple[str, str, Any]]:
    path = f"{prefix}{column.name}" + ("[]" if column.list else "")
    for one in value if column.list else [value]:
        yield path, column.about, one
        if column.type == "struct" and one is not None:
            for field in CONFIGS.columns(column.fields):
                yield from inside(field, one[field.name], f"{path}.")


def test_windows_and_sentences_without_a_row_are_counted(three: Made) -> None:
    found = {one.config: one for one in three.told.windows}
    assert found["events"] == Windows(config="events", rows=14, one=11, two=0, more=3, bare=0)
    assert found["entities"] == Windows(config="entities", rows=20, one=20, two=0, more=0, bare=0)
    rows = len(read(three, "stance"))
    assert found["stance"] == Windows(config="stance", rows=rows, one=9, two=3, more=0, bare=5)
    assert f"| `stance` | {rows} | 9 | 3 | 0 | 5 |" in three.text


def test_mentions_that_tags_lack_are_counted(three: Made) -> None:
    names = KNOWN["features"]["entities"]["tags"]["feature"]["names"]
    letters = Counter(names[tag][0] for row in read(three, "entities") for tag in row["tags"])
    assert three.told.tags[0] == Tags(
        config="entities", outside=letters["O"], begin=letters["B"], inside=letters["I"], mentions=36
    )
    assert letters["B"] == 30
    assert "| 36 | 6 (16.7%) |" in three.text


def test_stances_are_reconciled_with_rows_and_labels(three: Made) -> None:
    pairs, rows = three.told.pairs, read(three, "stance")
    assert pairs is not None
    assert (pairs.stances, pairs.standing, positive(pairs.labelled())) == (12, 15, 15)
    assert pairs.labelled() == {"FAVOR": 12, "AGAINST": 3, "MIXED": 0, "NONE": len(rows) - 15}
    assert list(pairs.table) == [
        ("split", "train"),
        ("split", "test"),
        ("holder", "ENTITY"),
        ("holder", "AUTHOR"),
        ("holder", "IMPLICIT"),
        ("target", "ENTITY"),
        ("target", "EVENT"),
        ("target", "TOPIC"),
    ]
    for field in ("split", "holder", "target"):
        counted = [counts for (name, _), counts in pairs.table.items() if name == field]
        summed = {label: sum(counts[label] for counts in counted) for label in pairs.labels}
        assert summed == pairs.labelled(), field
    assert sum(pairs.topics.values()) == sum(row["target"]["topic"] is not None for row in rows) == 15
    assert sum(pairs.mentions.values()) == len(rows) - 15
    assert "| 12 | 15 | 15 |" in three.text


def test_rules_that_read_no_text_are_scored(three: Made) -> None:
    every = Blind(rule="every pair with a TOPIC target is FAVOR", predicted=15, right=3, positives=15)
    assert three.told.blind == [every]  # no PER and no NOM is beside a topic
    assert every.scores == ("20.0", "20.0", "20.0")
    assert (
        f"({len(read(three, 'stance')) - 15} rows, 9 with a stance) apart from topics (15 rows, 6 with" in three.text
    )


def test_columns_with_one_label_are_named(three: Made) -> None:
    assert three.told.constant["article_stance"] == {
        "topic": "european_defence_cooperation",
        "outlet_stance": "NEUTRAL",
        "overall_leaning": "FAVOR",
    }
    assert "stance" not in three.told.constant or "label" not in three.told.constant["stance"]
    assert (
        "- Every row of `article_stance` has `european_defence_cooperation` for `topic`, `NEUTRAL` for" in three.text
    )


def test_nulls_are_those_of_the_rows_and_each_has_a_meaning(three: Made) -> None:
    for config in CONFIGS.configs:
        (built,) = [one for one in three.built if one.config == config.name]
        counted: dict[str, list[int]] = {}
        for row in read(three, config.name):
            for path, _, value in values(config, row):
                count = counted.setdefault(path, [0, 0])
                count[0] += value is None
                count[1] += 1
        found = look(three.folder, built, CONFIGS, config).values()
        assert {one.path: [one.nulls, one.values] for one in found if one.values} == counted
        assert all(one.meaning for one in found if one.nulls)
    assert all(isinstance(one, Nulls) and one.meaning for one in three.told.nulls)
    assert "`articles.zones[].start` 0 of 4" in three.text
    assert "`articles.article_stance` 1 of 4" in three.text
    assert re.search(r"\| unless its kind is EVENT \| `stance\.target\.event_type` [0-9]+ of [0-9]+ \|", three.text)


@given(documents())
def test_only_columns_that_say_so_are_null_and_no_list_is(drawn: Document) -> None:
    for config in CONFIGS.configs:
        for row in loader.ROWS[config.name](line(drawn), KNOWN):
            for path, about, value in values(config, {"article_id": drawn.id, "fold": 0, **row}):
                assert value is not None or MEANING in about, (config.name, path)


def test_a_corpus_without_stances_says_nothing_of_them(tmp_path: Path) -> None:
    made = make(tmp_path, {"test": [bare("a")]}, ("entities_words",))
    assert made.told.pairs is None
    assert made.told.blind == []
    assert [one.config for one in made.told.windows] == ["entities", "events"]
    assert made.told.tags == [Tags(config="entities", outside=34, begin=0, inside=0, mentions=0)]
    assert made.told.constant == {"entities": {"tags[]": "O"}}
    for sign in ("`stance`", "entities_words", "gives topics away", "None", "{{", "{%"):
        assert sign not in made.text, sign


def test_a_corpus_without_topics_has_no_rule_for_them(sample: tuple[Project, Path]) -> None:
    card = described(sample[1])
    assert "## Facts per config" in card
    assert "| target ENTITY |" in card
    assert "target TOPIC |" not in card
    assert "gives topics away" not in card


def test_a_project_may_have_a_part_of_its_own_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    part = project.own("card", "configs.md.jinja")
    part.parent.mkdir(exist_ok=True)
    part.write_text("### Our facts\n", encoding="utf-8")
    build(project, tmp_path / "out")
    assert "### Our facts" in described(tmp_path / "out")
    part.write_text("{{ nonsense }}", encoding="utf-8")
    with pytest.raises(FileProblemError, match="nonsense"):
        build(project, tmp_path / "out")


def without(project: Project, config: str, column: str) -> None:
    """Leave a column out of a config of the project."""
    path = project.own("schema", "configs.json")
    found = json.loads(project.path("schema", "configs.json").read_bytes())
    (one,) = [one for one in found["configs"] if one["name"] == config]
    columns = [
        part for name in one["columns"] for part in (found["parts"][name] if isinstance(name, str) else [name])
    ]
    one["columns"] = [part for part in columns if part["name"] != column]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")


def test_columns_that_a_corpus_leaves_out_are_not_counted(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    for config, column in (("entities", "tags"), ("events", "sentences"), ("stance", "label")):
        without(project, config, column)
    build(project, tmp_path / "out")
    card = described(tmp_path / "out")
    facts = card.split("## Facts per config")[1].split("## Repeated articles")[0]
    lines = [line.split("|")[1].strip() for line in facts.splitlines() if line.startswith("| `")]
    assert lines == ["`entities`", "`entities_words`", "`stance`", "`entities_words`"]
    assert "rows of `stance`" not in facts


def test_one_article_makes_no_column_constant(tmp_path: Path) -> None:
    assert "article_stance" not in make(tmp_path, {"test": [document("a")]}).told.constant


def test_what_is_known_of_vinese(own: str) -> None:
    for said in (
        "| `stance` | 1703 | 53 | 6 | 1 | 2 |",
        "| 322 | 81 (25.2%) |",
        "| all | 1703 | 42 | 4 | 0 | 1657 |",
        "| 48 | 49 | 46 |",
        "| every pair with a TOPIC target is FAVOR | 99 | 27 | 27.3 | 58.7 | 37.2 |",
        "| every pair of a PER or NOM holder with a TOPIC target is FAVOR | 29 | 24 | 82.8 | 52.2 | 64.0 |",
        "(1604 rows, 18 with a stance) apart from topics (99 rows, 28 with a stance)",
        "`articles.zones[].start` 130 of 181",
    ):
        assert own.count(said) == 1 + (said == "| 322 | 81 (25.2%) |"), said
    assert "rarely in `entities`" not in own
