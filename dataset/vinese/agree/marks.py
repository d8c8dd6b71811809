"""Lay spans over one line of text, nested or crossing, as a flat list of tokens that a template can print."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["entity", "trigger", "expression", "gap"]
_ORDER: tuple[Kind, ...] = ("gap", "expression", "trigger", "entity")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """Mark a span of the text; `numbers` are those of the disagreements it takes part in.

    A `gap` shows where the other layer has something and this one has nothing.
    """

    start: int
    end: int
    kind: Kind
    label: str = ""
    color: str = ""
    title: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(slots=True)
class Token:
    """Hold a piece of text, or the opening or closing of a mark.

    A mark that crosses another is cut: only the last piece has `last` set, and shows the label. `height` is how many
    marks lie inside, so that the lines under nested marks do not run into each other.
    """

    text: str = ""
    opens: Mark | None = None
    closes: Mark | None = None
    last: bool = True
    height: int = 0


@dataclass(order=True, slots=True)
class _Piece:
    start: int
    negative_end: int
    rank: int
    serial: int
    mark: Mark = field(compare=False)

    @property
    def end(self) -> int:
        return -self.negative_end


def tokens(text: str, marks: Iterable[Mark], start: int, end: int) -> list[Token]:
    """Return `text[start:end]` as tokens, with the parts of the marks that lie in it.

    Opening and closing tokens are always balanced; joined, the texts are `text[start:end]` again.
    """
    waiting = [
        _Piece(max(mark.start, start), -min(mark.end, end), _ORDER.index(mark.kind), serial, mark)
        for serial, mark in enumerate(marks)
        if mark.start < end and mark.end > start
    ]
    heapify(waiting)
    found: list[Token] = []
    stack: list[tuple[_Piece, Token]] = []
    position = start
    while waiting or stack:
        if stack and (not waiting or stack[-1][0].end <= waiting[0].start):
            position = _text(found, text, position, stack[-1][0].end)
            _close(found, stack)
        else:
            piece = heappop(waiting)
            position = _text(found, text, position, piece.start)
            _open(found, stack, piece, waiting)
    _text(found, text, position, end)
    return found


def _text(found: list[Token], text: str, start: int, end: int) -> int:
    if start < end:
        found.append(Token(text[start:end]))
    return end


def _open(found: list[Token], stack: list[tuple[_Piece, Token]], piece: _Piece, waiting: list[_Piece]) -> None:
    """Open a piece inside the innermost open one; what reaches beyond that one waits as a piece of its own."""
    last = True
    if stack and piece.end > stack[-1][0].end:
        cut = stack[-1][0].end
        heappush(waiting, _Piece(cut, piece.negative_end, piece.rank, piece.serial, piece.mark))
        piece = _Piece(piece.start, -cut, piece.rank, piece.serial, piece.mark)
        last = False
    token = Token(opens=piece.mark, last=last)
    found.append(token)
    stack.append((piece, token))


def _close(found: list[Token], stack: list[tuple[_Piece, Token]]) -> None:
    piece, token = stack.pop()
    found.append(Token(closes=piece.mark, last=token.last))
    if stack:
        outer = stack[-1][1]
        outer.height = min(_DEEPEST, max(outer.height, token.height + 1))
