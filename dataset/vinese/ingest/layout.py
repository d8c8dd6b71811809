"""Find the article on its page: where running text begins, and which line before it is the title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from vinese.ingest import heuristics
from vinese.ingest.dates import has_clock
from vinese.ingest.page import Page

TITLE_WORDS = 5
SHORTEST_TITLE = 3
LONGEST_TITLE = 40
LONG_TITLE = 20
MOST_CREDIT = 60
"""A paragraph counts as its words, but no more than so many."""
MOST_COST = 40
SURE_LEAD = 2
"""A title is sure that leads the next by so many points; see `_score`."""
REACH = 30
"""So many lines may stand between a title and the text below it: a clip's buttons, a list of related headlines."""

Bigrams = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Title:
    """The line that is the title, if any; whether no other line has nearly as much for it; the end of the text."""

    index: int | None
    sure: bool = True
    text_end: int = -1


def running_text(page: Page) -> tuple[int, int] | None:
    """Return the first and last line of the stretch in which running text outweighs menus and headlines.

    Every paragraph counts for its words, every other line of no known form against the stretch, so that the teasers
    of a front page and a list of headlines do not join what stands below or above them.
    """
    best, stretch = 0, None
    total, start = 0, 0
    for index, line in enumerate(page.lines):
        total += _weight(page, index, line.text)
        if total <= 0:
            total, start = 0, index + 1
        elif total > best:
            best, stretch = total, (start, index)
    return stretch


def _weight(page: Page, index: int, text: str) -> int:
    """Return what a line counts for or against a stretch of running text."""
    if page.zones[index] is not None:
        return -MOST_COST // 2 if page.zones[index] == "widget" and heuristics.is_tail_marker(text) else 0
    size = len(heuristics.words(text[:600]))
    if heuristics.is_running(text) and not heuristics.is_cut(text):
        return min(size, MOST_CREDIT)
    return -min(3 * size, MOST_COST)


def find_title(page: Page) -> Title:
    """Return the title of a page whose lines of known form have their zones.

    A title has no full stop and five words or more and stands above running text. Among the lines that do, one counts
    that is printed twice, has a date beside it, shares its words with the text, and stands close above it. Where
    there is none, a shorter line right above the text may be the title.
    """
    stretch = running_text(page)
    if stretch is None:
        return Title(None)
    first, last = stretch
    text = [
        word for index in range(first, last + 1) if page.free(index) for word in heuristics.words(page.text(index))
    ]
    bigrams = set(pairwise(text))
    counts = Counter(line.text for line in page.lines)
    scores = sorted(
        ((_score(page, index, first, bigrams, counts), index) for index in _candidates(page, first)), reverse=True
    )
    if scores:
        index = scores[0][1]
        others = [score for score, other in scores[1:] if page.text(other) != page.text(index)]
        return Title(_first_copy(page, index), not others or scores[0][0] - others[0] >= SURE_LEAD, last)
    above = [index for index in range(first) if page.free(index) and not heuristics.is_byline(page.text(index))]
    size = len(heuristics.words(page.text(above[-1]))) if above else 0
    if size < SHORTEST_TITLE or heuristics.ends_sentence(page.text(above[-1])):
        return Title(None, text_end=last)
    index = _first_copy(page, above[-1])
    return Title(index, index == above[0] and size > SHORTEST_TITLE, last)


def _first_copy(page: Page, index: int) -> int:
    """Return the first of the equal lines in a row that end at `index`."""
    while page.free(index - 1) and page.text(index - 1) == page.text(index):
        index -= 1
    return index


def _candidates(page: Page, first: int) -> Iterator[int]:
    """Yield the lines that may be the title of a text that begins at line `first`."""
    seen: set[str] = set()
    for index in range(max(0, first - 4 * REACH), first):
        text = page.text(index)
        if heuristics.NUMBER.sub("", text) != text and heuristics.bare_words(heuristics.NUMBER.sub("", text)) in seen:
            continue  # the title again, for a picture
        seen.add(heuristics.bare_words(text))
        if heuristics.is_item(text):
            continue
        size = len(heuristics.words(text[:600]))
        if (
            page.zones[index] in ("title", None)
            and TITLE_WORDS <= size <= LONGEST_TITLE
            and not heuristics.is_running(text)
        ):
            yield index


def _score(page: Page, index: int, first: int, bigrams: Bigrams, counts: Counter[str]) -> float:
    """Return how much speaks for a line as the title."""
    text = page.text(index)
    title_words = heuristics.words(text)
    pairs = list(pairwise(title_words))
    score = 6 * sum(pair in bigrams for pair in pairs) / max(len(pairs), 1)
    if counts[text] > 1 or any(f"{text} {mark} " in page.text(place) for place in range(3) for mark in "-|"):
        score += 3
    beside = [
        place for place in (index - 2, index - 1, index + 1, index + 2, index + 3) if page.zone(place) == "date"
    ]
    score += 2.5 if any(has_clock(page.text(place)) for place in beside) else float(bool(beside))
    if not any(page.free(place) for place in range(index)):
        score += 1.5
    below = next(
        place for place in range(index + 1, first + 1) if place == first or heuristics.is_running(page.text(place))
    )
    between = sum(page.free(place) for place in range(index + 1, below))
    score -= 0.15 * max(0, len(title_words) - LONG_TITLE)
    return score - 0.4 * min(between, REACH) - 0.2 * sum(page.free(place) for place in range(below, first))
