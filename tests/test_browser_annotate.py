"""What an annotator does on the screen is what the document says: offsets after an emoji, ids, relations, choices."""

from __future__ import annotations

import re

import pytest

from support.browser import TEXT
from support.road import errors

pytestmark = [pytest.mark.studio, pytest.mark.browser]

SIDE, ROW, ARTICLE = ".vinese-side", ".vinese-row", ".vinese-article"


def spans(document):
    return {(entity.type, entity.start, entity.end): entity.id for entity in document.entities}


def judge(annotator):
    annotator.choose("Shift+D", "NEUTRAL", ARTICLE)
    annotator.page.keyboard.press("Shift+G")
    annotator.page.locator(f"{ARTICLE} input[name=FAVOR]:checked").wait_for()


def mark(annotator, key, place):
    annotator.mark(key, *place)


def test_what_is_done_on_the_screen_is_in_the_document(annotator, road):
    project = road.out()
    annotator.open_stream(project)
    nato, request = road.place("ORG_IGO", "NATO"), road.place("REQUEST", "kêu gọi")
    eu, germany = road.place("ORG_IGO", "EU", "ủng hộ"), road.place("GPE", "Đức")
    stance = road.place("STANCE", "ủng hộ")
    for key, place in (("o", nato), ("8", request), ("o", eu), ("g", germany), ("s", stance)):
        mark(annotator, key, place)
    annotator.select(*request)
    annotator.choose("Shift+H", "HISTORICAL")
    annotator.let_go()
    annotator.link(request, nato, "ACTOR")
    annotator.link(stance, germany, "holder")
    annotator.link(stance, eu, "target")
    judge(annotator)

    assert "Một cụm quan điểm còn thiếu “Chiều quan điểm”." in annotator.refused()
    assert road.task(project).total_annotations == 0
    # Label Studio has selected the region that lacks it.
    annotator.choose("Shift+V", "FAVOR")
    annotator.choose("Shift+R", "REPORTED")
    annotator.choose("Shift+E", "ENTITY")
    annotator.let_go()
    said = annotator.refused()
    assert "thiếu “Chủ đề”" in said
    assert "thẻ Info ghi từ ngữ" in said
    assert "ủng hộ" in annotator.info().splitlines()
    assert road.task(project).total_annotations == 0
    annotator.choose("Shift+8", "european_security")
    annotator.let_go()
    annotator.save()

    document, issues, regions = road.back()
    assert errors(issues) == []
    ids = {
        (one["value"]["labels"][0], one["value"]["start"], one["value"]["end"]): one["id"]
        for one in regions
        if one["type"] == "labels"
    }
    assert set(ids) == {nato, request, eu, germany, stance}
    assert spans(document) == {place: ids[place] for place in (nato, eu, germany)}
    assert {document.text[entity.start : entity.end] for entity in document.entities} == {"NATO", "EU", "Đức"}
    (event,) = document.events
    assert (event.id, event.type, event.modality) == (ids[request], "REQUEST", "HISTORICAL")
    assert (event.trigger.start, event.trigger.end, event.trigger.text) == (*request[1:], "kêu gọi")
    assert [(argument.role, argument.entity) for argument in event.arguments] == [("ACTOR", ids[nato])]
    (opinion,) = document.stances
    assert (opinion.id, opinion.polarity, opinion.attribution) == (ids[stance], "FAVOR", "REPORTED")
    assert (opinion.expression.start, opinion.expression.end, opinion.expression.text) == (*stance[1:], "ủng hộ")
    assert (opinion.holder_kind, opinion.holders, opinion.target.mention) == ("ENTITY", (ids[germany],), ids[eu])
    assert opinion.target.topic == "european_security"
    judged = document.article_stance
    assert (judged.outlet_stance, judged.overall_leaning) == ("NEUTRAL", "FAVOR")


def test_each_stage_shows_and_keeps_the_earlier_work(annotator, road):
    nato, request = road.place("ORG_IGO", "NATO"), road.place("REQUEST", "kêu gọi")
    stance = road.place("STANCE", "ủng hộ")
    project = road.out("entities")
    annotator.open_stream(project)
    assert annotator.page.locator(".vinese-labels .lsf-labels").count() == 1
    mark(annotator, "o", nato)
    annotator.save()

    road.out("events")
    annotator.open_task(project, road.task(project).id)
    annotator.region(*nato).wait_for()
    mark(annotator, "8", request)
    said = annotator.refused()
    assert "Một sự kiện còn thiếu “Tình thái của sự kiện”." in said
    assert "hàng dưới các nhãn" in said
    assert "kêu gọi" in annotator.info().splitlines()
    annotator.choose("Shift+A", "ASSERTED", ROW)
    annotator.let_go()
    annotator.link(request, nato, "ACTOR")
    annotator.save()

    road.out("stance")
    annotator.open_task(project, road.task(project).id)
    annotator.region(*nato).wait_for()
    annotator.region(*request).wait_for()
    mark(annotator, "s", stance)
    annotator.select(*stance)
    annotator.choose("Shift+V", "FAVOR")
    annotator.choose("Shift+L", "NARRATION")
    annotator.choose("Shift+T", "AUTHOR")
    annotator.choose("Shift+8", "european_security")
    annotator.let_go()
    judge(annotator)
    annotator.save()

    document, issues, _ = road.back()
    assert errors(issues) == []
    assert set(spans(document)) == {nato}
    (event,) = document.events
    assert (event.modality, event.arguments[0].entity) == ("ASSERTED", document.entities[0].id)
    (opinion,) = document.stances
    assert (opinion.polarity, opinion.holder_kind, opinion.target.topic) == ("FAVOR", "AUTHOR", "european_security")


