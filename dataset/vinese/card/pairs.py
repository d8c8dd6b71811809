"""The rows of `stance_pairs` by label, and scores of rules that find stances and events without reading the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.card.statistics import batches
from vinese.package.parquet import BuiltConfig
from vinese.render.agreement_text import percent

NO_STANCE = "NONE"
PAIRS, OPINIONS, EVENTS = "stance_pairs", "opinions", "events"
PAIR_COLUMNS = ("fold", "holder.type", "target.type", "target.event", "label", "stances[]")
OPINION_COLUMNS = ("fold", "opinions[].mention", "opinions[].topic", "opinions[].polarity")
ALL, ENTITY, EVENT = "all", "target an entity", "target an event"
MENTION, TOPIC = "about a mention", "about a topic alone"


class Unread(NamedTuple):
    """What a rule that reads no text may look at in a pair or an opinion: where it stands, its kinds, its label."""

    split: str
    fold: int
    part: str
    kinds: tuple[str | None, ...]
    label: str


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


def count_pairs(rows: Counter[Unread], built: BuiltConfig, stances: int, labels: list[str]) -> Pairs:
    """Return the rows of `stance_pairs` by label; `stances` is how many the articles have."""
    splits = [part.split for part in built.parts] if len(built.parts) > 1 else []
    table = {name: dict.fromkeys(labels, 0) for name in (ALL, *(f"split {split}" for split in splits), ENTITY, EVENT)}
    folds: dict[str, set[int]] = {}
    for row, number in rows.items():
        folds.setdefault(row.label, set()).add(row.fold)
        for name in (ALL, f"split {row.split}", row.part):
            if name in table:
                table[name][row.label] += number
    return Pairs(
        labels=tuple(labels),
        table={name: counts for name, counts in table.items() if any(counts.values()) or name == ALL},
        stances=stances,
        standing=built.annotations,
        lonely=tuple(
            label for label in labels if len(folds.get(label, ())) == 1 and len(set().union(*folds.values())) > 1
        ),
    )


def unread_pairs(folder: Path, built: BuiltConfig, labels: list[str]) -> Counter[Unread]:
    """Return what may be known of the rows of `stance_pairs` without their text, and how often each occurs."""
    return Counter(_pairs(folder, built, labels))


def _pairs(folder: Path, built: BuiltConfig, labels: list[str]) -> Iterator[Unread]:
    for split, batch in _batches(folder, built, ["fold", "holder", "target", "label"]):
        holder, target = batch["holder"], batch["target"]
        columns = (batch["fold"], holder.field("type"), target.field("type"), target.field("event"), batch["label"])
        for fold, kind, other, event, label in zip(*(column.to_pylist() for column in columns), strict=True):
            yield Unread(split, fold, ENTITY if event is None else EVENT, (kind, other), labels[label])


def unread_stances(folder: Path, built: BuiltConfig) -> Counter[Unread]:
    """Return what may be known of the opinions of `opinions` without their text, and how often each occurs."""
    return Counter(_stances(folder, built))


def _stances(folder: Path, built: BuiltConfig) -> Iterator[Unread]:
    for split, batch in _batches(folder, built, ["fold", "opinions"]):
        for fold, stances in zip(batch["fold"].to_pylist(), batch["opinions"].to_pylist(), strict=True):
            for stance in stances:
                part = TOPIC if stance["mention"] is None else MENTION
                yield Unread(split, fold, part, (stance["topic"],), stance["polarity"])


def _batches(folder: Path, built: BuiltConfig, columns: list[str]) -> Iterator[tuple[str, Any]]:
    for part in built.parts:
        for batch in batches(folder, built, columns, part.split):
            yield part.split, batch


def blind_pairs(rows: Counter[Unread]) -> Iterator[Blind]:
    """Yield how well pairs are labelled unread: all, those with an entity, those with an event as target."""
    rules = {
        "the most frequent stance": (),
        "the most frequent stance between such types": (0, 1),
    }
    yield from _blind(PAIRS, rows, (ALL, ENTITY, EVENT), rules)


def blind_stances(rows: Counter[Unread]) -> Iterator[Blind]:
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
    config: str, rows: Counter[Unread], parts: Iterable[str], rules: dict[str, tuple[int, ...]]
) -> Iterator[Blind]:
    """Yield the score of each rule on each part; none where it predicts nothing or there is nothing to find.

    A rule names the kinds that it looks at. It is made from the same part of all folds but the item's own.
    """
    for part in parts:
        here = Counter({row: number for row, number in rows.items() if part in {ALL, row.part}})
        positives = sum(number for row, number in here.items() if row.label != NO_STANCE)
        for rule, kinds in rules.items():
            predicted, right = _applied(here, kinds)
            if predicted and positives:
                yield Blind(
                    config=config,
                    part=part,
                    rule=rule,
                    items=here.total(),
                    positives=positives,
                    predicted=predicted,
                    right=right,
                )


def _applied(rows: Counter[Unread], kinds: tuple[int, ...]) -> tuple[int, int]:
    """Return for how many rows the other folds know a stance of the same kinds, and for how many the right one."""
    every: dict[tuple[str | None, ...], dict[str, int]] = {}
    own: dict[tuple[int, tuple[str | None, ...]], dict[str, int]] = {}
    for row, number in rows.items():
        key = tuple([row.kinds[at] for at in kinds])
        for counts in (every.setdefault(key, {}), own.setdefault((row.fold, key), {})):
            counts[row.label] = counts.get(row.label, 0) + number
    predicted = right = 0
    for (_, key), mine in own.items():
        others = [(mine.get(label, 0) - number, label) for label, number in every[key].items() if label != NO_STANCE]
        fewest, guess = min(others, default=(0, ""))
        if fewest < 0:
            predicted += sum(mine.values())
            right += mine.get(guess, 0)
    return predicted, right
