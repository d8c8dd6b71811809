"""Give every group of articles a split and a fold.

Fewer than `ENOUGH` articles all go to `test`. From then on new groups go to train, validation and test so that the
whole corpus comes near 80, 10 and 10 percent, in each stretch of publisher and year alike: the groups are put in
order by publisher, then year, then by lot, and dealt out in that order. Places once given are never taken back, so
that no later release trains on what an earlier one tested on.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from vinese.build.splits import Place
from vinese.splits.near import SEED

if TYPE_CHECKING:
    from collections.abc import Iterable

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
