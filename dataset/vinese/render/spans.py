"""Nested spans over text: which spans are open in each stretch of it, for terminal, HTML and SVG alike."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar

Kind = Literal["entity", "trigger", "expression", "gap"]


class Placed(Protocol):
    """Anything with a half-open place in a text, in code points."""

    @property
    def start(self) -> int:
        """The first code point."""

    @property
    def end(self) -> int:
        """One past the last code point."""


S = TypeVar("S", bound=Placed)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled span as it is shown: code points `[start, end)`, `color` as `#rrggbb`, or empty.

    A `gap` shows where another layer has something and this one has nothing; `numbers` are those of the
    disagreements that the span takes part in, `errors` their kinds. `key` is the id of the item that it marks,
    `status` the modality of an event.
    """

    start: int
    end: int
    kind: Kind
    label: str = ""
    color: str = ""
    status: str = ""
    key: str = ""
    numbers: tuple[int, ...] = ()
    errors: tuple[str, ...] = ()


class Segment(NamedTuple, Generic[S]):
    """A stretch `[start, end)` of text over which the same spans are open, the outermost first.

    The last `opens` of them open where it starts, and the last `closes` close where it ends.
    """

    start: int
    end: int
    spans: tuple[S, ...]
    opens: int
    closes: int

    @property
    def opened(self) -> tuple[S, ...]:
        """The spans that open at `start`, in the order in which they open."""
        return self.spans[len(self.spans) - self.opens :]

    @property
    def closed(self) -> tuple[S, ...]:
        """The spans that close at `end`, in the order in which they close."""
        return self.spans[len(self.spans) - self.closes :][::-1]


class Part(NamedTuple, Generic[S]):
    """The part `[start, end)` of a span that lies in a stretch of text; not empty."""

    start: int
    end: int
    span: S


def parts(spans: Iterable[S], start: int, end: int) -> list[Part[S]]:
    """Return the parts of spans that lie in `[start, end)`, in the order given; other spans have none.

    >>> [(part.start, part.end) for part in parts([Mark(0, 9, "entity"), Mark(20, 30, "entity")], 5, 20)]
    [(5, 9)]
    """
    return [
        Part(max(span.start, start), min(span.end, end), span)
        for span in spans
        if span.start < end and span.end > start
    ]


def by_stretch(spans: Iterable[S], stretches: Sequence[tuple[int, int]]) -> list[list[S]]:
    """Return for each stretch `[start, end)` the spans of which a part lies in it, in the order given.

    The stretches stand in the order of the text, apart from each other.

    >>> found = by_stretch([Mark(0, 9, "entity"), Mark(5, 6, "entity")], [(0, 4), (4, 10)])
    >>> [[mark.start for mark in marks] for marks in found]
    [[0], [0, 5]]
    """
    starts, ends = [start for start, _ in stretches], [end for _, end in stretches]
    result: list[list[S]] = [[] for _ in stretches]
    for span in spans:
        for index in range(bisect_right(ends, span.start), bisect_left(starts, span.end)):
            result[index].append(span)
    return result


def by_begin(items: Iterable[tuple[int, T]], stretches: Sequence[tuple[int, int]]) -> list[list[T]]:
    """Return for each stretch `[start, end)` the items that begin in it; each is given with where it begins.

    The stretches stand in the order of the text, apart from each other.

    >>> by_begin([(5, "b"), (0, "a"), (4, "c")], [(0, 4), (4, 10)])
    [['a'], ['b', 'c']]
    """
    starts = [start for start, _ in stretches]
    result: list[list[T]] = [[] for _ in stretches]
    for begin, item in items:
        index = bisect_right(starts, begin) - 1
        if index >= 0 and begin < stretches[index][1]:
            result[index].append(item)
    return result


def segments(spans: Iterable[S], start: int, end: int) -> Iterator[Segment[S]]:
    """Yield `[start, end)` in segments, in order and without gaps.

    The longer of two spans that start together opens first, of equals the one that is given first. A span that
    reaches beyond the one it opens in closes with that one and opens again, so that opening and closing always
    balance, as the tags of HTML must; a span that reaches beyond `[start, end)` is open to its edge.

    >>> from vinese.render.spans import Mark, segments
    >>> text = "Tổng thư ký NATO phát biểu"
    >>> role, nato = Mark(0, 16, "entity", "ROLE"), Mark(12, 16, "entity", "ORG")
    >>> for segment in segments([nato, role], 0, len(text)):
    ...     print(repr(text[segment.start : segment.end]), [mark.label for mark in segment.spans])
    'Tổng thư ký ' ['ROLE']
    'NATO' ['ROLE', 'ORG']
    ' phát biểu' []

    The second of two spans that cross is cut where the first ends:

    >>> first, second = Mark(0, 11, "expression", "A"), Mark(4, 16, "expression", "B")
    >>> for segment in segments([first, second], 0, 16):
    ...     opened = "".join(f"<{mark.label}>" for mark in segment.opened)
    ...     closed = "".join(f"</{mark.label}>" for mark in segment.closed)
    ...     print(opened + text[segment.start : segment.end] + closed)
    <A>Tổng
    <B> thư ký</B></A>
    <B> NATO</B>
    """
    waiting = [(part.start, -part.end, order, part.span) for order, part in enumerate(parts(spans, start, end))]
    heapify(waiting)
    stack: list[tuple[S, int]] = []  # each open span, with where this part of it closes
    while start < end:
        opens = 0
        while waiting and waiting[0][0] == start:
            _, negative_end, order, span = heappop(waiting)
            until = -negative_end
            if stack and until > stack[-1][1]:
                until = stack[-1][1]
                heappush(waiting, (until, negative_end, order, span))
            stack.append((span, until))
            opens += 1
        stop = min([end, *(place for place, *_ in waiting[:1]), *(until for _, until in stack[-1:])])
        closes = sum(until == stop for _, until in stack)
        yield Segment(start, stop, tuple(span for span, _ in stack), opens, closes)
        del stack[len(stack) - closes :]
        start = stop


_ORDER: tuple[Kind, ...] = ("gap", "expression", "trigger", "entity")
_DEEPEST = 6


@dataclass(slots=True)
class Token:
    """A piece of text, or the opening or closing of a mark.

    Of a mark that is cut where it crosses another only the last piece has `last` set, and shows the label. `height`
    is how many marks lie inside, so that the lines under nested marks do not run into each other.
    """

    text: str = ""
    opens: Mark | None = None
    closes: Mark | None = None
    last: bool = True
    height: int = 0


def tokens(text: str, marks: Iterable[Mark], start: int, end: int) -> list[Token]:
    """Return `text[start:end]` as tokens, with the parts of the marks that lie in it.

    Opening and closing tokens are always balanced; joined, the texts are `text[start:end]` again.
    """
    result: list[Token] = []
    stack: list[Token] = []
    for segment in segments(sorted(marks, key=lambda mark: _ORDER.index(mark.kind)), start, end):
        for mark in segment.opened:
            stack.append(Token(opens=mark))
            result.append(stack[-1])
        result.append(Token(text[segment.start : segment.end]))
        for mark in segment.closed:
            opening = stack.pop()
            opening.last = min(mark.end, end) == segment.end
            result.append(Token(closes=mark, last=opening.last))
            if stack:
                stack[-1].height = min(_DEEPEST, max(stack[-1].height, opening.height + 1))
    return result
