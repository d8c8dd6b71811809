"""What files repeat of the articles, found and masked whatever marks and breaks stand in between.

Only letters and digits are compared: bold, backticks, quotes, table bars and line breaks part no words. A file is
read as it is written and as it is shown, without tags, addresses of links and escapes, and a stretch is masked if
either reading holds it.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import accumulate, product
from typing import NamedTuple

from markdown_it import MarkdownIt

from vinese.text.quotes import WINDOW, Said

# Any stretch of 20 characters that holds so many letters is looked up by its first; one of fewer is looked up whole.
SEED = 10
_HIDDEN = {
    "html": re.compile(
        r"<!--.*?-->|</?[A-Za-z][^<>]*>|(?<=\])\([^()\s]*\)|&(?:#[0-9]+|#[xX][0-9a-fA-F]+|\w+);"
        r"|^[ \t>]*[0-9]+[.)][ \t]",
        re.DOTALL | re.MULTILINE,
    ),
    "json": re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)"),
}


class _Reading(NamedTuple):
    """The letters of a file as one string, and where each starts and ends in the file."""

    letters: str
    starts: list[int]
    ends: list[int]


class Masks:
    """Files, and which stretches of them the pages of the articles say too."""

    def __init__(self, files: dict[str, str]) -> None:
        """Take the text of each file by its path."""
        self.files = files
        self._hidden = {path: bytearray(len(text)) for path, text in files.items()}
        self._read = [(path, reading) for path, text in files.items() for reading in _readings(path, text)]
        self._places: dict[str, list[tuple[int, int]]] = {}
        for number, (_, reading) in enumerate(self._read):
            for at in range(len(reading.letters) - SEED + 1):
                self._places.setdefault(reading.letters[at : at + SEED], []).append((number, at))

    def hide(self, pages: Iterable[Said]) -> Masks:
        """Mark every stretch of 20 characters or more that a page holds, white space folded; read each page once."""
        for page in pages:
            for words in (page.text, *page.beside):
                self._hide(" ".join(words.split()))
        return self

    def repeats(self, path: str) -> bool:
        """Return whether a file repeats anything."""
        return any(self._hidden[path])

    def masked(self, path: str) -> str:
        """Return a file with `[…]` for what it repeats, and sound for its kind."""
        if not self.repeats(path):
            return self.files[path]
        text, hidden = self.files[path], self._hidden[path]
        # In JSON a word may be written in escapes, of which no part can go.
        whole = hidden if path.endswith(JSON) else _whole_words(text, hidden)
        return emit(path, text, whole)

    def _hide(self, words: str) -> None:
        at = [place for place, character in enumerate(words) if character.isalnum()]
        letters = "".join(words[place] for place in at)
        last = len(words) - WINDOW
        for first, place in enumerate(at):
            start = at[first - 1] + 1 if first else 0
            if start > last:
                return
            if first + SEED > len(at) or at[first + SEED - 1] >= start + WINDOW:
                self._hide_sparse(words[start : place + WINDOW], min(place, last) - start)
            for number, position in self._places.get(letters[first : first + SEED], ()):
                least, most = (bisect_left(at, end + WINDOW) - first for end in (start, min(place, last)))
                self._extend(number, position, letters[first : first + most], least)

    def _extend(self, number: int, position: int, letters: str, least: int) -> None:
        """Mark as many of `letters` as a reading has at a place, if that are at least so many."""
        path, reading = self._read[number]
        size = len(letters)
        while size >= least and not reading.letters.startswith(letters[:size], position):
            size -= 1
        if size >= max(least, SEED):
            self._mark(path, reading.starts[position], reading.ends[position + size - 1])

    def _hide_sparse(self, words: str, shifts: int) -> None:
        """Mark a stretch of few letters, such as a row of dots with a name in it, where it stands as it is."""
        for window in (words[at : at + WINDOW] for at in range(shifts + 1)):
            parts = r"\s*".join(map(re.escape, "".join(window.split())))
            for path, text in self.files.items():
                for match in re.finditer(parts, text) if any(character.isalnum() for character in window) else ():
                    self._mark(path, *match.span())

    def _mark(self, path: str, start: int, end: int) -> None:
        self._hidden[path][start:end] = b"\1" * (end - start)


def _whole_words(text: str, hidden: bytearray) -> bytearray:
    """Return what to hide without the parts of words at the ends of a stretch: a letter there is chance."""
    whole = bytearray(hidden)
    for run in re.finditer(b"\x01+", hidden):
        start, end = run.span()
        words = list(re.finditer(r"[^\W_]+", text[start:end]))
        if len(words) > 1 and text[max(0, start - 1) : start].isalnum():
            whole[start : start + words[1].start()] = bytes(words[1].start())
        if len(words) > 1 and text[end : end + 1].isalnum():
            whole[start + words[-2].end() : end] = bytes(end - start - words[-2].end())
    return whole


def _readings(path: str, text: str) -> Iterator[_Reading]:
    """Yield a file as it is written, and as it is shown where that differs."""
    yield _reading(text, [])
    kind = "json" if path.endswith(JSON) else "html"
    matches = list(_HIDDEN[kind].finditer(text))
    if matches:
        yield _reading(text, matches)


def _reading(text: str, hidden: list[re.Match[str]]) -> _Reading:
    """Return the letters of a text, with what each hidden part stands for instead of it."""
    units: list[tuple[str, int, int]] = []
    at = 0
    for match in hidden:
        units += [(text[place], place, place + 1) for place in range(at, match.start())]
        units += [(character, *match.span()) for character in _stands_for(match[0])]
        at = match.end()
    units += [(text[place], place, place + 1) for place in range(at, len(text))]
    shown = [unit for unit in units if unit[0].isalnum()]
    return _Reading(
        "".join(letter for letter, _, _ in shown), [start for _, start, _ in shown], [end for _, _, end in shown]
    )


def _stands_for(part: str) -> str:
    if part.startswith("&"):
        return html.unescape(part)
    return chr(int(part[2:], 16)) if re.fullmatch(r"\\u[0-9a-fA-F]{4}", part) else ""


MASK = "[…]"
JSON = (".json", ".jsonl")
BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"))
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_TAG = re.compile(r"<!--|-->|</?[A-Za-z][^<>\n]*>")
# Where a mark of Markdown may open or close; which of them belong together only its parser knows.
_EDGE = re.compile(r"\]\([^()]*\)|!?\[|\]|[*_`~]+")
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


class Place(NamedTuple):
    """Where words stand in a file that may be hidden, from and to, line by line; `inline` if marks stand in them."""

    lines: tuple[tuple[int, int], ...]
    inline: bool = False


def places(path: str, text: str) -> Iterator[Place]:
    """Yield where the words of a file stand: its JSON strings, its blocks of Markdown, or its lines."""
    if path.endswith(JSON):
        yield from (Place((match.span(1),)) for match in _STRING.finditer(text))
    elif path.endswith(".md"):
        yield from _markdown_places(text)
    else:
        yield from (Place((match.span(),)) for match in re.finditer(r".+", text))


def _markdown_places(text: str) -> Iterator[Place]:
    """Yield the words of each block, without what opens its lines, the bars of its cells and the fences of code."""
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    cell_ends, above = dict[int, int](), ""
    for token in _MARKDOWN.parse(text):
        above, opened_by = token.type, above
        if token.map is None or token.type not in {"inline", "fence", "code_block", "html_block"}:
            continue
        content = token.content.rstrip("\n").split("\n")
        spans = []
        for number, words in enumerate([token.info, *content] if token.type == "fence" else content, token.map[0]):
            line, forms = lines[number], (words.strip(), words.strip().replace("|", r"\|"))
            if opened_by in {"th_open", "td_open"}:
                at, form = max((line.find(form, cell_ends.get(number, 0)), form) for form in forms)
                cell_ends[number] = at + len(form)
            else:
                at, form = line.rfind(forms[0]), forms[0]
            start, end = (at, at + len(form)) if at >= 0 else (0, len(line))
            spans.append((starts[number] + start, starts[number] + end))
        yield Place(tuple(spans), token.type == "inline")


def emit(path: str, text: str, hidden: bytearray) -> str:
    """Return a text with `[…]` for every hidden stretch; of marks that belong together all stay or none."""
    wanted = bytearray(len(text))
    for place in places(path, text):
        if place.inline:
            _balance(text, hidden, place.lines[0][0], place.lines[-1][1])
        for start, end in place.lines:
            wanted[start:end] = hidden[start:end]
    if path.endswith(".md"):
        _add_unread(text, hidden, wanted)
    for tag in () if path.endswith(JSON) else _TAG.finditer(text):
        wanted[slice(*tag.span())] = bytes(len(tag[0]))
    return "".join(_emitted(text, bytes(wanted), path.endswith(".md")))


def _add_unread(text: str, hidden: bytearray, wanted: bytearray) -> None:
    """Hide too what is in no block, as the address of a reference, or a cell more than the table has columns."""
    for part in re.finditer(r"[^\n|]+", text):
        unread = [at for at in range(*part.span()) if hidden[at] and not wanted[at]]
        if any(text[at].isalpha() for at in unread):
            for at in unread:
                wanted[at] = 1


def _balance(text: str, hidden: bytearray, start: int, end: int) -> None:
    """Hide as much more of a block as keeps its parser from finding one mark of Markdown without the other."""
    block, before = text[start:end], _strays(text[start:end])

    def sound(left: int, right: int) -> bool:
        alone = bytes(left) + b"\1" * (right - left) + bytes(len(block) - right)
        after = _strays("".join(_emitted(block, alone, markdown=True)))
        return after <= before and after["["] - after["]"] == before["["] - before["]"]

    edges = [edge.span() for edge in _EDGE.finditer(block)]
    for run in list(re.finditer(b"\x01+", hidden[start:end])):
        lefts = [run.start(), *(left for left, _ in edges if left < run.start())]
        rights = [run.end(), *(right for _, right in edges if right > run.end())]
        wider = merge(*(product((left,), rights) for left in lefts), key=lambda ends: ends[1] - ends[0])
        left, right = next((ends for ends in wider if sound(*ends)), (0, len(block)))
        hidden[start + left : start + right] = b"\1" * (right - left)


def _strays(block: str) -> Counter[str]:
    """Return the characters of marks that the parser takes for text."""
    children = _MARKDOWN.parseInline(block)[0].children or ()
    texts = (child.content.replace(MASK, "") for child in children if child.type == "text")
    return Counter(letter for content in texts for letter in content if letter in "*_`~[]")


def _emitted(text: str, hidden: bytes, markdown: bool) -> Iterator[str]:
    """Yield the text in parts; the spaces at the ends of a hidden stretch stay."""
    at = 0
    for run in re.finditer(b"\x01+", hidden):
        words = text[run.start() : run.end()]
        before, after = len(words) - len(words.lstrip()), len(words) - len(words.rstrip())
        yield text[at : run.start()]
        at = run.end()
        at += sum(text[at : at + 1] == close and words.count(mark) > words.count(close) for mark, close in BRACKETS)
        if not any(character.isalnum() for character in words):
            yield re.sub(r"[*_`~\[\]]", "", words)
            continue
        yield f"{words[:before]}{MASK}"
        yield words[len(words) - after :]
        # Before these a bracket would be a link.
        if markdown and not after and text[at : at + 1] in {"(", "[", ":"}:
            yield " "
    yield text[at:]
