"""Print systems side by side: a table a task, every value with its interval, for a terminal and for LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console

from vinese.render.score_text import interval, print_line, print_rows, shown, tex, title
from vinese.score.records import Score

Systems = Sequence[tuple[str, Sequence[Score]]]
"""The name of each system, and its scores by the same measures in the same order."""


def print_standings(task: str, systems: Systems, console: Console, agreed: Mapping[str, float]) -> None:
    """Print the systems of one task, with how far annotators agree and the signature of the first measure below."""
    first = systems[0][1]
    heads = [head for score in first for head in (score.alias or score.measure, "95% interval")]
    rows = [[name, *(cell for score in scores for cell in cells(score))] for name, scores in systems]
    print_rows(console, task.replace("_", " "), ("system",), heads, rows)
    ceiling = [f"{title(score)} {agreed[score.measure]:.1f}" for score in first if score.measure in agreed]
    if ceiling:
        print_line(console, f"Annotators who did not see each other's work agree: {'; '.join(ceiling)}.")
    without = [score for _, scores in systems for score in scores if score.estimate.low is None]
    for reason in dict.fromkeys(score.estimate.reason for score in without if score.estimate.reason):
        print_line(console, reason)
    print_line(console, first[0].signature)


def cells(score: Score) -> tuple[str, str]:
    """Return a value and its interval."""
    return shown(score), interval(score.estimate) if score.gold or score.predicted else "–"


def latex(tasks: Mapping[str, Systems]) -> str:
    """Return a table for a paper, with booktabs: a row a system and task, signatures as comments above."""
    rows, signatures = [], []
    for task, systems in tasks.items():
        signatures += [f"% {score.measure}: {score.signature}" for score in systems[0][1]]
        for name, scores in systems:
            for score in scores:
                words = [task.replace("_", " "), name, score.alias or score.measure, *cells(score)]
                rows.append(" & ".join(map(tex, words)) + r" \\")
    head = " & ".join(["Task", "System", "Measure", "Value", r"95\,\% interval"]) + r" \\"
    body = [r"\begin{tabular}{lllrr}", r"\toprule", head, r"\midrule", *rows, r"\bottomrule", r"\end{tabular}"]
    return "\n".join([*signatures, *body])
