"""What measures count, and how gold and predictions are joined, each convention by a small example."""

from __future__ import annotations

import doctest
import importlib
import json
import random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vinese
from support.sample_document import document
from support.strategies import documents
from vinese.compare.f1 import compare_spans
from vinese.compare.matching import LabelledSpan, heaviest_matching, heaviest_pairs, one_to_one
from vinese.core.errors import UsageError
from vinese.core.project import Project, packaged
from vinese.formats.read import read_export
from vinese.model.records import Document
from vinese.score.errors import errors, kind
from vinese.score.measures import ALIASES, GROUPS, TASKS, parse
from vinese.score.records import NoScoreError
from vinese.score.statistics import table_of
from vinese.score.views import same
from vinese.text.resolve import resolve

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.score.records import ScoreReport

TEXT = "Ngoại trưởng Đức gặp đại diện EU ở Bonn, rồi gặp NATO."
EVERY = [name for names in GROUPS.values() for name in names if "plover" not in name]


def entity(start: int, end: int, label: str = "GPE", name: str = "") -> dict[str, Any]:
    return {"id": name or f"e{start}-{end}-{label}", "start": start, "end": end, "type": label}


def scored(gold: list[Any], predicted: list[Any], *measures: str, **settings: Any) -> ScoreReport:
    settings.setdefault("articles", {record["id"]: TEXT for record in gold})
    return vinese.score(gold, predicted, measures or ["entities.f1"], **settings)


def one(*entities: dict[str, Any], article: str = "a") -> list[dict[str, Any]]:
    return [{"id": article, "entities": list(entities)}]


def value(report: ScoreReport, measure: str) -> float:
    return round(report[measure].value, 2)


@pytest.mark.parametrize("module", ["entities", "events", "stances", "measures", "scorer", "tokens", "statistics"])
def test_worked_examples_give_what_they_say(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"vinese.score.{module}"))
    assert not found.failed
    assert found.attempted


def test_every_task_is_documented_with_a_worked_example_and_a_source() -> None:
    from vinese.score.counting import COUNT
    from vinese.score.entities import count_entities

    assert {"entities", *COUNT} == set(TASKS)
    for count in (count_entities, *COUNT.values()):
        assert ">>>" in count.__doc__


def test_corpus_against_itself_is_100_in_every_measure() -> None:
    project = Project()
    gold = [found for found in read_export(project.exports / "gold.json", project) if isinstance(found, Document)]
    shuffled = gold[:]
    random.Random(3).shuffle(shuffled)
    report = vinese.score(gold, shuffled, EVERY, project=project)
    assert report.articles == 5
    assert {name: score.value for name, score in report.items()} == {parse(name).name: 100.0 for name in EVERY}


@given(st.lists(documents(), min_size=1, max_size=3, unique_by=lambda found: found.id), st.randoms())
def test_anything_against_itself_is_100_in_every_measure_whatever_its_order(
    gold: list[Document], chance: random.Random
) -> None:
    def turned(found: Document) -> Document:
        def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(chance.sample(items, len(items)))

        return msgspec.structs.replace(
            found, entities=mixed(found.entities), events=mixed(found.events), stances=mixed(found.stances)
        )

    report = vinese.score(gold, [turned(found) for found in gold[::-1]], EVERY)
    assert {score.value for score in report.values()} == {100.0}


SPANS = st.sets(
    st.tuples(st.integers(0, 30), st.integers(1, 6), st.sampled_from(["A", "B"])).map(
        lambda drawn: LabelledSpan(drawn[0], drawn[0] + drawn[1], drawn[2])
    ),
    max_size=9,
)


