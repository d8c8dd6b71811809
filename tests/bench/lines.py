"""One long line: so many bytes a second, however long the line."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bench.measure import RUNS, call, processor

if TYPE_CHECKING:
    from bench.table import Table

ENOUGH = 2.0  # seconds, after which a line is read no more
STOPS, MARKS = "./", "\u0301\u0323"


def rows(table: Table) -> None:
    """Print how many bytes a second are cut into sentences and cleaned."""
    sizes = table.sizes.megabytes
    table.line("\nOne line of some megabytes: MB/CPU s")
    table.numbers("", [f"{size:g} MB" for size in sizes])
    for name in ("sentences", "clean"):
        for kind in ("words", "words in NFD", "full stops", "combining marks"):
            rates = call(rates_of, name, kind, sizes)
            table.numbers(f"{name}, {kind}", [f"{rate:.1f}" for rate in rates])


def line(kind: str, size: int) -> str:
    """Return a line of some `size` bytes."""
    from vinese.core.project import Project
    from vinese.corpus.articles import Articles

    words = " ".join(article.text.replace("\n", " ") for article in Articles(Project().articles)) + " "
    kinds = {"words": words, "words in NFD": unicodedata.normalize("NFD", words), "full stops": STOPS}
    content = kinds.get(kind, MARKS).encode()
    return (content * (size // len(content) + 1))[:size].decode(errors="ignore").strip()


def rates_of(name: str, kind: str, megabytes: list[float]) -> list[float]:
    """Return how many MB a processor second one line of each size gets."""
    from vinese.text.normalise import clean
    from vinese.text.sentences import sentences

    work, rates = sentences if name == "sentences" else clean, []
    for size in megabytes:
        text, taken = line(kind, int(size * 1_000_000)), []
        while len(taken) < RUNS and sum(taken) < ENOUGH:
            start = processor()
            work(text)
            taken.append(processor() - start)
        rates.append(size / min(taken))
    return rates
