"""Match spans of two sides: by offsets, by overlap, and one to one.

A span is `(start, end, label)`: code points, half open. Two spans overlap when they share at least one code point, so
`[0, 5)` and `[5, 9)` do not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple


class LabelledSpan(NamedTuple):
    """A span by offsets (code points, half open) and label; the label is empty where labels do not count."""

    start: int
    end: int
    label: str = ""


def shared(a: LabelledSpan, b: LabelledSpan) -> int:
    """Return how many code points two spans share.

    >>> shared(LabelledSpan(0, 5), LabelledSpan(3, 9)), shared(LabelledSpan(0, 5), LabelledSpan(5, 9))
    (2, 0)
    """
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def jaccard(a: LabelledSpan, b: LabelledSpan) -> float:
    """Return the shared code points as a share of those that either span covers."""
    both = shared(a, b)
    return both / (a.end - a.start + b.end - b.start - both) if both else 0.0


def neighbours(left: Sequence[LabelledSpan], right: Sequence[LabelledSpan]) -> list[list[int]]:
    """Return for every span of `left` the indices of the spans of `right` with its label that overlap it."""
    order = sorted(range(len(right)), key=lambda index: right[index].start)
    starts = [right[index].start for index in order]
    longest = max((span.end - span.start for span in right), default=0)
    overlapping: list[list[int]] = []
    for span in left:
        window = order[bisect_right(starts, span.start - longest) : bisect_left(starts, span.end)]
        overlapping.append([i for i in window if right[i].label == span.label and shared(span, right[i])])
    return overlapping


def maximum_matching(edges: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return a largest one-to-one matching of a bipartite graph, as right index -> left index.

    `edges[i]` lists the right neighbours of left node `i`. Augmenting paths found breadth first (Kuhn 1955; König's
    theorem of 1931 makes a matching without an augmenting path a largest one), so no input is too deep to recurse.
    """
    matched: dict[int, int] = {}
    for start in range(len(edges)):
        _augment(edges, matched, start)
    return matched


def _augment(edges: Sequence[Sequence[int]], matched: dict[int, int], start: int) -> None:
    """Grow `matched` by one through `start` if an augmenting path begins there."""
    came: dict[int, int] = {}
    queue = [start]
    for left in queue:
        for right in edges[left]:
            if right in came:
                continue
            came[right] = left
            if right not in matched:
                _flip(matched, came, right, start)
                return
            queue.append(matched[right])


def _flip(matched: dict[int, int], came: dict[int, int], right: int, start: int) -> None:
    """Turn the path that ends in the free node `right` around, so that it matches one node more."""
    previous = {left: node for node, left in matched.items()}
    while True:
        left = came[right]
        matched[right] = left
        if left == start:
            return
        right = previous[left]


def best_pairs(
    left: Sequence[int], right: Sequence[int], score: Callable[[int, int], float]
) -> Iterator[tuple[int, int]]:
    """Yield one-to-one pairs of `left` and `right`, the highest score first, none at or below zero.

    Greedy on purpose: it pairs what a reader would hold against each other, for lists of disagreements; numbers come
    from `maximum_matching`.
    """
    ranked = sorted((-value, i, j) for i in left for j in right if (value := score(i, j)) > 0)
    done_left: set[int] = set()
    done_right: set[int] = set()
    for _, i, j in ranked:
        if i not in done_left and j not in done_right:
            done_left.add(i)
            done_right.add(j)
            yield i, j


def others(size: int, taken: Iterable[int]) -> list[int]:
    """Return the indices below `size` that are not taken."""
    gone = set(taken)
    return [index for index in range(size) if index not in gone]


def components(
    left: Iterable[LabelledSpan], right: Iterable[LabelledSpan]
) -> Iterator[tuple[list[LabelledSpan], list[LabelledSpan]]]:
    """Yield groups of spans of one label, chained by overlaps: no span overlaps one of another group.

    Groups that only one side has spans in are left out. Almost all groups of two annotations are single pairs, so
    whatever is done within groups costs little more than sorting.
    """
    ordered = sorted([(span[2], span[0], span[1], 0) for span in left] + [(s[2], s[0], s[1], 1) for s in right])
    sides: tuple[list[LabelledSpan], list[LabelledSpan]] = ([], [])
    group, reach = "", 0
    for label, start, end, side in ordered:
        if start >= reach or label != group:
            if sides[0] and sides[1]:
                yield sides
            sides, group, reach = ([], []), label, end
        sides[side].append(LabelledSpan(start, end, label))
        reach = max(reach, end)
    if sides[0] and sides[1]:
        yield sides


def one_to_one(
    left: Collection[LabelledSpan], right: Collection[LabelledSpan]
) -> list[tuple[LabelledSpan, LabelledSpan]]:
    """Return the pairs of a largest one-to-one matching of overlapping spans with the same label.

    The order of neither side counts, and equal spans of one side count once.
    """
    pairs = []
    for lefts, rights in components(set(left), set(right)):
        if len(lefts) == 1 or len(rights) == 1:
            pairs.append(next((a, b) for a in lefts for b in rights if shared(a, b)))
        else:
            matched = maximum_matching(neighbours(lefts, rights))
            pairs += [(lefts[i], rights[j]) for j, i in matched.items()]
    return pairs


def heaviest_matching(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the one-to-one pairs (row, column) with the largest sum of weights; pairs of weight 0 are left out.

    The Hungarian method with potentials (Kuhn 1955; Jonker and Volgenant 1987), cubic in the number of rows.
    """
    rows, columns = len(weights), len(weights[0]) if weights else 0
    if rows > columns:
        turned = [[weights[i][j] for i in range(rows)] for j in range(columns)]
        return sorted((i, j) for j, i in heaviest_matching(turned))
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    partner = [0] * (columns + 1)  # the row of each column, counted from 1; 0 for none
    for row in range(1, rows + 1):
        _assign(weights, row, row_price, column_price, partner)
    return sorted((i - 1, j) for j, i in enumerate(partner[1:]) if i and weights[i - 1][j] > 0)


def _assign(
    weights: Sequence[Sequence[float]],
    row: int,
    row_price: list[float],
    column_price: list[float],
    partner: list[int],
) -> None:
    """Assign `row` a column along the cheapest alternating path, and move prices so that they stay feasible."""
    columns = len(column_price) - 1
    slack, came, done = [float("inf")] * (columns + 1), [0] * (columns + 1), [False] * (columns + 1)
    partner[0], column = row, 0
    while partner[column]:
        done[column] = True
        i, step, following = partner[column], float("inf"), 0
        for j in range(1, columns + 1):
            if not done[j]:
                cost = -weights[i - 1][j - 1] - row_price[i] - column_price[j]
                if cost < slack[j]:
                    slack[j], came[j] = cost, column
                if slack[j] < step:
                    step, following = slack[j], j
        for j in range(columns + 1):
            if done[j]:
                row_price[partner[j]] += step
                column_price[j] -= step
            else:
                slack[j] -= step
        column = following
    while column:
        partner[column] = partner[came[column]]
        column = came[column]
