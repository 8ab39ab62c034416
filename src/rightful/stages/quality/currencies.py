"""Find currency signs, codes and words in a text, and say which currency each one is.

The codes and which country uses which currency are facts, checked against the Unicode locale data by a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.numerals import country_of

__all__ = ["Sign", "currency_of", "find_signs", "without_signs"]

_CURRENCIES = {row["sign"]: tuple(row["currencies"].split()) for row in read_rows("currency_signs.csv")}
_COUNTRY_CURRENCY = {row["country"]: row["currency"] for row in read_rows("country_currencies.csv")}
# Codes no longer in use still stand in CRMs; codes that are English words would be found by chance.
_CODES = frozenset({*_COUNTRY_CURRENCY.values(), "BGN", "HRK", "EUR", "USD"}) - {"ALL", "CUP", "MOP", "SOS", "TOP"}


class Sign(NamedTuple):
    """A currency sign found in a text.

    Attributes:
        currencies: ISO 4217 codes that it can mean, the most usual first.
        start: Where it begins.
        end: Where it ends.
        unit: Letters that multiply, written onto it as in SEKm or TEUR; else "".
    """

    currencies: tuple[str, ...]
    start: int
    end: int
    unit: str


def _any_of(signs: Iterable[str]) -> str:
    """Give a pattern for any of the signs, the longest first; blanks in them are optional."""
    return "|".join(re.escape(sign).replace(r"\ ", r"\s?") for sign in sorted(signs, key=lambda s: (-len(s), s)))


_WORDS = [sign for sign in _CURRENCIES if sign.replace(" ", "").isalpha() and sign.isascii()]
_LETTERED = [sign for sign in _CURRENCIES if sign not in _WORDS and sign[0].isascii() and sign[0].isalpha()]
_SYMBOLS = [sign for sign in _CURRENCIES if sign not in _WORDS and sign not in _LETTERED]
_SIGN = re.compile(
    # No sign begins with these; passing over them at once makes the search several times faster.
    r"(?=[^\d\s.,()'-])(?:"
    rf"(?P<symbol>(?<![A-Za-z])(?:{_any_of(_LETTERED)})|{_any_of(_SYMBOLS)})"
    rf"|(?<![A-Za-z])(?P<before>[kKmMbBtT]|[mM]io|[mM]n|[bB]n)?(?P<code>{_any_of(_CODES)})(?P<after>[kKmMbB]|mn|bn)?(?![A-Za-z])"
    rf"|(?<![^\W\d_])(?P<word>(?i:{_any_of(_WORDS)}))(?![^\W\d_])\.?)"
)
_THOUSAND_EUROS = re.compile(r"\bT(?=\s?€)")
_SPELT = {sign.replace(" ", "").lower(): currencies for sign, currencies in _CURRENCIES.items()}


def find_signs(text: str) -> list[Sign]:
    """Find the currency signs of a text, in order.

    Example:
        >>> [sign.currencies[0] for sign in find_signs("SEKm 14 (US$ 2)")]
        ['SEK', 'USD']
    """
    found = []
    for match in _SIGN.finditer(text):
        unit = match["before"] or match["after"] or ""
        currencies = (match["code"],) if match["code"] else _SPELT[_squeezed(match["symbol"] or match["word"])]
        found.append(Sign(currencies, match.start(), match.end(), "k" if unit in {"t", "T"} else unit))
    return found


def _squeezed(sign: str) -> str:
    return "".join(sign.split()).lower()


def without_signs(text: str, signs: Sequence[Sign]) -> str:
    """Give the text with blanks for its signs, and with the units that were written onto them.

    Example:
        >>> without_signs("TEUR 500", find_signs("TEUR 500"))
        ' k  500'
    """
    for sign in reversed(signs):
        text = (
            f"{text[: sign.start]} {sign.unit} {text[sign.end :]}"
            if sign.unit
            else f"{text[: sign.start]} {text[sign.end :]}"
        )
    return text


def with_plain_thousands(text: str) -> str:
    """Give the text with the T of "T€", the German thousand, as k."""
    return _THOUSAND_EUROS.sub("k", text) if "€" in text else text


def currency_of(signs: Sequence[Sign], default: str | None, hint: str | None) -> str | None:
    """Say which currency the first of a text's signs means.

    A sign of several currencies is decided by another sign of the same text, then by the plan's default currency, then by
    the country; a bare ``$`` that nothing decides is the US dollar.

    Example:
        >>> currency_of(find_signs("kr 500"), "EUR", "NO"), currency_of(find_signs("kr 500"), "EUR", None)
        ('NOK', None)
    """
    if not signs:
        return None
    choice = signs[0].currencies
    if len(choice) == 1:
        return choice[0]
    certain = {sign.currencies[0] for sign in signs if len(sign.currencies) == 1}
    for currency in (*sorted(certain), default, _COUNTRY_CURRENCY.get(country_of(hint) or "")):
        if currency in choice:
            return currency
    return "USD" if "USD" in choice else None
