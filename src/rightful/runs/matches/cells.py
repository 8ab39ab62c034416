"""Write readings of pairs as rows of cells, and weights as one number per cell: what a fit works on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from rightful.plan.matching_weights import Curve, Grid, MatchingWeights
from rightful.stages.matching.evidence import Evidence, Finding
from rightful.stages.matching.weighing import CONTEXT, Readings, finding_of

__all__ = ["Cells", "hats", "sheet_hats"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

_FIELDS: tuple[Evidence, ...] = tuple(field for field in Evidence if field is not Evidence.RIVAL)
_KINDS = len(Finding)
_GRIDS: Mapping[str, tuple[str, str]] = {
    "likeness": ("likeness", "rarity"),
    "coverage": ("coverage", "words"),
    "length": ("likeness", "letters"),
}
_SHARERS: Mapping[Evidence, str] = {Evidence.DOMAIN: "domain_sharers", Evidence.NAME: "name_sharers"}
_OF_GRIDS = slice(len(_FIELDS), len(_FIELDS) + len(_GRIDS))
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class _Entries:
    """Cells that each pair has: a column of the matrix, and how much of it."""

    column: Rows
    share: Floats


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a weights file: a block per field, the grids of names, the curves of sharers, the prior.

    Attributes:
        weights: The file; its knots stay, its log-odds are what is fitted.
    """

    weights: MatchingWeights

    def __len__(self) -> int:
        """Give the number of cells."""
        return self._starts()[-1] + 1

    def matrix(self, readings: Readings) -> csr_array:
        """Write readings as a matrix, pair x cell; the score of a pair is its row times the vector of all cells."""
        count = len(readings.likeness)
        entries = list(self._entries(readings))
        columns = np.stack([each.column for each in entries], axis=1)
        shares = np.stack([each.share for each in entries], axis=1)
        is_there = shares != 0
        ends = np.concatenate(([0], np.cumsum(is_there.sum(axis=1))))
        return csr_array((shares[is_there], columns[is_there], ends), shape=(count, len(self)))

    def vector(self) -> Floats:
        """Write the weights as one number per cell."""
        vector = np.zeros(len(self))
        starts = self._starts()
        for field, start in zip(_FIELDS, starts[: len(_FIELDS)], strict=True):
            for (context, finding), points in _stated(self.weights, field).items():
                vector[start + context * _KINDS + finding] = points
        for name, start in zip(_GRIDS, starts[_OF_GRIDS], strict=True):
            grid = np.ravel(getattr(self.weights, name).points)
            vector[start : start + len(grid)] = grid
        for curve, start in zip(self._curves().values(), starts[-3:-1], strict=True):
            vector[start : start + len(curve)] = [points for _, points in curve]
        vector[-1] = self.weights.prior
        return vector

    def rebuilt(self, vector: Floats) -> MatchingWeights:
        """Write one number per cell as weights again, in three decimals."""
        told = np.round(vector, _DECIMALS) + 0.0
        starts = self._starts()
        update: dict[str, object] = {
            field.value: _tabled(self.weights, field, told[start:])
            for field, start in zip(_FIELDS, starts[: len(_FIELDS)], strict=True)
        }
        for name, start in zip(_GRIDS, starts[_OF_GRIDS], strict=True):
            grid = getattr(self.weights, name)
            cells = told[start : start + np.size(grid.points)].reshape(np.shape(grid.points))
            update[name] = grid.model_copy(update={"points": tuple(map(tuple, cells.tolist()))})
        for (name, curve), start in zip(self._curves().items(), starts[-3:-1], strict=True):
            points = told[start : start + len(curve)].tolist()
            update[name] = tuple((at, each) for (at, _), each in zip(curve, points, strict=True))
        return self.weights.model_copy(update={**update, "prior": float(told[-1])})

    def of_names(self) -> npt.NDArray[np.bool_]:
        """Tell which cells are of company names."""
        starts = self._starts()
        marked = np.zeros(len(self), bool)
        name = _FIELDS.index(Evidence.NAME)
        marked[starts[name] : starts[name + 1]] = True
        marked[starts[_OF_GRIDS.start] : starts[_OF_GRIDS.stop]] = True
        marked[starts[-2] : starts[-1]] = True
        return marked

    def at(self, field: Evidence, context: int) -> slice:
        """Give where the findings of a field stand, given what the field it depends on says (0 where it depends on none)."""
        start = self._starts()[_FIELDS.index(field)] + context * _KINDS
        return slice(start, start + _KINDS)

    def rising(self) -> list[slice]:
        """Give where cells stand that must rise: likeness, for each rarity; what ``coverage`` adds to it may fall."""
        height, width = np.shape(self.weights.likeness.points)
        start = self._starts()[len(_FIELDS)]
        return [slice(start + row * width, start + (row + 1) * width) for row in range(height)]

    def _curves(self) -> dict[str, Curve]:
        return {name: getattr(self.weights, name) for name in _SHARERS.values()}

    def _starts(self) -> list[int]:
        sizes = [_KINDS * (_KINDS if field in CONTEXT else 1) for field in _FIELDS]
        sizes.extend(np.size(getattr(self.weights, name).points) for name in _GRIDS)
        sizes.extend(len(curve) for curve in self._curves().values())
        return np.concatenate(([0], np.cumsum(sizes))).tolist()

    def _entries(self, readings: Readings) -> Iterator[_Entries]:
        starts = self._starts()
        for field, start in zip(_FIELDS, starts[: len(_FIELDS)], strict=True):
            found = readings.findings[field].astype(np.int64)
            context = readings.findings[CONTEXT[field]].astype(np.int64) * _KINDS if field in CONTEXT else 0
            # What a name that is merely alike is worth, the grid says.
            is_told = (found != Finding.UNKNOWN) & (found != Finding.ALIKE)
            yield _Entries(start + context + found, is_told.astype(np.float64))
        for name, start in zip(_GRIDS, starts[_OF_GRIDS], strict=True):
            yield from self._grid(name, readings, start)
        for (field, name), start in zip(_SHARERS.items(), starts[-3:-1], strict=True):
            is_equal = readings.findings[field] == Finding.EQUAL
            # The first knot is an account that shares with nobody: nothing is added.
            for column, share in hats([at for at, _ in self._curves()[name]], np.log(getattr(readings, name))):
                yield _Entries(start + column, share * (is_equal & (column > 0)))
        count = len(readings.likeness)
        yield _Entries(np.full(count, starts[-1]), np.ones(count))

    def _grid(self, name: str, readings: Readings, start: int) -> Iterator[_Entries]:
        grid: Grid = getattr(self.weights, name)
        is_known = readings.findings[Evidence.NAME] != Finding.UNKNOWN
        across, down = (getattr(readings, each) for each in _GRIDS[name])
        for column, share in sheet_hats(grid, across, down):
            yield _Entries(start + column, share * is_known)


