"""What the rows of a built folder hold: lengths and sources of its articles, and the values of each column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from vinese.package.configs import Column, Config, Configs
from vinese.package.parquet import BuiltConfig

STATED = ("title", "published", "publisher", "url", "bylines", "captions", "credits")
MOST_NOTES = 100


BATCH, ARTICLES = 20_000, 100
BYTES = 1 << 18  # in the file, of row groups that are read together; in memory they may be ten times that
MEANING = "; null "  # what stands behind it in a column's description says when the column is null


class Values(msgspec.Struct, kw_only=True):
    """The values of one column: how many there are, how many are null, and the first if all others are the same.

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
            distinct = array.unique()
            first = distinct[0].as_py()
            self.differs = len(distinct) > 1 or (self.values > len(array) and first != self.only)
            self.only = first

    @property
    def constant(self) -> bool:
        """Whether all values are the same, of two or more, and not null."""
        return self.values > 1 and not self.differs and self.only is not None


class ColumnValues:
    """The values of every column of a config, by path, nested ones after what holds them."""

    def __init__(self, configs: Configs, config: Config) -> None:
        self.configs, self.config = configs, config
        self.by_path: dict[str, Values] = {}

    def add(self, batch: Any) -> None:
        """Count an Arrow record batch of the config."""
        for column in self.configs.columns(self.config.columns):
            for path, inner, array in self._walk(column, batch[column.name], ""):
                if path not in self.by_path:
                    meaning = inner.about.partition(MEANING)[2]
                    self.by_path[path] = Values(path=path, kind=inner.type, meaning=meaning)
                self.by_path[path].add(array)

    def _walk(self, column: Column, array: Any, prefix: str) -> Iterator[tuple[str, Column, Any]]:
        """Yield a column and all that is in it: path, description, and the Arrow array of its values."""
        path = f"{prefix}{column.name}"
        if column.list:
            path, array = f"{path}[]", array.flatten()
        yield path, column, array
        if column.type == "struct":
            array = array.drop_null()
            for inner in self.configs.columns(column.fields):
                yield from self._walk(inner, array.field(inner.name), f"{path}.")


class Facts(msgspec.Struct, kw_only=True):
    """What there is to say of the articles; lengths are in syllables (runs without white space), counted by length.

    `stated` says of how many articles the page states each thing, `publishers` and `folds` how many are of each that
    is, `published` and `annotated` are the first and last ISO 8601 date, or null. `doubtful` holds the first
    notes of annotators that say that something is. `columns` are the values of each column by path.
    """

    articles: int = 0
    characters: int = 0
    article_lengths: dict[int, int] = msgspec.field(default_factory=dict)
    sentence_lengths: dict[int, int] = msgspec.field(default_factory=dict)
    stated: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(STATED, 0))
    publishers: dict[str, int] = msgspec.field(default_factory=dict)
    folds: dict[int, int] = msgspec.field(default_factory=dict)
    languages: dict[str, int] = msgspec.field(default_factory=dict)
    published: tuple[str, str] | None = None
    annotated: tuple[str, str] | None = None
    tools: dict[str, int] = msgspec.field(default_factory=dict)
    doubtful: list[str] = msgspec.field(default_factory=list)
    columns: dict[str, Values] = msgspec.field(default_factory=dict)

    @property
    def sentences(self) -> int:
        """Return the number of sentences."""
        return sum(self.sentence_lengths.values())

    @property
    def syllables(self) -> int:
        """Return the number of syllables."""
        return sum(length * number for length, number in self.article_lengths.items())

    @property
    def is_news(self) -> bool:
        """Return whether any article states who published it, or when."""
        return bool(self.stated["publisher"] or self.stated["published"])

    @property
    def is_vietnamese(self) -> bool:
        """Return whether all articles are in Vietnamese."""
        return self.languages.keys() == {"vi"}

    @property
    def unit(self) -> str:
        """Return what runs of text between white space are called."""
        return "syllables" if self.is_vietnamese else "words between blanks"

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
        if row.get("fold") is not None:
            _count(self.folds, row["fold"])
        _count(self.languages, row["language"])
        self.published = _span(self.published, row["published_at"])
        provenance = row["provenance"] or {}
        self.annotated = _span(self.annotated, provenance.get("annotated_at"))
        doubts = [f"{row['article_id']}: {note}" for note in provenance.get("notes") or () if "doubt" in note.lower()]
        self.doubtful += doubts[: MOST_NOTES - len(self.doubtful)]
        _count(self.tools, " ".join(filter(None, (provenance.get("tool"), provenance.get("tool_version")))))


def load_facts(
    folder: Path, built: tuple[BuiltConfig, ...], configs: Configs, *visitors: Callable[[dict[str, Any]], None]
) -> Facts:
    """Return the facts of the config `articles` of a built folder, which is read once, a batch at a time.

    `visitors` are called with each row too, in the order of splits and ids.
    """
    facts = Facts()
    for articles in (built_config for built_config in built if built_config.config == "articles"):
        config = next(config for config in configs.configs if config.name == articles.config)
        columns = ColumnValues(configs, config)
        for batch in batches(folder, articles, size=ARTICLES):
            columns.add(batch)
            for row in batch.to_pylist():
                for visit in (facts.add, *visitors):
                    visit(row)
        facts.columns = columns.by_path
    return facts


def _count(counts: dict[Any, int], name: Any) -> None:
    counts[name] = counts.get(name, 0) + 1


def _span(dates: tuple[str, str] | None, date: str | None) -> tuple[str, str] | None:
    """Return the first and last date, widened to take in `date`."""
    if not date:
        return dates
    day = date[:10]
    return (min(dates[0], day), max(dates[1], day)) if dates else (day, day)


def look(folder: Path, built: BuiltConfig, configs: Configs, config: Config) -> dict[str, Values]:
    """Return the values of each column of a built config by path, nested ones after what holds them."""
    columns = ColumnValues(configs, config)
    for batch in batches(folder, built):
        columns.add(batch)
    return columns.by_path


def batches(
    folder: Path, built: BuiltConfig, columns: list[str] | None = None, split: str | None = None, size: int = BATCH
) -> Iterator[Any]:
    """Yield a built config, or one split of it, as Arrow record batches, some or all columns of each."""
    for part in built.parts:
        if split is None or part.split == split:
            with pq.ParquetFile(folder / part.path) as file:
                for groups in _together(file.metadata):
                    yield from file.iter_batches(
                        batch_size=size, row_groups=groups, columns=columns, use_threads=False
                    )


def _together(metadata: Any) -> Iterator[list[int]]:
    """Yield the numbers of row groups that are small enough to be read together."""
    groups, held = list[int](), 0
    for number in range(metadata.num_row_groups):
        size = metadata.row_group(number).total_byte_size
        if groups and held + size > BYTES:
            yield groups
            groups, held = [], 0
        groups.append(number)
        held += size
    if groups:
        yield groups
