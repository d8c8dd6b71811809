"""Mask stretches of a file so that it stays what it is: Markdown with its marks in pairs, JSON with its quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

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
