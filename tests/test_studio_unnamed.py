"""A relation that can have one name only needs none on the screen: pull names it, and no other."""

from __future__ import annotations

import json
from itertools import product

import pytest

from support.fake_studio import annotate, codes, fetch, send
from vinese.formats.labelstudio.unnamed import name_relations
from vinese.model.links import rules_of
from vinese.model.ontology_file import load_ontology

ONTOLOGY = load_ontology()
RULES = rules_of(ONTOLOGY)
ENDS = [
    *(("entity", label.id) for label in ONTOLOGY.entities),
    ("event", ONTOLOGY.events[0].id),
    ("stance", ONTOLOGY.stance.expression.id),
]


def region(name, kind, label, start=0, end=2):
    value = {"start": start, "end": end, "labels": [label]}
    return {"id": name, "type": "labels", "from_name": kind, "to_name": "text", "value": value}


def relation(start, end, *labels, direction="right"):
    named = {"labels": list(labels)} if labels else {}
    return {"type": "relation", "from_id": start, "to_id": end, "direction": direction, **named}


def only(*numbers):
    """Return two ends between which so many labels may stand, and these labels."""
    for start, end in product(ENDS, ENDS):
        able = [rule for rule in RULES.links.values() if rule.starts_at(*start) and rule.takes(*end)]
        if len(able) in numbers:
            return start, end, able
    pytest.fail("the ontology has no such ends")


def named(*result):
    return name_relations(list(result), RULES)


def test_a_relation_gets_the_only_name_that_its_ends_allow():
    start, end, (rule,) = only(1)
    for direction, ends in (("right", ("a", "b")), ("left", ("b", "a"))):
        unnamed = relation(*ends, direction=direction)
        assert named(region("a", *start), region("b", *end), unnamed) == {rule.label: 1}
        assert unnamed["labels"] == [rule.label]


def test_every_relation_that_gets_a_name_could_have_no_other():
    for start, end in product(ENDS, ENDS):
        unnamed = relation("a", "b")
        named(region("a", *start), region("b", *end), unnamed)
        able = [rule.label for rule in RULES.links.values() if rule.starts_at(*start) and rule.takes(*end)]
        assert unnamed.get("labels") == (able if len(able) == 1 else None)


def test_a_relation_that_leaves_a_choice_stays_unnamed():
    start, end, _ = only(2, 3, 4, 5, 6)
    assert not named(region("a", *start), region("b", *end), relation("a", "b"))


def test_what_cannot_be_told_stays_unnamed():
    start, end, (rule,) = only(1)
    a, b = region("a", *start), region("b", *end)
    assert not named(a, relation("a", "b"))
    assert not named(a, b, relation("a", "b", direction="bi"))
    other = next(kind for kind in ENDS if kind[0] != end[0])
    assert not named(a, b, region("b", *other), relation("a", "b"))
    kept = relation("a", "b", rule.label)
    assert not named(a, b, kept)
    assert kept["labels"] == [rule.label]


def test_a_stance_gets_no_second_target():
    single = next(rule for rule in RULES.links.values() if not rule.many and rule.source == "stance" and rule.events)
    stance, event = ENDS[-1], ENDS[-2]
    result = [region("s", *stance), region("v", *event), region("w", *event)]
    assert named(*result, relation("s", "v"), relation("s", "w")) == {single.label: 1}


@pytest.mark.extra("label_studio_sdk")
def test_pull_names_relations_tells_how_many_and_changes_no_byte_the_second_time(fake, corpus, folder):
    start, end, (rule,) = only(1)
    send(fake, corpus, folder)
    annotation = annotate(fake, 0)
    annotation["result"] = [region("a", *start), region("b", *end, 3, 5), relation("a", "b")]
    issues = []
    assert fetch(fake, corpus, folder, issues).written
    assert codes(issues) == ["relation-named"]
    assert f"1 ({rule.label} 1)" in issues[0].message
    (task,) = json.loads((corpus.exports / "trial.json").read_bytes())
    assert task["annotations"][0]["result"][2]["labels"] == [rule.label]
    assert not fetch(fake, corpus, folder).written
