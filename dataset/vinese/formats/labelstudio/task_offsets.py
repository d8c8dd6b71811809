"""Move the spans of a whole task: where its offsets count something else, or its text is not clean."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, TypeGuard

from vinese.checks.article import ARTICLE_ID
from vinese.checks.document import what_is_unclean
from vinese.core.files import text_digest
from vinese.core.issues import Issue, issue
from vinese.core.schemas import list_under
from vinese.formats.format import Item
from vinese.formats.ledger import Ledger, works
from vinese.formats.offsets import Marked, cleaned, recognise, same


class Offsets:
    """The offsets of all annotations of one task; `hushed` has, by annotation, the regions that are lost to them."""

    def __init__(self, item: Item, ledger: Ledger, *, repair: bool) -> None:
        """Look at a task; with `repair` its offsets are converted, else an issue says what they count."""
        self.hushed: dict[int, set[int]] = {}
        self._item, self._ledger, self._repair = item, ledger, repair

    def converted(self, task: dict[str, Any], text: str) -> Generator[Issue, None, dict[str, Any]]:
        """Look at the offsets of all annotations together; return the task, its offsets converted if asked for."""
        marked = list(_marked(task))
        spans = [span for _, _, span in marked]
        if self._item.inclusive and not any(span.words for span in spans):
            return _with_spans(task, {(number, index): (span.start, span.end + 1) for number, index, span in marked})
        reading = recognise(text, spans)
        name = article_id_of(task)
        place = f"{self._item.pointer}/annotations"
        if reading is None:
            bare = [span for _, _, span in marked if span.words is None]
            if bare and len(bare) == len(marked) and any(char > "\uffff" for char in text):
                yield issue("offsets-unsure", article_id=name, pointer=place, count=len(bare))
            return task
        wrong = {
            (number, index): new
            for (number, index, span), new in zip(marked, reading.places, strict=True)
            if new != (span.start, span.end)
        }
        if not self._repair and not self._item.inclusive:
            for number, index in wrong:
                self.hushed.setdefault(number, set()).add(index)
            self._ledger.named.update(wrong)
            yield issue("offsets-other", article_id=name, pointer=place, count=len(wrong), what=reading.what)
            return task
        moved = {key: new for key, new in wrong.items() if new is not None}
        yield issue("offsets-converted", article_id=name, pointer=place, count=len(moved), what=reading.what)
        return _with_spans(task, moved)

    def cleaned(self, task: dict[str, Any], text: str) -> Generator[Issue, None, dict[str, Any]]:
        """Return the task with its text as `vinese ingest` leaves it, and every offset moved along."""
        task = yield from self.converted(task, text)
        moved = cleaned(text)
        name = article_id_of(task)
        if not moved.text:
            return task
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        count = 0
        for number, index, span in _marked(task):
            if not 0 <= span.start < span.end <= len(text):
                continue
            if span.words is not None and not same(text, span.words, span.start, span.end):
                continue  # said by the check of its words
            spans[number, index] = moved.span(span.start, span.end)
            count += spans[number, index] != (span.start, span.end)
        pointer = f"{self._item.pointer}/data/text"
        stated = task["data"].get("text_sha256")
        sound = dict(task["data"], text=moved.text)
        if stated == text_digest(text):
            sound["text_sha256"] = text_digest(moved.text)
        yield issue("text-cleaned", article_id=name, pointer=pointer, what=what_is_unclean(text), count=count)
        return _with_spans({**task, "data": sound}, spans, words=moved.text)


def _marked(task: Any) -> Iterator[tuple[int, int, Marked]]:
    """Yield every labelled region of all annotations: annotation, place in `result`, and its span."""
    for number, annotation in enumerate(list_under(task, "annotations")):
        for index, region in enumerate(works(annotation)):
            value = region.get("value") if isinstance(region, dict) and region.get("type") == "labels" else None
            if not isinstance(value, dict):
                continue
            start, end, words = value.get("start"), value.get("end"), value.get("text")
            if _whole(start) and _whole(end):
                yield number, index, Marked(int(start), int(end), words if isinstance(words, str) else None)


def _whole(value: Any) -> TypeGuard[int | float]:
    return not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    )


def _with_spans(
    task: dict[str, Any], places: dict[tuple[int, int], tuple[int, int]], words: str | None = None
) -> dict[str, Any]:
    """Return a task with these spans elsewhere; `words`, the new text, gives them new words."""
    annotations = list(task["annotations"])
    for number in {number for number, _ in places}:
        result = list(annotations[number]["result"])
        for (owner, index), (start, end) in places.items():
            if owner != number:
                continue
            value = {**result[index]["value"], "start": start, "end": end}
            if words is not None and "text" in value:
                value["text"] = words[start:end]
            result[index] = {**result[index], "value": value}
        annotations[number] = {**annotations[number], "result": result}
    return {**task, "annotations": annotations}


def text_of(task: Any) -> str | None:
    """Return the text of a task, None if it has none: a file may say anything."""
    data = task.get("data") if isinstance(task, dict) else None
    text = data.get("text") if isinstance(data, dict) else None
    return text if isinstance(text, str) and text else None


def article_id_of(task: Any) -> str | None:
    """Return the id of a task's article, None if it is none."""
    data = task.get("data") if isinstance(task, dict) else None
    name = data.get("article_id") if isinstance(data, dict) else None
    return name if isinstance(name, str) and ARTICLE_ID.fullmatch(name) else None
