"""Read, find and write article files: `annotations/articles/<id>.json`, or in sub-folders there.

An article file that cannot be read, or that breaks a promise of `vinese.model.records.Article`, is an issue, never an
exception, and is never handed on. The raw page stands in `raw/` and may be absent, for example where its publisher
does not let it be passed on; where it is present, every zone is traced to it. `vinese.core.places` says where each of
them stands.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from vinese.checks.article import ARTICLE_ID, check_article
from vinese.core.errors import FileProblemError
from vinese.core.files import HEAD, broken_json, files_in, read_bytes
from vinese.core.inside import refuse_trouble
from vinese.core.issues import Issue, has_errors, issue
from vinese.core.places import article_path, find_article, raw_path, sub_folders, top
from vinese.model.records import Article

CACHED = 64  # articles; some megabytes

_DECODER = msgspec.json.Decoder(Article, strict=True)
_PLACE = re.compile(r" - at `\$(.*)`$")


class Articles:
    """The articles of a folder, by file name, or one of them by its id.

    What was read last is kept, so that whoever is handed this object, instead of the folder, does not read and parse
    the same file again; memory does not grow with the folder. Make a new one where files may have changed.

    Parameters
    ----------
    folder
        A folder of `<id>.json`, in it or in sub-folders; raw pages in `raw/`.

    Examples
    --------
    >>> from vinese.core.project import Project
    >>> articles = Articles(Project().articles)
    >>> articles.find("000-fbdd747fbc1d4b56").zoning
    'reviewed'
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._read = lru_cache(maxsize=CACHED)(read_article)

    def read(self, paths: Sequence[Path] | None = None) -> Iterator[Article | Issue]:
        """Yield every sound article by file name, one at a time, and every issue of the others and of these.

        With `paths` only the articles in these files. A folder without any article file, or no such folder, is an
        issue too.
        """
        if paths is None:
            paths = article_files(self.folder)
        if not paths:
            yield issue("articles-none", file=str(self.folder))
        for path in paths:
            article = self._read(str(path))
            if isinstance(article, Issue):
                yield article
                continue
            issues = [
                problem if problem.file else replace(problem, file=str(path))
                for problem in check_file(path, article, self.folder)
            ]
            yield from issues
            if not has_errors(issues):
                yield article

    def __iter__(self) -> Iterator[Article]:
        return (article for article in self.read() if isinstance(article, Article))

    def find(self, article_id: str) -> Article | None:
        """Return the article of this id, or None if there is none or it is unreadable (`read` says why).

        Only its form is looked at, not what it says.
        """
        path = find_article(self.folder, article_id) if ARTICLE_ID.fullmatch(article_id) else None
        if path is None:
            return None
        article = self._read(path)
        return article if isinstance(article, Article) and article.id == article_id else None


def article_files(folder: str | Path) -> list[Path]:
    """Return the article files of a folder and of its sub-folders, by file name; none where there is no folder.

    Raise `FileProblemError` if a folder cannot be read.
    """
    return _files(Path(folder), ".json")


def raw_files(folder: Path) -> list[Path]:
    """Return the raw pages of a folder of articles, by file name; raise as `article_files` does."""
    return _files(folder / "raw", ".txt")


def _files(folder: Path, suffix: str) -> list[Path]:
    paths = files_in(folder, suffix)
    for deeper in sub_folders(folder):
        paths += files_in(deeper, suffix)
    return sorted(paths, key=lambda path: (path.name, path))


def with_page(article: Article, folder: Path, page: Path | None = None) -> Article:
    """Return the article, its `raw.file` where its raw page stands or is to stand in `folder`: `page`, if known."""
    file = (page or raw_path(folder, article.id)).relative_to(folder).as_posix()
    return article if article.raw.file == file else replace(article, raw=replace(article.raw, file=file))


def read_article(path: str | Path) -> Article | Issue:
    """Return the article that `path` holds, or the issue that keeps it from being one.

    Only its form is looked at here; `vinese.checks.article.check_article` looks at what it says.
    """
    try:
        content = _content(path)
    except FileProblemError as error:
        return issue("article-unreadable", file=str(path), reason=error.message)
    if not content.strip():
        return issue("file-empty", file=str(path))
    try:
        return _DECODER.decode(content)
    except msgspec.ValidationError as error:
        message, place = str(error), _PLACE.search(str(error))
        pointer = re.sub(r"\[(\d+)\]", r"/\1", place[1]).replace(".", "/").replace("[...]", "") if place else ""
        reason = message[: place.start()] if place else message
        return issue("article-schema", file=str(path), pointer=pointer, reason=reason)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return broken_json(content[:HEAD], error, str(path))


def _content(path: str | Path) -> bytes:
    """Return the bytes of an article file; raise `FileProblemError` if there is none that can and may be read."""
    try:
        # What is a file in a folder, and no link is on the way, needs no path taken apart.
        if stat.S_ISREG(os.lstat(path).st_mode) and stat.S_ISDIR(os.lstat(os.path.dirname(path) or ".").st_mode):  # noqa: PTH120
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                return file.readall()
    except OSError:
        pass  # the reason is told below
    return read_bytes(refuse_trouble(Path(path), top(Path(path))))


def check_file(path: Path, article: Article, folder: Path) -> Iterator[Issue]:
    """Yield what is wrong with an article that `path` holds: its name and place in `folder`, itself, its raw page."""
    if article.id == path.stem:
        place = article_path(folder, article.id)
        if place != path:
            where = {"file": str(path), "article_id": article.id, "pointer": "/id"}
            yield issue("article-misplaced", place=place.relative_to(folder).as_posix(), **where)
        yield from check_traced(folder, article)
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
            raw = _page(read_bytes(refuse_trouble(page, folder)), article.raw.sha256).decode()
        except (FileProblemError, UnicodeDecodeError) as error:
            yield issue("article-unreadable", file=str(page), article_id=article.id, reason=str(error))
    yield from check_article(article, raw)


def _page(content: bytes, sha256: str) -> bytes:
    """Return a raw page as it was: git may have changed line feeds in a clone."""
    plain = content.replace(b"\r\n", b"\n")
    return plain if plain != content and hashlib.sha256(plain).hexdigest() == sha256 else content
