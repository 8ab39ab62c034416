"""Decide which values a merged record has: field by field, by the plan's rules, with the source of each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rightful.plan.duplicates import Survival

__all__ = ["SOURCE_FILE", "FieldChoice", "MergeRules", "merge_records"]

SOURCE_FILE = "source_file"
"""Column with the file that a record was read from."""


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
        trusted_sources: Names of files, the most trusted first.
    """

    key: str
    fields: tuple[str, ...]
    survivorship: Mapping[str, Survival]
    protected: frozenset[str] = frozenset()
    dated_by: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    trusted_sources: tuple[str, ...] = ()

    def trust(self, source_file: str | None) -> int:
        """Give the place of a file, or of the folder's path to it, among the trusted ones; those left out come last."""
        name = (source_file or "").rpartition("/")[2]
        return self.trusted_sources.index(name) if name in self.trusted_sources else len(self.trusted_sources)


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """Whose value a merged record has in one field.

    Attributes:
        field: The field.
        value: The value.
        source: Key of the record that it came from.
        rule: What decided: a rule of the plan, ``correction``, ``protected`` or ``together`` (parts of one thing).
    """

    field: str
    value: Any
    source: str
    rule: str


def merge_records(
    records: Sequence[Mapping[str, Any]], rules: MergeRules, corrected: frozenset[tuple[str, str]]
) -> tuple[FieldChoice, ...]:
    """Decide each field of a merged record.

    Args:
        records: The survivor first, then the others in order of preference.
        rules: The table's rules.
        corrected: (key, field) pairs that a person put right: such a value wins over all others, the survivor's own first.

    Returns:
        One choice per field, in the order of the rules.

    Example:
        >>> rules = MergeRules("account_id", ("phone", "employees"), {"employees": "largest"})
        >>> old, new = {"account_id": "A", "phone": None, "employees": 10}, {"account_id": "B", "phone": "+1", "employees": 20}
        >>> [(choice.value, choice.source, choice.rule) for choice in merge_records([old, new], rules, frozenset())]
        [('+1', 'B', 'survivor'), (20, 'B', 'largest')]
    """
    choices = []
    for field in rules.fields:
        giver, rule = _giver(records, field, rules, corrected)
        # The survivor's own value needs no other source.
        source = records[0] if giver[field] == records[0][field] else giver
        choices.append(FieldChoice(field, giver[field], source[rules.key], rule))
    return tuple(choices)


def _giver(
    records: Sequence[Mapping[str, Any]], field: str, rules: MergeRules, corrected: frozenset[tuple[str, str]]
) -> tuple[Mapping[str, Any], str]:
    for record in records:
        if (record[rules.key], field) in corrected:
            return record, "correction"
    if field in rules.protected:
        return records[0], "protected"
    rule = rules.survivorship.get(field, "survivor")
    group = next((group for group in rules.together if field in group), None)
    if group and field not in rules.survivorship:
        return max(records, key=lambda record: sum(record[name] is not None for name in group)), "together"
    filled = [record for record in records if record[field] is not None]
    if rule == "manual" or not filled:
        return records[0], rule
    return _by_rule(filled, field, rule, rules), rule


def _by_rule(filled: Sequence[Mapping[str, Any]], field: str, rule: str, rules: MergeRules) -> Mapping[str, Any]:
    """Choose among the records that have a value; the first of equals wins."""
    match rule:
        case "newest" | "oldest":
            return sorted(filled, key=lambda record: _dated(record, rules), reverse=rule == "newest")[0]
        case "largest" | "smallest":
            return sorted(filled, key=lambda record: record[field], reverse=rule == "largest")[0]
        case "longest":
            return max(filled, key=lambda record: len(str(record[field])))
        case "most_frequent":
            counts = Counter(record[field] for record in filled)
            return max(filled, key=lambda record: counts[record[field]])
        case "most_complete":
            return max(filled, key=lambda record: sum(record[name] is not None for name in rules.fields))
        case "trusted_source":
            return min(filled, key=lambda record: rules.trust(record.get(SOURCE_FILE)))
    return filled[0]


def _dated(record: Mapping[str, Any], rules: MergeRules) -> str:
    """Give a record's date as text that sorts; unknown is before all."""
    moments = (record.get(name) for name in rules.dated_by)
    moment: date | datetime | None = next((moment for moment in moments if moment is not None), None)
    return moment.isoformat() if moment else ""
