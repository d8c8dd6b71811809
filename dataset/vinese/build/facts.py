"""Sum up the articles of a built folder: lengths, what their pages state, and when they were annotated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.build.write import Built

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


def load_facts(folder: Path, built: tuple[Built, ...]) -> Facts:
    """Return the facts of a built folder, read a batch at a time from its config `articles`."""
    facts = Facts()
    for row in rows(
        folder, built, ("article_id", *STATED, "text", "sentences", "language", "published_at", "provenance")
    ):
        facts.add(row)
    return facts


def rows(folder: Path, built: tuple[Built, ...], columns: tuple[str, ...] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of the config `articles` in the order of splits and ids."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

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
