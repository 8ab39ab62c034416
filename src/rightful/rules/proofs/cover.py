"""Describe a region by few boxes: each allows some classes per field, no box can be made larger, together they are the region.

A record of the region that no box holds yet is taken, and what it allows is widened field by field as long as all of it stays
in the region. Boxes may overlap: that is what keeps each of them short.

Source: W. V. Quine, "A way to simplify truth functions", 1955 (prime implicants), for fields of many values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray
from rightful.rules.proofs.chart import Chart, Level, lowest, reduced

__all__ = ["Columns", "Cover", "cover"]

Bools = npt.NDArray[np.bool_]
Columns = list[Bools]
"""Per level which columns a box allows."""


class Cover:
    """The boxes of a region, found one after the other.

    Attributes:
        boxes: Per box and level which classes it allows.
        is_complete: Whether the boxes are the whole region.
    """

    def __init__(self, boxes: Sequence[Columns], *, is_complete: bool) -> None:
        self.boxes, self.is_complete = tuple(boxes), is_complete


def cover(shape: Chart, most: int, possible: Sequence[Bools]) -> Cover:
    """Cover a region by boxes.

    Args:
        shape: 1 inside the region, 0 outside.
        most: How many boxes are sought.
        possible: Per level which classes a record can have; the others are nobody's.
    """
    shape = _of_possible(shape, possible)
    boxes: list[Columns] = []
    rest = shape
    while rest.values[-1] == 1 and len(boxes) < most:
        start = _start(rest)
        at = [column_of(level, other) for level, other in zip(shape.levels, _classes(rest, start), strict=True)]
        found = max((_widened(shape, at, turn) for turn in _turns(shape)), key=lambda box: _size(shape, box))
        boxes.append([columns[level.column] for columns, level in zip(found, shape.levels, strict=True)])
        rest = lowest(rest, _outside(shape, found))
    is_complete = bool(rest.values[-1] != 1)
    kept = _needed(boxes) if is_complete else boxes
    return Cover(
        [[allowed & able for allowed, able in zip(box, possible, strict=True)] for box in kept],
        is_complete=is_complete,
    )


def column_of(level: Level, class_number: int) -> int:
    """Give the column of a class."""
    return int(level.column[class_number])


def _of_possible(shape: Chart, possible: Sequence[Bools]) -> Chart:
    """Let classes that no record has behave as one that some record has: they are never in the way of a box."""
    levels = []
    for level, able in zip(shape.levels, possible, strict=True):
        known = np.flatnonzero(able)
        stand_in = level.column[known[0]] if len(known) else level.column[0]
        column = np.where(able, level.column, stand_in).astype(np.int32)
        used, renumbered = np.unique(column, return_inverse=True)
        levels.append(Level(renumbered.reshape(-1).astype(np.int32), level.edges[:, used]))
    levels, terminals = _reachable(levels)
    return reduced(shape.order, levels, shape.values[terminals])


def _reachable(levels: Sequence[Level]) -> tuple[list[Level], IntArray]:
    """Drop the nodes to which no column leads any more; give the terminals that remain as well."""
    found: list[Level] = []
    kept = np.zeros(1, dtype=np.int64)
    for level in levels:
        edges = level.edges[kept]
        kept, children = np.unique(edges, return_inverse=True)
        found.append(Level(level.column, children.reshape(edges.shape).astype(np.int32)))
    return found, kept


def _start(shape: Chart) -> list[int]:
    """Find a way to the inside: at every level the column that stands for most classes."""
    _, high = shape.bounds()
    node, way = 0, []
    for number, level in enumerate(shape.levels):
        weight = np.bincount(level.column, minlength=level.edges.shape[1])
        open_columns = np.flatnonzero(high[number + 1][level.edges[node]] == 1)
        chosen = int(open_columns[np.argmax(weight[open_columns])])
        way.append(chosen)
        node = int(level.edges[node, chosen])
    return way


def _classes(shape: Chart, way: Sequence[int]) -> list[int]:
    """Give a class of each column of a way."""
    return [int(np.argmax(level.column == chosen)) for level, chosen in zip(shape.levels, way, strict=True)]


def _turns(shape: Chart) -> list[list[int]]:
    """Give the orders in which levels are widened; each may find another box."""
    levels = list(range(len(shape.levels)))
    return [levels, levels[::-1]] if len(levels) > 1 else [levels]


def _widened(shape: Chart, at: Sequence[int], turn: Sequence[int]) -> Columns:
    """Widen a single way level by level to a box that stays inside."""
    box = [np.zeros(level.edges.shape[1], dtype=np.bool_) for level in shape.levels]
    for columns, chosen in zip(box, at, strict=True):
        columns[chosen] = True
    for number in turn:
        box[number] = _widest(shape, box, number)
    return box


def _widest(shape: Chart, box: Columns, number: int) -> Bools:
    """Give all columns of a level that keep the box inside."""
    nodes = np.zeros(1, dtype=np.int64)
    for level, columns in zip(shape.levels[:number], box[:number], strict=True):
        nodes = np.unique(level.edges[nodes][:, columns])
    is_inside = shape.values == 1
    for level, columns in zip(shape.levels[:number:-1], box[:number:-1], strict=True):
        is_inside = is_inside[level.edges[:, columns]].all(axis=1)
    return is_inside[shape.levels[number].edges[nodes]].all(axis=0)


def _size(shape: Chart, box: Columns) -> tuple[int, float]:
    """Rank boxes: few fields that are restricted, then many classes."""
    restricted = sum(not columns.all() for columns in box)
    share = [
        np.bincount(level.column, minlength=len(columns))[columns].sum() / len(level.column)
        for level, columns in zip(shape.levels, box, strict=True)
    ]
    return -restricted, float(np.prod(share))


def _outside(shape: Chart, box: Columns) -> Chart:
    """Chart 0 in a box and 1 outside of it."""
    levels = []
    count = 1
    for level, columns in zip(shape.levels, box, strict=True):
        edges = np.where(columns, 0, 1).astype(np.int32).reshape(1, -1)
        if count == 2:
            edges = np.vstack([edges, np.ones_like(edges)])
        levels.append(Level(level.column, edges))
        count = 1 if columns.all() and count == 1 else 2
    values = np.array([0, 1][: count if count == 2 else 1], dtype=np.int64)
    return reduced(shape.order, levels, values)


def _needed(boxes: Sequence[Columns]) -> list[Columns]:
    """Leave out boxes that lie within another."""
    kept: list[Columns] = []
    for number, box in enumerate(boxes):
        others = [*kept, *boxes[number + 1 :]]
        if not any(all((~ours | theirs).all() for ours, theirs in zip(box, other, strict=True)) for other in others):
            kept.append(box)
    return kept
