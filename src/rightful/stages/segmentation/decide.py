"""Segment one record, or a table of them, by one reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan.segmentation import OUTPUTS, SegmentationSection, SegmentedTable
from rightful.rules import RuleKind
from rightful.stages.columns import schema_of
from rightful.stages.lift import Step, lift
from rightful.stages.segmentation.outputs import ACCOUNT_PREFIX, CompiledOutput, compile_output

__all__ = ["Segmentation", "Segmenter"]

_ARROW_TYPES = {
    RuleKind.TEXT: pa.string(),
    RuleKind.NUMBER: pa.float64(),
    RuleKind.DATE: pa.date32(),
    RuleKind.FLAG: pa.bool_(),
}
_ROW = "segmentation_row"


@dataclass(frozen=True, slots=True)
class Segmentation:
    """What segmentation gives a record; ``unknown`` where no rule decides.

    Attributes:
        region: Sales region.
        industry_group: Industry group.
        segment: Segment.
        persona: Persona of a lead or contact; None for an account, which is no person.
        reason: Which rule gave each: ``region=EMEA(rule emea_core); ...``.
    """

    region: str
    industry_group: str
    segment: str
    persona: str | None
    reason: str


@dataclass(frozen=True)
class Segmenter:
    """Segments the records of one table; compiled once, usable by the desk and in batch.

    Example:
        >>> accounts = Segmenter.of("accounts", SegmentationSection(), {})
        >>> accounts.decide({"country": "DE", "industry": "Software", "employees": 1200.0}).reason
        'region=EMEA(rule usual countries); industry_group=Software(industry); segment=Enterprise(employees 1,200 in >=1000)'
    """

    table: SegmentedTable
    outputs: tuple[CompiledOutput, ...] = field(repr=False)

    @classmethod
    def of(cls, table: SegmentedTable, section: SegmentationSection, lists: Mapping[str, tuple[str, ...]]) -> Segmenter:
        """Compile a plan's section for a table.

        Raises:
            PlanError: A rule cannot be read; loading the plan has checked that already.
        """
        names = OUTPUTS[:-1] if table == "accounts" else OUTPUTS
        return cls(table, tuple(compile_output(name, table, section, lists) for name in names))

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the table that decisions read, without what an account lends."""
        known = OBJECT_OF_TABLE[self.table].rule_fields
        read = frozenset().union(*(output.reads for output in self.outputs))
        return tuple(sorted(name for name in read if name in known and name not in OUTPUTS))

    def decide(self, record: Mapping[str, object]) -> Segmentation:
        """Segment one record.

        Args:
            record: Cleaned values by field; what is left out is blank. For a contact with an account add the account's
                outputs as ``account_region``, ``account_industry_group`` and ``account_segment``.
        """
        values = dict(record)
        reasons = []
        for output in self.outputs:
            shown = (values.get(name) for name in output.shown)
            values[output.name], reason = output.explain(output.first(values), *shown)
            reasons.append(reason)
        given = {name: values[name] if name in self._names else None for name in OUTPUTS}
        return Segmentation(**given, reason="; ".join(reasons))  # type: ignore[arg-type]

    def decide_table(self, table: pa.Table) -> pa.Table:
        """Segment every row of a table.

        Returns:
            Key, outputs and ``segmentation_reason``, in the rows' order.
        """
        for output in self.outputs:
            rows = pa.array(output.first_of_table(_with_blanks(table, output)), pa.int32())
            adds = ((output.name, pa.string()), (_reason(output), pa.string()))
            step = Step((_ROW, *output.shown), adds, output.explain)
            table = lift([step], _with_blanks(table, output).append_column(_ROW, rows)).drop_columns([_ROW])
        reason = pc.binary_join_element_wise(*(table[_reason(output)] for output in self.outputs), "; ")
        table = table.append_column("segmentation_reason", reason)
        wanted = schema_of(OBJECT_OF_TABLE[self.table], "segmentation")
        return table.select(wanted.names).cast(wanted)

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(output.name for output in self.outputs)


def _reason(output: CompiledOutput) -> str:
    return f"{output.name}_reason"


def _with_blanks(table: pa.Table, output: CompiledOutput) -> pa.Table:
    """Add the columns that an output reads and the table lacks, as rules for all tables may name them."""
    for name in sorted(output.reads.difference(table.column_names)):
        kind = RuleKind.TEXT if name.startswith(ACCOUNT_PREFIX) else output.fields.get(name, RuleKind.TEXT)
        table = table.append_column(name, pa.nulls(table.num_rows, _ARROW_TYPES[kind]))
    return table
