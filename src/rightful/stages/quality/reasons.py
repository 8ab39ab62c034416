"""Say in words what each code of ``quality_reason`` means: one table, from what each module says of its own codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rightful.stages.quality import (
    cities,
    company_names,
    countries,
    dates,
    email,
    flags,
    industries,
    inference,
    job_titles,
    junk,
    money,
    numbers,
    person_names,
    phone,
    postal_codes,
    subdivisions,
    text,
    web,
)

__all__ = ["COMPOSED", "REASONS", "explain_code"]

COMPOSED: dict[str, str] = {
    "normalised": "The value was brought into its usual form: case, blanks and separators.",
    "sorted": "The values were put in order, each once.",
    "implausible": "More than the largest company of the world has: left blank, for it must be a slip.",
    "middle_of_range": "The source gives a range; the value is its middle on a logarithmic scale, and both ends stand beside it.",
    "no_exchange_rate": "The plan has no exchange rate for the amount's currency, so it cannot be given in US dollars.",
    "shared_domain": "Many organisations share this domain, so it does not say which company it is and was left out.",
    "inferred_from_email": "The field was blank; the domain of the business e-mail address was taken.",
    "taken_from_city": "The postal code was blank; it stood in the field of the town.",
    "read_from_stage": "The field was blank; the opportunity's stage tells whether it is closed.",
    "read_from_status": "The field was blank; the task's status tells whether it is done.",
    "kept": "The plan does not let cleaning change this field: it has the source's value, trimmed.",
    "kept_blank": "The plan does not let cleaning change this field, and the source's value is not in its plain form.",
    "points_nowhere": "No record has the identifier that stood here, so the reference was emptied; the source's value stands beside it.",
    "merged": "The record that it pointed at was merged into another one; it points at that one now.",
    "merged_with": "Duplicates of this record were merged into it.",
    "taken_from": "The value comes from a duplicate that was merged into this record.",
}
"""Codes that the composition of a record adds, beside those of the modules that read single values."""

# Codes that several modules use for their own kind of value: what they have in common.
_SHARED: dict[str, str] = {
    "no_letters": "The text holds no letter, so it is not a name.",
    "address_repaired": "An obvious slip in the address, such as a comma for a dot, was repaired.",
    "first_of_several": "The field held several values; the first valid one was taken.",
    "form_unified": "The value was written in another way; it was put into its usual form.",
    "extension_split": "Digits behind the number, such as an extension, were split off.",
    "name_recognised": "The place was written in another way; its ISO code was put in its place.",
    "spelling_corrected": "The name was misspelt; only one known name comes near.",
    "unknown": "The text is no place that is known.",
    "junk": "The text is a placeholder or a test entry, not a value.",
    "unreadable": "The text cannot be read with certainty.",
    "ambiguous": "The text can be read in several ways and nothing decides between them.",
}


def _merged(tables: Iterable[Mapping[str, str]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for table in tables:
        for code, meaning in table.items():
            merged.setdefault(code, meaning)
    return merged


_READERS = (
    text, junk, person_names, company_names, email, web, phone, countries, subdivisions, postal_codes, cities, inference, numbers, money,
    dates, flags, industries, job_titles,
)  # fmt: skip

REASONS: Mapping[str, str] = MappingProxyType(_merged((_SHARED, COMPOSED, *(reader.REASONS for reader in _READERS))))
"""What each code means, whatever the field."""

_OF_FIELD: Mapping[str, Mapping[str, str]] = {
    "name": company_names.REASONS | person_names.REASONS,
    "company": company_names.REASONS,
    "email": email.REASONS,
    "domain": web.REASONS,
    "website": web.REASONS,
    "phone": phone.REASONS,
    "country": countries.REASONS,
    "state": subdivisions.REASONS,
    "postal_code": postal_codes.REASONS,
    "city": cities.REASONS,
    "industry": industries.REASONS,
    "job": job_titles.REASONS,
}


def explain_code(code: str, field: str = "") -> str:
    """Say what a code of ``quality_reason`` means.

    Args:
        code: The code, with what stands behind it, such as ``taken_from A-17``.
        field: The field that it is about: some codes mean one thing for every field and can be said better for one.

    Returns:
        A sentence; the code itself where it is none that is known.

    Example:
        >>> explain_code("leading_zero_restored")
        'A zero in front, lost where the code was kept as a number, was put back.'
        >>> explain_code("taken_from A-17")
        'The value comes from a duplicate that was merged into this record (A-17).'
        >>> explain_code("unknown", "country")
        'The text is no country that is known.'
    """
    head, _, detail = code.partition(" ")
    meaning = _OF_FIELD.get(field, {}).get(head) or REASONS.get(head)
    if meaning is None:
        return code
    return f"{meaning[:-1]} ({detail})." if detail else meaning
