"""Score predictions against gold: counts per article first, then totals and intervals from these alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.layers import choose, exports
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.score import events, opinions, statistics
from vinese.score.align import MISSING, Aligned, align, digest, texts_of
from vinese.score.columns import exact_table
from vinese.score.entities import count_entities
from vinese.score.measures import GROUPS, PRF, TASKS, Measure, parse_all
from vinese.score.read import Reader, Side, Source, read_texts
from vinese.score.records import ArticleScore, Estimate, LabelScore, NoScoreError, Score, ScoreReport
from vinese.score.signature import signature
from vinese.score.statistics import INTERVALS, MACRO, MICRO, POOLED, Interval, Statistic, Table, table_of
from vinese.score.views import Scheme

_SHOWN = 20
"""Up to so many articles, every score has a row for each."""
_COUNT = {
    "triggers": events.count_triggers,
    "arguments": events.count_arguments,
    "modality": events.count_modalities,
    "opinions": opinions.count_opinions,
    "expressions": opinions.count_expressions,
    "polarity": opinions.count_judgements,
    "attribution": opinions.count_judgements,
    "article_stance": opinions.count_article_stance,
}


@dataclass(frozen=True, slots=True)
class Options:
    """How predictions are read and scored: see `score`."""

    project: Project
    ontology: Ontology
    articles: Source | Mapping[str, Any] | None = None
    missing: str = "error"
    interval: str = "jackknife"
    resamples: int = 1000
    seed: int = 0
    repair_bio: bool = False


def options(
    project: Project | None = None,
    ontology: Ontology | None = None,
    *,
    articles: Source | Mapping[str, Any] | None = None,
    missing: str = "error",
    interval: str = "jackknife",
    resamples: int = 1000,
    seed: int = 0,
    repair_bio: bool = False,
) -> Options:
    """Return options, the project's ontology filled in; raise `UsageError` for values that there are not."""
    for name, value, values in (("missing", missing, MISSING), ("interval", interval, tuple(INTERVALS))):
        if value not in values:
            raise UsageError(f"There is no {name} {value!r}.", f"Values: {', '.join(values)}.")
    project = project or Project.here()
    return Options(
        project, ontology or load_ontology(project), articles, missing, interval, resamples, seed, repair_bio
    )


def read_sides(gold: Source | None, systems: Mapping[str, Source], chosen: Options) -> list[Aligned]:
    """Return gold beside each system; without `gold`, the project's gold layer, or its only one."""
    source = gold
    if source is None:
        layers = exports(chosen.project)
        source = layers[choose(layers, None)]
    given = {} if chosen.articles is None else read_texts(chosen.articles)
    reader = Reader(chosen.project, chosen.ontology, given, repair=chosen.repair_bio)
    side = reader.side(source, "gold")
    texts = texts_of(side, given)
    scheme = Scheme.of(chosen.ontology)
    reader.texts = texts
    read: dict[str, Side] = {name: reader.side(system, name) for name, system in systems.items()}
    return [
        align(side, system, texts, labels=reader.labels, scheme=scheme, missing=chosen.missing)
        for system in read.values()
    ]


