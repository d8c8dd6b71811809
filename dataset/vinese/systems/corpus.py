"""The articles that systems predict, with gold, and which of them a system may learn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vinese.core.errors import VineseError
from vinese.core.issues import split
from vinese.core.project import Project
from vinese.corpus.layers import choose_layer, layer_exports, load_layers
from vinese.corpus.splits import load_splits
from vinese.formats.read import read_export
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document


class Corpus(NamedTuple):
    """The documents of the gold layer in the order of their ids, their folds, and the ontology."""

    ontology: Ontology
    documents: tuple[Document, ...]
    folds: Mapping[str, int]

    def others(self, article_id: str) -> list[Document]:
        """Return the documents of other folds: what may be learned from before this article is predicted."""
        return [document for document in self.documents if self.folds[document.id] != self.folds[article_id]]


def read_corpus(project: Project) -> Corpus:
    """Return the articles of the project's gold layer, or of its only one.

    Raise `UsageError` if there is no such layer, and `VineseError` if it has errors.
    """
    layers = layer_exports(project)
    path = layers[choose_layer(layers, None, load_layers(project).default)]
    documents, issues = split(read_export(path, project))
    errors = [problem for problem in issues if problem.level == "error"]
    if errors:
        raise VineseError(
            f"{path} has {len(errors)} errors, the first: {errors[0].message}", f"Run: vinese validate {path}"
        )
    documents.sort(key=lambda document: document.id)
    places = load_splits(project, [document.id for document in documents])
    without = [document.id for document in documents if document.id not in places]
    if without:
        raise VineseError(f"{len(without)} articles have no fold, {without[0]} first.", "Run: vinese update splits")
    return Corpus(load_ontology(project), tuple(documents), {key: place.fold for key, place in places.items()})
