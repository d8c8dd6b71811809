"""The rows of `stance_pairs` by label, and scores of rules that find stances and events without reading the text."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vinese.card.statistics import batches
from vinese.package.parquet import BuiltConfig
from vinese.render.agreement_text import percent

NO_STANCE = "NONE"
PAIRS, OPINIONS, EVENTS = "stance_pairs", "opinions", "events"
PAIR_COLUMNS = ("fold", "holder.type", "target.type", "target.event", "label")
OPINION_COLUMNS = ("fold", "opinions[].mention", "opinions[].topic", "opinions[].polarity")
ALL, ENTITY, EVENT = "all", "target an entity", "target an event"
MENTION, TOPIC = "about a mention", "about a topic alone"


class Unread(NamedTuple):
    """What a rule that reads no text may look at in a pair or an opinion: where it stands, its kinds, its label."""

    split: str
    part: str
    kinds: tuple[str | None, ...]
    label: str


class UnreadCounts:
    """How often each `Unread` occurs in each fold; what is kept of an article is some forty times three numbers."""

    def __init__(self) -> None:
        self.unread: dict[Unread, int] = {}  # each by its number
        self._rows = array(
            "i"
        )  # fold, number of an `Unread`, how often: of a fold and an `Unread` there may be several

    def add(self, fold: int, unread: Unread, often: int) -> None:
        """Count rows of a fold."""
        self._rows.extend((fold, self.unread.setdefault(unread, len(self.unread)), often))

    @property
    def table(self) -> NDArray[np.intc]:
        """Return rows of a fold, the number of an `Unread`, and how often that occurs there."""
        return np.array(self._rows, dtype=np.intc).reshape(-1, 3)


class Blind(msgspec.Struct, frozen=True, kw_only=True):
    """The score of a rule that reads no text on a part of a config.

    `right` of the `predicted` items have their label, of `items` of which `positives` have any stance.
    """

    config: str
    part: str
    rule: str
    items: int
    positives: int
    predicted: int
    right: int

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
    """The rows of `stance_pairs`: how many have each of `labels`, by part and, if there are several, by split.

    `stances` are annotated in all, `standing` is how often one of them stands on a row. `lonely` are the labels of
    which all rows are in one of several folds.
    """

    labels: tuple[str, ...]
    table: dict[str, dict[str, int]]
    stances: int
    standing: int
    lonely: tuple[str, ...]

    @property
    def whole(self) -> dict[str, int]:
        """Return how many rows have each label."""
        return self.table[ALL]


def positive(counts: dict[str, int]) -> int:
    """Return how many of the rows with these labels have a stance."""
    return sum(number for label, number in counts.items() if label != NO_STANCE)


def count_pairs(rows: UnreadCounts, built: BuiltConfig, stances: int, labels: list[str]) -> Pairs:
    """Return the rows of `stance_pairs` by label; `stances` is how many the articles have."""
    splits = [part.split for part in built.parts] if len(built.parts) > 1 else []
    table = {name: dict.fromkeys(labels, 0) for name in (ALL, *(f"split {split}" for split in splits), ENTITY, EVENT)}
    folds, numbers, often = rows.table.T
    totals = np.bincount(numbers, often, len(rows.unread)).astype(int)
    for row, number in zip(rows.unread, totals.tolist(), strict=True):
        for name in (ALL, f"split {row.split}", row.part):
            if name in table:
                table[name][row.label] += number
    label_of = np.array([labels.index(row.label) for row in rows.unread], dtype=int)
    folds_of = [np.unique(folds[label_of[numbers] == place]) for place in range(len(labels))]
    several = len(np.unique(folds)) > 1
    return Pairs(
        labels=tuple(labels),
        table={name: counts for name, counts in table.items() if any(counts.values()) or name == ALL},
        stances=stances,
        standing=built.annotations,
        lonely=tuple(label for label, there in zip(labels, folds_of, strict=True) if len(there) == 1 and several),
    )


def unread_pairs(folder: Path, built: BuiltConfig, labels: list[str]) -> UnreadCounts:
    """Return what may be known of the rows of `stance_pairs` without their text, and how often each occurs."""
    counts = UnreadCounts()
    for split, batch in _batches(folder, built, [*PAIR_COLUMNS]):
        holder, target = batch["holder"], batch["target"]
        columns = {
            "fold": batch["fold"],
            "kind": holder.field("type"),
            "other": target.field("type"),
            "entity": pc.is_null(target.field("event")),
            "label": batch["label"],
        }
        for fold, kind, other, entity, label, often in _counted(columns):
            unread = Unread(split, ENTITY if entity else EVENT, (kind, other), labels[label])
            counts.add(fold, unread, often)
    return counts


def unread_stances(folder: Path, built: BuiltConfig) -> UnreadCounts:
    """Return what may be known of the opinions of `opinions` without their text, and how often each occurs."""
    counts = UnreadCounts()
    for split, batch in _batches(folder, built, ["fold", "opinions"]):
        stances = batch["opinions"].flatten()
        columns = {
            "fold": batch["fold"].take(pc.list_parent_indices(batch["opinions"])),
            "topic": stances.field("topic"),
            "alone": pc.is_null(stances.field("mention")),
            "polarity": stances.field("polarity"),
        }
        for fold, topic, alone, polarity, often in _counted(columns):
            counts.add(fold, Unread(split, TOPIC if alone else MENTION, (topic,), polarity), often)
    return counts


def _counted(columns: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield each row that occurs in some columns, and how often."""
    counted = pa.table(columns).group_by(list(columns)).aggregate([([], "count_all")])
    lists = [counted[name].to_pylist() for name in (*columns, "count_all")]
    yield from zip(*lists, strict=True)


