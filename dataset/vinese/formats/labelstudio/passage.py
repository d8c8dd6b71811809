"""Say which region or relation an issue is about, by its words and its sentence, and where its task is opened.

Nothing but signs and words of the text stands there, so it is the same in every language: `'gửi' (AID) > ? – 'Lào gửi
gạo.'`, the question mark for a region that is not there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable
from functools import cached_property
from typing import Any

import msgspec

from vinese.core.issues import Issue
from vinese.formats.ledger import ENTRY, works
from vinese.text.sentences import sentences

_WORDS, _SENTENCE = 80, 240  # code points of each that are shown
_ENTRIES = 12  # of one id whose labels are shown


class Passages:
    """What the annotations of one task hold, in words; `link` is where the task is opened, empty if nobody knows.

    Nothing is worked out before an issue asks: most tasks have none. The task may be wrong in every way.
    """

    def __init__(self, task: Any, pointer: str, address: str | None) -> None:
        self.task: dict[str, Any] = task if isinstance(task, dict) else {}
        self.pointer = pointer
        self._labelled: dict[int, dict[Hashable, list[dict[str, Any]]]] = {}
        self._shown: dict[int, str] = {}
        number = self.task.get("id")
        self.link = f"{address}?task={number}" if address and isinstance(number, int) else ""

    def of(self, issue: Issue) -> Issue:
        """Return an issue about the task with the words that it is about, and the link."""
        entry = ENTRY.match(issue.pointer[len(self.pointer) :]) if issue.pointer.startswith(self.pointer) else None
        where = self.where(int(entry[1]), int(entry[2])) if entry is not None else ""
        return msgspec.structs.replace(issue, where=where, link=self.link) if where or self.link else issue

    def where(self, number: int, index: int) -> str:
        """Return words, labels and sentence of an entry of an annotation's `result`; empty if it has none."""
        annotations = self.task.get("annotations")
        result = works(annotations[number]) if isinstance(annotations, list) and number < len(annotations) else []
        entry = result[index] if index < len(result) and isinstance(result[index], dict) else {}
        if entry.get("type") == "relation":
            ends = [self._regions(number, result, entry.get(key)) for key in ("from_id", "to_id")]
            arrow = " < " if entry.get("direction") == "left" else " > "
            names = arrow.join(self._named(regions) or "?" for regions in ends)
            return f"{names}{self._sentence(ends[0] or ends[1])}"
        regions = self._regions(number, result, entry.get("id")) or ([entry] if _span(entry) else [])
        return f"{self._named(regions)}{self._sentence(regions)}"

    @cached_property
    def text(self) -> str:
        """The task's text."""
        data = self.task.get("data")
        text = data.get("text") if isinstance(data, dict) else None
        return text if isinstance(text, str) else ""

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Start and end of each sentence, in code points."""
        return [(sentence.start, sentence.end) for sentence in sentences(self.text)]

    def _named(self, regions: list[dict[str, Any]]) -> str:
        """Return the words of a region, which has an entry for each kind of label, and all its labels."""
        spans = [span for region in regions if (span := _span(region))]
        labels = [str(label) for region in regions for label in _labels(region)]
        if not spans or not self.text:
            return ", ".join(labels)
        words = self.text[slice(*spans[0])]
        return f"{_short(words, _WORDS)!r}" + (f" ({', '.join(labels)})" if labels else "")

    def _sentence(self, regions: list[dict[str, Any]]) -> str:
        span = next((span for region in regions if (span := _span(region))), None)
        if span is None:
            return ""
        at = bisect_right(self.sentences, span[0], key=lambda sentence: sentence[0]) - 1
        if at < 0 or span[0] >= self.sentences[at][1]:
            return ""
        if at not in self._shown:
            self._shown[at] = _short(self.text[slice(*self.sentences[at])], _SENTENCE)
        return f" – {self._shown[at]!r}"

    def _regions(self, number: int, result: list[Any], name: Any) -> list[dict[str, Any]]:
        """Return the labelled entries of a region of an annotation by its id, the first `_ENTRIES`."""
        if number not in self._labelled:
            labelled = self._labelled[number] = defaultdict(list)
            for entry in result:
                if isinstance(entry, dict) and entry.get("id") is not None and entry.get("type") == "labels":
                    entries = labelled[_key(entry["id"])]
                    entries += [entry] * (len(entries) < _ENTRIES)
        return self._labelled[number].get(_key(name), [])


def _key(name: Any) -> Hashable:
    """Return what looks an id up, which may be anything that JSON can hold."""
    return name if isinstance(name, Hashable) else repr(name)


def _labels(region: dict[str, Any]) -> list[Any]:
    value = region.get("value")
    labels = value.get("labels") if isinstance(value, dict) else None
    return labels if isinstance(labels, list) else []


def _span(region: dict[str, Any]) -> tuple[int, int] | None:
    """Return start and end of a region as it says, None if it does not."""
    value = region.get("value")
    if not isinstance(value, dict):
        return None
    start, end = value.get("start"), value.get("end")
    return (start, end) if type(start) is int and type(end) is int and 0 <= start <= end else None


def _short(words: str, most: int) -> str:
    """Return words on one line, without what exceeds `most` code points in their middle."""
    words = " ".join(words.split())
    return words if len(words) <= most else f"{words[: most // 2]} … {words[-most // 2 :]}"
