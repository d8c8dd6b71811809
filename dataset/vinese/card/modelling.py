"""What a modeller should know of the configs before a score: windows, labels, nulls, and what gives them away.

Everything is counted from the rows of a built folder, a batch at a time; a config that was left out, has no rows, or
lacks the columns that are counted, has no part in it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from vinese.card.pairs import (
    EVENTS,
    OPINION_COLUMNS,
    OPINIONS,
    PAIR_COLUMNS,
    PAIRS,
    Blind,
    Pairs,
    blind_pairs,
    blind_stances,
    blind_windows,
    count_pairs,
    unread_pairs,
    unread_stances,
)
from vinese.card.statistics import Facts, Values, batches, look
from vinese.core.project import Project
from vinese.model.ontology_file import load_ontology
from vinese.package.configs import labels, load_configs
from vinese.package.parquet import BuiltConfig
from vinese.render.agreement_text import percent

WINDOWED = ("entities", "entities_words", OPINIONS, PAIRS, "events")
TAGGED = ("entities", "entities_words")
WINDOW = ("article_id", "start", "sentence_numbers[]")


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """Number of rows of a config, of its windows by number of sentences, and of the sentences that no window has."""

    config: str
    rows: int
    single: int
    double: int
    longer: int
    bare: int


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """Number of tags of a config by their first letter, of its mentions, and of those that no tag begins."""

    config: str
    outside: int
    begin: int
    inside: int
    mentions: int

    @property
    def absent(self) -> int:
        """Return how many mentions the tags lack."""
        return self.mentions - self.begin

    @property
    def share(self) -> str:
        """Return the share of these in percent."""
        return percent(self.absent / self.mentions if self.mentions else None)


class Nulls(msgspec.Struct, frozen=True, kw_only=True):
    """When columns are null, and of which config and column how many values are."""

    meaning: str
    columns: list[tuple[str, Values]]


class Modelling(msgspec.Struct, frozen=True, kw_only=True):
    """All that the card says to a modeller; `constant` has by config the label of each column that holds only one."""

    windows: list[Windows]
    tags: list[Tags]
    pairs: Pairs | None
    blind: list[Blind]
    constant: dict[str, dict[str, str]]
    nulls: list[Nulls]


def modelling(project: Project, folder: Path, built: tuple[BuiltConfig, ...], facts: Facts) -> Modelling:
    """Return what the rows of a built `folder` say to a modeller; `built` are the configs that have rows."""
    configs, ontology = load_configs(project), load_ontology(project)
    lists, made = labels(ontology), {built_config.config: built_config for built_config in built}
    described = [config for config in configs.configs if config.name in made]
    columns = {
        config.name: facts.columns if config.name == "articles" else look(folder, made[config.name], configs, config)
        for config in described
    }
    whole = {"sentences[]", "stances[]"} <= facts.columns.keys()
    windowed = [name for name in WINDOWED if whole and columns.get(name, {}).keys() >= {*WINDOW}]
    pairs, blind = None, list[Blind]()
    if whole and columns.get(PAIRS, {}).keys() >= {*PAIR_COLUMNS, "stances[]"}:
        rows = unread_pairs(folder, made[PAIRS], lists["label"])
        pairs = count_pairs(rows, made[PAIRS], facts.columns["stances[]"].values, lists["label"])
        blind += blind_pairs(rows)
    if columns.get(OPINIONS, {}).keys() >= {*OPINION_COLUMNS}:
        blind += blind_stances(unread_stances(folder, made[OPINIONS]))
    for name in (OPINIONS, EVENTS):
        if columns.get(name, {}).keys() >= {"sentence_numbers[]", f"{name}[]"}:
            blind += blind_windows(folder, made[name], name)
    constant = {name: _constant(values, lists) for name, values in columns.items()}
    return Modelling(
        windows=[_windows(folder, made[name], facts) for name in windowed],
        tags=[_tags(folder, made[name], lists["tag"]) for name in TAGGED if "ner_tags[]" in columns.get(name, ())],
        pairs=pairs,
        blind=blind,
        constant={name: labels for name, labels in constant.items() if labels},
        nulls=_nulls(columns),
    )


def _windows(folder: Path, built: BuiltConfig, facts: Facts) -> Windows:
    """Count windows; the rows of one stand together."""
    lengths = Counter[int]()
    last: tuple[str, int] | None = None
    for table in batches(folder, built, ["article_id", "start", "sentence_numbers"]):
        articles, starts = table["article_id"], table["start"]
        others = (pc.not_equal(column[1:], column[:-1]) for column in (articles, starts))
        first = (articles[0].as_py(), starts[0].as_py()) != last
        new = pa.concat_arrays([pa.array([first]), pc.or_(*others)])
        for entry in table["sentence_numbers"].value_lengths().filter(new).value_counts().to_pylist():
            lengths[entry["values"]] += entry["counts"]
        last = (articles[-1].as_py(), starts[-1].as_py())
    covered = sum(length * number for length, number in lengths.items())
    single, double = lengths[1], lengths[2]
    return Windows(
        config=built.config,
        rows=built.rows,
        single=single,
        double=double,
        longer=lengths.total() - single - double,
        bare=facts.sentences - covered,
    )


def _tags(folder: Path, built: BuiltConfig, names: list[str]) -> Tags:
    counts = Counter[str]()
    for table in batches(folder, built, ["ner_tags"]):
        for entry in table["ner_tags"].flatten().value_counts().to_pylist():
            counts[names[entry["values"]][0]] += entry["counts"]
    return Tags(
        config=built.config,
        outside=counts["O"],
        begin=counts["B"],
        inside=counts["I"],
        mentions=built.annotations,
    )


def _constant(columns: dict[str, Values], lists: dict[str, list[str]]) -> dict[str, str]:
    """Return the label of each column that holds only one: a number in a flat column, a string in a record."""
    names = {path: values.kind.partition(":")[2] for path, values in columns.items() if values.constant}
    only = {path: (columns[path].only, lists[name]) for path, name in names.items() if name}
    return {path: label if isinstance(label, str) else labels[label] for path, (label, labels) in only.items()}


def _nulls(columns: dict[str, dict[str, Values]]) -> list[Nulls]:
    """Return the columns that may be null, together where a null means the same."""
    by_meaning: dict[str, list[tuple[str, Values]]] = {}
    for config, by_path in columns.items():
        for values in by_path.values():
            if values.meaning or values.nulls:
                by_meaning.setdefault(values.meaning, []).append((config, values))
    return [Nulls(meaning=meaning, columns=entries) for meaning, entries in by_meaning.items()]
