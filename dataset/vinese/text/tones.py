"""Move the tone mark of open syllables in `oa`, `oe` and `uy` from the old place to the new: `hòa` to `hoà`.

Both spellings are current, and texts mix them. The length stays the same, so that offsets hold for both texts.
"""

from __future__ import annotations

import re
import unicodedata

# After q the u belongs to the consonant, and a letter that follows leaves the mark only one place.
_OLD = re.compile(r"(?:[òóỏõọ](?=[ae])|(?<!q)[ùúủũụ](?=y)).(?![^\W\d_])", re.IGNORECASE)


def new_tones(text: str) -> str:
    """Return `text`, which is NFC, with the tone marks where the newer spelling has them; the length is the same."""
    return _OLD.sub(lambda found: _moved(found[0]), text)


def _moved(pair: str) -> str:
    decomposed = unicodedata.normalize("NFD", pair[0])
    return decomposed[0] + unicodedata.normalize("NFC", pair[1] + decomposed[1:])
