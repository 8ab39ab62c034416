"""Recognise plainly written phone numbers with phonenumbers' own patterns, compiled once for each country.

The library takes about 100 µs for a number, mostly to find its patterns again and again. Most numbers are digits with blanks and
marks between them, for which a few regular expressions decide: also that a number has the right length, but that no operator has
numbers like it. ``dial`` follows the library's steps for these and gives up, so that the library is asked, wherever a step would be
more than that. Both therefore always agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

__all__ = ["Dialled", "dial", "goes_abroad"]


class Dialled(NamedTuple):
    """An ordinary number, or one that has the length of one.

    Attributes:
        e164: ``+``, country code and digits.
        region: ISO code of its country, of several that share the country code of the main one.
        kind: fixed_line, mobile or fixed_line_or_mobile; empty where no operator has numbers like it.
    """

    e164: str
    region: str
    kind: str


class _Shape(NamedTuple):
    """One kind of number: how many digits it has and which."""

    lengths: frozenset[int]
    digits: re.Pattern[str]

    @property
    def longest(self) -> int:
        """The most digits that a number has."""
        return max(self.lengths, default=_MOST_DIGITS)

    def fits(self, number: str) -> bool:
        return (not self.lengths or len(number) in self.lengths) and self.digits.fullmatch(number) is not None


class _Country(NamedTuple):
    """The numbering plan of the main country of a country code."""

    region: str
    code: str
    general: _Shape
    fixed: _Shape
    mobile: _Shape
    special: Mapping[int, re.Pattern[str]]
    prefix: re.Pattern[str] | None
    abroad: re.Pattern[str]
    is_mixed: bool
    has_rule: bool


_SPECIAL = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
_NOTHING = _Shape(frozenset((-1,)), re.compile("(?!)"))
_KINDS = (*_SPECIAL, "fixed_line", "mobile")
_LONGEST_CODE = 3
_SHORTEST_POSSIBLE = 6  # shorter numbers are of no use for comparing
_MOST_DIGITS = 17  # the library knows no longer national number


@lru_cache(maxsize=512)
def _country(region: str) -> _Country | None:
    """Give the plan of a country; None where it shares its country code and is not the main country of it."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.country_code is None or metadata.leading_digits:
        return None
    if phonenumbers.region_code_for_country_code(metadata.country_code) != region:
        return None
    prefix = metadata.national_prefix_for_parsing
    return _Country(
        region,
        str(metadata.country_code),
        _shape(metadata.general_desc),
        _shape(metadata.fixed_line),
        _NOTHING if metadata.same_mobile_and_fixed_line_pattern else _shape(metadata.mobile),
        _by_length([_shape(getattr(metadata, name)) for name in _SPECIAL]),
        re.compile(prefix) if prefix else None,
        re.compile(metadata.international_prefix or "(?!)"),
        bool(metadata.same_mobile_and_fixed_line_pattern),
        bool(metadata.national_prefix_transform_rule),
    )


def _shape(desc: PhoneNumberDesc | None) -> _Shape:
    if desc is None or not desc.national_number_pattern:
        return _NOTHING
    return _Shape(frozenset(desc.possible_length), re.compile(desc.national_number_pattern))


@lru_cache(maxsize=512)
def _of_others(region: str, length: int) -> re.Pattern[str]:
    """Give the numbers of so many digits of the other countries with a country code, and no less."""
    code = phonenumbers.country_code_for_region(region)
    shapes = []
    for other in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        metadata = PhoneMetadata.metadata_for_region(other, None)
        if other != region and metadata is not None:
            shapes += [_shape(getattr(metadata, kind)) for kind in _KINDS]
            if metadata.leading_digits:
                shapes.append(_Shape(frozenset(), re.compile(rf"(?:{metadata.leading_digits})\d*")))
    return _by_length([shape for shape in shapes if shape is not _NOTHING]).get(length, _NOTHING.digits)


