"""`vinese agree` says how far layers agree, is exact at the ends, and says so where a number is not defined."""

from __future__ import annotations

import json
import math
import random
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.documents import ENTITIES, EVENTS, STANCES, TEXT, document, full, write
from support.projects import add_layer, make_project
from vinese import cli
from vinese.compare import alpha as reliability
from vinese.compare.agree import AgreementReport, agree
from vinese.compare.alpha import (
    alpha_of_coincidences,
    class_f1,
    cohen_kappa,
    coincidences,
    krippendorff_alpha,
    value_counts,
)
from vinese.compare.f1 import Counts, compare_keys, compare_one_to_one, compare_overlap
from vinese.compare.matching import LabelledSpan, maximum_matching, neighbours, overlapped, shared
from vinese.compare.store import named
from vinese.core.errors import MissingExtraError, UsageError
from vinese.core.issues import Issue
from vinese.core.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.model.records import Document

pytest.importorskip("krippendorff")


def compared(folder: Path, *layers: list[Document], **options: object) -> AgreementReport:
    """Return the agreement of layers called a, b, c ..."""
    names = "abcdef"[: len(layers)]
    files = {name: write(folder, name, *documents) for name, documents in zip(names, layers, strict=True)}
    return agree(files, Project(), **{"resamples": 200, **options})


def f1(report: AgreementReport, measure: str, variant: str = "exact", label: str | None = None) -> float | None:
    (score,) = [s for s in report.pairs[0].scores if (s.measure, s.variant, s.label) == (measure, variant, label)]
    return score.f1.value


def judgement(report: AgreementReport, name: str):
    (one,) = [one for one in report.pairs[0].judgements if one.name == name]
    return one


def codes(report: AgreementReport) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.article_id) for issue in report.issues]


# The ends of the scale


def test_a_layer_agrees_with_itself_exactly(tmp_path: Path) -> None:
    documents = [full(), full(key="two", judged=("AGAINST", "NEUTRAL"))]
    report = compared(tmp_path, documents, documents)
    defined = [score for score in report.pairs[0].scores if score.f1.value is not None]
    assert len(defined) > 20
    assert {score.f1.value for score in defined} == {1.0}
    assert {(score.f1.interval.low, score.f1.interval.high) for score in defined} == {(1.0, 1.0)}
    assert {one.alpha.value for one in report.pairs[0].judgements} == {1.0}
    assert {one.kappa.value for one in report.pairs[0].judgements} == {1.0}
    assert report.disagreements_total == 0
    assert report.disagreements == ()


def test_layers_with_nothing_in_common_score_zero(tmp_path: Path) -> None:
    other = document(entities={"x": ("Jens", "PER")}, judged=None)
    report = compared(tmp_path, [full()], [other])
    assert f1(report, "entities") == 0.0
    assert f1(report, "triggers") == 0.0


def test_nothing_against_nothing_is_not_defined_and_says_why(tmp_path: Path) -> None:
    report = compared(tmp_path, [document()], [document()])
    for score in report.pairs[0].scores:
        assert (score.a, score.b, score.f1.value, score.f1.interval) == (0, 0, None, None)
        assert score.f1.reason == "neither layer has any"
    assert judgement(report, "polarity").alpha.reason == "0 units judged by two layers; alpha needs 2"


def test_nothing_against_something_is_zero(tmp_path: Path) -> None:
    assert f1(compared(tmp_path, [document()], [full()]), "entities") == 0.0


def test_a_report_holds_no_nan_and_comes_back_from_json(tmp_path: Path) -> None:
    report = compared(tmp_path, [full(), full(key="two")], [document(), full(key="two", stances={})])
    written = msgspec.json.encode(report)
    json.loads(written, parse_constant=lambda name: pytest.fail(f"{name} in the report"))
    assert msgspec.json.decode(written, type=AgreementReport) == report


# Spans


def test_overlap_shares_a_code_point_and_touching_does_not() -> None:
    assert compare_overlap([LabelledSpan(0, 5, "X")], [LabelledSpan(5, 9, "X")]) == Counts(1, 1, 0, 0)
    assert compare_overlap([LabelledSpan(0, 5, "X")], [LabelledSpan(4, 9, "X")]) == Counts(1, 1, 1, 1)
    assert compare_overlap([LabelledSpan(0, 5, "X")], [LabelledSpan(0, 5, "Y")]) == Counts(1, 1, 0, 0)


