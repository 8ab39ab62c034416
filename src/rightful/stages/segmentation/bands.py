"""Bands on a number that may be a range: 50-500 employees, 1,000 or more, up to 50.

A range whose ends fall in one band is in that band, whatever its middle. Only where the ends fall in different bands does the
plan's ``when_range_spans`` decide, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan

from rightful.plan.segmentation import Band
from rightful.rules import RuleKind
from rightful.rules.conditions import Blank, Condition, Not, Range, all_of, any_of, number_words

__all__ = ["BandRow", "BandedNumber", "band_rows"]


@dataclass(frozen=True, slots=True)
class BandedNumber:
    """A number field with the fields that hold the ends of its range.

    Attributes:
        field: The number; of a range the estimated middle, of an open one its known end.
        low: Field of the smallest value that the source allows; empty where the field has none.
        high: Field of the largest value; null with a known low end is open-ended.
    """

    field: str
    low: str = ""
    high: str = ""

    @classmethod
    def of(cls, field: str, fields: Mapping[str, RuleKind]) -> BandedNumber:
        """Find the range's fields by their names.

        Example:
            >>> kinds = dict.fromkeys(("pay_usd", "pay_low_usd", "pay_high_usd"), RuleKind.NUMBER)
            >>> BandedNumber.of("pay_usd", kinds)
            BandedNumber(field='pay_usd', low='pay_low_usd', high='pay_high_usd')
        """
        stem, unit = (field.removesuffix("_usd"), "_usd") if field.endswith("_usd") else (field, "")
        low, high = f"{stem}_low{unit}", f"{stem}_high{unit}"
        return cls(field, low, high) if low in fields and high in fields else cls(field)

    @property
    def reads(self) -> tuple[str, ...]:
        """The fields that hold it."""
        return tuple(name for name in (self.field, self.low, self.high) if name)

    def words(self, values: Mapping[str, object]) -> str:
        """Say what a record holds.

        Example:
            >>> BandedNumber("employees", "low", "high").words({"employees": 158.0, "low": 50.0, "high": 500.0})
            'employees 50-500'
        """
        number, low, high = (_number(values.get(name)) for name in (self.field, self.low, self.high))
        if low is None and high is None:
            return f"{self.field} blank" if number is None else f"{self.field} {_shown(number)}"
        if high is None:
            return f"{self.field} {_shown(low)} or more"
        if low is None:
            return f"{self.field} up to {_shown(high)}"
        return f"{self.field} {_shown(low)}" if low == high else f"{self.field} {_shown(low)}-{_shown(high)}"

    def is_range(self, values: Mapping[str, object]) -> bool:
        """Tell whether a record holds a range and not one number."""
        low, high = _number(values.get(self.low)), _number(values.get(self.high))
        return low != high

    def estimate(self, values: Mapping[str, object]) -> str:
        """Say what stands for the range: its estimated middle, of an open range the end that is known."""
        if _number(values.get(self.low)) is None:
            return "upper end"
        if _number(values.get(self.high)) is None:
            return "lower end"
        return f"middle {_shown(_number(values.get(self.field)))}"


@dataclass(frozen=True, slots=True)
class BandRow:
    """One way into a band.

    Attributes:
        name: The band.
        when: When a record is in it this way.
        number: The number that is banded.
        words: The band's bounds: ``>=100 <1000``.
        spanning: Empty where the number, or both ends of its range, are in the band; else what decided: ``middle``, ``lower``.
    """

    name: str
    when: Condition
    number: BandedNumber
    words: str
    spanning: str = ""

    def reason(self, values: Mapping[str, object]) -> str:
        """Say why a record is in the band."""
        said = self.number.words(values)
        match self.spanning:
            case "middle":
                return f"{said} spans bands, {self.number.estimate(values)} in {self.words}"
            case "lower":
                return f"{said} spans bands, lower end in {self.words}"
            case _:
                return f"{said} in {self.words}"


def band_rows(band: Band, fields: Mapping[str, RuleKind]) -> Iterator[BandRow]:
    """Give the ways into the bands of one number, in the order in which they are tried.

    Example:
        >>> rows = band_rows(Band(field="age", edges={"young": 0, "old": 60}), {"age": RuleKind.NUMBER})
        >>> [(row.name, str(row.when)) for row in rows]
        [('young', 'age >= 0 AND age < 60'), ('old', 'age >= 60')]
    """
    number = BandedNumber.of(band.field, fields)
    edges = list(band.edges.values())
    spans = list(zip(band.edges, edges, [*edges[1:], None], strict=True))
    for position, (name, edge, end) in enumerate(spans):
        yield BandRow(name, _within(number, edge, end, is_first=position == 0), number, _bounds(edge, end))
    if not number.low or band.when_range_spans == "unknown":
        return
    for position, (name, edge, end) in enumerate(spans):
        when: Condition = Range(number.field, edge, end, includes_high=False)
        if band.when_range_spans == "lower":
            when = _lower(number, edge, end, is_first=position == 0)
        yield BandRow(name, when, number, _bounds(edge, end), band.when_range_spans)


def _within(number: BandedNumber, edge: float, end: float | None, *, is_first: bool) -> Condition:
    """Make the condition that the number, or all that its range allows, is in one band."""
    plain = Range(number.field, edge, end, includes_high=False)
    if not number.low:
        return plain
    low = Range(number.low, edge, end, includes_high=False)
    high = Range(number.high, edge, end, includes_high=False)
    no_low, no_high = Blank(number.low, RuleKind.NUMBER), Blank(number.high, RuleKind.NUMBER)
    ways = [all_of([low, high]), all_of([no_low, no_high, plain])]
    if end is None:
        ways.append(all_of([low, no_high]))
    if is_first:
        ways.append(all_of([no_low, high]))
    return any_of(ways)


def _lower(number: BandedNumber, edge: float, end: float | None, *, is_first: bool) -> Condition:
    low = Range(number.low, edge, end, includes_high=False)
    if not is_first:
        return low
    return any_of([low, all_of([Blank(number.low, RuleKind.NUMBER), Not(Blank(number.high, RuleKind.NUMBER))])])


def _bounds(edge: float, end: float | None) -> str:
    return f">={number_words(edge)}" + (f" <{number_words(end)}" if end is not None else "")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isnan(value) else None


def _shown(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.2f}"
