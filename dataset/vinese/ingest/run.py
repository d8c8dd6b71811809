"""Ingest files into a project, one at a time: the whole of `vinese ingest` but the printing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import msgspec

from vinese.errors import FileProblemError, UsageError
from vinese.ingest.assemble import article_of
from vinese.ingest.raw import article_id_of, read_raw
from vinese.ingest.reviewed import read_zones
from vinese.ingest.store import keep
from vinese.issues import Issue, issue
from vinese.records import Review  # noqa: TC001 - msgspec reads the annotation when it decodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vinese.ingest.raw import RawPage
    from vinese.ingest.reviewed import Row
    from vinese.records import Article
    from vinese.resources import Project

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
