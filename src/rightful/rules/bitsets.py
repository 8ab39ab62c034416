"""Evaluate rules as intersections of bit rows: the bounded way, where a plan would make the diagram too large.

Each rule is a bit. Per field and class a row of bits says which rules the class leaves standing; the rows of a record's
classes, intersected, are the rules that match. The work per record grows with the number of rules, but nothing can explode.
Bits are kept in blocks, so that rows of bits stay as few as the bits of their block tell classes apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import marks_of, numbered
from rightful.rules.classes import Classes
from rightful.rules.formulas import Formula, Gate, Test, tests_in
from rightful.rules.matches import Matches, Outcome, distinct_rows

__all__ = ["Bitsets", "bitsets_of"]

_BLOCK_BITS = 2_048
_BITS_AT_ONCE = 1 << 24
_Codes = npt.NDArray[np.int32]
_Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What one field leaves standing of one block of bits: a row of words per distinct answer, and the row of each class."""

    row_of_class: npt.NDArray[np.uint16]
    words: npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Bitsets:
    """Rules as bits.

    Attributes:
        bit_count: Rules that join tests by AND have a bit each; of other rules each test has one.
        blocks: Per block of bits and field the rows; fields in the order of their numbers.
        rule_of_bit: The rule whose bit it is, -1 for the bit of a test.
        tangled: The other rules, with formulas whose tests are replaced by the numbers of their bits.
    """

    bit_count: int
    blocks: tuple[tuple[_Rows, ...], ...]
    rule_of_bit: npt.NDArray[np.int32]
    tangled: tuple[tuple[int, _Circuit], ...]

    @property
    def size_bytes(self) -> int:
        """Count the bytes of the rows."""
        return sum(rows.words.nbytes + rows.row_of_class.nbytes for block in self.blocks for rows in block)

    def match(self, classes: Sequence[int]) -> Outcome:
        """Give the rules that match one record, by the class of each field."""
        standing = 0
        for number, block in enumerate(self.blocks):
            bits = -1
            for rows, code in zip(block, classes, strict=True):
                bits &= int.from_bytes(rows.words[rows.row_of_class[code]].tobytes(), "little")
            standing |= bits << (number * _BLOCK_BITS)
        bits = standing & ((1 << self.bit_count) - 1)
        rules = [int(self.rule_of_bit[bit]) for bit in _set_bits(bits)]
        rules = [rule for rule in rules if rule >= 0]
        rules += [rule for rule, circuit in self.tangled if _holds(circuit, bits)]
        return tuple(sorted(rules))

    def match_many(self, classes: Sequence[_Codes]) -> Matches:
        """Give the rules that match many records; each distinct combination of classes is evaluated once."""
        first, inverse = distinct_rows(classes)
        plain = np.flatnonzero(self.rule_of_bit >= 0)
        rules = np.concatenate((self.rule_of_bit[plain], np.array([rule for rule, _ in self.tangled], dtype=np.int32)))
        ranked = np.argsort(rules)
        marks = marks_of(len(rules))
        known: dict[tuple[int, int], int] = {}
        outcomes: list[Outcome] = []
        ids = np.zeros(len(first), dtype=np.int32)
        step = max(1, _BITS_AT_ONCE // max(1, self.bit_count))
        for start in range(0, len(first), step):
            chosen = first[start : start + step]
            truth = self._truth([codes[chosen] for codes in classes], len(chosen))
            hits = np.column_stack([truth[:, plain], *(_column(circuit, truth) for _, circuit in self.tangled)])
            row, column = np.nonzero(hits[:, ranked])
            sums = np.zeros((len(row) + 1, 2), dtype=np.uint64)
            np.cumsum(marks[column], axis=0, out=sums[1:])
            bounds = np.searchsorted(row, np.arange(len(chosen) + 1))
            group, seen = numbered(sums[bounds[1:]] - sums[bounds[:-1]])
            of_group = np.zeros(len(seen), dtype=np.int32)
            for number, place in enumerate(seen.tolist()):
                key = tuple((sums[bounds[place + 1]] - sums[bounds[place]]).tolist())
                if key not in known:
                    known[key] = len(outcomes)
                    outcomes.append(tuple(rules[ranked[column[bounds[place] : bounds[place + 1]]]].tolist()))
                of_group[number] = known[key]
            ids[start : start + step] = of_group[group]
        return Matches(ids[inverse], tuple(outcomes))

    def _truth(self, classes: Sequence[_Codes], count: int) -> _Truth:
        parts = []
        for block in self.blocks:
            words = np.full((count, _BLOCK_BITS // 64), np.uint64(0xFFFFFFFFFFFFFFFF))
            for rows, codes in zip(block, classes, strict=True):
                words &= rows.words[rows.row_of_class[codes]]
            parts.append(np.unpackbits(words.view(np.uint8), axis=1, bitorder="little"))
        joined = np.column_stack(parts) if parts else np.zeros((count, 0), dtype=np.uint8)
        return joined[:, : self.bit_count].astype(np.bool_)


@dataclass(frozen=True, slots=True)
class _Circuit:
    """A formula whose tests are bits: a bit, or AND (every) or OR of parts."""

    bit: int
    is_every: bool
    parts: tuple[_Circuit, ...]


def bitsets_of(formulas: Sequence[Formula], classes: Sequence[Classes]) -> Bitsets:
    """Lay rules out as bits."""
    tests: list[tuple[Test, ...]] = []
    rule_of_bit: list[int] = []
    bit_of_test: dict[Test, int] = {}
    tangled: list[tuple[int, _Circuit]] = []
    for rule, formula in enumerate(formulas):
        chain = _chain(formula)
        if chain is not None:
            tests.append(chain)
            rule_of_bit.append(rule)
        elif not isinstance(formula, bool):
            for test in tests_in(formula):
                if test not in bit_of_test:
                    bit_of_test[test] = len(tests)
                    tests.append((test,))
                    rule_of_bit.append(-1)
            tangled.append((rule, _circuit(formula, bit_of_test)))
    blocks = tuple(
        tuple(_rows(tests[start : start + _BLOCK_BITS], number, field) for number, field in enumerate(classes))
        for start in range(0, len(tests), _BLOCK_BITS)
    )
    return Bitsets(len(tests), blocks, np.array(rule_of_bit, dtype=np.int32), tuple(tangled))


def _chain(formula: Formula) -> tuple[Test, ...] | None:
    """Give the tests that must all hold; None where a formula is more than that, or never holds."""
    if formula is True:
        return ()
    if isinstance(formula, Test):
        return (formula,)
    if isinstance(formula, Gate) and formula.is_every:
        tests = tuple(part for part in formula.parts if isinstance(part, Test))
        return tests if len(tests) == len(formula.parts) else None
    return None


def _circuit(formula: Test | Gate, bit_of_test: dict[Test, int]) -> _Circuit:
    if isinstance(formula, Test):
        return _Circuit(bit_of_test[formula], is_every=True, parts=())
    return _Circuit(-1, formula.is_every, tuple(_circuit(part, bit_of_test) for part in formula.parts))


def _rows(chains: Sequence[tuple[Test, ...]], number: int, field: Classes) -> _Rows:
    """Sweep over the classes of a field; bits turn on and off where the spans of their tests begin and end."""
    standing = (1 << len(chains)) - 1
    turns: dict[int, int] = {0: 0}
    for bit, chain in enumerate(chains):
        for test in chain:
            if test.field == number:
                standing &= ~(1 << bit)
                for border in (border for span in field.spans(test.inside) for border in span):
                    turns[border] = turns.get(border, 0) ^ (1 << bit)
    row_of: dict[int, int] = {}
    row_of_class = np.zeros(field.count, dtype=np.uint16)
    borders = sorted(turns)
    for border, following in zip(borders, [*borders[1:], field.count], strict=True):
        standing ^= turns[border]
        row_of_class[border:following] = row_of.setdefault(standing, len(row_of))
    words = b"".join(bits.to_bytes(_BLOCK_BITS // 8, "little") for bits in row_of)
    return _Rows(row_of_class, np.frombuffer(words, dtype=np.uint64).reshape(len(row_of), -1))


def _set_bits(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _holds(circuit: _Circuit, bits: int) -> bool:
    if circuit.bit >= 0:
        return bool(bits >> circuit.bit & 1)
    return (all if circuit.is_every else any)(_holds(part, bits) for part in circuit.parts)


def _column(circuit: _Circuit, truth: _Truth) -> _Truth:
    if circuit.bit >= 0:
        return truth[:, circuit.bit]
    join = np.logical_and if circuit.is_every else np.logical_or
    found = _column(circuit.parts[0], truth).copy()
    for part in circuit.parts[1:]:
        join(found, _column(part, truth), out=found)
    return found
