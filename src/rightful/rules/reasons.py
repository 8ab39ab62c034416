"""Say why a rule matched: what the decision saw of each field, and which part of the rule asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rightful.rules.conditions import And, Condition, Not, Or, all_of, any_of

__all__ = ["FieldReason", "condition_on"]


@dataclass(frozen=True, slots=True)
class FieldReason:
    """What a decision saw of one field.

    Attributes:
        field: The field.
        value: Its value in the record.
        words: Value and elementary class in words: *employees 650 is in 500..999*.
        condition: What the winning rule asks of the field; None where it asks nothing, or no rule matches.
    """

    field: str
    value: object
    words: str
    condition: Condition | None


def condition_on(field: str, condition: Condition, record: Mapping[str, object]) -> Condition | None:
    """Give the part of a condition that was decisive for a field of a record that meets it; None where no part was.

    Example:
        >>> from rightful.rules.conditions import Flag, OneOf
        >>> west = OneOf("state", frozenset({"CA"}))
        >>> str(condition_on("state", And((west, Flag("is_active", is_set=True))), {"state": "CA", "is_active": True}))
        "state = 'CA'"
    """
    parts = list(_decisive(field, condition, record))
    return all_of(parts) if parts else None


def _decisive(field: str, condition: Condition, record: Mapping[str, object]) -> Iterator[Condition]:
    fields = condition.fields()
    if field not in fields:
        return
    if len(fields) == 1:
        yield condition
        return
    match condition:
        case And(parts):
            for part in parts:
                yield from _decisive(field, part, record)
        case Or(parts):
            met = next((part for part in parts if part.holds(record)), None)
            if met is not None:
                yield from _decisive(field, met, record)
        case Not(Not(part)):
            yield from _decisive(field, part, record)
        case Not(And(parts)):
            yield from _decisive(field, any_of(Not(part) for part in parts), record)
        case Not(Or(parts)):
            yield from _decisive(field, all_of(Not(part) for part in parts), record)
