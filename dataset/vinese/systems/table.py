"""A leaderboard as Markdown, for a card or a README: a row a task, every number with its interval."""

from __future__ import annotations

from collections.abc import Iterable

from vinese.render.score_text import interval, shown
from vinese.score.measures import GROUPS
from vinese.score.records import Score
from vinese.systems.leaderboard import Leaderboard


def table(board: Leaderboard) -> str:
    """Return the headline of every system, task by task, and the signature of the first; empty without any."""
    rows = []
    for task in GROUPS:
        standings = board.of(task)
        if standings:
            values = "; ".join(f"{each.system} {cell(each.scores[0])}" for each in standings)
            first = standings[0].scores[0]
            rows.append(f"| {task.replace('_', ' ')} | `{first.alias or first.measure}` | {values} |")
    if not rows:
        return ""
    return "\n".join(["| task | measure | baselines |", "|---|---|---|", *rows, ""])


def cell(score: Score) -> str:
    """Return a value with its interval, or in words why it has none."""
    bounds = interval(score.estimate) if score.estimate.low is not None else ""
    reason = f"({score.estimate.reason})" if not bounds and score.estimate.reason else ""
    return " ".join(filter(None, (shown(score), bounds or reason)))


def signature(board: Leaderboard) -> str:
    """Return the signature of the first score; that of others differs in the measure alone."""
    scores: Iterable[Score] = (score for standing in board.standings for score in standing.scores)
    return next((score.signature for score in scores), "")