@given(SPANS, SPANS)
def test_matching_is_the_largest_there_is_and_agrees_with_agreement(
    left: set[LabelledSpan], right: set[LabelledSpan]
) -> None:
    def largest(rest: list[LabelledSpan], taken: frozenset[LabelledSpan]) -> int:
        if not rest:
            return 0
        head, *tail = rest
        free = [b for b in right - taken if b.label == head.label and max(head.start, b.start) < min(head.end, b.end)]
        return max([largest(tail, taken), *(1 + largest(tail, taken | {b}) for b in free)])

    small = sorted(left)[:5]
    pairs = one_to_one(small, right)
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) == largest(small, frozenset())
    assert all(a.label == b.label and max(a.start, b.start) < min(a.end, b.end) for a, b in pairs)
    assert sorted(pairs) == sorted(one_to_one(small[::-1], sorted(right)[::-1]))
    counts = {key.variant: found for key, found in compare_spans(left, right) if key.label is None}
    assert counts["overlap-1-1"].hits_a == len(one_to_one(left, right))
    assert counts["exact"].hits_a == len(same(left, right).right)


@given(st.integers(0, 4).flatmap(lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n), max_size=4)))
def test_heaviest_matching_has_the_largest_sum(weights: list[list[int]]) -> None:
    def best(row: int, free: frozenset[int]) -> int:
        if row == len(weights):
            return 0
        return max([best(row + 1, free), *(weights[row][j] + best(row + 1, free - {j}) for j in free)])

    found = heaviest_matching(weights)
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
    columns = frozenset(range(len(weights[0]))) if weights else frozenset()
    assert sum(weights[i][j] for i, j in found) == best(0, columns)
    pairs = heaviest_pairs({(i, j): each for i, row in enumerate(weights) for j, each in enumerate(row) if each})
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert sum(weights[i][j] for i, j in pairs) == best(0, columns)


@given(st.lists(st.tuples(SPANS, SPANS), min_size=1, max_size=4))
def test_counts_of_all_articles_at_once_are_those_of_one_by_one(sides: list[tuple[set[Any], set[Any]]]) -> None:
    names = {"A": "GPE", "B": "ORG_IGO"}
    text = "a " * 20

    def records(index: int) -> list[dict[str, Any]]:
        return [
            {
                "id": f"x{number}",
                "entities": [
                    entity(s.start, s.end, names[s.label], f"e{i}") for i, s in enumerate(sorted(side[index]))
                ],
            }
            for number, side in enumerate(sides)
        ]

    report = vinese.score(
        records(0), records(1), ["entities.f1"], articles={f"x{i}": text for i in range(len(sides))}
    )
    table = table_of([same(*side) for side in sides])
    tp, predicted, gold = table.total().sum(axis=0)
    score = report["entities.f1"]
    assert (score.tp, score.predicted, score.gold) == (tp, predicted, gold)
    assert [(row.tp, row.predicted, row.gold) for row in score.articles] == [
        tuple(row) for row in table.counts.sum(1)
    ]


def test_measures_are_named_as_they_are_usually_called() -> None:
    assert {alias: parse(alias).name for alias in ALIASES}["AC+"] == "arguments.f1"
    assert parse("entities.f1(match=exact,labels=fine)").name == "entities.f1"
    assert (
        parse(" entities.f1( labels = coarse , match = overlap ) ").name == "entities.f1(match=overlap,labels=coarse)"
    )
    for wrong in (
        "entities",
        "entities.f2",
        "entities.f1(match=loose)",
        "entities.f1(match=exact,match=exact)",
        "x.f1",
    ):
        with pytest.raises(UsageError):
            parse(wrong)


def test_report_is_a_mapping_that_takes_any_spelling() -> None:
    report = scored(one(entity(13, 16)), one(entity(13, 16)), "entities.f1", "AC+")
    assert list(report) == ["entities.f1", "arguments.f1"]
    assert report["entities.f1(labels=fine)"] is report["entities.f1"]
    assert "AC+" in report
    assert "TC" not in report
    assert len(report) == 2