def test_one_long_span_stands_for_one_only_in_one_to_one() -> None:
    long, short = [LabelledSpan(0, 20)], [LabelledSpan(0, 5), LabelledSpan(6, 10), LabelledSpan(11, 20)]
    assert compare_overlap(long, short).f1() == 1.0
    assert compare_one_to_one(long, short) == Counts(1, 3, 1, 1)


def test_one_to_one_finds_the_largest_matching_where_greed_would_not() -> None:
    a, b = [LabelledSpan(0, 10), LabelledSpan(0, 3)], [LabelledSpan(0, 10), LabelledSpan(5, 9)]
    assert compare_one_to_one(a, b) == Counts(2, 2, 2, 2)


SPANS = st.lists(
    st.builds(
        lambda start, size, label: LabelledSpan(start, start + size, label),
        *[st.integers(0, 12)],
        st.integers(1, 8),
        st.sampled_from("XY"),
    ),
    max_size=7,
)


@given(a=SPANS, b=SPANS)
def test_span_counts_do_not_depend_on_the_side_and_widen_with_tolerance(
    a: list[LabelledSpan], b: list[LabelledSpan]
) -> None:
    exact, single, loose = (measure(a, b) for measure in (compare_keys, compare_one_to_one, compare_overlap))
    assert exact.hits_a <= single.hits_a <= min(loose.hits_a, loose.hits_b)
    for measure, counts in ((compare_keys, exact), (compare_one_to_one, single), (compare_overlap, loose)):
        assert measure(b, a) == Counts(counts.b, counts.a, counts.hits_b, counts.hits_a)


@given(a=SPANS, b=SPANS)
def test_neighbours_are_what_overlaps_with_the_same_label(a: list[LabelledSpan], b: list[LabelledSpan]) -> None:
    by_start = sorted(range(len(b)), key=lambda j: b[j].start)
    expected = [[j for j in by_start if b[j].label == span.label and shared(span, b[j])] for span in a]
    assert neighbours(a, b) == expected
    assert overlapped(a, b) == sum(map(bool, expected))


@given(edges=st.lists(st.lists(st.integers(0, 5), unique=True), max_size=6))
def test_a_matching_is_as_large_as_any(edges: list[list[int]]) -> None:
    def largest(left: int, used: frozenset[int]) -> int:
        if left == len(edges):
            return 0
        options = [1 + largest(left + 1, used | {right}) for right in edges[left] if right not in used]
        return max([largest(left + 1, used), *options])

    matched = maximum_matching(edges)
    assert len(set(matched.values())) == len(matched) == largest(0, frozenset())
    assert all(right in edges[left] for right, left in matched.items())


def test_a_long_chain_of_overlaps_is_not_too_deep() -> None:
    a = [LabelledSpan(10 * i, 10 * i + 8) for i in range(3000)]
    b = [LabelledSpan(10 * i + 5, 10 * i + 13) for i in range(3000)]
    assert compare_one_to_one(a, b).hits_a == 3000


class CountedEdges(list):
    """Edges that count how often they are looked at."""

    looked_at = 0

    def __iter__(self):
        CountedEdges.looked_at += 1
        return super().__iter__()


def test_what_leads_nowhere_is_looked_at_once() -> None:
    CountedEdges.looked_at = 0
    edges = [CountedEdges(range(20)) for _ in range(400)]
    assert len(maximum_matching(edges)) == 20
    assert CountedEdges.looked_at < 3 * len(edges)


def test_nested_spans_labels_and_auxiliary_mentions_count_apart(tmp_path: Path) -> None:
    fewer = {key: value for key, value in ENTITIES.items() if key not in ("nato2", "ong")}
    stances = {key: value for key, value in STANCES.items() if key != "s2"}
    changed = {**fewer, "duc": ("Đức", "ORG_GOV"), "balan": ("tại Ba Lan", "GPE")}
    report = compared(tmp_path, [full()], [full(entities=changed, stances=stances)])
    named_a, named_b = len(ENTITIES) - 1, len(changed)
    same = named_b - 2
    assert f1(report, "entities") == 2 * same / (named_a + named_b)
    assert f1(report, "entities", "untyped exact") == 2 * (same + 1) / (named_a + named_b)
    assert f1(report, "entities", "overlap-1-1") == 2 * (same + 1) / (named_a + named_b)
    assert f1(report, "entities", label="ORG_GOV") == 0.0
    assert f1(report, "entities", label="PER") == 1.0
    assert f1(report, "auxiliary mentions") == 0.0
    assert not [score for score in report.pairs[0].scores if score.label == "NOM"]