def sheet_hats(grid: Grid, across: npt.NDArray[Any], down: npt.NDArray[Any]) -> Iterator[tuple[Rows, Floats]]:
    """Give the four knots around each pair of numbers, counted row by row, and how near it is to each."""
    for (column, right), (row, below) in product(hats(grid.across, across), hats(grid.down, down)):
        yield row * len(grid.across) + column, right * below


def hats(knots: tuple[float, ...] | list[float], values: npt.NDArray[Any]) -> list[tuple[Rows, Floats]]:
    """Give the two knots around each value, and how near it is to each; beyond the ends the last one has it all."""
    place = np.interp(values, knots, np.arange(len(knots)))
    before = np.minimum(place.astype(np.int64), max(len(knots) - 2, 0))
    after = np.minimum(before + 1, len(knots) - 1)
    return [(before, 1 - (place - before)), (after, place - before)]


def _stated(weights: MatchingWeights, field: Evidence) -> dict[tuple[int, int], float]:
    stated = getattr(weights, field.value)
    rows = stated if field in CONTEXT else {"unknown": stated}
    return {
        (finding_of(context), finding_of(name)): points for context, row in rows.items() for name, points in row.items()
    }


def _tabled(weights: MatchingWeights, field: Evidence, cells: Floats) -> Mapping[str, object]:
    def row(names: Mapping[str, float], context: int) -> dict[str, float]:
        return {name: float(cells[context * _KINDS + finding_of(name)]) for name in names}

    stated = getattr(weights, field.value)
    if field not in CONTEXT:
        return row(stated, Finding.UNKNOWN)
    return {context: row(names, finding_of(context)) for context, names in stated.items()}
