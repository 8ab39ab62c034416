"""Make tests of one field from the words of a rule; both notations come together here, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from rightful.rules.conditions import NEVER, Blank, Condition, Flag, OneOf, Period, Prefix, Range, any_of
from rightful.rules.literals import (
    Lists,
    Unreadable,
    date_in,
    flag_in,
    list_named,
    members,
    number_in,
    prefix_in,
    shown,
    text_in,
)
from rightful.rules.values import RuleKind

__all__ = ["begins", "blank", "compares", "equals", "listed", "merged", "spans"]

_Value = TypeVar("_Value", float, date)


def equals(field: str, kind: RuleKind, text: str) -> Condition:
    """Make the test for one value."""
    match kind:
        case RuleKind.TEXT:
            return OneOf(field, frozenset((text_in(text),)))
        case RuleKind.NUMBER:
            return Range(field, number_in(text), number_in(text))
        case RuleKind.DATE:
            return Period(field, date_in(text), date_in(text))
        case RuleKind.FLAG:
            return Flag(field, flag_in(text))


def compares(field: str, kind: RuleKind, sign: str, text: str) -> Condition:
    """Make the test for a bound such as ``>= 1000`` or ``< 2026-01-01``."""
    match kind:
        case RuleKind.NUMBER if sign[0] == ">":
            return Range(field, number_in(text), None, includes_low=sign == ">=")
        case RuleKind.NUMBER:
            return Range(field, None, number_in(text), includes_high=sign == "<=")
        case RuleKind.DATE:
            return _bounded(field, sign, date_in(text))
    raise Unreadable(f"{field!r} is a {kind} and has no size", "values, not < or >")


def spans(field: str, kind: RuleKind, low: str, high: str) -> Condition:
    """Make the test for a range, both ends included; an empty end is open."""
    match kind:
        case RuleKind.NUMBER:
            return Range(field, *_ends(low, high, number_in))
        case RuleKind.DATE:
            return Period(field, *_ends(low, high, date_in))
    raise Unreadable(f"{field!r} is a {kind} and has no ranges", "values, not from and to")


def begins(field: str, kind: RuleKind, prefix: str) -> Condition:
    """Make the test for a beginning of a text."""
    if kind is not RuleKind.TEXT:
        raise Unreadable(f"{field!r} is a {kind} and has no prefix", "values of the field")
    return Prefix(field, prefix_in(prefix))


def blank(field: str, kind: RuleKind) -> Condition:
    """Make the test for nothing there."""
    return Blank(field, kind)


def listed(field: str, kind: RuleKind, name: str, lists: Lists) -> Condition:
    """Make the test for the entries of a named list."""
    entries = list_named(name, lists)
    if kind is RuleKind.TEXT:
        return OneOf(field, members(entries))
    return any_of([equals(field, kind, entry) for entry in entries])


def merged(conditions: list[Condition]) -> Condition:
    """Join alternatives for one field, all single texts as one set."""
    texts = [condition for condition in conditions if isinstance(condition, OneOf)]
    if len(texts) < 2:
        return any_of(conditions)
    others = [condition for condition in conditions if not isinstance(condition, OneOf)]
    return any_of([OneOf(texts[0].field, frozenset().union(*(text.values for text in texts))), *others])


def _bounded(field: str, sign: str, bound: date) -> Condition:
    """Include both days of the period, for days have no values between them."""
    if (sign == ">" and bound == date.max) or (sign == "<" and bound == date.min):
        return NEVER
    day = bound + timedelta(days={">": 1, "<": -1}.get(sign, 0))
    return Period(field, day, None) if sign[0] == ">" else Period(field, None, day)


def _ends(low: str, high: str, read: Callable[[str], _Value]) -> tuple[_Value | None, _Value | None]:
    bottom, top = read(low) if low else None, read(high) if high else None
    if bottom is None and top is None:
        raise Unreadable("a range needs an end", "100..999, 100.. or ..999")
    if bottom is not None and top is not None and bottom > top:
        raise Unreadable(f"{shown(f'{low}..{high}')} ends before it begins", remedy="write the smaller end first")
    return bottom, top