def test_nesting_coarse_types_and_nominals() -> None:
    gold = one(entity(0, 16, "ROLE"), entity(13, 16), entity(30, 32, "ORG_IGO"), entity(21, 32, "NOM"))
    predicted = one(entity(13, 16), entity(30, 32, "GPE"), entity(0, 12, "ROLE"), entity(0, 5, "NOM"))
    names = ["entities.f1", "entities.f1(nested=inner)", "entities.f1(nested=outer)", "entities.f1(labels=coarse)"]
    report = scored(gold, predicted, *names, "entities.f1(labels=none)", "entities.f1(type=ROLE,match=overlap)")
    counts = {name: (score.tp, score.predicted, score.gold) for name, score in report.items()}
    assert counts == {
        "entities.f1": (1, 3, 3),
        "entities.f1(nested=inner)": (1, 2, 1),  # [0, 12) lies in gold's [0, 16), and is none of gold's
        "entities.f1(nested=outer)": (0, 1, 2),
        "entities.f1(labels=coarse)": (1, 2, 2),  # ROLE has no coarse type
        "entities.f1(labels=none)": (2, 3, 3),
        "entities.f1(match=overlap,type=ROLE)": (1, 1, 1),
    }


def test_names_are_seen_where_another_article_has_them() -> None:
    gold = [*one(entity(13, 16), entity(35, 39)), *one(entity(13, 16), article="b")]
    predicted = [*one(entity(13, 16)), *one(article="b")]
    report = scored(gold, predicted, "entities.recall(names=seen)", "entities.recall(names=unseen)")
    assert [(score.tp, score.gold) for score in report.values()] == [(1, 2), (0, 1)]


def test_same_span_in_two_articles_is_two_and_an_article_is_never_joined_by_order() -> None:
    gold = [*one(entity(13, 16)), *one(entity(30, 32, "ORG_IGO"), article="b")]
    assert value(scored(gold, gold[::-1]), "entities.f1") == 100
    crossed = [{**gold[0], "id": "b"}, {**gold[1], "id": "a"}]
    assert value(scored(gold, crossed), "entities.f1") == 0


def test_per_type_is_null_for_what_nobody_has_and_macro_leaves_it_out() -> None:
    report = scored(one(entity(13, 16)), one(entity(13, 16)), "entities.f1", "entities.f1(average=macro)")
    assert [label.label for label in report["entities.f1"].labels] == ["GPE"]
    assert value(report, "entities.f1(average=macro)") == 100
    empty = scored(one(), one(), "entities.f1", "entities.f1(average=macro)", "entities.f1(match=overlap)")
    assert {score.value for score in empty.values()} == {100.0}
    assert empty["entities.f1"].labels == ()
    assert "nothing-to-find" in {issue.code for issue in empty.issues}


STANCE = {
    "id": "s1",
    "polarity": "FAVOR",
    "attribution": "REPORTED",
    "expression": {"start": 17, "end": 20},
    "holder_kind": "ENTITY",
    "holders": ["x", "y"],
    "target": {"mention": "z"},
}
HOLDERS = [entity(13, 16, "GPE", "x"), entity(30, 32, "ORG_IGO", "y"), entity(49, 53, "ORG_IGO", "z")]


def stances(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": "a", "entities": HOLDERS, "stances": [{**STANCE, "id": f"s{i}", **c} for i, c in enumerate(changes)]}
    ]


@pytest.mark.parametrize(
    ("change", "tuples", "pairs"),
    [
        ({}, 100, 100),
        ({"holders": ["y", "x"]}, 100, 100),
        ({"holders": ["x"]}, 0, 0),
        ({"polarity": "AGAINST"}, 0, 100),
        ({"target": {"mention": "x"}}, 0, 0),
        ({"target": {"mention": "z", "topic": "other"}}, 0, 0),
        ({"holder_kind": "AUTHOR", "holders": []}, 0, 0),
        ({"expression": {"start": 0, "end": 5}}, 100, 100),
        ({"attribution": "NARRATION"}, 100, 100),
    ],
)
def test_opinion_counts_where_holders_target_and_polarity_are_right(
    change: dict[str, Any], tuples: int, pairs: int
) -> None:
    report = scored(stances({}), stances(change), "opinions.f1", "pairs.f1")
    assert (value(report, "opinions.f1"), value(report, "pairs.f1")) == (tuples, pairs)


