"""The card's facts on the configs are those of the rows, for any corpus, and nothing in them needs a certain one."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow.parquet as pq
import pytest
from datasets import Features
from hypothesis import given

from support.described import described
from support.projects import make_project
from support.sample_document import document, line
from support.strategies import documents
from vinese import loader
from vinese.card.card import fill_template
from vinese.card.modelling import Modelling, Nulls, Tags, Windows, modelling
from vinese.card.pairs import ALL, ENTITY, EVENT, Unread, UnreadCounts, blind_pairs, blind_stances, positive
from vinese.card.statistics import MEANING, load_facts, look
from vinese.core.errors import FileProblemError
from vinese.core.project import Project
from vinese.package.configs import load_configs, scheme
from vinese.package.parquet import write_configs
from vinese.release.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

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
    built = write_configs(wanted, staging, out)
    filled = tuple(one for one in built if one.parts)
    told = modelling(Project(), out, filled, load_facts(out, filled, CONFIGS))
    text = fill_template(Project(), "configs.md.jinja", {"modelling": told, "positive": positive})
    return Made(out, filled, told, text)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a corpus of three splits, one of which has no rows in `stance_pairs`."""
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
    assert found["events"] == Windows(config="events", rows=14, single=11, double=0, longer=3, bare=0)
    assert found["entities"] == Windows(config="entities", rows=20, single=20, double=0, longer=0, bare=0)
    assert found["opinions"] == Windows(config="opinions", rows=17, single=14, double=3, longer=0, bare=0)
    rows = len(read(three, "stance_pairs"))
    assert found["stance_pairs"] == Windows(config="stance_pairs", rows=rows, single=6, double=3, longer=0, bare=8)
    assert f"| `stance_pairs` | {rows} | 6 | 3 | 0 | 8 |" in three.text


def test_rows_of_several_sentences_give_away_what_joins_them(three: Made) -> None:
    found = {one.config: one for one in three.told.blind if one.part == "rows"}
    assert {name: (one.items, one.positives, one.predicted, one.right) for name, one in found.items()} == {
        "opinions": (17, 12, 3, 3),
        "events": (14, 6, 3, 3),
    }


def test_mentions_that_tags_lack_are_counted(three: Made) -> None:
    names = KNOWN["features"]["entities"]["ner_tags"]["feature"]["names"]
    letters = Counter(names[tag][0] for row in read(three, "entities") for tag in row["ner_tags"])
    assert three.told.tags[0] == Tags(
        config="entities", outside=letters["O"], begin=letters["B"], inside=letters["I"], mentions=36
    )
    assert letters["B"] == 30
    assert "| 36 | 6 (16.7%) |" in three.text


def test_stances_are_reconciled_with_rows_and_labels(three: Made) -> None:
    pairs, rows = three.told.pairs, read(three, "stance_pairs")
    assert pairs is not None
    assert (pairs.stances, pairs.standing, positive(pairs.whole)) == (12, 9, 9)
    assert pairs.whole == {"FAVOR": 9, "AGAINST": 0, "MIXED": 0, "NONE": len(rows) - 9}
    assert list(pairs.table) == [ALL, "split train", "split test", ENTITY, EVENT]
    for parts in (("split train", "split test"), (ENTITY, EVENT)):
        summed = {label: sum(pairs.table[part][label] for part in parts) for label in pairs.labels}
        assert summed == pairs.whole
    assert sum(pairs.table[EVENT].values()) == sum(row["target"]["event"] is not None for row in rows)
    assert "| 12 | 9 | 9 |" in three.text


def counted(rows: dict[tuple[int, str, tuple[str | None, ...], str], int]) -> UnreadCounts:
    """Return counts of rows by fold, part, kinds and label."""
    counts = UnreadCounts()
    for (fold, *known), often in rows.items():
        counts.add(fold, Unread("test", *known), often)
    return counts


def test_rules_that_read_no_text_are_made_from_other_folds_and_scored_by_part() -> None:
    rows = counted(
        {
            (0, ENTITY, ("PER", "GPE"), "FAVOR"): 2,
            (0, ENTITY, ("GPE", "GPE"), "NONE"): 5,
            (1, ENTITY, ("PER", "GPE"), "FAVOR"): 1,
            (1, ENTITY, ("PER", "GPE"), "NONE"): 3,
            (1, EVENT, ("PER", "AID"), "AGAINST"): 1,
        }
    )
    found = {(one.part, number % 2): one for number, one in enumerate(blind_pairs(rows))}
    every, typed = found[ENTITY, 0], found[ENTITY, 1]
    assert (every.items, every.positives, every.predicted, every.right) == (11, 3, 11, 3)
    assert (typed.predicted, typed.right) == (6, 3)
    assert typed.scores == ("50.0", "100.0", "66.7")
    assert EVENT not in {part for part, _ in found}  # a stance of one fold alone says nothing of another
    assert (found[ALL, 0].predicted, found[ALL, 0].right) == (12, 1)  # of labels equally frequent the first
    topics = counted({(fold, "about a topic alone", ("other",), "FAVOR"): 1 for fold in (0, 1)})
    assert {(one.part, one.predicted, one.right) for one in blind_stances(topics)} == {
        (ALL, 2, 2),
        ("about a topic alone", 2, 2),
    }
    assert list(blind_stances(counted({(0, "about a mention", (None,), "FAVOR"): 3}))) == []


