"""Read amounts of money: the number as ``numbers`` reads it, and the currency where the text or its country determines it.

A dollar sign, a yen sign and "kr" belong to several currencies. The plan's default currency or the country decides; where
neither does, the currency stays open and the reason says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from rightful.stages.quality import numbers
from rightful.stages.quality.currencies import Sign, currency_of, find_signs, with_plain_thousands, without_signs
from rightful.stages.quality.junk import is_junk
from rightful.stages.quality.numerals import UNITS, decimal_mark, plain_form
from rightful.stages.quality.quantities import Context, NumberReading, exact, read_quantity, split_brackets

__all__ = ["REASONS", "MoneyReading", "parse_money", "to_usd"]

REASONS: dict[str, str] = {
    **numbers.REASONS,
    "currency_ambiguous": "The sign belongs to several currencies, and neither the country nor the plan decides.",
    "currency_unknown": "The text has no currency sign, and the plan has no default currency.",
    "first_of_several_currencies": "The text states the amount in several currencies; the first was taken as the fact.",
}

_MOST_LETTERS = 400
_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_USUAL = re.compile(
    r"(?:(?P<sign>[$€£])(?P<grouped>[1-9]\d{0,2}(?:,\d{3})+)|(?P<other_sign>[$€£])?(?P<plain>\d{1,9})(?P<cents>\.\d{1,2})?"
    r" ?(?P<unit>[kKmMbB]|[mb]illion))",
    re.ASCII,
)
_DIGIT = re.compile(r"\d")


class MoneyReading(NamedTuple):
    """What a text says about an amount of money.

    Attributes:
        low: Smallest amount that the text allows, in ``currency``.
        high: Largest amount that the text allows, in ``currency``.
        value: The amount, in ``currency``; None for a range, a bound, or what cannot be read with certainty.
        currency: ISO 4217 code; None where nothing determines it or nothing was read.
        is_exact: True when the text states the amount itself: no range, bound or approximation.
        reason: A key of ``REASONS``; empty when the text was a plain number or nothing.
        stated_usd: The amount in US dollars where the text states it beside another currency.
    """

    low: float | None
    high: float | None
    value: float | None
    currency: str | None
    is_exact: bool
    reason: str
    stated_usd: float | None = None


_NOTHING = MoneyReading(None, None, None, None, is_exact=False, reason="")


class _Part(NamedTuple):
    """A part of a text outside brackets.

    Attributes:
        bare: Its amount without signs.
        signs: Its signs.
        currency: What its first sign means.
        rest: What stands behind the sign of a second currency; else "".
    """

    bare: str
    signs: list[Sign]
    currency: str | None
    rest: str


def parse_money(
    text: str | None, *, default_currency: str | None = None, locale_hint: str | None = None
) -> MoneyReading:
    """Read an amount of money, a range or a bound.

    Args:
        text: As typed, in any script.
        default_currency: ISO 4217 code of amounts without a sign; it also decides what ``$``, ``¥`` and ``kr`` mean.
        locale_hint: Country code, or what ``majority_separator`` says of the column, or both: ``point_JP``.

    Example:
        >>> parse_money("€3.91 billion (2021)")[2:4]
        (3910000000.0, 'EUR')
        >>> parse_money("JPY ¥253.78 billion ( US$ 2.21 billion)").stated_usd
        2210000000.0
    """
    if text is None:
        return _NOTHING
    if _PLAIN.fullmatch(text) and not is_junk(text, "number"):
        return _reading(exact(float(text), ""), default_currency, is_signed=False)
    usual = _USUAL.fullmatch(text)
    if usual:
        return _read_usual(usual, default_currency, locale_hint)
    plain = plain_form(text[:_MOST_LETTERS]).strip()
    if not plain:
        return _NOTHING
    if is_junk(plain, "number"):
        return _NOTHING._replace(reason="junk")
    outside, inside = split_brackets(with_plain_thousands(plain))
    if outside != ["", ""]:
        return _read(outside, inside, default_currency, locale_hint)
    reading = _read([inside[0]], [""], default_currency, locale_hint)  # accounting's negative: (500)
    if reading.value is None:
        return reading
    return reading._replace(low=-reading.value, high=-reading.value, value=-reading.value)


def _read_usual(usual: re.Match[str], default: str | None, hint: str | None) -> MoneyReading:
    """Read $1,234,567, $500, 11.5 million and €3.7m, which are what most amounts look like, without cutting them into words."""
    sign, unit = usual["sign"] or usual["other_sign"], usual["unit"]
    value = float((usual["grouped"] or usual["plain"]).replace(",", "") + (usual["cents"] or ""))
    reason = "number_formatted" if usual["grouped"] else ""
    if unit:
        known = UNITS[unit.lower()]
        value, reason = round(value * known.times, 6), known.reason
    currency = _currency_of_sign(sign, default, hint) if sign else default
    return _reading(exact(value, reason), currency, is_signed=bool(sign))


@lru_cache(maxsize=1024)
def _currency_of_sign(sign: str, default: str | None, hint: str | None) -> str | None:
    return currency_of(find_signs(sign), default, hint)


def to_usd(amount: float | None, currency: str | None, rates: Mapping[str, float]) -> float | None:
    """Convert an amount to US dollars.

    Args:
        amount: The amount.
        currency: ISO 4217 code.
        rates: US dollars for one unit of a currency; USD itself needs no entry.

    Returns:
        The amount in US dollars, to the cent; None where the amount, the currency or its rate is unknown.

    Example:
        >>> to_usd(2_000_000.0, "EUR", {"EUR": 1.1})
        2200000.0
    """
    if amount is None or currency is None:
        return None
    rate = 1.0 if currency == "USD" else rates.get(currency)
    return None if rate is None else round(amount * rate, 2)


def _read(outside: list[str], inside: list[str], default: str | None, hint: str | None) -> MoneyReading:
    parts = [_part(text, default, hint) for text in outside]
    signed = next((part for part in parts if part.signs), None)
    if signed is None:
        return _reading(read_quantity(outside, inside, Context(decimal_mark(hint), hint)), default, is_signed=False)
    context = Context(decimal_mark(hint), hint, is_money=True)
    same = [part.bare if part.currency in {signed.currency, None} or not part.signs else "" for part in parts]
    reading = read_quantity(same, inside, context)
    stated = None
    if signed.currency != "USD":
        others = [
            *inside,
            *(part.rest for part in parts),
            *(text for text, kept in zip(outside, same, strict=True) if not kept),
        ]
        stated = next(filter(None, (_usd(other, default, hint) for other in others)), None)
    is_beside = stated is not None or any(part.rest for part in parts) or same != [part.bare for part in parts]
    if is_beside and reading.value is not None and reading.is_exact:
        reading = reading._replace(reason="first_of_several_currencies")
    return _reading(reading, signed.currency, stated)


def _part(text: str, default: str | None, hint: str | None) -> _Part:
    signs = find_signs(text)
    if not signs:
        return _Part(text, signs, None, "")
    currency = currency_of(signs, default, hint)
    for place, sign in enumerate(signs[1:], 1):
        is_other = currency not in sign.currencies
        if is_other and _DIGIT.search(text[signs[0].start : sign.start]):
            return _Part(without_signs(text[: sign.start], signs[:place]), signs[:place], currency, text[sign.start :])
    return _Part(without_signs(text, signs), signs, currency, "")


def _usd(text: str, default: str | None, hint: str | None) -> float | None:
    """Read the amount in US dollars that a text beside the fact states."""
    if "$" not in text and "USD" not in text and "ollar" not in text:
        return None
    part = _part(text, default, hint)
    if part.currency != "USD":
        return None
    return read_quantity([part.bare], [""], Context("point", None, is_money=True)).value


def _reading(
    reading: NumberReading, currency: str | None, stated: float | None = None, *, is_signed: bool = True
) -> MoneyReading:
    low, high, value, is_exact, reason = reading
    if low is None and high is None:
        return _NOTHING._replace(reason=reason, stated_usd=stated)
    if currency is None and is_exact:
        reason = "currency_ambiguous" if is_signed else "currency_unknown"
    return MoneyReading(low, high, value, currency, is_exact, reason, stated)
