"""The plan's section ``quality.yaml``: what cleaning may do, which records are duplicates, whose value survives a merge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from rightful.crm import OBJECT_OF_TABLE, CrmObject
from rightful.errors import Mistake, Place, near_miss
from rightful.plan.duplicates import DEFAULT_KEYS, DuplicateRules, DuplicateTable
from rightful.plan.section import Name, RestOfPlan, Section, Written

__all__ = ["Correction", "DomainList", "FieldWriters", "QualitySection", "Writer"]

Writer = Literal["cleaning", "inference", "merge", "correction"]


class DomainList(Section):
    """A packaged list of domains, with the company's own additions and removals."""

    add: tuple[str, ...] = Field(default=(), description="Domains to add to the list.")
    remove: tuple[str, ...] = Field(default=(), description="Domains to take off the list.")


class FieldWriters(Section):
    """Who may write a cleaned field, beside the source itself."""

    table: str = Field(description="Table of the CRM, such as accounts.")
    field: Written = Field(description="Cleaned field, such as industry.")
    writers: tuple[Writer, ...] = Field(
        description="Any of cleaning, inference, merge, correction. Without cleaning the source's value stays as it is, only trimmed."
    )


class Correction(Section):
    """A value that a person put right; it wins over the source, and merges keep it."""

    table: str = Field(description="Table of the CRM, such as accounts.")
    record_id: Name = Field(description="Key of the record.")
    field: Written = Field(description="Source field, such as country; the value is cleaned like any other.")
    value: str = Field(default="", description="The right value; blank empties the field.")
    by: str = Field(default="", description="Who corrected it.")


class QualitySection(Section):
    """What cleaning may do, which records are duplicates, whose value survives a merge."""

    infer: tuple[Literal["country", "state"], ...] = Field(
        default=("country", "state"),
        description="Blanks that may be inferred: country from phone, domain, state or postal code; state from postal code.",
    )
    day_first: bool | None = Field(
        default=None,
        description="How to read dates such as 11/1/2024; left out, each column's unambiguous dates decide.",
    )
    free_domains: DomainList = Field(
        default=DomainList(), description="Free-mail domains: they never identify a company."
    )
    disposable_domains: DomainList = Field(default=DomainList(), description="Domains of throw-away addresses.")
    writers: tuple[FieldWriters, ...] = Field(
        default=(), description="Fields that not every writer may change; all others may be written by all."
    )
    corrections: tuple[Correction, ...] = Field(
        default=(),
        description="Values put right by people; usually the name of a CSV file with these columns.",
    )
    duplicates: Mapping[DuplicateTable, DuplicateRules] = Field(
        default={},
        description="Duplicate rules by table: accounts, contacts, leads; a table left out has the usual rules.",
    )
    leads_known_as_contacts: bool = Field(
        default=True,
        description="Yes: a lead that agrees with a contact on a key of leads stands in duplicate_links beside that contact, and, where"
        " the evidence of leads is not off, one that likely is a contact. Both stay.",
    )

    def rules_for(self, table: str) -> DuplicateRules:
        """Give the duplicate rules of a table, the usual ones where the plan has none."""
        return self.duplicates.get(table, DuplicateRules())  # type: ignore[call-overload]

    def keys_for(self, table: str) -> tuple[tuple[str, ...], ...]:
        """Give the candidate keys of a table, each as the fields that must agree."""
        texts = [key.text for key in self.rules_for(table).keys] or DEFAULT_KEYS[table]
        return tuple(tuple(part.strip() for part in text.split("+")) for text in texts)

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check that tables and fields exist."""
        del plan
        for writers in self.writers:
            yield from _unknown(writers.table, writers.field, "quality")
            yield from _uncleanable(writers)
        for correction in self.corrections:
            yield from _unknown(correction.table, correction.field, "source")
        for table, rules in self.duplicates.items():
            for key in rules.keys:
                for part in key.text.split("+"):
                    yield from _unknown(table, Written(part.strip(), key.place), "quality")
            for field in rules.survivorship:
                yield from _unknown(table, Written(field, Place("quality.yaml")), "quality")
            yield from rules.contradictions()


def _uncleanable(writers: FieldWriters) -> Iterator[Mistake]:
    """Refuse to keep cleaning from a field that cleaning makes: without it nothing would be left."""
    crm_object = OBJECT_OF_TABLE.get(writers.table)
    if crm_object is None or "cleaning" in writers.writers:
        return
    source = [field.name for field in crm_object.source_fields]
    made = [field.name for field in crm_object.fields_of("quality") if field.name not in source]
    if writers.field.text in made:
        yield Mistake(
            writers.field.place,
            f"cleaning makes {writers.field.text!r} of other fields, so it cannot be kept from writing it",
            "fields that the source delivers: "
            + ", ".join(name for name in source if crm_object.rule_fields.get(name)),
            "add cleaning to the writers",
        )


def _unknown(table: str, field: Written, stage: str) -> Iterator[Mistake]:
    crm_object: CrmObject | None = OBJECT_OF_TABLE.get(table)
    if crm_object is None:
        tables = list(OBJECT_OF_TABLE)
        yield Mistake(field.place, f"unknown table {table!r}", ", ".join(tables), near_miss(table, tables))
        return
    names = [each.name for each in (crm_object.source_fields if stage == "source" else crm_object.fields_of(stage))]
    if field.text not in names:
        yield Mistake(
            field.place,
            f"{table} has no field {field.text!r}",
            ", ".join(names),
            near_miss(field.text, names),
        )
