"""Turn what was gathered into a report."""

from __future__ import annotations

from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING

from vinese.agree.bootstrap import FEW, Bootstrap
from vinese.agree.counts import Key, Tally
from vinese.agree.records import (
    Cell,
    Estimate,
    Judgement,
    KindCount,
    MeanScore,
    Overall,
    Pair,
    Score,
    Settings,
)
from vinese.agree.reliability import (
    Level,
    class_f1,
    cohen_kappa,
    krippendorff_alpha,
    observed_agreement,
    value_counts,
    why_undefined,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from vinese.agree.gather import Gathered, Units

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
    *(Key("nominals", variant) for variant in _SPANS),
)


def pair_reports(gathered: Gathered, settings: Settings) -> tuple[Pair, ...]:
    """Return the report of every pair of layers that share an article."""
    return tuple(_pair(gathered, pair, settings) for pair in gathered.pairs if gathered.articles[pair])


def _pair(gathered: Gathered, pair: tuple[str, str], settings: Settings) -> Pair:
    bootstrap = _bootstrap(gathered.articles[pair], settings)
    tally = gathered.tallies[pair]
    f1s = _f1s(tally, bootstrap)
    columns = tuple(gathered.layers.index(layer) for layer in pair)
    return Pair(
        a=pair[0],
        b=pair[1],
        articles=len(gathered.articles[pair]),
        scores=tuple(Score(**key._asdict(), **tally.total(key)._asdict(), f1=f1) for key, f1 in f1s.items()),
        judgements=tuple(_judgement(name, units, columns, bootstrap) for name, units in gathered.units.items()),
    )


def _bootstrap(articles: Sequence[int], settings: Settings) -> Bootstrap:
    return Bootstrap(articles, resamples=settings.resamples, seed=settings.seed)


def _keys(tally: Tally) -> list[Key]:
    """Return the headline keys, whether or not anything was counted, then all others in order."""
    return [*_HEADLINES, *sorted(set(tally.rows) - set(_HEADLINES), key=lambda key: (*key[:2], key.label or ""))]


def _f1s(tally: Tally, bootstrap: Bootstrap) -> dict[Key, Estimate]:
    """Return every F1 of a tally with its interval."""
    intervals = bootstrap.f1(tally.rows)
    found = {}
    for key in _keys(tally):
        value = tally.total(key).f1()
        if value is None:
            found[key] = Estimate(value=None, reason=_NOTHING)
        else:
            found[key] = Estimate(value=value, interval=intervals[key], interval_reason=bootstrap.refusal())
    return found


def _judgement(name: str, units: Units, columns: tuple[int, ...] | None, bootstrap: Bootstrap) -> Judgement:
    articles, ratings = units.rows(columns)
    counts = value_counts(ratings, len(units.values))
    a, b = ([row[side] for row in ratings] if columns else [] for side in (0, 1))
    poles = [units.values.index(value) for value in _POLES if value in units.values]

    def two(measure: Callable[[list[int], list[int]], float | None], reason: str) -> Estimate | None:
        value = measure(a, b) if columns else None
        return Estimate(value=value, reason=None if value is not None else reason) if columns else None

    return Judgement(
        name=name,
        units=len(ratings),
        articles=len(set(articles)),
        alpha=_alpha(units, counts, articles, bootstrap, ordinal=False),
        alpha_ordinal=_alpha(units, counts, articles, bootstrap, ordinal=True) if units.ordered else None,
        agreement=two(observed_agreement, "no unit that both judged"),
        kappa=two(cohen_kappa, why_undefined(counts, units.values) or "no variation"),
        f1=two(lambda x, y: class_f1(x, y, poles), "neither value for nor against occurs") if poles else None,
        confusion=_confusion(a, b, units.values) if columns else None,
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


def _confusion(a: Sequence[int], b: Sequence[int], values: Sequence[str]) -> tuple[Cell, ...]:
    pairs = Counter(zip(a, b, strict=True))
    return tuple(Cell(values[i], values[j], units) for (i, j), units in sorted(pairs.items()))


def overall(gathered: Gathered, pairs: Sequence[Pair], settings: Settings) -> Overall | None:
    """Return what sums up more than two layers; None for two."""
    if len(gathered.layers) < 3 or not pairs:
        return None
    pooled = Tally()
    for tally in gathered.tallies.values():
        pooled.extend(tally)
    bootstrap = _bootstrap(range(len(gathered.per_article)), settings)
    return Overall(
        scores=tuple(_mean(key, pairs, f1) for key, f1 in _f1s(pooled, bootstrap).items()),
        judgements=tuple(_judgement(name, units, None, bootstrap) for name, units in gathered.units.items()),
    )


def _mean(key: Key, pairs: Sequence[Pair], pooled: Estimate) -> MeanScore:
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
    found = []
    articles = len(gathered.per_article)
    if 1 < articles < FEW:
        found.append(f"The intervals rest on {articles} articles; with fewer than {FEW} they mean little.")
    if articles == 1:
        found.append("One article: there are no intervals, and the numbers speak of this article alone.")
    if 0 < (shown := len(gathered.disagreements)) < sum(gathered.per_article):
        found.append(f"The list holds the first {shown} of {sum(gathered.per_article)} disagreements.")
    return tuple(found)
