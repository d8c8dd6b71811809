r"""Cut clean text into syllable tokens: numbers with their inner marks, runs of word characters, single signs.

Vietnamese writes a space between syllables, so this needs no model and gives offsets for free. Scripts that set no
space fall into letters, lest a token hold several mentions. It wants NFC: `\w`
does not match combining marks, so that decomposed text would fall to pieces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which set no space between words."""

SYLLABLE = rf"\d+(?:[.,/:]\d+)*|[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]"
_SYLLABLE = re.compile(SYLLABLE)


def syllables(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every token of `text[start:end]`, offsets into the whole of `text`.

    >>> text = "NATO chi 1,5 tỷ USD."
    >>> [text[start:end] for start, end in syllables(text)]
    ['NATO', 'chi', '1,5', 'tỷ', 'USD', '.']
    """
    return (token.span() for token in _SYLLABLE.finditer(text, start, len(text) if end is None else end))


# After q the u belongs to the consonant, and a letter that follows leaves the mark only one place.
_OLD = re.compile(r"(?:[òóỏõọ](?=[ae])|(?<!q)[ùúủũụ](?=y)).(?![^\W\d_])", re.IGNORECASE)


def new_tones(text: str) -> str:
    """Return `text`, which is NFC, with the tone marks where the newer spelling has them; the length is the same.

    >>> new_tones("hòa bình, thúy")
    'hoà bình, thuý'
    """

    def moved(letters: re.Match[str]) -> str:
        decomposed = unicodedata.normalize("NFD", letters[0][0])
        return decomposed[0] + unicodedata.normalize("NFC", letters[0][1] + decomposed[1:])

    return _OLD.sub(moved, text)
