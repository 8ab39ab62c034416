"""Fill a blank country or state from other fields of the record, and say from which."""

from __future__ import annotations

from typing import NamedTuple

from rightful.stages.quality.countries import country_codes
from rightful.stages.quality.data import read_words
from rightful.stages.quality.postal_codes import clean_postal_code, infer_state_from_zip
from rightful.stages.quality.subdivisions import find_state

__all__ = ["REASONS", "Inferred", "country_of_domain", "country_of_state_and_zip", "infer_country", "infer_state"]

REASONS: dict[str, str] = {
    "inferred_from_state": "The field was blank; the state is in one country only.",
    "inferred_from_city": "The field was blank; the country stood behind the town.",
    "inferred_from_postal_code": "The field was blank; the postal code is of one country or state only.",
    "inferred_from_phone": "The field was blank; the phone number begins with the country's code.",
    "inferred_from_domain": "The field was blank; the domain ends in the country's own ending.",
    "evidence_conflicts": (
        "The field was blank and stays so: phone, domain, state and postal code name several countries."
    ),
}

_ENDINGS = {"uk": "GB", "su": "RU", "ac": None, "eu": None}


class Inferred(NamedTuple):
    """A value found from other fields.

    Attributes:
        value: The value; None without evidence, or where the evidence conflicts.
        reason: A key of ``REASONS``: the strongest evidence; empty without any.
    """

    value: str | None
    reason: str


def country_of_domain(domain: str | None) -> str | None:
    """Give the country of a domain by its ending.

    Endings that are used everywhere for their letters, such as ``.io``, ``.co`` and ``.ai``, tell nothing.

    Example:
        >>> country_of_domain("acme.co.uk"), country_of_domain("acme.io"), country_of_domain("acme.com")
        ('GB', None, None)
    """
    ending = domain.rpartition(".")[2] if domain else ""
    if len(ending) != 2 or ending in read_words("generic_endings.txt"):
        return None
    code = _ENDINGS.get(ending, ending.upper())
    return code if code in country_codes() else None


def country_of_state_and_zip(state: str | None, postal_code: str | None) -> str | None:
    """Give ``US`` when the postal code is a ZIP code of the state named beside it.

    Either alone is weak, since short codes and five digits occur in many countries; together they are sure.

    Example:
        >>> country_of_state_and_zip("CA", "94105"), country_of_state_and_zip("CA", "02134")
        ('US', None)
    """
    if not state or not postal_code:
        return None
    found = find_state(state, "US")
    zip_code = clean_postal_code(postal_code, "US").code
    return "US" if found and infer_state_from_zip(zip_code) == found[3:] else None


def infer_country(
    phone_country: str | None = None,
    domain: str | None = None,
    state_country: str | None = None,
    postal_country: str | None = None,
    city_country: str | None = None,
) -> Inferred:
    """Infer a blank country; only where all evidence agrees.

    One exception: a domain does not outweigh two others that agree, for a branch abroad often has its parent's domain.

    Args:
        phone_country: Country of a phone number that was written with its country code.
        domain: Registrable domain of the company's web or e-mail address; not one of a free-mail provider.
        state_country: Country of a state that one country alone has, or that ``country_of_state_and_zip``
            gives.
        postal_country: Country of a postal code whose form one country alone has.
        city_country: Country that stood behind the town.

    Example:
        >>> infer_country(phone_country="DE", domain="acme.de")
        Inferred(value='DE', reason='inferred_from_phone')
        >>> infer_country(phone_country="DE", domain="acme.fr")
        Inferred(value=None, reason='evidence_conflicts')
    """
    evidence = (
        (state_country, "inferred_from_state"),
        (city_country, "inferred_from_city"),
        (postal_country, "inferred_from_postal_code"),
        (phone_country, "inferred_from_phone"),
        (country_of_domain(domain), "inferred_from_domain"),
    )
    known = [(country, reason) for country, reason in evidence if country]
    if not known:
        return Inferred(None, "")
    countries = {country for country, _ in known}
    if len(countries) > 1:
        stated = known[:-1] if known[-1][1] == "inferred_from_domain" else known
        if len(stated) < 2 or len({country for country, _ in stated}) > 1:
            return Inferred(None, "evidence_conflicts")
    return Inferred(*known[0])


def infer_state(country: str | None, postal_code: str | None) -> Inferred:
    """Infer a blank state from the postal code; so far in the United States.

    Example:
        >>> infer_state("US", "02134")
        Inferred(value='MA', reason='inferred_from_postal_code')
    """
    state = infer_state_from_zip(postal_code) if country == "US" else None
    return Inferred(state, "inferred_from_postal_code") if state else Inferred(None, "")
