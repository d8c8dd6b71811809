"""A raw page: its file, and its lines that are not blank, which are all that zoning looks at.

And what no rule should read: a page in another language, decoded wrongly, or with its tags left in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vinese.checks.article import ARTICLE_ID
from vinese.core.errors import FileProblemError, MissingExtraError
from vinese.core.files import content_kind, read_bytes
from vinese.core.issues import Issue, issue
from vinese.core.urls import name_of, readable, shown
from vinese.ingest import html
from vinese.ingest.html import Extract
from vinese.text.normalise import clean, lines

ENOUGH_WORDS = 20
"""Of fewer words nothing is said."""
FEWEST_ACCENTED = 0.2
"""At least so many of the words of a Vietnamese text have a letter that no other language has; most have half."""
MOST_DAMAGE = 0.01
TAGGED_LINES = 3
SAMPLE = 200_000
"""So many characters of a page are looked at."""

_ACCENTED = re.compile("[ăâđêôơưĩũ\u1ea0-\u1ef9]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SECOND_BYTE = "[\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
MOJIBAKE = re.compile(rf"[ÃÄÆ]{_SECOND_BYTE}|á[º»]|Â[\xa0-\xbf]|â€")
"""UTF-8 that was read as Latin-1 or Windows-1252: the first byte of a Vietnamese letter, and one that follows it."""
MARKUP = re.compile(
    r"</?(?:p|br|b|i|em|strong|a|div|span|h[1-6]|img|ul|li|figure|table|td|tr)\b[^<>]*>|&(?:[a-zA-Z]{2,8}"
    r"|#\d{2,5}|#x[0-9a-fA-F]{2,5});"
)
_TAGGED = re.compile(
    r"(?m)^\s*</?(?:p|br|div|h[1-6]|ul|li|table|article|section|figure|html|body)\b[^<>\n]*>", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its number from 1, clean text, and raw offsets without what cleaning cut."""

    number: int
    text: str
    raw_start: int
    raw_end: int


@dataclass(slots=True)
class Page:
    """The lines of one page and the zone of each, None while no rule has claimed it.

    `title_sure` is whether no other line has nearly as much for it as the title; `text_end` is the last line of the
    stretch in which running text outweighs all else.
    """

    lines: tuple[Line, ...]
    title_sure: bool = True
    text_end: int = -1
    zones: list[str | None] = field(init=False)

    def __post_init__(self) -> None:
        self.zones = [None] * len(self.lines)

    def text(self, index: int) -> str:
        """Return the text of a line; empty outside the page."""
        return self.lines[index].text if 0 <= index < len(self.lines) else ""

    def zone(self, index: int) -> str | None:
        """Return the zone of a line; None outside the page."""
        return self.zones[index] if 0 <= index < len(self.lines) else None

    def free(self, index: int) -> bool:
        """Return whether the line exists and no rule has claimed it."""
        return 0 <= index < len(self.lines) and self.zones[index] is None

    def all_free(self) -> list[int]:
        """Return the lines that no rule has claimed."""
        return [index for index, zone in enumerate(self.zones) if zone is None]

    def claim(self, index: int, zone: str) -> None:
        """Give a line its zone, unless an earlier rule did."""
        if self.free(index):
            self.zones[index] = zone


def page_of(raw: str) -> Page:
    r"""Return the page that the text `raw` holds, its lines cleaned.

    >>> page_of("Tiêu đề\n\n  Thân bài. ").lines[1]
    Line(number=3, text='Thân bài.', raw_start=11, raw_end=20)
    """
    cleaned = ((number, clean(raw, start, end)) for number, start, end in lines(raw))
    return Page(
        tuple(Line(number, line.text, line.starts[0], line.ends[-1]) for number, line in cleaned if line.text)
    )


SUFFIX = ".txt"
_KINDS = {
    ".pdf": "a PDF document",
    ".json": "JSON",
    ".jsonl": "JSON lines",
    ".tsv": "a table",
    ".csv": "a table",
    ".docx": "a Word document",
    ".gz": "a compressed file",
    ".zip": "an archive",
}


