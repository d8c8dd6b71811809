"""Find what files repeat of the articles, whatever marks and breaks stand in between, and mask it.

Only letters and digits are compared: bold, backticks, quotes, table bars and line breaks part no words. A file is
read as it is written and as it is shown, without tags, addresses of links and escapes, and a stretch is masked if
either reading holds it.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

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
    """Hold the letters of a file as one string, and where each starts and ends in the file."""

    letters: str
    starts: list[int]
    ends: list[int]


class Masks:
    """Hold files, and which stretches of them the pages say."""

    def __init__(self, files: dict[str, str]) -> None:
        """Take the text of each file by its path."""
        self.files = files
        self._hidden = {path: bytearray(len(text)) for path, text in files.items()}
        self._read = [(path, one) for path, text in files.items() for one in _readings(path, text)]
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

    def found(self, path: str) -> bool:
        """Tell whether a file repeats anything."""
        return any(self._hidden[path])

    def masked(self, path: str) -> str:
        """Return a file with `[…]` for what it repeats, and sound for its kind."""
        if not self.found(path):
            return self.files[path]
        text, hidden = self.files[path], self._hidden[path]
        # In JSON a word may be written in escapes, of which no part can go.
        whole = hidden if path.endswith(JSON) else _whole_words(text, hidden)
        return emit(text, whole, shape(path, text))

    def _hide(self, words: str) -> None:
        at = [place for place, one in enumerate(words) if one.isalnum()]
        letters = "".join(words[place] for place in at)
        last = len(words) - WINDOW
        for first, place in enumerate(at):
            start = at[first - 1] + 1 if first else 0
            if start > last:
                return
            if first + SEED > len(at) or at[first + SEED - 1] >= start + WINDOW:
                self._hide_sparse(words[start : place + WINDOW], min(place, last) - start)
            for number, there in self._places.get(letters[first : first + SEED], ()):
                least, most = (bisect_left(at, end + WINDOW) - first for end in (start, min(place, last)))
                self._extend(number, there, letters[first : first + most], least)

    def _extend(self, number: int, there: int, letters: str, least: int) -> None:
        """Mark as many of `letters` as a reading has at a place, if that are at least so many."""
        path, reading = self._read[number]
        size = len(letters)
        while size >= least and not reading.letters.startswith(letters[:size], there):
            size -= 1
        if size >= max(least, SEED):
            self._mark(path, reading.starts[there], reading.ends[there + size - 1])

    def _hide_sparse(self, words: str, more: int) -> None:
        """Mark a stretch of few letters, such as a row of dots with a name in it, where it stands as it is."""
        for window in (words[at : at + WINDOW] for at in range(more + 1)):
            parts = r"\s*".join(map(re.escape, "".join(window.split())))
            for path, text in self.files.items():
                for found in re.finditer(parts, text) if any(one.isalnum() for one in window) else ():
                    self._mark(path, *found.span())

    def _mark(self, path: str, start: int, end: int) -> None:
        self._hidden[path][start:end] = b"\1" * (end - start)


def _whole_words(text: str, hidden: bytearray) -> bytearray:
    """Return what to hide without the parts of words at the ends of a stretch: a letter there is chance."""
    found = bytearray(hidden)
    for run in re.finditer(b"\x01+", hidden):
        start, end = run.span()
        words = list(re.finditer(r"[^\W_]+", text[start:end]))
        if len(words) > 1 and text[:start][-1:].isalnum():
            found[start : start + words[1].start()] = bytes(words[1].start())
        if len(words) > 1 and text[end : end + 1].isalnum():
            found[start + words[-2].end() : end] = bytes(end - start - words[-2].end())
    return found


def _readings(path: str, text: str) -> Iterator[_Reading]:
    """Yield a file as it is written, and as it is shown where that differs."""
    yield _reading(text, [])
    kind = "json" if path.endswith(JSON) else "html"
    found = list(_HIDDEN[kind].finditer(text))
    if found:
        yield _reading(text, found)


def _reading(text: str, hidden: list[re.Match[str]]) -> _Reading:
    """Return the letters of a text, with what each hidden part stands for instead of it."""
    units: list[tuple[str, int, int]] = []
    at = 0
    for found in hidden:
        units += [(text[place], place, place + 1) for place in range(at, found.start())]
        units += [(one, *found.span()) for one in _stands_for(found[0])]
        at = found.end()
    units += [(text[place], place, place + 1) for place in range(at, len(text))]
    shown = [unit for unit in units if unit[0].isalnum()]
    return _Reading("".join(one for one, _, _ in shown), [one for _, one, _ in shown], [one for _, _, one in shown])


def _stands_for(part: str) -> str:
    if part.startswith("&"):
        return html.unescape(part)
    return chr(int(part[2:], 16)) if re.fullmatch(r"\\u[0-9a-fA-F]{4}", part) else ""


MASK = "[…]"
JSON = (".json", ".jsonl")
BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"))
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PART = r"(?:(?!\n[ \t>]*\n)[\s\S])"
_FENCE = re.compile(r"^[ \t>]*(```+|~~~+)[^\n]*\n[\s\S]*?(?:^[ \t>]*\1[ \t]*$|\Z)", re.MULTILINE)
_CODE = re.compile(rf"(?<!`)(?P<open>`+)(?!`){_PART}+?(?<!`)(?P<close>(?P=open))(?!`)")
_PAIRS = (
    re.compile(rf"(?P<open>\*\*)(?=\S){_PART}+?(?<=\S)(?P<close>\*\*)"),
    re.compile(rf"(?<!\*)(?P<open>\*)(?=[^\s*]){_PART}+?(?<=[^\s*])(?P<close>\*)(?!\*)"),
    re.compile(rf"(?<!\w)(?P<open>_+)(?=[^\s_]){_PART}+?(?<=[^\s_])(?P<close>(?P=open))(?!\w)"),
    re.compile(rf"(?P<open>~~)(?=\S){_PART}+?(?<=\S)(?P<close>~~)"),
    re.compile(r"(?P<open>!?\[)[^\[\]]*(?P<close>\](?:\([^()]*\)|\[[^\[\]]*\])?)"),
)
# Where blocks, lines, cells and tags begin: these stay, so that a table keeps its columns and a list its items.
_KEPT = re.compile(
    r"^[ \t]*(?:>[ \t]?|[-*+][ \t]+|[0-9]+[.)][ \t]+|\#{1,6}[ \t]+)*|\n|<!--|-->|</?[A-Za-z][^<>\n]*>", re.MULTILINE
)
_BAR = re.compile(r"(?<!\\)\|")
_ROW = re.compile(r"^[ \t>]*\|.*$", re.MULTILINE)


class _Pair(NamedTuple):
    """Say where a mark opens and where it closes, each from and to."""

    opened: tuple[int, int]
    closed: tuple[int, int]


class Shape(NamedTuple):
    """Hold which characters must stay, a byte for each, and which marks belong together."""

    kept: bytearray
    pairs: tuple[_Pair, ...]
    markdown: bool = False


def shape(path: str, text: str) -> Shape:
    """Return what must not break in a file."""
    if path.endswith(JSON):
        kept = bytearray(b"\1" * len(text))
        for found in _STRING.finditer(text):
            kept[found.start(1) : found.end(1)] = bytes(found.end(1) - found.start(1))
        return Shape(kept, ())
    kept = bytearray(len(text))
    spans = [found.span() for found in _KEPT.finditer(text)]
    spans += [one.span() for row in _ROW.finditer(text) for one in _BAR.finditer(text, *row.span())]
    for start, end in spans:
        kept[start:end] = b"\1" * (end - start)
    return Shape(kept, tuple(_pairs(text)), markdown=path.endswith(".md"))


def _pairs(text: str) -> Iterator[_Pair]:
    """Yield every pair of marks; what is inside code is none."""
    plain = _FENCE.sub(lambda found: re.sub(r"[^\n]", "x", found[0]), text)
    for found in _CODE.finditer(plain):
        yield _Pair(found.span("open"), found.span("close"))
    plain = _CODE.sub(lambda found: re.sub(r"[^\n]", "x", found[0]), plain)
    plain = re.sub(r"\\[^\w\s]", "xx", plain)
    for kind in _PAIRS:
        for found in kind.finditer(plain):
            yield _Pair(found.span("open"), found.span("close"))


def emit(text: str, hidden: bytearray, form: Shape) -> str:
    """Return a text with `[…]` for every hidden stretch; of a pair of marks both stay or none."""
    while any(_widened(hidden, pair) for pair in form.pairs):
        pass
    wanted = bytes(one and not stays for one, stays in zip(hidden, form.kept, strict=True))
    return "".join(_emitted(text, wanted, form.markdown))


def _widened(hidden: bytearray, pair: _Pair) -> bool:
    """Hide a pair with all inside it if one of its marks is hidden; tell whether that hid more."""
    start, end = pair.opened[0], pair.closed[1]
    marks = hidden[slice(*pair.opened)] + hidden[slice(*pair.closed)]
    if not any(marks) or all(hidden[start:end]):
        return False
    hidden[start:end] = b"\1" * (end - start)
    return True


def _emitted(text: str, hidden: bytes, markdown: bool) -> Iterator[str]:
    """Yield the text in parts; the spaces at the ends of a hidden stretch stay."""
    at = 0
    for run in re.finditer(b"\x01+", hidden):
        words = text[run.start() : run.end()]
        before, after = len(words) - len(words.lstrip()), len(words) - len(words.rstrip())
        yield text[at : run.start()]
        at = run.end()
        at += sum(text[at : at + 1] == close and words.count(mark) > words.count(close) for mark, close in BRACKETS)
        if not any(one.isalnum() for one in words):
            yield re.sub(r"[*_`~\[\]]", "", words)
            continue
        yield f"{words[:before]}{MASK}"
        yield words[len(words) - after :]
        # Before these a bracket would be a link.
        if markdown and not after and text[at : at + 1] in {"(", "[", ":"}:
            yield " "
    yield text[at:]
