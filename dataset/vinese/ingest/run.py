"""Ingest files into a project, one at a time: read a page, zone it, make its article, store both."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from vinese.checks.article import TEXT_ZONES
from vinese.checks.personal import personal_data
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import read_bytes, record_bytes, replacing, text_digest
from vinese.core.inside import trouble
from vinese.core.issues import Issue, issue
from vinese.core.places import article_path, make_room, raw_path
from vinese.core.pools import ALONE, Workers
from vinese.core.project import Project
from vinese.core.shards import Shards, spread_over, stamps
from vinese.core.urls import check_protocol, is_url, shown
from vinese.core.workplace import keeping_work_folders
from vinese.corpus.articles import raw_files, read_article, with_page
from vinese.ingest.heuristics import is_running
from vinese.ingest.metadata import metadata_of
from vinese.ingest.page import ENOUGH_WORDS, Page, RawPage, article_id_of, damage_of, page_of, read_raw
from vinese.ingest.review import review
from vinese.ingest.reviewed import Row, read_zones, zone_by_rows
from vinese.ingest.zoning import zone_by_rules
from vinese.model.records import (
    Article,
    Metadata,
    Review,
    Source,
    Zone,
)
from vinese.text.sentences import sentences

MOST_RANGES = 10
PAGES_A_SHARD = 16

Status = Literal["new", "updated", "unchanged", "refused"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file; `zones` counts the lines of each zone."""

    file: str
    status: Status
    article_id: str | None = None
    zoning: Literal["rules", "reviewed"] | None = None
    sentences: int = 0
    zones: dict[str, int] = msgspec.field(default_factory=dict)
    needs_review: tuple[Review, ...] = ()
    issues: tuple[Issue, ...] = ()


class _Page(msgspec.Struct, frozen=True):
    """What a file holds: a raw page and its article, or else the issues against it and the id that it would have."""

    file: str
    article_id: str | None = None
    issues: tuple[Issue, ...] = ()
    raw: RawPage | None = None
    article: Article | None = None