def score(
    gold: Source | None,
    predictions: Source,
    measures: Iterable[str | Measure] | None = None,
    **settings: Any,
) -> ScoreReport:
    """Return how well predictions agree with gold.

    Parameters
    ----------
    gold
        A file or an iterable: documents, records of `prediction.json`, or a Label Studio export. None is the gold
        layer of the project.
    predictions
        The same, or records of tokens with BIO tags. Articles are joined by id.
    measures
        Strings such as `entities.f1(match=exact,labels=fine)` or `AC+`; see `vinese.score.measures`. None takes the
        usual ones of every task that was predicted.
    project, ontology
        Where labels, and gold if none is given, come from; by default the project here, else vinese's own.
    articles
        Texts of the articles by id, or where to read them, for gold without text.
    missing
        `error` (articles without predictions count as nothing found, and are an issue of level error), `empty` (the
        same, and no error), `partial` (they are left out, and the signature says so).
    interval
        `jackknife`, `bootstrap` (with `resamples` and `seed`) or `none`.
    repair_bio
        Let an `I-` tag that continues nothing begin a span, as conlleval does.

    Returns
    -------
    ScoreReport
        A mapping of measures to `Score`, with all issues. Where an error forbids scoring it is empty, and asking it
        for a measure raises `NoScoreError`.

    Raises
    ------
    UsageError
        For a measure or setting that does not exist.
    FileProblemError
        For a file that cannot be read.

    Examples
    --------
    >>> import vinese
    >>> gold = [{"id": "a", "entities": [{"id": "e1", "start": 0, "end": 4, "type": "ORG_IGO"}]}]
    >>> report = vinese.score(gold, gold, ["entities.f1"], articles={"a": "NATO họp."})
    >>> report["entities.f1"].value
    100.0
    """
    chosen = options(**settings)
    wanted = None if measures is None else parse_all(measures)
    (aligned,) = read_sides(gold, {"predictions": predictions}, chosen)
    return report(aligned, wanted, chosen)


def iter_scores(
    gold: Source | None,
    predictions: Source,
    measures: Iterable[str | Measure] | None = None,
    **settings: Any,
) -> Iterator[ArticleScore]:
    """Yield every measure on every article, with its counts; arguments are those of `score`.

    Raise `NoScoreError` where an error forbids scoring.

    >>> import vinese
    >>> gold = [{"id": "a", "entities": [{"id": "e1", "start": 0, "end": 4, "type": "ORG_IGO"}]}]
    >>> found = next(vinese.iter_scores(gold, gold, articles={"a": "NATO họp."}))
    >>> found.article_id, found.tp, found.gold
    ('a', 1, 1)
    """
    chosen = options(**settings)
    wanted = None if measures is None else parse_all(measures)
    (aligned,) = read_sides(gold, {"predictions": predictions}, chosen)
    if not aligned.scorable:
        raise NoScoreError(aligned.issues)
    chosen_measures = usual(aligned, chosen.ontology) if wanted is None else wanted
    check_measures(chosen_measures, chosen.ontology)
    for measure in chosen_measures:
        yield from _articles(measure, table(aligned, measure), aligned)


def usual(aligned: Aligned, ontology: Ontology) -> tuple[Measure, ...]:
    """Return the usual measures of every task that the system predicted, or gold has where it predicted nothing."""
    groups = [group for group in GROUPS if aligned.predicted.has(group)]
    groups = groups or [group for group in GROUPS if aligned.gold.has(group)]
    names = [name for group in groups or ["entities"] for name in GROUPS[group]]
    if Scheme.of(ontology).plover is None:
        names = [name for name in names if "plover" not in name]
    if not aligned.gold.have_texts():
        names = [name for name in names if "names=" not in name]
    return parse_all(names)


def check_measures(measures: Iterable[Measure], ontology: Ontology) -> None:
    """Raise `UsageError` for a measure of a label that the ontology lacks: it would be 100 for want of anything."""
    coarse = {label.coarse for label in ontology.entities if label.coarse}
    plover = Scheme.of(ontology).plover or {}
    labels: dict[str, set[str]] = {
        "entities": {*ontology.named_entity_ids, *coarse},
        "triggers": {label.id for label in ontology.events} | {code for code in plover.values() if code},
        "arguments": {role.id for role in ontology.roles},
    }
    for measure in measures:
        wanted = measure.options.get("type", "all")
        known = labels.get(measure.task, set())
        if wanted != "all" and wanted not in known:
            raise UsageError(
                f"{measure.name} is about {wanted}, which the ontology does not have.",
                f"Labels: {', '.join(sorted(known))}.",
            )