def _batches(folder: Path, built: BuiltConfig, columns: list[str]) -> Iterator[tuple[str, Any]]:
    for part in built.parts:
        for batch in batches(folder, built, columns, part.split):
            yield part.split, batch


def blind_pairs(rows: UnreadCounts) -> Iterator[Blind]:
    """Yield how well pairs are labelled unread: all, those with an entity, those with an event as target."""
    rules = {
        "the most frequent stance": (),
        "the most frequent stance between such types": (0, 1),
    }
    yield from _blind(PAIRS, rows, (ALL, ENTITY, EVENT), rules)


def blind_stances(rows: UnreadCounts) -> Iterator[Blind]:
    """Yield how well the polarity of opinions is told unread: all, about a mention, about a topic alone."""
    rules = {
        "the most frequent polarity": (),
        "the most frequent polarity on the topic": (0,),
    }
    yield from _blind(OPINIONS, rows, (ALL, MENTION, TOPIC), rules)


def blind_windows(folder: Path, built: BuiltConfig, listed: str) -> Iterator[Blind]:
    """Yield how well rows with something in the column `listed` are told by their number of sentences.

    An annotation that joins sentences stands in their row; there is no score where none does.
    """
    rows = Counter[tuple[bool, bool]]()
    for batch in batches(folder, built, ["sentence_numbers", listed]):
        lengths = (batch[name].value_lengths().to_pylist() for name in ("sentence_numbers", listed))
        rows.update((sentences > 1, items > 0) for sentences, items in zip(*lengths, strict=True))
    if predicted := rows[True, True] + rows[True, False]:
        yield Blind(
            config=built.config,
            part="rows",
            rule=f"{listed} in each row of several sentences",
            items=rows.total(),
            positives=rows[True, True] + rows[False, True],
            predicted=predicted,
            right=rows[True, True],
        )


def _blind(
    config: str, rows: UnreadCounts, parts: Iterable[str], rules: dict[str, tuple[int, ...]]
) -> Iterator[Blind]:
    """Yield the score of each rule on each part; none where it predicts nothing or there is nothing to find.

    A rule names the kinds that it looks at. It is made from the same part of all folds but the item's own.
    """
    every = rows.table
    stance = np.array([row.label != NO_STANCE for row in rows.unread], dtype=bool)
    for part in parts:
        inside = np.array([part in {ALL, row.part} for row in rows.unread], dtype=bool)
        here = every[inside[every[:, 1]]]
        positives = int(here[stance[here[:, 1]], 2].sum())
        for rule, kinds in rules.items():
            predicted, right = _applied(here, list(rows.unread), kinds)
            if predicted and positives:
                yield Blind(
                    config=config,
                    part=part,
                    rule=rule,
                    items=int(here[:, 2].sum()),
                    positives=positives,
                    predicted=predicted,
                    right=right,
                )


def _applied(table: NDArray[np.intc], unread: list[Unread], kinds: tuple[int, ...]) -> tuple[int, int]:
    """Return for how many rows the other folds know a stance of the same kinds, and for how many the right one.

    Of stances that are equally frequent in the other folds, the rule takes the first by name.
    """
    keys = {key: number for number, key in enumerate(dict.fromkeys(_key(row, kinds) for row in unread))}
    labels = sorted({row.label for row in unread} - {NO_STANCE})
    key_of = np.array([keys[_key(row, kinds)] for row in unread], dtype=int)
    label_of = np.array([labels.index(row.label) if row.label != NO_STANCE else len(labels) for row in unread], int)
    folds, numbers, often = table.T
    places, own = np.unique(folds.astype(np.int64) * len(keys) + key_of[numbers], return_inverse=True)
    mine = np.zeros((len(places), len(labels) + 1), dtype=np.int64)
    np.add.at(mine, (own, label_of[numbers]), often)
    whole = np.zeros((len(keys), len(labels) + 1), dtype=np.int64)
    np.add.at(whole, (key_of[numbers], label_of[numbers]), often)
    others = (whole[places % len(keys)] - mine)[:, : len(labels)]
    if not others.size:
        return 0, 0
    guess, known = others.argmax(axis=1), others.max(axis=1) > 0
    return int(mine[known].sum()), int(mine[known, guess[known]].sum())


def _key(row: Unread, kinds: tuple[int, ...]) -> tuple[str | None, ...]:
    return tuple(row.kinds[at] for at in kinds)
