"""The baselines beside the data: their scores for the card, and their predictions in the built folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from vinese.core.files import read_lines
from vinese.core.project import Project
from vinese.corpus.layers import choose_layer, layer_exports, load_layers
from vinese.score.measures import GROUPS
from vinese.systems.baselines.names import ABOUT
from vinese.systems.leaderboard import Leaderboard, cell, leaderboard, signature, table
from vinese.systems.shipped import shipped

FOLDER = "predictions"


class Row(NamedTuple):
    """A baseline as a page shows it: its name, what it does, and its values by the measures of its task."""

    name: str
    about: str
    values: list[str]


class Task(NamedTuple):
    """The baselines of one task, the best first, with the measures and their signatures."""

    name: str
    measures: list[str]
    signatures: list[str]
    rows: list[Row]


class Baselines(NamedTuple):
    """What card and page show of baselines: the table of headlines, a signature, and every task in full."""

    table: str
    signature: str
    tasks: list[Task]


def standings(project: Project, layer: str) -> Baselines | None:
    """Return what there is to show of the kept baselines; None without any that are of this layer as it is now."""
    exports = layer_exports(project)
    if not shipped(project) or layer != choose_layer(exports, None, load_layers(project).default):
        return None
    board = leaderboard(project=project)
    return Baselines(table(board), signature(board), list(_tasks(board))) if board.standings else None


def _tasks(board: Leaderboard) -> list[Task]:
    tasks = []
    for task in GROUPS:
        ranked = board.of(task)
        if ranked:
            scores = ranked[0].scores
            about = ABOUT[task]
            rows = [Row(each.system, about[each.system], [cell(score) for score in each.scores]) for each in ranked]
            names = [score.alias or score.measure for score in scores]
            tasks.append(Task(task, names, [score.signature for score in scores], rows))
    return tasks


def put(project: Project, folder: Path) -> None:
    """Copy the kept predictions into a folder of the build; they hold no words of the articles."""
    (folder / FOLDER).mkdir()
    for path in shipped(project).values():
        (folder / FOLDER / path.name).write_bytes(read_lines(path))
