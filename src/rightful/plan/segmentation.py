"""The plan's section ``segmentation.yaml``: region, industry group, segment and persona of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, model_validator

from rightful.errors import Mistake, Place, PlanError, near_miss
from rightful.plan.conditions import columns_are_cells, read_condition
from rightful.plan.section import Name, RestOfPlan, Section, Written, place_of, rule_fields
from rightful.rules import Condition, RuleKind

__all__ = [
    "OUTPUTS",
    "Band",
    "ContactRules",
    "LeadRules",
    "ListedSegment",
    "ObjectRules",
    "Output",
    "OutputName",
    "SegmentRule",
    "SegmentationSection",
    "SegmentedTable",
    "output_fields",
    "segment_condition",
]

OutputName = Literal["region", "industry_group", "segment", "persona"]
SegmentedTable = Literal["accounts", "leads", "contacts"]
AccountOutput = Literal["region", "industry_group", "segment"]

OUTPUTS: tuple[OutputName, ...] = ("region", "industry_group", "segment", "persona")
"""In the order in which they are decided: rules of a later one may use an earlier one."""

_TABLES: tuple[SegmentedTable, ...] = ("accounts", "leads", "contacts")
_FILE = "segmentation.yaml"


class SegmentRule(Section):
    """A row of rules: the name that a record gets when the conditions hold. Cells under field names are conditions."""

    name: Name = Field(min_length=1, description="What the record gets, such as EMEA or Enterprise.")
    rule: str = Field(default="", description="Name of the rule in explanations; by default its number in the list.")
    when: Written | None = Field(default=None, description="Condition in SQL notation, beside or instead of cells.")
    cells: dict[str, Written] = Field(
        default={},
        description="Conditions by field in cell notation; in a CSV table each column that is no key is a field."
        " Without any condition the row holds for every record.",
    )

    @model_validator(mode="before")
    @classmethod
    def _columns_are_cells(cls, value: Any) -> Any:
        return columns_are_cells(cls, value)


class ListedSegment(Section):
    """A name for the records that a named list holds."""

    name: Name = Field(min_length=1, description="What the record gets, such as Strategic.")
    list: Name = Field(description="Named list of the plan.")
    field: Name = Field(default="domain", description="Field whose value must be on the list.")


class Band(Section):
    """Bands on a number: `edges: {SMB: 0, Mid-Market: 100, Enterprise: 1000}`."""

    field: Name = Field(description="Number field, such as employees or annual_revenue_usd.")
    edges: Mapping[str, float] = Field(
        min_length=1,
        description="Name of each band with its lower edge, which belongs to it; a band ends before the next edge,"
        " the last is open. A number below the first edge is in no band.",
    )
    when_range_spans: Literal["middle", "lower", "unknown"] = Field(
        default="middle",
        description="What a range such as 50-500 gets when its ends fall in different bands: the band of its estimated"
        " middle (of 500+ its known end; the reason says so), the band of its lower end, or none. A range with both ends in one"
        " band is in that band, always.",
    )

    @model_validator(mode="after")
    def _edges_rise(self) -> Band:
        edges = list(self.edges.items())
        for (name, edge), (next_name, next_edge) in pairwise(edges):
            if edge >= next_edge:
                message = (
                    f"edge {next_edge:g} of {next_name!r} is not above edge {edge:g} of {name!r}: list bands upwards"
                )
                raise ValueError(message)
        return self


class Output(Section):
    """How one output is decided: lists first, then rules, then bands, then a copy. The first that gives a name wins."""

    lists: tuple[ListedSegment, ...] = Field(default=(), description="Names for the records on named lists.")
    rules: tuple[SegmentRule, ...] = Field(
        default=(),
        description="Rules in order, the first that holds wins; or the name of a CSV decision table. A list may also"
        " stand directly under the output.",
    )
    bands: tuple[Band, ...] = Field(
        default=(), description="Bands on a number; with several, the first whose number is known decides."
    )
    copy_of: tuple[Name, ...] = Field(
        default=(),
        alias="copy",
        description="Fields whose values, joined by a space, are taken as they are, such as industry; blanks are left"
        " out.",
    )

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {"rules": value}
        if isinstance(value, Mapping):
            alone = {"bands": Mapping, "copy": str}
            return {key: [each] if isinstance(each, alone.get(key, ())) else each for key, each in value.items()}
        return value


class ObjectRules(Section):
    """Outputs for one kind of record, in place of those for all."""

    region: Output | None = Field(default=None, description="Sales region; left out, as for all records.")
    industry_group: Output | None = Field(default=None, description="Industry group; left out, as for all records.")
    segment: Output | None = Field(default=None, description="Segment; left out, as for all records.")


class LeadRules(ObjectRules):
    """Outputs for leads, in place of those for all; leads are judged by their own fields alone."""

    persona: Output | None = Field(default=None, description="Persona; left out, as for all people.")


class ContactRules(LeadRules):
    """Outputs for contacts, in place of those for all, and what they take from their account."""

    from_account: tuple[AccountOutput, ...] = Field(
        default=("region", "industry_group", "segment"),
        description="Outputs that a contact takes from its account, where it has one and the account's is known;"
        " otherwise, and for the outputs not listed, the contact's own fields decide.",
    )


class SegmentationSection(Section):
    """Region, industry group, segment and persona of accounts, leads and contacts; what no rule decides is `unknown`."""

    region: Output | None = Field(
        default=None, description="Sales region; left out: NA, EMEA, APAC or LATAM by country."
    )
    industry_group: Output | None = Field(default=None, description="Industry group; left out, the industry.")
    segment: Output | None = Field(
        default=None,
        description="Segment; left out, by employees: SMB below 100, Mid-Market below 1000, Enterprise from 1000."
        " Rules may use region and industry_group.",
    )
    persona: Output | None = Field(
        default=None,
        description="Persona of leads and contacts; left out, job level and job function. Rules may use the other"
        " outputs.",
    )
    accounts: ObjectRules = Field(default=ObjectRules(), description="Outputs for accounts alone.")
    leads: LeadRules = Field(default=LeadRules(), description="Outputs for leads alone.")
    contacts: ContactRules = Field(
        default=ContactRules(), description="Outputs for contacts alone, and what they take from their account."
    )

    def output_for(self, table: SegmentedTable, name: OutputName) -> tuple[Output, SegmentedTable | None] | None:
        """Give how an output is decided on a table, with the table whose block says so (None: the block for all).

        Returns:
            None where the plan is silent and the usual rules decide.
        """
        own: Output | None = getattr(getattr(self, table), name, None)
        if own is not None:
            return own, table
        common: Output | None = getattr(self, name)
        return None if common is None else (common, None)

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check every rule, and that the fields and lists that are named exist."""
        for name in OUTPUTS:
            common: Output | None = getattr(self, name)
            if common is not None:
                yield from _output_mistakes(common, output_fields(None, name), plan)
            for table in _TABLES:
                own: Output | None = getattr(getattr(self, table), name, None)
                if own is not None:
                    yield from _output_mistakes(own, output_fields(table, name), plan)


