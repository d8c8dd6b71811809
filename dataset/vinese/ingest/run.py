"""Ingest files into a project, one at a time: the whole of `vinese ingest` but the printing."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, cast

import msgspec

from vinese.checks.article import TEXT_ZONES
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import read_bytes, replacing
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.articles import article_bytes, article_path, raw_path, read_article
from vinese.ingest.metadata import metadata_of
from vinese.ingest.page import Page, RawPage, article_id_of, page_of, read_raw
from vinese.ingest.review import doubts
from vinese.ingest.reviewed import Row, read_zones, zone_by_rows
from vinese.ingest.zoning import zone_by_rules
from vinese.model.records import (
    Article,
    Review,
    Source,
    Zone,
)
from vinese.text.sentences import sentences

Status = Literal["new", "updated", "unchanged", "refused"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Say what became of one file; `zones` counts the lines of each zone."""

    file: str
    status: Status
    article_id: str | None = None
    zoning: Literal["rules", "reviewed"] | None = None
    sentences: int = 0
    zones: dict[str, int] = msgspec.field(default_factory=dict)
    needs_review: tuple[Review, ...] = ()
    issues: tuple[Issue, ...] = ()


def ingest_files(
    files: Sequence[str | Path], project: Project, *, zones: str | Path | None = None, replace: bool = False
) -> Iterator[Outcome]:
    """Turn raw pages into articles of `project`, and yield what became of each file, in order.

    `zones` is a table of reviewed zones, which override the rules for the pages it has rows for. `replace` lets a
    page take the place of another page's article of the same id, and of reviewed zones. A file that cannot become an
    article is refused with issues, and the next one follows; what was stored for it stays. Raise `UsageError` or
    `FileProblemError` before anything is done if a file is a folder or missing or there is no project; later only if
    the project cannot be written.
    """
    project.must_be_own()
    for file in files:
        _must_be_file(Path(file))
    rows = read_zones(zones, {article_id_of(file) for file in files}) if zones is not None else {}
    return _ingest(files, project.articles, rows, replace=replace)


def _must_be_file(path: Path) -> None:
    """Raise what is wrong with a path that names no file; what may not be looked at is left to the reading."""
    try:
        folder, file, exists = path.is_dir(), path.is_file(), path.exists()
    except PermissionError:
        return
    if folder:
        raise UsageError(f"{path} is a folder.", f"Name its files: {path}/*.txt")
    if not exists:
        raise FileProblemError(f"Cannot read {path}: there is no such file.", "Check the path.")
    if not file:
        raise UsageError(f"{path} is no ordinary file.", "Save the page to a file first.")


def _ingest(
    files: Sequence[str | Path], folder: Path, rows: dict[str, list[Row]], *, replace: bool
) -> Iterator[Outcome]:
    """Yield the outcome of every file; of two files with one id and different pages the first wins, even then."""
    seen: dict[str, bytes] = {}
    for file in files:
        raw = read_raw(file)
        if isinstance(raw, Issue):
            yield Outcome(file=str(file), status="refused", article_id=raw.article_id, issues=(raw,))
            continue
        yield _one(raw, folder, rows.get(raw.article_id), seen, replace=replace)


def _one(raw: RawPage, folder: Path, rows: list[Row] | None, seen: dict[str, bytes], *, replace: bool) -> Outcome:
    """Return the outcome of one readable page; `seen` holds the fingerprint of each page of this run by id."""
    made = article_of(raw, rows)
    if isinstance(made, list):
        return _refused(raw, made)
    fingerprint = bytes.fromhex(made.raw.sha256)
    first_of_run = seen.setdefault(raw.article_id, fingerprint)
    stored = keep(folder, made, raw, replace=replace and first_of_run == fingerprint)
    if isinstance(stored, Issue):
        return _refused(raw, [stored])
    return _done(raw, *stored)


def _refused(raw: RawPage, issues: list[Issue]) -> Outcome:
    """Return the outcome of a page that did not become an article."""
    return Outcome(file=raw.file, status="refused", article_id=raw.article_id, issues=tuple(issues))


