"""Know the pages of the guidelines that annotators get, and measure how much of the corpus they quote.

Who annotates from pages that quote the articles copies the pages: agreement then says nothing of the rules. The log
of decisions, `decisions.md`, is about sentences of the corpus; annotators do not get it, and it is not counted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from vinese.core.files import read_bytes
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.model.records import Article, Sentence
from vinese.text.tokens import syllables

FOLDER = ("annotations", "guidelines")
LOG = "decisions.md"
RUN = 5
"""Syllables in a row, outside of names, that make a quotation."""

LIMIT = 0.02

_BREAKS = re.compile(r"[\n|`]")


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """How many code points of the articles stand in stretches that the guidelines have too."""

    characters: int
    quoted: int

    @property
    def share(self) -> float:
        """Return the share of the articles that is quoted, 0 where there are none."""
        return self.quoted / self.characters if self.characters else 0.0


def pages(project: Project) -> dict[str, str]:
    """Return the project's own pages for annotators by file name; empty where it has none."""
    folder = project.own(*FOLDER)
    return {path.name: read_bytes(path).decode() for path in sorted(folder.glob("*.md")) if path.name != LOG}


def pages_digest(texts: dict[str, str]) -> str | None:
    """Return the SHA-256 of pages by file name, in the order of names; None if there are none.

    Examples
    --------
    >>> pages_digest({"b.md": "2", "a.md": "1"}) == pages_digest({"a.md": "1", "b.md": "2"})
    True
    >>> pages_digest({}) is None
    True
    """
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\0{len(texts[name].encode())}\0{texts[name]}".encode())
    return digest.hexdigest() if texts else None


def measure(project: Project, articles: Iterable[Article]) -> Leak:
    """Return how much of the articles the project's pages and ontology quote.

    A quotation is a stretch of syllables that a page has in the same order, at least `RUN` of them outside of names:
    regardless of case, marks between them not counted. What begins with a capital letter inside a sentence is a name.
    """
    texts = list(pages(project).values())
    ontology = project.own("schema", "ontology.json")
    if ontology.is_file():
        texts.extend(_strings(msgspec.json.decode(read_bytes(ontology))))
    return quoted(((article.text, article.sentences) for article in articles), texts)


def quoted(articles: Iterable[tuple[str, Iterable[Sentence]]], texts: Iterable[str]) -> Leak:
    """Return how much of articles, each a text and its sentences, the texts of pages quote (see `measure`)."""
    known = {gram for text in texts for line in _BREAKS.split(text) for gram in _grams(_words(line))}
    characters = quotation = 0
    for text, sentences in articles:
        characters += len(text)
        quotation += sum(end - start for start, end in _quotations(text, sentences, known)) if known else 0
    return Leak(characters=characters, quoted=quotation)


def _strings(value: object) -> Iterator[str]:
    """Yield every text in parsed JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _words(text: str) -> list[str]:
    return [word.lower() for start, end in syllables(text) if (word := text[start:end])[0].isalnum()]


def _grams(words: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _quotations(text: str, sentences: Iterable[Sentence], known: set[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """Yield the start and end of every quotation in an article."""
    spans = [(start, end) for start, end in syllables(text) if text[start].isalnum()]
    words = [text[start:end].lower() for start, end in spans]
    inside = [False] * len(words)
    for at, gram in enumerate(_grams(words)):
        if gram in known:
            inside[at : at + RUN] = [True] * RUN
    openings = {sentence.start for sentence in sentences}
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and inside[last]:
            last += 1
        plain = [start for start, _ in spans[first:last] if start in openings or not text[start].isupper()]
        if len(plain) >= RUN:
            yield spans[first][0], spans[last - 1][1]
        first = last + 1


@dataclass(frozen=True, slots=True)
class KeptGuidelines:
    """The pages of the guidelines: people write them, and they quote next to nothing of the corpus."""

    articles: Articles
    name: str = "guidelines"
    after: tuple[str, ...] = ("articles", "tables")
    by_hand: bool = True

    def applies_to(self, project: Project) -> bool:
        """Return whether the project has pages of its own."""
        return any(project.own(*FOLDER).glob("*.md"))

    def check(self, project: Project, _progress: Progress) -> Iterator[Issue]:
        """Yield an error if the pages quote more of the articles than `LIMIT`."""
        leak = measure(project, self.articles)
        if leak.share > LIMIT:
            fields = {"share": f"{leak.share:.1%}", "limit": f"{LIMIT:.0%}"}
            yield issue("guidelines-leak", file="/".join(FOLDER), **fields)

    def update(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield what `check` does: people write guidelines."""
        yield from self.check(project, progress)
