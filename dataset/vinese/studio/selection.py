"""Choose articles for a layer, and deal them out over several, the same ones each time.

Articles are put in an order that follows from seed and id alone, as if shuffled: a larger sample holds the
smaller one with the same seed, and an article that is added later moves no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from vinese.core.errors import UsageError
from vinese.core.files import read_text
from vinese.core.project import Project
from vinese.corpus.articles import article_files


def shuffled(ids: Collection[str], seed: int) -> list[str]:
    """Return article ids in an order that follows from the seed and each id."""
    return sorted(ids, key=lambda name: (hashlib.sha256(f"{seed} {name}".encode()).digest(), name))


def chosen(
    project: Project, *, articles: str | Path | None = None, sample: int | None = None, seed: int = 0
) -> frozenset[str] | None:
    """Return the articles to send, None for all.

    `articles` is a file with an id a line; `sample` takes so many of those, or of all. Raise `UsageError` if there
    are not so many, or if no article has an id of the file.
    """
    if articles is None and sample is None:
        return None
    ids = {path.stem for path in article_files(project.articles)}
    if articles is not None:
        ids = _named(Path(articles), ids)
    if sample is None:
        return frozenset(ids)
    if not 0 < sample <= len(ids):
        raise UsageError(
            f"There are {len(ids)} articles to choose from, not {sample}.", "Give --sample another number."
        )
    return frozenset(shuffled(ids, seed)[:sample])


def _named(path: Path, ids: Collection[str]) -> set[str]:
    """Return the ids that a file names, a line each; what follows a # is a comment."""
    lines = [line.partition("#")[0].strip() for line in read_text(path).splitlines()]
    named = dict.fromkeys(filter(None, lines))
    strange = [name for name in named if name not in ids]
    if strange:
        more = f" (and {len(strange) - 1} others)" if len(strange) > 1 else ""
        raise UsageError(f"{path} names {strange[0]!r}{more}, which is no article.", "Write an article id a line.")
    if not named:
        raise UsageError(f"{path} names no article.", "Write an article id a line.")
    return set(named)


def deal(
    ids: Collection[str], have: Mapping[str, Collection[str]], *, overlap: float, seed: int
) -> dict[str, frozenset[str]]:
    """Return which articles each layer gets beside those that it has.

    A share `overlap` of `ids` goes to every layer, each other article to the layer that has fewest. What some layers
    have already stays with them; what two have is common, and goes to the others, too.

    >>> dealt = deal([f"a{number}" for number in range(10)], {"an": (), "binh": ()}, overlap=0.2, seed=1)
    >>> len(dealt["an"] & dealt["binh"]), len(dealt["an"]), len(dealt["binh"])
    (2, 6, 6)
    >>> {name: len(more) for name, more in deal(dealt["an"] | dealt["binh"], dealt, overlap=0.2, seed=1).items()}
    {'an': 0, 'binh': 0}
    """
    holders = {name: [layer for layer, there in have.items() if name in there] for name in ids}
    free = [name for name in shuffled(ids, seed) if not holders[name]]
    common = [name for name in ids if len(holders[name]) > 1]
    fresh = max(0, round(overlap * len(holders)) - len(common))
    dealt = {layer: {*common, *free[:fresh]} - set(there) for layer, there in have.items()}
    counts = {layer: len(set(there) | dealt[layer]) for layer, there in have.items()}
    for name in free[fresh:]:
        layer = min(counts, key=lambda layer: counts[layer])
        dealt[layer].add(name)
        counts[layer] += 1
    return {layer: frozenset(names) for layer, names in dealt.items()}


def checked_layers(layers: Sequence[str], overlap: float) -> None:
    """Raise `UsageError` unless articles can be dealt over these layers with this overlap."""
    if len(layers) < 2 or len(set(layers)) < len(layers):
        raise UsageError("Articles are dealt over two layers or more, each named once.", "Name the layers.")
    if not 0 <= overlap <= 1:
        raise UsageError(f"{overlap} is no share of articles.", "Give --overlap a number from 0 to 1, as 0.2.")
