"""Say which code points clean text never holds, and which joiners inside an emoji are content.

The sets are spelled out, not asked of `unicodedata`, so that every Python gives the same text for the same page.

- White space of every kind (tab, no-break space, thin space, line and paragraph separator, ...) becomes a space.
- Controls and invisible format characters go: soft hyphen, zero-width space, word joiner, byte order mark, marks of
  writing direction, ...
- U+200D (zero-width joiner) and the tag characters stay where they hold one emoji together (a family, the flag of
  England), for without them it is another picture; anywhere else they go. Variation selectors always stay.
"""

from __future__ import annotations

import re

_BREAKS = "\\t\\n\\v\\f\\r\\x1c-\\x1f\\x85\\u2028\\u2029"
_BLANKS = f" {_BREAKS}\\xa0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000"
_GONE = (
    "\\x00-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f"  # controls
    "\\xad\\u034f\\u061c\\u180e"  # soft hyphen, grapheme joiner, Arabic and Mongolian marks
    "\\u200b\\u200c\\u200e\\u200f\\u202a-\\u202e"  # zero-width space and non-joiner, writing direction
    "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\U000e0001"  # word joiner, byte order mark, annotation marks
)
_TAGS = "\\U000e0020-\\U000e007f"
_TAG_BODY, _TAG_END = "\\U000e0020-\\U000e007e", "\\U000e007f"

# The two arrows count only with a variation selector: bare, NFC may fuse them with a stroke into another sign.
_PICTURE = "(?:[\\u2600-\\u27bf\\u2b00-\\u2bff\\U0001f000-\\U0001faff]|[\\u2194\\u2195](?=\\ufe0f))"
_UNIT = f"(?:\\U0001f3f4[{_TAG_BODY}]+{_TAG_END}|{_PICTURE}[\\ufe0e\\ufe0f\\U0001f3fb-\\U0001f3ff]*)"

BLANK = re.compile(f"[{_BLANKS}]")
GONE = re.compile(f"[{_GONE}]")
JOINER = re.compile(f"[\\u200d{_TAGS}]")
EMOJI = re.compile(f"{_UNIT}(?:\\u200d{_UNIT})*")
SUSPECT = re.compile(f"[{_BREAKS}{_BLANKS[1:]}{_GONE}\\u200d{_TAGS}]|  |\\A | \\Z")


def stray_joiners(text: str) -> set[int]:
    """Return the positions of the joiners and tag characters of `text` that no emoji needs."""
    stray = {found.start() for found in JOINER.finditer(text)}
    if stray:
        for found in EMOJI.finditer(text):
            stray.difference_update(range(found.start(), found.end()))
    return stray
