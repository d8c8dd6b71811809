"""The ontology is the one source of every label: whole, unambiguous, and true to the articles."""

from __future__ import annotations

import json
import math
from itertools import combinations
from typing import get_args

import jsonschema
import jsonschema_rs
import msgspec
import pytest

from vinese.cli import run
from vinese.core.errors import FileProblemError
from vinese.core.project import Project, packaged
from vinese.generate import tables
from vinese.model.ontology_file import FIXED, breaches, load_ontology
from vinese.model.ontology_rules import RESERVED_KEYS, hotkeys, problems
from vinese.model.records import JUDGEMENTS, RELATIONS, ArticleStance, HolderKind

ONTOLOGY = load_ontology()
LABELS = [
    (name, label)
    for name, labels in ONTOLOGY.lists().items()
    if name not in ("role", "article_stance_topic")  # `relation` has the roles, `topic` the topic
    for label in labels
]
NAMES = [f"{name}-{label.id}" for name, label in LABELS]
FIRST = {name: getattr(ONTOLOGY, name)[0].id for name in ("entities", "roles")}
# What is free where the first entity type has no key.
FREE = sorted(
    set("abcdefghijklmnopqrstuvwxyz0123456789")
    - {key for pointer, _, key in hotkeys(ONTOLOGY) if pointer != "/entities/0/hotkey"}
    - RESERVED_KEYS
)


def read(*parts):
    return json.loads(packaged("schema", *parts).read_text(encoding="utf-8"))


def changed(pointer, value, raw=None):
    """Return vinese's ontology, or `raw`, with `value` at `pointer`."""
    raw = raw or read("ontology.json")
    node = raw
    for step in pointer[:-1]:
        node = node[step]
    node[pointer[-1]] = value
    return raw


def own(folder, raw):
    """Return a project whose ontology is `raw`."""
    path = folder / "schema" / "ontology.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return Project(folder)


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
        (("events", 0, "mappings", "quad"), "war"),
        (("version",), "1"),
    ],
)
def test_schema_is_strict(pointer, value):
    schema, instance = read("ontology.schema.json"), changed(pointer, value)
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


@pytest.mark.parametrize(
    ("pointer", "value", "says"),
    [
        (("version",), "", '/version: "" is not three numbers such as 1.0.0'),
        (("language",), "English", '/language: "English" is not'),
        (("entities", 0, "id"), 'xe cộ"<', '/entities/0/id: "xe cộ\\"<" is not an id: a letter'),
        (("entities", 0, "id"), "PER\n", r'/entities/0/id: "PER\n" is not an id'),
        (("entities", 0, "color"), "javascript", '/entities/0/color: "javascript" is not a colour such as #ffcc00'),
        (("entities", 0, "colour"), "#ffcc00", "/entities/0/colour: there is no such key"),
        (("entities", 0, "coarse"), "GPE", '/entities/0/coarse: "GPE" is none of PER, ORG, LOC, MISC, null'),
        (("entities", 0, "auxiliary"), "no", '/entities/0/auxiliary: "no" is not boolean'),
        (("events", 0, "name"), {"en": "x"}, '/events/0/name: "vi" is missing'),
        (("events", 0, "name", "vi"), "a\nb", r'/events/0/name/vi: "a\nb" is not text on one line'),
        (("events", 0, "definition", "en"), "a\u2028b", "/events/0/definition/en: "),
        (("events", 0, "definition", "en"), " a", '/events/0/definition/en: " a" is not text on one line'),
        (("events", 0, "example", "context"), "a\rb", r'/events/0/example/context: "a\rb" is not text on one line'),
        (("events", 0, "mappings", "ace"), "a\nb", r'/events/0/mappings/ace: "a\nb" is not text on one line'),
        (("events", 0, "hotkey"), "ctrl+z", '/events/0/hotkey: "ctrl+z" is not a key: one of a-z and 0-9, or shift+'),
        (("roles", 0, "fillers", 0), "a b", '/roles/0/fillers/0: "a b" is not an id'),
        (("stance", "topics"), [], "/stance/topics: [] holds nothing, and needs at least one label"),
        (("stance", "holder_kinds", 1, "id"), "OUTLET", '"OUTLET" is none of ENTITY, AUTHOR, IMPLICIT'),
        (("article_stance", "judgements", 0, "id"), "tone", '"tone" is none of outlet_stance, overall_leaning'),
        (("article_stance", "judgements", 0, "hotkeys", "FAVOR"), "f1", '/FAVOR: "f1" is not a key'),
    ],
)
def test_what_breaks_the_schema_is_refused_with_pointer_value_and_what_is_allowed(tmp_path, pointer, value, says):
    raw = changed(pointer, value)
    assert any(says in found for found in breaches(raw)), breaches(raw)
    assert not jsonschema.Draft202012Validator(read("ontology.schema.json")).is_valid(raw)
    with pytest.raises(FileProblemError) as caught:
        load_ontology(own(tmp_path, raw))
    assert says in str(caught.value)
    assert f"{tmp_path / 'schema' / 'ontology.json'} is not an ontology:" in str(caught.value)


