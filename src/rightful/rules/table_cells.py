"""Read the cells of a rule table: one field per column, alternatives with commas.

    US, CA        one of            !US           none of
    100..999      from, to          >=1000  <50   a bound
    94*           begins with       94*, !94110   begins with, except
    (blank)       nothing there     !(blank)      something there
    @emea         a named list      "Smith, Jones" a text taken as it is
    blank cell    any

Alternatives widen, exclusions (``!``) cut off, and exclusions come last: ``!US, CA`` could mean two things and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rightful.errors import Mistake, Place, PlanError
from rightful.rules.atoms import begins, blank, compares, equals, listed, merged, spans
from rightful.rules.conditions import ANY, Condition, Not, all_of
from rightful.rules.literals import Fields, Lists, Unreadable, known_field, shown
from rightful.rules.values import RuleKind

__all__ = ["parse_cell"]

MAX_CELL_LENGTH = 100_000
_COMPARISON = re.compile(r"(>=|<=|>|<)(.*)\Z", re.DOTALL)
_SPAN = re.compile(r"(.*?)\.\.(.*)\Z", re.DOTALL)
_THOUSANDS = re.compile(r"[0-9],[0-9]{3}(?![0-9])", re.ASCII)
_QUOTE_IT = "put a text that holds signs into double quotes"
_EXCLUDE_IT = "to exclude both write !US, !CA"


@dataclass(frozen=True, slots=True)
class _Item:
    """One alternative of a cell."""

    text: str
    is_exclusion: bool
    is_quoted: bool


def parse_cell(text: str, field: str, fields: Fields, place: Place, lists: Lists) -> Condition:
    """Read a cell of a rule table.

    Raises:
        PlanError: The field or a list is unknown, or an alternative cannot be read; all that is wrong in the cell at once.

    Example:
        >>> fields = {"postal_code": RuleKind.TEXT, "employees": RuleKind.NUMBER}
        >>> str(parse_cell("94*, !94110", "postal_code", fields, Place("rules.csv", 2, 1), {}))
        "postal_code LIKE '94%' AND postal_code <> '94110'"
        >>> str(parse_cell("100..999", "employees", fields, Place("rules.csv", 2, 2), {}))
        'employees BETWEEN 100 AND 999'
    """
    try:
        kind = known_field(field, fields)
        if len(text) > MAX_CELL_LENGTH:
            raise Unreadable(
                f"the cell has {len(text)} characters", f"{MAX_CELL_LENGTH}", "use a named list, as in @emea"
            )
        if not text.strip():
            return ANY
        if kind is RuleKind.NUMBER and _THOUSANDS.search(text):
            raise Unreadable(
                f"{shown(text)} may be one number or two", remedy="write 1500, or `1, 500` for either of two"
            )
        items = list(dict.fromkeys(_items(text)))
        if not items:
            raise Unreadable(f"{shown(text)} holds no alternative", remedy="leave the cell empty for any")
    except Unreadable as error:
        raise PlanError(_mistake(place, field, error)) from error
    wanted: list[Condition] = []
    excluded: list[Condition] = []
    mistakes: list[Mistake] = []
    for item in items:
        try:
            if excluded and not item.is_exclusion:
                raise Unreadable(f"{shown(item.text)} follows an exclusion", "exclusions last", _EXCLUDE_IT)
            (excluded if item.is_exclusion else wanted).append(_alternative(item, field, kind, lists))
        except Unreadable as error:
            mistakes.append(_mistake(place, field, error))
    if mistakes:
        raise PlanError(mistakes)
    parts = [merged(wanted)] if wanted else []
    return all_of([*parts, Not(merged(excluded))] if excluded else parts)


def _items(text: str) -> Iterator[_Item]:
    """Split at commas outside double quotes, in one pass."""
    position = 0
    while position < len(text):
        start = _after_blanks(text, position)
        is_exclusion = text.startswith("!", start)
        start = _after_blanks(text, start + 1) if is_exclusion else start
        is_quoted = text.startswith('"', start)
        end = _closing_quote(text, start) + 1 if is_quoted else start
        comma = text.find(",", end)
        comma = len(text) if comma < 0 else comma
        item = text[start + 1 : end - 1].replace('""', '"') if is_quoted else text[start:comma].strip()
        if is_quoted and text[end:comma].strip():
            raise Unreadable(f"{shown(text[end:comma].strip())} follows a quoted text", "a comma", _QUOTE_IT)
        if item:
            yield _Item(item, is_exclusion, is_quoted)
        elif is_exclusion or is_quoted:
            raise Unreadable(f"an alternative of {shown(text)} is empty", remedy="write (blank) for nothing there")
        position = comma + 1


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _closing_quote(text: str, start: int) -> int:
    position = text.find('"', start + 1)
    while position >= 0 and text.startswith('"', position + 1):
        position = text.find('"', position + 2)
    if position < 0:
        raise Unreadable(f"{shown(text[start:])} has no closing quote", remedy='write "" for a quote within quotes')
    return position


def _alternative(item: _Item, field: str, kind: RuleKind, lists: Lists) -> Condition:
    text = item.text
    if item.is_quoted:
        return equals(field, kind, text)
    if text.startswith("("):
        if text.casefold() != "(blank)":
            raise Unreadable(f"{shown(text)} is no test", "(blank)", _QUOTE_IT)
        return blank(field, kind)
    if text.startswith("@"):
        return listed(field, kind, text[1:].strip(), lists)
    return _text(text, field) if kind is RuleKind.TEXT else _sized(text, field, kind)


def _text(text: str, field: str) -> Condition:
    """Read an alternative of a text: ``US`` or ``94*``."""
    if text[0] in "<>=" or re.match(r"\d+\.\.\d+\Z", text):
        problem = f"{shown(text)} compares by size, but {field!r} is text"
        raise Unreadable(problem, "values, and prefixes such as 94*", _QUOTE_IT)
    prefix, star, rest = text.partition("*")
    if not star:
        return equals(field, RuleKind.TEXT, text)
    if rest or not prefix:
        remedy = "for anything there write !(blank), for any leave the cell empty"
        raise Unreadable(f"{shown(text)} is no prefix", "one star, at the end, as in 94*", remedy)
    return begins(field, RuleKind.TEXT, prefix)


def _sized(text: str, field: str, kind: RuleKind) -> Condition:
    """Read an alternative of a number, a date or a flag: ``1000``, ``>=1000``, ``100..999``, ``true``."""
    if found := _COMPARISON.match(text):
        return compares(field, kind, found[1], found[2].strip())
    if found := _SPAN.match(text):
        return spans(field, kind, found[1].strip(), found[2].strip())
    return equals(field, kind, text)


def _mistake(place: Place, field: str, error: Unreadable) -> Mistake:
    return Mistake(place, f"column {field!r}: {error.problem}", error.allowed, error.remedy)
