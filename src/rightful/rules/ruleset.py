"""Decide records by compiled rules: one at a time in microseconds, or a table at once, with the same answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.errors import BookError, Mistake
from rightful.rules.compile import Compiled, Part, compiled
from rightful.rules.diagram import Diagram
from rightful.rules.encode import cells_of
from rightful.rules.literals import Fields
from rightful.rules.matches import Matches, Outcome, combined
from rightful.rules.reasons import FieldReason, condition_on
from rightful.rules.rule import Rule
from rightful.rules.walk import Match, class_finder, walk_of

__all__ = ["RuleSet", "Size", "compile_rules"]

DEFAULT_MAX_NODES = 250_000
_naming = threading.Lock()


@dataclass(frozen=True, slots=True)
class Size:
    """How large compiled rules are.

    Attributes:
        nodes: Nodes of all diagrams.
        parts: Diagrams and bitsets.
        size_bytes: Bytes that deciding reads, without the rules' own words.
    """

    nodes: int
    parts: int
    size_bytes: int


@dataclass(frozen=True)
class RuleSet:
    """Compiled rules. Pickles compactly, and decides the same in every process.

    Attributes:
        rules: The rules, in order of priority.
        compiled: Cells, classes and diagrams: the structure behind the decisions.
    """

    rules: tuple[Rule, ...]
    compiled: Compiled
    _named: dict[Outcome, int] = field(default_factory=dict, repr=False, compare=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """Give the fields that rules read."""
        return tuple(cells.field for cells in self.compiled.cells)

    @property
    def is_bounded(self) -> bool:
        """Tell whether some rules are evaluated as bitsets, for no diagram could hold them."""
        return not all(isinstance(part, Diagram) for part in self.compiled.parts)

    @property
    def exploded_fields(self) -> tuple[str, ...]:
        """Name the fields that made a diagram too large, worst first; empty where none was."""
        return self.compiled.exploded_fields

    @property
    def size(self) -> Size:
        """Measure what was compiled."""
        parts = self.compiled.parts
        nodes = sum(part.node_count for part in parts if isinstance(part, Diagram))
        return Size(nodes, len(parts), sum(part.size_bytes for part in parts))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Give what the ids of ``decide_table`` stand for: the rules that match, the winner first.

        One diagram knows all its outcomes beforehand. Several, or bitsets, number them as tables bring them up; ids given
        once stay valid.
        """
        if self._diagram is not None:
            return self._diagram_outcomes
        with _naming:
            return tuple(self._named)

    def decide(self, record: Mapping[str, object]) -> Outcome:
        """Give the rules that match a record, the winner first; a field that it lacks is blank.

        Raises:
            BookError: A value is not of its field's kind.

        Example:
            >>> from rightful.rules import OneOf, RuleKind
            >>> rules = compile_rules([Rule("west", OneOf("state", frozenset({"CA"})))], {"state": RuleKind.TEXT})
            >>> rules.decide({"state": "CA"}), rules.decide({})
            ((0,), ())
        """
        get = record.get
        classes = [class_of(get(name)) for name, class_of in self._finders]
        matchers = self._matchers
        if len(matchers) == 1:
            return matchers[0](classes)
        return tuple(sorted(rule for match in matchers for rule in match(classes)))

    def decide_table(self, table: pa.Table) -> npt.NDArray[np.int32]:
        """Give per row the id of its outcome, the place in ``outcomes``.

        Args:
            table: A table with a column for each of ``fields``; others are passed over. Texts may be strings of any width or
                dictionaries; dates may be dates or instants.

        Raises:
            BookError: A column is missing, or holds values that are not of its field's kind.
        """
        classes = self._classes(table)
        if self._diagram is not None:
            return self._diagram.match_many(classes, table.num_rows)
        matches = [self._matches(part, outcomes, classes, table.num_rows) for part, outcomes in self._parts]
        joined = matches[0] if len(matches) == 1 else combined(matches)
        return self._ids(joined)

    def first_table(self, table: pa.Table) -> npt.NDArray[np.int32]:
        """Give per row the number of the first rule that matches, -1 where none does."""
        classes = self._classes(table)
        none = np.int32(len(self.rules))
        first = np.full(table.num_rows, none)
        for part, outcomes in self._parts:
            matches = self._matches(part, outcomes, classes, table.num_rows)
            winners = np.array([outcome[0] if outcome else none for outcome in matches.outcomes], dtype=np.int32)
            np.minimum(first, winners[matches.ids], out=first)
        first[first == none] = -1
        return first

    def explain(self, record: Mapping[str, object]) -> tuple[FieldReason, ...]:
        """Say of each field what the decision saw of it, and what the winner asks of it.

        Example:
            >>> from rightful.rules import Range, RuleKind
            >>> rules = compile_rules([Rule("mid", Range("employees", 500, 999))], {"employees": RuleKind.NUMBER})
            >>> rules.explain({"employees": 650})[0].words
            'employees 650 is in 500..999'
        """
        matching = self.decide(record)
        reasons = []
        for cells in self.compiled.cells:
            value = record.get(cells.field)
            words = f"{cells.field} {cells.words(cells.cell_of(value), value)}"
            asked = condition_on(cells.field, self.rules[matching[0]].when, record) if matching else None
            reasons.append(FieldReason(cells.field, value, words, asked))
        return tuple(reasons)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is made again where it is needed."""
        return {"rules": self.rules, "compiled": self.compiled, "_named": self._named}

    @cached_property
    def _finders(self) -> list[tuple[str, Callable[[object], int]]]:
        pairs = zip(self.compiled.cells, self.compiled.classes, strict=True)
        return [(cells.field, class_finder(cells, classes)) for cells, classes in pairs]

    @cached_property
    def _matchers(self) -> list[Match]:
        return [walk_of(part, outcomes) if isinstance(part, Diagram) else part.match for part, outcomes in self._parts]

    @cached_property
    def _parts(self) -> list[tuple[Part, tuple[Outcome, ...]]]:
        """Pair each part with the outcomes it knows beforehand."""
        return [(part, tuple(part.outcomes()) if isinstance(part, Diagram) else ()) for part in self.compiled.parts]

    @cached_property
    def _diagram(self) -> Diagram | None:
        """Give the one diagram that holds all rules, where one does."""
        part = self.compiled.parts[0]
        return part if len(self.compiled.parts) == 1 and isinstance(part, Diagram) else None

    @cached_property
    def _diagram_outcomes(self) -> tuple[Outcome, ...]:
        return self._parts[0][1]

    def _classes(self, table: pa.Table) -> list[npt.NDArray[np.int32]]:
        missing = [name for name in self.fields if name not in table.column_names]
        if missing:
            problem = f"the table lacks {', '.join(map(repr, missing))}, which rules read"
            raise BookError(Mistake(None, problem, remedy="run the stages that add these columns before"))
        pairs = zip(self.compiled.cells, self.compiled.classes, strict=True)
        return [classes.of_cell[cells_of(table[cells.field], cells)] for cells, classes in pairs]

    @staticmethod
    def _matches(
        part: Part, outcomes: tuple[Outcome, ...], classes: Sequence[npt.NDArray[np.int32]], count: int
    ) -> Matches:
        return (
            Matches(part.match_many(classes, count), outcomes)
            if isinstance(part, Diagram)
            else part.match_many(classes)
        )

    def _ids(self, matches: Matches) -> npt.NDArray[np.int32]:
        """Give outcomes their lasting ids."""
        used = np.unique(matches.ids)
        lasting = np.zeros(len(matches.outcomes), dtype=np.int32)
        with _naming:
            for number in used.tolist():
                lasting[number] = self._named.setdefault(matches.outcomes[number], len(self._named))
        return lasting[matches.ids]


def compile_rules(rules: Sequence[Rule], fields: Fields, max_nodes: int = DEFAULT_MAX_NODES) -> RuleSet:
    """Compile rules, in order of priority.

    Args:
        rules: The rules; among those that match a record the one that stands first wins.
        fields: The fields that rules may test, with their kinds.
        max_nodes: How large a diagram may become before rules are split over several, and at last kept as bitsets.

    Raises:
        PlanError: A rule tests a field that does not exist, or as another kind than it is; all of them at once.
    """
    return RuleSet(tuple(rules), compiled(rules, fields, max_nodes))
