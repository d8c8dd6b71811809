"""Read which split and fold each article belongs to, and what is known of articles that repeat others.

`vinese splits --update` writes both files; a build only reads them, so that it needs no search of its own.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from vinese.core.files import read_record
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.near import Groups

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$")]
UPDATE = "Run: vinese splits --update"


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say where an article belongs; of two articles with the same fold neither may stand in for new text."""

    split: Name
    fold: int


class Splits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold `annotations/splits.json`: the place of every article, kept from release to release."""

    schema: str = msgspec.field(default="../schema/splits.schema.json", name="$schema")
    articles: dict[str, Place] = {}


class Pair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name an article that repeats another, and tell whether both have the same split, and the same fold."""

    article: str
    other: str
    exact: bool
    similarity: float
    same_split: bool
    same_fold: bool


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Count articles that repeat another: exactly, and nearly."""

    exact: int = 0
    near: int = 0


class Audit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold `annotations/leakage.json`: how many articles repeat others, within and across splits and folds.

    `corpus` is a digest of the texts and places that it is about. `pairs` lists the worst hundred: across splits
    first, then across folds, then the most alike.
    """

    schema: str = msgspec.field(default="../schema/leakage.schema.json", name="$schema")
    corpus: str
    articles: int
    groups: int
    shingle: int
    threshold: float
    repeated: Count
    across_splits: Count
    across_folds: Count
    pairs: tuple[Pair, ...] = ()


def splits_path(project: Project) -> Path:
    """Return where the file of splits stands."""
    return project.own("annotations", "splits.json")


def audit_path(project: Project) -> Path:
    """Return where the audit stands."""
    return project.own("annotations", "leakage.json")


def read_splits(project: Project) -> dict[str, Place]:
    """Return the places in the file of splits, none without one; raise `FileProblemError` if it is unsound."""
    splits = read_record(splits_path(project), Splits, "See schema/splits.schema.json for its form.")
    return splits.articles if splits is not None else {}


def load_splits(project: Project, articles: list[str], issues: list[Issue]) -> dict[str, Place]:
    """Return the place of every article: as the file of splits says, or without one all in `test`, each its own fold.

    An article that the file lacks is an issue. Raise `FileProblemError` if the file cannot be read.
    """
    path = splits_path(project)
    if not path.exists():
        return {article: Place("test", number) for number, article in enumerate(articles)}
    places = read_splits(project)
    issues += [issue("split-missing", file=str(path), article_id=one) for one in articles if one not in places]
    return places


def corpus_digest(texts: dict[str, str], places: dict[str, Place]) -> str:
    """Return a digest of articles (id to SHA-256 of the text) and their places."""
    total = hashlib.sha256()
    for article in sorted(texts):
        place = places.get(article, Place("", -1))
        total.update(f"{article} {texts[article]} {place.split} {place.fold}\n".encode())
    return total.hexdigest()


def load_audit(project: Project, corpus: str, issues: list[Issue]) -> Audit | None:
    """Return the audit if it is about `corpus`, or else None and an issue; a repeat across splits is an issue too.

    Raise `FileProblemError` if the file cannot be read.
    """
    path = audit_path(project)
    audit = read_record(path, Audit, UPDATE)
    if audit is None or audit.corpus != corpus:
        issues.append(issue("leakage-unknown", file=str(path)))
        return None
    issues += leaks(audit)
    return audit


def leaks(audit: Audit) -> list[Issue]:
    """Return an issue for every listed article that repeats one of another split or fold."""
    return [
        issue("split-leak", article_id=pair.article, other=pair.other, percent=round(100 * pair.similarity))
        for pair in audit.pairs
        if not (pair.same_split and pair.same_fold)
    ]


def within(audit: Audit, published: set[str], places: dict[str, Place]) -> Audit:
    """Return the audit of the published articles alone.

    Two of them that repeat the same article, itself not published, count as repeating each other. Where the audit
    does not list every pair, nobody can tell which are published, and it is returned as it is, of all articles.
    """
    if audit.articles == len(published) or audit.repeated.exact + audit.repeated.near > len(audit.pairs):
        return audit
    pairs = list(_pairs(audit, published, places))
    return msgspec.structs.replace(
        audit,
        articles=len(published),
        groups=len(published) - len(pairs),
        repeated=_count(pairs),
        across_splits=_count(pair for pair in pairs if not pair.same_split),
        across_folds=_count(pair for pair in pairs if not pair.same_fold),
        pairs=tuple(pairs),
    )


def _pairs(audit: Audit, published: set[str], places: dict[str, Place]) -> Iterator[Pair]:
    """Yield the pairs of published articles; where a group has others, each is paired with the group's first."""
    alike, same = Groups(), Groups()
    for pair in audit.pairs:
        alike.join(pair.article, pair.other)
        if pair.exact:
            same.join(pair.article, pair.other)
    listed = sorted({one for pair in audit.pairs for one in (pair.article, pair.other)})
    mixed = {alike.first(one) for one in listed if one not in published}
    yield from (pair for pair in audit.pairs if alike.first(pair.article) not in mixed)
    heads: dict[str, list[str]] = {}
    for one in listed:
        group = alike.first(one)
        if group in mixed and one in published:
            before = heads.setdefault(group, [])
            if before:
                other = next((name for name in before if same.joined(one, name)), before[0])
                yield _pair(one, other, same.joined(one, other), audit.threshold, places)
            before.append(one)


def _pair(article: str, other: str, exact: bool, threshold: float, places: dict[str, Place]) -> Pair:
    one, two = places[article], places[other]
    return Pair(
        article=article,
        other=other,
        exact=exact,
        similarity=1.0 if exact else threshold,
        same_split=one.split == two.split,
        same_fold=one.fold == two.fold,
    )


def _count(pairs: Iterable[Pair]) -> Count:
    found = Counter(pair.exact for pair in pairs)
    return Count(exact=found[True], near=found[False])
