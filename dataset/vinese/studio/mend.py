"""Send issues back to annotators: each task carries what is wrong with its work, and a tab lists those that do.

The field `to_mend` of a task has the messages of its issues, and is gone when there are none; no pulled file has it.
The tab lists those tasks, and shows the field wide. Annotators click a row, mend, and press Update: "Label All Tasks"
leaves out what is submitted, in the tab too, and opens an article that is not in it.
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
_FOLLOWS = "left-out"  # goes with a region of which another issue says what is wrong
_LONGEST = 2000  # code points of a task's messages
_SHOWN = ("id", f"data.{MEND}", "data.article_id")
_COLUMNS = (
    *("id", "inner_id", "completed_at", "total_annotations", "cancelled_annotations", "total_predictions"),
    *("annotators", "annotations_results", "annotations_ids", "predictions_score", "predictions_model_versions"),
    *("predictions_results", "file_upload", "storage_filename", "created_at", "updated_at", "updated_by"),
    *("avg_lead_time", "draft_exists"),
)  # of the pinned Label Studio; a task's data have a column each, too
_WIDTH = 900  # pixels
_FILTER = {"filter": f"filter:tasks:data.{MEND}", "operator": "empty", "type": "String", "value": False}


class _Listed(msgspec.Struct, frozen=True):
    """A task as far as it is looked at."""

    id: int
    data: Json


def messages(issues: Iterable[Issue]) -> dict[str, str]:
    """Return what is to mend by article: errors and warnings about an annotator's work, and what to do about each."""
    by_article: dict[str, list[Issue]] = {}
    for issue in issues:
        mendable = issue.level != "info" and issue.code != _COUNTED and _IN_WORK.match(issue.pointer)
        if issue.article_id and mendable:
            by_article.setdefault(issue.article_id, []).append(issue)
    texts: dict[str, str] = {}
    for article, wrong in by_article.items():
        causes = [issue for issue in wrong if issue.code != _FOLLOWS] or wrong
        said = dict.fromkeys(" ".join(f"{issue.message} {issue.where} -> {issue.todo}".split()) for issue in causes)
        texts[article] = f"({len(said)}) {' | '.join(said)}"
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
    columns = dict.fromkeys(_COLUMNS)
    for task in map(decoder.decode, tasks):
        article = task.data.get("article_id")
        columns |= dict.fromkeys(f"data.{name}" for name in task.data)
        message = wanted.get(str(article))
        if article not in held and task.data.get(MEND) != message:
            rest = {name: value for name, value in task.data.items() if name != MEND}
            changed.append((task.id, rest | ({MEND: message} if message else {})))
    if wanted:
        _tab(studio, project, [f"tasks:{name}" for name in columns if name not in _SHOWN])
    for number, (task_id, data) in enumerate(changed, 1):
        studio.api.tasks.update(id=str(task_id), data=data)
        progress("Marking what is to mend (articles)", number, len(changed))


def _tab(studio: Studio, project: int, hidden: list[str]) -> None:
    """Make the tab unless the project has it, after one with all tasks, which Label Studio makes only if none is.

    `hidden` are the columns that it does not show, neither in the list nor beside an open article.
    """
    views: Any = studio.api.views
    titles = [_title(view.data) for view in views.list(project=project)]
    if not titles:
        views.create(project=project, data={"title": "Default"})
    if TAB not in titles:
        views.create(
            project=project,
            data={
                "title": TAB,
                "type": "list",
                "filters": {"conjunction": "and", "items": [_FILTER]},
                "hiddenColumns": {"explore": hidden, "labeling": hidden},
                "columnsWidth": {f"tasks:data.{MEND}": _WIDTH},
            },
        )


def _title(data: object) -> object:
    return data.get("title") if isinstance(data, dict) else getattr(data, "title", None)
