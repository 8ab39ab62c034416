"""Read written digits: normal form of the text, thousands and decimal marks, and the words that multiply.

``numbers`` and ``money`` share what is here. Nothing here decides what a text means as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from rightful.stages.quality.data import read_rows

__all__ = [
    "NUMERAL",
    "UNITS",
    "Mark",
    "Numeral",
    "Unit",
    "country_of",
    "decimal_mark",
    "is_mil_thousand",
    "plain_form",
    "read_numeral",
]

Mark = Literal["comma", "point"]

# The decimal mark of each country's main language, checked against the Unicode locale data by a test, and what "mil" means
# there. Countries in which both marks are at home, such as Canada and Switzerland, have none.
_COUNTRIES = {row["country"]: row for row in read_rows("number_countries.csv")}

_MARKS: dict[str, Mark] = {"comma": "comma", "point": "point"}
_MIL = {"thousand": True, "million": False}

_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc", "-"),
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4\u0060\u2032\uff07", "'"),
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
        ),
        **dict.fromkeys("\u301c\uff5e\u223c\u223d", "~"),
        **dict.fromkeys("\u2248\u2245", "~"),
        "\u2265": ">",
        "\u2264": "<",
        "\u066b": ".",
        "\u066c": ",",
        "\u2026": "...",
    }
)


def plain_form(text: str) -> str:
    """Give the text with ASCII digits, dashes, apostrophes and blanks, whatever script it was typed in.

    Example:
        >>> plain_form("１２\u00a0000\u2013９９\u2019999")
        "12 000-99'999"
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(letter)) if letter.isdecimal() and letter > "9" else letter for letter in text)


def country_of(hint: str | None) -> str | None:
    """Give the country of a hint: ``DE``, ``de_DE``, ``de-DE`` and ``point_DE`` are DE; a mark has none."""
    if hint is None or hint in {"comma", "point"}:
        return None
    return hint.replace("-", "_").rpartition("_")[2].upper()


def decimal_mark(hint: str | None) -> Mark | None:
    """Say which mark a hint makes the decimal one.

    Args:
        hint: A country code such as DE, a locale such as de_DE, or what ``majority_separator`` gave, also with the
            country behind it: ``point_DE``.

    Example:
        >>> decimal_mark("DE"), decimal_mark("US"), decimal_mark("CH"), decimal_mark("comma"), decimal_mark("point_DE")
        ('comma', 'point', None, 'comma', 'point')
    """
    if hint is None:
        return None
    stated = _MARKS.get(hint.partition("_")[0])
    if stated:
        return stated
    country = country_of(hint)
    return _MARKS.get(_COUNTRIES[country]["decimal_mark"]) if country in _COUNTRIES else None


def is_mil_thousand(hint: str | None) -> bool | None:
    """Say whether "mil" is a thousand (True), a million (False), or not to be told (None) under a hint."""
    country = country_of(hint)
    return _MIL.get(_COUNTRIES[country]["mil"]) if country in _COUNTRIES else None


class Numeral(NamedTuple):
    """The readings of one run of digits and marks.

    Attributes:
        point: Its value where the point is the decimal mark; None where it cannot be read so.
        comma: Its value where the comma is the decimal mark; None where it cannot be read so.
        grouped_by: The mark before a single group of three digits, when it decides between the readings; else "".
        tail: The three digits behind that mark, else "".
        is_marked: True when thousands separators were read away.
    """

    point: float | None
    comma: float | None
    grouped_by: str = ""
    tail: str = ""
    is_marked: bool = False