def report(aligned: Aligned, measures: Sequence[Measure] | None, chosen: Options) -> ScoreReport:
    """Return the report on one system."""
    scores: list[Score] = []
    issues = list(aligned.issues)
    data = ""
    if aligned.scorable:
        data = digest(aligned)
        if measures is None:
            left = [group for group in GROUPS if aligned.gold.has(group) and not aligned.predicted.has(group)]
            measures = usual(aligned, chosen.ontology)
            scored = {measure.group for measure in measures}
            issues += [issue("task-not-predicted", task=group) for group in left if group not in scored]
        check_measures(measures, chosen.ontology)
        for measure in measures:
            counts = table(aligned, measure)
            issues += _remarks(measure, counts)
            scores.append(_score(measure, counts, aligned, chosen, data))
    return ScoreReport(
        system=aligned.system,
        articles=len(aligned.ids),
        missing=aligned.missing,
        failed=aligned.failed,
        partial=chosen.missing == "partial" and bool(aligned.missing),
        interval=chosen.interval,
        data=data,
        version=version("vinese"),
        scores=tuple(scores),
        issues=tuple(dict.fromkeys(issues)),
    )


def table(aligned: Aligned, measure: Measure) -> Table:
    """Return the counts of a measure for every article."""
    if _plain(measure):
        counts = exact_table(aligned.gold.columns, aligned.predicted.columns)
        if counts is not None:
            return counts
    sides = zip(aligned.gold, aligned.predicted, strict=True)
    if measure.statistic == "sf1":
        rows = [opinions.weigh_opinions(*views) for views in sides]
        weights = [((row.by_predicted, row.predicted, 0), (row.by_gold, 0, row.gold)) for row in rows]
        return Table(("by predicted", "by gold"), np.asarray(weights, dtype=float).reshape(-1, 2, 3))
    if measure.task == "entities":
        seen = {} if measure.options["names"] == "all" else seen_names(aligned)
        return table_of([count_entities(*views, measure, seen) for views in sides])
    return table_of([_COUNT[measure.task](*views, measure) for views in sides])


def _plain(measure: Measure) -> bool:
    """Return whether a measure counts mentions with the same offsets and type, all of them."""
    changed = {option for option, value in measure.options.items() if value != TASKS[measure.task].options[option][0]}
    return measure.task == "entities" and changed <= {"average"}


def seen_names(aligned: Aligned) -> dict[str, set[str]]:
    """Return the articles in whose gold each name is a mention."""
    if not aligned.gold.have_texts():
        raise UsageError(
            "Which names were seen cannot be told without the articles' texts.", "Give them: --articles PATH."
        )
    found: dict[str, set[str]] = {}
    for view in aligned.gold:
        for span in view.entities:
            found.setdefault(view.words(span), set()).add(view.document.id)
    return found


def statistic_of(measure: Measure) -> Statistic:
    """Return the statistic of a measure as a function of counts."""
    macro = measure.options.get("average") == "macro" and measure.statistic in MACRO
    return (MACRO if macro else MICRO)[measure.statistic]


def _estimate(counts: Table, statistic: Statistic, chosen: Options) -> Estimate:
    if statistic in POOLED:
        counts = counts.pooled()
    value = 100 * float(statistic(counts.total()))
    make = INTERVALS[chosen.interval]
    if chosen.interval == "bootstrap":
        make = partial(statistics.bootstrap, resamples=chosen.resamples, seed=chosen.seed)
    found = make(counts, statistic)
    return Estimate(value=value, **_bounds(found))


def _bounds(found: Interval) -> dict[str, Any]:
    low, high = found.low, found.high
    percent = {"low": None, "high": None} if low is None or high is None else {"low": 100 * low, "high": 100 * high}
    return {**percent, "reason": found.reason}


