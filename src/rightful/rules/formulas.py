"""Bring conditions into one plain form: tests of single fields, joined by AND and OR.

Negations move down into the tests, where they are complements of cells; tests of one field under the same AND or OR become
one test. What always or never holds is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rightful.rules.conditions import And, Atom, Condition, Not, Or
from rightful.rules.field_cells import Cells
from rightful.rules.sets import Borders, complement, contains, intersection, union

__all__ = ["Formula", "Gate", "Plainer", "Test", "tests_in"]


@dataclass(frozen=True, slots=True)
class Test:
    """The value of a field falls into one of these cells.

    Attributes:
        field: The number of the field.
        inside: The cells.
    """

    field: int
    inside: Borders


@dataclass(frozen=True, slots=True)
class Gate:
    """Every part, or some part, holds; at least two parts, each on its own."""

    is_every: bool
    parts: tuple[Test | Gate, ...]


Formula = bool | Test | Gate


class Plainer:
    """Brings conditions over the same cells into plain form; remembers what each test came to."""

    def __init__(self, cells: Sequence[Cells]) -> None:
        self._cells = cells
        self._number_of = {field.field: number for number, field in enumerate(cells)}
        self._known: dict[tuple[Atom, bool], Formula] = {}

    def formula(self, condition: Condition, *, is_negated: bool = False) -> Formula:
        """Bring a condition, or its complement, into plain form."""
        if isinstance(condition, Not):
            return self.formula(condition.part, is_negated=not is_negated)
        if isinstance(condition, And | Or):
            parts = [self.formula(part, is_negated=is_negated) for part in condition.parts]
            return self.gate(parts, is_every=isinstance(condition, And) is not is_negated)
        if not isinstance(condition, Atom):
            message = f"no such condition: {condition!r}"
            raise TypeError(message)
        known = self._known.get((condition, is_negated))
        if known is None:
            known = self._known[condition, is_negated] = self._tested(condition, is_negated=is_negated)
        return known

    def gate(self, parts: Iterable[Formula], *, is_every: bool) -> Formula:
        """Join formulas by AND (every) or OR: constants vanish, tests of one field become one."""
        inside: dict[int, list[Borders]] = {}
        gates: dict[Gate, None] = {}
        pending = list(parts)
        while pending:
            part = pending.pop()
            if isinstance(part, bool):
                if part is not is_every:
                    return part
            elif isinstance(part, Test):
                inside.setdefault(part.field, []).append(part.inside)
            elif part.is_every is is_every:
                pending.extend(part.parts)
            else:
                gates[part] = None
        joined: list[Test | Gate] = []
        for field in sorted(inside):
            test = self._test(field, (intersection if is_every else union)(inside[field]))
            if test is not is_every:
                if isinstance(test, bool):
                    return test
                joined.append(test)
        joined += gates
        if len(joined) < 2:
            return joined[0] if joined else is_every
        return Gate(is_every, tuple(joined))

    def size(self, field: int) -> int:
        """Count the cells of a field."""
        return self._cells[field].size

    def rest(self, formula: Formula, field: int, cell: int) -> Formula:
        """Give what is left of a formula once a field is known to fall into a cell."""
        if isinstance(formula, Test):
            return contains(formula.inside, cell) if formula.field == field else formula
        if isinstance(formula, Gate):
            return self.gate((self.rest(part, field, cell) for part in formula.parts), is_every=formula.is_every)
        return formula

    def _tested(self, atom: Atom, *, is_negated: bool) -> Formula:
        number = self._number_of[atom.field]
        cells = self._cells[number]
        inside = cells.inside(atom)
        return self._test(number, complement(inside, cells.size) if is_negated else inside)

    def _test(self, field: int, inside: Borders) -> Test | bool:
        if not inside:
            return False
        return True if inside == (0, self._cells[field].size) else Test(field, inside)


def tests_in(formula: Formula) -> Iterator[Test]:
    """Walk over the tests of a formula."""
    pending = [formula]
    while pending:
        part = pending.pop()
        if isinstance(part, Test):
            yield part
        elif isinstance(part, Gate):
            pending.extend(part.parts)
