r"""Undo what Label Studio does to the text of a span when it stores `value.text`.

A line feed becomes a backslash and an `n`, and a run of white space one space. The offsets stay right, so
the text is only a hint: it is compared after both sides went through the same change, and never read.
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")


def as_shown(words: str) -> str:
    r"""Return `words` as Label Studio stores them.

    >>> as_shown("một\nhai")
    'một\\nhai'
    """
    return re.sub(r"[^\S\n]+", " ", words).replace("\n", "\\n")


def agrees(said: str, words: str) -> bool:
    r"""Tell whether `said` is how Label Studio may have stored `words`.

    >>> agrees("một\\nhai", "một\nhai"), agrees("Berlin, Bonn", "Berlin,  Bonn"), agrees("Bonn", "Bonn ")
    (True, True, False)
    """
    return said == words or _plain(said) == _plain(words)


def _plain(words: str) -> str:
    return _SPACE.sub(" ", words.replace("\\n", "\n"))
