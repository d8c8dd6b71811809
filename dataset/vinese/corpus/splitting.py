"""Keep articles that repeat each other together: find them, give every article a split and a fold, and audit that."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from vinese.core.files import write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.near import SEED, SHINGLE, THRESHOLD, Groups, Link, links
from vinese.corpus.splits import (
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
    articles = Articles(project.articles)

    def texts() -> Iterator[tuple[str, str]]:
        """Yield id and text of every article, and note on the way what else is needed of it."""
        for article in articles.read():
            if isinstance(article, Issue):
                issues.append(article)
                continue
            found.texts[article.id] = article.text_sha256
            found.strata[article.id] = (article.metadata.publisher or "", (article.metadata.published_at or "")[:4])
            yield article.id, article.text

    def text_of(article_id: str) -> str:
        article = articles.find(article_id)
        return article.text if article is not None else ""

    found.links.extend(links(texts(), text_of))
    return found


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


ENOUGH = 50
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


class Group(msgspec.Struct, frozen=True):
    """Hold articles that belong together, by id, and the publisher and year of the first of them."""

    articles: tuple[str, ...]
    stratum: tuple[str, str]


def assign(groups: Iterable[Group], frozen: dict[str, Place]) -> dict[str, Place]:
    """Return `frozen` and a place for every other article; one that belongs to a placed one goes with it."""
    places = dict(frozen)
    fresh: list[Group] = []
    fold = max((place.fold for place in frozen.values()), default=-1) + 1
    folds: dict[tuple[str, ...], int] = {}
    for group in sorted(groups, key=lambda group: group.articles):
        home = next((frozen[one] for one in group.articles if one in frozen), None)
        if home is not None:
            places |= {one: home for one in group.articles if one not in frozen}
        else:
            fresh.append(group)
            folds[group.articles] = fold
            fold += 1
    total = len(places) + sum(len(group.articles) for group in fresh)
    for group, split in _deal(fresh, places, total):
        places |= {one: Place(split, folds[group.articles]) for one in group.articles}
    return dict(sorted(places.items()))


def _deal(fresh: list[Group], placed: dict[str, Place], total: int) -> list[tuple[Group, str]]:
    """Return a split for every new group, `total` being the size that the corpus comes to."""
    if total < ENOUGH or not fresh:
        return [(group, "test") for group in fresh]
    have = dict.fromkeys(SHARES, 0)
    for place in placed.values():
        have[place.split] = have.get(place.split, 0) + 1
    lack = {split: max(0.0, share * total - have[split]) for split, share in SHARES.items()}
    shares = {split: found / sum(lack.values()) for split, found in lack.items()}
    dealt, number, found = dict.fromkeys(SHARES, 0), 0, []
    for group in sorted(fresh, key=_turn):
        number += len(group.articles)
        split = max(shares, key=lambda one: shares[one] * number - dealt[one])
        dealt[split] += len(group.articles)
        found.append((group, split))
    return found


def _turn(group: Group) -> tuple[tuple[str, str], bytes]:
    """Return what puts a group in order: its stratum, then a lot that no other article bears on."""
    return group.stratum, hashlib.blake2b(f"{SEED}/{group.articles[0]}".encode(), digest_size=8).digest()
