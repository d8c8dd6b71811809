"""The label configuration is one that Label Studio takes, and whose results hold the ontology's ids."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import msgspec
import pytest

from vinese.core.project import packaged
from vinese.generate.label_config import STAGES, controls, render
from vinese.model.conventions import Conventions
from vinese.model.ontology import ids
from vinese.model.ontology_file import load_ontology
from vinese.model.ontology_rules import RESERVED_KEYS

ONTOLOGY = load_ontology()
EVERY = [(lang, stage) for lang in ("en", "vi") for stage in STAGES]
GROUPS = {"entity": ids(ONTOLOGY.entities), "event": ids(ONTOLOGY.events), "stance": ("STANCE",)}
REGION_CHOICES = {
    "modality": ids(ONTOLOGY.modalities),
    "polarity": ids(ONTOLOGY.stance.polarities),
    "attribution": ids(ONTOLOGY.stance.attributions),
    "holder_kind": ids(ONTOLOGY.stance.holder_kinds),
    "topic": ids(ONTOLOGY.stance.topics),
}
JUDGEMENTS = ids(ONTOLOGY.article_stance.judgements)
TITLES = {
    "en": {"modality": "Modality of the event”", "polarity": "Polarity”", "topic": "Topic”"},
    "vi": {"modality": "Tình thái của sự kiện”", "polarity": "Chiều quan điểm”", "topic": "Chủ đề”"},
}
# Parts of what a refusal says about a choice above, beside and below the text.
ABOVE = {"en": ("One event", "tab Info", "row under the labels"), "vi": ("Một sự kiện", "thẻ Info", "hàng dưới")}
BESIDE = {"en": ("One ", "tab Info", "column beside the text"), "vi": ("Một ", "thẻ Info", "cột bên cạnh bài")}
BELOW = {"en": ("below the end of the text", "“The whole article: "), "vi": ("dưới cuối bài", "“Cả bài: ")}
EXPECTED = {
    "entities": {"entity", "note"},
    "events": {"entity", "event", "modality", "note"},
    "stance": {*GROUPS, *REGION_CHOICES, *JUDGEMENTS, "note"},
    "all": {*GROUPS, *REGION_CHOICES, *JUDGEMENTS, "note"},
}


def parse(lang, stage):
    return ET.fromstring(render(ONTOLOGY, lang=lang, stage=stage))


def named(root):
    return {element.get("name"): element for element in root.iter() if element.get("name") and element.get("toName")}


@pytest.mark.parametrize(("lang", "stage"), EVERY)
def test_each_stage_has_its_controls_and_they_hold_the_ids(lang, stage):
    shown = named(parse(lang, stage))
    assert set(shown) == EXPECTED[stage]
    for name, values in (
        GROUPS | REGION_CHOICES | dict.fromkeys(JUDGEMENTS, ("FAVOR", "AGAINST", "NEUTRAL"))
    ).items():
        if name in shown:
            assert tuple(child.get("value") for child in shown[name]) == values
    assert all(control.get("toName") == "text" for control in shown.values())
    assert not [element for element in parse(lang, stage).iter() if element.get("alias")]


@pytest.mark.parametrize(("lang", "stage"), EVERY)
def test_what_controls_offer_is_what_the_configuration_has(lang, stage):
    root = parse(lang, stage)
    shown = named(root) | {"relation": root.find("Relations")}
    offered = {name: {child.get("value") for child in control} for name, control in shown.items()}
    assert controls(ONTOLOGY, stage) == offered


@pytest.mark.parametrize(("lang", "stage"), EVERY)
def test_names_and_definitions_are_shown_in_the_annotators_language(lang, stage):
    entities = named(parse(lang, stage))["entity"]
    for label in ONTOLOGY.entities:
        shown = next(child for child in entities if child.get("value") == label.id)
        assert shown.get("html") == getattr(label.name, lang)
        assert shown.get("hint").startswith(f"{label.id}: ")
        assert "`" not in shown.get("hint")


@pytest.mark.parametrize(("lang", "stage"), EVERY)
def test_every_label_has_a_key_of_its_own(lang, stage):
    keys = [element.get("hotkey") for element in parse(lang, stage).iter() if element.tag in ("Label", "Choice")]
    assert all(keys)
    assert len(keys) == len(set(keys))
    assert not RESERVED_KEYS & set(keys)


@pytest.mark.parametrize("stage", STAGES)
def test_needed_choices_are_required_on_their_own_regions_alone(stage):
    root = parse("vi", stage)
    shown = named(root)
    for name in set(REGION_CHOICES) & set(shown):
        choices = shown[name]
        assert choices.get("perRegion") == "true"
        assert choices.get("visibleWhen") == "region-selected"
        assert choices.get("whenTagName") == ("event" if name == "modality" else "stance")
        assert choices.get("required") == "true"
    for name in set(JUDGEMENTS) & set(shown):
        assert shown[name].get("required") == "true"
        assert shown[name].get("perRegion") is None
    around = [view for view in root.iter("View") if view.get("visibleWhen")]
    assert not [view for view in around if list(view.iter("Choices"))]


@pytest.mark.parametrize(
    ("conventions", "required"), [(Conventions(topic_required=True), "true"), (Conventions(), None), (None, None)]
)
def test_a_topic_is_asked_for_where_the_conventions_ask(conventions, required):
    ontology = msgspec.structs.replace(ONTOLOGY, conventions=conventions)
    topic = named(ET.fromstring(render(ontology, stage="stance")))["topic"]
    assert topic.get("required") == required


@pytest.mark.parametrize(("lang", "stage"), EVERY)
def test_a_refusal_says_what_is_missing_and_where_to_see_and_choose_it(lang, stage):
    for name, control in named(parse(lang, stage)).items():
        if control.get("required") != "true":
            continue
        said = control.get("requiredMessage")
        assert f"“{TITLES[lang].get(name, '')}" in said
        places = BELOW if name in JUDGEMENTS else ABOVE if stage == "events" else BESIDE
        assert all(place in said for place in places[lang]), said


@pytest.mark.parametrize("stage", STAGES)
def test_relations_are_those_of_the_stage(stage):
    values = [relation.get("value") for relation in parse("vi", stage).iter("Relation")]
    roles = list(ids(ONTOLOGY.roles))
    assert (
        values
        == {
            "entities": ["refers_to"],
            "events": [*roles, "refers_to"],
            "stance": [*roles, "holder", "target", "source", "refers_to"],
            "all": [*roles, "holder", "target", "source", "refers_to"],
        }[stage]
    )


@pytest.mark.parametrize("stage", STAGES)
def test_text_is_marked_by_whole_syllables(stage):
    text = parse("vi", stage).find(".//Text")
    assert text.attrib == {
        "name": "text",
        "value": "$text",
        "granularity": "word",
        "showLabels": "true",
        "saveTextResult": "yes",
    }
    assert parse("vi", stage).find("Header").get("value") == "$title"


def test_the_committed_configuration_is_the_whole_in_vietnamese():
    committed = packaged("annotations", "label_config.xml").read_text(encoding="utf-8")
    assert committed == render(ONTOLOGY, lang="vi", stage="all")


@pytest.mark.extra("label_studio_sdk")
@pytest.mark.parametrize(("lang", "stage"), EVERY)
def test_label_studio_takes_it_and_knows_its_labels(lang, stage):
    from label_studio_sdk.label_interface import LabelInterface

    interface = LabelInterface(render(ONTOLOGY, lang=lang, stage=stage))
    interface.validate()
    span = {"start": 0, "end": 4, "text": "NATO"}
    result = [_result("a", "entity", "labels", span | {"labels": ["ORG_IGO"]})]
    if stage in ("all", "stance"):
        result += [
            _result("b", "stance", "labels", span | {"labels": ["STANCE"]}),
            _result("b", "polarity", "choices", span | {"choices": ["FAVOR"]}),
            {"type": "relation", "from_id": "b", "to_id": "a", "direction": "right", "labels": ["target"]},
        ]
    assert interface.validate_prediction({"result": result}, return_errors=True) == []
    unknown = [_result("a", "entity", "labels", span | {"labels": ["Người"]})]
    assert interface.validate_prediction({"result": unknown}, return_errors=True) != []


def _result(region, control, kind, value):
    return {"id": region, "from_name": control, "to_name": "text", "type": kind, "value": value}