def test_a_long_list_of_breaches_is_cut_and_counted(tmp_path):
    raw = read("ontology.json")
    for label in raw["entities"]:
        label["color"] = "red"
    more = len(raw["entities"]) - 10
    assert more > 0
    with pytest.raises(FileProblemError, match=rf"/entities/9/color.*\n  and {more} more\n"):
        load_ontology(own(tmp_path, raw))


def test_a_label_of_one_s_own_needs_no_counterparts_elsewhere(tmp_path):
    raw = read("ontology.json")
    raw["entities"][0]["mappings"] = {}
    raw["entities"][1]["mappings"] = {"ontonotes": None}
    raw["events"][0]["mappings"] = {}
    del raw["projections"]
    ontology = load_ontology(own(tmp_path, raw))
    assert ontology.entities[0].mappings == {}
    assert "| – | – | – |" in tables.render(ontology, "en")


def test_ids_that_the_code_needs_are_the_same_everywhere():
    kinds, judgements = FIXED["stance", "holder_kinds"], FIXED["article_stance", "judgements"]
    assert get_args(HolderKind) == kinds
    assert judgements == JUDGEMENTS
    assert set(ArticleStance.__struct_fields__) == {"topic", *judgements}
    definitions = read("ontology.schema.json")["$defs"]
    for name, ids in (("holder_kind", kinds), ("judgement", judgements)):
        assert tuple(definitions[name]["properties"]["id"]["enum"]) == ids
    assert tuple(one.id for one in ONTOLOGY.relations) == RELATIONS


@pytest.mark.parametrize(
    ("pointer", "value", "says"),
    [
        (("stance", "polarities", 0, "id"), "NONE", "/stance/polarities/0/id: NONE is the label of a pair without"),
        (("stance", "topics", 8, "id"), "AUTHOR", "/stance/topics/8/id: AUTHOR is a holder that is no mention"),
        (("relations", 1, "many"), True, "/relations/1/many: a stance has one target at most"),
        (
            ("relations", 0, "source"),
            "entity",
            "/relations/0/source: holder starts from entity; the code needs stance",
        ),
        (("relations", 0, "sources"), ["PER"], "/relations/0/sources: holder starts from no entity"),
        (("relations", 0, "events"), True, "/relations/0/events: holder leads to entities alone"),
        (
            ("entities", 0, "hotkey"),
            None,
            f"/entities/0/hotkey: entity_type {FIRST['entities']} has no hotkey; free are {', '.join(FREE)}",
        ),
        (
            ("events", 0, "hotkey"),
            ONTOLOGY.entities[0].hotkey,
            f"the hotkey {ONTOLOGY.entities[0].hotkey} stands for entity_type {FIRST['entities']} and event_type",
        ),
        (
            ("roles", 0, "fillers"),
            ["MAN"],
            f"{FIRST['roles']}.fillers names MAN, which is no label; there are {FIRST['entities']},",
        ),
        (("roles", 1, "id"), "holder", "/relations/0/id: relation has the id holder twice"),
    ],
)
def test_what_contradicts_itself_is_refused_when_it_is_read(tmp_path, pointer, value, says):
    with pytest.raises(FileProblemError) as caught:
        load_ontology(own(tmp_path, changed(pointer, value)))
    assert "ontology.json contradicts itself:\n" in str(caught.value)
    assert says in str(caught.value)


def test_an_ontology_of_auxiliaries_alone_is_refused(tmp_path):
    raw = read("ontology.json")
    for label in raw["entities"]:
        label["auxiliary"] = True
    with pytest.raises(FileProblemError, match="/entities: every type is auxiliary"):
        load_ontology(own(tmp_path, raw))


