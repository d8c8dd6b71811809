"""Make a project with two layers that were made independently, and gold that was decided from them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from sample_project import annotate, make_project
from vinese.corpus.articles import iter_articles
from vinese.formats.labelstudio.write import document_to_task
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Adjudication, Decision, Document

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.core.project import Project


def make(folder: Path) -> Project:
    """Return a project with two layers that differ in every third entity, called independent."""
    project = make_project(folder, "first")
    write(project, "second", [fewer(annotate(article)) for article in iter_articles(project.articles, [])])
    layers = {"layers": {}, "independent": ["first", "second"]}
    project.own("annotations", "layers.json").write_text(json.dumps(layers), encoding="utf-8")
    return project


def fewer(document: Document) -> Document:
    linked = {argument.entity for event in document.events for argument in event.arguments}
    kept = [one for number, one in enumerate(document.entities) if number % 3 or one.id in linked]
    return msgspec.structs.replace(document, entities=tuple(kept))


def write(project: Project, layer: str, documents: list[Document]) -> None:
    tasks = [document_to_task(document, load_ontology()) for document in documents]
    (project.exports / f"{layer}.json").write_bytes(msgspec.json.encode(tasks))


def add_gold(project: Project) -> None:
    """Add a gold layer whose first two entities of each article were chosen and new, and all else agreed."""
    documents = []
    for article in iter_articles(project.articles, []):
        document = annotate(article)
        hows = (("chosen", ("first",)), ("new", ()))
        decisions = tuple(
            Decision(kind="entity", id=one.id, how=how, layers=layers)  # type: ignore[arg-type]
            for one, (how, layers) in zip(document.entities, hows, strict=False)
        )
        agreed = tuple(
            Decision(kind="entity", id=one.id, how="agreed", layers=("first", "second"))
            for one in document.entities[2:]
        )
        made = Adjudication(layers=("first", "second"), decisions=(*decisions, *agreed))
        provenance = msgspec.structs.replace(document.provenance, layer="gold", adjudication=made)
        documents.append(msgspec.structs.replace(document, provenance=provenance))
    write(project, "gold", documents)
