"""Clean country, state, postal code, city and phone together, for each helps to read the others.

Countries, states and towns repeat from record to record, so each combination is decided once and remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rightful.stages.quality.cities import City, clean_city
from rightful.stages.quality.countries import clean_country
from rightful.stages.quality.inference import country_of_state_and_zip, infer_country, infer_state
from rightful.stages.quality.phone import clean_phone
from rightful.stages.quality.plain_text import plain_text
from rightful.stages.quality.postal_codes import clean_postal_code, infer_country_from_postal
from rightful.stages.quality.settings import Settings
from rightful.stages.quality.subdivisions import clean_state

__all__ = ["read_place"]

Place = tuple[str | None, str | None, str | None, str | None, str | None, str | None]


class _Area(NamedTuple):
    """Country and state as the record states them.

    Attributes:
        country: ISO code.
        country_reason: What was done to the country.
        text: The state as written, or what stood in the country's field.
        state: Its code.
        state_reason: What was done to the state.
        state_country: The country of the state, where one country alone has it.
    """

    country: str | None
    country_reason: str
    text: str | None
    state: str | None
    state_reason: str
    state_country: str | None


@lru_cache(maxsize=65_536)
def _area(country: str | None, state: str | None) -> _Area:
    plain, country_junk = plain_text(country, "country")
    text, state_junk = plain_text(state)
    stated = clean_country(plain, text)
    text = text or stated.state
    found = clean_state(text, stated.code)
    reason = found.reason or state_junk
    return _Area(stated.code, stated.reason or country_junk, text, found.state, reason, found.country)


@lru_cache(maxsize=65_536)
def _town(text: str | None, country: str | None) -> tuple[City, str]:
    plain, junk = plain_text(text)
    found = clean_city(plain, country)
    return found, found.reason or junk


@lru_cache(maxsize=65_536)
def _postal(text: str | None, country: str | None) -> tuple[str | None, str]:
    plain, _ = plain_text(text)
    found = clean_postal_code(plain, country)
    return found.code, found.reason


def read_place(  # noqa: PLR0913, PLR0917 - a step gives its columns by position
    settings: Settings,
    country: str | None,
    state: str | None,
    postal_code: str | None,
    city: str | None,
    phone: str | None,
    domain: str | None,
) -> Place:
    """Clean country, state, postal code, city and phone together.

    Args:
        settings: ``infers`` says which blanks may be filled from the other fields.
        country: As delivered, like the next four.
        state: State, province or region.
        postal_code: Postal code.
        city: Town; state, postal code and country behind it fill these where they are blank.
        phone: Phone number.
        domain: The record's registrable domain, cleaned.

    Returns:
        country, state, postal code, city, phone, note.
    """
    area = _area(country, state)
    number_text, phone_reason = plain_text(phone)
    if area.country is None and "country" in settings.infers:
        area = _inferred(area, postal_code, city, number_text, domain)
    code, state_code, state_reason = area.country, area.state, area.state_reason
    zip_code, zip_reason = _postal(postal_code, code)
    town, city_reason = _town(city, code)
    number = clean_phone(number_text, code)
    if state_code is None and "state" in settings.infers:
        guessed = infer_state(code, zip_code)
        if town.state_code and code and town.state_code.startswith(f"{code}-"):
            state_code, state_reason = town.state_code[len(code) + 1 :], "taken_from_city"
        elif guessed.value:
            state_code, state_reason = guessed
    if zip_code is None and town.postal_code and "postal_code" in settings.infers:
        zip_code, zip_reason = _postal(town.postal_code, code)[0], "taken_from_city"
    phone_reason = number.reason or phone_reason
    notes = [
        f"{field}={reason}"
        for field, reason in (
            ("country", area.country_reason),
            ("state", state_reason),
            ("postal_code", zip_reason),
            ("city", city_reason),
            ("phone", phone_reason),
        )
        if reason
    ]
    return code, state_code, zip_code, town.city, number.e164, "; ".join(notes) or None


def _inferred(area: _Area, postal_code: str | None, city: str | None, phone: str | None, domain: str | None) -> _Area:
    """Fill a blank country from the other fields; the state is then read again, as one of that country."""
    abroad = clean_phone(phone)
    postal, _ = _postal(postal_code, None)
    guess = infer_country(
        phone_country=abroad.country if abroad.is_international else None,
        domain=domain,
        state_country=area.state_country or country_of_state_and_zip(area.text, postal),
        postal_country=infer_country_from_postal(postal),
        city_country=_town(city, None)[0].country,
    )
    if guess.value is None:
        return area._replace(country_reason=guess.reason or area.country_reason)
    state = clean_state(area.text, guess.value)
    reason = state.reason or ("" if area.text else area.state_reason)
    return area._replace(country=guess.value, country_reason=guess.reason, state=state.state, state_reason=reason)
