"""Put systems side by side, task by task: the baselines that a project keeps, and whatever predictions are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.core import urls
from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.model.records import Record
from vinese.render.score_text import interval, shown
from vinese.score.align import Aligned, digest
from vinese.score.ceiling import ceilings
from vinese.score.measures import GROUPS, parse_all
from vinese.score.options import options
from vinese.score.read import Source
from vinese.score.records import Score, ScoreReport
from vinese.score.report import report, scorable_by
from vinese.score.scorer import read_sides
from vinese.systems.shipped import PLACE, folds_digest, labels_digest, load_made, shipped

SHOWN = {
    "entities": ("entities.f1", "entities.f1(match=overlap)", "entities.f1(names=unseen)"),
    "events": ("AC+", "TC", "TI"),
    "opinions": ("opinions.f1", "pairs.f1", "expressions.f1"),
    "article_stance": ("article_stance.accuracy",),
}
"""The measures that a leaderboard shows of a task, the first one to sort by."""


class Standing(Record, frozen=True, kw_only=True):
    """One system on one task: its scores by the measures of `SHOWN`, without labels and articles.

    `kept` says whether it is a baseline that the project keeps; `sound` whether no article is missing or failed.
    """

    task: str
    system: str
    kept: bool
    sound: bool
    scores: tuple[Score, ...]


class Leaderboard(Record, frozen=True, kw_only=True):
    """Systems task by task, the best first, and all that was wrong with what was read.

    `agreement` is how far the project's independent annotators agree, in per cent by measure.
    """

    articles: int
    data: str
    standings: tuple[Standing, ...]
    agreement: dict[str, float]
    issues: tuple[Issue, ...]

    def of(self, task: str) -> tuple[Standing, ...]:
        """Return the standings of a task."""
        return tuple(standing for standing in self.standings if standing.task == task)


def leaderboard(
    *predictions: Source,
    gold: Source | None = None,
    tasks: Iterable[str] | None = None,
    names: Sequence[str] = (),
    **settings: Any,
) -> Leaderboard:
    """Return how systems score, task by task, the best first.

    Parameters
    ----------
    *predictions
        As for `vinese.score`; each is scored on every task that it predicts.
    gold
        As for `vinese.score`. None is the project's, and then the baselines that the project keeps are there too.
    tasks
        Of `entities`, `events`, `opinions`, `article_stance`; by default all that are predicted.
    names
        The systems' names, in their order; by default those of the files.
    project, ontology, articles, missing, interval, resamples, seed, repair_bio
        As for `vinese.score`.

    Returns
    -------
    Leaderboard
        The standings and the issues. Baselines that were made from another gold are left out, with a warning; what
        cannot be scored is left out with its errors.

    Raises
    ------
    UsageError
        For a task or setting that does not exist, or if there is nothing to show.
    FileProblemError
        For a file that cannot be read.

    Examples
    --------
    >>> import vinese
    >>> board = vinese.leaderboard(tasks=["entities"])
    >>> board.standings[0].task, board.standings[0].scores[0].measure
    ('entities', 'entities.f1')
    """
    chosen = options(**settings)
    wanted = list(GROUPS if tasks is None else dict.fromkeys(tasks))
    if unknown := [task for task in wanted if task not in GROUPS]:
        raise UsageError(f"There is no task {unknown[0]!r}.", f"Tasks: {', '.join(GROUPS)}.")
    kept = {} if gold is not None else shipped(chosen.project)
    entries = [_Entry(name, task, path) for (task, name), path in kept.items() if task in wanted]
    entries += [_Entry(_name(source, names, number), None, source) for number, source in enumerate(predictions)]
    if not entries:
        raise UsageError(
            "There are no predictions to show.", "Name files, or keep baselines: vinese update baselines"
        )
    sides = read_sides(gold, {str(number): entry.source for number, entry in enumerate(entries)}, chosen)
    issues: dict[Issue, None] = {}
    standings: list[Standing] = []
    current = entries[0].task is None or _current(chosen.project, sides[0])
    if not current:
        stale = issue("baselines-stale", file=str(chosen.project.own(*PLACE)), what=OTHER)
        issues[msgspec.structs.replace(stale, level="warning")] = None
    for entry, aligned in zip(entries, sides, strict=True):
        if entry.task is None or current:
            issues |= dict.fromkeys(each for each in aligned.issues if each.code not in _UNSAID)
            for task in [entry.task] if entry.task else [each for each in wanted if aligned.predicted.has(each)]:
                measures = [measure for measure in parse_all(SHOWN[task]) if scorable_by(measure, aligned)]
                made = report(aligned, measures, chosen)
                issues |= dict.fromkeys(each for each in made.issues if each.code not in _UNSAID)
                if made.scores:
                    standings.append(_standing(task, entry, made))
    order = list(GROUPS)
    return Leaderboard(
        articles=max(len(aligned.ids) for aligned in sides),
        data=next((digest(aligned) for aligned in sides if aligned.scorable), ""),
        standings=tuple(sorted(standings, key=lambda each: (order.index(each.task), -each.scores[0].value))),
        agreement=ceilings(chosen.project) if gold is None else {},
        issues=tuple(issues),
    )


class _Entry(NamedTuple):
    """A system to be shown: a baseline for one task, or what was given, for all that it predicts."""

    system: str
    task: str | None
    source: Source


def _standing(task: str, entry: _Entry, made: ScoreReport) -> Standing:
    scores = tuple(msgspec.structs.replace(score, labels=(), articles=()) for score in made.scores)
    return Standing(task=task, system=entry.system, kept=entry.task is not None, sound=made.sound, scores=scores)


OTHER = "They were made from another gold, other folds or other labels than the project has now, and are not shown."
_UNSAID = frozenset(("nothing-to-find", "task-not-predicted", "bio-cannot-hold"))
"""Codes of what is of no concern where systems are side by side."""


def _current(project: Project, aligned: Aligned) -> bool:
    """Return whether the kept predictions are of this gold, these folds and these labels."""
    made = load_made(project)
    if made is None or not aligned.scorable or aligned.missing:
        return False
    now = (digest(aligned), folds_digest(project, aligned.ids), labels_digest(project))
    return now == (made.data, made.folds, made.labels)


def _name(source: Source, names: Sequence[str], number: int) -> str:
    if number < len(names):
        return names[number]
    return urls.shown(source) if isinstance(source, str | Path) else f"system {number + 1}"


def table(board: Leaderboard) -> str:
    """Return a leaderboard as Markdown: a row a task, the headline of every system in it; empty without any."""
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