def _done(raw: RawPage, status: str, article: Article) -> Outcome:
    """Return the outcome of a page whose article is in the project."""
    unsure = (
        issue(
            "zoning-unsure",
            file=raw.file,
            article_id=article.id,
            pointer=f"/needs_review/{index}",
            line=doubt.line,
            reason=doubt.message,
            kind=doubt.code,
        )
        for index, doubt in enumerate(article.needs_review)
    )
    return Outcome(
        file=raw.file,
        status=cast("Status", status),
        article_id=article.id,
        zoning=article.zoning,
        sentences=len(article.sentences),
        zones=dict(Counter(zone.type for zone in article.zones)),
        needs_review=article.needs_review,
        issues=tuple(unsure),
    )


def article_of(raw: RawPage, rows: list[Row] | None = None) -> Article | list[Issue]:
    """Return the article of a raw page, zoned by reviewed rows or else by rules; or the issues against it."""
    page = page_of(raw.text)
    if not page.lines:
        return [issue("raw-blank", file=raw.file, article_id=raw.article_id)]
    if rows is None:
        zone_by_rules(page)
    else:
        problems = list(zone_by_rows(page, rows, raw))
        if problems:
            return problems
    if "body" not in page.zones:
        return [issue("raw-no-body", file=raw.file, article_id=raw.article_id, lines=len(page.lines))]
    return _article(raw, page, reviewed=rows is not None)


def _article(raw: RawPage, page: Page, *, reviewed: bool) -> Article:
    """Return the article of a page whose every line has its zone."""
    text = "\n".join(line.text for line, zone in zip(page.lines, page.zones, strict=True) if zone in TEXT_ZONES)
    return Article(
        id=raw.article_id,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        sentences=sentences(text),
        zones=tuple(_zones(page)),
        zoning="reviewed" if reviewed else "rules",
        needs_review=() if reviewed else doubts(page),
        metadata=metadata_of(page),
        raw=Source(f"raw/{raw.article_id}.txt", hashlib.sha256(raw.content).hexdigest(), len(raw.text)),
    )


def _zones(page: Page) -> Iterator[Zone]:
    """Yield the zones in the order of the page, those of the text with their place in it."""
    at = 0
    for line, zone in zip(page.lines, page.zones, strict=True):
        start = end = None
        if zone in TEXT_ZONES:
            start, end = at, at + len(line.text)
            at = end + 1
        yield Zone(zone or "", start, end, line.raw_start, line.raw_end)


def keep(folder: Path, article: Article, raw: RawPage, *, replace: bool = False) -> tuple[str, Article] | Issue:
    """Store `article` and its page in `folder`; return what was done (new, updated, unchanged) and what stands there.

    An article whose zones a person has reviewed stays when its page comes again without such zones. Both files are
    complete before either takes its place; raise `FileProblemError` if they cannot be written.
    """
    target = article_path(folder, article.id)
    if target.exists() and not replace:
        standing = read_article(target)
        if not isinstance(standing, Article):
            return _taken(raw, f"a file that is no article ({standing.message.rstrip('.')})")
        if standing.raw.sha256 != article.raw.sha256:
            return _taken(raw, "the article of another page")
        if standing.zoning == "reviewed" and article.zoning == "rules":
            article = standing
        elif standing.text != article.text and article.zoning == "rules":
            return issue("raw-text-changed", file=raw.file, article_id=article.id)
    elif not replace and _differs(raw_path(folder, article.id), raw.content):
        return _taken(raw, "another page, stored without an article")
    status = "updated" if target.exists() else "new"
    return (status if _write(folder, article, raw) else "unchanged"), article


def _taken(raw: RawPage, owner: str) -> Issue:
    """Return the issue of an id that something else has."""
    return issue("raw-id-taken", file=raw.file, article_id=raw.article_id, id=raw.article_id, owner=owner)


def _differs(path: Path, content: bytes) -> bool:
    """Tell whether a file is there and holds something else than `content`."""
    return path.exists() and read_bytes(path) != content


def _write(folder: Path, article: Article, raw: RawPage) -> bool:
    """Write the article and its page unless both are there as they are; return whether anything changed."""
    target, page, content = article_path(folder, article.id), raw_path(folder, article.id), article_bytes(article)
    if all(path.exists() and not _differs(path, want) for path, want in ((target, content), (page, raw.content))):
        return False
    with replacing(target) as article_file, replacing(page) as page_file:
        article_file.write(content)
        page_file.write(raw.content)
        article_file.flush()
        os.fsync(article_file.fileno())  # a full disk shows here, before the page has taken its place
    return True
