"""Find articles that repeat others, word for word or nearly so, without comparing every pair.

Two articles are compared by the sequences of `SHINGLE` syllables that they hold, letters alone: Unicode form, letter
case, place of tone marks, punctuation and white space make no difference. They are near-duplicates if they share at
least `THRESHOLD` of the sequences that either has (the Jaccard index). MinHash proposes pairs, and each is then
measured exactly, so that chance decides what is proposed and never what is said of a pair. Of pairs that share half
it misses about one in eight, of those that share 0.6 one in eighty, of those that share 0.7 one in ten thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from vinese.core.errors import MissingExtraError
from vinese.text.normalise import nfc
from vinese.text.tokens import new_tones, syllables

SHINGLE, THRESHOLD = 5, 0.5
BANDS, ROWS_PER_BAND = 32, 4
SEED = 1


class NearDuplicate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two articles that repeat each other: `exact` if nothing but form differs; `similarity` is the Jaccard index."""

    article: str
    other: str
    exact: bool
    similarity: float


def key_of(text: str) -> str:
    """Return the syllables of a text in lower case, new tone places and NFC, with single spaces between them.

    >>> key_of("Hòa bình, ổn định!")
    'hoà bình ổn định'
    """
    plain = new_tones(nfc(nfc(text).casefold()))
    return " ".join(plain[start:end] for start, end in syllables(plain) if plain[start].isalnum())


def shingles(key: str) -> set[str]:
    """Return the sequences of syllables in a key; a text too short for one is one."""
    parts = key.split(" ")
    return {" ".join(parts[start : start + SHINGLE]) for start in range(max(1, len(parts) - SHINGLE + 1))}


def similarity(left: set[str], right: set[str]) -> float:
    """Return the Jaccard index of two sets."""
    return len(left & right) / len(left | right)


def near_duplicates(texts: Iterable[tuple[str, str]], text_of: Callable[[str], str]) -> Iterator[NearDuplicate]:
    """Yield, for (id, text) in order, each article with one before it that it repeats, if there is one.

    Articles in one pair, directly or through others, make one group; no more pairs are given than that takes.
    `text_of` reads an article again. Texts are not kept: what is kept is some 14 kB an article. Raise
    `MissingExtraError` if `datasketch` is not installed.
    """
    index, sketch = _index()
    groups = Groups()
    seen: dict[bytes, str] = {}

    @lru_cache(maxsize=64)
    def shingles_of(article: str) -> set[str]:
        return shingles(key_of(text_of(article)))

    for article, text in texts:
        key = key_of(text)
        digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
        if digest in seen:
            yield NearDuplicate(article=article, other=seen[digest], exact=True, similarity=1.0)
            continue
        seen[digest] = article
        own = shingles(key)
        minhash = sketch(own)
        for other in sorted(index.query(minhash)):
            if not groups.joined(article, other) and (jaccard := similarity(own, shingles_of(other))) >= THRESHOLD:
                groups.join(article, other)
                yield NearDuplicate(article=article, other=other, exact=False, similarity=round(jaccard, 4))
        index.insert(article, minhash, check_duplication=False)


def _index() -> tuple[Any, Callable[[set[str]], Any]]:
    """Return an empty index, and a function that makes the MinHash of a set for it."""
    try:
        from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Looking for near-duplicates", "splits") from error
    empty = MinHash(num_perm=BANDS * ROWS_PER_BAND, seed=SEED)

    def sketch(sequences: set[str]) -> Any:
        minhash = empty.copy()
        minhash.update_batch([sequence.encode() for sequence in sequences])
        return minhash

    return MinHashLSH(num_perm=BANDS * ROWS_PER_BAND, params=(BANDS, ROWS_PER_BAND)), sketch


class Groups:
    """Which articles belong together: a union-find, each group named by its first article."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def first(self, article: str) -> str:
        """Return the article that stands for the group of `article`: the first by id."""
        above = self._above
        while (up := above.get(article, article)) != article:
            above[article] = above.get(up, up)
            article = up
        return article

    def join(self, a: str, b: str) -> None:
        """Join the groups of two articles."""
        low, high = sorted((self.first(a), self.first(b)))
        self._above[high] = low

    def joined(self, a: str, b: str) -> bool:
        """Return whether two articles belong together."""
        return self.first(a) == self.first(b)
