"""Read a condition with three answers: met, missed, or unknown because a blank leaves it open.

A rule about who owns a record must say yes or no, so there a comparison with a blank is false. A grade may say *unknown*:
a company of unknown size is no small company. A condition is therefore split in two ordinary conditions:

* ``surely``: it holds whatever stands in the blanks,
* ``possibly``: it holds for some value of the blanks, each occurrence of a field taken for itself.

Met is *surely*, missed is *not possibly*, unknown is the rest: Kleene's three-valued logic, with the same two-valued rules
underneath, so that one record and a million rows are decided by the same machinery. The word ``unknown`` that segmentation
writes when no rule holds counts as blank, except in a test that names it. A test for blank itself is never unknown.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64: the strong three-valued connectives.
"""

from __future__ import annotations

from rightful.crm import OBJECTS, Kind
from rightful.rules import And, Blank, Condition, Flag, Not, OneOf, Or, Period, Prefix, Range, RuleKind, any_of
from rightful.rules.conditions import Atom

__all__ = ["possibly", "surely"]

_UNKNOWN = "unknown"
_KINDS: dict[type[Condition], RuleKind] = {
    OneOf: RuleKind.TEXT,
    Prefix: RuleKind.TEXT,
    Range: RuleKind.NUMBER,
    Period: RuleKind.DATE,
    Flag: RuleKind.FLAG,
}
_SEGMENT_FIELDS = frozenset(
    field.name for each in OBJECTS for field in each.fields_of("segmentation") if field.kind is Kind.CODE
)


def surely(condition: Condition) -> Condition:
    """Give the condition that holds when the given one holds whatever stands in the blanks.

    Example:
        >>> from rightful.rules.conditions import Range
        >>> str(surely(Not(Range("employees", None, 50, includes_high=False))))
        'NOT (employees < 50 OR employees IS NULL)'
    """
    match condition:
        case And(parts):
            return And(tuple(surely(part) for part in parts))
        case Or(parts):
            return Or(tuple(surely(part) for part in parts))
        case Not(part):
            return Not(possibly(part))
        case _:
            return condition


def possibly(condition: Condition) -> Condition:
    """Give the condition that holds when the given one holds for some value of the blanks.

    Example:
        >>> from rightful.rules.conditions import Range
        >>> str(possibly(Range("employees", 1000, None)))
        'employees >= 1000 OR employees IS NULL'
    """
    match condition:
        case And(parts):
            return And(tuple(possibly(part) for part in parts))
        case Or(parts):
            return Or(tuple(possibly(part) for part in parts))
        case Not(part):
            return Not(surely(part))
        case Blank():
            return condition
        case Atom():
            return any_of((condition, *_open(condition)))
        case _:
            return condition


def _open(atom: Atom) -> tuple[Condition, ...]:
    """Give the tests for a field that says nothing."""
    blank = Blank(atom.field, _KINDS[type(atom)])
    if atom.field not in _SEGMENT_FIELDS or (isinstance(atom, OneOf) and _UNKNOWN in atom.values):
        return (blank,)
    return (blank, OneOf(atom.field, frozenset((_UNKNOWN,))))
