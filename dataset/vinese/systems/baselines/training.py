"""Gold as baselines learn from it: documents in the loader's form, in parts that are left out one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import msgspec

from vinese.core.errors import UsageError
from vinese.loader import outermost
from vinese.model.ontology import Ontology
from vinese.package.configs import scheme
from vinese.score.options import Options
from vinese.systems.corpus import read_corpus
from vinese.text.tokens import syllables

Row = dict[str, Any]
T = TypeVar("T")
S = TypeVar("S")
_MOST = 10
"""The most parts that articles are dealt into; with as many folds or fewer, each fold is a part."""
_HELD_OUT = 4
"""The most parts that are held out in turn when a setting is chosen."""


@dataclass(frozen=True, slots=True)
class Gold:
    """Gold documents in the order of their ids, the part of each, and what the ontology says of their labels."""

    documents: tuple[Row, ...]
    part: Mapping[str, int]
    ontology: Ontology
    scheme: Row
    seed: int = 0


def load_gold(gold: Any, chosen: Options, *, seed: int = 0) -> Gold:
    """Return gold with its parts: the project's folds, or ten groups of folds where there are more.

    An article that the project does not know is a fold of its own. Raise `NoScoreError` for gold with errors, and
    `UsageError` for gold without texts, or of one fold alone.
    """
    read = read_corpus(gold, chosen)
    folds = read.folds
    if len(set(folds.values())) < 2:
        raise UsageError(
            "All of gold is one fold, so there is nothing to learn from that it is not tested on.",
            "Give gold of two articles or more that do not repeat each other.",
        )
    rank = {fold: number for number, fold in enumerate(sorted(set(folds.values())))}
    part = {key: rank[fold] % _MOST for key, fold in folds.items()}
    documents = tuple(msgspec.to_builtins(document) for document in read.documents)
    return Gold(documents, part, chosen.ontology, scheme(chosen.project), seed)


@dataclass(frozen=True, slots=True)
class Training:
    """The documents that a system may learn from; what was learnt of the same ones before is remembered."""

    gold: Gold
    documents: tuple[Row, ...]
    memory: dict[Any, Any] = field(default_factory=dict)

    def without(self, part: int) -> Training:
        """Return the documents that are not of a part."""
        kept = tuple(document for document in self.documents if self.gold.part[document["id"]] != part)
        return Training(self.gold, kept, self.memory)

    def of(self, part: int) -> tuple[Row, ...]:
        """Return the documents of a part."""
        return tuple(document for document in self.documents if self.gold.part[document["id"]] == part)

    @property
    def parts(self) -> list[int]:
        """Return the parts that the documents are of."""
        return sorted({self.gold.part[document["id"]] for document in self.documents})

    def remember(self, name: Any, learn: Callable[[Training], T]) -> T:
        """Return what `learn` makes of these documents, made once for each name."""
        key = (name, *(document["id"] for document in self.documents))
        if key not in self.memory:
            self.memory[key] = learn(self)
        made: T = self.memory[key]
        return made


def tuned(
    training: Training,
    name: str,
    settings: Sequence[S],
    learn: Callable[[Training, S], T],
    count: Callable[[T, Row], tuple[int, int, int]],
) -> T:
    """Return what is learnt of all of `training` with the setting that is best inside it.

    Parts of `training` are held out in turn; the best setting has the highest F1 over them, and of equals it is the
    first. `count` returns true positives, predicted and gold of what was learnt on a document.
    """

    def chosen(within: Training) -> int:
        held_out = within.parts[:_HELD_OUT] if len(within.parts) > 1 else []
        totals = [[0, 0, 0] for _ in settings]
        for part in held_out:
            rest = within.without(part)
            for number, setting in enumerate(settings):
                learnt = rest.remember((name, number), partial(_with, learn, setting))
                for document in within.of(part):
                    totals[number] = [a + b for a, b in zip(totals[number], count(learnt, document), strict=True)]
        f1 = [2 * tp / (predicted + gold) if predicted + gold else 1.0 for tp, predicted, gold in totals]
        return f1.index(max(f1))

    best = training.remember((name, "best"), chosen)
    return training.remember((name, best), partial(_with, learn, settings[best]))


def _with(learn: Callable[[Training, S], T], setting: S, training: Training) -> T:
    return learn(training, setting)


def bare(document: Row) -> Row:
    """Return a document without its labels: all that a system is given of an article."""
    kept = {key: document[key] for key in ("id", "text", "sentences")}
    return {**kept, "entities": [], "events": [], "stances": [], "article_stance": None}


def sentence_tokens(document: Row) -> Iterator[list[Row]]:
    """Yield the syllable tokens of every sentence, with their places in the article."""
    text = document["text"]
    for sentence in document["sentences"]:
        places = syllables(text, sentence["start"], sentence["end"])
        yield [{"start": start, "end": end, "text": text[start:end]} for start, end in places]


def within(spans: Sequence[Row], tokens: Sequence[Row]) -> list[Row]:
    """Return the spans that stand in the stretch of these tokens."""
    if not tokens:
        return []
    start, end = tokens[0]["start"], tokens[-1]["end"]
    return [span for span in spans if start <= span["start"] and span["end"] <= end]


def named(document: Row, gold: Gold) -> list[Row]:
    """Return the mentions of a document, those of auxiliary types left out."""
    return [entity for entity in document["entities"] if entity["type"] not in gold.scheme["auxiliary"]]


def auxiliary(document: Row, gold: Gold) -> list[Row]:
    """Return the outermost of the mentions of auxiliary types."""
    return outermost(entity for entity in document["entities"] if entity["type"] in gold.scheme["auxiliary"])


def agreed(predicted: Sequence[Row], gold: Sequence[Row]) -> tuple[int, int, int]:
    """Return how many spans have the same place and type, how many are predicted, and how many are gold."""
    mine, theirs = ({(span["start"], span["end"], span["type"]) for span in side} for side in (gold, predicted))
    return len(mine & theirs), len(theirs), len(mine)
