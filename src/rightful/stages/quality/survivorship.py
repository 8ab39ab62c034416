"""Decide which values a merged record has: field by field, by the plan's rules, with the source of each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rightful.plan.quality import Survival

__all__ = ["MergeRules", "Merged", "merge_records"]


@dataclass(frozen=True, slots=True)
class MergeRules:
    """How the records of one table are merged.

    Attributes:
        key: Name of the key column.
        fields: Cleaned fields that a merge decides.
        survivorship: Rule by field; fields left out have ``survivor``.
        protected: Fields that keep the survivor's value whatever it is, for no merge may write them.
        dated_by: Columns that tell a record's age, the first known one counts.
        together: Groups of fields that describe one thing and come from one record, such as the parts of an address.
    """

    key: str
    fields: tuple[str, ...]
    survivorship: Mapping[str, Survival]
    protected: frozenset[str] = frozenset()
    dated_by: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """The values of a merged record.

    Attributes:
        values: Value of each field.
        sources: Key of the record that a field's value came from, for fields that the survivor did not give.
    """

    values: dict[str, Any]
    sources: dict[str, str]


def merge_records(
    records: Sequence[Mapping[str, Any]], rules: MergeRules, corrected: frozenset[tuple[str, str]]
) -> Merged:
    """Merge the records of a cluster.

    Args:
        records: The survivor first, then the others in order of preference.
        rules: The table's rules.
        corrected: (key, field) pairs that a person put right: such a value wins over all others, the survivor's own first.

    Example:
        >>> rules = MergeRules("account_id", ("phone", "employees"), {"employees": "largest"})
        >>> old, new = {"account_id": "A", "phone": None, "employees": 10}, {"account_id": "B", "phone": "+1", "employees": 20}
        >>> merge_records([old, new], rules, frozenset()).sources
        {'phone': 'B', 'employees': 'B'}
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for field in rules.fields:
        giver = _giver(records, field, rules, corrected)
        values[field] = giver[field]
        if giver is not records[0] and giver[field] != records[0][field]:
            sources[field] = giver[rules.key]
    return Merged(values, sources)


def _giver(
    records: Sequence[Mapping[str, Any]], field: str, rules: MergeRules, corrected: frozenset[tuple[str, str]]
) -> Mapping[str, Any]:
    for record in records:
        if (record[rules.key], field) in corrected:
            return record
    if field in rules.protected:
        return records[0]
    group = next((group for group in rules.together if field in group), None)
    if group and field not in rules.survivorship:
        return max(records, key=lambda record: sum(record[name] is not None for name in group))
    filled = [record for record in records if record[field] is not None]
    if not filled:
        return records[0]
    return _by_rule(filled, field, rules)


def _by_rule(filled: Sequence[Mapping[str, Any]], field: str, rules: MergeRules) -> Mapping[str, Any]:
    """Choose among the records that have a value; the first of equals wins."""
    rule = rules.survivorship.get(field, "survivor")
    if rule in ("newest", "oldest"):
        by_age = sorted(filled, key=lambda record: _dated(record, rules), reverse=rule == "newest")
        return by_age[0]
    if rule in ("largest", "smallest"):
        return sorted(filled, key=lambda record: record[field], reverse=rule == "largest")[0]
    if rule == "longest":
        return max(filled, key=lambda record: len(str(record[field])))
    if rule == "most_frequent":
        counts = Counter(record[field] for record in filled)
        return max(filled, key=lambda record: counts[record[field]])
    return filled[0]


def _dated(record: Mapping[str, Any], rules: MergeRules) -> str:
    """Give a record's date as text that sorts; unknown is before all."""
    moments = (record.get(name) for name in rules.dated_by)
    moment: date | datetime | None = next((moment for moment in moments if moment is not None), None)
    return moment.isoformat() if moment else ""