def test_target_and_topic_are_scored_apart_and_polarity_on_found_pairs_alone() -> None:
    gold = stances({"target": {"mention": "z", "topic": "other"}}, {"target": {"topic": "burden_sharing"}})
    predicted = stances({"target": {"mention": "z", "topic": "burden_sharing"}}, {"target": {"topic": "other"}})
    names = ["opinions.f1(target=mention)", "opinions.f1(holder=no,target=topic,polarity=no)", "polarity.accuracy"]
    report = scored(gold, predicted, *names)
    assert [(score.tp, score.predicted, score.gold) for score in report.values()] == [(1, 1, 1), (2, 2, 2), (0, 0, 0)]


def test_sf1_takes_one_opinion_for_one_and_no_weight_from_the_wrong_polarity() -> None:
    split = stances({"expression": {"start": 13, "end": 16}}, {"expression": {"start": 17, "end": 20}})
    gold = stances({"expression": {"start": 13, "end": 20}})
    report = scored(gold, split, "SF1")
    assert (report["SF1"].predicted, report["SF1"].gold) == (2, 1)
    assert value(report, "SF1") < 70
    assert value(scored(stances({}), stances({"polarity": "AGAINST"}), "SF1"), "SF1") == 0


def event(name: str, start: int, end: int, *arguments: tuple[str, str], **more: Any) -> dict[str, Any]:
    roles = [{"role": role, "entity": filler} for role, filler in arguments]
    base = {"id": name, "type": "CONSULT", "modality": "ASSERTED", "trigger": {"start": start, "end": end}}
    return {**base, "arguments": roles, **more}


