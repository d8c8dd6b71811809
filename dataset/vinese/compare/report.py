"""Turn what was gathered into a report."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import Any

from numpy.typing import NDArray

from vinese.compare.alpha import (
    MISSING,
    Level,
    class_f1,
    cohen_kappa,
    krippendorff_alpha,
    observed_agreement,
    value_counts,
    why_undefined,
)
from vinese.compare.bootstrap import FEW, Bootstrap
from vinese.compare.disagreements import disagreements
from vinese.compare.f1 import MEASURES, CountTable, Key, compare
from vinese.compare.items import RATED, extract
from vinese.compare.records import (
    Cell,
    Disagreement,
    Estimate,
    Judgement,
    KindCount,
    LayerPair,
    MeanScore,
    Overall,
    Score,
    Settings,
)
from vinese.model.ontology import Ontology
from vinese.model.records import Document

_POLES = ("FAVOR", "AGAINST")
_NOTHING = "neither layer has any"
_SPANS = ("exact", "overlap", "overlap-1-1")
_HEADLINES = (
    *(
        Key(measure, prefix + variant)
        for measure in ("entities", "triggers")
        for prefix in ("", "untyped ")
        for variant in _SPANS
    ),
    *(Key("arguments", variant) for variant in ("exact", "loose trigger", "without role")),
    Key("stance pairs", "exact"),
    Key("stance tuples", "exact"),
    *(Key("expressions", variant) for variant in _SPANS),
    *(Key("auxiliary mentions", variant) for variant in _SPANS),
)


def pair_reports(gathered: Gathered, settings: Settings) -> tuple[LayerPair, ...]:
    """Return the report of every pair of layers that share an article."""
    return tuple(_pair(gathered, pair, settings) for pair in gathered.pairs if gathered.articles[pair])


def _pair(gathered: Gathered, pair: tuple[str, str], settings: Settings) -> LayerPair:
    bootstrap = _bootstrap(gathered.articles[pair], settings)
    tally = gathered.tallies[pair]
    f1s = _f1s(tally, bootstrap, gathered.measures)
    columns = tuple(gathered.layers.index(layer) for layer in pair)
    return LayerPair(
        a=pair[0],
        b=pair[1],
        articles=len(gathered.articles[pair]),
        scores=tuple(Score(**key._asdict(), **tally.total(key)._asdict(), f1=f1) for key, f1 in f1s.items()),
        judgements=tuple(_judgement(name, units, columns, bootstrap) for name, units in gathered.units.items()),
    )


def _bootstrap(articles: Sequence[int], settings: Settings) -> Bootstrap:
    return Bootstrap(articles, resamples=settings.resamples, seed=settings.seed)


def _f1s(tally: CountTable, bootstrap: Bootstrap, measures: Collection[str]) -> dict[Key, Estimate]:
    """Return every F1 of a tally with its interval: headline keys of `measures`, counted or not, then all others."""
    intervals = bootstrap.f1(tally.rows)
    estimates = {}
    headlines = [key for key in _HEADLINES if key.measure in measures or key in tally.rows]
    others = sorted(set(tally.rows) - set(headlines), key=lambda key: (*key[:2], key.label or ""))
    for key in [*headlines, *others]:
        value = tally.total(key).f1()
        if value is None:
            estimates[key] = Estimate(value=None, reason=_NOTHING)
        else:
            estimates[key] = Estimate(value=value, interval=intervals[key], interval_reason=bootstrap.refusal())
    return estimates


def _judgement(name: str, units: Units, columns: tuple[int, ...] | None, bootstrap: Bootstrap) -> Judgement:
    articles, ratings = units.rows(columns)
    counts = value_counts(ratings, len(units.values))
    a, b = ([row[side] for row in ratings] if columns else [] for side in (0, 1))
    poles = [units.values.index(value) for value in _POLES if value in units.values]

    def two(measure: Callable[[list[int], list[int]], float | None], reason: str) -> Estimate | None:
        value = measure(a, b) if columns else None
        return Estimate(value=value, reason=None if value is not None else reason) if columns else None

    pairs = sorted(Counter(zip(a, b, strict=True)).items())
    confusion = tuple(Cell(units.values[i], units.values[j], count) for (i, j), count in pairs)
    return Judgement(
        name=name,
        units=len(ratings),
        articles=len(set(articles)),
        alpha=_alpha(units, counts, articles, bootstrap, ordinal=False),
        alpha_ordinal=_alpha(units, counts, articles, bootstrap, ordinal=True) if units.ordered else None,
        agreement=two(observed_agreement, "no unit that both judged"),
        kappa=two(cohen_kappa, why_undefined(counts, units.values) or "no variation"),
        f1=two(lambda x, y: class_f1(x, y, poles), "neither value for nor against occurs") if poles else None,
        confusion=confusion if columns else None,
    )


def _alpha(
    units: Units, counts: NDArray[Any], articles: Sequence[int], bootstrap: Bootstrap, *, ordinal: bool
) -> Estimate:
    level: Level = "ordinal" if ordinal else "nominal"
    value = krippendorff_alpha(counts, level)
    if value is None:
        return Estimate(value=None, reason=why_undefined(counts, units.values))
    interval = bootstrap.alpha(counts, articles, level)
    reason = bootstrap.refusal() or ("not defined in any resample" if interval is None else None)
    return Estimate(value=value, interval=interval, interval_reason=reason)


def overall(gathered: Gathered, pairs: Sequence[LayerPair], settings: Settings) -> Overall | None:
    """Return what sums up more than two layers; None for two."""
    if len(gathered.layers) < 3 or not pairs:
        return None
    return Overall(
        scores=tuple(_mean(key, pairs, f1) for key, f1 in pooled_f1(gathered, settings).items()),
        judgements=pooled_judgements(gathered, settings),
    )


def pooled_f1(gathered: Gathered, settings: Settings) -> dict[Key, Estimate]:
    """Return every F1 with the counts of all pairs of layers pooled."""
    pooled = CountTable()
    for tally in gathered.tallies.values():
        pooled.extend(tally)
    return _f1s(pooled, _bootstrap(range(len(gathered.per_article)), settings), gathered.measures)


def pooled_judgements(gathered: Gathered, settings: Settings) -> tuple[Judgement, ...]:
    """Return the judgements of all layers at once."""
    bootstrap = _bootstrap(range(len(gathered.per_article)), settings)
    return tuple(_judgement(name, units, None, bootstrap) for name, units in gathered.units.items())


def _mean(key: Key, pairs: Sequence[LayerPair], pooled: Estimate) -> MeanScore:
    values = [
        score.f1.value
        for pair in pairs
        for score in pair.scores
        if (score.measure, score.variant, score.label) == key and score.f1.value is not None
    ]
    return MeanScore(
        **key._asdict(),
        pairs=len(values),
        mean=fmean(values) if values else None,
        lowest=min(values, default=None),
        highest=max(values, default=None),
        pooled=pooled,
    )


def kind_counts(gathered: Gathered) -> tuple[KindCount, ...]:
    """Return how often each kind of disagreement occurs, the most frequent first."""
    ranked = sorted(gathered.kinds.items(), key=lambda item: (-item[1], item[0]))
    return tuple(KindCount(unit=unit, kind=kind, count=count) for (unit, kind), count in ranked)


def notes(gathered: Gathered) -> tuple[str, ...]:
    """Return what a reader of the numbers should know before quoting them."""
    lines = []
    articles = len(gathered.per_article)
    if 1 < articles < FEW:
        lines.append(f"The intervals rest on {articles} articles; with fewer than {FEW} they mean little.")
    if articles == 1:
        lines.append("One article: there are no intervals, and the numbers speak of this article alone.")
    if gathered.relations:
        lines.append(f"Relations are not compared; the layers have {gathered.relations} of them.")
    if 0 < (shown := len(gathered.disagreements)) < sum(gathered.per_article):
        lines.append(f"The list holds the first {shown} of {sum(gathered.per_article)} disagreements.")
    return tuple(lines)


def measured(ontology: Ontology) -> tuple[str, ...]:
    """Return the measures of `MEASURES` for which an ontology has labels."""
    labels = {
        "entities": ontology.entities,
        "auxiliary mentions": [label for label in ontology.entities if label.auxiliary],
        "triggers": ontology.events,
        "arguments": ontology.events and ontology.roles,
    }
    return tuple(measure for measure in MEASURES if labels.get(measure, ontology.stance.polarities))


# The order of values that have one; `vinese.compare.alpha` then gives the ordinal alpha as well.
SCALE = ("AGAINST", "NEUTRAL", "FAVOR")


class Units:
    """The ratings of one closed list: per unit its article, and per layer a value's index or `MISSING`."""

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
    """Counts, ratings and disagreements, gathered article by article.

    Articles are known by their index. Of the disagreements the first `listed` are kept, and all are counted.
    """

    def __init__(self, layers: tuple[str, ...], ontology: Ontology, *, listed: int) -> None:
        self.layers = layers
        self.pairs = tuple(combinations(layers, 2))
        self.tallies = {pair: CountTable() for pair in self.pairs}
        self.articles: dict[tuple[str, str], list[int]] = {pair: [] for pair in self.pairs}
        self.compared = dict.fromkeys(layers, 0)
        enums = ontology.enums()
        stance = enums["article_stance_value"]
        values = (enums["polarity"], enums["attribution"], enums["modality"], stance, stance)
        named = zip(RATED, values, strict=True)
        self.units = {name: Units(value, len(layers)) for name, value in named if value}
        self.measures = measured(ontology)
        self.relations = 0
        self.disagreements: list[Disagreement] = []
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.per_article: list[int] = []
        self._listed = listed
        self._auxiliary = ontology.auxiliary_ids

    def add(self, documents: Mapping[str, Document]) -> None:
        """Compare the layers of one article, in the order of the layers."""
        article = len(self.per_article)
        items = {layer: extract(document, self._auxiliary) for layer, document in documents.items()}
        self.relations += sum(len(document.relations or ()) for document in documents.values())
        for name, units in self.units.items():
            judged = {layer: item.judgements[name] for layer, item in items.items()}
            for unit in dict.fromkeys(unit for values in judged.values() for unit in values):
                units.add(article, [judged.get(layer, {}).get(unit) for layer in self.layers])
        count = 0
        for a, b in combinations(documents, 2):
            self.articles[a, b].append(article)
            for key, counts in compare(items[a], items[b]):
                self.tallies[a, b].add(key, article, counts)
            differing = disagreements((a, documents[a]), (b, documents[b]))
            count += len(differing)
            self.kinds.update((disagreement.unit, kind) for disagreement in differing for kind in disagreement.kinds)
            self.disagreements += differing[: self._listed - len(self.disagreements)]
        self.per_article.append(count)
        for layer in documents:
            self.compared[layer] += 1
