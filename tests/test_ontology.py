"""The ontology is the one source of every label: whole, unambiguous, and true to the articles."""

from __future__ import annotations

import json
import math
from itertools import combinations

import jsonschema
import jsonschema_rs
import msgspec
import pytest

from vinese.errors import FileProblemError
from vinese.generate.rules import hotkeys, problems
from vinese.ontology import load_ontology
from vinese.resources import Project, packaged

ONTOLOGY = load_ontology()
LABELS = [
    (name, label)
    for name, labels in ONTOLOGY.lists().items()
    if name not in ("role", "article_stance_topic")  # `relation` has the roles, `topic` the topic
    for label in labels
]
NAMES = [f"{name}-{label.id}" for name, label in LABELS]


def read(*parts):
    return json.loads(packaged("schema", *parts).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["ontology", "checks"])
def test_file_follows_its_schema_by_both_engines(name):
    schema, instance = read(f"{name}.schema.json"), read(f"{name}.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(instance))
    assert jsonschema_rs.validator_for(schema).is_valid(instance)


@pytest.mark.parametrize("name", ["ontology", "checks"])
def test_schema_describes_every_property(name):
    def undescribed(node, place):
        if isinstance(node, dict):
            for key, value in node.get("properties", {}).items():
                if isinstance(value, dict) and "description" not in value:
                    yield f"{place}/{key}"
            for key, value in node.items():
                yield from undescribed(value, f"{place}/{key}")

    assert list(undescribed(read(f"{name}.schema.json"), "")) == []


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (("entities", 0, "colour"), "#ffffff"),
        (("entities", 0, "color"), "red"),
        (("entities", 0, "id"), "PER\n"),
        (("entities", 0, "mappings", "conll"), "PER"),
        (("entities", 0, "fillers"), ["PER"]),
        (("roles", 0, "name"), {"en": "Actor"}),
        (("stance", "polarities", 0, "hotkey"), "ctrl+z"),
        (("events", 0, "mappings"), {}),
        (("version",), "1"),
    ],
)
def test_schema_is_strict(pointer, value):
    schema, instance = read("ontology.schema.json"), read("ontology.json")
    node = instance
    for step in pointer[:-1]:
        node = node[step]
    node[pointer[-1]] = value
    assert not jsonschema.Draft202012Validator(schema).is_valid(instance)
    assert not jsonschema_rs.validator_for(schema).is_valid(instance)


def test_nothing_contradicts_itself():
    assert problems(ONTOLOGY) == []


def test_rules_name_each_contradiction():
    raw = read("ontology.json")
    raw["entities"][1]["id"] = "PER"
    raw["events"][1]["name"]["vi"] = raw["events"][0]["name"]["vi"]
    raw["modalities"][0]["hotkey"] = "u"
    raw["modalities"][1]["hotkey"] = None
    raw["modalities"][2]["hotkey"] = raw["stance"]["polarities"][0]["hotkey"]
    raw["article_stance"]["topic"] = "weather"
    raw["article_stance"]["judgements"][0]["hotkeys"]["MAYBE"] = "shift+z"
    found = "\n".join(problems(msgspec.convert(raw, type(ONTOLOGY))))
    for expected in (
        "entity_type has the id PER twice",
        "event_type has the name 'Cam kết, thỏa thuận' (vi) twice",
        "modality ASSERTED has the hotkey u, which is Label Studio's own",
        "modality HISTORICAL has no hotkey",
        "the hotkey shift+v stands for modality FUTURE and polarity FAVOR",
        "ACTOR.fillers names ROLE, which is no label",
        "article_stance.topic names weather, which is no label",
        "outlet_stance.hotkeys names MAYBE, which is no label",
    ):
        assert expected in found


def test_every_key_is_set_and_unique():
    keys = [key for _, key in hotkeys(ONTOLOGY)]
    assert all(keys)
    assert len(keys) == len(set(keys)) == 63


@pytest.mark.parametrize(("name", "label"), LABELS, ids=NAMES)
def test_label_is_worded_in_both_languages(name, label):
    for wording in (label.name, label.definition):
        assert wording.en.strip() == wording.en
        assert wording.vi.strip() == wording.vi
        assert label.id not in (wording.en, wording.vi)
    assert label.definition.en != label.definition.vi
    assert label.definition.en.endswith(".")
    assert label.definition.vi.endswith(".")


@pytest.mark.parametrize(
    ("label"),
    [label for _, label in LABELS if label.example],
    ids=[n for n, (_, x) in zip(NAMES, LABELS, strict=True) if x.example],
)
def test_example_stands_in_its_article(label):
    article = json.loads((Project().articles / f"{label.example.article}.json").read_text(encoding="utf-8"))
    assert label.example.context in article["text"]
    assert label.example.text in label.example.context


def test_labels_without_an_example_are_those_that_the_articles_lack():
    assert [f"{name} {label.id}" for name, label in LABELS if label.example is None] == [
        "entity_type WPN",
        *(f"event_type {one}" for one in ("CONCEDE", "RETREAT", "ACCUSE", "REJECT", "THREATEN", "PROTEST", "COERCE")),
        "event_type ASSAULT",
        "modality FUTURE",
        "modality NEGATED",
        "polarity MIXED",
        "attribution NARRATION",
        "holder_kind AUTHOR",
        "topic other",
        "article_stance_judgement outlet_stance",
        "article_stance_judgement overall_leaning",
        *(f"article_stance_value {one}" for one in ("FAVOR", "AGAINST", "NEUTRAL")),
    ]


def test_mappings_are_whole():
    assert all(set(label.mappings) == {"vlsp2018", "vlsp2021", "ontonotes"} for label in ONTOLOGY.entities)
    assert all(set(label.mappings) == {"plover", "quad", "ace"} for label in ONTOLOGY.events)
    assert all(label.coarse == label.mappings["vlsp2018"] for label in ONTOLOGY.entities)
    assert [label.id for label in ONTOLOGY.entities if label.auxiliary] == ["NOM"]


def linear(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def oklab(red, green, blue):
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def without_green_cones(red, green, blue):
    """Simulate deuteranopia in linear RGB, after Machado, Oliveira and Fernandes (2009)."""
    rows = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    return [min(1.0, max(0.0, row[0] * red + row[1] * green + row[2] * blue)) for row in rows]


@pytest.mark.parametrize("group", ["entities", "events"])
@pytest.mark.parametrize("seen", [lambda *rgb: rgb, without_green_cones], ids=["all cones", "deuteranopia"])
def test_colours_of_a_group_can_be_told_apart(group, seen):
    colors = {label.id: oklab(*seen(*linear(label.color))) for label in getattr(ONTOLOGY, group)}
    close = [(a, b) for a, b in combinations(colors, 2) if math.dist(colors[a], colors[b]) < 0.07]
    assert close == []


def test_black_text_is_readable_on_every_colour():
    weights = (0.2126, 0.7152, 0.0722)
    for label in (*ONTOLOGY.entities, *ONTOLOGY.events, ONTOLOGY.stance.expression):
        luminance = sum(weight * part for weight, part in zip(weights, linear(label.color), strict=True))
        assert (luminance + 0.05) / 0.05 >= 4.5, label.id  # the contrast that WCAG 2 asks of text


def test_a_file_that_is_no_ontology_is_a_named_error(tmp_path):
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "ontology.json").write_text('{"version": 1}', encoding="utf-8")
    with pytest.raises(FileProblemError, match="is not an ontology"):
        load_ontology(Project(tmp_path))