def test_columns_with_one_label_are_named(three: Made) -> None:
    assert three.told.constant["article_stance"] == {
        "topic": "european_defence_cooperation",
        "outlet_stance": "NEUTRAL",
        "overall_leaning": "FAVOR",
    }
    assert "label" not in three.told.constant.get("stance_pairs", ())
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
    assert re.search(r"\| if it is about a topic alone \| .*`opinions\.opinions\[\]\.mention` 6 of 12", three.text)


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
    assert [one.config for one in made.told.windows] == ["entities", "opinions", "events"]
    assert made.told.tags == [Tags(config="entities", outside=34, begin=0, inside=0, mentions=0)]
    assert made.told.constant == {"entities": {"ner_tags[]": "O"}}
    for sign in ("`stance_pairs`", "entities_words", "without reading", "None", "{{", "{%"):
        assert sign not in made.text, sign


def test_a_corpus_without_topics_has_no_score_for_them(sample: tuple[Project, Path]) -> None:
    card = described(sample[1])
    assert "## Facts per config" in card
    assert "| target an entity |" in card
    assert "about a mention" in card
    assert "| about a topic alone |" not in card


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


def spelled_out(parts: Row, columns: list[Any]) -> list[Row]:
    inner = (spelled_out(parts, parts[one]) if isinstance(one, str) else [one] for one in columns)
    return [part for found in inner for part in found]


def without(project: Project, config: str, column: str) -> None:
    """Leave a column out of a config of the project."""
    path = project.own("schema", "configs.json")
    found = json.loads(project.path("schema", "configs.json").read_bytes())
    (one,) = [one for one in found["configs"] if one["name"] == config]
    one["columns"] = [part for part in spelled_out(found["parts"], one["columns"]) if part["name"] != column]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")


def test_columns_that_a_corpus_leaves_out_are_not_counted(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    for config, column in (("entities", "ner_tags"), ("events", "sentence_numbers"), ("stance_pairs", "label")):
        without(project, config, column)
    build(project, tmp_path / "out")
    card = described(tmp_path / "out")
    facts = card.split("## Facts per config")[1].split("## Repeated articles")[0]
    lines = [line.split("|")[1].strip() for line in facts.splitlines() if line.startswith("| `")]
    assert lines == [
        *("`entities`", "`entities_words`", "`opinions`", "`stance_pairs`"),
        *("`entities_words`", *["`opinions`"] * 4),
    ]
    assert "rows of `stance_pairs`" not in facts


def test_one_article_makes_no_column_constant(tmp_path: Path) -> None:
    assert "article_stance" not in make(tmp_path, {"test": [document("a")]}).told.constant


def test_what_is_said_of_vinese_is_what_its_rows_say(own: str, own_build: Path) -> None:
    def table(config: str) -> pa.Table:
        return pq.read_table(own_build / f"data/{config}/test-00000-of-00001.parquet")

    def rows(config: str) -> list[Row]:
        return table(config).to_pylist()

    label = Features.from_arrow_schema(table("stance_pairs").schema)["label"]
    pairs = Counter(label.int2str(row["label"]) for row in rows("stance_pairs"))
    opinions = [opinion for row in rows("opinions") for opinion in row["opinions"]]
    zones = [zone for row in rows("articles") for zone in row["zones"]]
    favor = sum(opinion["polarity"] == "FAVOR" for opinion in opinions)
    for said in (
        f"| `opinions` | {len(rows('opinions'))} | ",
        f"| `stance_pairs` | {pairs.total()} | ",
        f"| all | {pairs.total()} | {' | '.join(str(pairs[name]) for name in label.names)} |",
        f"| {len(opinions)} | ",
        f"| {len(opinions)} | the most frequent polarity | {len(opinions)} | {favor} |",
        f"`articles.zones[].start` {sum(zone['start'] is None for zone in zones)} of {len(zones)}",
    ):
        assert said in own, said
    assert pairs["FAVOR"] > 0
    assert "rarely in `entities`" not in own
