"""Make a corpus with planted copies, and say how many of them the search for near-duplicates finds.

Run it in tests/: python -m support.near_duplicates
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec

from vinese.core.files import record_bytes
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.near import THRESHOLD, Groups, key_of, near_duplicates, shingles, similarity
from vinese.model.records import Article, Metadata, Source, Zone
from vinese.text.sentences import sentences
from vinese.text.tokens import new_tones

if TYPE_CHECKING:
    from collections.abc import Callable

STORIES, PARAGRAPHS = 400, 8
EXACT = ("the same", "capitals", "NFD copy", "new tone marks", "other white space")
NEAR = (
    "one paragraph changed",
    "title changed",
    "one paragraph added",
    "one word in forty changed",
    "two paragraphs changed",
)
FALSE = ("same lead, other story", "same lead and end, other story")
BEYOND = ("half the paragraphs changed",)


class Planted(msgspec.Struct, frozen=True):
    """Hold one text: which story it tells, and what was done to it; stories without a copy are `alone`."""

    id: str
    story: int
    kind: str
    text: str


class Writer:
    """Write text of the vocabulary of the five articles: half of its words follow each other as they do there."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._words = [word for one in Articles(Project().articles) for word in one.text.split()]
        self._after: dict[str, list[str]] = {}
        for word, following in zip(self._words, self._words[1:], strict=False):
            self._after.setdefault(word, []).append(following)

    def line(self, length: int) -> str:
        """Return a line of `length` words."""
        found = [self.chance.choice(self._words)]
        while len(found) < length:
            follow = self.chance.random() < 0.5
            found.append(self.chance.choice(self._after.get(found[-1], self._words) if follow else self._words))
        return " ".join(found)

    def story(self, lead: str | None = None) -> list[str]:
        """Return title, lead and paragraphs."""
        body = [self.line(self.chance.randint(30, 80)) for _ in range(PARAGRAPHS)]
        return [self.line(12), lead or self.line(40), *body]

    def changed(self, lines: list[str], kind: str) -> str:
        """Return the text of a story with something done to it."""
        new = list(lines)
        if kind == "one paragraph changed":
            new[self.chance.randrange(2, len(new))] = self.line(55)
        elif kind == "two paragraphs changed":
            for place in self.chance.sample(range(2, len(new)), 2):
                new[place] = self.line(55)
        elif kind == "title changed":
            new[0] = self.line(12)
        elif kind == "one paragraph added":
            new.append(self.line(55))
        elif kind == "half the paragraphs changed":
            new[2 : 2 + PARAGRAPHS // 2] = [self.line(55) for _ in range(PARAGRAPHS // 2)]
        elif kind == "one word in forty changed":
            new = [" ".join(w if self.chance.random() > 1 / 40 else self.line(1) for w in one.split()) for one in new]
        text = "\n".join(new)
        forms: dict[str, Callable[[str], str]] = {
            "capitals": str.upper,
            "NFD copy": lambda one: unicodedata.normalize("NFD", one),
            "new tone marks": new_tones,
            "other white space": lambda one: one.replace("\n", " \n\n").replace(",", " ,"),
        }
        return forms.get(kind, str)(text)


def corpus(seed: int = 1, stories: int = STORIES) -> list[Planted]:
    """Return stories, half of them alone, with the copies of the others among them in random order."""
    writer = Writer(seed)
    kinds = (*EXACT, *NEAR, *FALSE, *BEYOND)
    leads, ends = ([writer.line(40) for _ in range(3)] for _ in range(2))
    found: list[tuple[int, str, str]] = []
    for number in range(stories):
        kind = kinds[number % len(kinds)] if number < stories // 2 else "alone"
        lines = writer.story(writer.chance.choice(leads) if kind in FALSE else None)
        found.append((number, "alone", "\n".join(lines)))
        if kind in FALSE:
            other = writer.story(lines[1])
            if kind == FALSE[1]:
                end = writer.chance.choice(ends)
                found[-1] = (number, "alone", "\n".join([*lines, end]))
                other.append(end)
            found.append((stories + number, kind, "\n".join(other)))
        elif kind != "alone":
            found.append((number, kind, writer.changed(lines, kind)))
    writer.chance.shuffle(found)
    return [Planted(f"a{place:06}", *one) for place, one in enumerate(found)]


class Score(msgspec.Struct, frozen=True):
    """Hold, by kind, how many pairs were planted and found, and how many found pairs are none."""

    planted: Counter[str]
    found: Counter[str]
    wrong: int
    exact_as_near: int


def search(planted: list[Planted]) -> Score:
    """Search the corpus and compare the pairs that it groups with those that were planted."""
    texts = {one.id: one.text for one in planted}
    by_id = {one.id: one for one in planted}
    made = list(near_duplicates(texts.items(), texts.__getitem__))
    groups, members = Groups(), {}
    for link in made:
        groups.join(link.article, link.other)
    for one in sorted(texts):
        members.setdefault(groups.first(one), []).append(one)
    pairs = {pair for found in members.values() for pair in combinations(found, 2)}
    stories: dict[int, list[str]] = {}
    for one in sorted(texts):
        stories.setdefault(by_id[one].story, []).append(one)
    truth = {pair: kind_of(by_id, pair) for found in stories.values() for pair in combinations(found, 2)}
    return Score(
        planted=Counter(truth.values()),
        found=Counter(truth[pair] for pair in pairs & truth.keys()),
        wrong=len(pairs - truth.keys()),
        exact_as_near=sum(
            not link.exact
            for link in made
            if truth.get(tuple(sorted((link.article, link.other))), "") in EXACT  # type: ignore[call-overload]
        ),
    )


def kind_of(by_id: dict[str, Planted], pair: tuple[str, str]) -> str:
    """Return what was done to the copy of a pair."""
    return next(by_id[one].kind for one in pair if by_id[one].kind != "alone")


def article(name: str, text: str, publisher: str | None = None, published_at: str | None = None) -> Article:
    """Return an article of clean text."""
    import hashlib

    zones, start = [], 0
    for line in text.split("\n"):
        zones.append(Zone("body", start, start + len(line), start, start + len(line)))
        start += len(line) + 1
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Article(
        id=name, text=text, text_sha256=sha256, sentences=sentences(text), zones=tuple(zones), zoning="rules",
        metadata=Metadata(publisher=publisher, published_at=published_at),
        raw=Source(file=f"{name}.txt", sha256=sha256, chars=len(text)),
    )  # fmt: skip


def write(project: Project, found: Article) -> None:
    """Put an article into a project."""
    project.articles.mkdir(parents=True, exist_ok=True)
    (project.articles / f"{found.id}.json").write_bytes(record_bytes(found))


def table(score: Score, planted: list[Planted]) -> str:
    """Return what was found as text."""
    stories = {one.story: one.text for one in planted if one.kind == "alone"}
    alike: dict[str, list[float]] = {}
    for one in planted:
        if one.kind not in {"alone", *FALSE}:
            pair = (shingles(key_of(one.text)), shingles(key_of(stories[one.story])))
            alike.setdefault(one.kind, []).append(similarity(*pair))
    lines = [f"{len(planted)} texts; near-duplicates share {THRESHOLD:.0%} of word sequences or more", ""]
    lines.append(f"{'planted':<32}{'pairs':>6}{'found':>7}   similarity")
    for kind in (*EXACT, *NEAR, *BEYOND):
        low, high = min(alike[kind]), max(alike[kind])
        beyond = "  (below the threshold: not to be found)" if kind in BEYOND else ""
        lines.append(f"{kind:<32}{score.planted[kind]:>6}{score.found[kind]:>7}   {low:.2f} to {high:.2f}{beyond}")
    number = Counter(one.kind for one in planted)
    lines += [f"{kind:<32}{number[kind]:>6}{'':>7}   (not to be found)" for kind in FALSE]
    wanted = sum(score.planted[kind] for kind in (*EXACT, *NEAR))
    right = sum(score.found[kind] for kind in (*EXACT, *NEAR))
    precision = right / (right + score.wrong + sum(score.found[kind] for kind in BEYOND))
    return "\n".join([*lines, "", f"recall {right / wanted:.3f}, precision {precision:.3f}, wrong {score.wrong}"])


if __name__ == "__main__":
    for seed in (1, 2, 3):
        texts = corpus(seed)
        print(f"\nseed {seed}: {table(search(texts), texts)}")
