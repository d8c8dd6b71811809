r"""Cut clean text into syllable tokens: numbers with their inner marks, runs of word characters, single signs.

Vietnamese writes a space between syllables, so this needs no model and gives offsets for free. It wants NFC: `\w`
does not match combining marks, so that decomposed text would fall to pieces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SYLLABLE = r"\d+(?:[.,/:]\d+)*|\w+|[^\w\s]"
_SYLLABLE = re.compile(SYLLABLE)


def syllables(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every token of `text[start:end]`, offsets into the whole of `text`."""
    return (found.span() for found in _SYLLABLE.finditer(text, start, len(text) if end is None else end))
