"""Name the controls of the label configuration, as regions of an export refer to them."""

from __future__ import annotations

import re

KINDS = {"entity": "entity", "event": "event", "stance": "stance"}
CHOICES = {
    "modality": "event",
    "polarity": "stance",
    "attribution": "stance",
    "holder_kind": "stance",
    "topic": "stance",
}
REQUIRED = {"entity": (), "event": ("modality",), "stance": ("polarity", "attribution")}
NOTE = "note"
TEXT = "text"
TOOL = "Label Studio"


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
