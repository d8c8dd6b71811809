"""Read, check, find and write article files: `annotations/articles/<id>.json`.

An article file that cannot be read, or that breaks a promise of `vinese.model.records.Article`, is an issue, never an
exception, and is never handed on. The raw page stands beside it as `raw/<id>.txt` and may be absent, for example
where its publisher does not let it be passed on; where it is present, every zone is traced to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vinese.checks.article import (
    ARTICLE_ID,
    TEXT_ZONES,
    ZONE_TYPES,
    check_id,
    check_raw,
    check_sentences,
    check_text,
    check_zones,
)
from vinese.core.errors import FileProblemError
from vinese.core.files import HEAD, broken_json, read_bytes
from vinese.core.issues import Issue, issue
from vinese.model.records import Article

__all__ = [
    "ARTICLE_ID",
    "TEXT_ZONES",
    "ZONE_TYPES",
    "article_bytes",
    "article_path",
    "check_article",
    "check_file",
    "check_traced",
    "find_article",
    "iter_articles",
    "raw_path",
    "read_article",
]

_DECODER = msgspec.json.Decoder(Article, strict=True)
_WHERE = re.compile(r" - at `\$(.*)`$")


def article_path(folder: Path, article_id: str) -> Path:
    """Return where the article of this id stands in `folder`."""
    return folder / f"{article_id}.json"


def raw_path(folder: Path, article_id: str) -> Path:
    """Return where the raw page of this article stands in `folder`."""
    return folder / "raw" / f"{article_id}.txt"


def article_bytes(article: Article) -> bytes:
    """Return the article as a file's content: indented JSON, keys in the record's order, one final line feed."""
    return msgspec.json.format(msgspec.json.encode(article), indent=2) + b"\n"


def read_article(path: str | Path) -> Article | Issue:
    """Return the article that `path` holds, or the issue that keeps it from being one.

    Only its form is looked at here; `check_article` looks at what it says.
    """
    try:
        content = read_bytes(path)
    except FileProblemError as error:
        return issue("article-unreadable", file=str(path), reason=error.message)
    if not content.strip():
        return issue("file-empty", file=str(path))
    try:
        return _DECODER.decode(content)
    except msgspec.ValidationError as error:
        reason, pointer = _explain(str(error))
        return issue("article-schema", file=str(path), pointer=pointer, reason=reason)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return broken_json(content[:HEAD], error, str(path))


def _explain(message: str) -> tuple[str, str]:
    """Return msgspec's message without its path, and the path as a JSON Pointer."""
    found = _WHERE.search(message)
    if not found:
        return message, ""
    pointer = re.sub(r"\[(\d+)\]", r"/\1", found[1]).replace(".", "/").replace("[...]", "")
    return message[: found.start()], pointer


def check_article(article: Article, raw: str | None = None) -> Iterator[Issue]:
    """Yield what is wrong with an article; `raw` is its raw page, decoded, or None where that is not at hand."""
    yield from check_id(article)
    yield from check_text(article)
    yield from check_sentences(article)
    yield from check_zones(article)
    if raw is not None:
        yield from check_raw(article, raw)


def iter_articles(folder: str | Path, issues: list[Issue]) -> Iterator[Article]:
    """Yield every sound article of `folder`, by file name, one at a time; append what is wrong to `issues`.

    A folder without any article file, or no such folder, is an issue too.
    """
    paths = sorted(Path(folder).glob("*.json"))
    if not paths:
        issues.append(issue("articles-none", file=str(folder)))
    for path in paths:
        found = read_article(path)
        if isinstance(found, Article):
            problems = [
                problem if problem.file else msgspec.structs.replace(problem, file=str(path))
                for problem in check_file(path, found)
            ]
            issues.extend(problems)
            if not any(problem.level == "error" for problem in problems):
                yield found
        else:
            issues.append(found)


def check_file(path: Path, article: Article) -> Iterator[Issue]:
    """Yield what is wrong with an article that `path` holds: its name, the article, its raw page if present."""
    if article.id == path.stem:
        yield from check_traced(path.parent, article)
        return
    yield issue(
        "article-misnamed",
        file=str(path),
        article_id=article.id,
        pointer="/id",
        name=path.name,
        article=article.id,
    )
    yield from check_article(article)


def check_traced(folder: Path, article: Article) -> Iterator[Issue]:
    """Yield what is wrong with an article of `folder`, traced to its raw page if that is there."""
    raw: str | None = None
    page = raw_path(folder, article.id)
    if ARTICLE_ID.fullmatch(article.id) and page.exists():
        try:
            raw = read_bytes(page).decode()
        except (FileProblemError, UnicodeDecodeError) as error:
            yield issue("article-unreadable", file=str(page), article_id=article.id, reason=str(error))
    yield from check_article(article, raw)


def find_article(folder: str | Path, article_id: str) -> Article | None:
    """Return the article of this id, or None if `folder` has none or it is unreadable (`iter_articles` says why)."""
    if not ARTICLE_ID.fullmatch(article_id):
        return None
    path = article_path(Path(folder), article_id)
    if not path.is_file():
        return None
    found = read_article(path)
    return found if isinstance(found, Article) and found.id == article_id else None
