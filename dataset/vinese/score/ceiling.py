"""How far two annotators agree by the measures that systems are scored by: what a system can hope for."""

from __future__ import annotations

from vinese.compare.saved import load_saved
from vinese.core.project import Project
from vinese.score.measures import parse

_SAME = {
    ("entities", "exact"): "entities.f1",
    ("entities", "untyped exact"): "entities.f1(labels=none)",
    ("entities", "overlap-1-1"): "entities.f1(match=overlap)",
    ("triggers", "exact"): "TC",
    ("triggers", "untyped exact"): "TI",
    ("arguments", "exact"): "AC+",
    ("arguments", "without role"): "AI+",
    ("expressions", "exact"): "expressions.f1",
    ("expressions", "overlap-1-1"): "expressions.f1(match=overlap)",
}
"""Agreement that is counted as a measure is; opinions are not, for agreement counts a pair for every holder."""


def ceilings(project: Project) -> dict[str, float]:
    """Return the agreement of the project's independent layers in per cent, by measure; none where it is not kept.

    With more than two layers it is the mean over their pairs.
    """
    saved = load_saved(project)
    by_measure: dict[str, list[float]] = {}
    for pair in saved.pairs if saved is not None else ():
        for score in pair.scores:
            name = _SAME.get((score.measure, score.variant))
            if name is not None and score.label is None and score.f1.value is not None:
                by_measure.setdefault(parse(name).name, []).append(100 * score.f1.value)
    return {name: sum(values) / len(values) for name, values in by_measure.items()}
