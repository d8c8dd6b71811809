"""Compare an article with what the last pull had of it: what the server has lost, and the log of what changed.

The log stands in a task under `vinese.pulls`, an entry for each annotation that a pull found new, changed or gone:
whose it is, when it was last changed (of one that is gone, when that was noticed), how much it held before and after,
what came, changed and went, and by which ontology, stage and guidelines people worked at the time. A pull that finds
nothing adds nothing, so unchanged work is unchanged bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from vinese.core.issues import Issue, issue
from vinese.core.printable import listed
from vinese.studio.changes import Change, change
from vinese.studio.layer_file import Json, annotations_of, key


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull found changed of one annotation that an earlier pull had; the lists are in words."""

    article_id: str
    annotator: str
    before: int
    after: int
    came: tuple[str, ...]
    changed: tuple[str, ...]
    went: tuple[str, ...]


class Compared:
    """An article's annotations beside those that the file has.

    `before` and `now` are its records as the last pull wrote them and as the server has them, scrubbed.
    """

    def __init__(self, article: str, before: list[Json], now: list[Json]) -> None:
        self.article = article
        self.before = before
        self.now = now
        self._text = next((task["data"].get("text", "") for task in [*now, *before]), "")
        old, new = annotations_of(before), annotations_of(now)
        # What both sides list under several keys is one annotation.
        named = [key(one.get("unique_id"), one.get("id")) for task in before for one in task["annotations"]]
        self._kept = [(old[name], new.get(name)) for name in named]
        known = {id(after) for _, after in self._kept}
        self._new = [one for task in now for one in task["annotations"] if id(one) not in known]

    def lost(self, *, task: bool, layer: str, file: str) -> Iterator[Issue]:
        """Yield an issue for each annotation that the server lacks, or has without some or all of its work.

        `task` is whether the server has a task of the article at all.
        """
        for before, after in self._kept:
            became = self._change(before, after)
            whole = listed(change(before.get("result") or (), (), self._text).went)
            held = len(before.get("result") or ())
            where: Json = {"article_id": self.article, "file": file, "layer": layer, "annotator": _annotator(before)}
            if after is None:
                why = "it was deleted" if task else "its task was deleted"
                yield issue("studio-work-gone", **where, regions=held, why=why, went=whole)
            elif after.get("was_cancelled") and not before.get("was_cancelled"):
                yield issue("studio-work-emptied", **where, regions=held, why="was skipped since", went=whole)
            elif held and not after.get("result"):
                yield issue("studio-work-emptied", **where, regions=held, why="has none now", went=whole)
            elif became.went:
                yield self._shrunk(became, where)

    def _shrunk(self, became: Change, where: Json) -> Issue:
        linked = f", {len(became.unlinked)} of them relations whose ends are still there" if became.unlinked else ""
        return issue(
            "studio-work-shrank" if became.shrank else "studio-work-less",
            **where,
            before=became.before,
            after=became.after,
            came=len(became.came),
            changed=len(became.changed),
            count=len(became.went),
            went=listed(became.went),
            unlinked=linked,
        )

    def changed(self) -> Iterator[Changed]:
        """Yield what changed of each annotation that the file has."""
        for before, after in self._kept:
            became = self._change(before, after)
            if became:
                yield Changed(
                    article_id=self.article,
                    annotator=_annotator(before),
                    before=became.before,
                    after=became.after,
                    came=became.came,
                    changed=became.changed,
                    went=became.went,
                )

    def log(self, given: Json) -> list[Json]:
        """Return the log that the file has, and an entry for each annotation that is new, changed or gone.

        `given` is what annotators have now: ontology, stage and guidelines.
        """
        entries: list[Json] = [entry for task in self.before for entry in (task.get("vinese") or {}).get("pulls", ())]
        pairs: list[tuple[Json | None, Json | None]] = [*self._kept, *((None, one) for one in self._new)]
        for before, after in pairs:
            became = self._change(before, after)
            if became or before is None or after is None:
                entries.append(
                    {
                        "at": _moment(after),
                        "annotator": _annotator(after or before),
                        "before": became.before,
                        "after": became.after,
                        "came": len(became.came),
                        "changed": len(became.changed),
                        "went": len(became.went),
                        **given,
                    }
                )
        return entries

    def _change(self, before: Json | None, after: Json | None) -> Change:
        old, new = ((one or {}).get("result") or () for one in (before, after))
        return change(old, new, self._text)


def _annotator(annotation: Json | None) -> str:
    name = (annotation or {}).get("completed_by")
    return name if isinstance(name, str) and name else "somebody"


def _moment(annotation: Json | None) -> str:
    """Return when an annotation was last changed; of one that is gone, the present moment."""
    changed = (annotation or {}).get("updated_at") or (annotation or {}).get("created_at")
    return str(changed) if changed else datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
