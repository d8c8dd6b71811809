"""The mentions of a whole side as columns, so that what is nothing unusual is checked and counted at once.

A hundred thousand sentences are checked and counted in the time that it takes to look at each mention once. Whatever
the columns find amiss is looked at article by article by `vinese.score.check`, which says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from vinese.model.records import Entity
from vinese.score.check import ID, LONGEST
from vinese.score.statistics import Table
from vinese.score.submission import Labelled, Text

Integers = NDArray[np.int64]
_VERSION = re.compile(r"1\.[0-9]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """The named mentions of a side: the article's index, offsets, and the type as an index into `labels`.

    `ordinary` says that the side has mentions alone, and nothing about them is wrong or given twice.
    """

    articles: int
    article: Integers
    start: Integers
    end: Integers
    label: Integers
    labels: tuple[str, ...]
    ordinary: bool

    def longest(self) -> int:
        """Return a number greater than every offset."""
        return int(self.end.max()) + 1 if self.end.size else 1

    def keys(self, longest: int) -> Integers:
        """Return one number for each article, place and label; equal only for equal mentions."""
        place = (self.article * longest + self.start) * longest + self.end
        return place * max(1, len(self.labels)) + self.label

    def fits(self, longest: int) -> bool:
        """Return whether those numbers are exact in 64 bits."""
        return self.articles * longest * longest * max(1, len(self.labels)) < 2**62


def columns(
    annotations: Sequence[Labelled | None],
    texts: Sequence[Text | None],
    types: Sequence[str],
    auxiliary: frozenset[str],
) -> Columns:
    """Return the mentions of annotations in their order, without `auxiliary` types; None has no mentions."""
    labels = tuple(sorted(types))
    entities = [() if annotation is None else annotation.entities for annotation in annotations]
    sizes = list(map(len, entities))
    flat = list(chain.from_iterable(entities))
    size = len(flat)
    start, end = [entity.start for entity in flat], [entity.end for entity in flat]
    names = [entity.type for entity in flat]
    code = dict.fromkeys(names, -1) | {label: index for index, label in enumerate(labels)}
    article = np.repeat(np.arange(len(sizes)), sizes)
    mentions = Columns(
        len(annotations),
        article,
        _offsets(start),
        _offsets(end),
        np.fromiter(map(code.__getitem__, names), np.int64, size),
        labels,
        False,
    )
    sound = _plain(annotations) and _sound(mentions, flat, (start, end), texts, sizes)
    if code.keys() - set(labels) or not auxiliary.isdisjoint(names):
        wanted = np.isin(mentions.label, [index for index, label in enumerate(labels) if label not in auxiliary])
        mentions = replace(
            mentions,
            article=mentions.article[wanted],
            start=mentions.start[wanted],
            end=mentions.end[wanted],
            label=mentions.label[wanted],
        )
    return replace(mentions, ordinary=sound)


def _offsets(places: list[int]) -> Integers:
    """Return offsets as an array; those that 64 bits do not hold become such that no text reaches so far either."""
    try:
        return np.fromiter(places, np.int64, len(places))
    except OverflowError:
        return np.fromiter((max(-1, min(place, LONGEST + 1)) for place in places), np.int64, len(places))


def _plain(annotations: Sequence[Labelled | None]) -> bool:
    """Return whether there are mentions alone, with versions that are known."""
    given = [annotation for annotation in annotations if annotation is not None]
    if any(annotation.events or annotation.stances or annotation.article_stance for annotation in given):
        return False
    return all(map(_VERSION.fullmatch, {annotation.schema_version for annotation in given}))


def _sound(
    mentions: Columns,
    flat: Sequence[Entity],
    places: tuple[list[int], list[int]],
    texts: Sequence[Text | None],
    sizes: Sequence[int],
) -> bool:
    """Return whether types, ids, offsets and words are right, and nothing is given twice."""
    ids = [entity.id for entity in flat]
    if not flat or mentions.label.min() < 0 or not all(map(ID.fullmatch, set(ids))):
        return not flat
    length = np.repeat([LONGEST if text is None else len(text.text) for text in texts], sizes)
    outside = (mentions.start < 0) | (mentions.start >= mentions.end) | (mentions.end > length)
    if outside.any() or any(entity.refers_to for entity in flat):
        return False
    words = [entity.text for entity in flat]
    if any(words) and words != _slices(places, texts, sizes):
        return False
    longest = mentions.longest()
    # Two ids of one hash look like one id given twice; what that leads to is a closer look.
    names = np.fromiter(map(hash, ids), np.int64, len(ids)) ^ (mentions.article * 0x9E3779B97F4A7C1)
    columns = (np.sort(mentions.keys(longest)), np.sort(names))
    return mentions.fits(longest) and all((keys[1:] != keys[:-1]).all() for keys in columns)


def _slices(places: tuple[list[int], list[int]], texts: Sequence[Text | None], sizes: Sequence[int]) -> list[str]:
    """Return the words at the places of all mentions; empty where the text is not known."""
    each = chain.from_iterable(map(repeat, ["" if text is None else text.text for text in texts], sizes))
    return [text[start:end] for text, start, end in zip(each, *places, strict=True)]


def exact_table(gold: Columns, predicted: Columns) -> Table | None:
    """Return the counts per article and label of mentions with the same offsets; None where numbers would be too big.

    It is what `vinese.score.views.same` gives, article by article; each mention of a side counts once.
    """
    longest = max(gold.longest(), predicted.longest())
    if not (gold.fits(longest) and predicted.fits(longest)):
        return None
    mine, theirs = (
        side.keys(longest) if side.ordinary else np.unique(side.keys(longest)) for side in (gold, predicted)
    )
    both = np.intersect1d(mine, theirs, assume_unique=True)
    width = max(1, len(gold.labels))
    counts = np.empty((gold.articles * width, 3))
    for column, keys in enumerate((both, theirs, mine)):
        cells = keys // (longest * longest * width) * width + keys % width
        counts[:, column] = np.bincount(cells, minlength=gold.articles * width)
    occurs = counts[:, 1:].reshape(gold.articles, width, 2).sum(axis=(0, 2)) > 0
    table = counts.reshape(gold.articles, width, 3)
    kept = tuple(label for label, present in zip(gold.labels, occurs, strict=True) if present)
    return Table(kept, table[:, occurs]) if kept else Table(("",), np.zeros((gold.articles, 1, 3)))