# Events


def test_an_argument_is_found_only_on_the_same_trigger_and_type(tmp_path: Path) -> None:
    events = {**EVENTS, "mobilize": ("việc triển khai", *EVENTS["mobilize"][1:])}
    report = compared(tmp_path, [full()], [full(events=events)])
    assert f1(report, "arguments") == 5 / 7
    assert f1(report, "arguments", "loose trigger") == 1.0
    retyped = {**EVENTS, "mobilize": ("triển khai", "COERCE", *EVENTS["mobilize"][2:])}
    report = compared(tmp_path, [full()], [full(events=retyped)])
    assert f1(report, "arguments") == f1(report, "arguments", "loose trigger") == 5 / 7


def test_a_role_counts_and_can_be_left_out(tmp_path: Path) -> None:
    events = {**EVENTS, "aid": ("viện trợ", "AID", "HYPOTHETICAL", {"ACTOR": "eu2", "OBJECT": "ukraine"})}
    report = compared(tmp_path, [full()], [full(events=events)])
    assert f1(report, "arguments") == 6 / 7
    assert f1(report, "arguments", "without role") == 1.0
    assert f1(report, "arguments", label="RECIPIENT") == 2 / 3


def test_modality_is_judged_on_events_that_both_found(tmp_path: Path) -> None:
    events = {
        "request": EVENTS["request"],
        "aid": ("viện trợ", "AID", "FUTURE", {}),
        "reject": ("phản đối", "REJECT", "NEGATED", {}),
    }
    stances = {"s2": STANCES["s2"]}
    report = compared(
        tmp_path,
        [full(stances=stances)],
        [full(events={**events, "aid": ("viện trợ", "AID", "FUTURE", {})}, stances=stances)],
    )
    one = judgement(report, "modality")
    assert one.units == 2
    assert one.agreement.value == 0.5
    assert {(cell.a, cell.b, cell.units) for cell in one.confusion} == {
        ("ASSERTED", "ASSERTED", 1),
        ("HYPOTHETICAL", "FUTURE", 1),
    }


# Opinions


def test_the_polarity_is_judged_on_pairs_that_both_found(tmp_path: Path) -> None:
    stances = {"s1": ("EU viện trợ", "MIXED", *STANCES["s1"][2:]), "s2": STANCES["s2"]}
    report = compared(tmp_path, [full()], [full(stances=stances)])
    assert f1(report, "stance pairs") == 4 / 5
    assert f1(report, "stance tuples") == 2 / 5
    assert judgement(report, "polarity").units == 2
    assert judgement(report, "polarity").agreement.value == 0.5
    assert judgement(report, "attribution").agreement.value == 1.0
    assert f1(report, "expressions") == 2 / 5
    assert f1(report, "expressions", "overlap") == 4 / 5


def test_an_opinion_is_known_by_its_sentence_holder_and_target(tmp_path: Path) -> None:
    mine = {"s": ("hợp tác", "FAVOR", "AUTHOR", None, "other")}
    for theirs in (
        {"s": ("ca ngợi", "FAVOR", "AUTHOR", None, "other")},
        {"s": ("hợp tác", "FAVOR", "IMPLICIT", None, "other")},
        {"s": ("hợp tác", "FAVOR", "AUTHOR", None, "burden_sharing")},
        {"s": ("hợp tác", "FAVOR", "AUTHOR", "eu", "other")},
    ):
        assert f1(compared(tmp_path, [full(stances=mine)], [full(stances=theirs)]), "stance pairs") == 0.0


def test_each_holder_of_a_shared_opinion_is_a_pair_of_its_own(tmp_path: Path) -> None:
    both = {"s": ("hợp tác", "FAVOR", ("nato", "eu"), None, "other")}
    one = {"s": ("hợp tác", "FAVOR", ("nato",), None, "other")}
    assert f1(compared(tmp_path, [full(stances=both)], [full(stances=one)]), "stance pairs") == 2 / 3


