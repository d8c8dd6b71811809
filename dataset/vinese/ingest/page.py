"""Hold a raw page as its lines that are not blank; zoning looks at nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vinese.checks.article import ARTICLE_ID
from vinese.core.errors import FileProblemError
from vinese.core.files import kind_of, read_bytes
from vinese.core.issues import Issue, issue
from vinese.text.normalise import clean, lines


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line that is not blank: its number from 1, clean text, and raw offsets without what cleaning cut."""

    number: int
    text: str
    raw_start: int
    raw_end: int


@dataclass(slots=True)
class Page:
    """Hold the lines of one page and the zone of each, None while no rule has claimed it."""

    lines: tuple[Line, ...]
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
        """Tell whether the line exists and no rule has claimed it."""
        return 0 <= index < len(self.lines) and self.zones[index] is None

    def all_free(self) -> list[int]:
        """Return the lines that no rule has claimed."""
        return [index for index, zone in enumerate(self.zones) if zone is None]

    def claim(self, index: int, zone: str) -> None:
        """Give a line its zone, unless an earlier rule did."""
        if self.free(index):
            self.zones[index] = zone


def page_of(raw: str) -> Page:
    """Return the page that `raw` holds."""
    return Page(tuple(_filled(raw)))


def _filled(raw: str) -> Iterator[Line]:
    """Yield the lines of `raw` that have something to see."""
    for number, start, end in lines(raw):
        found = clean(raw, start, end)
        if found.text:
            yield Line(number, found.text, found.starts[0], found.ends[-1])


SUFFIX = ".txt"
_KINDS = {
    ".pdf": "a PDF document",
    ".html": "an HTML page",
    ".htm": "an HTML page",
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
    """Hold a raw page: where it was, the id it gives, its exact bytes and what they say."""

    file: str
    article_id: str
    content: bytes
    text: str


def article_id_of(file: str | Path) -> str:
    """Return the id that a raw file's name gives: its stem in lower case, `_` as `-`; it may be no sound id."""
    return Path(file).stem.lower().replace("_", "-")


def read_raw(file: str | Path) -> RawPage | Issue:
    """Return the raw page in `file`, or the issue that keeps it from being one."""
    path = Path(file)
    if path.suffix.lower() != SUFFIX:
        kind = _KINDS.get(
            path.suffix.lower(), f"a file named *{path.suffix}" if path.suffix else "a file without suffix"
        )
        return issue("raw-kind", file=str(file), kind=kind)
    article_id = article_id_of(path)
    if not ARTICLE_ID.fullmatch(article_id):
        return issue("article-id", file=str(file), id=article_id)
    try:
        content = read_bytes(path)
    except FileProblemError as error:
        return issue("raw-unreadable", file=str(file), article_id=article_id, reason=error.message)
    return _decode(str(file), article_id, content)


def _decode(file: str, article_id: str, content: bytes) -> RawPage | Issue:
    """Return the page that `content` holds, or why it holds none."""
    if not content:
        return issue("file-empty", file=file, article_id=article_id)
    kind = kind_of(content)
    if kind:
        return issue("raw-kind", file=file, article_id=article_id, kind=kind)
    try:
        return RawPage(file, article_id, content, content.decode())
    except UnicodeDecodeError as error:
        byte = content[error.start]
        return issue("raw-not-utf8", file=file, article_id=article_id, offset=error.start, byte=f"0x{byte:02X}")
