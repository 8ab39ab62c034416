"""Conditions of rules: a frozen tree over single fields, its naive reading, and its words.

    Condition
    ├── OneOf, Prefix      text
    ├── Range              numbers
    ├── Period             dates
    ├── Flag               true or false
    ├── Blank              any kind
    └── And, Or, Not       of other conditions

``holds`` is the obviously right reading, slow and short. The decision diagram must agree with it on every record.
A comparison with a blank is false; a negation is the complement, so it holds for a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rightful.rules.values import EPOCH, RuleKind, day_of, read_date, read_flag, read_number, read_text, reader_of

__all__ = [
    "ANY",
    "NEVER",
    "And",
    "Atom",
    "Blank",
    "Condition",
    "Flag",
    "Not",
    "OneOf",
    "Or",
    "Period",
    "Prefix",
    "Range",
    "all_of",
    "any_of",
    "date_of",
    "number_words",
]

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Condition:
    """Something a record meets or does not meet; ``str`` writes it as the plan's SQL expression."""

    __slots__ = ()

    def holds(self, record: Mapping[str, object]) -> bool:
        """Tell whether the record meets the condition. A field that the record lacks is blank."""
        raise NotImplementedError

    def fields(self) -> frozenset[str]:
        """Give the fields that the condition reads."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Atom(Condition):
    """A test of one field."""

    field: str

    def fields(self) -> frozenset[str]:
        """Give the one field."""
        return frozenset((self.field,))

    def is_for(self, kind: RuleKind) -> bool:
        """Tell whether the test makes sense for a field of this kind."""
        return kind is _KIND_OF_ATOM.get(type(self), kind)


@dataclass(frozen=True, slots=True)
class OneOf(Atom):
    """The text is one of the values, letter by letter.

    Example:
        >>> str(OneOf("country", frozenset({"US", "CA"})))
        "country IN ('CA', 'US')"
    """

    values: frozenset[str]

    def holds(self, record: Mapping[str, object]) -> bool:
        """Compare the text."""
        return read_text(record.get(self.field), self.field) in self.values

    def __str__(self) -> str:
        if not self.values:
            return "FALSE"
        if len(self.values) == 1:
            return f"{_name(self.field)} = {_quoted(*self.values)}"
        return f"{_name(self.field)} IN ({', '.join(map(_quoted, sorted(self.values)))})"


@dataclass(frozen=True, slots=True)
class Prefix(Atom):
    """The text begins with a text.

    Example:
        >>> str(Prefix("postal_code", "94"))
        "postal_code LIKE '94%'"
    """

    prefix: str

    def holds(self, record: Mapping[str, object]) -> bool:
        """Compare the beginning of the text."""
        text = read_text(record.get(self.field), self.field)
        return text is not None and text.startswith(self.prefix)

    def __str__(self) -> str:
        escaped = re.sub(r"([\\%_])", r"\\\1", self.prefix)
        escape = "" if escaped == self.prefix else r" ESCAPE '\'"
        return f"{_name(self.field)} LIKE {_quoted(escaped + '%')}{escape}"


@dataclass(frozen=True, slots=True)
class Range(Atom):
    """The number lies between two bounds; None is no bound.

    Example:
        >>> str(Range("employees", 100, 1000, includes_high=False))
        'employees >= 100 AND employees < 1000'
    """

    low: float | None
    high: float | None
    includes_low: bool = True
    includes_high: bool = True

    def holds(self, record: Mapping[str, object]) -> bool:
        """Compare the number."""
        number = read_number(record.get(self.field), self.field)
        if number is None:
            return False
        above = self.low is None or number > self.low or (self.includes_low and number == self.low)
        below = self.high is None or number < self.high or (self.includes_high and number == self.high)
        return above and below

    def __str__(self) -> str:
        name, both = _name(self.field), self.includes_low and self.includes_high
        if both and self.low is not None and self.high is not None and self.low <= self.high:
            if self.low == self.high:
                return f"{name} = {number_words(self.low)}"
            return f"{name} BETWEEN {number_words(self.low)} AND {number_words(self.high)}"
        parts = []
        if self.low is not None:
            parts.append(f"{name} {'>=' if self.includes_low else '>'} {number_words(self.low)}")
        if self.high is not None:
            parts.append(f"{name} {'<=' if self.includes_high else '<'} {number_words(self.high)}")
        return " AND ".join(parts) or f"{name} IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Period(Atom):
    """The date lies between two days, both included; None is no bound.

    Example:
        >>> str(Period("created_on", date(2026, 1, 1), None))
        "created_on >= '2026-01-01'"
    """

    first: date | None
    last: date | None

    def holds(self, record: Mapping[str, object]) -> bool:
        """Compare the day."""
        day = read_date(record.get(self.field), self.field)
        if day is None:
            return False
        return (self.first is None or day >= day_of(self.first)) and (self.last is None or day <= day_of(self.last))

    def __str__(self) -> str:
        name = _name(self.field)
        if self.first is not None and self.last is not None and self.first <= self.last:
            if self.first == self.last:
                return f"{name} = '{self.first}'"
            return f"{name} BETWEEN '{self.first}' AND '{self.last}'"
        above = f"{name} >= '{self.first}'" if self.first is not None else ""
        below = f"{name} <= '{self.last}'" if self.last is not None else ""
        return " AND ".join(filter(None, (above, below))) or f"{name} IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Flag(Atom):
    """The flag is true, or is false."""

    is_set: bool

    def holds(self, record: Mapping[str, object]) -> bool:
        """Compare the flag."""
        return read_flag(record.get(self.field), self.field) is self.is_set

    def __str__(self) -> str:
        return f"{_name(self.field)} = {'TRUE' if self.is_set else 'FALSE'}"


@dataclass(frozen=True, slots=True)
class Blank(Atom):
    """The field holds nothing: None, an empty text or NaN.

    Attributes:
        kind: The kind of the field, so that its value is read as everywhere else.
    """

    kind: RuleKind = RuleKind.TEXT

    def holds(self, record: Mapping[str, object]) -> bool:
        """Look whether there is a value."""
        return reader_of(self.kind)(record.get(self.field), self.field) is None

    def is_for(self, kind: RuleKind) -> bool:
        """Tell whether it was made for a field of this kind."""
        return kind is self.kind

    def __str__(self) -> str:
        return f"{_name(self.field)} IS NULL"


@dataclass(frozen=True, slots=True)
class And(Condition):
    """Every part holds; without parts it holds for any record."""

    parts: tuple[Condition, ...]

    def holds(self, record: Mapping[str, object]) -> bool:
        """Ask every part."""
        return all(part.holds(record) for part in self.parts)

    def fields(self) -> frozenset[str]:
        """Give the fields of all parts."""
        return frozenset().union(*(part.fields() for part in self.parts))

    def __str__(self) -> str:
        words = (f"({part})" if isinstance(part, Or) and part.parts else str(part) for part in self.parts)
        return " AND ".join(words) or "TRUE"


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """At least one part holds; without parts it holds for no record."""

    parts: tuple[Condition, ...]

    def holds(self, record: Mapping[str, object]) -> bool:
        """Ask until a part holds."""
        return any(part.holds(record) for part in self.parts)

    def fields(self) -> frozenset[str]:
        """Give the fields of all parts."""
        return frozenset().union(*(part.fields() for part in self.parts))

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts)) or "FALSE"


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part does not hold: the complement, blank included."""

    part: Condition

    def holds(self, record: Mapping[str, object]) -> bool:
        """Ask the part and turn the answer."""
        return not self.part.holds(record)

    def fields(self) -> frozenset[str]:
        """Give the fields of the part."""
        return self.part.fields()

    def __str__(self) -> str:
        match self.part:
            case OneOf(field, values) if len(values) == 1:
                return f"{_name(field)} <> {_quoted(*values)}"
            case OneOf(field, values) if values:
                return f"{_name(field)} NOT IN ({', '.join(map(_quoted, sorted(values)))})"
            case Blank(field):
                return f"{_name(field)} IS NOT NULL"
            case _:
                return f"NOT ({self.part})"


ANY: Condition = And(())
NEVER: Condition = Or(())

_KIND_OF_ATOM: dict[type[Condition], RuleKind] = {
    OneOf: RuleKind.TEXT,
    Prefix: RuleKind.TEXT,
    Range: RuleKind.NUMBER,
    Period: RuleKind.DATE,
    Flag: RuleKind.FLAG,
}


def all_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions that must all hold, as the cells of a row; the plainest tree that says so.

    Example:
        >>> str(all_of([ANY, OneOf("country", frozenset({"US"})), Prefix("postal_code", "94")]))
        "country = 'US' AND postal_code LIKE '94%'"
    """
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: Iterable[Condition]) -> Condition:
    """Join conditions of which one must hold; the plainest tree that says so."""
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Or) else (part,))
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def number_words(number: float) -> str:
    """Write a number as people do: no decimals where it is whole."""
    return str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else repr(float(number))


def date_of(day: int) -> date:
    """Give the date of a count of days since 1970-01-01."""
    return date.fromordinal(day + EPOCH)


def _name(field: str) -> str:
    return field if _PLAIN_NAME.match(field) else '"' + field.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