def events(*found: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": "a", "entities": HOLDERS, "events": list(found)}]


def test_event_type_role_and_trigger_are_part_of_an_argument() -> None:
    gold = events(event("v1", 17, 20, ("ACTOR", "x"), ("RECIPIENT", "y")))
    other_type = events(event("v1", 17, 20, ("ACTOR", "x"), ("RECIPIENT", "y"), type="AGREE"))
    names = ["TI", "TC", "AI", "AC", "AI+", "AC+"]
    assert [score.value for score in scored(gold, other_type, *names).values()] == [100, 0, 0, 0, 0, 0]
    swapped = events(event("v1", 17, 20, ("ACTOR", "y"), ("RECIPIENT", "x")))
    assert [score.value for score in scored(gold, swapped, *names).values()] == [100, 100, 100, 0, 100, 0]


def test_gold_trigger_mode_and_modality_look_at_matched_triggers() -> None:
    gold = events(event("v1", 17, 20, ("ACTOR", "x")), event("v2", 45, 48, ("ACTOR", "y")))
    predicted = events(
        event("v1", 17, 20, ("ACTOR", "x"), modality="FUTURE"), event("v3", 21, 24, ("ACTOR", "y"), ("PLACE", "z"))
    )
    names = ["AC+", "arguments.f1(triggers=gold)", "arguments.f1(triggers=matched)", "modality.accuracy"]
    report = scored(gold, predicted, *names)
    assert [(score.tp, score.predicted, score.gold) for score in report.values()] == [
        (1, 3, 2),
        (1, 1, 2),
        (1, 1, 1),
        (0, 1, 1),
    ]


def test_events_count_by_what_they_are_in_plover() -> None:
    measure = "triggers.f1(labels=plover)"
    gold = events(event("v1", 17, 20, type="AID", modality="FUTURE"))
    assert value(scored(gold, gold, measure), measure) == 100
    promised = events(event("v1", 17, 20, type="AGREE"))  # an aid that is promised is an AGREE there
    assert value(scored(gold, promised, measure), measure) == 100
    assert value(scored(gold, promised, "triggers.f1"), "triggers.f1") == 0
    given = events(event("v1", 17, 20, type="AID"))
    assert value(scored(gold, given, measure), measure) == 0


def test_plover_needs_a_projection_of_the_ontology(tmp_path: Path) -> None:
    project = Project(tmp_path)
    raw = json.loads(packaged("schema", "ontology.json").read_text(encoding="utf-8"))
    del raw["projections"]
    project.own("schema").mkdir()
    project.own("schema", "ontology.json").write_text(json.dumps(raw), encoding="utf-8")
    gold = events(event("v1", 17, 20))
    with pytest.raises(UsageError, match="no projection to PLOVER"):
        scored(gold, gold, "triggers.f1(labels=plover)", project=project)


def test_iter_scores_gives_what_totals_are_made_of() -> None:
    gold = [*one(entity(13, 16), entity(35, 39)), *one(entity(13, 16), article="b")]
    predicted = [*one(entity(13, 16)), *one(entity(0, 5), article="b")]
    articles = {"a": TEXT, "b": TEXT}
    rows = list(vinese.iter_scores(gold, predicted, ["entities.f1"], articles=articles))
    assert [(row.article_id, row.tp, row.predicted, row.gold) for row in rows] == [("a", 1, 1, 2), ("b", 0, 1, 1)]
    with pytest.raises(NoScoreError, match="CITY"):
        list(vinese.iter_scores(gold, one(entity(0, 5, "CITY")), articles=articles))


def test_signature_names_what_changes_the_number_and_the_digest_only_gold() -> None:
    gold = one(entity(13, 16), entity(30, 32, "ORG_IGO"))
    first = scored(gold, gold)
    turned = scored(one(entity(30, 32, "ORG_IGO", "q"), entity(13, 16)), one())
    assert first.data == turned.data
    assert first.data != scored(one(entity(13, 16)), gold).data
    assert first["entities.f1"].signature.startswith("vinese|task:entities|stat:f1|match:exact|labels:fine|")
    assert "|missing:none|" in first["entities.f1"].signature
    missing = scored([*gold, *one(article="b")], gold, missing="partial", articles={"a": TEXT, "b": TEXT})
    assert "|missing:partial:1/2|" in missing["entities.f1"].signature


def test_errors_are_listed_by_kind_in_their_sentence() -> None:
    gold = document()
    changed = msgspec.structs.replace(gold, entities=gold.entities[1:], events=(), stances=())
    (article,) = errors([gold], [changed])
    assert {(error.unit, kind(error)) for error in article.errors} >= {("entity", "missed"), ("event", "missed")}
    (none,) = errors([gold], [gold])
    assert none.errors == ()


def test_resolver_takes_the_nth_listing_for_the_nth_occurrence() -> None:
    mentions = [{"text": "Mỹ", "type": "GPE"}] * 3
    found = resolve("Mỹ rời Mỹ, Mỹan", mentions)
    assert [(one["start"], one["end"]) for one in found.mentions] == [(0, 2), (7, 9)]
    assert found.unresolvable == [{"text": "Mỹ", "type": "GPE"}]
    assert resolve("Mỹ", [{"text": "", "type": "GPE"}]).mentions == []


def test_label_that_the_ontology_lacks_is_no_measure() -> None:
    for name in ("entities.f1(type=CITY)", "entities.f1(type=NOM)", "arguments.f1(type=GPE)", "triggers.f1(type=x)"):
        with pytest.raises(UsageError, match="does not have"):
            scored(one(), one(), name)
    assert scored(one(), one(), "entities.f1(labels=coarse,type=PER)")


def test_seen_names_need_texts_and_are_left_out_of_the_usual_measures_without() -> None:
    gold = one(entity(13, 16))
    with pytest.raises(UsageError, match="texts"):
        vinese.score(gold, gold, ["entities.f1(names=seen)"])
    assert not any("names=" in name for name in vinese.score(gold, gold))


def test_task_that_nobody_predicted_is_said_and_scored_where_it_is_asked_for() -> None:
    gold = document()
    system = msgspec.structs.replace(gold, events=(), stances=(), article_stance=None)
    report = vinese.score([gold], [system])
    assert not any(parse(name).group != "entities" for name in report)
    said = [issue.message for issue in report.issues if issue.code == "task-not-predicted"]
    assert len(said) == 3
    assert vinese.score([gold], [system], ["AC+", "opinions.f1"])["AC+"].value == 0
