"""The ground of a proof: rules in plain form over common classes, and the charts they make.

A rule set may be compiled to one diagram, to several, or to bitsets. A proof asks for one number per combination of classes
(the first rule that matches), and for that rules can always be charted in parts that are combined afterwards: rules which a
single diagram cannot hold with all their outcomes mostly can be held with their first one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.rules.classes import Classes
from rightful.rules.compile import Compiled
from rightful.rules.diagram import Diagram, DiagramTooLargeError, Limits, build
from rightful.rules.encode import cells_of
from rightful.rules.field_cells import Cells
from rightful.rules.formulas import Formula, Plainer, tests_in
from rightful.rules.matches import Outcome
from rightful.rules.proofs.chart import Chart, ChartTooLargeError, Level, all_combined, lowest, paired, reduced
from rightful.rules.rule import Rule
from rightful.rules.ruleset import RuleSet
from rightful.rules.states import RuleTooTangledError, states_of

__all__ = ["NOTHING", "Ground", "ground_of"]

NOTHING = 1 << 40
"""The number where no rule matches; above that of every rule."""

_LIMITS = Limits(nodes=60_000, edges=6_000_000, states=2_500_000)
_AT_ONCE = 250


@dataclass(frozen=True)
class Ground:
    """Rules over common classes.

    Attributes:
        rules: The rules, in order of priority.
        compiled: Cells, classes and what they were compiled to.
        order: The number of the field of each level of every chart on this ground.
    """

    rules: tuple[Rule, ...]
    compiled: Compiled
    order: tuple[int, ...]
    _encoded: list[tuple[pa.Table, list[npt.NDArray[np.int32]]]] = field(
        default_factory=list, repr=False, compare=False
    )
    _firsts: dict[tuple[int, ...], Chart] = field(default_factory=dict, repr=False, compare=False)

    @property
    def cells(self) -> tuple[Cells, ...]:
        """Give the cells of each field, by number."""
        return self.compiled.cells

    @property
    def classes(self) -> tuple[Classes, ...]:
        """Give the classes of each field, by number."""
        return self.compiled.classes

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """Give the rules in plain form."""
        return tuple(self.plainer.formula(rule.when) for rule in self.rules)

    @cached_property
    def plainer(self) -> Plainer:
        """Give what brings conditions into plain form over these cells."""
        return Plainer(self.cells)

    def classes_of(self, table: pa.Table) -> list[npt.NDArray[np.int32]]:
        """Give the classes of each row of a table, field by field; fields that the table lacks are blank."""
        for known, found in self._encoded:
            if known is table:
                return found
        found = [self._encoded_field(number, table) for number in range(len(self.cells))]
        self._encoded[:] = [(table, found)]  # the last one: regions of one proof all ask for the same table
        return found

    def _encoded_field(self, number: int, table: pa.Table) -> npt.NDArray[np.int32]:
        cells = self.cells[number]
        if cells.field not in table.column_names:
            return np.zeros(table.num_rows, dtype=np.int32)
        return self.classes[number].of_cell[cells_of(table[cells.field], cells)]

    def first(self, rules: Sequence[int] | None = None) -> Chart:
        """Chart the first of some rules that matches, of all by default; ``NOTHING`` where none does.

        Raises:
            ChartTooLargeError: There are too many cases.
        """
        parts = self._parts() if rules is None else None
        if parts is not None:
            return all_combined(parts, lowest)
        numbers = tuple(range(len(self.rules)) if rules is None else rules)
        if numbers not in self._firsts:
            self._firsts[numbers] = self.charted(numbers, _first, lowest)
        return self._firsts[numbers]

    def charted(
        self, rules: Sequence[int], label: Callable[[Outcome], int], combine: Callable[[Chart, Chart], Chart]
    ) -> Chart:
        """Chart what those of some rules come to that match.

        A few hundred are built at once and the charts combined: a diagram tells apart all that match, a chart what they come to.

        Args:
            rules: The rules, rising.
            label: What matching rules come to.
            combine: Chart what two sets of rules come to together, by the charts of each.

        Raises:
            ChartTooLargeError: There are too many cases.
        """
        some = [rule for rule in rules if self.formulas[rule] is not False]
        groups = [some[start : start + _AT_ONCE] for start in range(0, len(some), _AT_ONCE)] or [[]]
        charts = [self._built({rule: self.formulas[rule] for rule in group}, label, combine) for group in groups]
        return all_combined(charts, combine)

    def outcomes(self) -> tuple[Chart, tuple[Outcome, ...]]:
        """Chart all rules that match: the numbers of the chart are places in the outcomes given beside it.

        Raises:
            ChartTooLargeError: There are too many cases.
        """
        found: dict[Outcome, int] = {}

        def number(outcome: Outcome) -> int:
            return found.setdefault(outcome, len(found))

        charts = []
        for part in self.compiled.parts:
            if not isinstance(part, Diagram):
                raise ChartTooLargeError
            values = np.array([number(outcome) for outcome in part.outcomes()], dtype=np.int64)
            charts.append(self._charted(part, values))
        whole = charts[0]
        for chart in charts[1:]:
            whole = paired(whole, chart, partial(_merged, list(found), number))
        return whole, tuple(found)

    def where(self, formula: Formula, inside: int, outside: int) -> Chart:
        """Chart one number where a formula holds, and another elsewhere.

        Raises:
            ChartTooLargeError: The formula branches too much.
        """
        chart = self._built({0: formula}, _first, lowest)
        return chart.renamed(lambda value: inside if value == 0 else outside)

    def _parts(self) -> list[Chart] | None:
        """Chart the compiled diagrams as they are, where their levels are in one order; None where they are not."""
        rank = {number: place for place, number in enumerate(self.order)}
        charts = []
        for part in self.compiled.parts:
            if not isinstance(part, Diagram) or list(part.order) != sorted(part.order, key=rank.__getitem__):
                return None
            values = np.array([_first(outcome) for outcome in part.outcomes()], dtype=np.int64)
            charts.append(self._charted(part, values))
        return charts

    def _built(
        self,
        formulas: Mapping[int, Formula],
        label: Callable[[Outcome], int],
        combine: Callable[[Chart, Chart], Chart],
    ) -> Chart:
        """Chart what formulas come to that hold; what is too large is built in halves."""
        numbers, some = tuple(formulas), tuple(formulas.values())
        tested = {test.field for formula in some for test in tests_in(formula)}
        order = [number for number in self.order if number in tested]
        try:
            states = states_of(some, order, self.plainer, self.classes)
            diagram = build(states, order, [each.count for each in self.classes], _LIMITS)
        except (DiagramTooLargeError, RuleTooTangledError) as error:
            if len(numbers) < 2:
                raise ChartTooLargeError from error
            middle = len(numbers) // 2
            halves = [{number: formulas[number] for number in half} for half in (numbers[:middle], numbers[middle:])]
            return combine(*(self._built(half, label, combine) for half in halves))
        labels = [label(tuple(numbers[place] for place in outcome)) for outcome in diagram.outcomes()]
        return self._charted(diagram, np.array(labels, dtype=np.int64))

    def _charted(self, diagram: Diagram, values: npt.NDArray[np.int64]) -> Chart:
        """Make a chart of a diagram; fields that it does not read get a level that leads straight on."""
        levels_of = dict(zip(diagram.order, diagram.levels, strict=True))
        levels: list[Level] = []
        count = 1
        for number in self.order:
            edges = levels_of.get(number)
            if edges is None:
                column = np.zeros(self.classes[number].count, dtype=np.int32)
                edges = np.arange(count, dtype=np.int32).reshape(-1, 1)
            else:
                column = np.arange(self.classes[number].count, dtype=np.int32)
            levels.append(Level(column, edges))
            count = int(edges.max()) + 1
        return reduced(self.order, levels, values)


def ground_of(rules: RuleSet) -> Ground:
    """Lay the ground for proofs about compiled rules.

    Levels are in the order of the largest diagram; fields that only others read stand before it, for rules about
    fields of their own, such as named accounts, then are settled at the top.
    """
    parts = sorted(rules.compiled.parts, key=lambda part: -part.size_bytes)
    order: list[int] = []
    for part in parts:
        if isinstance(part, Diagram):
            order = [*(number for number in part.order if number not in order), *order]
    rest = [number for number in range(len(rules.compiled.cells)) if number not in order]
    return Ground(rules.rules, rules.compiled, (*rest, *order))


def _first(outcome: Outcome) -> int:
    return outcome[0] if outcome else NOTHING


def _merged(outcomes: Sequence[Outcome], number: Callable[[Outcome], int], one: int, other: int) -> int:
    return number(tuple(sorted((*outcomes[one], *outcomes[other]))))
