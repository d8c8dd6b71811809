"""Find articles that repeat others, word for word or nearly so, without comparing every pair.

Two articles are compared by the sequences of `SHINGLE` syllables that they hold, letters alone: Unicode form, letter
case, place of tone marks, punctuation and white space make no difference. They are near-duplicates if they share at
least `THRESHOLD` of the sequences that either has (the Jaccard index). MinHash proposes pairs, and each is then
measured exactly, so that chance decides what is proposed and never what is said of a pair. Of pairs that share half
it misses about one in eight, of those that share 0.6 one in eighty, of those that share 0.7 one in ten thousand.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from vinese.core.errors import MissingExtraError
from vinese.text.tokens import new_tones, syllables

SHINGLE, THRESHOLD = 5, 0.5
BANDS, ROWS = 32, 4
SEED = 1


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Say that `article` repeats `other`: `exact` if nothing but form differs; `similarity` is the Jaccard index."""

    article: str
    other: str
    exact: bool
    similarity: float


def key(text: str) -> str:
    """Return the syllables of a text in lower case, new tone places and NFC, with single spaces between them."""
    plain = unicodedata.normalize("NFC", text).casefold()
    plain = new_tones(unicodedata.normalize("NFC", plain))
    return " ".join(plain[start:end] for start, end in syllables(plain) if plain[start].isalnum())


def shingles(found: str) -> set[str]:
    """Return the sequences of syllables in a key; a text too short for one is one."""
    parts = found.split(" ")
    return {" ".join(parts[at : at + SHINGLE]) for at in range(max(1, len(parts) - SHINGLE + 1))}


def similarity(one: set[str], other: set[str]) -> float:
    """Return the Jaccard index of two sets."""
    return len(one & other) / len(one | other)


def links(texts: Iterable[tuple[str, str]], text_of: Callable[[str], str]) -> Iterator[Link]:
    """Yield, for (id, text) in order, a link from each article to one before it that it repeats, if there is one.

    Articles joined by links, directly or through others, make one group; no more links are given than that takes.
    `text_of` reads an article again. Texts are not kept: what is kept is some 14 kB an article. Raise
    `MissingExtraError` if `datasketch` is not installed.
    """
    index, sketch = _index()
    groups = Groups()
    seen: dict[bytes, str] = {}

    @lru_cache(maxsize=64)
    def again(article: str) -> set[str]:
        return shingles(key(text_of(article)))

    for article, text in texts:
        found = key(text)
        digest = hashlib.blake2b(found.encode(), digest_size=16).digest()
        if digest in seen:
            yield Link(article=article, other=seen[digest], exact=True, similarity=1.0)
            continue
        seen[digest] = article
        mine = shingles(found)
        print_of = sketch(mine)
        for other in sorted(index.query(print_of)):
            if not groups.joined(article, other) and (shared := similarity(mine, again(other))) >= THRESHOLD:
                groups.join(article, other)
                yield Link(article=article, other=other, exact=False, similarity=round(shared, 4))
        index.insert(article, print_of, check_duplication=False)


def _index() -> tuple[Any, Callable[[set[str]], Any]]:
    """Return an empty index, and what makes the sketch of a set for it."""
    try:
        from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Looking for near-duplicates", "splits") from error
    empty = MinHash(num_perm=BANDS * ROWS, seed=SEED)

    def sketch(found: set[str]) -> Any:
        made = empty.copy()
        made.update_batch([one.encode() for one in found])
        return made

    return MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS)), sketch


class Groups:
    """Keep which articles belong together (union-find)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def first(self, article: str) -> str:
        """Return the article that stands for the group of `article`: the first by id."""
        above = self._above
        while (up := above.get(article, article)) != article:
            above[article] = above.get(up, up)
            article = up
        return article

    def join(self, one: str, other: str) -> None:
        """Put two articles, and all that belong to either, together."""
        low, high = sorted((self.first(one), self.first(other)))
        self._above[high] = low

    def joined(self, one: str, other: str) -> bool:
        """Tell whether two articles belong together."""
        return self.first(one) == self.first(other)
