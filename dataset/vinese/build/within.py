"""Narrow the audit of a whole corpus to the articles that are published."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from vinese.build.splits import Count, Pair
from vinese.splits.near import Groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vinese.build.splits import Audit, Place


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
