"""The articles that systems predict, with gold, and which of them a system may learn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from vinese.core.errors import UsageError
from vinese.corpus.splits import load_splits
from vinese.model.ontology import Ontology
from vinese.model.records import Document
from vinese.score.options import Options
from vinese.score.read import Source
from vinese.score.records import NoScoreError
from vinese.score.scorer import read_gold
from vinese.score.submission import as_document, with_words
from vinese.text.sentences import sentences


class Corpus(NamedTuple):
    """The documents of gold in the order of their ids, the fold of each, and the ontology."""

    ontology: Ontology
    documents: tuple[Document, ...]
    folds: Mapping[str, int]

    def others(self, article_id: str) -> list[Document]:
        """Return the documents of other folds: what may be learned from before this article is predicted."""
        return [document for document in self.documents if self.folds[document.id] != self.folds[article_id]]


def read_corpus(gold: Source | None, chosen: Options) -> Corpus:
    """Return gold, as for `vinese.score`: None is the project's gold layer, or its only one.

    An article that the project does not know is a fold of its own. Raise `NoScoreError` for gold with errors, and
    `UsageError` for gold without texts.
    """
    reader, side = read_gold(gold, chosen)
    texts = reader.texts
    errors = tuple(issue for issue in side.issues if issue.level == "error")
    if errors:
        raise NoScoreError(errors)
    ids = sorted(side.annotations)
    unknown = [key for key in ids if key not in texts]
    if unknown:
        raise UsageError(f"The text of {unknown[0]} is not known.", "Give documents, or the texts: --articles PATH.")
    documents = [with_words(as_document(side.annotations[key], texts[key])) for key in ids]
    places = load_splits(chosen.project, ids)
    last = max((place.fold for place in places.values()), default=-1)
    own = {key: last + number for number, key in enumerate(ids, 1) if key not in places}
    folds = {key: own[key] if key in own else places[key].fold for key in ids}
    return Corpus(chosen.ontology, tuple(map(_with_sentences, documents)), folds)


def _with_sentences(document: Document) -> Document:
    return document if document.sentences else msgspec.structs.replace(document, sentences=sentences(document.text))
