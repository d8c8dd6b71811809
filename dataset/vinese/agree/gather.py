"""Go through the articles once, and keep of each only what the numbers need."""

from __future__ import annotations

from array import array
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from vinese.agree.compare import compare
from vinese.agree.counts import Tally
from vinese.agree.disagree import disagreements
from vinese.agree.items import JUDGEMENTS, extract
from vinese.agree.reliability import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vinese.agree.items import Items
    from vinese.agree.records import Disagreement
    from vinese.ontology import Ontology
    from vinese.records import Document

# The order of values that have one; `vinese.agree.reliability` then gives the ordinal alpha as well.
SCALE = ("AGAINST", "NEUTRAL", "FAVOR")


class Units:
    """Hold the ratings of one closed list: per unit its article, and per layer a value's index or `MISSING`."""

    def __init__(self, values: tuple[str, ...], layers: int) -> None:
        self.values = list(SCALE if set(values) == set(SCALE) else values)
        self.ordered = tuple(self.values) == SCALE
        self.layers = layers
        self.articles = array("q")
        self._ratings = array("h")

    def add(self, article: int, ratings: list[str | None]) -> None:
        """Add one unit if at least two layers judged it."""
        if sum(rating is not None for rating in ratings) > 1:
            self.articles.append(article)
            self._ratings.extend(MISSING if rating is None else self._index(rating) for rating in ratings)

    def _index(self, value: str) -> int:
        if value not in self.values:
            self.values.append(value)
            self.ordered = False
        return self.values.index(value)

    def rows(self, columns: tuple[int, ...] | None = None) -> tuple[list[int], list[list[int]]]:
        """Return the articles and the ratings of all units, or of those that all layers in `columns` judged."""
        width = self.layers
        every = [self._ratings[i : i + width].tolist() for i in range(0, len(self._ratings), width)]
        if columns is None:
            return self.articles.tolist(), every
        chosen = [(a, [row[c] for c in columns]) for a, row in zip(self.articles, every, strict=True)]
        kept = [(a, row) for a, row in chosen if MISSING not in row]
        return [a for a, _ in kept], [row for _, row in kept]


class Gathered:
    """Gather counts, ratings and disagreements, article by article.

    Articles are known by their index. Of the disagreements the first `listed` are kept, and all are counted.
    """

    def __init__(self, layers: tuple[str, ...], ontology: Ontology, *, listed: int) -> None:
        self.layers = layers
        self.pairs = tuple(combinations(layers, 2))
        self.tallies = {pair: Tally() for pair in self.pairs}
        self.articles: dict[tuple[str, str], list[int]] = {pair: [] for pair in self.pairs}
        self.compared = dict.fromkeys(layers, 0)
        enums = ontology.enums()
        stance = enums["article_stance_value"]
        values = (enums["polarity"], enums["attribution"], enums["modality"], stance, stance)
        self.units = {name: Units(value, len(layers)) for name, value in zip(JUDGEMENTS, values, strict=True)}
        self.disagreements: list[Disagreement] = []
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.per_article: list[int] = []
        self._listed = listed
        self._auxiliary = {label.id for label in ontology.entities if label.auxiliary}

    def add(self, documents: Mapping[str, Document]) -> None:
        """Compare the layers of one article, in the order of the layers."""
        article = len(self.per_article)
        items = {layer: extract(document, self._auxiliary) for layer, document in documents.items()}
        self._rate(article, items)
        found = 0
        for a, b in combinations(documents, 2):
            self.articles[a, b].append(article)
            for key, counts in compare(items[a], items[b]):
                self.tallies[a, b].add(key, article, counts)
            found += self._list(disagreements((a, documents[a]), (b, documents[b])))
        self.per_article.append(found)
        for layer in documents:
            self.compared[layer] += 1

    def _rate(self, article: int, items: Mapping[str, Items]) -> None:
        for name, units in self.units.items():
            judged = {layer: item.judgements[name] for layer, item in items.items()}
            for unit in dict.fromkeys(unit for values in judged.values() for unit in values):
                units.add(article, [judged.get(layer, {}).get(unit) for layer in self.layers])

    def _list(self, found: list[Disagreement]) -> int:
        self.kinds.update((one.unit, kind) for one in found for kind in one.kinds)
        self.disagreements += found[: self._listed - len(self.disagreements)]
        return len(found)
