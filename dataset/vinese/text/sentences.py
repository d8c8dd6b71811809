"""Cut clean article text into sentences, line by line, by rules.

A line is a paragraph, so a sentence never crosses one, and a title needs no full stop. Inside a line a sentence ends
at a cluster of closing marks (`.`, `?`, `...”.`, `./.`) before white space and what can begin a sentence: a capital,
also after an opening quote, bracket or dash, or a digit. It does not end after an abbreviation, an initial
(`J. Stoltenberg`), the number of a list item, or in the middle of a broken number (`5. 000`).

Quotes need not balance: in news they span paragraphs and are closed by another mark than they were opened with. A
single capital before a full stop counts as an initial or a masked name (`Nguyễn Văn A.`), and ends a sentence only
before a word that begins one and is no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vinese.model.records import Sentence


def _words(text: str) -> frozenset[str]:
    """Return the words of `text`."""
    return frozenset(text.split())


# Titles, places and bookish short forms that a name or number follows; compared in lower case, final stop left out.
ABBREVIATIONS = _words(
    """
    tp tx tt ql tl gs pgs ts gs.ts pgs.ts ths th.s cn ks bs ths.bs bs.ths ts.bs cki ckii kts ls lg nsnd nsưt nv đ/c
    đc hs sv tr trg nxb đt vs pp eds approx
    """
)
# Foreign short forms, compared as they stand: in lower case some are Vietnamese words ('no', 'gen', 'co').
FOREIGN = _words(
    """
    Dr Mr Mrs Ms Prof St Jr Sr No Vol Ed Gen Lt Col Capt Sgt Maj Adm Rep Sen Gov Pres Mt Ft Inc Corp Co Ltd Tel Fax
    Jan Feb Apr Aug Sept Oct Nov Dec
    """
)
# What begins a sentence and is hardly ever part of a name, for the case of a single capital before it.
STARTERS = _words(
    """
    Ông Bà Theo Tuy Nhưng Trong Sau Khi Tại Ngày Hiện Đây Đó Do Vì Với Đến Trước Ngoài Bên Được Các Những Một Cùng
    Như Để Nếu Hôm Tuy Cũng Từ Vào Còn Ngay Qua Cơ Vụ Tổng Chính
    """
)
_STREETS = frozenset("PQĐHX")  # ward, quarter, street, district, commune: names such as 'Bà Triệu' follow them

# A cluster is taken whole and from its first mark, so that long runs of marks cost no more than others.
_MARKS = r"""[.!?…"'”’»)\]]"""
_CLUSTER = rf"""(?<!{_MARKS})(?!(?<=/)\.)(?P<mark>(?:{_MARKS}|/\.)++)"""
_END = re.compile(rf"""{_CLUSTER}\s++(?=(?P<open>["'“‘«(\[–—•-]*\s*)(?P<next>\S))""")
_STOPS = frozenset(".!?…")
_LAST_WORD = re.compile(r"[^\s\"'“”‘’«»()\[\]–—-]*\Z")
_LONGEST_WORD = 40  # what is longer is no word, and searching it would take long
_LIST_NUMBER = re.compile(r"(?:\d{1,2}|[a-zđ]|[IVX]{1,4})(?:\.\d{1,2})*\Z")


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of `text`, in order, without edge white space; every other code point is in one.

    >>> text = "Ông J. Stoltenberg đến TP. Huế. Bà Lan đi."
    >>> [text[sentence.start : sentence.end] for sentence in sentences(text)]
    ['Ông J. Stoltenberg đến TP. Huế.', 'Bà Lan đi.']
    """
    spans: list[Sentence] = []
    start = 0
    for line in text.split("\n"):
        spans.extend(_line_sentences(line, start))
        start += len(line) + 1
    return tuple(spans)


def _line_sentences(line: str, offset: int) -> Iterator[Sentence]:
    """Yield the sentences of one line that begins at `offset`."""
    start = len(line) - len(line.lstrip())
    for end in _END.finditer(line):
        if _is_end(line, start, end):
            yield Sentence(offset + start, offset + end.end("mark"))
            start = end.end()
    last = len(line.rstrip())
    if start < last:
        yield Sentence(offset + start, offset + last)


def _is_end(line: str, start: int, end: re.Match[str]) -> bool:
    """Return whether a cluster of closing marks ends the sentence that began at `start`."""
    following = end["next"]
    if _STOPS.isdisjoint(end["mark"]):
        return False
    if not (following.isupper() or following.isdigit() or following in "\"'“‘«("):
        return False
    if end["mark"] != ".":
        return True
    before = line[max(start, end.start() - 2 * _LONGEST_WORD) : end.start()]
    word = _LAST_WORD.search(before[-_LONGEST_WORD:])
    following = line[end.end("open") : end.end("open") + _LONGEST_WORD]  # a whole line each time costs its square
    return _ends_after(word[0] if word else "", before, following)


def _ends_after(word: str, before: str, rest: str) -> bool:
    """Return whether `word` and one full stop end a sentence, `rest` being what would begin the next."""
    if word.lower() in ABBREVIATIONS or word in FOREIGN or (not before.strip(word) and _LIST_NUMBER.match(word)):
        return False
    if word[-1:].isdigit() and re.match(r"\d{3}(?!\d)", rest):
        return False  # a number that a scraper broke: 5. 000
    last = word.rsplit(".", 1)[-1]
    if len(last) == 1 and last.isupper():
        following = re.match(r"\w+", rest)
        return last not in _STREETS and following is not None and following[0] in STARTERS
    return True
