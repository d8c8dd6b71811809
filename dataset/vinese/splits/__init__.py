"""Keep articles that repeat each other together: find them, give every article a split and a fold, and audit that."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from vinese.articles import find_article, iter_articles
from vinese.build.splits import (
    Audit,
    Count,
    Pair,
    Place,
    Splits,
    audit_path,
    corpus_digest,
    leaks,
    load_audit,
    read_splits,
    splits_path,
)
from vinese.files import write_bytes
from vinese.issues import Issue, issue
from vinese.splits.assign import Group, assign
from vinese.splits.near import SHINGLE, THRESHOLD, Groups, Link, links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vinese.records import Article
    from vinese.resources import Project

LISTED = 100
Strata = dict[str, tuple[str, str]]


class SplitsReport(msgspec.Struct, frozen=True, kw_only=True):
    """Say how many articles each split has, which were added, what repeats, and what is wrong.

    `sound` is whether every article has a place, nothing that repeats is apart, and the saved audit says the same.
    """

    splits: dict[str, int]
    added: tuple[str, ...]
    audit: Audit
    sound: bool
    issues: tuple[Issue, ...]


def check(project: Project) -> SplitsReport:
    """Search all articles for what repeats and compare that with the files; write nothing."""
    issues: list[Issue] = []
    found = _search(project, issues)
    places = read_splits(project)
    issues += [
        issue("split-missing", file=str(splits_path(project)), article_id=one)
        for one in found.texts
        if one not in places
    ]
    return _report(project, found, places, (), issues)


def update(project: Project) -> SplitsReport:
    """Give every new article a place, leave the others where they are, and save the audit.

    Raise `UsageError` if there is no project.
    """
    project.must_be_own()
    issues: list[Issue] = []
    found = _search(project, issues)
    before = read_splits(project)
    places = assign(found.groups(), before)
    _write(splits_path(project), Splits(articles=places))
    _write(audit_path(project), audit(found, places))
    return _report(project, found, places, tuple(sorted(places.keys() - before.keys())), issues)


class Found(msgspec.Struct, frozen=True):
    """Hold what a search found: the hash of every text by id, publisher and year of each, and the links."""

    texts: dict[str, str]
    strata: Strata
    links: list[Link]

    def groups(self) -> Iterator[Group]:
        """Yield every group of articles that belong together; most have one article."""
        joined = Groups()
        for link in self.links:
            joined.join(link.article, link.other)
        members: dict[str, list[str]] = {}
        for article in sorted(self.texts):
            members.setdefault(joined.first(article), []).append(article)
        return (Group(tuple(found), self.strata[first]) for first, found in members.items())


def _search(project: Project, issues: list[Issue]) -> Found:
    found = Found({}, {}, [])
    found.links.extend(links(_texts(iter_articles(project.articles, issues), found), lambda one: _text(project, one)))
    return found


def _texts(articles: Iterable[Article], found: Found) -> Iterator[tuple[str, str]]:
    """Yield id and text of every article, and note on the way what else is needed of it."""
    for article in articles:
        found.texts[article.id] = article.text_sha256
        found.strata[article.id] = (article.metadata.publisher or "", (article.metadata.published_at or "")[:4])
        yield article.id, article.text


def _text(project: Project, article_id: str) -> str:
    article = find_article(project.articles, article_id)
    return article.text if article is not None else ""


def audit(found: Found, places: dict[str, Place]) -> Audit:
    """Return what repeats in articles of these places; one without a place is not apart from any other yet."""
    pairs = [_pair(link, places) for link in found.links]
    return Audit(
        corpus=corpus_digest(found.texts, places),
        articles=len(found.texts),
        groups=len(found.texts) - len(found.links),
        shingle=SHINGLE,
        threshold=THRESHOLD,
        repeated=_count(pairs),
        across_splits=_count(pair for pair in pairs if not pair.same_split),
        across_folds=_count(pair for pair in pairs if not pair.same_fold),
        pairs=tuple(sorted(pairs, key=_worst_first)[:LISTED]),
    )


def _pair(link: Link, places: dict[str, Place]) -> Pair:
    one, other = places.get(link.article), places.get(link.other)
    if one is None or other is None:
        one = other = Place("", 0)
    return Pair(
        article=link.article,
        other=link.other,
        exact=link.exact,
        similarity=link.similarity,
        same_split=one.split == other.split,
        same_fold=one.fold == other.fold,
    )


def _worst_first(pair: Pair) -> tuple[bool, bool, float, str]:
    return pair.same_split, pair.same_fold, -pair.similarity, pair.article


def _count(pairs: Iterable[Pair]) -> Count:
    found = Counter(pair.exact for pair in pairs)
    return Count(exact=found[True], near=found[False])


def _report(
    project: Project, found: Found, places: dict[str, Place], added: tuple[str, ...], issues: list[Issue]
) -> SplitsReport:
    made = audit(found, places)
    issues += leaks(made)
    saved = load_audit(project, made.corpus, [])
    if saved != made:
        issues.append(issue("leakage-unknown", file=str(audit_path(project))))
    sound = not issues
    repeats = [
        issue("near-duplicate", article_id=one.article, other=one.other, percent=round(100 * one.similarity))
        for one in found.links
    ]
    counts = Counter(places[one].split for one in found.texts if one in places)
    return SplitsReport(
        splits=dict(sorted(counts.items())), added=added, audit=made, sound=sound, issues=(*issues, *repeats)
    )


def _write(path: Path, value: Splits | Audit) -> None:
    write_bytes(path, msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
