"""Cut columns into few cells: the values of a text that are frequent, intervals of a number, blank by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.runs.training.records import Column

__all__ = ["Cells", "cells_of"]

USUAL_INTERVALS = 8
_FEWEST_ROWS = 30
_SMALLEST_SHARE = 0.005

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """How a column is cut, learned from training records.

    Cell 0 is blank; for a text 1 is every value that was rare, then come the levels; for a number come the intervals.

    Attributes:
        name: The column.
        levels: Frequent values of a text, sorted.
        edges: Lower ends of a number's intervals; the first is open below.
        is_number: Which of the two it is.
    """

    name: str
    levels: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    is_number: bool = False

    @property
    def size(self) -> int:
        """Count the cells."""
        return 2 + (len(self.edges) if self.is_number else len(self.levels))

    def codes(self, column: Column) -> Codes:
        """Give the cell of each row."""
        if column.numbers is not None and self.is_number:
            found = 1 + np.searchsorted(np.array(self.edges), column.numbers, side="right")
            return np.where(np.isnan(column.numbers), 0, found).astype(np.int64)
        place = {level: number for number, level in enumerate(self.levels, start=2)}
        return np.array([0 if text is None else place.get(text, 1) for text in column.texts or ()], dtype=np.int64)


def cells_of(column: Column, intervals: int = USUAL_INTERVALS) -> Cells:
    """Cut a column: into intervals with equally many records each, or by the values that enough records have."""
    if column.numbers is not None:
        known = column.numbers[~np.isnan(column.numbers)]
        wanted = max(1, min(intervals, len(known) // _FEWEST_ROWS))
        edges = np.unique(np.quantile(known, np.arange(1, wanted) / wanted)) if len(known) else np.array([])
        # An edge at the smallest value would leave the interval below it empty.
        edges = edges[edges > known.min()] if len(known) else edges
        return Cells(column.name, edges=tuple(float(edge) for edge in edges), is_number=True)
    texts = [text for text in column.texts or () if text is not None]
    values, counts = np.unique(np.array(texts, dtype=object).astype(str), return_counts=True)
    fewest = max(_FEWEST_ROWS, int(_SMALLEST_SHARE * len(column.texts or ())))
    return Cells(column.name, levels=tuple(str(value) for value in values[counts >= fewest]))
