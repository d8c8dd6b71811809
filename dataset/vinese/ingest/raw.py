"""Read a raw page: plain text in UTF-8, whose file name gives the article its id."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vinese.articles import ARTICLE_ID
from vinese.content import kind_of
from vinese.errors import FileProblemError
from vinese.files import read_bytes
from vinese.issues import issue

if TYPE_CHECKING:
    from vinese.issues import Issue

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
