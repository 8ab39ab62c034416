"""Clean postal codes into the form of their country; infer state or country from them where that is certain."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import postalcheck
import zipcodes

__all__ = ["REASONS", "PostalCode", "clean_postal_code", "infer_country_from_postal", "infer_state_from_zip"]

REASONS: dict[str, str] = {
    "form_unified": "The postal code was put into its country's form.",
    "extension_split": "The last four digits of a ZIP+4 code were split off.",
    "leading_zero_restored": "A zero in front, lost where the code was kept as a number, was put back.",
    "letter_corrected": (
        "A letter and a digit that look alike, such as O and 0, were exchanged where only one is possible."
    ),
    "not_valid_in_country": "The text cannot be a postal code of the record's country.",
}

# Countries whose codes are digits alone and may begin with zero -> number of digits.
_DIGITS = {
    "US": 5, "PR": 5, "DE": 5, "FR": 5, "IT": 5, "ES": 5, "MX": 5, "TR": 5, "FI": 5, "KR": 5, "UA": 5, "EE": 5, "MY": 5, "CN": 6,
    "RO": 6, "SG": 6, "AU": 4, "NO": 4, "NZ": 4, "ZA": 4, "DK": 4, "JP": 7, "BR": 8, "PL": 5, "IL": 7, "SA": 5, "HR": 5, "TH": 5,
}  # fmt: skip
# Countries with codes that begin with two zeros: 00187 is Rome.
_TWO_ZEROS = frozenset(("IT",))
_ZIP_COUNTRIES = frozenset(("US", "PR", "VI", "GU", "AS", "MP"))
_ZIP = re.compile(r"(\d{5})(?:[- ]?(\d{4}))?-?", re.ASCII)
_CANADIAN = re.compile(r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z])[ -]?(\d[ABCEGHJ-NPRSTV-Z]\d)", re.ASCII)
_SPREADSHEET = re.compile(r"(\d+)\.0+", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)
_COUNTRY_LETTERS = re.compile(r"[A-Z]{1,3}[- ]+(?=\d)", re.ASCII)
_LOOK_ALIKES = str.maketrans("OIQ", "010")
_MOST_LETTERS = 32

# Forms that one country alone has.
_TELLING_FORMS = (
    (re.compile(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d", re.ASCII), "CA"),
    (re.compile(r"GY\d{1,2} ?\d[A-Z]{2}", re.ASCII), "GG"),
    (re.compile(r"JE\d{1,2} ?\d[A-Z]{2}", re.ASCII), "JE"),
    (re.compile(r"IM\d{1,2} ?\d[A-Z]{2}", re.ASCII), "IM"),
    (re.compile(r"(?:[A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}|[A-Z]\d[A-Z]|[A-Z]{2}\d[A-Z]) ?\d[ABD-HJLNP-UW-Z]{2}", re.ASCII), "GB"),
    (re.compile(r"[1-9]\d{3} ?[A-Z]{2}", re.ASCII), "NL"),
    (re.compile(r"(?:[AC-FHKNPRTV-Y]\d{2}|D6W) ?[0-9AC-FHKNPRTV-Y]{4}", re.ASCII), "IE"),
    (re.compile(r"\d{5}-\d{3}", re.ASCII), "BR"),
    (re.compile(r"\d{2}-\d{3}", re.ASCII), "PL"),
    (re.compile(r"\d{3}-\d{4}", re.ASCII), "JP"),
    (re.compile(r"\d{4}-\d{3}", re.ASCII), "PT"),
    (re.compile(r"[A-HJ-NP-Z]\d{4}[A-Z]{3}", re.ASCII), "AR"),
    (re.compile(r"LV-?\d{4}", re.ASCII), "LV"),
    (re.compile(r"LT-?\d{5}", re.ASCII), "LT"),
    (re.compile(r"AD\d{3}", re.ASCII), "AD"),
)  # fmt: skip


class PostalCode(NamedTuple):
    """A cleaned postal code.

    Attributes:
        code: The code in its country's form; None when it cannot be one. Without a country: as written,
            tidied.
        extension: The last four digits of a ZIP+4 code; else None.
        reason: A key of ``REASONS``; empty when nothing changed.
    """

    code: str | None
    extension: str | None
    reason: str


_NOTHING = PostalCode(None, None, "")
_INVALID = PostalCode(None, None, "not_valid_in_country")


def clean_postal_code(text: str | None, country: str | None = None) -> PostalCode:
    """Clean a postal code.

    Args:
        text: The code as written.
        country: ISO code of the record's country.

    Example:
        >>> clean_postal_code("2134", "US")
        PostalCode(code='02134', extension=None, reason='leading_zero_restored')
        >>> clean_postal_code("sw1a1aa", "GB").code
        'SW1A 1AA'
    """
    if not text:
        return _NOTHING
    if len(text) == 5 and text.isdecimal() and text.isascii() and country in _ZIP_COUNTRIES:
        return PostalCode(text, None, "") if text != "00000" else _INVALID
    return _read(text[:_MOST_LETTERS], country)


@lru_cache(maxsize=65_536)
def _read(text: str, country: str | None) -> PostalCode:
    tidy = " ".join(text.upper().split()).strip(" .,;:'\"-")
    if not tidy:
        return _NOTHING
    spreadsheet = _SPREADSHEET.fullmatch(tidy)
    tidy = spreadsheet[1] if spreadsheet else tidy
    if country is None:
        return PostalCode(tidy, None, "" if tidy == text else "form_unified")
    found = _in_country(tidy, country)
    if found.code and not found.reason and found.code != text:
        return found._replace(reason="form_unified")
    return found


def _in_country(tidy: str, country: str) -> PostalCode:
    if country in _ZIP_COUNTRIES:
        return _zip(_COUNTRY_LETTERS.sub("", tidy))
    if country == "CA":
        return _canadian(tidy)
    plain = tidy
    if country in _DIGITS:
        plain = _COUNTRY_LETTERS.sub("", tidy)
        is_short = len(plain) == _DIGITS[country] - 1 or (len(plain) == 3 and country in _TWO_ZEROS)
        if is_short and _NUMBER.fullmatch(plain):
            code = _normal(country, plain.zfill(_DIGITS[country]))
            return PostalCode(code, None, "leading_zero_restored") if code else _INVALID
    for written in dict.fromkeys((plain, plain.replace(" ", ""), _COUNTRY_LETTERS.sub("", plain))):
        try:
            return PostalCode(postalcheck.normalize(country, written), None, "")
        except postalcheck.InvalidPostalCodeError:
            continue
        except postalcheck.UnknownCountryError:
            return PostalCode(tidy, None, "")
    return _INVALID


def _normal(country: str, code: str) -> str | None:
    try:
        return postalcheck.normalize(country, code)
    except ValueError:  # both errors of the library
        return None


def _zip(tidy: str) -> PostalCode:
    found = _ZIP.fullmatch(tidy)
    if found:
        code, extension = found[1], found[2]
        if code == "00000":
            return _INVALID
        return PostalCode(code, extension, "extension_split" if extension else "")
    if _NUMBER.fullmatch(tidy):
        if len(tidy) == 4 and tidy != "0000":
            return PostalCode(f"0{tidy}", None, "leading_zero_restored")
        if len(tidy) == 8:
            return PostalCode(f"0{tidy[:4]}", tidy[4:], "leading_zero_restored")
        if len(tidy) == 3 and f"00{tidy}" in _state_of_zip():
            return PostalCode(f"00{tidy}", None, "leading_zero_restored")
    return _INVALID


def _canadian(tidy: str) -> PostalCode:
    found = _CANADIAN.fullmatch(tidy)
    if found:
        return PostalCode(f"{found[1]} {found[2]}", None, "")
    letters = tidy.replace(" ", "").replace("-", "")
    if len(letters) != 6:
        return _INVALID
    corrected = "".join(letter.translate(_LOOK_ALIKES) if place % 2 else letter for place, letter in enumerate(letters))
    found = _CANADIAN.fullmatch(corrected)
    return PostalCode(f"{found[1]} {found[2]}", None, "letter_corrected") if found else _INVALID


# Asking the library for one code takes 600 µs, since it searches its whole list; so the list is indexed once.
@lru_cache(maxsize=1)
def _state_of_zip() -> dict[str, str]:
    return {place["zip_code"]: place["state"] for place in zipcodes.list_all()}  # type: ignore[no-untyped-call]


def infer_state_from_zip(code: str | None) -> str | None:
    """Give the state of a ZIP code of the United States, as in ``US-MA`` without the ``US-``.

    Returns:
        The state; None when the code is unknown.

    Example:
        >>> infer_state_from_zip("02134")
        'MA'
    """
    return _state_of_zip().get(code[:5]) if code else None


def infer_country_from_postal(code: str | None) -> str | None:
    """Give the country of a postal code whose form no other country has.

    Example:
        >>> infer_country_from_postal("SW1A 1AA"), infer_country_from_postal("12345")
        ('GB', None)
    """
    if not code or len(code) > 12:
        return None
    tidy = code.strip().upper()
    return next((country for form, country in _TELLING_FORMS if form.fullmatch(tidy)), None)
