"""Sum up the articles of a built folder: lengths, what their pages state, and when they were annotated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from vinese.package.configs import Column, Config, Configs
from vinese.package.parquet import BuiltConfig

STATED = ("title", "published", "publisher", "url", "bylines", "captions", "credits")
MOST_NOTES = 100


class Facts(msgspec.Struct, kw_only=True):
    """Sum up articles; lengths are in syllables (runs without white space), counted by length.

    `stated` says of how many articles the page states each thing, `publishers` how many are of each publisher that
    is stated, `published` and `annotated` are the first and last ISO 8601 date, or null. `doubtful` holds the first
    notes of annotators that say that something is.
    """

    articles: int = 0
    characters: int = 0
    article_lengths: dict[int, int] = msgspec.field(default_factory=dict)
    sentence_lengths: dict[int, int] = msgspec.field(default_factory=dict)
    stated: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(STATED, 0))
    publishers: dict[str, int] = msgspec.field(default_factory=dict)
    languages: dict[str, int] = msgspec.field(default_factory=dict)
    published: tuple[str, str] | None = None
    annotated: tuple[str, str] | None = None
    tools: dict[str, int] = msgspec.field(default_factory=dict)
    doubtful: list[str] = msgspec.field(default_factory=list)

    @property
    def sentences(self) -> int:
        """Return the number of sentences."""
        return sum(self.sentence_lengths.values())

    @property
    def syllables(self) -> int:
        """Return the number of syllables."""
        return sum(length * number for length, number in self.article_lengths.items())

    def add(self, row: dict[str, Any]) -> None:
        """Count a row of `articles`."""
        self.articles += 1
        self.characters += len(row["text"])
        _count(self.article_lengths, len(row["text"].split()))
        for place in row["sentences"]:
            _count(self.sentence_lengths, len(row["text"][place["start"] : place["end"]].split()))
        for name in STATED:
            self.stated[name] += bool(row.get(name))  # a corpus may leave columns out
        if row["publisher"]:
            _count(self.publishers, row["publisher"])
        _count(self.languages, row["language"])
        self.published = _span(self.published, row["published_at"])
        provenance = row["provenance"] or {}
        self.annotated = _span(self.annotated, provenance.get("annotated_at"))
        told = [f"{row['article_id']}: {note}" for note in provenance.get("notes") or () if "doubt" in note.lower()]
        self.doubtful += told[: MOST_NOTES - len(self.doubtful)]
        _count(self.tools, " ".join(filter(None, (provenance.get("tool"), provenance.get("tool_version")))))


def load_facts(folder: Path, built: tuple[BuiltConfig, ...]) -> Facts:
    """Return the facts of a built folder, read a batch at a time from its config `articles`."""
    facts = Facts()
    for row in rows(
        folder, built, ("article_id", *STATED, "text", "sentences", "language", "published_at", "provenance")
    ):
        facts.add(row)
    return facts


def rows(
    folder: Path, built: tuple[BuiltConfig, ...], columns: tuple[str, ...] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of the config `articles` in the order of splits and ids."""
    for part in (part for one in built if one.config == "articles" for part in one.parts):
        with pq.ParquetFile(folder / part.path) as file:
            for batch in file.iter_batches(batch_size=100, columns=list(columns) if columns else None):
                yield from batch.to_pylist()


def _count(counts: dict[Any, int], name: Any) -> None:
    counts[name] = counts.get(name, 0) + 1


def _span(known: tuple[str, str] | None, found: str | None) -> tuple[str, str] | None:
    """Return the first and last date, widened to take in `found`."""
    if not found:
        return known
    day = found[:10]
    return (min(known[0], day), max(known[1], day)) if known else (day, day)


BATCH = 1000
MEANING = "; null "  # what stands behind it in a column's description says when the column is null


class Values(msgspec.Struct, kw_only=True):
    """Sum up one column: how many values it has, how many are null, and its first one if all others are the same.

    `path` names it as the card does (`stances[].topic`). A field of a record that is null itself does not count, nor
    does one of a record in a list that is empty. `meaning` says when a null stands there, empty if none should.
    """

    path: str
    kind: str
    meaning: str
    values: int = 0
    nulls: int = 0
    only: Any = None
    differs: bool = False

    def add(self, array: Any) -> None:
        """Count an Arrow array of this column."""
        self.values += len(array)
        self.nulls += array.null_count
        if self.kind != "struct" and not self.differs and len(array):
            found = array.unique()
            first = found[0].as_py()
            self.differs = len(found) > 1 or (self.values > len(array) and first != self.only)
            self.only = first

    @property
    def constant(self) -> bool:
        """Return whether all values are the same, of two or more, and not null."""
        return self.values > 1 and not self.differs and self.only is not None


def look(folder: Path, built: BuiltConfig, configs: Configs, config: Config) -> tuple[Values, ...]:
    """Return what is in each column of a built config, nested ones after what holds them."""
    found: dict[str, Values] = {}
    for table in batches(folder, built):
        for column in configs.columns(config.columns):
            for path, part, array in _walk(configs, column, table[column.name], ""):
                if path not in found:
                    found[path] = Values(path=path, kind=part.type, meaning=part.about.partition(MEANING)[2])
                found[path].add(array)
    return tuple(found.values())


def batches(
    folder: Path, built: BuiltConfig, columns: list[str] | None = None, split: str | None = None
) -> Iterator[Any]:
    """Yield a built config, or one split of it, as Arrow record batches, some or all columns of each."""
    for part in built.parts:
        if split is None or part.split == split:
            with pq.ParquetFile(folder / part.path) as file:
                yield from file.iter_batches(batch_size=BATCH, columns=columns)


def _walk(configs: Configs, column: Column, array: Any, prefix: str) -> Iterator[tuple[str, Column, Any]]:
    """Yield a column and all that is in it: path, description, and the Arrow array of its values."""
    path = f"{prefix}{column.name}"
    if column.list:
        path, array = f"{path}[]", array.flatten()
    yield path, column, array
    if column.type == "struct":
        array = array.drop_null()
        for part in configs.columns(column.fields):
            yield from _walk(configs, part, array.field(part.name), f"{path}.")
