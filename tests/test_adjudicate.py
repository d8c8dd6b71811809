"""Layers are merged so that nothing is lost, what all have is accepted, and every difference is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.documents import document, place
from support.strategies import NAMES, ONTOLOGY, _article, annotation, laid_out, lines
from vinese.checks.document import check_document
from vinese.compare import merge as merging
from vinese.compare.keys import adjudication, contents, links, mentions, stances_by_key
from vinese.compare.merge import merge
from vinese.compare.merged_task import agreed, conflicts, merged_result, summary, to_decide
from vinese.core.issues import Issue
from vinese.core.project import Project
from vinese.core.schemas import validator
from vinese.corpus.layers import Layers
from vinese.formats.format import Item
from vinese.formats.labelstudio.task import TaskReader
from vinese.generate.label_config import DECIDE
from vinese.generate.labels import labels_of
from vinese.model.records import Article, Decision, Document, Event
from vinese.studio.project import screen

if TYPE_CHECKING:
    from vinese.compare.merge import Merged

FEWER = settings(max_examples=60)
Region = dict[str, Any]


@st.composite
def layers(draw: st.DrawFn) -> tuple[Article, dict[str, Document]]:
    """Draw an article and two or three sound documents of it, some of them equal."""
    text, sentences, words, zones = laid_out(draw(lines()))
    article = _article(draw(NAMES), text, sentences, zones)
    drawn: list[Document] = []
    for _ in range(draw(st.integers(2, 3))):
        if drawn and draw(st.booleans()):
            drawn.append(drawn[-1])
            continue
        drawn.append(annotation(draw, article, words))
    return article, dict(zip(("first", "second", "third"), drawn, strict=False))


def regions(result: list[Region]) -> list[Region]:
    return [region for region in result if region["type"] == "labels" and region["from_name"] != DECIDE]


def read(article: Article, result: list[Region]) -> list[Document | Issue]:
    task = {
        "data": {
            "text": article.text,
            "title": "",
            "article_id": article.id,
            "text_sha256": article.text_sha256,
        },
        "annotations": [{"completed_by": "adjudicator", "result": result}],
    }
    assert validator("export-task", labels_of(ONTOLOGY)).problems(task) == []
    raw = msgspec.json.encode(task)
    return list(_reader(article).read(Item("/0", raw, msgspec.json.decode(raw))))


def _reader(article: Article) -> TaskReader:
    return TaskReader(ontology=ONTOLOGY, layer="gold", layers=Layers(), find_article={article.id: article}.get)


def size(made: Document) -> tuple[int, int]:
    """Return how many items and relations a document has."""
    found = mentions(made)
    found |= stances_by_key(made, {thing.id: key for key, thing in found.items()})
    return len(found), len(list(links(made, found)))


def content(made: Document) -> set[Any]:
    return {found for _, found in contents(made)}


def as_layer(merged: Merged, result: list[Region], layer: str) -> list[Region]:
    """Decide every place for one layer: delete what it lacks, take its modalities and its judgements."""
    gone = {item.id for item in merged.items.values() if layer not in item.versions}
    wrong = {
        (merged.items[link.source].id, link.label, merged.items[link.target].id)
        for link, have in merged.links.items()
        if layer not in have
    }
    chosen = {
        item.id: thing.modality
        for item in merged.items.values()
        if isinstance(thing := item.versions.get(layer), Event)
    }
    kept = []
    for given_ in result:
        region = dict(given_)
        if region["type"] == "relation":
            start, end = region["from_id"], region["to_id"]
            region["labels"] = [label for label in region["labels"] if (start, label, end) not in wrong]
            if not region["labels"] or {start, end} & gone:
                continue
        elif region.get("from_name") == DECIDE or region["id"] in gone or region["id"].startswith("article-"):
            continue
        elif region["from_name"] == "modality":
            region["value"] = {**region["value"], "choices": [chosen[region["id"]]]}
        kept.append({key: value for key, value in region.items() if key != "meta"})
    for name, values in merged.judgements.items():
        if layer in values:
            value = {"choices": [values[layer]]}
            kept.append(
                {"id": f"article-{name}", "type": "choices", "from_name": name, "to_name": "text", "value": value}
            )
    return kept


@FEWER
@given(layers())
def test_deciding_all_for_one_layer_gives_its_document(drawn: tuple[Article, dict[str, Document]]) -> None:
    article, documents = drawn
    merged = merge(documents)
    result = merged_result(merged, ONTOLOGY)
    for layer, made in documents.items():
        found = read(article, as_layer(merged, result, layer))
        assert [one for one in found if isinstance(one, Issue) and one.level == "error"] == []
        (back,) = [one for one in found if isinstance(one, Document)]
        assert content(back) == content(made)
        assert size(back) == size(made)


@FEWER
@given(layers())
def test_equal_layers_are_agreed_and_nothing_is_marked(drawn: tuple[Article, dict[str, Document]]) -> None:
    article, documents = drawn
    made = documents["first"]
    merged = merge({"first": made, "second": made})
    result = merged_result(merged, ONTOLOGY)
    assert not any("meta" in region or region.get("from_name") == DECIDE for region in result)
    assert to_decide(merged) == (2 if made.article_stance is None else 0)
    (back,) = [one for one in read(article, result) if isinstance(one, Document)]
    assert [one for one in check_document(back, ONTOLOGY) if one.level == "error"] == []
    assert content(back) == content(made)
    assert {one.how for one in adjudication(back, {"first": made, "second": made}).decisions} <= {"agreed"}


@FEWER
@given(layers())
def test_every_item_is_in_the_result_once_agreed_or_marked(drawn: tuple[Article, dict[str, Document]]) -> None:
    _, documents = drawn
    merged = merge(documents)
    result = merged_result(merged, ONTOLOGY)
    ids = [region["id"] for region in regions(result)]
    assert sorted(ids) == sorted(item.id for item in merged.items.values())
    assert len(ids) == len(set(ids))
    for layer, made in documents.items():
        mine = [item for item in merged.items.values() if layer in item.versions]
        assert (len(mine), sum(layer in have for have in merged.links.values())) == size(made)
    relations = {
        (one["from_id"], label, one["to_id"])
        for one in result
        if one["type"] == "relation"
        for label in one["labels"]
    }
    drawn_ = {
        (merged.items[link.source].id, link.label, merged.items[link.target].id): have
        for link, have in merged.links.items()
    }
    assert relations <= drawn_.keys()
    assert all(not drawn_[missing] for missing in drawn_.keys() - relations)
    marked = [key for mark in conflicts(merged) for key in mark.keys]
    assert len(marked) == len(set(marked))
    doubtful = {key for key, item in merged.items.items() if not merged.agreed(item)} | set(merged.disputed())
    assert set(marked) == doubtful
    noted = {region["id"] for region in regions(result) if "meta" in region}
    assert noted == {item.id for item in merged.items.values() if not merged.agreed(item)}


@FEWER
@given(layers())
def test_the_order_of_the_layers_changes_no_doubt(drawn: tuple[Article, dict[str, Document]]) -> None:
    _, documents = drawn
    one, other = merge(documents), merge(dict(reversed(documents.items())))
    assert one.items.keys() == other.items.keys()
    assert one.disputed().keys() == other.disputed().keys()
    assert agreed(one) == agreed(other)


NATO, EU = {"e1": ("NATO", "ORG_IGO")}, {"e2": ("EU", "ORG_IGO")}
CALL = {"v1": ("kêu gọi", "REQUEST", "ASSERTED", {"ACTOR": "e1", "RECIPIENT": "e2"})}


def said(first: dict[str, Any], second: dict[str, Any]) -> list[list[str]]:
    """Return the marks on two layers in words."""
    merged = merge({"first": document(**first), "second": document(**second)})
    return [[*mark.lines()] for mark in conflicts(merged)]


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        pytest.param(NATO, {}, ["entity: missing", "first: ORG_IGO «NATO»", "second: –"], id="missing"),
        pytest.param(
            NATO,
            {"e1": ("NATO", "ORG_MIL")},
            ["entity: type", "first: ORG_IGO «NATO»", "second: ORG_MIL «NATO»"],
            id="type",
        ),
        pytest.param(
            {"e1": ("Tổng thư ký NATO", "ROLE")},
            {"e1": ("Tổng thư ký", "ROLE")},
            ["entity: boundary", "first: ROLE «Tổng thư ký NATO»", "second: ROLE «Tổng thư ký»"],
            id="boundary",
        ),
    ],
)
def test_entities_that_exclude_each_other_are_one_place(
    first: dict[str, Any], second: dict[str, Any], lines: list[str]
) -> None:
    assert said({"entities": first}, {"entities": second}) == [lines]


def test_nested_mentions_of_one_layer_are_places_of_their_own() -> None:
    both = {"e1": ("Tổng thư ký NATO", "ROLE"), "e2": ("NATO", "ORG_IGO", 1)}
    assert len(said({"entities": both}, {"entities": {}})) == 2


def test_an_event_with_another_modality_and_argument_is_one_region_with_one_mark() -> None:
    entities = NATO | EU
    other = {"v1": ("kêu gọi", "REQUEST", "NEGATED", {"ACTOR": "e1"})}
    layers_ = {
        "first": document(entities=entities, events=CALL),
        "second": document(entities=entities, events=other),
    }
    merged = merge(layers_)
    (mark,) = conflicts(merged)
    assert mark.lines() == [
        "event: modality, RECIPIENT",
        "first: REQUEST ASSERTED «kêu gọi»; ACTOR NATO; RECIPIENT EU (25–27, after “hợp tác với”)",
        "second: REQUEST NEGATED «kêu gọi»; ACTOR NATO",
    ]
    result = merged_result(merged, ONTOLOGY)
    assert [region["value"]["labels"] for region in regions(result)].count(["REQUEST"]) == 1
    assert [region["value"]["choices"] for region in result if region.get("from_name") == "modality"] == [
        ["ASSERTED"]
    ]


def test_a_mark_tells_apart_what_reads_the_same() -> None:
    text = "NATO mạnh hơn, EU mạnh hơn."
    at_first = document(text=text, entities=EU, stances={"s": ("mạnh hơn", "FAVOR", "AUTHOR", "e2", "other")})
    (stance,) = at_first.stances
    at_second = msgspec.structs.replace(
        at_first, stances=(msgspec.structs.replace(stance, expression=place(text, "mạnh hơn", 1)),)
    )
    (mark,) = conflicts(merge({"first": at_first, "second": at_second}))
    assert mark.lines() == [
        "stance: expression",
        "first: AUTHOR → EU [other]: FAVOR, INDIRECT_SPEECH «mạnh hơn» (5–13, after “NATO”)",
        "second: AUTHOR → EU [other]: FAVOR, INDIRECT_SPEECH «mạnh hơn» (18–26, after “mạnh hơn, EU”)",
    ]


def test_an_argument_goes_to_both_candidates_so_that_deleting_one_leaves_it_right() -> None:
    merged = merge(
        {
            "first": document(entities=NATO | EU, events=CALL),
            "second": document(entities={"e1": ("NATO", "ORG_MIL")} | EU, events=CALL),
        }
    )
    assert [mark.kinds for mark in conflicts(merged)] == [("type",)]
    actors = [one for one in merged_result(merged, ONTOLOGY) if one.get("labels") == ["ACTOR"]]
    assert len(actors) == 2


def test_a_role_that_one_layer_leaves_open_is_marked_although_its_filler_is_in_doubt() -> None:
    """Both have somebody who calls, with other borders; only the first says that he does."""
    wide, narrow = {"e1": ("Tổng thư ký NATO", "ROLE")}, {"e1": ("Tổng thư ký", "ROLE")}
    call = {"v1": ("viện trợ", "AID", "ASSERTED", {"ACTOR": "e1"})}
    without = {"v1": ("viện trợ", "AID", "ASSERTED", {})}
    assert [
        mark[0] for mark in said({"entities": wide, "events": call}, {"entities": narrow, "events": without})
    ] == [
        "entity: boundary",
        "event: ACTOR",
    ]
    assert len(said({"entities": wide, "events": call}, {"entities": narrow, "events": call})) == 1


def test_a_stance_is_agreed_although_its_holder_has_other_borders() -> None:
    wide, narrow = {"e1": ("Tổng thư ký NATO", "ROLE")}, {"e1": ("Tổng thư ký", "ROLE")}
    stance = {"s1": ("ca ngợi", "FAVOR", ["e1"], None, "other")}
    merged = merge(
        {"first": document(entities=wide, stances=stance), "second": document(entities=narrow, stances=stance)}
    )
    assert [mark.kinds for mark in conflicts(merged)] == [("boundary",)]
    holders = [one for one in merged_result(merged, ONTOLOGY) if one.get("labels") == ["holder"]]
    assert len(holders) == 2


def test_a_relation_stays_whichever_candidate_is_kept_if_the_role_takes_it() -> None:
    """One layer's reading of the stance may be kept with the other layer's holder."""
    favour = {"s1": ("ca ngợi", "FAVOR", ["e1"], None, "other")}
    mixed = {"s1": ("ca ngợi", "MIXED", ["e1"], None, "other")}
    first = document(entities={"e1": ("Tổng thư ký NATO", "ROLE")}, stances=favour)
    second = document(entities={"e1": ("Tổng thư ký", "ROLE")}, stances=mixed)
    result = merged_result(merge({"first": first, "second": second}), ONTOLOGY)
    assert len([one for one in result if one.get("labels") == ["holder"]]) == 4
    third = document(entities={"e1": ("Tổng thư ký NATO", "DOC")})
    result = merged_result(merge({"first": first, "third": third}), ONTOLOGY)
    assert len([one for one in result if one.get("labels") == ["holder"]]) == 1


def test_stances_that_differ_are_candidates_side_by_side() -> None:
    one = {"s1": ("phản đối", "AGAINST", "AUTHOR", None, "other")}
    other = {"s1": ("phản đối", "MIXED", "IMPLICIT", None, "other")}
    (mark,) = said({"stances": one}, {"stances": other})
    assert mark[0] == "stance: polarity, holder"


def test_what_the_layers_note_stands_beside_the_text_and_does_not_push_it_down() -> None:
    config = ElementTree.fromstring(screen(Project(), stage="all", lang="vi", adjudicates=("first", "second")).config)
    beside = config.find(".//View[@className='vinese-side']")
    assert beside is not None
    assert [one.get("value") for one in config.iter() if one.get("value") == f"${DECIDE}"] == [f"${DECIDE}"]
    assert beside[-1].get("value") == f"${DECIDE}"


def test_a_place_comes_right_before_its_candidates() -> None:
    merged = merge(
        {"first": document(entities=EU | NATO), "second": document(entities=EU | {"e1": ("NATO", "ORG_MIL")})}
    )
    labels = [one["value"]["labels"][0] for one in merged_result(merged, ONTOLOGY) if one["type"] == "labels"]
    assert labels == ["?", "ORG_IGO", "ORG_MIL", "ORG_IGO"]


def test_judgements_that_differ_stay_open_and_stand_above_the_text() -> None:
    merged = merge(
        {"first": document(judged=("NEUTRAL", "FAVOR")), "second": document(judged=("NEUTRAL", "AGAINST"))}
    )
    chosen = {one["from_name"] for one in merged_result(merged, ONTOLOGY) if one["type"] == "choices"}
    assert chosen == {"outlet_stance"}
    assert summary(merged, "en").splitlines() == [
        "To decide: 1. Layers: first, second",
        "? overall_leaning: first FAVOR, second AGAINST",
    ]
    assert summary(merged, "vi").startswith("Cần quyết định: 1.")


def test_where_the_ontology_has_no_judgements_none_is_to_decide() -> None:
    merged = merge({"first": document(), "second": document()}, judged=())
    assert summary(merged, "en").splitlines() == ["To decide: 0. Layers: first, second"]
    assert to_decide(merged) == 0


def test_notes_of_the_annotators_stand_above_the_text_once() -> None:
    noted = document()
    provenance = msgspec.structs.replace(noted.provenance, notes=("Is `Ông` he?",))
    noted = msgspec.structs.replace(noted, provenance=provenance)
    assert summary(merge({"first": noted, "second": noted}), "en").splitlines()[1:] == [
        "first, second: «Is `Ông` he?»"
    ]


def decided(gold: Document, *layers_: Document) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    named = dict(zip(("first", "second", "third"), layers_, strict=False))
    return {(one.kind, one.role or one.id): (one.how, one.layers) for one in adjudication(gold, named).decisions}


def test_decisions_say_agreed_chosen_or_new() -> None:
    first = document(entities=NATO | EU, events=CALL, judged=("NEUTRAL", "FAVOR"))
    second = document(
        entities=NATO | {"e2": ("EU", "GPE")},
        events={"v1": ("kêu gọi", "REQUEST", "NEGATED", {"ACTOR": "e1"})},
        judged=("NEUTRAL", "AGAINST"),
    )
    gold = document(
        entities={**NATO, "x": ("EU", "GPE"), "new": ("Nga", "GPE")},
        events={"v": ("kêu gọi", "REQUEST", "ASSERTED", {"ACTOR": "e1", "RECIPIENT": "x"})},
        stances={"s": ("phản đối", "AGAINST", ["new"], None, "other")},
        judged=("NEUTRAL", "AGAINST"),
    )
    both = ("first", "second")
    assert decided(gold, first, second) == {
        ("entity", "e1"): ("agreed", both),
        ("entity", "x"): ("chosen", ("second",)),
        ("entity", "new"): ("new", ()),
        ("event", "v"): ("chosen", ("first",)),
        ("argument", "ACTOR"): ("agreed", both),
        ("argument", "RECIPIENT"): ("chosen", ("first",)),
        ("stance", "s"): ("new", ()),
        ("article_stance", "outlet_stance"): ("agreed", both),
        ("article_stance", "overall_leaning"): ("chosen", ("second",)),
    }


def test_of_three_layers_two_can_be_chosen() -> None:
    gold = document(entities=NATO)
    assert decided(gold, gold, gold, document())["entity", "e1"] == ("chosen", ("first", "second"))


def adjudicated_task(article: Article, said_: Any) -> list[Document | Issue]:
    raw = {
        "vinese": {"layer": "gold", "adjudication": said_},
        "data": {
            "text": article.text,
            "title": "",
            "article_id": article.id,
            "text_sha256": article.text_sha256,
        },
        "annotations": [{"completed_by": "adjudicator", "result": []}],
    }
    content_ = msgspec.json.encode(raw)
    return list(_reader(article).read(Item("/0", content_, raw)))


def test_decisions_on_what_is_not_in_the_document_are_left_out() -> None:
    made = document()
    article = _article("one", made.text, list(made.sentences), [])
    gone = msgspec.to_builtins(Decision(kind="entity", id="gone", how="new"))
    found = adjudicated_task(article, {"layers": ["first", "second"], "decisions": [gone]})
    (back,) = [one for one in found if isinstance(one, Document)]
    assert back.provenance.adjudication is not None
    assert back.provenance.adjudication.layers == ("first", "second")
    assert back.provenance.adjudication.decisions == ()


@pytest.mark.parametrize(
    ("said_", "place"),
    [
        ([], ""),
        ("agreed", ""),
        ({"layers": 2}, "/layers"),
        ({"decisions": [{"how": "guessed"}]}, ""),
        ({"layers": ["first", "first"]}, "/layers"),  # as records these can be read, and give documents that are none
        ({"layers": ["A name"]}, "/layers/0"),
        ({"layers": ["first"], "open": [{"start": -1, "end": 0, "text": ""}]}, "/open/0/end"),
    ],
)
def test_decisions_that_cannot_be_read_are_an_issue(said_: Any, place: str) -> None:
    made = document()
    article = _article("one", made.text, list(made.sentences), [])
    found = adjudicated_task(article, said_)
    wrong = [one for one in found if isinstance(one, Issue) and one.code == "adjudication-unreadable"]
    assert [one.pointer for one in wrong] == [f"/0/vinese/adjudication{place}"]
    (back,) = [one for one in found if isinstance(one, Document)]
    assert back.provenance.adjudication is None


def test_only_what_may_exclude_each_other_is_held_against_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    count, text = 200, "Nga, " * 200
    held: list[Any] = []
    exclude = merging._exclude
    monkeypatch.setattr(merging, "_exclude", lambda *pair: held.append(pair) or exclude(*pair))
    layers = {
        layer: document(entities={f"e{n}": ("Nga", label, n) for n in range(count)}, text=text)
        for layer, label in (("a", "GPE"), ("b", "ORG_GOV"))
    }
    assert [len(group) for group in merge(layers).groups] == [2] * count
    assert len(held) == count
