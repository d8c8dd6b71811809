"""What is drawn between two regions comes back whole, however many roles one has in the other."""

from __future__ import annotations

import msgspec
import pytest

from support.road import errors
from vinese.formats.labelstudio.write import document_to_task
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Argument, ArticleStance, Document, Entity, Event, Provenance, Span
from vinese.studio.adjudicate import adjudicate

pytestmark = [pytest.mark.studio, pytest.mark.browser]

ONTOLOGY = load_ontology()
ENTITY = next(label for label in ONTOLOGY.entities if label.id == "GPE")
EVENT = ONTOLOGY.events[0]
MODALITY, OTHER_MODALITY = ONTOLOGY.modalities[:2]
ROLES = [role.id for role in ONTOLOGY.roles if ENTITY.id in role.fillers][:2]


def arguments(document):
    return {(one.role, one.entity) for event in document.events for one in event.arguments}


def choose(annotator, label, where):
    annotator.choose(label.hotkey.title(), label.id, where)


def test_two_roles_of_one_region_are_drawn_as_one_relation_and_stay_when_another_is_changed(annotator, road):
    germany, support = road.place(ENTITY.id, "Đức"), road.place(EVENT.id, "ủng hộ")
    project = road.out("events")
    annotator.open_stream(project)
    annotator.mark(ENTITY.hotkey, *germany)
    annotator.mark(EVENT.hotkey, *support)
    annotator.select(*support)
    choose(annotator, MODALITY, ".vinese-row")
    annotator.let_go()
    annotator.link(support, germany, *ROLES)
    annotator.save()
    document, issues, regions = road.back()
    assert errors(issues) == []
    assert arguments(document) == {(role, document.entities[0].id) for role in ROLES}
    assert [one["labels"] for one in regions if one["type"] == "relation"] == [ROLES]

    annotator.open_task(project, road.task(project).id)
    annotator.select(*support)
    choose(annotator, OTHER_MODALITY, ".vinese-row")
    annotator.let_go()
    annotator.save()
    document, issues, _ = road.back()
    assert errors(issues) == []
    assert document.events[0].modality == OTHER_MODALITY.id
    assert arguments(document) == {(role, document.entities[0].id) for role in ROLES}


def test_a_relation_is_saved_with_the_next_mark_and_by_ctrl_enter(annotator, road):
    """The guidelines name both, for Label Studio saves no draft when nothing but a relation changes."""
    nato, germany, support = (
        road.place("ORG_IGO", "NATO"),
        road.place(ENTITY.id, "Đức"),
        road.place(EVENT.id, "ủng hộ"),
    )
    project = road.out("events")
    annotator.open_task(project, road.task(project).id)
    annotator.mark(ENTITY.hotkey, *germany)
    annotator.mark(EVENT.hotkey, *support)
    annotator.select(*support)
    choose(annotator, MODALITY, ".vinese-row")
    with annotator.sent("drafts"):
        annotator.let_go()
    annotator.link(support, germany, ROLES[0])
    with annotator.sent("drafts"):
        annotator.mark("o", *nato)
    annotator.open_task(project, road.task(project).id)
    annotator.wait_for_arcs(ROLES[0])

    annotator.link(support, nato, ROLES[0])
    with annotator.sent("annotations"):
        annotator.page.keyboard.press("Control+Enter")
    annotator.open_task(project, road.task(project).id)
    annotator.wait_for_arcs(ROLES[0], ROLES[0])
    document, issues, _ = road.back()
    assert errors(issues) == []
    assert len(arguments(document)) == 2


def layer_file(road, name, *roles):
    """Write the export of a layer in which the country has these roles in the event."""
    _, start, end = road.place(ENTITY.id, "Đức")
    country = Entity(id="country", start=start, end=end, text="Đức", type=ENTITY.id)
    _, start, end = road.place(EVENT.id, "ủng hộ")
    event = Event(
        id="event",
        type=EVENT.id,
        modality=MODALITY.id,
        trigger=Span(start, end, "ủng hộ"),
        arguments=tuple(Argument(role=role, entity="country") for role in roles),
    )
    stance = ONTOLOGY.article_stance
    document = Document(
        id=road.article.id,
        text=road.text,
        text_sha256=road.article.text_sha256,
        zones=(),
        sentences=(),
        entities=(country,),
        events=(event,),
        stances=(),
        article_stance=ArticleStance(topic=stance.topic, outlet_stance="NEUTRAL", overall_leaning="NEUTRAL"),
        provenance=Provenance(layer=name, annotator=name, tool="test"),
    )
    path = road.project.exports / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.encode([document_to_task(document, ONTOLOGY)]))
    return path


def test_two_roles_that_were_suggested_stay_when_something_else_is_changed(annotator, road):
    project = road.out(suggest=layer_file(road, "earlier", *ROLES))
    event = road.place(EVENT.id, "ủng hộ")
    annotator.open_task(project, road.task(project).id)
    annotator.select(*event)
    choose(annotator, OTHER_MODALITY, ".vinese-side")
    annotator.let_go()
    annotator.save()
    document, issues, _ = road.back()
    assert errors(issues) == []
    assert document.events[0].modality == OTHER_MODALITY.id
    assert {role for role, _ in arguments(document)} == set(ROLES)


def test_label_all_tasks_begins_with_what_was_suggested(annotator, road):
    project = road.out(suggest=layer_file(road, "earlier", *ROLES))
    annotator.open_stream(project)
    annotator.page.locator(".htx-highlight").nth(1).wait_for()
    annotator.select(*road.place(EVENT.id, "ủng hộ"))
    choose(annotator, OTHER_MODALITY, ".vinese-side")
    annotator.let_go()
    annotator.save()
    document, issues, _ = road.back()
    assert errors(issues) == []
    assert {role for role, _ in arguments(document)} == set(ROLES)


def test_a_role_in_dispute_is_decided_and_the_one_that_is_not_stays(annotator, road):
    layer_file(road, "first", *ROLES)
    layer_file(road, "second", ROLES[0])
    into = adjudicate(("first", "second"), road.layer, project=road.project, folder=road.server.folder)
    assert into.issues == ()
    event = road.place(EVENT.id, "ủng hộ")
    annotator.open_stream(into.project)
    annotator.region("?", *event[1:]).click(position={"x": 2, "y": 2})
    annotator.page.locator(".htx-highlight.__active[data-label$=':?']").wait_for()
    annotator.page.keyboard.press("Backspace")
    annotator.region("?", *event[1:]).wait_for(state="detached")
    annotator.save()
    document, issues, regions = road.back()
    assert errors(issues) == []
    assert {role for role, _ in arguments(document)} == set(ROLES)
    assert [one["labels"] for one in regions if one["type"] == "relation"] == [ROLES]
