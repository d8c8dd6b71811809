"""Cut sentences into words with underthesea, and say where in the text they stand.

The segmenter is given a shadow of the sentence, of the same length, and what it finds is laid over the original:

- It knows the newer place of tone marks better (`đe doạ` is a word to it, `đe dọa` two), so the shadow has that.
- It takes names that a hyphen joins for one word (`NATO-EU`, and worse, `Ấn Độ`, `Dương-Thái Bình Dương`), so the
  shadow has a comma where a hyphen stands between a letter and a capital.
- By default it corrects spelling as it goes, which moves offsets; that is switched off.
"""

from __future__ import annotations

import importlib.metadata
import re
from typing import TYPE_CHECKING

from vinese.errors import MissingExtraError
from vinese.text.tokens import syllables
from vinese.text.tones import new_tones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vinese.records import Sentence

    Segmenter = Callable[[str], list[str]]
    Stretch = tuple[int, int]

_JOINT = re.compile(r"(?<=[^\W\d_])[-‐‑–](?=[^\W\d_])")


def shadow(sentence: str) -> str:
    """Return what the segmenter is given in the place of `sentence`: a text of the same length."""
    return _JOINT.sub(lambda found: "," if sentence[found.end()].isupper() else found[0], new_tones(sentence))


def segmenter() -> tuple[str, Segmenter]:
    """Return the segmenter's name with its version, and the segmenter; raise `MissingExtraError` without it."""
    try:
        from underthesea import word_tokenize  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("Cutting text into words", "words") from error
    return f"underthesea {importlib.metadata.version('underthesea')}", lambda text: word_tokenize(
        text, use_token_normalize=False
    )


def segment(text: str, sentences: Iterable[Sentence], cut: Segmenter) -> list[list[Stretch]]:
    """Return the words of every sentence as stretches of `text`.

    A sentence whose words do not add up to it is cut into syllable tokens instead, which never fails.
    """
    return [_sentence(text, one, cut) for one in sentences]


def _sentence(text: str, sentence: Sentence, cut: Segmenter) -> list[Stretch]:
    line = shadow(text[sentence.start : sentence.end])
    found = lay(cut(line), line)
    if found is None:
        return list(syllables(text, sentence.start, sentence.end))
    return [(sentence.start + start, sentence.start + end) for start, end in found]


def lay(words: list[str], line: str) -> list[Stretch] | None:
    """Return where the words stand in `line`, white space between them aside; None if they do not add up to it."""
    found: list[Stretch] = []
    place = 0
    for word in words:
        while line[place : place + 1].isspace():
            place += 1
        found.append((place, place + len(word)))
        place += len(word)
        if [char.isspace() for char in word] != [char.isspace() for char in line[found[-1][0] : place]]:
            return None
    return found if not line[place:].strip() else None
