"""Compile rules: cells, classes, then one diagram; several where one would be too large; bitsets where nothing else holds.

A diagram knows every combination of matching rules, and rules that test different fields combine freely: a hundred rules on
states and a hundred on postal codes make ten thousand outcomes. Rules that test such a field and rules that do not are then
compiled apart, and a record asks both diagrams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rightful.rules.bitsets import Bitsets, bitsets_of
from rightful.rules.classes import Cells, cells_for
from rightful.rules.diagram import Diagram, DiagramTooLargeError, Limits, build
from rightful.rules.formulas import Formula, Plainer, tests_in
from rightful.rules.literals import Fields
from rightful.rules.order import chosen_order
from rightful.rules.partition import Classes, classes_of
from rightful.rules.rule import Rule, tests_by_field
from rightful.rules.sets import Borders
from rightful.rules.states import RuleTooTangledError, states_of

__all__ = ["Compiled", "Part", "compiled"]

Part = Diagram | Bitsets

_MAX_PARTS = 8
_EDGES_PER_NODE = 80
_STATES_PER_NODE = 40


@dataclass(frozen=True, slots=True)
class Compiled:
    """What rules compile to.

    Attributes:
        cells: The cells of each field that rules test, by field name.
        classes: Their classes, in the same order; a field's place in it is its number.
        parts: What decides; a record's outcome is that of all parts together.
        exploded_fields: The fields that made one diagram too large, worst first; empty where one was enough.
    """

    cells: tuple[Cells, ...]
    classes: tuple[Classes, ...]
    parts: tuple[Part, ...]
    exploded_fields: tuple[str, ...]


def compiled(rules: Sequence[Rule], fields: Fields, max_nodes: int) -> Compiled:
    """Compile rules.

    Raises:
        PlanError: A rule tests a field that does not exist, or as another kind than it is.
    """
    cells = tuple(cells_for(name, fields[name], atoms) for name, atoms in tests_by_field(rules, fields).items())
    plainer = Plainer(cells)
    formulas = [plainer.formula(rule.when) for rule in rules]
    sets: list[dict[Borders, None]] = [{} for _ in cells]
    for formula in formulas:
        for test in tests_in(formula):
            sets[test.field][test.inside] = None
    classes = tuple(classes_of(inside, one.size) for inside, one in zip(sets, cells, strict=True))
    compiler = _Compiler(plainer, classes, max_nodes)
    parts = compiler.parts(formulas)
    names = tuple(cells[number].field for number in compiler.exploded)
    return Compiled(cells, classes, parts, names)


class _Compiler:
    def __init__(self, plainer: Plainer, classes: Sequence[Classes], max_nodes: int) -> None:
        self._plainer, self._classes = plainer, classes
        self._limits = Limits(max_nodes, max_nodes * _EDGES_PER_NODE, max_nodes * _STATES_PER_NODE)
        self.exploded: dict[int, None] = {}

    def parts(self, formulas: Sequence[Formula]) -> tuple[Part, ...]:
        """Compile what fits into a diagram; split what does not, as long as that helps."""
        found: list[Part] = []
        pending = [list(formulas)]
        while pending:
            some = pending.pop()
            try:
                found.append(self._diagram(some))
                continue
            except DiagramTooLargeError as error:
                blamed = _blamed(error.order, error.widths)
            except RuleTooTangledError as error:
                blamed = list(error.fields)
            self.exploded.update(dict.fromkeys(blamed))
            split = _split(some, blamed) if len(found) + len(pending) + 2 <= _MAX_PARTS else None
            if split is None:
                found.append(bitsets_of(some, self._classes))
            else:
                pending.extend(split)
        return tuple(found)

    def _diagram(self, formulas: Sequence[Formula]) -> Diagram:
        order = chosen_order(formulas, self._plainer, self._classes)
        states = states_of(formulas, order, self._plainer, self._classes)
        return build(states, order, [field.count for field in self._classes], self._limits)


def _blamed(order: Sequence[int], widths: Sequence[int]) -> list[int]:
    """Name the fields whose levels at least double the nodes, the worst first, and the one at which it was given up."""
    built = order[: len(widths) - 1]
    growth = {number: widths[level + 1] / widths[level] for level, number in enumerate(built)}
    return sorted((number for number in built if growth[number] >= 2 or number == built[-1]), key=lambda n: -growth[n])


def _split(formulas: Sequence[Formula], blamed: Sequence[int]) -> list[list[Formula]] | None:
    """Part the rules that test a field from those that do not, by the worst field that parts them at all."""
    tested = [{test.field for test in tests_in(formula)} for formula in formulas]
    waiting = sum(1 for fields in tested if fields)
    for number in blamed:
        with_field = sum(1 for fields in tested if number in fields)
        if 0 < with_field < waiting:
            pairs = list(zip(formulas, tested, strict=True))
            return [
                [formula if number in fields else False for formula, fields in pairs],
                [formula if number not in fields else False for formula, fields in pairs],
            ]
    return None
