"""List what a system missed and what it made up, article by article, paired as a reader would pair it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from vinese.compare.disagreements import disagreements
from vinese.compare.records import Disagreement
from vinese.model.records import Document
from vinese.score.options import options
from vinese.score.read import Source
from vinese.score.records import NoScoreError
from vinese.score.scorer import read_sides
from vinese.score.submission import with_words

GOLD, SYSTEM = "gold", "system"


class ArticleErrors(NamedTuple):
    """One article's gold and predictions, and where they part; of each error `a` is gold's side, `b` the system's."""

    gold: Document
    predicted: Document
    errors: tuple[Disagreement, ...]


def errors(gold: Source | None, predictions: Source, **settings: Any) -> Iterator[ArticleErrors]:
    """Yield every article with its errors; arguments are those of `vinese.score`.

    Mentions of auxiliary types are not scored, and not listed unless something that is scored hangs on them. Raise
    `NoScoreError` where an error forbids scoring.
    """
    chosen = options(**settings)
    (aligned,) = read_sides(gold, {SYSTEM: predictions}, chosen)
    if not aligned.scorable:
        raise NoScoreError(aligned.issues)
    for mine, theirs in zip(aligned.gold, aligned.predicted, strict=True):
        sides = with_words(mine.document), with_words(theirs.document)
        listed = disagreements((GOLD, sides[0]), (SYSTEM, sides[1]))
        auxiliary = mine.scheme.auxiliary
        yield ArticleErrors(
            *sides, tuple(disagreement for disagreement in listed if of_scored_types(disagreement, sides, auxiliary))
        )


def kind(error: Disagreement) -> str:
    """Return what kind of error it is: `missed`, `false alarm`, or in what the two sides differ."""
    if "missing" in error.kinds:
        return "missed" if error.b is None else "false alarm"
    return ", ".join(error.kinds)


def of_scored_types(error: Disagreement, sides: tuple[Document, Document], auxiliary: frozenset[str]) -> bool:
    """Return whether an error is about what is scored: no mention of an auxiliary type alone, and no reference."""
    if error.unit != "entity":
        return True
    if error.kinds == ("refers_to",):
        return False
    types = []
    for side, document in zip((error.a, error.b), sides, strict=True):
        if side is not None:
            types += [entity.type for entity in document.entities if entity.id == side.id]
    return not set(types) <= auxiliary
