"""Make small projects in a folder: the five articles, and layers that mark a few things in each, by rule."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import msgspec

from support.documents import of_article
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio.write import document_to_task
from vinese.model.document import canonical
from vinese.model.ontology_file import load_ontology
from vinese.model.records import (
    Adjudication,
    Argument,
    Article,
    ArticleStance,
    Decision,
    Document,
    Entity,
    Event,
    Provenance,
    Sentence,
    Span,
    Stance,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.core.project import Project


TYPES = {"NATO": "ORG_IGO", "EU": "ORG_IGO", "Nga": "GPE", "Ukraine": "GPE"}


def make_project(folder: Path, layer: str = "trial", skip: int = 0) -> Project:
    """Return a project whose one layer annotates all but the first `skip` articles."""
    project = Project(folder)
    copy_corpus(Project(), project)
    add_layer(project, layer, skip)
    return project


def copy_corpus(source: Project, project: Project) -> None:
    """Copy articles and what is kept beside them, but no layer."""
    for name in ("articles", "words"):
        shutil.copytree(source.own("annotations", name), project.own("annotations", name))
    for name in ("splits.json", "leakage.json"):
        shutil.copy(source.own("annotations", name), project.own("annotations", name))


def add_layer(project: Project, layer: str, skip: int = 0) -> None:
    """Write an export of the project's articles but the first `skip`."""
    documents = [annotate(article) for article in Articles(project.articles)][skip:]
    tasks = [document_to_task(document, load_ontology(project)) for document in documents]
    project.exports.mkdir(parents=True, exist_ok=True)
    (project.exports / f"{layer}.json").write_bytes(msgspec.json.encode(tasks))


def annotate(article: Article) -> Document:
    """Return the article with known names marked, an event and a stance where a sentence starts with two of them."""
    entities: list[Entity] = []
    events: list[Event] = []
    stances: list[Stance] = []
    for sentence in article.sentences:
        found = list(_names(article.text, sentence, len(entities)))
        entities += found
        if len(found) > 1:
            number = len(events)
            trigger = _word(article.text, found)
            if trigger is None:
                continue
            arguments = (Argument(role="ACTOR", entity=found[0].id), Argument(role="RECIPIENT", entity=found[1].id))
            events.append(
                Event(id=f"v{number}", type="SUPPORT", modality="ASSERTED", trigger=trigger, arguments=arguments)
            )
            stances.append(
                Stance(
                    id=f"s{number}",
                    polarity="FAVOR",
                    attribution="NARRATION",
                    expression=trigger,
                    holder_kind="ENTITY",
                    holders=(found[0].id,),
                    target=Target(mention=found[1].id, topic="other"),
                )
            )
    document = of_article(
        article,
        entities=tuple(entities),
        events=tuple(events),
        stances=tuple(stances),
        article_stance=ArticleStance(
            topic="european_defence_cooperation", outlet_stance="NEUTRAL", overall_leaning="FAVOR"
        ),
        provenance=Provenance(
            layer="trial", annotator="a1", tool="label-studio", annotated_at="2026-01-01T00:00:00Z"
        ),
    )
    return canonical(document, load_ontology())


def _names(text: str, sentence: Sentence, first: int) -> Iterator[Entity]:
    """Yield the known names of a sentence that stand as words of their own."""
    from vinese.text.tokens import syllables

    number = first
    for start, end in syllables(text, sentence.start, sentence.end):
        if text[start:end] in TYPES:
            yield Entity(id=f"e{number}", start=start, end=end, text=text[start:end], type=TYPES[text[start:end]])
            number += 1


def _word(text: str, found: list[Entity]) -> Span | None:
    """Return the first word between the first two names, None if they touch."""
    from vinese.text.tokens import syllables

    for start, end in syllables(text, found[0].end, found[1].start):
        if text[start:end].isalpha():
            return Span(start=start, end=end, text=text[start:end])
    return None


def make_independent(folder: Path) -> Project:
    """Return a project with two layers that differ in every third entity, called independent."""
    project = make_project(folder, "first")
    write_layer(project, "second", [fewer(annotate(article)) for article in Articles(project.articles)])
    layers = {"layers": {}, "independent": ["first", "second"]}
    project.own("annotations", "layers.json").write_text(json.dumps(layers), encoding="utf-8")
    return project


def fewer(document: Document) -> Document:
    linked = {argument.entity for event in document.events for argument in event.arguments}
    kept = [one for number, one in enumerate(document.entities) if number % 3 or one.id in linked]
    return msgspec.structs.replace(document, entities=tuple(kept))


def write_layer(project: Project, layer: str, documents: list[Document]) -> None:
    tasks = [document_to_task(document, load_ontology()) for document in documents]
    (project.exports / f"{layer}.json").write_bytes(msgspec.json.encode(tasks))


def add_gold(project: Project) -> None:
    """Add a gold layer whose first two entities of each article were chosen and new, and all else agreed."""
    documents = []
    for article in Articles(project.articles):
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
    write_layer(project, "gold", documents)
