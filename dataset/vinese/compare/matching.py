"""Match spans of two sides: by offsets, by overlap, and one to one.

A span is `(start, end, label)`: code points, half open. Two spans overlap when they share at least one code point, so
`[0, 5)` and `[5, 9)` do not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
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
    """Return for every span of `left` the indices of the spans of `right` with its label that overlap it.

    The time is that of sorting both, and of what is returned.
    """
    order = sorted(range(len(right)), key=lambda index: right[index].start)
    starts: dict[str, list[int]] = {}
    following: dict[str, list[int]] = {}  # the indices of each label, in the order of the text
    for index in order:
        starts.setdefault(right[index].label, []).append(right[index].start)
        following.setdefault(right[index].label, []).append(index)
    reaching: dict[str, tuple[int, list[int]]] = {}  # how many have begun, and those of them that may reach further
    overlapping: list[list[int]] = [[] for _ in left]
    for i in sorted(range(len(left)), key=lambda index: left[index].start):
        span = left[i]
        if span.label not in starts or span.start >= span.end:
            continue
        begun, before = reaching.get(span.label, (0, []))
        first = bisect_right(starts[span.label], span.start)
        after = following[span.label][first : bisect_left(starts[span.label], span.end)]
        before = [j for j in before + following[span.label][begun:first] if right[j].end > span.start]
        reaching[span.label] = first, before
        overlapping[i] = before + [j for j in after if shared(span, right[j])]
    return overlapping


def overlapped(spans: Iterable[LabelledSpan], others: Iterable[LabelledSpan]) -> int:
    """Return how many spans overlap any of `others` with their label.

    >>> overlapped([LabelledSpan(0, 9), LabelledSpan(9, 12)], [LabelledSpan(0, 4), LabelledSpan(5, 9)])
    1
    """
    starts: dict[str, list[int]] = {}
    reach: dict[str, list[int]] = {}  # of each label, how far any that has begun goes
    for start, end, label in sorted(span for span in others if span.start < span.end):
        starts.setdefault(label, []).append(start)
        ends = reach.setdefault(label, [])
        ends.append(max(end, ends[-1]) if ends else end)
    count = 0
    for start, end, label in spans:
        begun = bisect_left(starts.get(label, ()), end)
        count += begun > 0 and start < end and reach[label][begun - 1] > start
    return count


def maximum_matching(edges: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return a largest one-to-one matching of a bipartite graph, as right index -> left index.

    `edges[i]` lists the right neighbours of left node `i`. Augmenting paths found breadth first (Kuhn 1955; König's
    theorem of 1931 makes a matching without an augmenting path a largest one), so no input is too deep to recurse.
    What a search that found none has reached leads nowhere later either, and is not looked at again.
    """
    matched: dict[int, int] = {}
    closed: set[int] = set()
    for start in range(len(edges)):
        _augment(edges, matched, start, closed)
    return matched


def _augment(edges: Sequence[Sequence[int]], matched: dict[int, int], start: int, closed: set[int]) -> None:
    """Grow `matched` by one through `start` if an augmenting path begins there, else `closed` by what was seen."""
    came: dict[int, int] = {}
    previous: dict[int, int] = {}
    queue = [start]
    for left in queue:
        for right in edges[left]:
            if right in came or right in closed:
                continue
            came[right] = left
            if right not in matched:
                _flip(matched, came, previous, right)
                return
            previous[matched[right]] = right
            queue.append(matched[right])
    closed.update(came)


def _flip(matched: dict[int, int], came: dict[int, int], previous: dict[int, int], right: int) -> None:
    """Turn the path that ends in the free node `right` around, so that it matches one node more.

    `previous` holds the right node by which each left one was matched, all but that at which the path begins.
    """
    while True:
        left = came[right]
        matched[right] = left
        if left not in previous:
            return
        right = previous[left]


def best_pairs(
    near: Iterable[tuple[int, Iterable[int]]], score: Callable[[int, int], float]
) -> Iterator[tuple[int, int]]:
    """Yield one-to-one pairs of left and right indices, the highest score first, none at or below zero.

    `near` gives with every left index the right ones that may go with it. Greedy on purpose: it pairs what a reader
    would hold against each other, for lists of disagreements; numbers come from largest matchings.
    """
    ranked = sorted((-value, i, j) for i, places in near for j in places if (value := score(i, j)) > 0)
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
            pairs += _by_ends(lefts, rights)
    return pairs


def _by_ends(
    lefts: Sequence[LabelledSpan], rights: Sequence[LabelledSpan]
) -> Iterator[tuple[LabelledSpan, LabelledSpan]]:
    """Yield the pairs of a largest one-to-one matching of overlapping spans, by their ends.

    Of all that are left the first to end goes with the first to end of those that overlap it: these all hold its last
    code point, so of what comes later each overlaps whatever one that ends sooner does (as Glover 1967 for convex
    graphs, "Maximum matching in a convex bipartite graph").
    """
    sides = (lefts, rights)
    by_start = [sorted((span.start, index) for index, span in enumerate(side)) for side in sides]
    begun: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # ends and indices, the first to end on top
    done = [[False] * len(side) for side in sides]
    reached = [0, 0]
    for end, mine, index in sorted((span.end, k, i) for k, side in enumerate(sides) for i, span in enumerate(side)):
        if done[mine][index]:
            continue
        done[mine][index] = True
        other = 1 - mine
        order, waiting = by_start[other], begun[other]
        while reached[other] < len(order) and order[reached[other]][0] < end:
            place = order[reached[other]][1]
            heappush(waiting, (sides[other][place].end, place))
            reached[other] += 1
        while waiting and done[other][waiting[0][1]]:
            heappop(waiting)
        if waiting:
            _, partner = heappop(waiting)
            done[other][partner] = True
            pair = sides[mine][index], sides[other][partner]
            yield pair if mine == 0 else pair[::-1]


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


def heaviest_pairs(weights: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return the pairs (row, column) of `heaviest_matching`, in order, of what is above 0 alone.

    Rows and columns that nothing joins are matched apart, so that the cube is that of the largest such group.
    """
    columns: dict[int, list[int]] = {}
    rows: dict[int, list[int]] = {}
    for i, j in sorted(weights):
        columns.setdefault(i, []).append(j)
        rows.setdefault(j, []).append(i)
    pairs, seen = [], set[int]()
    for first in columns:
        group = [] if first in seen else [first]
        seen.add(first)
        joined: dict[int, None] = {}
        for row in group:
            for column in columns[row]:
                if column not in joined:
                    joined[column] = None
                    group += [other for other in rows[column] if other not in seen]
                    seen.update(rows[column])
        group, places = sorted(group), sorted(joined)
        matched = heaviest_matching([[weights.get((i, j), 0.0) for j in places] for i in group]) if group else []
        pairs += [(group[i], places[j]) for i, j in matched]
    return sorted(pairs)
