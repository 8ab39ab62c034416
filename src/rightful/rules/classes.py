"""Join cells into classes: cells of a field that every rule treats alike are one class.

The countries of a list that rules only ever name together become one class, so the levels of the diagram are as wide as
rules tell values apart, and not as wide as the values they name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray, marks_of, numbered
from rightful.rules.sets import Borders

__all__ = ["Classes", "classes_of"]


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a field, numbered by their first cells; blank is in class 0.

    Attributes:
        of_cell: The class of each cell.
        first_cell: The first cell of each class.
        before: Per border between cells how many classes begin before it.
    """

    of_cell: npt.NDArray[np.int32]
    first_cell: IntArray
    before: list[int]

    @property
    def count(self) -> int:
        """Count the classes."""
        return len(self.first_cell)

    def spans(self, inside: Borders) -> list[tuple[int, int]]:
        """Give a set of cells, one that the classes were made for, as runs of classes."""
        borders = [self.before[border] for border in inside]
        pairs = zip(borders[::2], borders[1::2], strict=True)
        return [(start, stop) for start, stop in pairs if start < stop]


def classes_of(sets: Iterable[Borders], size: int) -> Classes:
    """Join the cells that no set tells apart."""
    distinct = list(dict.fromkeys(sets))
    marks = marks_of(len(distinct))
    changes = np.zeros((size + 1, 2), dtype=np.uint64)
    lengths = [len(inside) for inside in distinct]
    borders = np.array([border for inside in distinct for border in inside], dtype=np.int64)
    owner = np.repeat(np.arange(len(distinct)), lengths)
    is_start = np.array([place % 2 == 0 for length in lengths for place in range(length)], dtype=np.bool_)
    np.add.at(changes, borders[is_start], marks[owner[is_start]])
    np.subtract.at(changes, borders[~is_start], marks[owner[~is_start]])
    of_cell, first_cell = numbered(np.cumsum(changes[:size], axis=0))
    return Classes(of_cell, first_cell, np.searchsorted(first_cell, np.arange(size + 1)).tolist())
