"""The candidate pairs of `stance`, and scores of the rules that find stances without reading the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.card.statistics import batches
from vinese.model.ontology import Ontology
from vinese.package.parquet import BuiltConfig
from vinese.render.agreement_text import percent

NO_STANCE, TOPIC, FAVOR, PERSON = "NONE", "TOPIC", "FAVOR", "PER"
COLUMNS = ("holder.kind", "holder.entity_type", "target.kind", "label")
LISTS = ("holder_kind", "entity_type", "target_kind", "label")


class Pair(NamedTuple):
    """The kind of candidate that a row is; `holder_type` is null for a stand-in."""

    split: str
    holder: str
    holder_type: str | None
    target: str
    label: str


class Blind(msgspec.Struct, frozen=True, kw_only=True):
    """Score a rule that reads no text: `right` of the `predicted` pairs have its label, `positives` any stance."""

    rule: str
    predicted: int
    right: int
    positives: int

    @property
    def scores(self) -> tuple[str, ...]:
        """Return precision, recall and F1 in percent; neither number that divides may be 0."""
        shares = (
            self.right / self.predicted,
            self.right / self.positives,
            2 * self.right / (self.predicted + self.positives),
        )
        return tuple(map(percent, shares))


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """Number of rows by `Pair`, the `stances` that are annotated, and how often these stand on rows (`standing`).

    `labels` are all that a row may have; `kinds` are the values that fields of a pair may have, both in order.
    """

    labels: tuple[str, ...]
    kinds: dict[str, tuple[str, ...]]
    counts: dict[Pair, int]
    stances: int
    standing: int

    def labelled(self, **wanted: str) -> dict[str, int]:
        """Return how often each label occurs on the rows whose fields are as wanted, with no field on all."""
        found = Counter[str]()
        for pair, number in self.counts.items():
            if all(getattr(pair, field) == value for field, value in wanted.items()):
                found[pair.label] += number
        return {label: found[label] for label in self.labels}

    @property
    def table(self) -> dict[tuple[str, str], dict[str, int]]:
        """Return the labels by each value of each field that has rows; a single split is left out."""
        wanted = [(field, kind) for field, kinds in self.kinds.items() for kind in kinds]
        found = {(field, kind): self.labelled(**{field: kind}) for field, kind in wanted}
        return {
            (field, kind): counts
            for (field, kind), counts in found.items()
            if any(counts.values()) and (field != "split" or len(self.kinds[field]) > 1)
        }

    @property
    def topics(self) -> dict[str, int]:
        """Return the labels of the rows whose target is a topic."""
        return self.labelled(target=TOPIC)

    @property
    def mentions(self) -> dict[str, int]:
        """Return the labels of the rows whose target stands in the text."""
        topics = self.topics
        return {label: number - topics[label] for label, number in self.labelled().items()}

    def blind(self, ontology: Ontology) -> list[Blind]:
        """Return how well rules do that say FAVOR of topics unread; none of a rule that speaks of no pair."""
        positives = positive(self.labelled())
        types = [one.id for one in ontology.entities if one.auxiliary or one.id == PERSON]
        topics = [pair for pair in self.counts if pair.target == TOPIC]
        rules = {
            f"every pair with a {TOPIC} target is {FAVOR}": topics,
            f"every pair of a {' or '.join(types)} holder with a {TOPIC} target is {FAVOR}": [
                pair for pair in topics if pair.holder_type in types
            ],
        }
        return [
            Blind(
                rule=rule,
                predicted=sum(self.counts[pair] for pair in pairs),
                right=sum(self.counts[pair] for pair in pairs if pair.label == FAVOR),
                positives=positives,
            )
            for rule, pairs in rules.items()
            if pairs and positives
        ]


def positive(counts: dict[str, int]) -> int:
    """Return how many of the rows with these labels have a stance."""
    return sum(number for label, number in counts.items() if label != NO_STANCE)


def count_pairs(folder: Path, stance: BuiltConfig, stances: int, lists: dict[str, list[str]]) -> Pairs:
    """Count the rows of a built config `stance`; `lists` are the closed lists that number its labels.

    `stances` is how many stances the articles have.
    """
    counts = Counter(pair for part in stance.parts for pair in _pairs(folder, stance, part.split, lists))
    return Pairs(
        labels=tuple(lists["label"]),
        kinds={
            "split": tuple(part.split for part in stance.parts),
            "holder": tuple(lists["holder_kind"]),
            "target": tuple(lists["target_kind"]),
        },
        counts=counts,
        stances=stances,
        standing=stance.annotations,
    )


def _pairs(folder: Path, stance: BuiltConfig, split: str, lists: dict[str, list[str]]) -> Iterator[Pair]:
    for table in batches(folder, stance, ["holder", "target", "label"], split):
        columns = [_names(table, path, lists[name]) for path, name in zip(COLUMNS, LISTS, strict=True)]
        yield from (Pair(split, *row) for row in zip(*columns, strict=True))


def _names(table: Any, path: str, names: list[str]) -> list[Any]:
    """Return the labels of a column, or of a field of one, null where it is."""
    first, _, field = path.partition(".")
    column = table[first].field(field) if field else table[first]
    return [None if number is None else names[number] for number in column.to_pylist()]
