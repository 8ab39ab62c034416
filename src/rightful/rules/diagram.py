"""Compile states of rules into a layered decision diagram: one level per field, a node per distinct set of states.

From a node, the class of the level's field leads to a node of the next level; behind the last level stands the outcome, the
rules that match. Levels are built whole, in arrays: where the states of a node change along the classes is swept once, sets
of states are told apart by the sum of 128-bit random numbers of their states, and only sets not seen yet are written out.
The work is that of the diagram's own size, not of nodes times classes times rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray, Marks, marks_of, numbered, offsets, runs
from rightful.rules.matches import Outcome
from rightful.rules.states import States

__all__ = ["Diagram", "DiagramTooLargeError", "Limits", "build"]


class DiagramTooLargeError(Exception):
    """The diagram outgrows its bounds; never leaves the package.

    Attributes:
        order: The number of the field of each level.
        widths: Nodes before the first level and behind each level built, the last one as counted when it was given up.
    """

    def __init__(self, order: Sequence[int], widths: Sequence[int]) -> None:
        super().__init__()
        self.order, self.widths = tuple(order), tuple(widths)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a diagram may become: nodes, edges of a node per class, states written in nodes, borders swept."""

    nodes: int
    edges: int
    states: int


@dataclass(frozen=True, slots=True)
class Work:
    """What building takes: edges, states written into nodes, and why it was given up, if it was."""

    edges: int
    written: int
    error: DiagramTooLargeError | None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A layered decision diagram.

    Attributes:
        order: The number of the field of each level.
        levels: Per level an array of nodes x classes: the node of the next level, behind the last level the outcome.
        first_rule: Per outcome where its rules begin in ``rules``; one more entry closes the last.
        rules: The rules of each outcome, rising.
    """

    order: tuple[int, ...]
    levels: tuple[npt.NDArray[np.int32], ...]
    first_rule: IntArray
    rules: npt.NDArray[np.int32]

    @property
    def edge_count(self) -> int:
        """Count the edges, one per node and class of its level."""
        return sum(edges.size for edges in self.levels)

    @property
    def node_count(self) -> int:
        """Count the nodes of all levels."""
        return sum(len(edges) for edges in self.levels)

    @property
    def size_bytes(self) -> int:
        """Count the bytes of edges and outcomes."""
        return sum(edges.nbytes for edges in self.levels) + self.first_rule.nbytes + self.rules.nbytes

    def outcomes(self) -> list[Outcome]:
        """Write the outcomes as tuples of rules."""
        bounds, rules = self.first_rule.tolist(), self.rules.tolist()
        return [tuple(rules[start:stop]) for start, stop in pairwise(bounds)]

    def match_many(self, classes: Sequence[npt.NDArray[np.int32]], count: int) -> npt.NDArray[np.int32]:
        """Follow many records at once: from the classes of each field to the outcome of each record."""
        found = np.zeros(count, dtype=np.int32)
        for start in range(0, count, _BLOCK):
            stop = min(start + _BLOCK, count)
            node = np.zeros(stop - start, dtype=np.int64)
            for number, edges in zip(self.order, self.levels, strict=True):
                node *= edges.shape[1]
                node += classes[number][start:stop]
                node = edges.reshape(-1)[node].astype(np.int64)
            found[start:stop] = node
        return found


_FORECAST_FROM = 4_096  # nodes of a level
_FORECAST_BY = 16
_FORECAST_FACTOR = 1.5  # a forecast this far above the bounds is believed

# Records followed at once: their nodes and classes stay in the processor's cache.
_BLOCK = 32_768


@dataclass(frozen=True, slots=True)
class _Layer:
    """The nodes of a level: the states of node ``n`` are ``states[first[n]:first[n + 1]]``."""

    first: IntArray
    states: IntArray

    @property
    def count(self) -> int:
        return len(self.first) - 1

    def owners(self) -> IntArray:
        return np.repeat(np.arange(self.count), np.diff(self.first))

    def nodes(self, chosen: IntArray) -> _Layer:
        """Keep some of the nodes."""
        counts = self.first[chosen + 1] - self.first[chosen]
        return _Layer(offsets(counts), self.states[runs(self.first[chosen], counts)])

    def part(self, is_kept: npt.NDArray[np.bool_]) -> _Layer:
        """Keep some of the states of each node."""
        kept_before = np.concatenate(([0], np.cumsum(is_kept)))
        return _Layer(kept_before[self.first], self.states[is_kept])


@dataclass(frozen=True, slots=True)
class _Spans:
    """Where states become active within nodes: from class ``start`` to before ``stop`` of node ``owner``."""

    owner: IntArray
    start: IntArray
    stop: IntArray
    state: IntArray


def build(states: States, order: Sequence[int], class_counts: Sequence[int], limits: Limits) -> Diagram:
    """Build the diagram.

    Args:
        states: The states of the rules, with borders as classes.
        order: The number of the field of each level.
        class_counts: How many classes each field has, by number.
        limits: How large it may become.

    Raises:
        DiagramTooLargeError: It would become larger.
    """
    return _built(_Builder(states, order, limits), class_counts)


def work_of(states: States, order: Sequence[int], class_counts: Sequence[int], limits: Limits) -> Work:
    """Count what building the diagram takes, up to where it is given up."""
    builder = _Builder(states, order, limits)
    try:
        _built(builder, class_counts)
    except DiagramTooLargeError as error:
        return Work(builder.edges, builder.written, error)
    return Work(builder.edges, builder.written, None)


def _built(builder: _Builder, class_counts: Sequence[int]) -> Diagram:
    layer = _Layer(np.array([0, len(builder.states.starts)], dtype=np.int64), builder.states.starts)
    levels: list[npt.NDArray[np.int32]] = []
    for number in builder.order:
        children, layer = builder.level(layer, number, class_counts[number])
        levels.append(children)
    ranked = np.lexsort((layer.states, layer.owners()))
    return Diagram(tuple(builder.order), tuple(levels), layer.first, layer.states[ranked].astype(np.int32))


class _Builder:
    def __init__(self, states: States, order: Sequence[int], limits: Limits) -> None:
        self.states, self.order, self.limits = states, order, limits
        self.marks = marks_of(len(states.field_of))
        self.edges = self.written = 0
        self.widths = [1]

    def level(self, layer: _Layer, number: int, size: int) -> tuple[npt.NDArray[np.int32], _Layer]:
        """Build the level of a field: its edges, and the layer of nodes behind it."""
        self.edges += layer.count * size
        self._check(self.edges <= self.limits.edges, layer.count * size)
        self._forecast(layer, number, size)
        waiting, spans, key, length, sums = self._segments(layer, number, size)
        child, first_seen = numbered(sums)
        self._check(len(first_seen) <= self.limits.nodes, len(first_seen))
        behind = self._written(waiting, spans, key[first_seen], size)
        self.widths.append(behind.count)
        return np.repeat(child, length).reshape(layer.count, size), behind

    def _forecast(self, layer: _Layer, number: int, size: int) -> None:
        """Give a level up that grows out of its bounds, from some of its nodes: most time went into levels given up.

        Where twice the nodes have nearly twice the nodes behind them, so it will go on.
        """
        if layer.count < _FORECAST_FROM:
            return
        some = np.arange(0, layer.count, _FORECAST_BY)
        *_, key, _length, sums = self._segments(layer.nodes(some), number, size)
        every = len(numbered(sums)[1])
        half = len(numbered(sums[key // (size + 1) % 2 == 0])[1])
        expected = every * (every / half) ** log2(_FORECAST_BY)
        self._check(expected <= _FORECAST_FACTOR * self.limits.nodes, int(expected))

    def _segments(self, layer: _Layer, number: int, size: int) -> tuple[_Layer, _Spans, IntArray, IntArray, Marks]:
        """Find the runs of classes with the same states, node by node.

        Returns:
            States that wait for other fields, moves of the others, and per run its key, node x (size + 1) + class, its length
            and the marks of its states.
        """
        is_tested = self.states.field_of[layer.states] == number
        waiting, spans = layer.part(~is_tested), self._spans(layer.part(is_tested))
        key, sums = self._sweep(waiting, spans, size)
        length = np.diff(np.append(key, layer.count * (size + 1)))
        is_segment = key % (size + 1) != size  # the end of a node is a key, but no segment begins there
        return waiting, spans, key[is_segment], length[is_segment], sums[is_segment]

    def _spans(self, tested: _Layer) -> _Spans:
        """List the moves of all states that test the level's field."""
        first = self.states.first_move[tested.states]
        counts = self.states.first_move[tested.states + 1] - first
        self._check(int(counts.sum()) <= self.limits.states, tested.count)
        moves = runs(first, counts)
        owner = np.repeat(tested.owners(), counts)
        return _Spans(owner, self.states.start[moves], self.states.stop[moves], self.states.next_state[moves])

    def _sweep(self, waiting: _Layer, spans: _Spans, size: int) -> tuple[IntArray, Marks]:
        """Find where sets of states change along the classes of each node.

        Returns:
            Rising keys, node x (size + 1) + class, and per key the sum of the marks of all states from there on.
        """
        begin = np.arange(waiting.count) * (size + 1)
        mark = self.marks[spans.state]
        base = self._sums(waiting)
        key = np.concatenate(
            (begin, begin + size, spans.owner * (size + 1) + spans.start, spans.owner * (size + 1) + spans.stop)
        )
        change = np.concatenate((base, -base, mark, -mark))
        ranked = np.argsort(key, kind="stable")
        key = key[ranked]
        is_last = np.append(key[1:] != key[:-1], True)
        return key[is_last], np.cumsum(change[ranked], axis=0)[is_last]

    def _sums(self, layer: _Layer) -> Marks:
        sums = np.zeros((len(layer.states) + 1, 2), dtype=np.uint64)
        np.cumsum(self.marks[layer.states], axis=0, out=sums[1:])
        return sums[layer.first[1:]] - sums[layer.first[:-1]]

    def _written(self, waiting: _Layer, spans: _Spans, chosen: IntArray, size: int) -> _Layer:
        """Write out the sets of states that stand at the chosen keys."""
        node = chosen // (size + 1)
        first_waiting = waiting.first[node]
        waiting_counts = waiting.first[node + 1] - first_waiting
        low = np.searchsorted(chosen, spans.owner * (size + 1) + spans.start)
        high = np.searchsorted(chosen, spans.owner * (size + 1) + spans.stop)
        self.written += int(waiting_counts.sum() + (high - low).sum())
        self._check(self.written <= self.limits.states, len(chosen))
        child = runs(low, high - low)
        moved = np.repeat(spans.state, high - low)[np.argsort(child, kind="stable")]
        moved_counts = np.bincount(child, minlength=len(chosen))
        first = offsets(waiting_counts + moved_counts)
        written = np.empty(first[-1], dtype=np.int64)
        written[runs(first[:-1], waiting_counts)] = waiting.states[runs(first_waiting, waiting_counts)]
        written[runs(first[:-1] + waiting_counts, moved_counts)] = moved
        return _Layer(first, written)

    def _check(self, is_within: bool, width: int) -> None:  # noqa: FBT001 - a condition, not a mode
        if not is_within:
            raise DiagramTooLargeError(self.order, [*self.widths, width])
