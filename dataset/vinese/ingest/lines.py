"""Hold a raw page as its lines that are not blank; zoning looks at nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vinese.text.normalise import clean, lines

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line that is not blank: its number from 1, clean text, and raw offsets without what cleaning cut."""

    number: int
    text: str
    raw_start: int
    raw_end: int


@dataclass(slots=True)
class Page:
    """Hold the lines of one page and the zone of each, None while no rule has claimed it."""

    lines: tuple[Line, ...]
    zones: list[str | None] = field(init=False)

    def __post_init__(self) -> None:
        self.zones = [None] * len(self.lines)

    def text(self, index: int) -> str:
        """Return the text of a line; empty outside the page."""
        return self.lines[index].text if 0 <= index < len(self.lines) else ""

    def zone(self, index: int) -> str | None:
        """Return the zone of a line; None outside the page."""
        return self.zones[index] if 0 <= index < len(self.lines) else None

    def free(self, index: int) -> bool:
        """Tell whether the line exists and no rule has claimed it."""
        return 0 <= index < len(self.lines) and self.zones[index] is None

    def all_free(self) -> list[int]:
        """Return the lines that no rule has claimed."""
        return [index for index, zone in enumerate(self.zones) if zone is None]

    def claim(self, index: int, zone: str) -> None:
        """Give a line its zone, unless an earlier rule did."""
        if self.free(index):
            self.zones[index] = zone


def page_of(raw: str) -> Page:
    """Return the page that `raw` holds."""
    return Page(tuple(_filled(raw)))


def _filled(raw: str) -> Iterator[Line]:
    """Yield the lines of `raw` that have something to see."""
    for number, start, end in lines(raw):
        found = clean(raw, start, end)
        if found.text:
            yield Line(number, found.text, found.starts[0], found.ends[-1])
