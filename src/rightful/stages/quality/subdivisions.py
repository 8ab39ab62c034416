"""Recognise states, provinces and regions: ISO 3166-2 names and codes, with our own table of other ways to write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import pycountry
from rapidfuzz import fuzz, process

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.spelling import fold

__all__ = ["REASONS", "State", "clean_state", "find_state", "is_state_of"]

REASONS: dict[str, str] = {
    "name_recognised": "The state was written in another way; its ISO 3166-2 code was put in its place.",
    "spelling_corrected": "The state was misspelt; only one state of the country comes near.",
    "country_inferred": "The state is in one country only, so the blank country was filled from it.",
    "not_in_country": "There is no such state in the record's country.",
    "unknown": "The text is no state that is known, or several countries have it.",
}

# Where the country is blank, a state counts as unique when only one of these countries has it: among all
# 5,000 subdivisions of the world nearly every short code and many names occur twice.
_USUAL_COUNTRIES = ("US", "CA", "AU", "GB", "IN", "BR", "MX", "DE", "AT", "CH", "FR", "IT", "ES", "JP", "CN", "NL")
# Names of countries too, or of towns that are better known than the region: no country is inferred from them.
_NOT_TELLING = frozenset(
    ("georgia", "mexico", "luxembourg", "jersey", "aruba", "curacao", "hong kong", "macao", "macau", "taiwan")
)
_KIND = re.compile(
    r"^(?:the )?(?:free |autonomous )?(?:state|province|provincia|provincie|region|canton|kanton|estado|county|land|"
    r"department|departement|prefecture|commonwealth|territory|comunidad|republic)(?: of| di| de| du| des| do| da)? (?:the )?|"
    r" (?:state|province|prefecture|region|canton|county|sheng|shi|oblast|krai|voivodeship|ken|autonomous region|zizhiqu|"
    r"zhuangzu zizhiqu|huizu zizhiqu|uygur zizhiqu|sar)$"
)
_BRACKETS = re.compile(r"\s*[\[(]([^\])]*)[\])]")
_CLOSE = 92.0
# A longer name of a subdivision that one country of the world alone has tells the country too.
_SHORTEST_TELLING = 6
_MOST_LETTERS = 120


class State(NamedTuple):
    """A recognised subdivision of a country.

    Attributes:
        state: Part of the ISO 3166-2 code after the hyphen, such as ``CA``; None when not recognised.
        state_code: The whole code, such as ``US-CA``.
        name: Its name in ISO 3166-2.
        country: ISO code of its country; where the country was blank, inferred.
        reason: A key of ``REASONS``; empty when nothing changed.
    """

    state: str | None
    state_code: str | None
    name: str | None
    country: str | None
    reason: str


_NOTHING = State(None, None, None, None, "")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {one.code: _BRACKETS.sub("", one.name).strip() for one in pycountry.subdivisions}


@lru_cache(maxsize=1)
def _other_names() -> dict[str, tuple[str, ...]]:
    return {row["code"]: tuple(row["names"].split("|")) for row in read_rows("state_names.csv")}


class _Area(NamedTuple):
    """One subdivision as ISO 3166-2 lists it; areas inside others come after these."""

    is_inside: bool
    code: str
    name: str


@lru_cache(maxsize=1)
def _areas() -> dict[str, list[_Area]]:
    areas: dict[str, list[_Area]] = {}
    for one in pycountry.subdivisions:
        areas.setdefault(one.country_code, []).append(_Area(one.parent_code is not None, one.code, one.name))
    return areas


@lru_cache(maxsize=256)
def _index(country: str) -> dict[str, str]:
    """Folded spelling -> code for one country; codes win over names, larger areas over smaller ones inside."""
    ordered = sorted(_areas().get(country, ()))
    index: dict[str, str] = {}
    for one in ordered:
        index.setdefault(fold(one.code.partition("-")[2]), one.code)
    others = _other_names()
    for one in ordered:
        for name in others.get(one.code, ()):
            index.setdefault(fold(name), one.code)
    for one in ordered:
        for name in _spellings(one.name):
            index.setdefault(name, one.code)
    return index


def _spellings(name: str) -> list[str]:
    inside = _BRACKETS.findall(name)
    plain = _BRACKETS.sub("", name).strip()
    names = [plain, *inside, plain.partition(",")[0]]
    folded = [fold(one) for one in names]
    return [one for one in dict.fromkeys((*folded, *(_KIND.sub("", one) for one in folded))) if one]


def find_state(text: str, country: str) -> str | None:
    """Find the ISO 3166-2 code of a state of a country by name or code, without correcting its spelling.

    Example:
        >>> find_state("Calif.", "US"), find_state("Bavaria", "DE"), find_state("US-NY", "US")
        ('US-CA', 'DE-BY', 'US-NY')
    """
    index = _index(country)
    key = fold(text)
    found = index.get(key)
    if found is None and key.startswith(f"{country.lower()} "):
        found = index.get(key[3:])
    return found or index.get(_KIND.sub("", key))


def is_state_of(text: str | None, country: str) -> bool:
    """Tell whether a text names a state of a country."""
    return bool(text) and find_state(str(text), country) is not None


def clean_state(text: str | None, country: str | None = None) -> State:
    """Recognise a state, province or region.

    Args:
        text: Name, abbreviation or code.
        country: ISO code of the record's country. Without it only a spelling that one of the usual countries
            alone has is recognised, and the country comes with it.

    Example:
        >>> clean_state("Calif.", "US")
        State(state='CA', state_code='US-CA', name='California', country='US', reason='name_recognised')
        >>> clean_state("NSW").country
        'AU'
    """
    if not text or not text.strip():
        return _NOTHING
    return _read(text.strip()[:_MOST_LETTERS], country)


@lru_cache(maxsize=65_536)
def _read(text: str, country: str | None) -> State:
    if country is None:
        code = _only_one(text)
        return _state(code, "country_inferred") if code else _NOTHING._replace(reason="unknown")
    code = find_state(text, country)
    if code:
        return _state(code, "" if code.partition("-")[2] == text else "name_recognised")
    code = _nearest(text, country)
    if code:
        return _state(code, "spelling_corrected")
    return _NOTHING._replace(reason="not_in_country" if _only_one(text) else "unknown")


def _state(code: str, reason: str) -> State:
    country, _, state = code.partition("-")
    return State(state, code, _names()[code], country, reason)


def _only_one(text: str) -> str | None:
    head, dash, _ = text.partition("-")
    if dash and len(head) == 2 and text.upper() in _names():
        return text.upper()
    key = fold(text)
    if key in _NOT_TELLING or len(key) < 2 or key.isdecimal():
        return None
    found = {code for country in _USUAL_COUNTRIES if (code := find_state(text, country))}
    if not found and len(key) >= _SHORTEST_TELLING:
        found = _everywhere().get(key, set())
    return next(iter(found)) if len(found) == 1 else None


@lru_cache(maxsize=1)
def _everywhere() -> dict[str, set[str]]:
    """Every folded name of a subdivision of any country, with the codes that it may mean."""
    codes: dict[str, set[str]] = {}
    for country in _areas():
        for name, code in _index(country).items():
            codes.setdefault(name, set()).add(code)
    return codes


def _nearest(text: str, country: str) -> str | None:
    key = fold(text)
    if len(key) < 6:
        return None
    index = _index(country)
    names = [name for name in index if len(name) > 3]
    near = process.extract(key, names, scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=5)
    codes = {index[name] for name, _, _ in near}
    return codes.pop() if len(codes) == 1 else None
