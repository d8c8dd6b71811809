"""Read which split and fold each article belongs to, and what is known of articles that repeat others.

`vinese splits --update` writes both files; a build only reads them, so that it needs no search of its own.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated

import msgspec

from vinese.errors import FileProblemError
from vinese.files import read_bytes
from vinese.issues import issue

if TYPE_CHECKING:
    from pathlib import Path

    from vinese.issues import Issue
    from vinese.resources import Project

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
    path = splits_path(project)
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(read_bytes(path), type=Splits).articles
    except msgspec.DecodeError as error:
        raise FileProblemError(
            f"{path} does not say where articles belong: {error}.", "See schema/splits.schema.json for its form."
        ) from error


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
    try:
        audit = msgspec.json.decode(read_bytes(path), type=Audit) if path.exists() else None
    except msgspec.DecodeError as error:
        raise FileProblemError(f"{path} is no audit: {error}.", UPDATE) from error
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
