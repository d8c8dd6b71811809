"""Restore the articles' words in a dataset that was published without them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import file_digest, problem, read_bytes, replacing_folder, text_digest
from vinese.core.inside import refuse_trouble
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.places import article_path
from vinese.corpus.articles import Articles
from vinese.hub.standoff import FULL, finish, full_card
from vinese.hub.standoff_files import Row, by_row, columns, created_by, fill, must_be_parquet, rewrite
from vinese.model.records import Article
from vinese.package.folder import (
    CARD,
    CHECKSUMS,
    check_build,
    names,
    parse_sums,
    read_build,
    refuse_itself,
    refuse_others,
)

HASHED = ["article_id", "text_sha256"]


class RehydrateReport(msgspec.Struct, frozen=True, kw_only=True):
    """Where the text was put back, into how many files, of how many articles; `out` is null if it was not."""

    out: str | None
    articles: int
    files: int
    issues: tuple[Issue, ...] = ()


def rehydrate(folder: str | Path, articles: str | Path, out: str | Path) -> RehydrateReport:
    """Write the dataset in `folder` to `out` with the words of the reader's own copies of the articles.

    `articles` holds article files as `vinese ingest` writes them. A copy that is missing, or whose text has another
    hash, is an issue, and nothing is written. The Parquet is byte for byte that of the full build where the same
    version of pyarrow writes it. Raise `UsageError` if `folder` is no dataset without text, `FileProblemError` if
    `out` holds other files or cannot be written.

    Examples
    --------
    >>> import vinese
    >>> _ = vinese.build(vinese.Project(), "built"), vinese.standoff("built", "bare")
    >>> vinese.rehydrate("bare", vinese.Project().articles, "full").articles
    5
    """
    source, copies, target = Path(folder), Path(articles), Path(out)
    if not (source / FULL).is_file():
        raise UsageError(f"{source} is not a dataset without text.", f"It has no {FULL}: its text is there already.")
    refuse_itself(source, target)
    refuse_others(target)
    wanted = parse_sums(read_bytes(source / FULL))
    for path in wanted:
        refuse_trouble(source / path, source)
        if path.endswith(".parquet") and (source / path).is_file():
            must_be_parquet(source / path)
    issues = list(check_build(read_build(source)))
    hashes = {row["article_id"]: row["text_sha256"] for path in wanted for row in _hashes(source / path)}
    issues += [issue for name, digest in hashes.items() for issue in _compare(copies, name, digest)]
    if has_errors(issues):
        return RehydrateReport(out=None, articles=len(hashes), files=0, issues=tuple(issues))
    return _written(source, copies, target, wanted, len(hashes))


def _hashes(path: Path) -> Iterator[Row]:
    return columns(path, HASHED) if path.is_file() else iter(())


def _compare(copies: Path, name: str, digest: str) -> Iterator[Issue]:
    """Yield what is wrong with the reader's copy of one article."""
    place = article_path(copies, name)
    article = Articles(copies).find(name)
    if article is None:
        yield issue("rehydrate-article-missing", file=str(place), article_id=name)
    elif text_digest(article.text) != digest:
        yield issue("rehydrate-text-differs", file=str(place), article_id=name)


def _written(source: Path, copies: Path, target: Path, wanted: dict[str, str], articles: int) -> RehydrateReport:
    """Write all files, unless one that should be the same as in the full build is not."""
    try:
        with replacing_folder(target, CHECKSUMS) as fresh:
            _write(source, copies, fresh, wanted)
            issues = [issue for path, digest in wanted.items() for issue in _unlike(source, fresh, path, digest)]
            _stop_at_errors(issues)
    except _UnlikeError as error:
        return RehydrateReport(out=None, articles=articles, files=0, issues=tuple(error.issues))
    except OSError as error:
        raise problem(target, error, "write") from error
    return RehydrateReport(out=str(target), articles=articles, files=len(wanted), issues=tuple(issues))


class _UnlikeError(Exception):
    """Raised to leave the new folder, so that it is removed, because of the issues found in it."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__()
        self.issues = issues


def _stop_at_errors(issues: list[Issue]) -> None:
    if has_errors(issues):
        raise _UnlikeError(issues)


def _write(source: Path, copies: Path, fresh: Path, wanted: dict[str, str]) -> None:
    change = by_row(_filler(copies))
    sizes = {path: rewrite(source / path, fresh / path, change) for path in wanted}
    for name in names(source):
        if name not in {*wanted, CHECKSUMS, FULL}:
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, fresh / name)
    card = (fresh / CARD).read_text(encoding="utf-8")
    (fresh / CARD).write_text(full_card(card, sizes, fresh), encoding="utf-8")
    finish(fresh)


def _filler(copies: Path) -> Callable[[Row], Row]:
    """Return a function that fills a row; rows of one article stand together, so few articles are kept."""

    @lru_cache(maxsize=8)
    def article(name: str) -> Article:
        copy = Articles(copies).find(name)
        if copy is None:
            raise FileProblemError(f"Cannot read {article_path(copies, name)}: it was there before.", "Run it again.")
        return copy

    return lambda row: fill(row, article)


def _unlike(source: Path, fresh: Path, path: str, digest: str) -> Iterator[Issue]:
    """Yield an issue if a file is not that of the full build; another version of pyarrow may write other bytes."""
    if file_digest(fresh / path) == digest:
        return
    theirs, ours = created_by(source / path), created_by(fresh / path)
    if theirs == ours:
        yield issue("rehydrate-file-differs", file=path, path=path)
    else:
        yield issue("rehydrate-other-writer", file=path, path=path, theirs=theirs, ours=ours)
