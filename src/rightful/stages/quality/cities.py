"""Clean the names of towns; split off state, postal code and country that stand behind them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rightful.stages.quality.countries import clean_country
from rightful.stages.quality.letter_case import is_one_case, tidy_place_case
from rightful.stages.quality.postal_codes import infer_country_from_postal
from rightful.stages.quality.subdivisions import clean_state, find_state
from rightful.stages.quality.text import REASONS as TEXT_REASONS
from rightful.stages.quality.text import clean_text

__all__ = ["REASONS", "City", "clean_city"]

REASONS: dict[str, str] = {
    **TEXT_REASONS,
    "place_split": "State, postal code or country stood behind the town and was split off.",
    "case_repaired": "The name was all in capitals or all in small letters; capitals were set as usual.",
    "no_letters": "The text holds no letter, so it is not a town.",
}

_ZIP_AT_END = re.compile(r"[\s,]+(\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)$")
_POSTAL_IN_FRONT = re.compile(r"^(?:[A-Z]{1,2}-)?(\d{4,6})\s+(?=[^\W\d])")
_CEDEX = re.compile(r"\s+CEDEX(?:\s*\d{1,2})?$", re.IGNORECASE)
_STATE_AT_END = re.compile(r"^(.*[^\W\d]{2,})[\s]+([A-Z]{2,3}|[A-Z]\.[A-Z]\.)$")
_MOST_LETTERS = 200


class City(NamedTuple):
    """A cleaned name of a town, with what stood behind it.

    Attributes:
        city: The town; None when the text is none.
        state_code: ISO 3166-2 code of the state that stood behind it, such as ``US-MA``; else None.
        postal_code: Postal code that stood with it, as written; else None.
        country: ISO code of the country that stood behind it; else None.
        reason: The most telling change, a key of ``REASONS``; empty when nothing changed.
    """

    city: str | None
    state_code: str | None
    postal_code: str | None
    country: str | None
    reason: str


_NOTHING = City(None, None, None, None, "")


def clean_city(text: str | None, country: str | None = None) -> City:
    """Clean the name of a town.

    ``St.`` and ``Saint`` stay as they are. What stands behind the town is split off only where all of it is
    recognised.

    Example:
        >>> clean_city("BOSTON, MA 02110")
        City(city='Boston', state_code='US-MA', postal_code='02110', country='US', reason='place_split')
    """
    if not text:
        return _NOTHING
    if text.isascii() and text.isalpha() and not is_one_case(text):
        return City(text, None, None, None, "")
    return _read(text[:_MOST_LETTERS], country)


@lru_cache(maxsize=65_536)
def _read(text: str, hint: str | None) -> City:
    cleaned, reason = clean_text(text)
    if cleaned is None:
        return _NOTHING._replace(reason=reason)
    if not any(letter.isalpha() for letter in cleaned):
        return _NOTHING._replace(reason="no_letters")
    city, state, postal, country = _split(cleaned, hint)
    tidy = tidy_place_case(city)
    if (state, postal, country) != (None, None, None) or city != cleaned:
        reason = "place_split"
    elif tidy != city:
        reason = reason or "case_repaired"
    return City(tidy, state, postal, country, reason)


def _split(text: str, hint: str | None) -> tuple[str, str | None, str | None, str | None]:
    rest, postal = _without_postal(_CEDEX.sub("", text).strip(" ,;"))
    head, *tail = [part.strip() for part in rest.split(",") if part.strip()] or [rest]
    if not tail:
        found = _STATE_AT_END.match(head)
        state = _state_in(found[2], hint) if found else None
        if found and state:
            return found[1], state, postal, state[:2]
        return (head, None, postal, infer_country_from_postal(postal)) if postal else (head, None, None, None)
    state, country = None, None
    for part in reversed(tail):
        place, part_postal = _without_postal(part)
        known_state, known_country = _place(place, country, hint)
        if known_state is None and known_country is None:
            return text, None, None, None
        state, country, postal = state or known_state, country or known_country, postal or part_postal
    return head, state, postal, country


def _without_postal(text: str) -> tuple[str, str | None]:
    """Take postal codes off both ends; the last one taken is given."""
    postal: str | None = None
    while True:
        found = _ZIP_AT_END.search(text) or _POSTAL_IN_FRONT.search(text)
        rest = (text[: found.start()] + text[found.end() :]).strip(" ,") if found else ""
        if not found or not rest:
            return text, postal
        text, postal = rest, found[1]


def _state_in(letters: str, hint: str | None) -> str | None:
    """Read a short form of a state: of the country given, else of the United States, else one that is unique."""
    if hint:
        return find_state(letters, hint)
    return find_state(letters, "US") or clean_state(letters).state_code


def _place(part: str, country: str | None, hint: str | None) -> tuple[str | None, str | None]:
    """Read what stands behind a town: state code and country."""
    if country:
        state = find_state(part, country)
        return (state, country) if state else (None, None)
    state = find_state(part, hint) if hint else None
    if state is None and len(part) == 2 and part.isupper():
        state = find_state(part, "US") or find_state(part, "CA")
    if state:
        return state, state[:2]
    known = clean_country(part)
    if known.code and known.reason in ("", "name_recognised"):
        return None, known.code
    state = _state_in(part, None)
    return (state, state[:2]) if state else (None, None)
