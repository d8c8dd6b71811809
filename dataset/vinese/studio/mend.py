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
_SHOWN = (f"data.{MEND}", "id", "data.article_id")
_COLUMNS = (
    *("id", "inner_id", "completed_at", "total_annotations", "cancelled_annotations", "total_predictions"),
    *("annotators", "annotations_results", "annotations_ids", "predictions_score", "predictions_model_versions"),
    *("predictions_results", "file_upload", "storage_filename", "created_at", "updated_at", "updated_by"),
    *("avg_lead_time", "draft_exists"),
)  # of the pinned Label Studio; a task's data have a column each, too
_WIDTHS = {f"tasks:data.{MEND}": 900}  # pixels
# Messages begin with their number in brackets. "Not empty" would let through what was emptied, unless the project's
# first task has the field.
_BEGIN = {"filter": f"filter:tasks:data.{MEND}", "operator": "contains", "type": "String", "value": "("}
_FILTERS = {"conjunction": "and", "items": [_BEGIN]}


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
    """Bring the field of every task up to what is `wanted` for its article, but for those of articles `held`.

    Tasks that are to have the same text, none above all, are one request.
    """
    decoder = msgspec.json.Decoder(_Listed)
    changed: dict[str, list[int]] = {}
    columns = dict.fromkeys(_COLUMNS)
    for task in map(decoder.decode, tasks):
        article = task.data.get("article_id")
        columns |= dict.fromkeys(f"data.{name}" for name in task.data)
        message = wanted.get(str(article), "")
        if article not in held and (task.data.get(MEND) or "") != message:
            changed.setdefault(message, []).append(task.id)
    if wanted:
        _tab(studio, project, [f"tasks:{name}" for name in columns if name not in _SHOWN])
    done, total = 0, sum(map(len, changed.values()))
    for message, ids in changed.items():
        studio.set_field(project, ids, MEND, message)
        done += len(ids)
        progress("Marking what is to mend (articles)", done, total)


def _tab(studio: Studio, project: int, hidden: list[str]) -> None:
    """Make the tab, or hide in it what it still shows, as one of an older vinese may.

    It comes after one with all tasks, which Label Studio makes only if none is. `hidden` are the columns that the
    list does not show. Beside an open article there is room for the messages alone.
    """
    views: Any = studio.api.views
    there = {(view.data or {}).get("title"): view for view in views.list(project=project)}
    columns = {"explore": hidden, "labeling": [*hidden, *(f"tasks:{name}" for name in _SHOWN if name != _SHOWN[0])]}
    if not there:
        views.create(project=project, data={"title": "Default"})
    if TAB not in there:
        shown = {"hiddenColumns": columns, "columnsWidth": _WIDTHS}
        views.create(project=project, data={"title": TAB, "type": "list", "filters": _FILTERS} | shown)
        return
    has = there[TAB].data
    before = has.get("hiddenColumns") or {}
    wanted = {part: list(dict.fromkeys((*before.get(part, ()), *names))) for part, names in columns.items()}
    if wanted != before or has.get("filters") != _FILTERS:
        changed = {**has, "hiddenColumns": wanted, "filters": _FILTERS}
        views.update(id=str(there[TAB].id), project=project, data=changed)
