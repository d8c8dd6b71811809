"""Put an article and its raw page into a project; never over another page's article unless told to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vinese.articles import article_bytes, article_path, raw_path, read_article
from vinese.files import read_bytes, replacing
from vinese.issues import issue
from vinese.records import Article

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.ingest.raw import RawPage
    from vinese.issues import Issue


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
