"""Recognise countries in any spelling and language: ISO codes, names of about 40 languages, usual short forms."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import pycountry
from babel import Locale
from rapidfuzz import fuzz, process

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.spelling import fold
from rightful.stages.quality.subdivisions import find_state, is_state_of

__all__ = ["REASONS", "Country", "clean_country", "country_codes"]

REASONS: dict[str, str] = {
    "country_or_state": "The name behind the city is that of a country and of a state: left blank unless other fields decide.",
    "name_recognised": "The country was written in another way; its ISO code was put in its place.",
    "spelling_corrected": "The country was misspelt; only one country comes near.",
    "read_as_state": (
        "The country field held a state of the United States, as the state field shows, and not the country of that name."
    ),
    "state_in_country_field": "The country field held a state; its country was put in its place.",
    "unknown": "The text is no country that is known.",
}

_LANGUAGES = "en de fr es it pt nl sv da nb fi pl cs sk hu ro bg el ru uk tr ar he fa hi th vi id ms zh zh_Hant ja ko ca hr sl et lv lt is sr"
_FRAME = re.compile(
    r"^(?:the )?(?:(?:federal |federative |islamic |socialist |democratic |peoples |people s |arab |plurinational |bolivarian )*"
    r"(?:republic|kingdom|state|commonwealth|principality|grand duchy|sultanate|union) of (?:the )?|the )|"
    r" (?:the|republic of|rep of|kingdom of|republic|islamic republic of)$"
)
# States of these countries are also looked for in the country field.
_STATE_COUNTRIES = ("US", "CA", "AU")
# Two letters behind a comma are mostly a state, as in "Boston, MA"; these are a country.
_SAFE_TAILS = frozenset(("UK", "US"))
# The United States and those of its states that have a country code too: either way the place is the same.
_AMERICAN = frozenset(("US", "AS", "GU", "MP", "PR", "UM", "VI"))
_CLOSE = 92.0
_SHORTEST_CORRECTED = 6
_MOST_LETTERS = 120


class Country(NamedTuple):
    """A recognised country.

    Attributes:
        code: ISO 3166-1 alpha-2 code (``XK`` for Kosovo); None when not recognised.
        state: ISO 3166-2 code of the state that stood in the country field, to fill a blank state with; else
            None.
        reason: A key of ``REASONS``; empty when nothing changed.
    """

    code: str | None
    state: str | None
    reason: str


_NOTHING = Country(None, None, "")
_UNKNOWN = Country(None, None, "unknown")


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """Give all ISO 3166-1 alpha-2 codes, and ``XK``."""
    return frozenset(one.alpha_2 for one in pycountry.countries) | {"XK"}


@lru_cache(maxsize=1)
def _index() -> dict[str, str]:
    """Folded spelling -> code. Codes win over our own names, these over English and then over the other languages."""
    index = {one.alpha_2.lower(): one.alpha_2 for one in pycountry.countries} | {"xk": "XK"}
    for one in pycountry.countries:
        index.setdefault(one.alpha_3.lower(), one.alpha_2)
        index.setdefault(one.numeric, one.alpha_2)
    for row in read_rows("country_names.csv"):
        index.update((fold(name), row["code"]) for name in row["names"].split("|") if len(fold(name)) > 2)
        index.update((fold(name), row["code"]) for name in row["names"].split("|") if fold(name) not in index)
    for one in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            name = getattr(one, attribute, None)
            if name:
                index.setdefault(fold(name), one.alpha_2)
    _add_languages(index)
    return index


def _add_languages(index: dict[str, str]) -> None:
    """Add the names of CLDR; a name that two languages give to two countries is left out."""
    codes = country_codes()
    added: dict[str, set[str]] = {}
    for language in _LANGUAGES.split():
        for code, name in Locale.parse(language).territories.items():
            if code in codes:
                added.setdefault(fold(name), set()).add(code)
    for name, found in added.items():
        if len(found) == 1 and len(name) > 1:
            index.setdefault(name, next(iter(found)))


def clean_country(text: str | None, state: str | None = None) -> Country:
    """Recognise a country.

    ISO codes win: ``CA`` is Canada and ``Georgia`` the country, unless the state field names a state of the
    United States that the country does not have: then the field was filled with the state.

    Args:
        text: The country field.
        state: The state field of the record, cleaned or not.

    Example:
        >>> clean_country("Deutschland"), clean_country("CA", state="California").code
        (Country(code='DE', state=None, reason='name_recognised'), 'US')
    """
    if not text or not text.strip():
        return _NOTHING
    found = _read(text.strip()[:_MOST_LETTERS])
    if state and found.code and found.code != "US" and is_state_of(text, "US"):
        is_american = is_state_of(state, "US") and not is_state_of(state, found.code)
        if is_american:
            return Country("US", find_state(text, "US"), "read_as_state")
    return found


@lru_cache(maxsize=65_536)
def _read(text: str) -> Country:
    index = _index()
    key = fold(text)
    code = index.get(key) or index.get(_FRAME.sub("", key))
    if code:
        return Country(code, None, "" if code == text else "name_recognised")
    for part in _parts(text):
        code = index.get(fold(part))
        if code and code not in _AMERICAN and is_state_of(part, "US"):  # "Atlanta, Georgia" or "Tbilisi, Georgia"
            return Country(None, None, "country_or_state")
        if code:
            return Country(code, None, "name_recognised")
    state = _state_in(text)
    if state:
        return Country(state[:2], state, "state_in_country_field")
    code = _nearest(key)
    return Country(code, None, "spelling_corrected") if code else _UNKNOWN


def _parts(text: str) -> list[str]:
    """Give the parts of ``US - United States`` and ``Germany (DE)``, and of ``Paris, France`` only the last."""
    parts = [part.strip() for part in re.split(r"\s+-\s+|[();/|]", text) if part.strip()]
    tail = text.rpartition(",")[2].strip()
    found = (*(reversed(parts) if len(parts) > 1 else ()), tail)
    return [part for part in found if (len(part) > 2 or part in _SAFE_TAILS) and part != text]


def _state_in(text: str) -> str | None:
    """Give the state that a text names, or that stands behind its last comma; there no letters that are a country's code."""
    tail = text.rpartition(",")[2].strip()
    for country in _STATE_COUNTRIES:
        state = find_state(text, country)
        if state is None and tail != text and tail.upper() not in country_codes():
            state = find_state(tail, country)
        if state:
            return state
    return None


def _nearest(key: str) -> str | None:
    if len(key) < _SHORTEST_CORRECTED:
        return None
    index = _index()
    near = process.extract(key, index.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=8)
    codes = {index[name] for name, _, _ in near}
    return codes.pop() if len(codes) == 1 else None
