"""Cut a text into amounts and the words around them, and read what it says as a whole.

``numbers`` and ``money`` are the two ways in; both give plain text (``numerals.plain_form``), money without its currency
signs. Every word and mark must be explained, else the text is unreadable: nothing is read out of a text by chance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rightful.stages.quality.number_words import AFTER, BEFORE, BETWEEN, JOINS, LABELS, Bound
from rightful.stages.quality.numerals import NUMERAL, UNITS, Mark, Numeral, Unit, is_mil_thousand, read_numeral

__all__ = ["AMBIGUOUS", "NOTHING", "UNREADABLE", "Context", "NumberReading", "exact", "read_quantity", "split_brackets"]

_LARGEST = 1e18


class NumberReading(NamedTuple):
    """What a text says about a number.

    Attributes:
        low: Smallest value that the text allows; None when it does not say.
        high: Largest value that the text allows; None when it does not say.
        value: The number; None for a range, a bound, or what cannot be read with certainty.
        is_exact: True when the text states the number itself: no range, bound or approximation.
        reason: A reason code; empty when the text was a plain number or nothing.
    """

    low: float | None
    high: float | None
    value: float | None
    is_exact: bool
    reason: str


NOTHING = NumberReading(None, None, None, is_exact=False, reason="")
UNREADABLE = NOTHING._replace(reason="unreadable")
AMBIGUOUS = NOTHING._replace(reason="ambiguous")


@dataclass(frozen=True, slots=True)
class Context:
    """What decides a number that can be read in two ways.

    Attributes:
        mark: The decimal mark that the country or the column suggests.
        hint: The hint itself; its country decides the Spanish or English "mil".
        is_whole: True where only whole numbers occur, such as employees.
        is_money: True where a currency stands beside the number: then three decimals do not occur.
    """

    mark: Mark | None
    hint: str | None
    is_whole: bool = False
    is_money: bool = False


@dataclass(slots=True)
class _Amount:
    """One number of a text, the words in front of it and the units behind it."""

    numeral: Numeral
    is_negative: bool
    before: list[str]
    units: list[Unit] = field(default_factory=list)
    is_percent: bool = False


_TOKEN = re.compile(
    rf"(?P<number>(?:(?<![\w)%.+])-(?=[.\d]))?(?:{NUMERAL}))"
    r"|(?P<word>百万|十億|[万萬亿億兆千만억조人名約约超]|[^\W\d_]+)|(?P<mark>\S)"
)
_FOOTNOTE = re.compile(r"\[[^\[\]]*(?:\]|$)")
_PAGE = re.compile(r"\s:\s*\d+(?=\s*(?:\(|$))")
_BRACKETED = re.compile(r"\(([^()]*)(?:\)|$)")
_DATED = re.compile(
    r"(?:[,;-]?\s*)\b(?:as of|as at|as on|stand|(?:in|en|im jahr|im jahre|at|end|end of|during|since|for|fy|jfy|fiscal year|fye"
    r"|cy|q[1-4]|h[12])\s*(?=(?:19|20)\d\d\b)|j?fy\s?'?\d\d\b).*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TOTAL = re.compile(r"\b(?:total|gesamt|including subsidiaries)\b", re.IGNORECASE)
_GROUP = re.compile(r"(?<!non)(?<!non[- ])\b(?:consolidated|group|konzern|groupe|gruppo|grupo)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_MYRIADS = re.compile(r"(?:\d[\d,.]*[兆億亿万萬]){2,}(?:\d[\d,]*)?|\d[\d,.]*[兆億亿万萬]\d[\d,]*")
_MYRIAD = re.compile(r"(\d[\d,.]*)([兆億亿万萬]?)")
_MIL_MILLIONS = re.compile(r"\bmil(?=\s+mil[lh])", re.IGNORECASE)
_SEPARATORS = frozenset(":;,.=*'\"_|•/")
_FROM = frozenset(("from", "od", "от", "desde"))


def split_brackets(plain: str) -> tuple[list[str], list[str]]:
    """Split a text into the parts outside brackets and, for each, the brackets behind it; footnotes are dropped.

    Example:
        >>> split_brackets("14,375 (2023) 13,388 (2022)")
        (['14,375 ', ' 13,388 ', ''], ['2023', '2022', ''])
    """
    if "[" in plain:
        plain = _FOOTNOTE.sub(" ", plain)
    if " :" in plain:
        plain = _PAGE.sub(" ", plain)
    parts = _BRACKETED.split(plain) if "(" in plain else [plain]
    return parts[::2], [*parts[1::2], ""]


def read_quantity(outside: list[str], inside: list[str], context: Context) -> NumberReading:
    """Read what ``split_brackets`` gave; of several numbers take the one that its label makes the answer."""
    numbered = [place for place, part in enumerate(outside) if _DIGIT.search(part)]
    if len(numbered) > 1:
        outside = [_DATED.sub("", part) for part in outside]
        numbered = [place for place in numbered if _DIGIT.search(outside[place])]
    if len(numbered) < 2:
        # Words behind a bracket, such as "employees", belong to the same number.
        return _read_part(" ".join(outside), context) if numbered else UNREADABLE
    readings = {place: _read_part(outside[place], context) for place in numbered}
    for label in (_TOTAL, _GROUP):
        totals = [place for place in numbered if label.search(f"{outside[place]} {inside[place]}")]
        if len(totals) == 1 and readings[totals[0]].value is not None:
            return readings[totals[0]]._replace(reason="total_of_several")
    years = {place: max(_YEAR.findall(inside[place]), default="") for place in numbered}
    latest = max(numbered, key=lambda place: years[place])
    if all(years.values()) and len(set(years.values())) == len(years) and readings[latest].value is not None:
        return readings[latest]._replace(reason="latest_of_several")
    return AMBIGUOUS


def exact(value: float, reason: str) -> NumberReading:
    """Give the reading of a text that states its number itself."""
    return NumberReading(value, value, value, is_exact=True, reason=reason)


def _read_part(part: str, context: Context) -> NumberReading:
    undated = _DATED.sub("", part)
    amounts, after = _cut(undated if _DIGIT.search(undated) else part, context)
    if len(amounts) == 1:
        return _read_single(amounts[0], after, context)
    if len(amounts) == 2:
        return _read_pair(amounts[0], amounts[1], after, context)
    return AMBIGUOUS if amounts else UNREADABLE


def _cut(part: str, context: Context) -> tuple[list[_Amount], list[str]]:
    """Give the amounts of a part, and the words and marks behind the last one."""
    amounts: list[_Amount] = []
    words: list[str] = []
    for token in _TOKEN.finditer(_with_sums(part)):
        kind, text = token.lastgroup, token.group()
        behind = bool(amounts) and not words
        if kind == "number":
            is_negative = text[0] == "-"
            if is_negative and behind:  # 10 -50 is a range
                is_negative, words = False, ["-"]
            amounts.append(_Amount(read_numeral(text.lstrip("-")), is_negative, words))
            words = []
        elif kind == "word" and behind and (unit := _unit(text, context)):
            amounts[-1].units.append(unit)
        elif text == "%" and behind:
            amounts[-1].is_percent = True
        elif text != "." or not (behind and amounts[-1].units):  # the full stop of "Mio."
            words.append(text.lower())
    return amounts, words


def _with_sums(part: str) -> str:
    """Write 1億2000万 or 1万2000 as one number, and the mil of "mil millones" as a thousand."""
    if part.isascii() and "mil" not in part and "MIL" not in part and "Mil" not in part:
        return part
    return _MYRIADS.sub(_sum, _MIL_MILLIONS.sub("tsd", part))


def _sum(sums: re.Match[str]) -> str:
    total = 0.0
    for digits, unit in _MYRIAD.findall(sums.group()):
        value = read_numeral(digits).point
        if value is None:
            return sums.group()
        total += value * (UNITS[unit].times if unit else 1)
    return f"{total:.0f}"


def _unit(word: str, context: Context) -> Unit | None:
    if word == "t":  # tonnes; only T is a trillion
        return None
    lower = word.lower()
    if lower == "mil":
        is_thousand = is_mil_thousand(context.hint)
        return None if is_thousand is None else UNITS["tsd" if is_thousand else "million"]
    return UNITS.get(lower)


def _bound(words: list[str], phrases: Mapping[str, Bound]) -> Bound | None:
    """Give what words say about the number beside them; None when a word is unexplained."""
    if not words:
        return ""
    known = phrases.get(" ".join(words))
    if known:
        return known
    rest = [word for word in words if word not in LABELS and word not in _SEPARATORS]
    if not rest:
        return ""
    known = phrases.get(" ".join(rest))
    while known is None and words and (words[0] in LABELS or words[0] in _SEPARATORS):
        words = words[1:]
        known = phrases.get(" ".join(words))
    return known


def _read_single(amount: _Amount, after: list[str], context: Context) -> NumberReading:
    before = amount.before
    if context.is_money and before and not amount.units and (unit := UNITS.get(before[-1])):  # SEKm 147,147
        before, amount.units = before[:-1], [unit]
    bounds = {_bound(before, BEFORE), _bound(after, AFTER)} - {""}
    if None in bounds or "between" in bounds or {"lower", "upper"} <= bounds:
        return AMBIGUOUS if "mil" in after else UNREADABLE
    value, reason = _value(amount, amount.units, context, in_range=False)
    if value is None:
        return NOTHING._replace(reason=reason)
    if "lower" in bounds:
        return NumberReading(value, None, None, is_exact=False, reason="lower_bound")
    if "upper" in bounds:
        return NumberReading(None, value, None, is_exact=False, reason="upper_bound")
    if bounds:
        return NumberReading(value, value, value, is_exact=False, reason="approximate")
    return exact(value, reason or ("number_formatted" if before or after else ""))


def _read_pair(first: _Amount, second: _Amount, after: list[str], context: Context) -> NumberReading:
    opening = _bound(first.before, BEFORE)
    between = " ".join(word for word in second.before if word in JOINS or word not in LABELS)
    is_joined = between in JOINS or (opening == "between" and between in BETWEEN)
    is_opened = opening in {"", "approximate", "between"} or " ".join(first.before) in _FROM
    if not is_joined or not is_opened or _bound(after, AFTER) not in {"", "approximate"}:
        return AMBIGUOUS
    high, high_reason = _value(second, second.units, context, in_range=True)
    low, low_reason = _value(first, first.units or second.units, context, in_range=True)
    if not first.units and second.units and low is not None and high is not None and low > high:  # 500-1M
        low, low_reason = _value(first, [], context, in_range=True)
    if low is None or high is None:
        return NOTHING._replace(reason=low_reason if low is None else high_reason)
    if low > high:
        return UNREADABLE
    return NumberReading(low, high, None, is_exact=False, reason="range_parsed")


def _value(amount: _Amount, units: list[Unit], context: Context, *, in_range: bool) -> tuple[float | None, str]:
    """Give the value and, where something had to decide it, what decided; without a value why there is none."""
    number, reason = _decided(amount.numeral, units, context, in_range=in_range)
    if number is None:
        return None, reason
    for unit in units:
        number *= unit.times
    number = round(number, 6) if units else number  # 18.3 million is 18300000, not 18300000.000000004
    if number > _LARGEST:
        return None, "unreadable"
    if amount.is_percent:
        reason = "percent"
    elif units and reason in {"", "number_formatted", "comma_as_thousands"}:
        reason = max(units, key=lambda unit: unit.times).reason
    return (-number if amount.is_negative else number), reason


def _decided(numeral: Numeral, units: list[Unit], context: Context, *, in_range: bool) -> tuple[float | None, str]:
    if not numeral.grouped_by:
        number = numeral.comma if numeral.point is None else numeral.point
        return number, "unreadable" if number is None else "number_formatted" if numeral.is_marked else ""
    by_point = numeral.grouped_by == "."
    thousands = numeral.comma if by_point else numeral.point
    language = next((unit.mark for unit in units if unit.mark), None)
    if language:
        return numeral.point if language == "point" else numeral.comma, ""
    if not units and (in_range or context.is_money):
        return thousands, "number_formatted"
    if not units and context.is_whole and not (by_point and numeral.tail == "000"):
        return thousands, "whole_number" if by_point else "number_formatted"
    if context.mark:
        return numeral.point if context.mark == "point" else numeral.comma, "locale_decided"
    if units:
        return numeral.point, ""
    return (None, "ambiguous") if by_point else (thousands, "comma_as_thousands")
