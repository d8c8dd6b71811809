"""Turn raw text into clean text and keep, for every clean code point, where in the raw text it came from.

Clean text is NFC; it has no carriage return, tab, control or invisible character, no white space but single spaces
inside a line, and none at the edges of a line. The sets below are exact.

`fold` does the cleaning of one line (a line break in its input becomes a space) and is the function in the
invariant of `vinese.model.records.Zone`. It contains NFC, for taking a zero-width character from between a letter
and its accent lets the two compose. Folding twice changes nothing, and NFC before it changes nothing:
`fold(nfc(raw)) == fold(raw)`. So
`fold(raw[raw_start:raw_end]) == text[start:end]` is the invariant in its shortest form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

_LINE_END = re.compile("\r\n|[\n\r\u2029]")

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

GONE = re.compile(f"[{_GONE}]")
JOINER = re.compile(f"[\\u200d{_TAGS}]")
EMOJI = re.compile(f"{_UNIT}(?:\\u200d{_UNIT})*")
TROUBLE = re.compile(f"[{_GONE}\\u200d{_TAGS}]")
WORD = re.compile(f"[^{_BLANKS}]+")
STRETCH = re.compile(f"[^{_BLANKS}]+(?: [^{_BLANKS}]+)*")
_LONG = 64
_MARKS = re.compile(f"[^\\w\\s\\x00-\\x7f]{{{_LONG},}}")
_PLAIN_WORD = f"[^{_BLANKS}{_GONE}\\u200d{_TAGS}\\u0300-\\u036f]+(?![^{_BLANKS}])"
PLAIN_OR_WORD = re.compile(f"(?P<plain>{_PLAIN_WORD}(?: {_PLAIN_WORD})*)|[^{_BLANKS}]+")
SUSPECT = re.compile(f"[{_BREAKS}{_BLANKS[1:]}{_GONE}\\u200d{_TAGS}]|  |\\A | \\Z")


def nfc(text: str) -> str:
    """Return `text` in Unicode normalisation form C; a run of marks costs no more than other text of its length."""
    if len(text) > _LONG:  # the library sorts marks one by one, which takes the square of their number
        text = _MARKS.sub(lambda run: "".join(_in_order(run[0])), text)
    return unicodedata.normalize("NFC", text)


def _in_order(run: str) -> Iterator[str]:
    """Yield stretches of marks, each in the order that normalisation gives them, and of what else is in `run`."""
    for are_marks, stretch in groupby(run, key=lambda char: unicodedata.combining(char) != 0):
        chars = "".join(stretch)
        yield from sorted(chars, key=unicodedata.combining) if are_marks else chars


def fold(text: str) -> str:
    r"""Return the clean form of one line; see the module's docstring.

    >>> fold(" Ha\u0300\u00a0 No\u0323\u0302i\u200b\t")
    'Hà Nội'
    """
    return text if _surely_clean(text) else clean(text).text


def is_clean(text: str) -> bool:
    r"""Return whether every line of `text`, its lines parted by single line feeds, is clean and not empty.

    >>> is_clean("Hà Nội\nHuế"), is_clean("Hà Nội\n\nHuế")
    (True, False)
    """
    return _surely_clean_text(text) or all(line and fold(line) == line for line in text.split("\n"))


def _surely_clean_text(text: str) -> bool:
    """Return, fast, whether it is sure that every line of `text` is clean and none is empty.

    What is printable has no control, format or separator character but the space; the grapheme joiner is a mark. Two
    spaces in a row are also what a line feed beside a space or another line feed becomes.
    """
    flat = text.replace("\n", " ")
    return (
        flat.isprintable()
        and "  " not in flat
        and " " not in (flat[:1] or " ", flat[-1:])
        and "\u034f" not in flat
        and unicodedata.is_normalized("NFC", flat)
    )


def _surely_clean(line: str) -> bool:
    """Return, fast, whether it is sure that `fold` would leave `line` as it is."""
    return not SUSPECT.search(line) and unicodedata.is_normalized("NFC", line)


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean line; code point `i` of `text` came from `raw[starts[i]:ends[i]]`.

    Both sequences rise; where accents composed or white space shrank, several raw code points stand behind one, and
    where one raw code point became several, these share its place.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def clean(raw: str, start: int = 0, end: int | None = None) -> Clean:
    """Return the stretch `raw[start:end]`, one line, clean, with offsets into the whole of `raw`.

    >>> line = clean("a  b")
    >>> line.text, line.starts, line.ends
    ('a b', [0, 1, 3], [1, 3, 4])
    """
    end = len(raw) if end is None else end
    line = raw[start:end]
    if _surely_clean(line):
        return Clean(line, range(start, end), range(start + 1, end + 1))
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    after = start
    for first, last, word in stretches(raw, start, end):
        if text:
            text.append(" ")
            starts.append(after)
            ends.append(first)
        after = last
        if word is None:
            text.append(raw[first:last])
            starts.extend(range(first, last))
            ends.extend(range(first + 1, last + 1))
        else:
            text.append(word.text)
            starts.extend([first + place for place in word.starts])
            ends.extend([first + place for place in word.ends])
    return Clean("".join(text), starts, ends)


def stretches(raw: str, start: int, end: int) -> Iterator[tuple[int, int, Clean | None]]:
    """Yield start and end of what stands between the spaces of the clean form of `raw[start:end]`, one line.

    With each comes its own clean form, with offsets from where it starts, None if it is clean already; it may hold
    spaces then. White space parts what NFC never fuses.
    """
    line = raw[start:end]
    if unicodedata.is_normalized("NFC", line) and not TROUBLE.search(line):
        for stretch in STRETCH.finditer(line):
            yield start + stretch.start(), start + stretch.end(), None
        return
    for match in PLAIN_OR_WORD.finditer(line):
        if match["plain"] and unicodedata.is_normalized("NFC", match[0]):
            yield start + match.start(), start + match.end(), None
            continue
        for word in WORD.finditer(line, match.start(), match.end()) if match["plain"] else (match,):
            cleaned = _clean_word(word[0]) if len(word[0]) <= _LONG else _clean_word.__wrapped__(word[0])
            if cleaned.text:
                first, last = word.span()
                yield start + first, start + last, None if isinstance(cleaned.starts, range) else cleaned


@lru_cache(maxsize=1 << 16)
def _clean_word(word: str) -> Clean:
    """Return a stretch without white space clean."""
    if _surely_clean(word):
        return Clean(word, range(len(word)), range(1, len(word) + 1))
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for part, start, end in _word(list(_visible(word))):
        text.append(part)
        starts.extend([start] * len(part))
        ends.extend([end] * len(part))
    return Clean("".join(text), starts, ends)


def lines(raw: str) -> Iterator[tuple[int, int, int]]:
    r"""Yield (number from 1, start, end without the line end) of every line of `raw`, also the blank ones.

    A line ends at LF, CR LF, CR or U+2029, so that numbers agree with what editors show.

    >>> list(lines("a\n\nb"))
    [(1, 0, 1), (2, 2, 2), (3, 3, 4)]
    """
    number = start = 0
    for end in _LINE_END.finditer(raw):
        number += 1
        yield number, start, end.start()
        start = end.end()
    yield number + 1, start, len(raw)


def _visible(word: str) -> Iterator[tuple[str, int]]:
    """Yield (character, place) of a word without what is invisible."""
    kept = [(char, place) for place, char in enumerate(word) if not GONE.match(char)]
    stray = stray_joiners("".join(char for char, _ in kept))
    return (pair for index, pair in enumerate(kept) if index not in stray)


def _word(kept: list[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield the pieces of a stretch without a space, which NFC never fuses with anything."""
    whole = nfc("".join(char for char, _ in kept))
    pieces = list(_pieces(kept))
    if "".join(text for text, _, _ in pieces) == whole:
        yield from pieces
    else:  # a script whose letters compose across our groups: true, if coarse
        yield whole, kept[0][1], kept[-1][1] + 1


def _pieces(kept: list[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield the pieces of a word, cut before every character that does not lean on the one before."""
    first = 0
    for index in range(1, len(kept) + 1):
        if index == len(kept) or not _leans(kept[index][0]):
            yield from _piece(kept[first:index])
            first = index


def _piece(group: list[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield one group, character by character if NFC leaves it as it is."""
    text = "".join(char for char, _ in group)
    composed = nfc(text)
    if composed == text:
        yield from ((char, place, place + 1) for char, place in group)
    elif group:
        yield composed, group[0][1], group[-1][1] + 1


def _leans(char: str) -> bool:
    """Return whether NFC may fuse `char` with what precedes it: marks, and the inner letters of Hangul."""
    return char >= "\u0300" and (unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff")


def stray_joiners(text: str) -> set[int]:
    """Return the positions of the joiners and tag characters of `text` that no emoji needs."""
    stray = {joiner.start() for joiner in JOINER.finditer(text)}
    if stray:
        for emoji in EMOJI.finditer(text):
            stray.difference_update(range(emoji.start(), emoji.end()))
    return stray