def ingest_files(
    files: Sequence[str | Path],
    project: Project,
    *,
    zones: str | Path | None = None,
    replace: bool = False,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[Outcome]:
    """Turn raw pages into articles of `project`, and yield what became of each file, in order.

    `zones` is a table of reviewed zones, which override the rules for the pages it has rows for. `replace` lets a
    page take the place of another page's article of the same id, and of reviewed zones. A file that cannot become an
    article is refused with issues, and the next one follows; what was stored for it stays. A file may be a URL. So
    many `jobs`, processes, read the pages, or a Dask cluster, the address of whose `scheduler` is given (extra
    `dask`); what is stored is the same. Raise `UsageError` or `FileProblemError` before anything is done if a file is
    a folder or missing, a URL of a protocol that nobody knows, or there is no project; later only if the project
    cannot be written, or `VineseError` if processes or cluster are lost.

    Examples
    --------
    >>> import vinese
    >>> page = vinese.Project().articles / "raw" / "000-fbdd747fbc1d4b56.txt"
    >>> [(outcome.status, outcome.article_id) for outcome in vinese.ingest([page], vinese.Project(Path("mine")))]
    [('new', '000-fbdd747fbc1d4b56')]
    """
    project.must_be_own()
    for file in files:
        if is_url(file):
            check_protocol(str(file))
        else:
            _must_be_file(Path(file))
    ids = {article_id_of(file) for file in files}
    rows = read_zones(zones, ids) if zones is not None else {}
    workers = Workers(jobs, scheduler)
    if not workers.many or len(files) <= PAGES_A_SHARD or any(map(is_url, files)):
        workers = ALONE  # what a URL leads to is fetched here, and may be another page the next time
    make_room(project.articles, ids)
    return _ingest(files, project, rows, workers, replace=replace)


def _must_be_file(path: Path) -> None:
    """Raise what is wrong with a path that names no file; what may not be looked at is left to the reading."""
    try:
        folder, file, exists = path.is_dir(), path.is_file(), path.exists()
    except PermissionError:
        return
    if folder:
        raise UsageError(f"{path} is a folder.", f"Name its files: {path}/*.txt or {path}/*.html")
    if not exists:
        raise FileProblemError(f"Cannot read {path}: there is no such file.", "Check the path.")
    if not file:
        raise UsageError(f"{path} is no ordinary file.", "Save the page to a file first.")


def _ingest(
    files: Sequence[str | Path], project: Project, rows: dict[str, list[Row]], workers: Workers, *, replace: bool
) -> Iterator[Outcome]:
    """Yield the outcome of every file; of two files with one id and different pages the first wins, even then."""
    folder = project.articles
    seen: dict[str, str] = {}
    twins: dict[str, str] = {}
    stored_pages = _StoredPages(folder)
    with keeping_work_folders(), spread_over(workers, project.own(), "ingest") as spread:
        for page in _pages(files, rows, spread):
            raw, article = page.raw, page.article
            if raw is None or article is None:
                yield Outcome(file=page.file, status="refused", article_id=page.article_id, issues=page.issues)
                continue
            first = seen.setdefault(raw.article_id, article.raw.sha256) == article.raw.sha256
            stored = keep(folder, article, raw, replace=replace and first)
            if isinstance(stored, Issue):
                yield Outcome(file=raw.file, status="refused", article_id=raw.article_id, issues=(stored,))
            else:
                twin = twins.setdefault(stored[1].text_sha256, raw.article_id)
                yield _outcome(raw, *stored, twin if twin != raw.article_id else stored_pages.twin(raw))


def _pages(files: Sequence[str | Path], rows: dict[str, list[Row]], spread: Shards | None) -> Iterator[_Page]:
    """Yield what each file holds, in order."""
    if spread is None:
        yield from (_read(file, rows) for file in files)
        return
    named = [str(file) for file in files]
    parts = [named[start : start + PAGES_A_SHARD] for start in range(0, len(named), PAGES_A_SHARD)]
    shards = ((part, {key: rows[key] for key in map(article_id_of, part) if key in rows}) for part in parts)
    for (part, its), path in spread.results(_write_pages, shards, *stamps(map(Path, named)), rows):
        if path is None:
            yield from (_read(file, its) for file in part)
        else:
            yield from msgspec.msgpack.decode(path.read_bytes(), type=list[_Page])


def _write_pages(shard: tuple[list[str], dict[str, list[Row]]], target: Path) -> None:
    """Write what the files of a shard hold to `target`; in a worker."""
    files, rows = shard
    target.write_bytes(msgspec.msgpack.encode([_read(file, rows) for file in files]))


def _read(file: str | Path, rows: dict[str, list[Row]]) -> _Page:
    """Return what a file holds."""
    raw = read_raw(file)
    if isinstance(raw, Issue):
        return _Page(shown(file), raw.article_id, (raw,))
    article = article_of(raw, rows.get(raw.article_id))
    if isinstance(article, list):
        return _Page(raw.file, raw.article_id, tuple(article))
    return _Page(raw.file, raw.article_id, (), raw, article)


def _outcome(raw: RawPage, status: Status, article: Article, twin: str | None) -> Outcome:
    """Return the outcome of a page whose article is in the project; `twin` is an article of the same text."""
    issues = list(_unsure(raw, article))
    if twin:
        issues.append(issue("raw-duplicate", file=raw.file, article_id=article.id, other=twin))
    return Outcome(
        file=raw.file,
        status=status,
        article_id=article.id,
        zoning=article.zoning,
        sentences=len(article.sentences),
        zones=dict(Counter(zone.type for zone in article.zones)),
        needs_review=article.needs_review,
        issues=tuple(issues),
    )


def _unsure(raw: RawPage, article: Article) -> Iterator[Issue]:
    """Yield an issue for every kind of note on an article, with the lines that have it."""
    kinds: dict[str, list[int]] = {}
    for index, note in enumerate(article.needs_review):
        kinds.setdefault(note.code, []).append(index)
    for kind, places in kinds.items():
        first = article.needs_review[places[0]]
        yield issue(
            "zoning-unsure",
            file=raw.file,
            article_id=article.id,
            pointer=f"/needs_review/{places[0]}",
            lines=_line_ranges(sorted({article.needs_review[place].line for place in places})),
            reason=first.message,
            kind=kind,
        )


def _line_ranges(lines: list[int]) -> str:
    """Return line numbers in words, as `Line 3` or `Lines 1-4, 9`, no more than ten ranges of them."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:MOST_RANGES]]
    return (
        ("Line " if len(lines) == 1 else "Lines ") + ", ".join(parts) + (", ..." if len(ranges) > MOST_RANGES else "")
    )


class _StoredPages:
    """The pages that stood in a folder before, by their size, so that few have to be read to find one again.

    What is stored meanwhile need not be known: a page that comes again has the text of the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[int, list[Path]] | None = None

    def twin(self, raw: RawPage) -> str | None:
        """Return the id of another stored article whose page has the same bytes."""
        if self._sizes is None:
            self._sizes = {}
            for path in raw_files(self._folder):
                self._sizes.setdefault(path.stat().st_size, []).append(path)
        for path in self._sizes.get(len(raw.content), ()):
            if path.stem != raw.article_id and read_bytes(path) == raw.content:
                return path.stem
        return None


def article_of(raw: RawPage, rows: list[Row] | None = None) -> Article | list[Issue]:
    """Return the article of a raw page, zoned by reviewed rows or else by rules; or the issues against it."""
    page = page_of(raw.text)
    if not page.lines:
        return [issue("raw-blank", file=raw.file, article_id=raw.article_id)]
    if rows is None:
        _zone_by_markup(page, raw)
        zone_by_rules(page)
    else:
        issues = list(zone_by_rows(page, rows, raw))
        if issues:
            return issues
    if "body" not in page.zones or (rows is None and not any(is_running(line.text) for line in page.lines)):
        return [issue("raw-no-body", file=raw.file, article_id=raw.article_id, lines=len(page.lines))]
    text = "\n".join(line.text for line, zone in zip(page.lines, page.zones, strict=True) if zone in TEXT_ZONES)
    issues = list(_against(text, page, raw, reviewed=rows is not None))
    if issues:
        return issues
    return Article(
        id=raw.article_id,
        text=text,
        text_sha256=text_digest(text),
        sentences=sentences(text),
        zones=tuple(_zones(page)),
        zoning="rules" if rows is None else "reviewed",
        needs_review=review(page) if rows is None else (),
        metadata=_metadata(page, raw),
        raw=Source(
            f"raw/{raw.article_id}.txt",
            hashlib.sha256(raw.content).hexdigest(),
            len(raw.text),
            raw.extract.html_sha256 if raw.extract else None,
        ),
    )


def _zone_by_markup(page: Page, raw: RawPage) -> None:
    """Give the lines of `page` the zones that the markup of an HTML page tells."""
    if raw.extract is None:
        return
    page.title_sure = raw.extract.title_sure
    for index, line in enumerate(page.lines):
        if line.number in raw.extract.zones:
            page.claim(index, raw.extract.zones[line.number])


def _metadata(page: Page, raw: RawPage) -> Metadata:
    """Return what the page states of itself, in its text and in the head of its HTML."""
    metadata = metadata_of(page)
    if raw.extract is None:
        return metadata
    return msgspec.structs.replace(
        metadata, publisher=raw.extract.publisher or metadata.publisher, url=raw.extract.url
    )


def _against(text: str, page: Page, raw: RawPage, *, reviewed: bool) -> Iterator[Issue]:
    """Yield why the text of a page may not become an article's; whoever reviewed the zones has read its language."""
    if not reviewed:
        enough = len(text.split()) >= ENOUGH_WORDS
        yield from damage_of(text if enough else raw.text, file=raw.file, article_id=raw.article_id)
    for line, zone in zip(page.lines, page.zones, strict=True):
        if zone in TEXT_ZONES and (what := personal_data(line.text)):
            yield issue("raw-personal", file=raw.file, article_id=raw.article_id, line=line.number, what=what)


def _zones(page: Page) -> Iterator[Zone]:
    """Yield the zones in the order of the page, those of the text with their place in it."""
    reached = 0
    for line, zone in zip(page.lines, page.zones, strict=True):
        start = end = None
        if zone in TEXT_ZONES:
            start, end = reached, reached + len(line.text)
            reached = end + 1
        yield Zone(zone or "", start, end, line.raw_start, line.raw_end)


def keep(folder: Path, article: Article, raw: RawPage, *, replace: bool = False) -> tuple[Status, Article] | Issue:
    """Store `article` and its page in `folder`; return what was done (new, updated, unchanged) and what stands there.

    An article whose zones a person has reviewed stays when its page comes again without such zones. Both files are
    complete before either takes its place; raise `FileProblemError` if they cannot be written.
    """
    target = article_path(folder, article.id)
    page = raw_path(folder, article.id, target)
    for path in (target, page):
        if reason := trouble(path, folder):
            return issue("project-file-refused", file=str(path), path=path.name, reason=reason)
    article = with_page(article, folder, page)
    if target.exists() and not replace:
        standing = read_article(target)
        if not isinstance(standing, Article):
            return _taken(raw, f"a file that is no article ({standing.message.rstrip('.')})")
        same_html = standing.raw.html_sha256 is not None and standing.raw.html_sha256 == article.raw.html_sha256
        changed = issue("raw-text-changed", file=raw.file, article_id=article.id)
        if standing.raw.sha256 != article.raw.sha256:
            return changed if same_html else _taken(raw, "the article of another page")
        taken_out = standing.raw.html_sha256 is not None and article.raw.html_sha256 is None  # its markup knew more
        if article.zoning == "rules" and (standing.zoning == "reviewed" or taken_out):
            article = standing
        elif standing.text != article.text and article.zoning == "rules":
            return changed
    elif not replace and _differs(page, raw.content):
        return _taken(raw, "another page, stored without an article")
    status: Status = "updated" if target.exists() else "new"
    return (status if _write(folder, target, page, article, raw) else "unchanged"), article


def _taken(raw: RawPage, owner: str) -> Issue:
    """Return the issue of an id that something else has."""
    return issue("raw-id-taken", file=raw.file, article_id=raw.article_id, id=raw.article_id, owner=owner)


def _differs(path: Path, content: bytes) -> bool:
    """Return whether a file is there and holds something else than `content`."""
    return path.exists() and read_bytes(path) != content


def _write(folder: Path, target: Path, page: Path, article: Article, raw: RawPage) -> bool:
    """Write the article and its page unless both are there as they are; return whether anything changed."""
    content = record_bytes(article)
    if all(path.exists() and not _differs(path, want) for path, want in ((target, content), (page, raw.content))):
        return False
    with replacing(target, work=folder) as article_file, replacing(page, work=folder / "raw") as page_file:
        article_file.write(content)
        page_file.write(raw.content)
        article_file.flush()
        os.fsync(article_file.fileno())  # a full disk shows here, before the page has taken its place
    return True
