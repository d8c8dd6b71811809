"""Read which split and fold each article belongs to, and what is known of articles that repeat others.

`vinese update splits` writes both files; a build only reads them, so that it needs no search of its own.
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
from vinese.corpus.near import Groups, NearDuplicate

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$")]
UPDATE = "Run: vinese update splits"


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an article belongs; of two articles with the same fold neither may stand in for new text."""

    split: Name
    fold: int


class Splits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`annotations/splits.json`: the place of every article, kept from release to release."""

    schema: str = msgspec.field(default="../schema/splits.schema.json", name="$schema")
    articles: dict[str, Place] = {}


class AuditedDuplicate(NearDuplicate, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A near-duplicate, with whether both articles have the same split, and the same fold."""

    same_split: bool
    same_fold: bool

    @classmethod
    def of(cls, pair: NearDuplicate, places: dict[str, Place]) -> AuditedDuplicate:
        """Return a pair of articles of these places; one without a place is not apart from any other yet."""
        place, other = places.get(pair.article), places.get(pair.other)
        if place is None or other is None:
            place = other = Place("", 0)
        return cls(
            article=pair.article,
            other=pair.other,
            exact=pair.exact,
            similarity=pair.similarity,
            same_split=place.split == other.split,
            same_fold=place.fold == other.fold,
        )


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many articles repeat another: exactly, and nearly."""

    exact: int = 0
    near: int = 0

    @classmethod
    def of(cls, pairs: Iterable[NearDuplicate]) -> Count:
        """Count pairs."""
        counts = Counter(pair.exact for pair in pairs)
        return cls(exact=counts[True], near=counts[False])


class Audit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`annotations/leakage.json`: how many articles repeat others, within and across splits and folds.

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
    pairs: tuple[AuditedDuplicate, ...] = ()


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


def load_splits(project: Project, articles: list[str]) -> dict[str, Place]:
    """Return the place of every article: as the file of splits says, or without one all in `test`, each its own fold.

    Raise `FileProblemError` if the file cannot be read.
    """
    if not splits_path(project).exists():
        return {article: Place("test", number) for number, article in enumerate(articles)}
    return read_splits(project)


def unplaced(project: Project, articles: Iterable[str], places: dict[str, Place]) -> Iterator[Issue]:
    """Yield an issue for every article that has no place."""
    file = str(splits_path(project))
    return (issue("split-missing", file=file, article_id=article) for article in articles if article not in places)


def corpus_digest(texts: dict[str, str], places: dict[str, Place]) -> str:
    """Return a digest of articles (id to SHA-256 of the text) and their places."""
    total = hashlib.sha256()
    for article in sorted(texts):
        place = places.get(article, Place("", -1))
        total.update(f"{article} {texts[article]} {place.split} {place.fold}\n".encode())
    return total.hexdigest()


def load_audit(project: Project, corpus: str) -> Audit | Issue:
    """Return the audit if it is about `corpus`, a `corpus_digest`, or else the issue that there is none.

    Raise `FileProblemError` if the file cannot be read.
    """
    path = audit_path(project)
    audit = read_record(path, Audit, UPDATE)
    return audit if audit is not None and audit.corpus == corpus else issue("leakage-unknown", file=str(path))


def leaks(audit: Audit) -> Iterator[Issue]:
    """Yield an issue for every listed article that repeats one of another split or fold."""
    for pair in audit.pairs:
        if not (pair.same_split and pair.same_fold):
            percent = round(100 * pair.similarity)
            yield issue("split-leak", article_id=pair.article, other=pair.other, percent=percent)


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
        repeated=Count.of(pairs),
        across_splits=Count.of(pair for pair in pairs if not pair.same_split),
        across_folds=Count.of(pair for pair in pairs if not pair.same_fold),
        pairs=tuple(pairs),
    )


def _pairs(audit: Audit, published: set[str], places: dict[str, Place]) -> Iterator[AuditedDuplicate]:
    """Yield the pairs of published articles; where a group has others, each is paired with the group's first."""
    alike, same = Groups(), Groups()
    for pair in audit.pairs:
        alike.join(pair.article, pair.other)
        if pair.exact:
            same.join(pair.article, pair.other)
    listed = sorted({article for pair in audit.pairs for article in (pair.article, pair.other)})
    mixed = {alike.first(article) for article in listed if article not in published}
    yield from (pair for pair in audit.pairs if alike.first(pair.article) not in mixed)
    members: dict[str, list[str]] = {}
    for article in listed:
        group = alike.first(article)
        if group in mixed and article in published:
            before = members.setdefault(group, [])
            if before:
                other = next((name for name in before if same.joined(article, name)), before[0])
                exact = same.joined(article, other)
                similarity = 1.0 if exact else audit.threshold
                repeat = NearDuplicate(article=article, other=other, exact=exact, similarity=similarity)
                yield AuditedDuplicate.of(repeat, places)
            before.append(article)