def output_fields(table: SegmentedTable | None, output: OutputName) -> dict[str, RuleKind]:
    """Give the fields that rules for an output may use: cleaned fields and the outputs decided before it.

    Args:
        table: The table that the rules are for. None for rules for all, which may use the fields of any of the three
            tables: a field that a record does not have is blank.
        output: The output.
    """
    fields: dict[str, RuleKind] = {}
    for each in _TABLES if table is None else (table,):
        fields |= rule_fields(each, before="segmentation")
    return fields | dict.fromkeys(OUTPUTS[: OUTPUTS.index(output)], RuleKind.TEXT)


def segment_condition(
    rule: SegmentRule, fields: Mapping[str, RuleKind], lists: Mapping[str, tuple[str, ...]]
) -> Condition:
    """Read the cells and the expression of a rule as one condition.

    Raises:
        PlanError: A cell or the expression cannot be read; all mistakes at once.
    """
    return read_condition(rule.cells, rule.when, fields, lists, keys=SegmentRule.model_fields)


def _output_mistakes(output: Output, fields: Mapping[str, RuleKind], plan: RestOfPlan) -> Iterator[Mistake]:
    for rule in output.rules:
        try:
            segment_condition(rule, fields, plan.lists)
        except PlanError as error:
            yield from error.mistakes
    for listed in output.lists:
        if listed.list not in plan.lists:
            yield _unknown("list", listed.list, list(plan.lists))
        yield from _field_mistakes(listed.field, RuleKind.TEXT, fields)
    for band in output.bands:
        yield from _field_mistakes(band.field, RuleKind.NUMBER, fields)
    for field in output.copy_of:
        yield from _field_mistakes(field, RuleKind.TEXT, fields)


def _field_mistakes(field: str, kind: RuleKind, fields: Mapping[str, RuleKind]) -> Iterator[Mistake]:
    if fields.get(field) is not kind:
        fitting = [name for name, each in fields.items() if each is kind]
        yield _unknown(f"{kind} field", field, fitting)


def _unknown(what: str, name: str, known: Sequence[str], place: Place | None = None) -> Mistake:
    allowed = ", ".join(known[:60]) or "none is declared"
    return Mistake(place or place_of(name, _FILE), f"unknown {what} {str(name)!r}", allowed, near_miss(name, known))
