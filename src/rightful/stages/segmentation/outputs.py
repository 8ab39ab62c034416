"""One output of segmentation, compiled: which row decides a record, and what that gives and says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.plan.segmentation import (
    Output,
    OutputName,
    SegmentationSection,
    SegmentedTable,
    output_fields,
    segment_condition,
)
from rightful.rules import Rule, RuleKind, RuleSet, compile_rules
from rightful.rules.conditions import Condition, OneOf
from rightful.stages.segmentation.bands import BandedNumber, BandRow, band_rows
from rightful.stages.segmentation.usual import USUAL

__all__ = ["ACCOUNT_PREFIX", "UNKNOWN", "CompiledOutput", "compile_output"]

UNKNOWN = "unknown"
"""What a record gets that no rule decides: a value like any other, so that nothing is dropped."""

ACCOUNT_PREFIX = "account_"
"""Before the name of an output: the value of the contact's account, as in ``account_region``."""

_NO_ROW = -1


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row of a list or of rules: a name, when it holds, and how explanations call it."""

    name: str
    when: Condition
    words: str

    def reason(self, _values: Mapping[str, object]) -> str:
        """Name the row."""
        return self.words


Row = NamedRow | BandRow


@dataclass(frozen=True)
class CompiledOutput:
    """How one output is decided on one table.

    Attributes:
        name: The output.
        rows: The ways to a name, in the order in which they are tried.
        rule_set: The rows, compiled; None where there are none.
        fields: The fields that rows may use, with their kinds.
        numbers: The numbers that are banded.
        copy_of: Fields that are copied where no row holds.
        is_lent: True where a contact takes the output from its account.
    """

    name: OutputName
    rows: tuple[Row, ...]
    rule_set: RuleSet | None
    fields: Mapping[str, RuleKind]
    numbers: tuple[BandedNumber, ...]
    copy_of: tuple[str, ...]
    is_lent: bool

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The fields whose values ``explain`` takes, in its order."""
        lent = (ACCOUNT_PREFIX + self.name,) if self.is_lent else ()
        banded = (field for number in self.numbers for field in number.reads)
        return tuple(dict.fromkeys((*banded, *self.copy_of, *lent)))

    @cached_property
    def reads(self) -> frozenset[str]:
        """All fields that the decision reads."""
        return frozenset(self.shown).union(*(row.when.fields() for row in self.rows))

    def first(self, record: Mapping[str, object]) -> int:
        """Give the number of the row that decides a record; -1 when none holds."""
        found = self.rule_set.decide(record) if self.rule_set else ()
        return found[0] if found else _NO_ROW

    def first_of_table(self, table: pa.Table) -> npt.NDArray[np.int32]:
        """Give the same for each row of a table."""
        if self.rule_set is None:
            return np.full(table.num_rows, _NO_ROW, np.int32)
        return self.rule_set.first_table(table)

    def explain(self, row: int, *values: object) -> tuple[str, str]:
        """Give what a record gets, and why.

        Args:
            row: Number of the row that decides, from ``first``.
            values: The record's values of the fields in ``shown``.

        Returns:
            The name, and the reason: ``region=EMEA(rule emea_core)``.
        """
        by_field = dict(zip(self.shown, values, strict=True))
        name, reason = self._lent(by_field) or self._decided(row, by_field)
        return name, f"{self.name}={name}({reason})"

    def _lent(self, values: Mapping[str, object]) -> tuple[str, str] | None:
        lent = values.get(ACCOUNT_PREFIX + self.name) if self.is_lent else None
        return (str(lent), "its account") if lent and lent != UNKNOWN else None

    def _decided(self, row: int, values: Mapping[str, object]) -> tuple[str, str]:
        if row != _NO_ROW:
            return self.rows[row].name, self.rows[row].reason(values)
        copied = " ".join(str(values[field]) for field in self.copy_of if values[field])
        if copied:
            return copied, " + ".join(field for field in self.copy_of if values[field])
        return UNKNOWN, self._unknown(values)

    def _unknown(self, values: Mapping[str, object]) -> str:
        words = ["no rule holds"] if any(isinstance(row, NamedRow) for row in self.rows) else []
        for number in self.numbers:
            said = number.words(values)
            fault = "" if said.endswith(" blank") else " spans bands" if number.is_range(values) else " in no band"
            words.append(said + fault)
        words += [f"{field} blank" for field in self.copy_of]
        return ", ".join(words) or "no rules"


def compile_output(
    name: OutputName, table: SegmentedTable, section: SegmentationSection, lists: Mapping[str, tuple[str, ...]]
) -> CompiledOutput:
    """Compile how an output is decided on a table: by its own block, the block for all, or as usual."""
    output, block = section.output_for(table, name) or (USUAL[name], None)
    fields = output_fields(block, name)
    rows = _rows(output, fields, lists)
    rules = [Rule(f"{name} {position}", row.when) for position, row in enumerate(rows, start=1)]
    return CompiledOutput(
        name=name,
        rows=rows,
        rule_set=compile_rules(rules, fields) if rules else None,
        fields=fields,
        numbers=tuple(BandedNumber.of(band.field, fields) for band in output.bands),
        copy_of=output.copy_of,
        is_lent=table == "contacts" and name in section.contacts.from_account,
    )


def _rows(output: Output, fields: Mapping[str, RuleKind], lists: Mapping[str, Sequence[str]]) -> tuple[Row, ...]:
    listed = [
        NamedRow(each.name, OneOf(each.field, frozenset(lists[each.list])), f"list {each.list}")
        for each in output.lists
    ]
    ruled = [
        NamedRow(rule.name, segment_condition(rule, fields, _tuples(lists)), f"rule {rule.rule or position}")
        for position, rule in enumerate(output.rules, start=1)
    ]
    banded = [row for band in output.bands for row in band_rows(band, fields)]
    return (*listed, *ruled, *banded)


def _tuples(lists: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in lists.items()}
