"""Report what is wrong with data: never an exception, never a silent drop.

The catalogue `schema/checks.json` is the one place that says which checks exist, how grave each is, what it says and
what to do about it. `vinese.core.issues.catalogue()` reads it; nothing else spells out a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Literal, TypeVar

import msgspec

from vinese.core.project import packaged

T = TypeVar("T")
_LONG, _HALF = 600, 100
Level = Literal["error", "warning", "info"]
_language: ContextVar[Literal["en", "vi"]] = ContextVar("_language", default="en")


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one piece of data, and where.

    `pointer` is a JSON Pointer into `file` (into the article, document or export as the check's `stage` says), `todo`
    what to do about it. Of an annotation `where` says which region or relation it is, by its words and labels, and in
    which sentence; `link` opens its task in Label Studio, if it is known where that is.
    """

    code: str
    level: Level
    message: str
    file: str | None = None
    article_id: str | None = None
    pointer: str = ""
    todo: str = ""
    where: str = ""
    link: str = ""

    def said(self) -> str:
        """Return for a person what is wrong, of what it is, and where to see it."""
        return "\n".join(part for part in (self.message, self.where, self.link) if part)

    def line(self) -> str:
        """Return the issue as it is printed for a person, what to do included."""
        place = ":".join(part for part in (self.file, self.article_id, self.pointer) if part)
        said = self.said().replace("\n", "\n  ")
        return f"{self.level} {self.code} {place}\n  {said}\n  -> {self.todo}"


class Vietnamese(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an annotator reads of a check: templates as in `Check`."""

    message: str
    todo: str


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A check: an entry of `schema/checks.json`.

    `message` and `todo` are templates for `str.format`; `stage` says what the check looks at. `vi` has both in
    Vietnamese, for what annotators can mend.
    """

    code: str
    level: Level
    stage: Literal["file", "raw", "article", "export", "document", "layer", "corpus", "prediction"]
    title: str
    message: str
    todo: str
    vi: Vietnamese | None = None

    def issue(
        self, *, article_id: str | None = None, pointer: str = "", file: str | None = None, **fields: object
    ) -> Issue:
        """Return an issue of this check, its message and what to do filled in from `fields` and the place."""
        short = {name: _cut(value) for name, value in fields.items()}
        said = self.vi if self.vi is not None and _language.get() == "vi" else self
        return Issue(
            code=self.code,
            level=self.level,
            message=said.message.format(**short),
            file=file,
            article_id=article_id,
            pointer=pointer,
            todo=said.todo.format(**{"article": article_id, "file": file} | short) if "{" in said.todo else said.todo,
        )


def _cut(value: object) -> object:
    """Return a string that is too long to be read in a message without its middle."""
    return f"{value[:_HALF]} … {value[-_HALF:]}" if isinstance(value, str) and len(value) > _LONG else value


@cache
def catalogue() -> dict[str, Check]:
    """Return every check by its code."""
    path = packaged("schema", "checks.json")
    checks = msgspec.json.decode(path.read_bytes(), type=dict[str, list[Check] | str])["checks"]
    return {check.code: check for check in checks if isinstance(check, Check)}


def issue(
    code: str, *, article_id: str | None = None, pointer: str = "", file: str | None = None, **fields: object
) -> Issue:
    """Return an issue of the check `code`; a code that the catalogue lacks is a `KeyError`, a bug of ours."""
    return catalogue()[code].issue(article_id=article_id, pointer=pointer, file=file, **fields)


@contextmanager
def issues_in(language: Literal["en", "vi"]) -> Iterator[None]:
    """Make the issues that arise inside the block in this language, as far as the catalogue has it."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def has_errors(issues: Iterable[Issue]) -> bool:
    """Return whether any issue is of level error."""
    return any(issue.level == "error" for issue in issues)


def split(stream: Iterable[T | Issue]) -> tuple[list[T], list[Issue]]:
    """Return the records and the issues of a stream of both, each in the order in which they came."""
    records: list[T] = []
    issues: list[Issue] = []
    for item in stream:
        if isinstance(item, Issue):
            issues.append(item)
        else:
            records.append(item)
    return records, issues


class Tally(msgspec.Struct):
    """Count what a file held: items (tasks, documents, ...), sound documents among them, and issues by level.

    `problem` says why the file could not be read, or not to its end; null if it was.
    """

    file: str
    kind: str = "unknown"
    items: int = 0
    documents: int = 0
    error: int = 0
    warning: int = 0
    info: int = 0
    problem: str | None = None

    def add(self, problem: Issue) -> None:
        """Count one issue."""
        setattr(self, problem.level, getattr(self, problem.level) + 1)
