"""Print an agreement report for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from vinese.agree.records import (
        AgreementReport,
        Disagreement,
        Estimate,
        Interval,
        Judgement,
        MeanScore,
        Pair,
        Score,
    )

_NONE = "–"
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
    console.print(f"Agreement of {escape(names)} on {report.articles} article{'' if report.articles == 1 else 's'}")
    if report.overall is not None:
        for measure, variant in _MATRICES:
            console.print(_matrix(report, measure, variant))
        console.print(_means(report.overall.scores))
        console.print(_judgements(report.overall.judgements, "All layers together"))
    else:
        for pair in report.pairs:
            console.print(_scores(pair))
            console.print(_judgements(pair.judgements, "Judgements of what both found"))
            console.print(_labels(pair))
    _intervals(report, console)
    _disagreements(report, console, shown)


def percent(value: float | None) -> str:
    """Return a share as a percentage with one decimal."""
    return _NONE if value is None else f"{100 * value:.1f}"


def _coefficient(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


def _range(interval: Interval | None, *, shares: bool) -> str:
    if interval is None:
        return _NONE
    show = percent if shares else _coefficient
    return f"{show(interval.low)} to {show(interval.high)}"


def _table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    """Return an empty table: columns of words on the left, of numbers on the right."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in left:
        table.add_column(name, no_wrap=True)
    for name in right:
        table.add_column(name, justify="right")
    return table


def _scores(pair: Pair) -> Table:
    table = _table("F1, percent", ("what", "match"), (escape(pair.a), escape(pair.b), "both", "F1", "95% interval"))
    for score in pair.scores:
        if score.label is None:
            table.add_row(score.measure, score.variant, str(score.a), str(score.b), _both(score), *_f1(score.f1))
    return table


def _both(score: Score) -> str:
    same = score.hits_a == score.hits_b
    return str(score.hits_a) if same else f"{score.hits_a}/{score.hits_b}"


def _f1(estimate: Estimate) -> tuple[str, str]:
    return percent(estimate.value), estimate.reason or _range(estimate.interval, shares=True)


def _labels(pair: Pair) -> Table:
    table = _table("By label, exact F1, percent", ("what", "label"), (escape(pair.a), escape(pair.b), "both", "F1"))
    for score in pair.scores:
        if score.label is not None and score.variant == "exact":
            row = (str(score.a), str(score.b), _both(score), percent(score.f1.value))
            table.add_row(score.measure, escape(score.label), *row)
    return table


def _judgements(judgements: Iterable[Judgement], title: str) -> Table:
    columns = ("units", "articles", "same", "kappa", "F1 for/against", "alpha", "95% interval", "ordinal alpha")
    table = _table(title, ("what",), columns)
    for one in judgements:
        table.add_row(
            one.name,
            str(one.units),
            str(one.articles),
            percent(one.agreement.value) if one.agreement else _NONE,
            _coefficient(one.kappa.value) if one.kappa else _NONE,
            percent(one.f1.value) if one.f1 else _NONE,
            _coefficient(one.alpha.value),
            escape(one.alpha.reason) if one.alpha.reason else _range(one.alpha.interval, shares=False),
            _coefficient(one.alpha_ordinal.value) if one.alpha_ordinal else _NONE,
        )
    return table


def _matrix(report: AgreementReport, measure: str, variant: str) -> Table:
    names = [layer.name for layer in report.layers]
    table = _table(f"{measure}, {variant}: F1, percent", ("",), [escape(name) for name in names])
    cells = {
        frozenset((pair.a, pair.b)): percent(score.f1.value)
        for pair in report.pairs
        for score in pair.scores
        if (score.measure, score.variant, score.label) == (measure, variant, None)
    }
    for row in names:
        table.add_row(escape(row), *("" if row == name else cells.get(frozenset((row, name)), _NONE) for name in names))
    return table


def _means(scores: Iterable[MeanScore]) -> Table:
    columns = ("pairs", "mean", "lowest", "highest", "pooled", "95% interval")
    table = _table("F1 over all pairs of layers, percent", ("what", "match"), columns)
    for score in scores:
        if score.label is None:
            shares = [percent(value) for value in (score.mean, score.lowest, score.highest)]
            table.add_row(score.measure, score.variant, str(score.pairs), *shares, *_f1(score.pooled))
    return table


def _intervals(report: AgreementReport, console: Console) -> None:
    settings = report.settings
    if settings.resamples and report.articles > 1:
        console.print(f"Intervals: {settings.method}, {settings.resamples} resamples, seed {settings.seed}.")
    for note in report.notes:
        console.print(escape(note), style="yellow")


def _disagreements(report: AgreementReport, console: Console, shown: int) -> None:
    if not report.disagreements_total:
        console.print("No disagreements." if report.articles else "Nothing was compared.")
        return
    kinds = ", ".join(f"{one.unit} {one.kind} {one.count}" for one in report.disagreement_kinds)
    console.print(f"\n{report.disagreements_total} disagreements: {kinds}")
    article = ""
    for one in report.disagreements[:shown]:
        if one.article_id != article:
            article = one.article_id
            console.print(f"\n[bold]{escape(article)}[/bold]")
        _disagreement(one, console)
    rest = report.disagreements_total - min(shown, len(report.disagreements))
    if rest:
        console.print(f"\n{rest} more: --show N prints more of them, --json and --html list them.")


def _disagreement(one: Disagreement, console: Console) -> None:
    console.print(f"  [yellow]{one.unit}: {', '.join(one.kinds)}[/yellow]", highlight=False)
    for layer, side in zip(one.layers, (one.a, one.b), strict=True):
        console.print(f"    {escape(layer)}: {escape(side.text) if side else _NONE}", highlight=False)
    if one.sentence is not None:
        console.print(f"    in: {escape(one.sentence.text)}", style="dim", highlight=False)
