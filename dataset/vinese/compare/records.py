"""What an agreement report holds; every number that is not defined is null and says why."""

from __future__ import annotations

from typing import Literal

from vinese.core.issues import Issue
from vinese.model.records import Record, Span

REPORT_VERSION = "1.0"

Unit = Literal["entity", "event", "argument", "stance", "article_stance"]


class Interval(Record, frozen=True, kw_only=True):
    """A 95% interval and the number of resamples it rests on, without those in which it was not defined."""

    low: float
    high: float
    resamples: int


class Estimate(Record, frozen=True, kw_only=True):
    """A number up to 1 (alpha and kappa may be below 0) and its interval, or why there is none of either."""

    value: float | None
    interval: Interval | None = None
    reason: str | None = None
    interval_reason: str | None = None


class Score(Record, frozen=True, kw_only=True):
    """An F1 and what it is made of.

    `a` and `b` count the items of either layer, `hits_a` and `hits_b` those with a counterpart in the other. `label`
    is null for all labels together. See `vinese.compare.f1` for the formula and the variants.
    """

    measure: str
    variant: str
    label: str | None
    a: int
    b: int
    hits_a: int
    hits_b: int
    f1: Estimate


class Cell(Record, frozen=True):
    """The number of units that one layer judged `a` and the other `b`."""

    a: str
    b: str
    units: int


class Judgement(Record, frozen=True, kw_only=True):
    """The agreement on one closed list of values, on the units that at least two layers judged.

    `agreement`, `kappa`, `f1` and `confusion` compare two layers, and are null where there are more. `f1` is the mean
    over for and against, null for other values; `alpha_ordinal` is null where the values have no order.
    """

    name: str
    units: int
    articles: int
    alpha: Estimate
    alpha_ordinal: Estimate | None
    agreement: Estimate | None
    kappa: Estimate | None
    f1: Estimate | None
    confusion: tuple[Cell, ...] | None


class LayerPair(Record, frozen=True, kw_only=True):
    """All that was measured between two layers, on the articles that both have."""

    a: str
    b: str
    articles: int
    scores: tuple[Score, ...]
    judgements: tuple[Judgement, ...]


class MeanScore(Record, frozen=True, kw_only=True):
    """An F1 over all pairs of layers: the mean over the pairs, and the counts of all pairs pooled."""

    measure: str
    variant: str
    label: str | None
    pairs: int
    mean: float | None
    lowest: float | None
    highest: float | None
    pooled: Estimate


class Overall(Record, frozen=True, kw_only=True):
    """The summary of more than two layers: F1 over the pairs, alpha over all layers at once."""

    scores: tuple[MeanScore, ...]
    judgements: tuple[Judgement, ...]


class LayerSummary(Record, frozen=True, kw_only=True):
    """What a layer holds: its articles, those compared with another layer, and the items in all its articles."""

    name: str
    articles: int
    compared: int
    entities: int
    events: int
    arguments: int
    stances: int


class Decisions(Record, frozen=True, kw_only=True, omit_defaults=True):
    """How the items of one kind in an adjudicated layer were decided; `kind` is `all` for all together.

    `chosen` counts by the layer that has the item; with more than two layers an item can count for several. The
    shares are of `items`; they are null where there are none. `single` counts, beside these, the items of articles
    that one layer alone has: nothing was decided there.
    """

    kind: str
    items: int
    agreed: int
    chosen: dict[str, int]
    new: int
    agreed_share: float | None
    chosen_share: dict[str, float | None]
    new_share: float | None
    single: int = 0


class AdjudicationRate(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What an adjudicated layer was decided from, and how, over all its articles that say so.

    Of the `articles`, `single` are in one layer alone. `open` counts the places that were left undecided.
    """

    layer: str
    layers: tuple[str, ...]
    articles: int
    kinds: tuple[Decisions, ...]
    single: int = 0
    open: int = 0


class Side(Record, frozen=True, kw_only=True):
    """One layer's part in a disagreement; `id` is the id of its entity, event or stance in that document."""

    layer: str
    id: str | None
    text: str
    spans: tuple[Span, ...] = ()


class Disagreement(Record, frozen=True, kw_only=True):
    """An item that two layers annotate differently; the side that lacks it is null.

    `kinds` says in what they differ: `missing` alone, or one or more of `type`, `boundary`, `modality`, `role`,
    `filler`, `refers_to`, `holder`, `target`, `polarity`, `attribution`, `source`, `expression`, and the names of the
    two article judgements. `sentence` is the context, null for a judgement of the whole article.
    """

    article_id: str
    unit: Unit
    kinds: tuple[str, ...]
    layers: tuple[str, str]
    sentence: Span | None
    a: Side | None
    b: Side | None


class KindCount(Record, frozen=True, kw_only=True):
    """The number of disagreements of one unit and kind; one that differs in two ways counts for both."""

    unit: str
    kind: str
    count: int


class Batch(Record, frozen=True, kw_only=True):
    """How far all pairs of layers agree on the articles of one batch: exact F1 by measure, alpha by closed list."""

    name: str
    articles: int
    f1: dict[str, Estimate]
    alpha: dict[str, Estimate]


class Settings(Record, frozen=True, kw_only=True):
    """How the intervals were drawn."""

    resamples: int
    seed: int
    confidence: float = 0.95
    method: str = "percentile bootstrap over articles"


class AgreementReport(Record, frozen=True, kw_only=True):
    """The result of `vinese agree`; `msgspec.json.encode` writes it.

    `disagreements` lists at most as many as were asked for; `disagreements_total` counts all. `overall` is null for
    two layers, where it would repeat the pair. `batches` is empty unless they were asked for. `adjudications` tells
    of the layers that were decided from others.
    """

    report_version: str = REPORT_VERSION
    layers: tuple[LayerSummary, ...]
    articles: int
    settings: Settings
    notes: tuple[str, ...]
    pairs: tuple[LayerPair, ...]
    overall: Overall | None
    batches: tuple[Batch, ...] = ()
    adjudications: tuple[AdjudicationRate, ...] = ()
    disagreements_total: int
    disagreement_kinds: tuple[KindCount, ...]
    disagreements: tuple[Disagreement, ...]
    issues: tuple[Issue, ...]