def renamed(value: object) -> object:
    """Return a document's plain content with every id replaced."""
    if isinstance(value, dict):
        return {key: renamed(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [renamed(one) for one in value]
    return f"x-{value}" if value in {*ENTITIES, *EVENTS, *STANCES} else value


def test_ids_and_order_do_not_matter(tmp_path: Path) -> None:
    other = msgspec.convert(renamed(msgspec.to_builtins(full())), type(full()))
    other = msgspec.structs.replace(
        other, entities=other.entities[::-1], events=other.events[::-1], stances=other.stances[::-1]
    )
    report = compared(tmp_path, [full()], [other])
    assert {score.f1.value for score in report.pairs[0].scores} == {1.0}
    assert report.disagreements == ()


# Judgements


def test_article_stance_has_nominal_and_ordinal_alpha(tmp_path: Path) -> None:
    values = ["AGAINST", "NEUTRAL", "FAVOR", "FAVOR"]
    other = ["NEUTRAL", "NEUTRAL", "FAVOR", "FAVOR"]
    a, b = ([document(key=f"k{i}", judged=(v, "FAVOR")) for i, v in enumerate(side)] for side in (values, other))
    report = compared(tmp_path, a, b)
    one = judgement(report, "outlet_stance")
    assert (one.units, one.articles, one.agreement.value) == (4, 4, 0.75)
    assert one.alpha_ordinal.value > one.alpha.value
    flat = judgement(report, "overall_leaning")
    assert flat.alpha.value is None
    assert flat.alpha.reason == "no variation: every judgement is FAVOR"
    assert flat.agreement.value == 1.0
    assert flat.kappa.value is None


def test_a_layer_without_a_judgement_leaves_a_gap(tmp_path: Path) -> None:
    report = compared(tmp_path, [document(), document(key="two")], [document(judged=None), document(key="two")])
    assert judgement(report, "outlet_stance").units == 1
    assert judgement(report, "outlet_stance").alpha.reason == "1 unit judged by two layers; alpha needs 2"
    assert [(one.unit, one.kinds, one.b) for one in report.disagreements] == [("article_stance", ("missing",), None)]


def test_coefficients_at_their_ends() -> None:
    assert cohen_kappa([0, 1, 0, 1], [0, 1, 0, 1]) == 1.0
    assert cohen_kappa([0, 1], [1, 0]) == -1.0
    assert cohen_kappa([0, 0], [0, 0]) is None
    assert cohen_kappa([], []) is None
    assert class_f1([2, 2], [2, 2], (0, 1)) is None
    assert class_f1([0, 2], [0, 1], (0, 1)) == 0.5
    assert krippendorff_alpha(value_counts([[0, 0], [1, 1]], 2)) == 1.0
    assert krippendorff_alpha(value_counts([[0, 0], [0, 0]], 2)) is None
    assert krippendorff_alpha(value_counts([[0, 1], [0, -1]], 2)) is None


RATINGS = st.integers(2, 4).flatmap(
    lambda judges: st.lists(st.lists(st.integers(-1, 3), min_size=judges, max_size=judges), max_size=9)
)


@given(ratings=RATINGS, level=st.sampled_from(["nominal", "ordinal", "interval"]))
def test_the_alpha_of_resamples_is_that_of_the_library(ratings: list[list[int]], level: str) -> None:
    counts = value_counts(ratings, 4)
    known = krippendorff_alpha(counts, level)
    (found,) = alpha_of_coincidences(coincidences(counts).sum(axis=0, keepdims=True), level)
    if len(counts) > 1:
        assert (known is None) == math.isnan(found)
    if known is not None:
        assert found == pytest.approx(known)


# Several layers


def test_three_layers_give_all_pairs_their_mean_and_one_alpha(tmp_path: Path) -> None:
    a, b, c = [full(), full(key="two")], [full(), full(key="two", judged=("FAVOR", "FAVOR"))], [full(stances={})]
    report = compared(tmp_path, a, b, c)
    assert [(pair.a, pair.b, pair.articles) for pair in report.pairs] == [("a", "b", 2), ("a", "c", 1), ("b", "c", 1)]
    mean = next(
        s for s in report.overall.scores if (s.measure, s.variant, s.label) == ("stance pairs", "exact", None)
    )
    assert (mean.pairs, mean.mean, mean.lowest, mean.highest) == (3, pytest.approx(1 / 3), 0.0, 1.0)
    assert mean.pooled.value == 12 / 18
    outlet = next(one for one in report.overall.judgements if one.name == "outlet_stance")
    assert outlet.units == 2
    assert outlet.kappa is None
    assert codes(report) == [("nom-unused", "one"), ("event-without-stance", "one"), ("agree-article-missing", None)]
    assert report.issues[-1].message == "In a, b, but not in c: 1, two."


def test_two_layers_have_no_overall(tmp_path: Path) -> None:
    assert compared(tmp_path, [full()], [full()]).overall is None


# Intervals


def corpus(seed: int, articles: int) -> list[Document]:
    generator = random.Random(seed)
    return [
        full(
            key=f"k{index}",
            entities={k: v for k, v in ENTITIES.items() if k in ("nato", "eu") or generator.random() < 0.7},
            events={},
            stances={},
            judged=(generator.choice(["FAVOR", "NEUTRAL", "AGAINST"]), "FAVOR"),
        )
        for index in range(articles)
    ]


def without_referents(documents: list[Document]) -> list[Document]:
    return [
        msgspec.structs.replace(d, entities=tuple(msgspec.structs.replace(e, refers_to=()) for e in d.entities))
        for d in documents
    ]


def test_intervals_hold_the_value_and_can_be_repeated(tmp_path: Path) -> None:
    a, b = without_referents(corpus(1, 40)), without_referents(corpus(2, 40))
    report = compared(tmp_path, a, b)
    score = next(s for s in report.pairs[0].scores if (s.measure, s.variant, s.label) == ("entities", "exact", None))
    assert score.f1.interval.low < score.f1.value < score.f1.interval.high
    assert score.f1.interval.resamples == 200
    alpha = judgement(report, "outlet_stance").alpha
    assert alpha.interval.low < alpha.value < alpha.interval.high
    assert report.notes == ()
    assert compared(tmp_path, a, b) == report
    other = compared(tmp_path, a, b, seed=1)
    assert other.pairs != report.pairs
    assert other.settings.seed == 1


def test_few_articles_are_said_to_mean_little(tmp_path: Path) -> None:
    report = compared(tmp_path, [full(), full(key="two")], [full(), full(key="two")])
    assert report.notes == ("The intervals rest on 2 articles; with fewer than 30 they mean little.",)


def test_one_article_has_no_interval_and_says_why(tmp_path: Path) -> None:
    report = compared(tmp_path, [full()], [full()])
    score = report.pairs[0].scores[0]
    assert score.f1.value == 1.0
    assert score.f1.interval is None
    assert score.f1.interval_reason == "one article: there is nothing to draw from"
    assert "One article" in report.notes[0]


def test_no_resamples_no_intervals(tmp_path: Path) -> None:
    report = compared(tmp_path, [full(), full(key="two")], [full(), full(key="two")], resamples=0)
    assert report.pairs[0].scores[0].f1.interval_reason == "no resamples were asked for"


# What cannot be compared


def test_articles_of_one_layer_are_reported(tmp_path: Path) -> None:
    report = compared(tmp_path, [full(), full(key="mine")], [full(), full(key="theirs")])
    assert codes(report) == [("agree-article-missing", None)] * 2
    assert [issue.message for issue in report.issues] == [
        "In a, but not in b: 1, mine.",
        "In b, but not in a: 1, theirs.",
    ]
    assert [(layer.articles, layer.compared) for layer in report.layers] == [(2, 1), (2, 1)]
    assert report.articles == 1


def test_other_text_is_an_issue_and_not_compared(tmp_path: Path) -> None:
    report = compared(tmp_path, [full(), full(key="two")], [full(), full(key="two", text=TEXT + " Hết.")])
    assert codes(report) == [("agree-text-differs", "two")]
    assert report.articles == 1


def test_nothing_in_common_is_an_issue(tmp_path: Path) -> None:
    report = compared(tmp_path, [full()], [full(key="two")])
    assert codes(report)[-1] == ("agree-nothing-common", None)
    assert report.pairs == ()


def test_broken_documents_are_issues_and_the_sound_ones_are_compared(tmp_path: Path) -> None:
    first = write(tmp_path, "a", full(), full(key="two"), full())
    entity = msgspec.structs.replace(full().entities[0], text="EU")
    wrong = msgspec.structs.replace(full(key="two"), entities=(entity,), events=(), stances=())
    dangling = msgspec.structs.replace(full(key="three"), entities=())
    second = write(tmp_path, "b", full(), wrong, dangling)
    with second.open("ab") as file:
        file.write(b'{"id": 3}\n\n{"id"')
    report = agree({"a": first, "b": second}, Project())
    assert list(dict.fromkeys(codes(report))) == [
        ("agree-article-twice", "one"),
        ("span-text-differs", "two"),
        ("relation-missing-end", "three"),
        ("agree-document-unreadable", None),
        ("agree-article-missing", None),
    ]
    assert {issue.file for issue in report.issues[1:-1]} == {str(second)}
    assert report.issues[1].pointer == "/entities/0/text"
    missing = [issue.message for issue in report.issues if issue.code == "relation-missing-end"]
    assert "stoltenberg" in missing[0]
    unreadable = [issue.message for issue in report.issues if issue.code == "agree-document-unreadable"]
    assert len(unreadable) == 2
    assert "Line 4" in unreadable[0]
    assert report.articles == 1
    assert f1(report, "entities") == 1.0


def test_wrong_use_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", "first")
    add_layer(project, "second")
    with pytest.raises(UsageError, match="two layers or more"):
        agree({"first": project.exports / "first.json"}, project)
    with pytest.raises(UsageError, match="first, second"):
        named(["first", "third"], project)
    with pytest.raises(UsageError, match="named twice"):
        named(["first", "first"], project)
    with pytest.raises(UsageError, match="named twice"):
        named(["first", str(project.exports / "first.json")], project)


def test_a_missing_extra_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(reliability.importlib, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"vinese\[agree\]"):
        compared(tmp_path, [full()], [full()])


# The command


def test_the_command_reads_exports_and_prints_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path, "first")
    add_layer(project, "second", skip=2)
    assert cli.run(["agree", "first", "second", "--project", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert "Agreement of first, second on 3 articles" in out
    assert "100.0 to 100.0" in out
    assert "No disagreements." in out
    assert err.count("agree-article-missing") == 1


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = write(tmp_path, "a", full(), full(key="two")), write(tmp_path, "b", full(), full(key="two", stances={}))
    assert cli.run(["agree", str(a), str(b), "--json", "--resamples", "50", "--seed", "7"]) == 0
    report = msgspec.convert({**json.loads(capsys.readouterr().out)["result"], "issues": ()}, AgreementReport)
    assert (report.settings.resamples, report.settings.seed) == (50, 7)
    assert report.disagreements_total == len(report.disagreements) == 3


def test_the_command_lists_disagreements_and_several_layers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [
        write(tmp_path, "a", full(), full(key="two")),
        write(tmp_path, "b", full(), full(key="two", events={}, stances={"s2": STANCES["s2"]})),
        write(tmp_path, "c", full(), full(key="two")),
    ]
    assert cli.run(["agree", *map(str, files), "--show", "1"]) == 0
    out = capsys.readouterr().out
    assert "stance tuples, exact: F1, percent" in out
    assert "9 more" in out
    assert "in: Tổng thư ký NATO" in out


def test_the_command_ends_with_1_for_errors_and_2_for_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = write(tmp_path, "a", full()), write(tmp_path, "b", full(key="two"))
    assert cli.run(["agree", str(a), str(b)]) == 1
    assert "agree-nothing-common" in capsys.readouterr().err
    assert cli.run(["agree", str(a)]) == 2
    assert cli.run(["agree", str(a), str(tmp_path / "none.jsonl")]) == 2
    assert cli.run(["agree", "nobody", "noone", "--project", str(tmp_path)]) == 2
    assert "Layers there: none yet" in capsys.readouterr().err


def test_many_articles_that_a_layer_lacks_do_not_flood_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a = write(tmp_path, "a", *(document(key=f"k{index}") for index in range(30)))
    b = write(tmp_path, "b", document(key="k7"))
    assert cli.run(["agree", str(a), str(b)]) == 0
    err = capsys.readouterr().err
    assert err.count("warning agree-article-missing") == 1
    assert "In a, but not in b: 29, k0, k1, k10 ..." in err


def test_every_issue_says_what_to_do(tmp_path: Path) -> None:
    report = compared(tmp_path, [full()], [full(key="two")])
    assert all(isinstance(issue, Issue) and issue.todo for issue in report.issues)
