"""Gold that is not all decided, or not all annotated twice, says so wherever it goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.fake_studio import annotate, codes
from support.projects import add_layer, make_independent, make_project
from vinese.compare.store import Decided
from vinese.core.issues import split
from vinese.formats.read import read_export
from vinese.formats.validate import validate_file
from vinese.generate.label_config import DECIDE
from vinese.release.build import build
from vinese.render.article import closing
from vinese.studio.adjudicate import adjudicate
from vinese.studio.pull import pull

if TYPE_CHECKING:
    from vinese.core.project import Project
    from vinese.model.records import Document

pytestmark = pytest.mark.extra("label_studio_sdk")


def begin(fake, project, folder):
    return adjudicate(("first", "second"), "gold", project=project, folder=folder, url=fake.url, lang="en")


def submit(fake, *, decided: bool):
    """Submit every task as it opens, or with its marks deleted and the article judged."""
    for number, task in enumerate(fake.tasks):
        merged = next(one["result"] for one in task["predictions"] if one["model_version"] == "merged")
        result = [region for region in merged if not decided or region.get("from_name") != DECIDE]
        annotate(fake, number)["result"] = json.loads(json.dumps(result))


def documents(project: Project) -> list[Document]:
    return split(read_export(project.exports / "gold.json", project))[0]


def fetch(fake, project, folder):
    return pull("gold", project=project, folder=folder, url=fake.url)


@pytest.fixture
def partly(tmp_path):
    """A project in which the second layer lacks the first two articles."""
    project = make_project(tmp_path / "project", "first")
    add_layer(project, "second", skip=2)
    return project


def test_marks_that_are_left_are_in_the_export_and_counted(fake, tmp_path, folder):
    project = make_independent(tmp_path / "project")
    begun = begin(fake, project, folder)
    submit(fake, decided=False)
    pulled = fetch(fake, project, folder)
    assert codes(pulled.issues) == ["adjudicate-open"] * 5
    assert not fetch(fake, project, folder).written
    gold = documents(project)
    marks = [mark for document in gold for mark in document.provenance.adjudication.open]
    assert len(marks) == begun.to_decide
    assert all(
        document.text[m.start : m.end] == m.text for document in gold for m in document.provenance.adjudication.open
    )
    assert {mark.about for mark in marks} == {"entity: missing"}

    issues = list(validate_file(project.exports / "gold.json", project))
    assert codes(issues) == ["adjudicate-open"] * 5
    first = gold[0].provenance.adjudication.open
    assert issues[0].message.startswith(
        f"Places that the adjudicator left undecided, their marks still there: {len(first)}"
    )
    assert f"'{first[0].text}' (entity: missing)" in issues[0].message
    assert ("undecided", f"'{first[0].text}' entity: missing") in list(closing(gold[0]))

    report = build(project, tmp_path / "built")
    assert codes(report.issues).count("adjudicate-open") == 5
    assert f"left {len(marks)} places undecided" in (tmp_path / "built" / "README.md").read_text()
    assert f"{len(marks)} places were left undecided" in (tmp_path / "built" / "docs" / "agreement.md").read_text()


def test_a_decided_layer_has_no_open_places(fake, tmp_path, folder):
    project = make_independent(tmp_path / "project")
    begin(fake, project, folder)
    submit(fake, decided=True)
    assert fetch(fake, project, folder).issues == ()
    assert "open" not in (project.exports / "gold.json").read_text()


def test_what_one_layer_alone_has_becomes_gold_and_is_marked(fake, partly, folder, tmp_path):
    begun = begin(fake, partly, folder)
    assert (begun.articles, begun.single, begun.to_decide) == (5, 2, 0)
    assert codes(begun.issues) == ["agree-article-missing"]
    assert "In first, but not in second: 2, " in begun.issues[0].message
    # What is to decide comes first, what one layer alone has last.
    assert [task["data"]["layers"] for task in fake.tasks] == ["first, second"] * 3 + ["first"] * 2
    again = begin(fake, partly, folder)
    assert (again.sent, again.there, again.mended) == (0, 5, 0)

    submit(fake, decided=True)
    word = fake.tasks[4]["data"]["text"].split()[0]
    value = {"start": 0, "end": len(word), "text": word, "labels": ["GPE"]}
    added = {"id": "new", "type": "labels", "from_name": "entity", "to_name": "text", "value": value}
    fake.tasks[4]["annotations"][0]["result"].append(added)
    assert fetch(fake, partly, folder).issues == ()
    hows = {
        document.id: {one.how for one in document.provenance.adjudication.decisions} for document in documents(partly)
    }
    alone = [task["data"]["article_id"] for task in fake.tasks[3:]]
    assert [hows.pop(name) for name in alone] == [{"single"}, {"single", "new"}]
    assert set(map(frozenset, hows.values())) == {frozenset({"agreed"})}

    counted = Decided()
    for document in documents(partly):
        counted.add(document)
    rate = counted.rate("gold")
    assert (rate.articles, rate.single, rate.open) == (5, 2, 0)
    every = rate.kinds[-1]
    assert (every.items, every.new) == (every.agreed + 1, 1)
    assert every.single > 0
    build(partly, tmp_path / "built")
    assert "2 of 5 articles are in one layer alone" in (tmp_path / "built" / "README.md").read_text()


def test_an_article_that_a_second_layer_has_since_is_told(fake, partly, folder):
    begin(fake, partly, folder)
    add_layer(partly, "second")
    begun = begin(fake, partly, folder)
    assert codes(begun.issues) == ["adjudicate-layer-changed"] * 2
    assert begun.mended == 0
    fake.tasks.pop()
    begun = begin(fake, partly, folder)
    assert (begun.sent, codes(begun.issues)) == (1, ["adjudicate-layer-changed"])


def test_a_layer_that_is_gone_from_the_task_is_no_single_one(fake, partly, folder):
    begin(fake, partly, folder)
    submit(fake, decided=True)
    fake.tasks[0]["predictions"] = [one for one in fake.tasks[0]["predictions"] if one["model_version"] != "second"]
    assert codes(fetch(fake, partly, folder).issues) == ["adjudicate-no-layers"]
