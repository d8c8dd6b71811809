"""What an annotator does on the screen is what the document says: offsets after an emoji, ids, relations, choices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from vinese.core.issues import Issue
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.read import read_export
from vinese.formats.validate import validate_file
from vinese.ingest.run import ingest_files
from vinese.studio.pull import pull
from vinese.studio.push import push

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.studio, pytest.mark.browser]

PAGE = "Tin nóng 😀🇻🇳 từ Brussels\nTổng thư ký NATO kêu gọi EU hợp tác. Đức ủng hộ EU.\n"
ZONES = "file\tline\tzone\ntin.txt\t1\ttitle\ntin.txt\t2\tbody\n"
SIDE, ROW, ARTICLE = ".vinese-side", ".vinese-row", ".vinese-article"


@pytest.fixture
def small(tmp_path: Path) -> Project:
    """Return a project with one small article, an emoji of one code point and a flag of two in its title."""
    project = Project(tmp_path / "small")
    (tmp_path / "small" / "annotations").mkdir(parents=True)
    page, zones = tmp_path / "tin.txt", tmp_path / "zones.tsv"
    page.write_text(PAGE, encoding="utf-8")
    zones.write_text(ZONES, encoding="utf-8")
    (outcome,) = ingest_files([page], project, zones=zones)
    assert outcome.issues == ()
    return project


class Road:
    """Take one article out to the annotator and back."""

    def __init__(self, server, project: Project, layer: str) -> None:
        self.server, self.project, self.layer = server, project, layer
        article = Articles(project.articles).find("tin")
        assert article is not None
        self.text = article.text

    def out(self, stage: str = "all") -> int:
        pushed = push(self.layer, project=self.project, folder=self.server.folder, stage=stage)
        assert pushed.issues == ()
        return pushed.project

    def task(self, number: int):
        client = self.server.client(self.server.admin)
        try:
            (task,) = client.tasks.list(project=number, fields="all")
        finally:
            client._client_wrapper.httpx_client.httpx_client.close()
        return task

    def back(self):
        """Pull; return the document, the issues, and the raw regions as the export has them."""
        assert pull(self.layer, project=self.project, folder=self.server.folder).issues == ()
        path = self.project.exports / f"{self.layer}.json"
        found = list(validate_file(path, self.project))
        (document,) = [one for one in read_export(path, self.project) if not isinstance(one, Issue)]
        (task,) = json.loads(path.read_bytes())
        return document, found, task["annotations"][0]["result"]

    def place(self, label: str, words: str, after: str = "") -> tuple[str, int, int]:
        start = self.text.index(words, self.text.index(after))
        return label, start, start + len(words)


@pytest.fixture
def road(studio_server, small, layer) -> Road:
    return Road(studio_server, small, layer)


def errors(issues):
    return [(found.code, found.message) for found in issues if found.level == "error"]


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

    assert "Chiều quan điểm" in annotator.refused()
    assert road.task(project).total_annotations == 0
    # Label Studio has selected the region that lacks it.
    annotator.choose("Shift+V", "FAVOR")
    annotator.choose("Shift+R", "REPORTED")
    annotator.choose("Shift+E", "ENTITY")
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
    assert "Tình thái" in annotator.refused()
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


def test_the_key_of_a_hidden_choice_costs_no_region(annotator, road):
    nato = road.place("ORG_IGO", "NATO")
    annotator.open_stream(road.out())
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