@dataclass(frozen=True, slots=True)
class RawPage:
    """The file of a page: where it was, the id it gives, its exact bytes and their text.

    Of an HTML page `content` and `text` are what was taken out of it, and `extract` what its markup tells beside.
    """

    file: str
    article_id: str
    content: bytes
    text: str
    extract: Extract | None = None


def article_id_of(file: str | Path) -> str:
    """Return the id that a raw file's name gives: its stem in lower case, `_` as `-`; it may be no sound id."""
    return Path(name_of(file)).stem.lower().replace("_", "-")


def read_raw(file: str | Path) -> RawPage | Issue:
    """Return the raw page in `file`, or the issue that keeps it from being one."""
    path = Path(name_of(file))
    suffix = path.suffix.lower()
    if suffix != SUFFIX and suffix not in html.SUFFIXES:
        kind = _KINDS.get(suffix, f"a file named *{path.suffix}" if suffix else "a file without suffix")
        return issue("raw-kind", file=shown(file), kind=kind)
    article_id = article_id_of(path)
    if not ARTICLE_ID.fullmatch(article_id):
        return issue("article-id", file=shown(file), id=article_id)
    try:
        content = read_bytes(readable(file))
    except FileProblemError as error:
        return issue("raw-unreadable", file=shown(file), article_id=article_id, reason=error.message)
    if suffix in html.SUFFIXES:
        return read_html(shown(file), article_id, content)
    return decode(shown(file), article_id, content)


def read_html(file: str, article_id: str, content: bytes) -> RawPage | Issue:
    """Return the text of the article on an HTML page as a raw page, or the issue that keeps it from being one."""
    if not content:
        return issue("file-empty", file=file, article_id=article_id)
    try:
        extract = html.extract(content)
    except MissingExtraError:
        kind = 'an HTML page, and reading one needs pip install "vinese[html]"'
        return issue("raw-kind", file=file, article_id=article_id, kind=kind)
    except LookupError:
        kind = "an HTML page that does not name its encoding, which is not UTF-8"
        return issue("raw-kind", file=file, article_id=article_id, kind=kind)
    if extract is None:
        return issue("raw-kind", file=file, article_id=article_id, kind="an HTML page without an article")
    return RawPage(file, article_id, extract.text.encode(), extract.text, extract)


def decode(file: str, article_id: str, content: bytes) -> RawPage | Issue:
    """Return the page that the bytes `content` hold, or the issue that keeps them from being one."""
    if not content:
        return issue("file-empty", file=file, article_id=article_id)
    if kind := content_kind(content):
        return issue("raw-kind", file=file, article_id=article_id, kind=kind)
    try:
        text = content.decode()
        if has_tags(text):
            return issue("raw-kind", file=file, article_id=article_id, kind="HTML, by the tags in its lines")
        return RawPage(file, article_id, content, text)
    except UnicodeDecodeError as error:
        byte = content[error.start]
        return issue("raw-not-utf8", file=file, article_id=article_id, offset=error.start, byte=f"0x{byte:02X}")


def has_tags(text: str) -> bool:
    """Return whether HTML's tags stand at the beginning of several lines: a page, or a piece of one."""
    return len(_TAGGED.findall(text[:SAMPLE])) >= TAGGED_LINES


def damage_of(text: str, *, file: str, article_id: str) -> Iterator[Issue]:
    """Yield why the text of an article is not to be trusted: a wrong encoding, another language."""
    text = text[:SAMPLE]
    word_list = _WORD.findall(text)
    if len(word_list) < ENOUGH_WORDS:
        return
    lost, misread = text.count("\ufffd"), len(MOJIBAKE.findall(text))
    if max(lost, misread) > max(1, MOST_DAMAGE * len(word_list)):
        what = f"{lost} characters could not be decoded" if lost >= misread else "UTF-8 was read as another encoding"
        yield issue("raw-damaged", file=file, article_id=article_id, reason=what)
        return
    share = sum(bool(_ACCENTED.search(word)) for word in word_list) / len(word_list)
    if share < FEWEST_ACCENTED:
        yield issue("raw-language", file=file, article_id=article_id, percent=round(100 * share))