def test_a_missing_judgement_is_where_the_refusal_says(annotator, road):
    annotator.open_stream(road.out("stance", lang="en"))
    assert annotator.page.locator(TEXT).inner_text().startswith("Tin nóng")
    said = annotator.refused()
    heading = re.search("under “([^”]+)”", said)[1]
    assert "“The outlet's stance” is not chosen" in said
    assert annotator.page.locator(ARTICLE).get_by_text(heading, exact=True).is_visible()


def test_the_key_of_a_hidden_choice_costs_no_region(annotator, road):
    nato = road.place("ORG_IGO", "NATO")
    number = road.out()
    annotator.open_stream(number)
    mark(annotator, "o", nato)
    annotator.select(*nato)
    for key in ("Shift+A", "Shift+V"):
        annotator.page.keyboard.press(key)
    annotator.let_go()
    judge(annotator)
    annotator.save()

    document, issues, regions = road.back()
    assert [one["from_name"] for one in regions if one.get("id") == document.entities[0].id] == ["entity", "modality"]
    assert [found.code for found in issues if found.level == "error"] == ["choice-misplaced"]
    assert set(spans(document)) == {nato}

    # What the issue says to do takes it off.
    annotator.open_task(number, road.task(number).id)
    annotator.select(*nato)
    annotator.page.keyboard.press("Shift+A")
    annotator.let_go()
    annotator.save()
    _, issues, regions = road.back(accept=True)
    assert errors(issues) == []
    assert "modality" not in [one["from_name"] for one in regions if "from_name" in one]


def test_backspace_deletes_the_selected_region_and_undo_brings_it_back(annotator, road):
    """The guidelines warn of it: Vietnamese typing sends Backspace."""
    nato = road.place("ORG_IGO", "NATO")
    annotator.open_stream(road.out("entities"))
    mark(annotator, "o", nato)
    annotator.select(*nato)
    annotator.page.keyboard.press("Backspace")
    annotator.region(*nato).wait_for(state="detached")
    annotator.page.keyboard.press("Control+z")
    annotator.region(*nato).wait_for()
    annotator.save()
    assert set(spans(road.back()[0])) == {nato}


def test_a_region_with_labels_of_two_kinds_is_one_issue_and_mended_as_it_says(annotator, road):
    """Two keys before a drag, or one Esc forgotten after it, give a region both labels."""
    nato = road.place("ORG_IGO", "NATO")
    project = road.out("events")
    annotator.open_stream(project)
    for key in ("o", "8"):
        annotator.page.keyboard.press(key)
    annotator.page.locator(".vinese-labels .lsf-label_selected").nth(1).wait_for()
    annotator.drag(*nato[1:])
    annotator.page.locator(".htx-highlight").first.wait_for()
    annotator.let_go()
    annotator.page.locator(".lsf-outliner-item").first.click()
    annotator.choose("Shift+A", "ASSERTED", ROW)
    annotator.let_go()
    annotator.save()
    document, issues, regions = road.back()
    labels = [one["value"]["labels"] for one in regions if one["type"] == "labels"]
    assert sorted(labels) == [["ORG_IGO"], ["REQUEST"]]
    assert (document.entities, document.events) == ((), ())
    ((code, message),) = errors(issues)
    assert code == "region-two-kinds"
    assert all(part in message for part in ("NATO", "ORG_IGO", "REQUEST"))
    (issue,) = [found for found in issues if found.code == code]
    assert "NATO kêu gọi EU hợp tác." in issue.where

    annotator.open_task(project, road.task(project).id)
    annotator.page.locator(".lsf-outliner-item").first.click()
    annotator.page.locator(".vinese-labels .lsf-label_selected").nth(1).wait_for()
    annotator.page.keyboard.press("Shift+A")
    annotator.page.locator(f"{ROW} input[name=ASSERTED]:not(:checked)").wait_for()
    annotator.page.keyboard.press("8")
    annotator.page.locator(".vinese-labels .lsf-label_selected").nth(1).wait_for(state="detached")
    annotator.let_go()
    annotator.save()
    # A label and a modality went, of three things: a pull asks whether that is meant.
    document, issues, _ = road.back(accept=True)
    assert errors(issues) == []
    assert set(spans(document)) == {nato}


def test_the_rules_of_a_stage_open_in_its_instructions(annotator, road):
    annotator.page.goto(f"{annotator.url}/projects/{road.out('events', lang='en')}/data?labeling=1")
    pages = annotator.page.locator("details")
    pages.first.wait_for()
    assert pages.locator("summary").all_inner_texts() == ["1. Article text", "4. Events and arguments"]
    rules = pages.nth(1).get_by_role("heading", name="Modality", exact=True)
    assert not rules.is_visible()
    pages.nth(1).locator("summary").click()
    rules.wait_for()
    assert not pages.nth(0).locator("p").first.is_visible()
