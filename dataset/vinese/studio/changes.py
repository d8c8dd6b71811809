"""What became of an annotation since the last pull: what came, what changed, what went, in words.

Regions are the same if their ids are; one that was deleted and drawn again is known by its words and label, or by the
words that it shares with the old one. A relation is lost if both its ends are still there and it is not, unless
another one joins them now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Region = dict[str, Any]

_WORDS = 40


class Change(NamedTuple):
    """What came, changed and went between two states of an annotation, in words.

    `before` and `after` count regions, choices, notes and labels of relations; `unlinked` are the relations among
    what `went` whose ends are still there.
    """

    before: int
    after: int
    came: tuple[str, ...]
    changed: tuple[str, ...]
    went: tuple[str, ...]
    unlinked: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.came or self.changed or self.went)

    @property
    def shrank(self) -> bool:
        """Whether more than a third went, or a relation whose ends are still there."""
        return 3 * len(self.went) > self.before or bool(self.unlinked)


class _Mark(NamedTuple):
    """The key of a region, choice or note: the region's id (empty for one of the whole article), and its control."""

    id: str
    control: str


class _Arrow(NamedTuple):
    """One label of a relation."""

    source: str
    label: str
    target: str


class _Parts(NamedTuple):
    """An annotation taken apart: the content of each mark, and its arrows."""

    marks: dict[_Mark, Region]
    arrows: list[_Arrow]


def change(before: Iterable[Region], after: Iterable[Region], text: str) -> Change:
    """Return what changed between two `result`s of an annotation of `text`."""
    old, new = _parts(before), _parts(after)
    new = _renamed(new, _same(old, new))
    came = [_said(mark, new.marks, text) for mark in new.marks if mark not in old.marks]
    went = [_said(mark, old.marks, text) for mark in old.marks if mark not in new.marks]
    both = [mark for mark in old.marks if mark in new.marks]
    changed = [
        f"{_said(mark, old.marks, text)} to {_said(mark, new.marks, text)}"
        for mark in both
        if _content(old.marks[mark]) != _content(new.marks[mark])
    ]
    unlinked = []
    regions = {mark.id for mark in both}
    for lost, made in _by_ends(old.arrows, new.arrows):
        pairs = min(len(lost), len(made))
        changed += [
            f"{_arrow_said(a, old.marks, text)} to {_arrow_said(b, new.marks, text)}"
            for a, b in zip(lost, made, strict=False)
        ]
        came += [_arrow_said(arrow, new.marks, text) for arrow in made[pairs:]]
        for arrow in lost[pairs:]:
            went.append(_arrow_said(arrow, old.marks, text))
            if {arrow.source, arrow.target} <= regions:
                unlinked.append(went[-1])
    return Change(
        len(old.marks) + len(old.arrows),
        len(new.marks) + len(new.arrows),
        tuple(came),
        tuple(changed),
        tuple(went),
        tuple(unlinked),
    )


def _parts(result: Iterable[Region]) -> _Parts:
    marks: dict[_Mark, Region] = {}
    arrows: list[_Arrow] = []
    for region in result:
        if region.get("type") == "relation":
            ends = str(region.get("from_id")), str(region.get("to_id"))
            source, target = reversed(ends) if region.get("direction") == "left" else ends
            arrows += [_Arrow(source, str(label), target) for label in region.get("labels") or ("",)]
        else:
            placed = "start" in (region.get("value") or {})
            marks[_Mark(str(region.get("id")) if placed else "", str(region.get("from_name")))] = region
    return _Parts(marks, arrows)


def _same(old: _Parts, new: _Parts) -> dict[str, str]:
    """Return the id that each region has in `old` which was drawn again in `new` under another."""
    gone = {mark: region for mark, region in old.marks.items() if _drawn(region) and not _has(new, mark.id)}
    same: dict[str, str] = {}
    for alike in (_equal, _overlap):
        for mark, region in new.marks.items():
            if not _drawn(region) or mark.id in same or _has(old, mark.id):
                continue
            alike_there = (key for key, other in gone.items() if key.control == mark.control and alike(other, region))
            if twin := next(alike_there, None):
                same[mark.id] = twin.id
                del gone[twin]
    return same


def _renamed(parts: _Parts, names: dict[str, str]) -> _Parts:
    marks = {_Mark(names.get(mark.id, mark.id), mark.control): region for mark, region in parts.marks.items()}
    arrows = [_Arrow(names.get(a.source, a.source), a.label, names.get(a.target, a.target)) for a in parts.arrows]
    return _Parts(marks, arrows)


def _has(parts: _Parts, region: str) -> bool:
    return any(mark.id == region for mark in parts.marks)


def _drawn(region: Region) -> bool:
    return region.get("type") == "labels"


def _span(region: Region) -> tuple[int, int]:
    value = region.get("value") or {}
    return value.get("start", 0), value.get("end", 0)


def _content(region: Region) -> tuple[Any, ...]:
    value = region.get("value") or {}
    said = value.get("labels") or value.get("choices") or value.get("text")
    return _span(region), said


def _equal(one: Region, other: Region) -> bool:
    return _content(one) == _content(other)


def _overlap(one: Region, other: Region) -> bool:
    (start, end), (first, last) = _span(one), _span(other)
    return min(end, last) > max(start, first)


def _by_ends(old: list[_Arrow], new: list[_Arrow]) -> Iterator[tuple[list[_Arrow], list[_Arrow]]]:
    """Yield, for every two regions that arrows join, the arrows that only `old` and that only `new` has."""
    lost = [arrow for arrow in old if arrow not in new]
    made = [arrow for arrow in new if arrow not in old]
    for ends in dict.fromkeys(frozenset((arrow.source, arrow.target)) for arrow in [*lost, *made]):
        yield (
            [arrow for arrow in lost if {arrow.source, arrow.target} == ends],
            [arrow for arrow in made if {arrow.source, arrow.target} == ends],
        )


def _said(mark: _Mark, marks: dict[_Mark, Region], text: str) -> str:
    """Return a region as its label and words, a choice as what was chosen and for which words, a note as such."""
    region = marks[mark]
    value = region.get("value") or {}
    if _drawn(region):
        return f"{'/'.join(map(str, value.get('labels') or ())) or 'no label'} {_words(region, text)}"
    if "choices" in value:
        chosen = "/".join(map(str, value["choices"]))
        return f"{mark.control} {chosen}{f' of {_words(region, text)}' if mark.id else ''}"
    notes = value.get("text") or ()
    return f"{mark.control} {_short(' '.join(notes if isinstance(notes, list) else [str(notes)]))}"


def _arrow_said(arrow: _Arrow, marks: dict[_Mark, Region], text: str) -> str:
    by_id = {mark.id: region for mark, region in marks.items() if _drawn(region)}
    ends = [_words(by_id[end], text) if end in by_id else "a missing region" for end in (arrow.source, arrow.target)]
    return f"{arrow.label or 'unnamed relation'} {ends[0]} > {ends[1]}"


def _words(region: Region, text: str) -> str:
    start, end = _span(region)
    return _short(text[start:end])


def _short(words: str) -> str:
    words = " ".join(words.split())
    return f"'{words if len(words) <= _WORDS else f'{words[:_WORDS]}…'}'"
