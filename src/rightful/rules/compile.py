"""Compile rules: cells, classes, then one diagram; several where one would be too large; bitsets where nothing else holds.

A diagram knows every combination of matching rules, and rules that test different fields combine freely: a hundred rules on
states and a hundred on postal codes make ten thousand outcomes. Rules that test such a field and rules that do not are then
compiled apart, and a record asks both diagrams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

from rightful.rules.bitsets import Bitsets, bitsets_of
from rightful.rules.classes import Classes, classes_of
from rightful.rules.diagram import Diagram, DiagramTooLargeError, Limits, build
from rightful.rules.field_cells import Cells, cells_for
from rightful.rules.formulas import Formula, Plainer, tests_in
from rightful.rules.literals import Fields
from rightful.rules.order import chosen_order
from rightful.rules.rule import Rule, tests_by_field
from rightful.rules.sets import Borders
from rightful.rules.states import RuleTooTangledError, states_of

__all__ = ["Compiled", "Part", "compiled"]

Part = Diagram | Bitsets

_MAX_PARTS = 8
_MIN_APART = 50  # rules that share no field with the others; fewer are not worth a diagram of their own
_MIN_SHARE = 0.05  # parting fewer rules than this from the rest leaves the rest as it was
_EDGES_PER_NODE = 80
_STATES_PER_NODE = 40


@dataclass(frozen=True, slots=True)
class Compiled:
    """What rules compile to.

    Attributes:
        cells: The cells of each field that rules test, by field name.
        classes: Their classes, in the same order; a field's place in it is its number.
        parts: What decides; a record's outcome is that of all parts together.
        exploded_fields: The fields that made a diagram too large, worst first; empty where none was.
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
        """Compile what is related into a diagram; split what does not fit into one, as long as that helps."""
        found: list[Part] = []
        pending = _unrelated(formulas)
        while pending:
            some = pending.pop()
            try:
                found.append(self._diagram(some))
                continue
            except DiagramTooLargeError as error:
                blamed = _growth(error)
            except RuleTooTangledError as error:
                blamed = dict.fromkeys(error.fields, 2.0)
            most = max(blamed.values())
            self.exploded.update(dict.fromkeys(number for number, growth in blamed.items() if growth * growth >= most))
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


def _growth(error: DiagramTooLargeError) -> dict[int, float]:
    """Give by how much each field multiplied the nodes: those that doubled them, and the one at which it was given up."""
    built = error.order[: len(error.widths) - 1]
    growth = {number: error.widths[level + 1] / error.widths[level] for level, number in enumerate(built)}
    growth[built[-1]] = max(2.0, growth[built[-1]])
    grown = [number for number in built if growth[number] >= 2]
    return {number: growth[number] for number in sorted(grown, key=lambda number: -growth[number])}


def _split(formulas: Sequence[Formula], blamed: Mapping[int, float]) -> list[list[Formula]] | None:
    """Part the rules that test a field from those that do not, by the field whose parting takes most growth apart."""
    tested = [{test.field for test in tests_in(formula)} for formula in formulas]
    waiting = sum(1 for fields in tested if fields)
    with_field = Counter(number for fields in tested for number in fields)
    share = {number: min(with_field[number], waiting - with_field[number]) / max(1, waiting) for number in blamed}
    worth = {number: log2(growth) * share[number] for number, growth in blamed.items() if share[number] >= _MIN_SHARE}
    if not worth:
        return None
    chosen = max(worth, key=lambda number: (worth[number], -number))
    return [_only(formulas, [(chosen in fields) is with_it for fields in tested]) for with_it in (True, False)]


def _unrelated(formulas: Sequence[Formula]) -> list[list[Formula]]:
    """Part rules that share no field, directly or by other rules: one diagram for both would be a product of theirs."""
    tested = [frozenset(test.field for test in tests_in(formula)) for formula in formulas]
    groups: list[frozenset[int]] = []
    for fields in dict.fromkeys(tested):
        touched = [group for group in groups if group & fields]
        groups = [group for group in groups if not group & fields] + [fields.union(*touched)]
    counts = Counter(tested)
    sizes = {group: sum(count for fields, count in counts.items() if fields and fields <= group) for group in groups}
    smaller = sorted(groups, key=lambda group: (-sizes[group], *sorted(group)))[1 : _MAX_PARTS // 2]
    apart = [group for group in smaller if sizes[group] >= _MIN_APART]
    rest = [not any(fields and fields <= group for group in apart) for fields in tested]
    return [
        _only(formulas, rest),
        *(_only(formulas, [bool(fields) and fields <= group for fields in tested]) for group in apart),
    ]


def _only(formulas: Sequence[Formula], is_kept: Sequence[bool]) -> list[Formula]:
    """Keep some rules; the others never match, so that numbers stay."""
    return [formula if kept else False for formula, kept in zip(formulas, is_kept, strict=True)]
