"""Print an agreement report for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

from rich.console import Console
from rich.table import Table

from vinese.compare.records import (
    AdjudicationRate,
    AgreementReport,
    Estimate,
    Judgement,
    LayerPair,
    MeanScore,
    Score,
)
from vinese.core.printable import counted
from vinese.render.terminal import empty_table, print_table

_INTERVAL = "95% interval"
_MATRICES = (
    ("entities", "exact"),
    ("triggers", "exact"),
    ("arguments", "exact"),
    ("stance pairs", "exact"),
    ("stance tuples", "exact"),
)


def print_report(report: AgreementReport, console: Console, *, shown: int) -> None:
    """Print the tables of a report and the first `shown` disagreements."""
    names = ", ".join(layer.name for layer in report.layers)
    console.print(f"Agreement of {names} on {counted(report.articles, 'article')}")
    if report.overall is not None:
        for measure, variant in _MATRICES:
            _print(console, f"{measure}, {variant}: F1, percent", _matrix(report, measure, variant))
        _print(console, "F1, percent: mean and range over the pairs, all pairs pooled", _means(report.overall.scores))
        _print(console, "Judgements of what at least two found", _judgements(report.overall.judgements))
        _reasons(console, [*report.overall.scores, *report.overall.judgements])
    else:
        for pair in report.pairs:
            _print(console, "F1, percent", _scores(pair, labels=False))
            _print(console, "Judgements of what both found", _judgements(pair.judgements))
            _reasons(console, [*pair.scores, *pair.judgements])
            _print(console, "F1 by label, percent", _scores(pair, labels=True))
    if report.batches:
        _print(console, "Over time: F1, percent, all pairs of layers pooled", _batches(report, "f1"))
        _print(console, "Over time: alpha of what at least two found", _batches(report, "alpha"))
    settings = report.settings
    if settings.resamples and report.articles > 1:
        console.print(f"Intervals: {settings.method}, {settings.resamples} resamples, seed {settings.seed}.")
    for note in report.notes:
        console.print(note, style="yellow")
    for rate in report.adjudications:
        count = counted(rate.articles, "article")
        title = f"{rate.layer}, decided from {', '.join(rate.layers)} on {count}: items, percent"
        _print(console, title, _decisions(rate))
        if rate.single:
            console.print(f"In one layer alone, and not counted: {rate.single} of the articles.")
        if rate.open:
            console.print(f"Left undecided: {rate.open} places.", style="yellow")
    _disagreements(report, console, shown)


def _print(console: Console, title: str, table: Table) -> None:
    """Print a table under its title, if it has rows: a project need not have labels for every measure."""
    if not table.row_count:
        return
    console.print(f"\n{title}", style="bold", highlight=False)
    print_table(console, table)


def _reasons(console: Console, measures: Sequence[Score | MeanScore | Judgement]) -> None:
    for reason in reasons(measures):
        console.print(reason, style="dim", highlight=False)


def _scores(pair: LayerPair, *, labels: bool) -> Table:
    between = [] if labels else [_INTERVAL]
    table = empty_table(
        ("what", "label") if labels else ("what",),
        (pair.a, pair.b, "exact", *between, "overlap", "1:1"),
    )
    for line in lines(pair.scores, labels=labels):
        f1 = line.exact.f1
        table.add_row(
            line.name,
            *([line.label] if labels else []),
            str(line.exact.a),
            str(line.exact.b),
            percent(f1.value),
            *([] if labels else [interval(f1, shares=True)]),
            *(percent(score.f1.value) if score else "" for score in (line.overlap, line.one_to_one)),
        )
    return table


def _judgements(judgements: Sequence[Judgement]) -> Table:
    """Return alpha and, between two layers, the shares of same judgements, kappa and F1 over for and against."""
    two = any(judgement.agreement is not None for judgement in judgements)
    table = empty_table(("what",), ("units", *(("same", "kappa", "F1") if two else ()), "alpha", _INTERVAL))
    for judgement in judgements:
        pairwise = (
            percent(judgement.agreement.value) if judgement.agreement else NONE,
            coefficient(judgement.kappa.value) if judgement.kappa else NONE,
            percent(judgement.f1.value) if judgement.f1 else NONE,
        )
        table.add_row(judgement.name, str(judgement.units), *(pairwise if two else ()), *_alpha(judgement.alpha))
        if judgement.alpha_ordinal is not None:
            table.add_row("  ordinal", "", *(("", "", "") if two else ()), *_alpha(judgement.alpha_ordinal))
    return table


def _alpha(estimate: Estimate) -> tuple[str, str]:
    return coefficient(estimate.value), interval(estimate, shares=False)


def _matrix(report: AgreementReport, measure: str, variant: str) -> Table:
    names = [layer.name for layer in report.layers]
    table = empty_table(("",), names)
    cells = {
        frozenset((pair.a, pair.b)): percent(score.f1.value)
        for pair in report.pairs
        for score in pair.scores
        if (score.measure, score.variant, score.label) == (measure, variant, None)
    }
    for row in names if cells else ():
        table.add_row(row, *("" if row == name else cells.get(frozenset((row, name)), NONE) for name in names))
    return table


def _means(scores: Iterable[MeanScore]) -> Table:
    columns = ("exact", "from", "to", "pooled", _INTERVAL, "overlap")
    table = empty_table(("what",), columns)
    for line in lines(scores):
        shares = [percent(value) for value in (line.exact.mean, line.exact.lowest, line.exact.highest)]
        pooled = line.exact.pooled
        overlap = percent(line.overlap.mean) if line.overlap else ""
        table.add_row(line.name, *shares, percent(pooled.value), interval(pooled, shares=True), overlap)
    return table


def _batches(report: AgreementReport, what: Literal["f1", "alpha"]) -> Table:
    names = list(getattr(report.batches[0], what))
    show = percent if what == "f1" else coefficient
    table = empty_table(("batch",), ("articles", *names))
    for batch in report.batches if names else ():
        estimates: dict[str, Estimate] = getattr(batch, what)
        table.add_row(batch.name, str(batch.articles), *(show(estimates[name].value) for name in names))
    return table


def _decisions(rate: AdjudicationRate) -> Table:
    table = empty_table(("what",), ("items", "agreed", *(f"from {layer}" for layer in rate.layers), "new"))
    for decisions in rate.kinds:
        chosen = (percent(decisions.chosen_share[layer]) for layer in rate.layers)
        name = decisions.kind.replace("article_", "article ")
        table.add_row(
            name, str(decisions.items), percent(decisions.agreed_share), *chosen, percent(decisions.new_share)
        )
    return table


def _disagreements(report: AgreementReport, console: Console, shown: int) -> None:
    if not report.disagreements_total:
        console.print("No disagreements." if report.articles else "Nothing was compared.")
        return
    kinds = ", ".join(f"{kind.unit} {kind.kind} {kind.count}" for kind in report.disagreement_kinds)
    console.print(f"\n{report.disagreements_total} disagreements: {kinds}")
    article = ""
    for disagreement in report.disagreements[:shown]:
        if disagreement.article_id != article:
            article = disagreement.article_id
            console.print(f"\n{article}", style="bold", highlight=False)
        console.print(f"  {disagreement.unit}: {', '.join(disagreement.kinds)}", style="yellow", highlight=False)
        for layer, side in zip(disagreement.layers, (disagreement.a, disagreement.b), strict=True):
            console.print(f"    {layer}: {side.text if side else NONE}", highlight=False)
        if disagreement.sentence is not None:
            console.print(f"    in: {disagreement.sentence.text}", style="dim", highlight=False)
    rest = report.disagreements_total - min(shown, len(report.disagreements))
    if rest:
        console.print(f"\n{rest} more: --show N prints more of them, --json and --html list them.")


NONE = "–"
S = TypeVar("S", Score, MeanScore)


class Line(NamedTuple, Generic[S]):
    """One line of a table of F1: the exact match, and the two kinds of overlap where they are measured."""

    name: str
    label: str
    exact: S
    overlap: S | None
    one_to_one: S | None


def lines(scores: Iterable[S], *, labels: bool = False) -> list[Line[S]]:
    """Return scores as lines of a table: those over all labels together, or those per label."""
    groups: dict[tuple[str, str], dict[str, S]] = {}
    for score in scores:
        if (score.label is not None) == labels:
            base, _, match = score.variant.rpartition(" ") if "overlap" in score.variant else (score.variant, "", "")
            base = base.removesuffix("exact").strip()
            name = f"{score.measure}, {base}" if base else score.measure
            groups.setdefault((name, score.label or ""), {})[match] = score
    return [
        Line(name, label, group[""], group.get("overlap"), group.get("overlap-1-1"))
        for (name, label), group in groups.items()
    ]


def percent(value: float | None) -> str:
    """Return a share as a percentage with one decimal."""
    return NONE if value is None else f"{100 * value:.1f}"


def coefficient(value: float | None) -> str:
    """Return a coefficient with three decimals."""
    return NONE if value is None else f"{value:.3f}"


def interval(estimate: Estimate, *, shares: bool) -> str:
    """Return the interval of a share or of a coefficient."""
    if estimate.interval is None:
        return NONE
    show = percent if shares else coefficient
    return f"{show(estimate.interval.low)} to {show(estimate.interval.high)}"


def reasons(measures: Iterable[Judgement | Score | MeanScore]) -> list[str]:
    """Return a sentence for every number over all labels that is not defined, or has no interval."""
    result = []
    for measure in measures:
        if isinstance(measure, Judgement):
            name, estimate = f"alpha of {measure.name}", measure.alpha
        elif measure.label is None and measure.variant == "exact":
            name, estimate = f"F1 of {measure.measure}", measure.f1 if isinstance(measure, Score) else measure.pooled
        else:
            continue
        if estimate.reason is not None:
            result.append(f"No {name}: {estimate.reason}.")
        elif estimate.interval_reason is not None:
            result.append(f"No interval for {name}: {estimate.interval_reason}.")
    return result
