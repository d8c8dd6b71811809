"""Keep of a snapshot what a layer needs, and nothing about persons but a pseudonym.

Kept of a task: `id`, `data`, `annotations`, `drafts`, `predictions`; added: `vinese` with the layer, `meta` with
the tool and its version. Kept of an annotation: `id`, `unique_id`, `completed_by` (the pseudonym), `result`,
`was_cancelled`, `ground_truth`, `created_at`, `updated_at`, `parent_annotation`, `parent_prediction`. Kept of a
draft: `id`, `annotation` (the one it changes, or null), `user` (the pseudonym), `result`, `created_at`,
`updated_at`. Kept of a suggestion: `id`, `model_version`, `score`, `result`.

Left out: names and e-mail addresses; `lead_time`, which measures a person at work; who touched what last; whole
copies of suggestions inside annotations; and all that changes without anybody's work (`created_ago`, counters,
`updated_at` of tasks and suggestions), so that unchanged work is unchanged bytes. E-mail addresses and phone numbers
that people wrote in their notes are masked after that, by `vinese.checks.personal.mask_notes`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vinese.studio.names import Names

Json = dict[str, Any]
TOOL = "Label Studio"
_TASK = ("id", "data")
_ANNOTATION = (
    "id",
    "unique_id",
    "result",
    "was_cancelled",
    "ground_truth",
    "created_at",
    "updated_at",
    "parent_annotation",
    "parent_prediction",
)
_DRAFT = ("id", "annotation", "result", "created_at", "updated_at")
_PREDICTION = ("id", "model_version", "score", "result")
_USER = re.compile(r", ([0-9]+)\Z")


def scrubbed(task: Json, names: Names, layer: str, version: str) -> Json:
    """Return what is kept of `task`, people under their `names`; `version` is the server's."""
    kept: Json = {key: task[key] for key in _TASK if key in task}
    kept["vinese"] = {"layer": layer}
    kept["meta"] = {"tool": TOOL, "tool_version": version}
    kept["annotations"] = [
        {**_only(one, _ANNOTATION), "completed_by": names.annotation(one)} for one in _by_id(task.get("annotations"))
    ]
    kept["drafts"] = [{**_only(one, _DRAFT), "user": names.draft(one)} for one in _by_id(task.get("drafts"))]
    kept["predictions"] = [_only(one, _PREDICTION) for one in _by_id(task.get("predictions"))]
    return kept


def draft_user(draft: Json) -> int | None:
    """Return the number of the user whose draft it is; Label Studio gives it only at the end of the user's name."""
    found = _USER.search(str(draft.get("created_username") or ""))
    return int(found[1]) if found else None


def _only(one: Json, keys: tuple[str, ...]) -> Json:
    return {key: one[key] for key in keys if key in one}


def _by_id(listed: object) -> list[Json]:
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return sorted(found, key=lambda one: int(one.get("id") or 0))
