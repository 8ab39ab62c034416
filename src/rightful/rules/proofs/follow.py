"""Follow many rules through a chart at once: along the classes that each allows and records can have, and no others.

Rules that begin with the same tests are one group and share the first steps; whatever is decided already is not followed any
further. All groups take a step together, so that the work is that of the nodes they reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray, distinct, offsets, runs
from rightful.rules.proofs.chart import Chart, Level
from rightful.rules.proofs.surface import Surface
from rightful.rules.sets import Borders

__all__ = ["Chain", "Follower"]

Ints = npt.NDArray[np.int32]
Chain = Mapping[int, Borders]
"""Tests that are joined by AND, by the number of their field."""

_OPEN = 0  # the number of "no test", at every level
_CHAINS_AT_ONCE = 1_000
_STEPS_AT_ONCE = 20_000_000


@dataclass(frozen=True, slots=True)
class _Lists:
    """Lists laid end to end: list ``n`` is ``values[first[n]:first[n] + counts[n]]``."""

    first: IntArray
    counts: IntArray
    values: IntArray

    @classmethod
    def of(cls, counts: IntArray, values: IntArray) -> _Lists:
        return cls(offsets(counts)[:-1], counts, values)

    def joined(self, chosen: IntArray) -> tuple[IntArray, IntArray]:
        """Join some lists; give the place in ``chosen`` of each value as well."""
        counts = self.counts[chosen]
        return np.repeat(np.arange(len(chosen)), counts), self.values[runs(self.first[chosen], counts)]


class Follower:
    """Finds which numbers of a chart records have that meet chains of tests."""

    def __init__(self, surface: Surface, chart: Chart) -> None:
        self._surface, self._chart = surface, chart
        self._low, high = replace(chart, values=np.arange(len(chart.values))).bounds()  # places in ``chart.values``
        self._is_certain = [low == most for low, most in zip(self._low, high, strict=True)]
        able = [self._columns(number, None) for number in range(len(chart.levels))]
        self._children = [_children(level, columns) for level, columns in zip(chart.levels, able, strict=True)]

    def numbers(self, chains: Sequence[Chain]) -> list[IntArray]:
        """Give per chain the numbers of all records that meet it, rising."""
        paths, allowed = self._paths(chains)
        is_possible = np.ones(len(chains), dtype=np.bool_)
        for tests, columns in zip(paths, allowed, strict=True):
            is_possible &= columns.counts[tests] > 0
        possible = np.flatnonzero(is_possible)
        ranked = possible[np.lexsort(paths[::-1, possible])] if len(paths) else possible
        found = [np.zeros(0, dtype=np.int64)] * len(chains)
        for start in range(0, len(ranked), _CHAINS_AT_ONCE):
            some = ranked[start : start + _CHAINS_AT_ONCE]
            path, value = self._followed(paths[:, some], allowed)
            bounds = np.searchsorted(path, np.arange(len(some) + 1)).tolist()
            for place, chain in enumerate(some.tolist()):
                found[chain] = value[bounds[place] : bounds[place + 1]]
        return found

    def _paths(self, chains: Sequence[Chain]) -> tuple[IntArray, list[_Lists]]:
        """Number the tests of each level; give levels x chains, and per level and test the columns that it allows."""
        paths = np.zeros((len(self._chart.order), len(chains)), dtype=np.int64)
        allowed = []
        for number, field in enumerate(self._chart.order):
            known: dict[Borders | None, int] = {None: _OPEN}
            paths[number] = [known.setdefault(chain.get(field), len(known)) for chain in chains]
            columns = [self._columns(number, inside) for inside in known]
            allowed.append(_Lists.of(np.array([len(each) for each in columns]), np.concatenate(columns)))
        return paths, allowed

    def _columns(self, number: int, inside: Borders | None) -> IntArray:
        """Give the columns of a level that a test allows and records can have."""
        field = self._chart.order[number]
        able = self._surface.possible[field]
        column = self._chart.levels[number].column
        if inside is None:
            return distinct(column[able]).astype(np.int64)
        spans = self._surface.ground.classes[field].spans(inside)
        parts = [column[start:stop][able[start:stop]] for start, stop in spans]
        return distinct(np.concatenate(parts) if parts else column[:0]).astype(np.int64)

    def _followed(self, paths: IntArray, allowed: Sequence[_Lists]) -> tuple[IntArray, IntArray]:
        """Follow paths that stand in order, level by level; give (path, number) of all they come to, rising."""
        count = paths.shape[1]
        is_first = np.arange(count) == 0  # of its group: paths with the same tests so far
        found: list[tuple[IntArray, IntArray]] = []
        group, node = self._settled(0, is_first, (np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)), found)
        for number, tests in enumerate(paths):
            above = np.cumsum(is_first) - 1
            is_first = is_first | (np.diff(tests, prepend=-1) != 0)
            leaders = np.flatnonzero(is_first)
            open_nodes = _Lists.of(np.bincount(group, minlength=above[-1] + 1), node)
            group, node = open_nodes.joined(above[leaders])
            test = tests[leaders][group]
            if count > 1 and int(allowed[number].counts[test].sum()) > _STEPS_AT_ONCE:
                return self._in_halves(paths, allowed)
            step = self._step(number, allowed[number], (group, node, test))
            group, node = self._settled(number + 1, is_first, step, found)
        path, place = (np.concatenate(each) for each in zip(*found, strict=True))
        width = len(self._chart.values)
        key = distinct(path * width + place)
        return key // width, self._chart.values[key % width]

    def _in_halves(self, paths: IntArray, allowed: Sequence[_Lists]) -> tuple[IntArray, IntArray]:
        middle = paths.shape[1] // 2
        path, value = self._followed(paths[:, :middle], allowed)
        other, more = self._followed(paths[:, middle:], allowed)
        return np.concatenate((path, other + middle)), np.concatenate((value, more))

    def _step(self, number: int, allowed: _Lists, at: tuple[IntArray, IntArray, IntArray]) -> tuple[IntArray, IntArray]:
        """Go from nodes of a level to those below, each by its test; give each (group, node) once, rising."""
        group, node, test = at
        is_open = test == _OPEN
        place, below = self._children[number].joined(node[is_open])
        other, columns = allowed.joined(test[~is_open])
        edges = self._chart.levels[number].edges
        tested = edges[node[~is_open][other], columns]
        width = int(edges.max(initial=0)) + 1
        key = distinct(np.concatenate((group[is_open][place] * width + below, group[~is_open][other] * width + tested)))
        return key // width, key % width

    def _settled(
        self,
        number: int,
        is_first: npt.NDArray[np.bool_],
        at: tuple[IntArray, IntArray],
        found: list[tuple[IntArray, IntArray]],
    ) -> tuple[IntArray, IntArray]:
        """Note what is decided at nodes, for all paths of their groups; keep the other nodes."""
        group, node = at
        is_certain = self._is_certain[number][node]
        starts = np.flatnonzero(is_first)
        sizes = np.diff(np.append(starts, len(is_first)))
        decided = group[is_certain]
        places = np.repeat(self._low[number][node[is_certain]], sizes[decided])
        found.append((runs(starts[decided], sizes[decided]), places))
        return group[~is_certain], node[~is_certain]


def _children(level: Level, columns: IntArray) -> _Lists:
    """Give the distinct nodes below each node of a level."""
    ranked = np.sort(level.edges[:, columns], axis=1).astype(np.int64)
    is_new = np.ones(ranked.shape, dtype=np.bool_)
    np.not_equal(ranked[:, 1:], ranked[:, :-1], out=is_new[:, 1:])
    return _Lists.of(is_new.sum(axis=1), ranked[is_new])
