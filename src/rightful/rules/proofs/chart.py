"""Charts: decision diagrams whose terminals are numbers, small enough to reason about.

A chart gives every combination of classes a whole number: the first rule that matches, or 1 inside a region and 0 outside.
Nodes that mean the same are one node, and classes that a level never tells apart share a column. Two charts combine by the
smaller number: the first of two sets of rules, the intersection of two regions. Where all numbers under one node are below
those under the other the walk stops, so that combining costs as much as the parts that really interact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray

__all__ = ["Chart", "ChartTooLargeError", "Level", "all_combined", "lowest", "merged", "paired", "reduced"]

Ints = npt.NDArray[np.int32]
MOST_EDGES = 30_000_000


class ChartTooLargeError(Exception):
    """A question has too many cases to be answered exactly."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a chart.

    Attributes:
        column: The column of each class.
        edges: Nodes x columns: the node of the next level, behind the last level the terminal.
    """

    column: Ints
    edges: Ints


@dataclass(frozen=True, slots=True)
class Chart:
    """A number for every combination of classes.

    Attributes:
        order: The number of the field of each level.
        levels: The levels; node 0 of the first one is the root.
        values: The number of each terminal, each once, rising.
    """

    order: tuple[int, ...]
    levels: tuple[Level, ...]
    values: IntArray

    @property
    def node_count(self) -> int:
        """Count the nodes of all levels."""
        return sum(len(level.edges) for level in self.levels)

    def values_of(self, classes: Sequence[Ints], count: int) -> IntArray:
        """Give the numbers of many records, by the classes of each field."""
        node = np.zeros(count, dtype=np.int64)
        for number, level in zip(self.order, self.levels, strict=True):
            node = level.edges[node, level.column[classes[number]]].astype(np.int64)
        return self.values[node]

    def renamed(self, change: Callable[[int], int]) -> Chart:
        """Give every number another one, and join what has become equal."""
        values = np.array([change(value) for value in self.values.tolist()], dtype=np.int64)
        return reduced(self.order, self.levels, values)

    def bounds(self) -> tuple[list[IntArray], list[IntArray]]:
        """Give per level and node the lowest and the highest number below it; the terminals come last."""
        low, high = [self.values], [self.values]
        for level in reversed(self.levels):
            low.append(low[-1][level.edges].min(axis=1))
            high.append(high[-1][level.edges].max(axis=1))
        return low[::-1], high[::-1]


def reduced(order: Sequence[int], levels: Sequence[Level], values: IntArray) -> Chart:
    """Make a chart of levels that may say the same thing twice.

    Args:
        order: The number of the field of each level.
        levels: Levels of which every node can be reached.
        values: The number of each terminal; numbers may repeat.
    """
    distinct, inverse = np.unique(values, return_inverse=True)
    canonical: Ints = inverse.reshape(-1).astype(np.int32)
    found: list[Level] = []
    for level in reversed(levels):
        rows, canonical = _distinct(np.asarray(canonical[level.edges], dtype=np.int32))
        columns, of_column = _distinct(np.ascontiguousarray(rows.T))
        found.append(Level(of_column[level.column], np.ascontiguousarray(columns.T)))
    return Chart(tuple(order), tuple(found[::-1]), distinct)


def lowest(one: Chart, other: Chart, most_edges: int = MOST_EDGES) -> Chart:
    """Combine two charts over the same order by the smaller number.

    Raises:
        ChartTooLargeError: The combination has more edges than allowed.
    """
    return _combined(one, other, np.minimum, most_edges, _absorbing(one.bounds(), other.bounds()))


def all_combined(charts: Sequence[Chart], combine: Callable[[Chart, Chart], Chart]) -> Chart:
    """Combine charts by halves, so that small charts meet small charts."""
    if len(charts) == 1:
        return charts[0]
    middle = len(charts) // 2
    return combine(all_combined(charts[:middle], combine), all_combined(charts[middle:], combine))


def paired(one: Chart, other: Chart, join: Callable[[int, int], int], most_edges: int = MOST_EDGES) -> Chart:
    """Combine two charts over the same order by any function of their numbers.

    Raises:
        ChartTooLargeError: The combination has more edges than allowed.
    """
    return _combined(one, other, _by_pairs(join), most_edges, lambda _level, ours, theirs: (ours, theirs))


def merged(
    one: Chart,
    other: Chart,
    join: Callable[[int, int], int],
    span: Callable[[int], tuple[int, int]],
    most_edges: int = MOST_EDGES,
) -> Chart:
    """Combine two charts by a function of numbers that have spans: what ends before the other begins is the answer alone.

    Raises:
        ChartTooLargeError: The combination has more edges than allowed.
    """
    return _combined(one, other, _by_pairs(join), most_edges, _absorbing(_spans(one, span), _spans(other, span)))


_Bounds = tuple[list[IntArray], list[IntArray]]
_Absorb = Callable[[int, IntArray, IntArray], tuple[IntArray, IntArray]]
_NOBODY = -1  # in place of a node: the other one alone decides


def _by_pairs(join: Callable[[int, int], int]) -> Callable[[IntArray, IntArray], IntArray]:
    def joined(ours: IntArray, theirs: IntArray) -> IntArray:
        return np.array([join(x, y) for x, y in zip(ours.tolist(), theirs.tolist(), strict=True)], dtype=np.int64)

    return joined


def _spans(chart: Chart, span: Callable[[int], tuple[int, int]]) -> _Bounds:
    ends = np.array([span(value) for value in chart.values.tolist()], dtype=np.int64)
    return replace(chart, values=ends[:, 0]).bounds()[0], replace(chart, values=ends[:, 1]).bounds()[1]


def _absorbing(one: _Bounds, other: _Bounds) -> _Absorb:
    (low, high), (other_low, other_high) = one, other

    def absorb(level: int, ours: IntArray, theirs: IntArray) -> tuple[IntArray, IntArray]:
        is_pair = (ours != _NOBODY) & (theirs != _NOBODY)
        ours_wins = is_pair & (high[level][ours] <= other_low[level][theirs])
        theirs_wins = is_pair & ~ours_wins & (other_high[level][theirs] <= low[level][ours])
        return np.where(theirs_wins, _NOBODY, ours), np.where(ours_wins, _NOBODY, theirs)

    return absorb


def _combined(
    one: Chart,
    other: Chart,
    join: Callable[[IntArray, IntArray], IntArray],
    most_edges: int,
    absorb: _Absorb,
) -> Chart:
    ours, theirs = absorb(0, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
    levels: list[Level] = []
    edges = 0
    for number, (level, other_level) in enumerate(zip(one.levels, other.levels, strict=True), start=1):
        width = other_level.edges.shape[1]
        pairs, column = np.unique(level.column.astype(np.int64) * width + other_level.column, return_inverse=True)
        edges += len(ours) * len(pairs)
        if edges > most_edges:
            raise ChartTooLargeError
        next_ours = _followed(level.edges, ours, pairs // width)
        next_theirs = _followed(other_level.edges, theirs, pairs % width)
        next_ours, next_theirs = absorb(number, next_ours, next_theirs)
        reach = int(next_theirs.max(initial=0)) + 2
        key, child = np.unique((next_ours + 1) * reach + next_theirs + 1, return_inverse=True)
        levels.append(Level(column.reshape(-1).astype(np.int32), child.reshape(len(ours), len(pairs)).astype(np.int32)))
        ours, theirs = key // reach - 1, key % reach - 1
    alone = np.where(ours == _NOBODY, other.values[theirs], one.values[ours])
    is_pair = (ours != _NOBODY) & (theirs != _NOBODY)
    alone[is_pair] = join(one.values[ours[is_pair]], other.values[theirs[is_pair]])
    return reduced(one.order, levels, alone)


def _followed(edges: Ints, nodes: IntArray, columns: IntArray) -> IntArray:
    """Follow the edges of nodes in columns, flat; nobody leads to nobody."""
    found = edges[nodes[:, None], columns[None, :]].astype(np.int64)
    found[nodes == _NOBODY] = _NOBODY
    return found.reshape(-1)


def _distinct(rows: Ints) -> tuple[Ints, Ints]:
    """Find the distinct rows; give them in the order of their first appearance, and the number of each row."""
    rows = np.ascontiguousarray(rows, dtype=np.int32)
    if rows.shape[1] == 0:
        return rows[:1], np.zeros(len(rows), dtype=np.int32)
    width = rows.shape[1] * rows.itemsize
    content = rows.tobytes()
    known: dict[bytes, int] = {}
    number = np.empty(len(rows), dtype=np.int32)
    first: list[int] = []
    for place in range(len(rows)):
        key = content[place * width : (place + 1) * width]
        found = known.get(key)
        if found is None:
            found = known[key] = len(first)
            first.append(place)
        number[place] = found
    return rows[first], number
