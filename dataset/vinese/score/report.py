"""Make the report on one system from its counts: values, intervals, labels, articles, and what has to be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue
from vinese.model.ontology import Ontology
from vinese.score import statistics
from vinese.score.align import Aligned, digest
from vinese.score.counting import statistic_of, table
from vinese.score.measures import GROUPS, PRF, Measure, parse_all
from vinese.score.options import Options
from vinese.score.records import ArticleScore, Estimate, LabelScore, Score, ScoreReport
from vinese.score.statistics import INTERVALS, MACRO, MICRO, POOLED, Interval, Statistic, Table
from vinese.score.views import Scheme

_SHOWN = 20
"""Up to so many articles, every score has a row for each."""

_INTERVAL_NAMES = {"jackknife": "jack-logit-t", "bootstrap": "bootstrap-percentile", "none": "none"}


def usual(aligned: Aligned, ontology: Ontology) -> tuple[Measure, ...]:
    """Return the usual measures of every task that the system predicted, or gold has where it predicted nothing."""
    groups = [group for group in GROUPS if aligned.predicted.has(group)]
    groups = groups or [group for group in GROUPS if aligned.gold.has(group)]
    # Where both are rows, what gold's do not hold is not among the usual measures.
    groups = [group for group in groups if aligned.gold.groups is None or group in aligned.gold.groups]
    names = [name for group in groups or ["entities"] for name in GROUPS[group]]
    if Scheme.of(ontology).plover is None:
        names = [name for name in names if "plover" not in name]
    return tuple(measure for measure in parse_all(names) if scorable_by(measure, aligned))


def scorable_by(measure: Measure, aligned: Aligned) -> bool:
    """Return whether gold and predictions hold what a measure is about."""
    unknown = measure.options.get("names", "all") != "all" and not aligned.gold.have_texts()
    return not unknown and _lacking(measure, aligned) is None


def _lacking(measure: Measure, aligned: Aligned) -> str | None:
    """Return what gold or predictions lack that a measure is about, in words; None if nothing."""
    for views in (aligned.gold, aligned.predicted):
        if views.groups is not None and measure.group not in views.groups:
            return f"{views.name} holds no {measure.group.replace('_', ' ')}, but rows for {', '.join(views.groups)}"
    field = "modality" if measure.options.get("labels") == "plover" else measure.task
    items = {"modality": "events", "attribution": "stances"}.get(field)
    if items is not None:
        gold = [item for annotation in aligned.gold.annotations for item in getattr(annotation, items, ())]
        lacking = sum(not getattr(item, field) for item in gold)
        if lacking:
            return f"{lacking} of {len(gold)} {items} of gold have no {field}"
    return None


def check_measures(measures: Iterable[Measure], aligned: Aligned, ontology: Ontology) -> None:
    """Raise `UsageError` for what neither side could have: a label that the ontology lacks, what rows do not hold."""
    coarse = {label.coarse for label in ontology.entities if label.coarse}
    plover = Scheme.of(ontology).plover or {}
    labels: dict[str, set[str]] = {
        "entities": {*ontology.named_entity_ids, *coarse},
        "triggers": {label.id for label in ontology.events} | {code for code in plover.values() if code},
        "arguments": {role.id for role in ontology.roles},
    }
    for measure in measures:
        if reason := _lacking(measure, aligned):
            raise UsageError(f"{measure.name} cannot be scored: {reason}.", "Leave it out, or give what it is about.")
        wanted = measure.options.get("type", "all")
        allowed = labels.get(measure.task, set())
        if wanted != "all" and wanted not in allowed:
            raise UsageError(
                f"{measure.name} is about {wanted}, which the ontology does not have.",
                f"Labels: {', '.join(sorted(allowed))}.",
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
        check_measures(measures, aligned, chosen.ontology)
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


def _estimate(counts: Table, statistic: Statistic, chosen: Options) -> Estimate:
    if statistic in POOLED:
        counts = counts.pooled()
    value = 100 * float(statistic(counts.total()))
    make = INTERVALS[chosen.interval]
    if chosen.interval == "bootstrap":
        make = partial(statistics.bootstrap, resamples=chosen.resamples, seed=chosen.seed)
    interval = make(counts, statistic)
    return Estimate(value=value, **_bounds(interval))


def _bounds(interval: Interval) -> dict[str, Any]:
    low, high = interval.low, interval.high
    percent = {"low": None, "high": None} if low is None or high is None else {"low": 100 * low, "high": 100 * high}
    return {**percent, "reason": interval.reason}


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
        articles=tuple(article_scores(measure, counts, aligned)) if len(aligned.ids) <= _SHOWN else (),
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
    scores = []
    for label in counts.labels:
        only = counts.only(label)
        tp, predicted, gold = (int(number) for number in only.total()[0])
        estimates = {name: _estimate(only, MICRO[name], chosen) for name in PRF}
        scores.append(LabelScore(label=label, tp=tp, predicted=predicted, gold=gold, **estimates))
    return tuple(scores)


def article_scores(measure: Measure, counts: Table, aligned: Aligned) -> Iterator[ArticleScore]:
    """Yield a measure on every article."""
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
    if statistic_of(measure) in MACRO.values() and counts.labels != ("",) and len(counts.labels) > 1:
        yield f"mean over {len(counts.labels)} classes: {', '.join(counts.labels)}"


def signature(measure: Measure, aligned: Aligned, interval: str, missing: str, data: str) -> str:
    """Return how a score was made, in one line, as in sacrebleu (Post 2018, "A call for clarity in reporting BLEU").

    It names task, options, what became of missing articles, interval, data and version.
    `missing` is `none` where every article was predicted, `empty:N` where N count as nothing found, `partial:N/M`
    where N of M articles are scored.
    """
    lacking, scored = len(aligned.missing), len(aligned.ids)
    gone = "none"
    if lacking:
        gone = f"partial:{scored}/{scored + lacking}" if missing == "partial" else f"empty:{lacking}"
    parts = {"task": measure.task, "stat": measure.statistic, **measure.options}
    if measure.task == "entities":
        parts["nom"] = "no"
    parts |= {"missing": gone, "failed": str(len(aligned.failed))}
    parts |= {"ci": _INTERVAL_NAMES[interval], "articles": str(scored), "data": data, "version": version("vinese")}
    return "vinese|" + "|".join(f"{name}:{value}" for name, value in parts.items())