NUMERAL = (
    r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?(?![\d.,]*\d)|\d+(?:[.,']\d+)*(?:[eE][+-]?\d{1,2}(?!\w))?"
    r"|(?<![\w.,])[.,]\d+"
)
"""Pattern of a run of digits with marks, as ``read_numeral`` takes it."""

_GROUPED = re.compile(r"[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*(?:([.,])(\d+))?")
_INDIAN = re.compile(r"[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d+)?")
_DECIMAL = re.compile(r"(\d*)([.,])(\d+)")
_EXPONENT = re.compile(r"(\d+)(?:[.,](\d+))?[eE]([+-]?\d{1,2})")
_SEPARATORS = str.maketrans("", "", ".,' ")
_UNREADABLE = Numeral(None, None)


def read_numeral(digits: str) -> Numeral:
    """Read a run of digits with marks in every way in which it can be read.

    Example:
        >>> read_numeral("1.234,5")
        Numeral(point=None, comma=1234.5, grouped_by='', tail='', is_marked=True)
        >>> read_numeral("1.000")
        Numeral(point=1.0, comma=1000.0, grouped_by='.', tail='000', is_marked=True)
    """
    if digits.isdigit():
        value = float(digits)
        return Numeral(value, value)
    grouped = _GROUPED.fullmatch(digits)
    if grouped:
        return _read_grouped(digits, grouped)
    decimal = _DECIMAL.fullmatch(digits)
    if decimal:
        value = float(f"{decimal[1]}.{decimal[3]}")
        return Numeral(value, None) if decimal[2] == "." else Numeral(None, value, is_marked=True)
    if _INDIAN.fullmatch(digits):
        return Numeral(float(digits.replace(",", "")), None, is_marked=True)
    exponent = _EXPONENT.fullmatch(digits)
    if exponent:
        value = float(f"{exponent[1]}.{exponent[2] or 0}e{exponent[3]}")
        return Numeral(value, value, is_marked=True)
    return _UNREADABLE


def _read_grouped(digits: str, grouped: re.Match[str]) -> Numeral:
    group, decimal, fraction = grouped.groups()
    if decimal == group:  # 1,234,56 is no number
        return _UNREADABLE
    if decimal:
        whole = digits[: -len(fraction) - 1].translate(_SEPARATORS)
        value = float(f"{whole}.{fraction}")
        return Numeral(value, None, is_marked=True) if decimal == "." else Numeral(None, value, is_marked=True)
    value = float(digits.translate(_SEPARATORS))
    if group in "' ":
        return Numeral(value, value, is_marked=True)
    if digits.count(group) > 1:
        return Numeral(value, None, is_marked=True) if group == "," else Numeral(None, value, is_marked=True)
    fine = float(digits.replace(",", "."))
    tail = digits[-3:]
    return (
        Numeral(value, fine, ",", tail, is_marked=True)
        if group == ","
        else Numeral(fine, value, ".", tail, is_marked=True)
    )


class Unit(NamedTuple):
    """A word that multiplies the number before it.

    Attributes:
        times: What it multiplies by.
        mark: The decimal mark of the language whose word it is; None where several languages share it.
        reason: Reason code of a number that carries it.
    """

    times: float
    mark: Mark | None
    reason: str


def _units() -> dict[str, Unit]:
    # Words by size; after "|" those of languages with a decimal comma, after "||" those that several share.
    sizes = (
        (1e2, "unit_hundreds", "hundred hundreds", "", ""),
        (
            1e3,
            "unit_thousands",
            "thousand thousands thou",
            "tsd tausend tys tysięcy tysiące тыс тысяч mila duizend tusen tusind milliers millier bin mille",
            "k 千",
        ),
        (1e4, "unit_myriads", "", "", "万 萬 만"),
        (1e5, "unit_lakh", "lakh lakhs lac lacs", "", ""),
        (
            1e6,
            "unit_millions",
            "million millions mill milion mn mm",
            (
                "mio juta millionen millón millones milioni milione milhão milhões miljoen miljoner millioner milionów miliony"
                " млн миллион миллионов миллиона milyon mi mkr"
            ),
            "m mln 百万",
        ),
        (1e7, "unit_crore", "crore crores cr", "", ""),
        (1e8, "unit_myriads", "", "", "億 亿 억"),
        (
            1e9,
            "unit_billions",
            "billion billions bil bln bn b",
            (
                "mrd miliar milliarde milliarden milliard milliards md mds mdr mia mld miliardi miliardo miliard miliardy miliardów"
                " miljard miljarder milliarder млрд миллиард миллиардов миллиарда milyar bilhão bilhões bi"
            ),
            "十億",
        ),
        (
            1e12,
            "unit_trillions",
            "trillion trillions trn tn trl t",
            "billionen triliun billón billones biljoen bilion biliony bilionów bio трлн trilhão trilhões",
            "兆 조",
        ),
    )
    found: dict[str, Unit] = {}
    for times, reason, english, comma, shared in sizes:
        marks: tuple[tuple[str, Mark | None], ...] = ((english, "point"), (comma, "comma"), (shared, None))
        for words, mark in marks:
            found.update({word: Unit(times, mark, reason) for word in words.split()})
    return found


UNITS: dict[str, Unit] = _units()
