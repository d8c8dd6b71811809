"""Compare the work on an article with what an earlier pull brought: nothing submitted may vanish in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vinese.issues import issue
from vinese.studio.layer_file import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vinese.issues import Issue
    from vinese.studio.layer_file import Before

Json = dict[str, Any]


def lost(
    article: str, before: Mapping[str, Before], now: list[Json], *, task: bool, layer: str, file: str
) -> Iterator[Issue]:
    """Yield an issue for each annotation of `before` that the annotations of `now` lack, or have without its work.

    `task` is whether the server has a task of the article at all.
    """
    there = {key(None, one.get("id")): one for one in now}
    there |= {key(one.get("unique_id"), one.get("id")): one for one in now}
    for name, one in before.items():
        where: dict[str, Any] = {"article_id": article, "file": file, "annotator": one.annotator or "somebody"}
        held = there.get(name)
        if held is None:
            why = "it was deleted" if task else "its task was deleted"
            yield issue("studio-work-gone", **where, regions=one.regions, layer=layer, why=why)
            continue
        why = _less(one, held)
        if why:
            yield issue("studio-work-emptied", **where, regions=one.regions, layer=layer, why=why)


def _less(before: Before, now: Json) -> str:
    """Return in which way an annotation no longer holds its work, nothing if it does."""
    if now.get("was_cancelled") and not before.cancelled:
        return "was skipped since"
    return "has none now" if before.regions and not now.get("result") else ""
