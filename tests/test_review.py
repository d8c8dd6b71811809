"""A person goes through the labels of a layer; what was reviewed is marked, and the card says so."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from support.one_article import make_project, task, write_layer
from support.projects import add_layer
from vinese.card.trust import review
from vinese.cli import run
from vinese.core.project import Project
from vinese.corpus.guidelines import pages, pages_digest
from vinese.formats.read import read_export
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document
from vinese.package.counts import LayerCounts
from vinese.studio.tasks import given

if TYPE_CHECKING:
    from pathlib import Path

    from support.fake_studio import FakeStudio
    from vinese.studio.folder import StudioFolder


def reviewed_task(**changes: Any) -> Any:
    """Return a task of a layer to whose annotator the work of another layer was suggested."""
    made = task()
    del made["vinese"]
    made["predictions"] = [{"id": 1, "model_version": "gold/annotator-3", "result": []}]
    return made | changes


def read(folder: Path, made: Any, kind: str = "person") -> Document:
    project = make_project(folder)
    layers = {"layers": {"gold": {"annotators": {"annotator-1": {"kind": kind}}}}}
    project.own("annotations", "layers.json").write_text(json.dumps(layers), encoding="utf-8")
    (found,) = (one for one in read_export(write_layer(project, made), project) if isinstance(one, Document))
    return found


def test_a_person_who_was_given_the_labels_of_a_layer_reviewed_them(tmp_path: Path) -> None:
    assert read(tmp_path, reviewed_task()).provenance.reviewed_by == "annotator-1"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "model"),
        ({"predictions": []}, "person"),
        ({"predictions": [{"id": 1, "model_version": "a-system", "result": []}]}, "person"),
        ({"vinese": {"adjudication": {"layers": ["first", "second"]}}}, "person"),
    ],
    ids=["a model", "nothing suggested", "a system's suggestions", "an adjudication"],
)
def test_all_else_is_no_review(tmp_path: Path, changes: dict[str, Any], kind: str) -> None:
    assert read(tmp_path, reviewed_task(**changes), kind).provenance.reviewed_by is None


def test_an_export_without_what_was_given_reads_as_before(tmp_path: Path) -> None:
    made = task()
    made["meta"] = {"tool": "Label Studio", "tool_version": "1.23.2"}
    provenance = read(tmp_path, made).provenance
    assert provenance.reviewed_by is None
    assert {provenance.ontology_version, provenance.stage, provenance.guidelines_sha256} == {None}


@pytest.mark.extra("label_studio_sdk")
def test_what_annotators_are_given_is_sent_kept_and_read(
    fake: FakeStudio, corpus: Project, folder: StudioFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    page = corpus.own("annotations", "guidelines", "1-text.en.md")
    page.parent.mkdir()
    page.write_text("Mark it.", encoding="utf-8")
    place = ["--project", str(corpus.root), "--data-dir", str(folder.path), "--url", fake.url]
    assert run(["studio", "push", "--layer", "trial", "--stage", "entities", *place]) == 0
    meta = {
        "ontology_version": load_ontology(corpus).version,
        "stage": "entities",
        "guidelines_sha256": pages_digest(pages(corpus)),
    }
    assert given(corpus, "entities") == meta
    meta["batch"] = fake.tasks[0]["meta"]["batch"]
    assert date.fromisoformat(meta["batch"])
    assert {json.dumps(one["meta"]) for one in fake.tasks} == {json.dumps(meta)}
    fake.tasks[0]["annotations"] = [
        {"id": 1, "unique_id": "u", "completed_by": 1, "created_at": "2026-01-01T00:00:00Z", "result": []}
    ]
    assert run(["studio", "pull", "--layer", "trial", *place]) == 0
    found = [one for one in read_export(corpus.exports / "trial.json", corpus) if isinstance(one, Document)]
    assert {name: getattr(found[0].provenance, name) for name in meta} == meta
    capsys.readouterr()


@pytest.mark.extra("label_studio_sdk")
def test_a_layer_is_suggested_by_its_name(fake: FakeStudio, corpus: Project, folder: StudioFolder) -> None:
    add_layer(corpus, "gold")
    place = ["--project", str(corpus.root), "--data-dir", str(folder.path), "--url", fake.url]
    assert run(["studio", "push", "--layer", "review", "--suggest", "gold", *place]) == 0
    assert len(fake.tasks) == 5
    for sent in fake.tasks:
        assert [one["model_version"] for one in sent["predictions"]] == ["export/a1"]
        assert sent["predictions"][0]["result"]


def counts(layer: str, kind: str | None, documents: int = 5, reviewed: int = 0) -> LayerCounts:
    return LayerCounts(layer=layer, documents=documents, reviewed=reviewed, annotators={f"{layer}-1": kind})


def test_the_card_says_what_a_person_reviewed() -> None:
    gold = counts("gold", "model")
    whole, part = counts("review", "person", reviewed=5), counts("review", "person", reviewed=2)
    assert review(whole, [gold, whole]) == (
        "A person went through what a language model had labelled, and accepted or changed every label, in all "
        "articles of this layer."
    )
    assert review(part, [gold, part]).startswith("In 2 of 5 articles a person went through what a language model had")
    assert review(part, [gold, part]).endswith("in 3 nobody did.")
    assert review(gold, [gold, whole]) == (
        "A language model made every label in this layer. No person has reviewed them."
    )
