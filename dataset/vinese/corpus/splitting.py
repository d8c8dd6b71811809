"""Find articles that repeat each other, assign every article a split and a fold so that they stay together, audit."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vinese.core.files import read_bytes, record_bytes, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.near import SEED, SHINGLE, THRESHOLD, Groups, NearDuplicate, near_duplicates
from vinese.corpus.splits import (
    Audit,
    AuditedDuplicate,
    Count,
    Place,
    Splits,
    audit_path,
    corpus_digest,
    leaks,
    load_audit,
    read_splits,
    splits_path,
    unplaced,
)

LISTED = 100  # pairs in an audit
ENOUGH = 50  # articles, below which all are in `test`
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


class SplitsReport(msgspec.Struct, frozen=True, kw_only=True):
    """How many articles each split has, which were added, what repeats, and what is wrong.

    `sound` is whether every article has a place, nothing that repeats is apart, and the saved audit says the same.
    """

    splits: dict[str, int]
    added: tuple[str, ...]
    audit: Audit
    sound: bool
    issues: tuple[Issue, ...]


def check_splits(project: Project, articles: Articles | None = None) -> SplitsReport:
    """Search all articles for what repeats and compare that with the files; write nothing."""
    search = _search(articles or Articles(project.articles))
    places = read_splits(project)
    return _report(project, search, places, issues=[*search.issues, *unplaced(project, search.texts, places)])


def update_splits(project: Project, articles: Articles | None = None) -> SplitsReport:
    """Assign a split and a fold to every new article, leave the others where they are, and save the audit.

    Raise `UsageError` if there is no project.
    """
    project.must_be_own()
    search = _search(articles or Articles(project.articles))
    before = read_splits(project)
    places = assign(search.groups(), before)
    _write(splits_path(project), Splits(articles=places))
    _write(audit_path(project), audit(search, places))
    added = tuple(sorted(places.keys() - before.keys()))
    return _report(project, search, places, added, issues=list(search.issues))


class Group(msgspec.Struct, frozen=True):
    """Articles that belong together, by id, and the publisher and year of the first of them."""

    articles: tuple[str, ...]
    stratum: tuple[str, str]


class Search(msgspec.Struct, frozen=True):
    """What a search found: the hash of every text by id, publisher and year of each, what repeats, what is wrong."""

    texts: dict[str, str]
    strata: dict[str, tuple[str, str]]
    pairs: list[NearDuplicate]
    issues: list[Issue] = msgspec.field(default_factory=list)

    def groups(self) -> Iterator[Group]:
        """Yield every group of articles that belong together; most have one article."""
        joined = Groups()
        for pair in self.pairs:
            joined.join(pair.article, pair.other)
        members: dict[str, list[str]] = {}
        for article in sorted(self.texts):
            members.setdefault(joined.first(article), []).append(article)
        return (Group(tuple(articles), self.strata[first]) for first, articles in members.items())


def _search(articles: Articles) -> Search:
    search = Search({}, {}, [])

    def texts() -> Iterator[tuple[str, str]]:
        """Yield id and text of every article, and note on the way what else is needed of it."""
        for article in articles.read():
            if isinstance(article, Issue):
                search.issues.append(article)
                continue
            search.texts[article.id] = article.text_sha256
            search.strata[article.id] = (article.metadata.publisher or "", (article.metadata.published_at or "")[:4])
            yield article.id, article.text

    def text_of(article_id: str) -> str:
        article = articles.find(article_id)
        return article.text if article is not None else ""

    search.pairs.extend(near_duplicates(texts(), text_of))
    return search


def audit(search: Search, places: dict[str, Place]) -> Audit:
    """Return what repeats in articles of these places; one without a place is not apart from any other yet."""
    pairs = [AuditedDuplicate.of(pair, places) for pair in search.pairs]
    worst_first = sorted(pairs, key=lambda pair: (pair.same_split, pair.same_fold, -pair.similarity, pair.article))
    return Audit(
        corpus=corpus_digest(search.texts, places),
        articles=len(search.texts),
        groups=len(search.texts) - len(search.pairs),
        shingle=SHINGLE,
        threshold=THRESHOLD,
        repeated=Count.of(pairs),
        across_splits=Count.of(pair for pair in pairs if not pair.same_split),
        across_folds=Count.of(pair for pair in pairs if not pair.same_fold),
        pairs=tuple(worst_first[:LISTED]),
    )


def _report(
    project: Project, search: Search, places: dict[str, Place], added: tuple[str, ...] = (), *, issues: list[Issue]
) -> SplitsReport:
    made = audit(search, places)
    issues += leaks(made)
    if load_audit(project, made.corpus) != made:
        issues.append(issue("leakage-unknown", file=str(audit_path(project))))
    repeats = [
        issue("near-duplicate", article_id=pair.article, other=pair.other, percent=round(100 * pair.similarity))
        for pair in search.pairs
    ]
    counts = Counter(places[article].split for article in search.texts if article in places)
    return SplitsReport(
        splits=dict(sorted(counts.items())),
        added=added,
        audit=made,
        sound=not issues,
        issues=(*issues, *repeats),
    )


def _write(path: Path, value: Splits | Audit) -> None:
    write_bytes(path, record_bytes(value))


def assign(groups: Iterable[Group], frozen: dict[str, Place]) -> dict[str, Place]:
    """Return `frozen` and a place for every other article; one that belongs to a placed one goes with it."""
    places = dict(frozen)
    fresh: list[Group] = []
    fold = max((place.fold for place in frozen.values()), default=-1) + 1
    folds: dict[tuple[str, ...], int] = {}
    for group in sorted(groups, key=lambda group: group.articles):
        home = next((frozen[article] for article in group.articles if article in frozen), None)
        if home is not None:
            places |= {article: home for article in group.articles if article not in frozen}
        else:
            fresh.append(group)
            folds[group.articles] = fold
            fold += 1
    total = len(places) + sum(len(group.articles) for group in fresh)
    for group, split in _deal(fresh, places, total):
        places |= {article: Place(split, folds[group.articles]) for article in group.articles}
    return dict(sorted(places.items()))


def _deal(fresh: list[Group], placed: dict[str, Place], total: int) -> list[tuple[Group, str]]:
    """Return a split for every new group, `total` being the size that the corpus comes to.

    Groups are dealt in the order of their strata, in a stratum by a lot that no other article bears on.
    """
    if total < ENOUGH or not fresh:
        return [(group, "test") for group in fresh]
    have = dict.fromkeys(SHARES, 0)
    for place in placed.values():
        have[place.split] = have.get(place.split, 0) + 1
    lack = {split: max(0.0, share * total - have[split]) for split, share in SHARES.items()}
    shares = {split: number / sum(lack.values()) for split, number in lack.items()}
    dealt, number, splits = dict.fromkeys(SHARES, 0), 0, []
    for group in sorted(fresh, key=_turn):
        number += len(group.articles)
        split = max(shares, key=lambda name: shares[name] * number - dealt[name])
        dealt[split] += len(group.articles)
        splits.append((group, split))
    return splits


def _turn(group: Group) -> tuple[tuple[str, str], bytes]:
    return group.stratum, hashlib.blake2b(f"{SEED}/{group.articles[0]}".encode(), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class KeptSplits:
    """The places of the articles and the audit of what repeats, as kept files."""

    articles: Articles
    name: str = "splits"
    after: tuple[str, ...] = ("articles",)
    by_hand: bool = False

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps places or an audit."""
        return splits_path(project).exists() or audit_path(project).exists()

    def check(self, project: Project, _progress: Progress) -> Iterator[Issue]:
        """Yield what is wrong with the places and the audit, errors unless the files are right, and what repeats."""
        report = check_splits(project, self.articles)
        for problem in report.issues:
            stale = not report.sound and problem.code == "leakage-unknown"
            yield msgspec.structs.replace(problem, level="error") if stale else problem

    def update(self, project: Project, _progress: Progress) -> Iterator[Issue | Path]:
        """Assign places to new articles and write the audit anew."""
        paths = (splits_path(project), audit_path(project))
        before = [read_bytes(path) if path.exists() else b"" for path in paths]
        report = update_splits(project, self.articles)
        yield from (path for path, content in zip(paths, before, strict=True) if read_bytes(path) != content)
        yield from report.issues
