"""Write numbers the same way at the terminal and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from vinese.agree.records import Judgement, MeanScore, Score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vinese.agree.records import Estimate

NONE = "–"
S = TypeVar("S", Score, MeanScore)


class Line(NamedTuple, Generic[S]):
    """Hold one line of a table of F1: the exact match, and the two kinds of overlap where they are measured."""

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


def reasons(found: Iterable[Judgement | Score | MeanScore]) -> list[str]:
    """Return a sentence for every number over all labels that is not defined, or has no interval."""
    result = []
    for one in found:
        if isinstance(one, Judgement):
            name, estimate = f"alpha of {one.name}", one.alpha
        elif one.label is None and one.variant == "exact":
            name, estimate = f"F1 of {one.measure}", one.f1 if isinstance(one, Score) else one.pooled
        else:
            continue
        if estimate.reason is not None:
            result.append(f"No {name}: {estimate.reason}.")
        elif estimate.interval_reason is not None:
            result.append(f"No interval for {name}: {estimate.interval_reason}.")
    return result