@pytest.mark.parametrize(
    "words",
    [
        ["schema"], ["check", "schema"], ["update", "schema"], ["validate", "layer.json"],
        ["convert", "layer.json"], ["agree", "layer.json", "other.json"], ["build"], ["check", "checksums"],
        ["update", "card"],
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize(
    "wrong",
    [
        (("entities", 0, "color"), "javascript", '/entities/0/color: "javascript" is not a colour'),
        (("article_stance", "topic"), "weather", "/article_stance: article_stance.topic names weather"),
    ],
    ids=["schema", "rules"],
)
def test_every_verb_refuses_an_unsound_ontology_alike(tmp_path, monkeypatch, capsys, words, wrong):
    pointer, value, says = wrong
    project = own(tmp_path, changed(pointer, value))
    project.exports.mkdir(parents=True)
    for path in (tmp_path / "layer.json", tmp_path / "other.json", project.exports / "layer.json"):
        path.write_text('[{"id": 1, "data": {}, "annotations": []}]', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert run([*words, "--project", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert "this should not have happened" not in said.err
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_every_key_is_set_and_unique():
    keys = [key for _, _, key in hotkeys(ONTOLOGY)]
    assert all(keys)
    assert len(keys) == len(set(keys))


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
def test_example_is_marked_in_its_sentence_and_stands_in_no_article(label):
    assert label.example.text in label.example.context
    for path in Project().articles.glob("*.json"):
        article = json.loads(path.read_text(encoding="utf-8"))
        assert " " not in label.example.context.strip() or label.example.context not in article["text"]


def test_labels_without_an_example_are_about_a_whole_article():
    assert [f"{name} {label.id}" for name, label in LABELS if label.example is None] == [
        "article_stance_judgement outlet_stance",
        "article_stance_judgement overall_leaning",
        *(f"article_stance_value {one}" for one in ("FAVOR", "AGAINST", "NEUTRAL")),
    ]


def test_mappings_are_whole():
    assert all(set(label.mappings) == {"vlsp2018", "vlsp2021", "ontonotes"} for label in ONTOLOGY.entities)
    assert all(set(label.mappings) == {"plover", "quad", "ace"} for label in ONTOLOGY.events)
    assert all(label.coarse == label.mappings["vlsp2018"] for label in ONTOLOGY.entities)
    assert [label.id for label in ONTOLOGY.entities if label.auxiliary] == ["NOM"]


def test_every_event_and_modality_has_one_code_of_plover():
    codes = ONTOLOGY.projection("plover")
    assert list(codes) == [(event.id, modality.id) for event in ONTOLOGY.events for modality in ONTOLOGY.modalities]
    assert len(ONTOLOGY.projections["plover"]) == len(codes) == 80
    assert codes["AID", "ASSERTED"] == "AID"
    assert codes["AID", "FUTURE"] == "AGREE"
    assert codes["ASSAULT", "FUTURE"] == "THREATEN"
    assert codes["AID", "NEGATED"] is None
    assert ONTOLOGY.projection("cameo") == {}


def test_an_ontology_needs_no_projection(tmp_path):
    raw = read("ontology.json")
    del raw["projections"]
    assert load_ontology(own(tmp_path, raw)).projection("plover") == {}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows.pop(), "/projections/plover: plover has no row for ASSAULT NEGATED; add it, or take"),
        (lambda rows: rows.append(rows[0]), "/projections/plover/80: plover has AGREE ASSERTED twice"),
        (lambda rows: rows[3].update(event="WAR"), "plover/3/event: plover names WAR, which is no label"),
        (lambda rows: rows[3].update(code="WAR"), "plover/3/code: WAR is in no mapping of an event type"),
    ],
)
def test_a_projection_has_each_pair_once_and_known_codes(tmp_path, change, says):
    raw = read("ontology.json")
    change(raw["projections"]["plover"])
    with pytest.raises(FileProblemError) as caught:
        load_ontology(own(tmp_path, raw))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("pointer", "value", "says"),
    [
        (("open_end_of",), ["XYZ"], "/conventions/open_end_of: open_end_of names XYZ, which is no label"),
        (("no_role", 0, "event"), "WAR", "/conventions/no_role/0/event: no_role.event names WAR"),
        (("modalities", 0, "modalities"), ["EVER"], "modalities.modalities names EVER, which is no label"),
        (("stance_events", 3, "reversed_through"), "TOOL", "stance_events.reversed_through names TOOL"),
        (("stance_events", 0, "polarity"), "LIKE", "stance_events.polarity names LIKE, which is no label"),
    ],
)
def test_conventions_are_about_labels_that_there_are(tmp_path, pointer, value, says):
    with pytest.raises(FileProblemError) as caught:
        load_ontology(own(tmp_path, changed(("conventions", *pointer), value)))
    assert says in str(caught.value)


@pytest.mark.parametrize("verb", ["check", "update", "schema"])
def test_an_ontology_of_the_first_form_is_told_how_it_is_carried_over(tmp_path, monkeypatch, capsys, verb):
    raw = read("ontology.json")
    raw["events"][0]["example"]["article"] = "001"
    own(tmp_path, raw)
    monkeypatch.chdir(tmp_path)
    assert run([verb]) == 2
    said = capsys.readouterr().err
    assert "is an ontology of the first form" in said
    assert 'Take "article" out of every "example"' in said


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


@pytest.mark.parametrize(
    "content",
    [
        b'{"version": 1}', b"", b"[]", b"{", b"\xff\xfe{\x00", b"\xef\xbb\xbf{}",
        b"[" * 400 + b"]" * 400, b"[" * 100_000 + b"]" * 100_000,
    ],
    ids=["a key", "empty", "a list", "cut off", "UTF-16", "a mark", "deep", "deeper"],
)  # fmt: skip
def test_a_file_that_is_no_ontology_is_a_named_error(tmp_path, content):
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "ontology.json").write_bytes(content)
    with pytest.raises(FileProblemError, match="is not an ontology"):
        load_ontology(Project(tmp_path))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"relations": ()}, "/relations: holder is missing"),
        ({"relations": ({"id": "owner"},)}, "/relations/0: owner, a relation of your own, has to lead from entities"),
    ],
)
def test_relations_have_a_place_in_documents(change: dict[str, tuple[dict[str, str], ...]], says: str) -> None:
    first = ONTOLOGY.relations[0]
    relations = tuple(msgspec.structs.replace(first, **values) for values in change["relations"])
    found = problems(msgspec.structs.replace(ONTOLOGY, relations=relations))
    assert any(problem.startswith(says) for problem in found), found
