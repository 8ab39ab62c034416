"""Records that people's decisions name: links, pins, locks, corrections, overrides; the ones that the book does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rightful.crm import OBJECTS
from rightful.errors import Mistake
from rightful.plan import Plan
from rightful.plan.section import place_of

__all__ = ["NamedRecord", "named_records", "unknown_records"]

_TABLE_OF = {crm_object.name: crm_object.table for crm_object in OBJECTS}


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record that a decision names.

    Attributes:
        decisions: The list in which the decision stands, such as ``matching.manual_links``.
        table: Table of the record.
        record_id: Its key, which knows its place where it was read from a file.
    """

    decisions: str
    table: str
    record_id: str


def named_records(plan: Plan) -> Iterator[NamedRecord]:
    """Give every record of the book that a person's decision in the plan names, in the order of the plan's stages."""
    yield from _of_quality(plan)
    for each in plan.hierarchy.overrides:
        yield NamedRecord("hierarchy.overrides", "accounts", each.account_id)
        if not each.is_top:
            yield NamedRecord("hierarchy.overrides", "accounts", each.parent_id)
    for name in ("manual_links", "never_match"):
        for link in getattr(plan.matching, name):
            yield NamedRecord(f"matching.{name}", _TABLE_OF[link.object], link.record_id)
            yield NamedRecord(f"matching.{name}", "accounts", link.account_id)
    for affiliation in plan.matching.affiliations:
        yield NamedRecord("matching.affiliations", "accounts", affiliation.account_id)
    for override in plan.scoring.overrides:
        yield NamedRecord("scoring.overrides", override.table, override.record_id)
    for row in plan.assignment.named_accounts:
        yield NamedRecord("assignment.named_accounts", "accounts", row.account_id)
    for pin in plan.assignment.pins:
        yield NamedRecord("assignment.pins", _TABLE_OF.get(pin.object, ""), pin.record_id)
    for lock in plan.changes.locks:
        yield NamedRecord("changes.locks", _TABLE_OF.get(lock.object, ""), lock.record_id)


def _of_quality(plan: Plan) -> Iterator[NamedRecord]:
    for correction in plan.quality.corrections:
        yield NamedRecord("quality.corrections", correction.table, correction.record_id)
    for table, rules in plan.quality.duplicates.items():
        for pair in rules.decisions:
            yield NamedRecord(f"quality.duplicates.{table}.decisions", table, pair.record_id)
            yield NamedRecord(f"quality.duplicates.{table}.decisions", table, pair.other_id)


def unknown_records(plan: Plan, keys: Mapping[str, Collection[str]]) -> Iterator[Mistake]:
    """Warn of decisions about records that the book does not have, one warning per list with an example.

    Args:
        plan: The plan.
        keys: Keys of the book's records by table; records of other tables, such as buying centers, are not looked for.
    """
    lost: dict[tuple[str, str], list[str]] = {}
    for named in named_records(plan):
        if named.record_id and named.table in keys and named.record_id not in keys[named.table]:
            lost.setdefault((named.decisions, named.table), []).append(named.record_id)
    for (decisions, table), ids in lost.items():
        first, *more = dict.fromkeys(ids)
        others = f", nor {len(more)} more" if more else ""
        yield Mistake(
            place_of(first, f"{decisions.partition('.')[0]}.yaml"),
            f"{decisions} names {str(first)!r}, which is not in {table}{others}",
            f"a key of {table}",
            "mend the key, or delete the row: it has no effect",
            "warning",
        )