def _score(measure: Measure, counts: Table, aligned: Aligned, chosen: Options, data: str) -> Score:
    statistic = statistic_of(measure)
    one_class = _only_class(counts) if measure.is_judgement else None
    estimate = _estimate(counts, statistic, chosen)
    if one_class is not None:
        estimate = Estimate(value=estimate.value, reason=f"no interval: all gold is {one_class}")
    sides: dict[str, Estimate | None] = dict.fromkeys(PRF)
    if not measure.is_judgement and measure.statistic in PRF:
        of = {name: statistic_of(measure.with_statistic(name)) for name in PRF}
        sides = {
            name: estimate if name == measure.statistic else _estimate(counts, function, chosen)
            for name, function in of.items()
        }
    tp, predicted, gold = _sums(measure, counts.total())
    return Score(
        measure=measure.name,
        alias=measure.alias,
        estimate=estimate,
        **sides,
        tp=tp,
        predicted=predicted,
        gold=gold,
        labels=_labels(measure, counts, chosen),
        articles=tuple(_articles(measure, counts, aligned)) if len(aligned.ids) <= _SHOWN else (),
        majority=_majority(measure, counts) if measure.is_judgement else None,
        notes=tuple(_notes(measure, counts)),
        signature=signature(measure, aligned, chosen.interval, chosen.missing, data),
    )


def _sums(measure: Measure, total: Any) -> tuple[float, float, float]:
    """Return true positives, predicted and gold over all labels; SF1's true positives are its weights by gold."""
    if measure.statistic == "sf1":
        return float(total[1, 0]), int(total[0, 1]), int(total[1, 2])
    tp, predicted, gold = (int(number) for number in total.sum(axis=0))
    return tp, predicted, gold


def _labels(measure: Measure, counts: Table, chosen: Options) -> tuple[LabelScore, ...]:
    if measure.statistic == "sf1" or counts.labels == ("",):
        return ()
    found = []
    for label in counts.labels:
        only = counts.only(label)
        tp, predicted, gold = (int(number) for number in only.total()[0])
        estimates = {name: _estimate(only, MICRO[name], chosen) for name in PRF}
        found.append(LabelScore(label=label, tp=tp, predicted=predicted, gold=gold, **estimates))
    return tuple(found)


def _articles(measure: Measure, counts: Table, aligned: Aligned) -> Iterator[ArticleScore]:
    values = statistic_of(measure)(counts.counts)
    for article_id, row, value in zip(aligned.ids, counts.counts, values, strict=True):
        tp, predicted, gold = _sums(measure, row)
        yield ArticleScore(
            measure=measure.name,
            article_id=article_id,
            tp=tp,
            predicted=predicted,
            gold=gold,
            value=100 * float(value),
        )


def _only_class(counts: Table) -> str | None:
    """Return the label of all gold where it has one class only."""
    labels = [label for label, gold in zip(counts.labels, counts.total()[:, 2], strict=True) if gold]
    return labels[0] if len(labels) == 1 else None


def _majority(measure: Measure, counts: Table) -> float | None:
    """Return what always saying gold's most frequent class reaches."""
    gold = Counter({label: int(n) for label, n in zip(counts.labels, counts.total()[:, 2], strict=True) if n})
    if not gold:
        return None
    (best, hits), *_ = gold.most_common(1)
    rows = [(hits if label == best else 0, gold.total() if label == best else 0, n) for label, n in gold.items()]
    return 100 * float(statistic_of(measure)(np.asarray(rows, dtype=float)))


def _remarks(measure: Measure, counts: Table) -> Iterator[Issue]:
    if not counts.counts[:, :, 1:].any():
        yield issue("nothing-to-find", measure=measure.name)
    only = _only_class(counts) if measure.task == "article_stance" else None
    if only is not None:
        units = int(counts.total()[:, 2].sum())
        yield issue("gold-has-one-class", units=units, label=only, measure=measure.name)


def _notes(measure: Measure, counts: Table) -> Iterator[str]:
    if not counts.counts[:, :, 1:].any():
        yield "nothing to find: gold 0, predicted 0"
    if measure.is_judgement and (only := _only_class(counts)) is not None:
        yield f"gold has one class, {only}: always saying it reaches {_majority(measure, counts):.1f}"
    macro = measure.options.get("average") == "macro" and measure.statistic in MACRO
    if macro and counts.labels != ("",) and len(counts.labels) > 1:
        yield f"mean over {len(counts.labels)} classes: {', '.join(counts.labels)}"
