"""A document written as a Label Studio export and read back is the same document."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings

from support.strategies import ONTOLOGY, articles_with_documents, documents
from vinese.checks.document import check_document
from vinese.core.issues import Issue
from vinese.core.schemas import validator
from vinese.corpus.layers import Annotator, Layer, Layers
from vinese.formats.format import Item
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.labelstudio.write import document_to_result, document_to_task
from vinese.generate.labels import labels_of
from vinese.model.document import canonical
from vinese.model.records import Article, Document

FEWER = settings(max_examples=80)


def reader_of(article: Article, document: Document) -> TaskReader:
    made = document.provenance
    kind = made.annotator_kind
    annotators = {made.annotator: Annotator(kind=kind)} if kind else {}
    layers = Layers(layers={made.layer: Layer(annotators=annotators)})
    return TaskReader(ontology=ONTOLOGY, layer=made.layer, layers=layers, find_article={article.id: article}.get)


@FEWER
@given(articles_with_documents())
def test_document_export_document_is_the_identity(both: tuple[Article, Document]) -> None:
    article, document = both
    raw = msgspec.json.encode(document_to_task(document, ONTOLOGY, title="Tin"))
    read = list(reader_of(article, document).read(Item("/0", raw, msgspec.json.decode(raw))))
    assert [found for found in read if isinstance(found, Issue) and found.level == "error"] == []
    assert [found for found in read if isinstance(found, Document)] == [document]


@FEWER
@given(articles_with_documents())
def test_the_order_of_the_regions_does_not_matter(both: tuple[Article, Document]) -> None:
    article, document = both
    task = document_to_task(document, ONTOLOGY)
    task["annotations"][0]["result"].reverse()
    raw = msgspec.json.encode(task)
    read = list(reader_of(article, document).read(Item("/0", raw, msgspec.json.decode(raw))))
    assert [found for found in read if isinstance(found, Document)] == [document]


@FEWER
@given(documents())
def test_drawn_documents_are_sound_and_follow_the_schema(document: Document) -> None:
    assert [found for found in check_document(document, ONTOLOGY) if found.level == "error"] == []
    value = msgspec.json.decode(msgspec.json.encode(document))
    assert validator("document").problems(value) == []
    assert msgspec.json.decode(msgspec.json.encode(document), type=Document) == document
    assert canonical(document, ONTOLOGY) == document


@FEWER
@given(documents())
def test_two_regions_have_one_relation_whatever_roles_they_have(document: Document) -> None:
    """Label Studio drops a second one when it saves."""
    result = document_to_result(document, ONTOLOGY)
    ends = [(one["from_id"], one["to_id"]) for one in result if one["type"] == "relation"]
    assert len(ends) == len(set(ends))
    assert sum(len(one["labels"]) for one in result if one["type"] == "relation") == len(list(document.links()))


@FEWER
@given(documents())
def test_every_result_follows_the_export_schema(document: Document) -> None:
    task = msgspec.json.decode(msgspec.json.encode(document_to_task(document, ONTOLOGY)))
    assert validator("export-task", labels_of(ONTOLOGY)).problems(task) == []
    assert document_to_result(document, ONTOLOGY) == task["annotations"][0]["result"]
