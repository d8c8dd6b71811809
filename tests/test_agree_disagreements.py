"""Disagreements are paired as a person would, carry their sentence, and stand on a page that is safe to open."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from support.documents import ENTITIES, EVENTS, STANCES, TEXT, document, full, place, write
from support.page_data import Page, read_page
from vinese.compare.agree import agree
from vinese.compare.disagreements import disagreements
from vinese.core.errors import FileProblemError
from vinese.core.project import Project
from vinese.render.agreement_page import write_agreement_page
from vinese.render.spans import Mark, tokens

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.model.records import Document


def differences(**changes: object) -> list[tuple[str, tuple[str, ...], str | None, str | None]]:
    """Return how the whole annotation differs from one with some parts changed."""
    found = disagreements(("a", full()), ("b", full(**changes)))
    return [(one.unit, one.kinds, one.a and one.a.text, one.b and one.b.text) for one in found]


def test_the_same_is_no_disagreement() -> None:
    assert differences() == []


@pytest.mark.parametrize(
    ("change", "kinds", "mine", "theirs"),
    [
        ({"duc": ("Đức", "ORG_GOV")}, ("type",), "GPE «Đức»", "ORG_GOV «Đức»"),
        ({"role": ("Tổng thư ký", "ROLE")}, ("boundary",), "ROLE «Tổng thư ký NATO»", "ROLE «Tổng thư ký»"),
        ({"balan": ("tại Ba Lan", "LOC")}, ("type", "boundary"), "GPE «Ba Lan»", "LOC «tại Ba Lan»"),
        ({"new": ("tên lửa", "WPN")}, ("missing",), None, "WPN «tên lửa»"),
        ({"ong": ("Ông", "NOM")}, ("refers_to",), "NOM «Ông» = Jens Stoltenberg", "NOM «Ông»"),
    ],
)
def test_entities(change: dict, kinds: tuple[str, ...], mine: str | None, theirs: str | None) -> None:
    found = [one for one in differences(entities={**ENTITIES, **change}) if one[0] == "entity"]
    assert found == [("entity", kinds, mine, theirs)]


def test_a_nested_mention_of_another_type_is_not_taken_for_its_outer_one() -> None:
    a = document(entities={"role": ("Tổng thư ký NATO", "ROLE")})
    b = document(entities={"nato": ("NATO", "ORG_IGO", 1)})
    assert [one.kinds for one in disagreements(("a", a), ("b", b))] == [("missing",), ("missing",)]


def test_events_and_arguments() -> None:
    roles = {"ACTOR": "nato2", "OBJECT": "ukraine", "TIME": "eu2"}
    events = {**EVENTS, "aid": ("viện trợ", "SUPPORT", "FUTURE", roles)}
    found = differences(events=events)
    assert [one[:2] for one in found] == [
        ("event", ("type", "modality")),
        ("argument", ("role",)),
        ("argument", ("role",)),
        ("argument", ("missing",)),
    ]
    assert ("argument", ("role",), "AID «viện trợ»: RECIPIENT Ukraine", "SUPPORT «viện trợ»: OBJECT Ukraine") in found


def test_a_missing_event_is_one_disagreement() -> None:
    events = {key: value for key, value in EVENTS.items() if key != "mobilize"}
    stances = {key: value for key, value in STANCES.items() if key != "s3"}
    found = disagreements(("a", full(stances=stances)), ("b", full(events=events, stances=stances)))
    assert [(one.unit, one.kinds) for one in found] == [("event", ("missing",))]
    assert found[0].a.text == "MOBILIZE ASSERTED «triển khai»; OBJECT Patriot; PLACE Ba Lan"


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (("ca ngợi", "AGAINST", ("ong",), "duc", "other", "REPORTED"), ("polarity",)),
        (("ca ngợi", "FAVOR", ("ong",), "duc", "other", "NARRATION"), ("attribution",)),
        (("ca ngợi", "FAVOR", "AUTHOR", "duc", "other", "REPORTED"), ("holder",)),
        (("ca ngợi", "FAVOR", ("ong",), "duc", "war", "REPORTED"), ("target",)),
        (("ca ngợi", "FAVOR", ("ong",), "duc", "other", "REPORTED", "nato"), ("source",)),
        (("Ông", "FAVOR", ("ong",), "duc", "other", "REPORTED"), ("expression",)),
        (("ngợi", "MIXED", "IMPLICIT", "duc", "other", "REPORTED"), ("holder", "polarity")),
    ],
)
def test_opinions(change: tuple, kinds: tuple[str, ...]) -> None:
    assert [one[:2] for one in differences(stances={**STANCES, "s2": change})] == [("stance", kinds)]


TWICE = "Anh nói với Anh: EU mạnh hơn là NATO mạnh hơn.\nEU nói với EU."


def twice(nth: int, part: str) -> Document:
    """Return an annotation of words that stand twice in their sentence, one `part` being the `nth` of the two."""
    at = {name: nth if name == part else 0 for name in ("entity", "trigger", "filler", "holder", "expression")}
    entities = {
        "a": ("Anh", "GPE", at["filler"]),
        "b": ("Anh", "GPE", at["holder"]),
        "c": ("EU", "ORG_IGO", 1 + at["entity"]),
    }
    made = document(
        text=TWICE,
        entities=entities,
        events={"v": ("nói", "REQUEST", "ASSERTED", {"ACTOR": "a"}), "w": EVENT_TWICE[at["trigger"]]},
        stances={"s": ("mạnh hơn", "FAVOR", ("b",), None, "other")},
    )
    (stance,) = made.stances
    expression = place(TWICE, "mạnh hơn", at["expression"])
    return replace(made, stances=(replace(stance, expression=expression),))


EVENT_TWICE = [("nói", "REQUEST", "ASSERTED", {}, 1), ("nói với", "REQUEST", "ASSERTED", {}, 1)]


@pytest.mark.parametrize(
    ("part", "unit", "mine", "theirs"),
    [
        ("entity", "entity", "ORG_IGO «EU» (47–49, first in its line)", "ORG_IGO «EU» (58–60, after “EU nói với”)"),
        ("filler", "argument", "ACTOR Anh (0–3, first in its line)", "ACTOR Anh (12–15, after “Anh nói với”)"),
        ("holder", "stance", "Anh (0–3, first in its line) → ", "Anh (12–15, after “Anh nói với”) → "),
        (
            "expression",
            "stance",
            "«mạnh hơn» (20–28, after “với Anh: EU”)",
            "«mạnh hơn» (37–45, after “hơn là NATO”)",
        ),
    ],
)
def test_sides_that_would_read_the_same_say_where_they_stand(part: str, unit: str, mine: str, theirs: str) -> None:
    found = disagreements(("a", twice(0, part)), ("b", twice(1, part)))
    said = [(one.a and one.a.text, one.b and one.b.text) for one in found if one.unit == unit]
    assert all(a != b for a, b in said)
    assert any(mine in (a or "") for a, _ in said)
    assert any(theirs in (b or "") for _, b in said)


def test_words_that_stand_once_in_their_sentence_have_no_place() -> None:
    found = disagreements(("a", twice(0, "trigger")), ("b", twice(1, "trigger")))
    assert [(one.a and one.a.text, one.b and one.b.text) for one in found] == [
        ("REQUEST ASSERTED «nói»", "REQUEST ASSERTED «nói với»")
    ]


def test_no_disagreement_of_the_committed_layers_reads_the_same_on_both_sides() -> None:
    report = agree({name: Project().exports / f"{name}.json" for name in ("annotator-1", "annotator-2")}, resamples=0)
    assert report.disagreements
    assert [one for one in report.disagreements if one.a and one.b and one.a.text == one.b.text] == []


def test_opinions_of_other_sentences_are_not_paired() -> None:
    moved = {**STANCES, "s2": ("kêu gọi", "FAVOR", ("ong",), "duc", None, "REPORTED")}
    assert [one[1] for one in differences(stances=moved)] == [("missing",), ("missing",)]


def test_article_stance_names_the_judgement() -> None:
    assert [one[:2] for one in differences(judged=("FAVOR", "AGAINST"))] == [
        ("article_stance", ("outlet_stance", "overall_leaning"))
    ]


def test_a_disagreement_carries_its_sentence_and_places() -> None:
    (one,) = [
        one
        for one in disagreements(("a", full()), ("b", full(entities={**ENTITIES, "duc": ("Đức", "LOC")})))
        if one.unit == "entity"
    ]
    assert one.sentence.text == "Ông ca ngợi Đức."
    assert one.layers == ("a", "b")
    assert TEXT[one.a.spans[0].start : one.a.spans[0].end] == "Đức"
    assert one.a.id == "duc"


def test_the_list_has_an_end_and_the_count_does_not(tmp_path: Path) -> None:
    a = write(tmp_path, "a", full(), full(key="two"))
    b = write(tmp_path, "b", full(stances={}), full(key="two", stances={}))
    report = agree({"a": a, "b": b}, Project(), listed=2, resamples=0)
    assert (len(report.disagreements), report.disagreements_total) == (2, 6)
    assert sum(one.count for one in report.disagreement_kinds) == 6
    assert "The list holds the first 2 of 6 disagreements." in report.notes


# Marks


MARKS = st.lists(
    st.builds(
        lambda start, size, kind: Mark(start, start + size, kind),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from(["entity", "trigger", "expression", "gap"]),
    ),
    max_size=8,
)


@given(marks=MARKS, start=st.integers(0, 20), size=st.integers(0, 20))
def test_marks_nest_or_cross_and_the_text_stays(marks: list[Mark], start: int, size: int) -> None:
    text = "".join(chr(97 + index % 26) for index in range(50))
    found = tokens(text, marks, start, start + size)
    assert "".join(token.text for token in found) == text[start : start + size]
    stack = []
    finished = []
    position = start
    covered: dict[int, int] = {}
    for token in found:
        if token.opens:
            stack.append(token.opens)
        elif token.closes:
            assert stack.pop() == token.closes
            finished += [token.closes] * token.last
        else:
            for mark in stack:
                assert mark.start <= position < position + len(token.text) <= mark.end
                covered[id(mark)] = covered.get(id(mark), 0) + len(token.text)
            position += len(token.text)
    inside = [mark for mark in marks if mark.start < start + size and mark.end > start]
    assert len(finished) == len(inside)
    assert sum(covered.values()) == sum(min(m.end, start + size) - max(m.start, start) for m in inside)


# The page


def page(folder: Path, *layers: list[Document]) -> Page:
    names = "abc"[: len(layers)]
    files = {name: write(folder, name, *documents) for name, documents in zip(names, layers, strict=True)}
    file = folder / "page.html"
    agree(files, Project(), page=partial(write_agreement_page, file), resamples=20)
    return read_page(file)


def test_the_page_shows_both_layers_and_links_every_disagreement(tmp_path: Path) -> None:
    shown = page(
        tmp_path, [full(), full(key="two")], [full(entities={**ENTITIES, "duc": ("Đức", "LOC")}), full(key="two")]
    )
    assert shown.frame.startswith("<!doctype html>")
    assert [(article["id"], article["differences"]) for article in shown.index["articles"]] == [
        ("one", 1),
        ("two", 0),
    ]
    assert shown.index["articles"][0]["errors"] == [["entity:type", ["GPE", "LOC"], 1]]
    first = shown.articles[0]
    assert set(re.findall(r'<li id="one/d(\d+)"', first)) == set(re.findall(r'href="#one/d(\d+)"', first)) == {"1"}
    for line in TEXT.split("\n"):
        assert shown.plain.count(line) >= 4


def test_the_page_fetches_nothing_and_runs_only_its_own_script(tmp_path: Path) -> None:
    text = TEXT + '\n<script>alert(1)</script> <img src=x onerror="alert(2)"> & "NATO" \' </style>'
    entities = {**ENTITIES, "bad": ("<script>alert(1)</script>", "PER"), "worse": ('onerror="alert(2)"', "PER")}
    shown = page(tmp_path, [full(text=text, entities=entities)], [full(text=text)])
    content = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert shown.frame.count("<script") == 1
    assert content.count("<script>") == 1
    assert content.count("</style>") == 1
    (article,) = shown.articles
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in article
    assert "<script" not in article
    assert "<img" not in article
    assert not re.search(r'(src|href)="(?!#)|url\(|@import|https?://', shown.frame + article)
    assert "default-src 'none'" in shown.frame


def test_the_page_holds_more_than_two_layers(tmp_path: Path) -> None:
    shown = page(tmp_path, [full(), full(key="two")], [full(stances={})], [full(), full(key="two")])
    one, two = shown.articles
    assert '<div class="row head"><div class="cell">a</div><div class="cell">b</div>' in one
    assert '<div class="row head"><div class="cell">a</div><div class="cell">c</div></div>' in two
    assert "pooled" in shown.frame
    assert "what at least two found" in shown.frame
    assert "kappa" not in shown.frame


def test_the_page_of_nothing_is_a_page(tmp_path: Path) -> None:
    shown = page(tmp_path, [full()], [full(key="two")])
    assert "Articles compared: 0" in shown.frame
    assert shown.articles == shown.index["articles"] == []


def test_a_page_that_cannot_be_written_is_named_and_leaves_the_old_one(tmp_path: Path) -> None:
    a, b = write(tmp_path, "a", full()), write(tmp_path, "b", full())
    (tmp_path / "file").write_text("old")
    with pytest.raises(FileProblemError, match="Cannot write"):
        agree({"a": a, "b": b}, Project(), page=partial(write_agreement_page, tmp_path / "file" / "page.html"))
    assert (tmp_path / "file").read_text() == "old"
