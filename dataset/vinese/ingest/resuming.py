"""Find where running text goes on below a line, for every line of a page in one pass from its end."""

from __future__ import annotations

from vinese.ingest import heuristics
from vinese.ingest.page import Page

PICTURES = ("image", "image_alt")
RESUMING_WORDS = 15
TEASED_WORDS = 7
_BESIDE = ("caption", "credit", *PICTURES)
_ABOVE = -1  # the paragraph above is the first of two


def imprint(page: Page, index: int) -> bool:
    """Return whether a line begins the imprint of a newspaper."""
    return page.zone(index) == "widget" and heuristics.is_footer(page.text(index))


def closes(page: Page, index: int) -> bool:
    """Return whether a line is the credit of an article, not of a picture."""
    return heuristics.is_closing_credit(page.text(index)) and page.zone(index - 1) not in ("caption", *PICTURES)


class Resuming:
    """Where running text goes on below each line of a page, with the zones that its lines have.

    That is the first of two paragraphs in a row, as no teasers stand; or below headlines without teasers the first.
    It goes on nowhere below the end of an article.
    """

    def __init__(self, page: Page) -> None:
        size = len(page.lines)
        self._page = page
        self._pair: list[int | None] = [None] * (size + 1)  # by line, the first of two paragraphs from there on
        self._after: list[int | None] = [None] * (size + 1)  # the same if there was a paragraph right above
        self._first: list[int | None] = [None] * (size + 1)  # the first paragraph
        self._free = [size] * (size + 1)  # the first line that no rule has claimed
        self.look(0, size)

    def look(self, start: int, end: int) -> None:
        """Look at the lines from `start` to `end`, whose zones may have changed."""
        page, pair, after, first = self._page, self._pair, self._after, self._first
        for index in range(end - 1, start - 1, -1):
            text, below, free = page.text(index), index + 1, page.free(index)
            self._free[index] = index if free else self._free[below]
            if heuristics.heads_comments(text) or imprint(page, index) or closes(page, index):
                pair[index] = after[index] = first[index] = None
            elif free and heuristics.is_running(text) and len(heuristics.words(text[:600])) >= RESUMING_WORDS:
                pair[index] = index if after[below] == _ABOVE else after[below]
                after[index], first[index] = _ABOVE, index
            else:
                pair[index], first[index] = pair[below], first[below]
                after[index] = after[below] if page.zone(index) in _BESIDE else pair[below]

    def below(self, marker: int) -> int | None:
        """Return the line at which running text goes on below a marker, None where it does not."""
        page, first = self._page, self._first[marker + 1]
        bare = all(
            page.free(index) and not heuristics.has_stop(page.text(index)) for index in (marker + 1, marker + 2)
        )
        if bare and first is not None and (first <= page.text_end or _heads_on(page, first + 1)):
            return first
        return self._pair[marker + 1]

    def first_free(self, index: int) -> int:
        """Return the first line from `index` on that no rule has claimed; the page's length where there is none."""
        return self._free[index]


def _heads_on(page: Page, index: int) -> bool:
    """Return whether a line is a subheading by its length, with running text below."""
    return (
        page.free(index)
        and not heuristics.ends_sentence(page.text(index))
        and len(heuristics.words(page.text(index))) < TEASED_WORDS
        and page.free(index + 1)
        and heuristics.is_running(page.text(index + 1))
    )
