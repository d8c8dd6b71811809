"""Say where the files of an article stand: its JSON, its raw page and its words.

A corpus starts flat: `articles/<id>.json`, `articles/raw/<id>.txt`, `words/<id>.json`. Once it has more than some
1,000 articles, new ones stand in sub-folders, `articles/<xx>/<id>.json`, where `xx` is what the SHA-256 of the id
begins with. What stands already stays where it is and is found there: a look-up asks the file system twice at most.
So no folder of 100,000 articles holds more than some 1,000 files. A new raw page and new words stand in a sub-folder
if their article does.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

FLAT = 1000
"""How many articles stand in one folder before new ones are put into sub-folders."""

PATTERNS = ("*.json", "[0-9a-f][0-9a-f]/*.json")
"""Where articles and words stand in their folder, for `glob`."""

_SUB_FOLDER = re.compile("[0-9a-f]{2}")


def article_path(folder: Path, article_id: str) -> Path:
    """Return where the article of this id stands in `folder`, or would stand if it were new."""
    standing = find_article(folder, article_id)
    return Path(standing or _place(folder, article_id, ".json", spread=is_spread(folder)))


def find_article(folder: Path, article_id: str) -> str | None:
    """Return where the article of this id stands in `folder`, None if nothing does."""
    return _standing(folder, article_id, ".json")


def raw_path(folder: Path, article_id: str, article: Path | None = None) -> Path:
    """Return where the raw page of this article stands in `folder`, or would stand if it were new.

    `article` is what `article_path` returns, where it is known.
    """
    return _beside(folder / "raw", folder, article_id, ".txt", article)


def words_path(folder: Path, articles: Path, article_id: str) -> Path:
    """Return where the words of one of `articles` stand in `folder`, or would stand if they were new."""
    return _beside(folder, articles, article_id, ".json")


def _beside(folder: Path, articles: Path, article_id: str, suffix: str, article: Path | None = None) -> Path:
    standing = _standing(folder, article_id, suffix)
    if standing is None:
        article = article or article_path(articles, article_id)
        standing = _place(folder, article_id, suffix, spread=article.parent != articles)
    return Path(standing)


def _standing(folder: Path, article_id: str, suffix: str) -> str | None:
    flat = _place(folder, article_id, suffix, spread=False)
    if os.path.lexists(flat):
        return flat
    deeper = _place(folder, article_id, suffix, spread=True)
    return deeper if os.path.lexists(deeper) else None


def _place(folder: Path, article_id: str, suffix: str, *, spread: bool) -> str:
    # A string, for articles are looked up so often that making paths of it would show.
    return f"{folder}/{sub_folder(article_id)}/{article_id}{suffix}" if spread else f"{folder}/{article_id}{suffix}"


def sub_folder(article_id: str) -> str:
    """Return the name of the sub-folder for an article.

    >>> sub_folder("000-fbdd747fbc1d4b56")
    '89'
    """
    return hashlib.sha256(article_id.encode("utf-8", "surrogateescape")).hexdigest()[:2]


def sub_folders(folder: Path) -> Iterator[Path]:
    """Yield the sub-folders that a folder of articles, raw pages or words has; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            yield from (Path(entry) for entry in entries if _SUB_FOLDER.fullmatch(entry.name) and entry.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return


def is_spread(folder: Path) -> bool:
    """Return whether new articles are put into sub-folders of `folder`."""
    return any(sub_folders(folder))


def make_room(folder: Path, article_ids: Collection[str]) -> None:
    """Have new articles put into sub-folders if `folder` holds too many files once it has all of these.

    It is asked once before many are stored, so that where each stands depends neither on their order nor on how many
    processes store them.
    """
    if not is_spread(folder):
        there = {path.stem for path in folder.glob("*.json")}
        new = set(article_ids) - there
        if new and len(there) + len(new) > FLAT:
            (folder / sub_folder(min(new))).mkdir(parents=True)


def top(path: Path) -> Path:
    """Return the folder of articles, raw pages or words in which a file stands, be it in a sub-folder."""
    return path.parent.parent if _SUB_FOLDER.fullmatch(path.parent.name) else path.parent