def _by_length(shapes: Sequence[_Shape]) -> dict[int, re.Pattern[str]]:
    """Give one pattern for all shapes that numbers of a length may have, so that a number is looked at once."""
    return {
        length: re.compile("|".join(f"(?:{shape.digits.pattern})" for shape in fitting))
        for length in range(_MOST_DIGITS + 1)
        if (fitting := [shape for shape in shapes if not shape.lengths or length in shape.lengths])
    }


@lru_cache(maxsize=1024)
def _country_of_code(code: str) -> _Country | None:
    if not code.isdigit():
        return None
    region = phonenumbers.region_code_for_country_code(int(code))
    return _country(region) if region and len(region) == 2 and region.isalpha() else None


def dial(digits: str, region: str | None, *, is_international: bool) -> Dialled | None:
    """Read the digits of a number.

    Args:
        digits: Digits alone; of an international number without its ``+``.
        region: The country that a national number is of.
        is_international: True where the digits begin with a country code.

    Returns:
        The number; None where it is none of the ordinary kinds, so that the library must be asked.

    Example:
        >>> dial("4930901820", None, is_international=True)
        Dialled(e164='+4930901820', region='DE', kind='fixed_line')
        >>> dial("030901820", "DE", is_international=False).e164
        '+4930901820'
    """
    if is_international:
        country = next(
            filter(None, (_country_of_code(digits[:length]) for length in range(1, _LONGEST_CODE + 1))), None
        )
        number = digits[len(country.code) :] if country else ""
    else:
        country, number = _country(region) if region else None, digits
        if country and country.abroad.match(number):
            return None
        if country and number.startswith(country.code):
            number = _without_code(number, country) or ""
    if country is None:
        return None
    national = _without_prefix(number, country)
    if not national or national.startswith("00"):
        return None
    kind = _kind(national, country) if country.general.fits(national) else ""
    if kind is None or (not kind and not _is_possible(national, country)):
        return None
    return Dialled(f"+{country.code}{national}", country.region, kind)


def goes_abroad(text: str, region: str) -> bool:
    """Tell whether digits that begin with 00 are dialled from a country to another one."""
    country = _country(region)
    found = country.abroad.match(text) if country else None
    return found is not None and found[0] == "00"


def _is_possible(national: str, country: _Country) -> bool:
    """Tell whether a number that no operator of a country has is as long as one, and no number of another country."""
    return (
        len(national) in country.general.lengths
        and len(national.lstrip("0")) >= _SHORTEST_POSSIBLE
        and not _of_others(country.region, len(national)).fullmatch(national)
    )


def _without_code(number: str, country: _Country) -> str | None:
    """Take a country code off that no ``+`` announces, where only then the number is one; None where that is hard to say."""
    rest = _stripped(number[len(country.code) :], country)
    digits = country.general.digits
    if rest is None or len(number) > country.general.longest:
        return rest
    return rest if digits.fullmatch(rest) and not digits.fullmatch(number) else number


def _without_prefix(number: str, country: _Country) -> str | None:
    """Take the national prefix off, unless too little remains; None where the library rewrites the number."""
    rest = _stripped(number, country)
    if rest is None or len(rest) in country.general.lengths or len(rest) > country.general.longest:
        return rest
    return number


def _stripped(number: str, country: _Country) -> str | None:
    """Take the national prefix off, unless that spoils the number; None where the library rewrites the number."""
    found = country.prefix.match(number) if country.prefix else None
    if found is None:
        return number
    if country.has_rule and found.lastindex:
        return None
    rest, digits = number[found.end() :], country.general.digits
    return number if digits.fullmatch(number) and not digits.fullmatch(rest) else rest


def _kind(national: str, country: _Country) -> str | None:
    """Give the kind of a number of a country; empty where none of its numbers are like it, None for special ones."""
    special = country.special.get(len(national))
    if special and special.fullmatch(national):
        return None
    if country.fixed.fits(national):
        return "fixed_line_or_mobile" if country.is_mixed or country.mobile.fits(national) else "fixed_line"
    return "mobile" if country.mobile.fits(national) else ""
