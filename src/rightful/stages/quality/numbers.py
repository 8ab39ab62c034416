"""Read numbers, ranges and bounds as people type them, and never call a guess a fact.

``1.000`` is 1 or 1000: it gets a value only where something decides, and the reason then says what. A range has two ends and
no value; a bound has one end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rightful.stages.quality.junk import is_junk
from rightful.stages.quality.numerals import NUMERAL, Mark, decimal_mark, plain_form, read_numeral
from rightful.stages.quality.quantities import (
    NOTHING,
    Context,
    NumberReading,
    exact,
    read_quantity,
    split_brackets,
)

__all__ = ["REASONS", "NumberReading", "log_middle", "majority_separator", "parse_number"]

REASONS: dict[str, str] = {
    "number_formatted": "Thousands separators, labels or notes around the number were removed.",
    "comma_as_thousands": "A single comma before three digits was read as a thousands separator, as in 1,000.",
    "locale_decided": (
        "The number can be read with a decimal or a thousands separator; its country or the other values of its"
        " column decided."
    ),
    "whole_number": "The separator before three digits separates thousands, because only whole numbers occur here.",
    "range_parsed": "The text is a range; its two ends were read and no single value is claimed.",
    "lower_bound": "The text gives only the smallest value, such as 1,000+; that is taken.",
    "upper_bound": "The text gives only the largest value, such as up to 50; that is taken.",
    "approximate": "The text says that its number is approximate.",
    "percent": "The text is a percentage; the value counts in percent.",
    "unit_hundreds": "A word for hundreds multiplied the number.",
    "unit_thousands": "A word for thousands, such as k or Tsd., multiplied the number.",
    "unit_myriads": "A Chinese, Japanese or Korean word for 10,000 or 100,000,000 multiplied the number.",
    "unit_lakh": "The word lakh (100,000) multiplied the number.",
    "unit_millions": "A word for millions, such as M or Mio., multiplied the number.",
    "unit_crore": "The word crore (10,000,000) multiplied the number.",
    "unit_billions": "A word for billions, such as B or Mrd., multiplied the number.",
    "unit_trillions": "A word for trillions, a million millions, multiplied the number.",
    "latest_of_several": "The text holds the numbers of several years; the latest year's was taken.",
    "total_of_several": "The text holds several numbers; the one labelled as total or consolidated was taken.",
    "ambiguous": "The text can be read as different numbers and nothing decides between them.",
    "junk": "The text is a placeholder or a test entry, not a number.",
    "unreadable": "The text is not a number that can be read with certainty.",
}

_MOST_LETTERS = 300
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,4}(?:\.\d{1,2})?", re.ASCII)
_COMMA = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)
_NUMERAL = re.compile(NUMERAL)


def parse_number(text: str | None, *, locale_hint: str | None = None, whole: bool = False) -> NumberReading:
    """Read a number, a range or a bound.

    Args:
        text: As typed, in any script.
        locale_hint: What decides whether ``1.000`` is 1 or 1000: a country code, or what ``majority_separator`` says of
            the column.
        whole: True where only whole numbers occur, such as employees: ``14.046`` is then 14046.

    Example:
        >>> parse_number("10-100 M")
        NumberReading(low=10000000.0, high=100000000.0, value=None, is_exact=False, reason='range_parsed')
        >>> parse_number("1.000").reason, parse_number("1.000", locale_hint="DE").value
        ('ambiguous', 1000.0)
    """
    if text is None:
        return NOTHING
    if _PLAIN.fullmatch(text) or _COMMAS.fullmatch(text) or (whole and _COMMA.fullmatch(text)):
        if is_junk(text, "number"):
            return NOTHING._replace(reason="junk")
        return exact(float(text.replace(",", "")), "number_formatted" if "," in text else "")
    plain = plain_form(text[:_MOST_LETTERS]).strip()
    if not plain:
        return NOTHING
    if is_junk(plain, "number"):
        return NOTHING._replace(reason="junk")
    outside, inside = split_brackets(plain)
    if outside == ["", ""]:
        return _negative(inside[0], locale_hint, whole=whole)
    return read_quantity(outside, inside, Context(decimal_mark(locale_hint), locale_hint, whole))


def _negative(bracketed: str, hint: str | None, *, whole: bool) -> NumberReading:
    """Read accounting's way of writing a negative number: (500)."""
    reading = parse_number(bracketed, locale_hint=hint, whole=whole)
    if reading.value is None or not reading.is_exact:
        return NOTHING._replace(reason="unreadable")
    return exact(-reading.value, reading.reason or "number_formatted")


def log_middle(low: float, high: float) -> float:
    """Give the middle of a range on a logarithmic scale, the usual single value for company sizes.

    Example:
        >>> round(log_middle(10, 1000))
        100
    """
    return float((low * high) ** 0.5) if low > 0 and high > 0 else (low + high) / 2


def majority_separator(values: Iterable[str | None]) -> Mark | None:
    """Say which decimal mark a column's unambiguous values use.

    Returns:
        ``comma`` or ``point`` where at least nine in ten of the values that can be read in one way only agree; else
        None, also when there are none.

    Example:
        >>> majority_separator(["1.000", "2.500,50", "12,5"])
        'comma'
        >>> majority_separator(["1.000", "2.000"]) is None
        True
    """
    points = commas = 0
    for value in values:
        for digits in _NUMERAL.findall(" ".join(split_brackets(plain_form(value))[0])) if value else ():
            numeral = read_numeral(digits)
            points += numeral.comma is None and numeral.point is not None
            commas += numeral.point is None and numeral.comma is not None
    if points and points >= 9 * commas:
        return "point"
    return "comma" if commas and commas >= 9 * points else None
