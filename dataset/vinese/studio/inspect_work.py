"""Look at pulled work for what its maintainers must know at once: drafts, skipped articles, unknown labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vinese.issues import issue
from vinese.studio.annotators import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.issues import Issue

Json = dict[str, Any]


@dataclass(slots=True)
class Counts:
    """Count what the tasks of a layer hold."""

    annotations: int = 0
    cancelled: int = 0
    drafts: int = 0
    annotators: set[str] = field(default_factory=set)


def look(
    task: Json,
    *,
    pointer: str,
    file: str,
    known: dict[str, frozenset[str]],
    counts: Counts,
    address: str,
    gold: bool = False,
) -> Iterator[Issue]:
    """Yield the issues of one scrubbed task at `pointer` of `file`, and add it to `counts`.

    `address` is where a person opens the task; `gold` is whether it is one of an adjudication.
    """
    article = task["data"]["article_id"]
    submitted = [one for one in task["annotations"] if not one.get("was_cancelled")]
    if len(submitted) > 1:
        by = ", ".join(one["completed_by"] for one in submitted)
        place = f"{pointer}/annotations"
        code = "adjudicate-several" if gold else "studio-several"
        yield issue(code, article_id=article, file=file, pointer=place, count=len(submitted), by=by, address=address)
    for number, one in enumerate(task["annotations"]):
        place = f"{pointer}/annotations/{number}"
        counts.annotations += 1
        counts.annotators.add(one["completed_by"])
        yield from _nobody(one["completed_by"], article, file, place)
        if one.get("was_cancelled"):
            counts.cancelled += 1
            yield issue("studio-skipped", article_id=article, file=file, pointer=place, annotator=one["completed_by"])
        for index, region in enumerate(one["result"]):
            for label in _unknown(region, known):
                yield issue(
                    "studio-unknown-label",
                    article_id=article,
                    file=file,
                    pointer=f"{place}/result/{index}",
                    label=label,
                    control=_control(region),
                    where=_where(region, task["data"]["text"]),
                    address=address,
                )
    for number, draft in enumerate(task["drafts"]):
        counts.drafts += 1
        yield from _nobody(draft["user"], article, file, f"{pointer}/drafts/{number}")
        yield issue(
            "studio-draft",
            article_id=article,
            file=file,
            pointer=f"{pointer}/drafts/{number}",
            annotator=draft["user"],
            regions=len(draft.get("result") or ()),
        )


def _nobody(name: str, article: str, file: str, place: str) -> Iterator[Issue]:
    """Report work of which nobody can say whose it is."""
    if name.startswith(UNKNOWN):
        yield issue("studio-annotator-unknown", article_id=article, file=file, pointer=place, annotator=name)


def _control(region: Json) -> str:
    return "relation" if region.get("type") == "relation" else str(region.get("from_name"))


def _where(region: Json, text: str) -> str:
    """Return the words and offsets of a region for a message; what has none is about the article or two regions."""
    value = region.get("value") or {}
    start, end = value.get("start"), value.get("end")
    if isinstance(start, int) and isinstance(end, int):
        return f"on {text[start:end]!r} ({start} to {end})"
    if region.get("type") == "relation":
        return f"from region {region.get('from_id')} to {region.get('to_id')}"
    return "on the whole article"


def _unknown(region: Json, known: dict[str, frozenset[str]]) -> Iterator[str]:
    """Yield the labels of a region that the ontology lacks; a control that it lacks makes all of them unknown."""
    relation = region.get("type") == "relation"
    value = region if relation else region.get("value") or {}
    labels = value.get("labels") or value.get("choices") or ()
    allowed = known.get(_control(region), frozenset())
    yield from (str(label) for label in labels if label not in allowed)
