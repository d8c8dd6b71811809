"""Send issues back to annotators: each task carries what is wrong with its work, and a tab lists those that do.

The field `to_mend` of a task has the messages of its issues, and is gone when there are none; no pulled file has it.
The tab filters by it, and "Label All Tasks" in the tab goes through what is to mend.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from vinese.core.issues import Issue
from vinese.core.progress import Progress
from vinese.studio.connection import Studio
from vinese.studio.layer_file import MEND, Json

TAB = "to mend"
_IN_WORK = re.compile(r"/[0-9]+/(annotations/[0-9]|vinese/adjudication/open)")
_COUNTED = "annotation-lost"  # says again how much other issues left out
_LONGEST = 2000  # code points of a task's messages
_FILTER = {"filter": f"filter:tasks:data.{MEND}", "operator": "empty", "type": "String", "value": False}


class _Listed(msgspec.Struct, frozen=True):
    """A task as far as it is looked at."""

    id: int
    data: Json


def messages(issues: Iterable[Issue]) -> dict[str, str]:
    """Return what is to mend by article: the messages of errors and warnings about an annotator's work."""
    by_article: dict[str, dict[str, None]] = {}
    for issue in issues:
        mendable = issue.level != "info" and issue.code != _COUNTED and _IN_WORK.match(issue.pointer)
        if issue.article_id and mendable:
            by_article.setdefault(issue.article_id, {})[f"{issue.message} {issue.where}".strip()] = None
    texts = {article: f"({len(said)}) {' | '.join(said)}" for article, said in by_article.items()}
    return {article: text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …" for article, text in texts.items()}


def mark(
    studio: Studio,
    project: int,
    tasks: Iterable[msgspec.Raw],
    wanted: dict[str, str],
    *,
    held: Collection[str],
    progress: Progress,
) -> None:
    """Bring the field of every task up to what is `wanted` for its article, but for those of articles `held`."""
    decoder = msgspec.json.Decoder(_Listed)
    changed: list[tuple[int, Json]] = []
    for task in map(decoder.decode, tasks):
        article = task.data.get("article_id")
        message = wanted.get(str(article))
        if article not in held and task.data.get(MEND) != message:
            rest = {name: value for name, value in task.data.items() if name != MEND}
            changed.append((task.id, rest | ({MEND: message} if message else {})))
    if wanted:
        _tab(studio, project)
    for number, (task_id, data) in enumerate(changed, 1):
        studio.api.tasks.update(id=str(task_id), data=data)
        progress("Marking what is to mend (articles)", number, len(changed))


def _tab(studio: Studio, project: int) -> None:
    """Make the tab unless the project has it, after one with all tasks, which Label Studio makes only if none is."""
    views: Any = studio.api.views
    titles = [_title(view.data) for view in views.list(project=project)]
    if not titles:
        views.create(project=project, data={"title": "Default"})
    if TAB not in titles:
        views.create(
            project=project,
            data={"title": TAB, "type": "list", "filters": {"conjunction": "and", "items": [_FILTER]}},
        )


def _title(data: object) -> object:
    return data.get("title") if isinstance(data, dict) else getattr(data, "title", None)
