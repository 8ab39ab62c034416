"""Clean phone numbers: E.164, country, kind and extension."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from rightful.stages.quality.phone_patterns import Dialled, dial, goes_abroad

__all__ = ["REASONS", "Phone", "clean_phone"]

REASONS: dict[str, str] = {
    "form_unified": "The phone number was written in another way; it was put into E.164 form.",
    "extension_split": "An extension was split off the phone number.",
    "letters_dialled": "Letters in the phone number were replaced by the digits on their keys.",
    "trunk_zero_removed": "The zero in brackets, dialled only inside the country, was removed.",
    "first_of_several": "The field held several phone numbers; the first valid one was taken.",
    "unassigned_range": (
        "The number has the right length, but no operator has numbers like it; it is kept for comparing, not for dialling."
    ),
    "junk_number": "The digits are a filler, such as 0000000 or 1234567890, and no number.",
    "country_unknown": "The number has no country code and the record no country, so it cannot be completed.",
    "not_a_number": "The text is no phone number: too short, too long, or no digits at all.",
}

_KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
}
_NORTH_AMERICAN = re.compile(
    r"(\+?1[ .-]?)?(?:\(([2-9]\d\d)\)|([2-9]\d\d))[ ./-]{0,3}([2-9]\d\d)[ .-]?(\d{4})", re.ASCII
)
_EXTENSION = re.compile(
    r"[\s,;(]*(?:\b(?:ext(?:ension)?|extn|durchwahl|dw|poste|interno|int|x)\b\.?|(?<=\d)\s*x|#)\s*[:.=]?\s*(\d{1,7})\)?\s*$",
    re.IGNORECASE | re.ASCII,
)
_LABEL = re.compile(
    r"^\s*(?:tel(?:e(?:phone|fon))?|phone|ph|mob(?:ile)?|cell|office|direct|main|fax|t|p|m|d|o)\b[\s.:]*(?=[+(\d])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:;(?!\s*ext)|[|\n]|\s+or\s+|\s+oder\s+|\s/\s|,\s*(?=[+(\d])|/(?=\s*[+(]))\s*", re.IGNORECASE
)
_TRUNK = re.compile(r"\(0\)")
_LETTERS = re.compile(r"[A-Za-z]")
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_SPREADSHEET = re.compile(r"^(\d{7,15})\.0$")
# Digits with one mark or blank between them, the first perhaps in brackets, perhaps behind a country code and the zero that is
# dialled only inside the country.
_DIGITS_AND_MARKS = re.compile(
    r"(?!\d{7,15}\.0$)(?:(?P<plus>\+|00)(?P<code>[1-9]\d{0,2})(?P<trunk>[ ]?\(0\)[ ]?|)(?=[ \d.-]))?"
    r"(?P<rest>[ -]?(?:\((?!00|011|0\))\d{1,5}\)[ ./-]?)?\d(?:[ ./-]?\d){4,14})",
    re.ASCII,
)
_WITH_EXTENSION = re.compile(r"(?P<number>.*\d) ?x ?(?P<extension>\d{1,7})", re.ASCII)
_NO_DIGIT = re.compile(r"[^0-9]+")
# Fillers that people type: counting up or down.
_WHOLE_COUNTS = frozenset(
    count[start:end]
    for count in ("0123456789", "1234567890", "9876543210", "0987654321")
    for start in range(4)
    for end in range(start + 7, 11)
)
# Marks of writing direction, which spreadsheets and messengers leave around numbers.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PREFIX = re.compile(r"^[( ]*(?:00|011)")
_NANP_REGIONS = frozenset(("US", "CA", "PR"))
_MOST_LETTERS = 200
# Longer texts are not written plainly.
_SHORT = 30
_LEAST_BEFORE_EXTENSION = 6


class Phone(NamedTuple):
    """A cleaned phone number.

    Attributes:
        e164: The number as ``+`` country code and digits; None when it is none.
        country: ISO code of the country the number belongs to; None for numbers of no single country, such as
            +800 and +1 800.
        kind: fixed_line, mobile, fixed_line_or_mobile, toll_free, premium_rate, shared_cost, voip or other;
            None for numbers in no assigned range.
        extension: Digits dialled afterwards.
        is_international: True when the text itself held the country code, so ``country`` is evidence of its
            own.
        reason: A key of ``REASONS``; empty when nothing changed.
    """

    e164: str | None
    country: str | None
    kind: str | None
    extension: str | None
    is_international: bool
    reason: str


_NOTHING = Phone(None, None, None, None, is_international=False, reason="")
_INVALID = _NOTHING._replace(reason="not_a_number")


def clean_phone(text: str | None, country: str | None = None) -> Phone:
    """Read a phone number.

    Args:
        text: The number as written.
        country: ISO code of the record's country, for numbers without a country code.

    Example:
        >>> clean_phone("(415) 555-2671 ext. 12", "US")[:4]
        ('+14155552671', 'US', 'fixed_line_or_mobile', '12')
        >>> clean_phone("+49 (0)30 901820").e164
        '+4930901820'
    """
    if not text or not text.strip():
        return _NOTHING
    found = _plain(text, country) if len(text) < _SHORT else None
    if found:
        return found
    text = text[:_MOST_LETTERS]
    return _read((text if text.isascii() else _INVISIBLE.sub("", text)).strip(), country)


def _plain(text: str, country: str | None) -> Phone | None:
    """Read a number that is written plainly, perhaps with an extension; None where the text needs a closer look."""
    extended = _WITH_EXTENSION.fullmatch(text) if "x" in text else None
    number = extended["number"] if extended else text
    plain = _NORTH_AMERICAN.fullmatch(number)
    found = _north_american(plain, number, country) if plain and (plain[1] or country in ("US", "CA")) else None
    if found is None:
        plain = _DIGITS_AND_MARKS.fullmatch(number)
        found = _plainly_written(plain, number, country) if plain else None
    if not (found and extended):
        return found
    if len(_NO_DIGIT.sub("", number)) < _LEAST_BEFORE_EXTENSION:
        return None
    reason = "extension_split" if found.reason in ("", "form_unified") else found.reason
    return found._replace(extension=extended["extension"], reason=reason) if found.e164 else found


def _plainly_written(plain: re.Match[str], text: str, country: str | None) -> Phone | None:
    """Read digits with blanks and marks between them with the library's patterns; None where it must be asked itself."""
    digits = _NO_DIGIT.sub("", plain["rest"])
    trunk = "0" if plain["trunk"] else ""
    written = f"{plain['code'] or ''}{trunk}{digits}"
    if _is_junk(written if plain["plus"] != "00" else f"00{written}"):
        return None
    is_international = plain["plus"] is not None
    if country is None and not is_international:
        if len(digits) != 11 or digits[0] != "1":
            return None if digits.startswith(("00", "011")) else _NOTHING._replace(reason="country_unknown")
        is_international = True
    found = dial(f"{plain['code'] or ''}{digits}", country, is_international=is_international)
    if found is None:
        return None
    if not found.kind:
        is_sure = plain["plus"] != "00" or country is None or goes_abroad(f"00{written}", country)
        return _unassigned(found.e164, None, _kept(found, country)) if is_sure else None
    reason = "trunk_zero_removed" if trunk else "form_unified"
    return Phone(found.e164, found.region, found.kind, None, is_international, "" if found.e164 == text else reason)


def _kept(found: Dialled, country: str | None) -> str | None:
    """Give the record's country where it has the country code of a number."""
    code = phonenumbers.country_code_for_region(found.region)
    return country if country and phonenumbers.country_code_for_region(country) == code else None


def _north_american(plain: re.Match[str], text: str, country: str | None) -> Phone | None:
    """Read a plainly written number of the United States or Canada without the library, which is slower.

    Uses the library's own patterns, so both agree; anything but an ordinary number is left to the library.
    """
    digits = f"{plain[2] or plain[3]}{plain[4]}{plain[5]}"
    if _is_junk(digits):
        return None
    for region, ordinary, special in _north_american_patterns():
        if ordinary.fullmatch(digits) and not special.fullmatch(digits):
            e164 = f"+1{digits}"
            reason = "" if e164 == text else "form_unified"
            is_international = bool(plain[1]) and (country is None or plain[1].startswith("+"))
            return Phone(e164, region, "fixed_line_or_mobile", None, is_international, reason)
    return None


@lru_cache(maxsize=1)
def _north_american_patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """For the United States and Canada: the pattern of ordinary numbers, and that of all special ones."""
    return tuple((region, _pattern(region, _ORDINARY), _pattern(region, _SPECIAL)) for region in ("US", "CA"))


_ORDINARY = ("fixed_line",)
_SPECIAL = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")


def _pattern(region: str, kinds: tuple[str, ...]) -> re.Pattern[str]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    patterns = (getattr(getattr(metadata, kind), "national_number_pattern", None) for kind in kinds)
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns if pattern) or "(?!)")


@lru_cache(maxsize=65_536)
def _read(text: str, country: str | None) -> Phone:
    spreadsheet = _SPREADSHEET.match(text)
    if spreadsheet:
        text = spreadsheet[1]
    parts = [part for part in _SEPARATOR.split(text) if part] if _SEPARATOR.search(text) else [text]
    first_failure: Phone | None = None
    for part in parts[:5]:
        found = _read_one(part, country)
        if found.e164:
            if len(parts) > 1 and part != parts[-1]:
                return found._replace(reason="first_of_several")
            is_unchanged = found.e164 == text and found.reason != "unassigned_range"
            return found._replace(reason="") if is_unchanged else found
        first_failure = first_failure or found
    return first_failure or _INVALID


def _read_one(part: str, country: str | None) -> Phone:
    number, extension = _split_extension(_LABEL.sub("", part))
    digits = re.sub(r"\D", "", number)
    if _is_junk(digits):
        return _NOTHING._replace(reason="junk_number")
    reason = "extension_split" if extension else "form_unified"
    if _LETTERS.search(number):
        number, reason = _dialled(number), "letters_dialled"
    if _TRUNK.search(number):
        number, reason = _TRUNK.sub(" ", number), "trunk_zero_removed"
    if not re.search(r"\d{2}", re.sub(r"[\s().-]", "", number)):
        return _INVALID
    return _parsed(number, country, extension, reason)


def _split_extension(number: str) -> tuple[str, str | None]:
    found = _EXTENSION.search(number)
    if found and sum(letter.isdigit() for letter in number[: found.start()]) >= 6:
        return number[: found.start()], found[1]
    return number, None


def _dialled(number: str) -> str:
    """Dial letters on the keypad, where enough digits stand beside them that it is a number and not a word."""
    is_number = sum(letter.isdigit() for letter in number) >= 3 and len(re.sub(r"\W", "", number)) >= 7
    return number.upper().translate(_KEYPAD) if is_number else number


def _is_junk(digits: str) -> bool:
    """Tell whether digits are a filler: one digit alone, or counting through the whole number."""
    national = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return bool(digits) and (len(set(national[-7:])) == 1 or digits in _WHOLE_COUNTS)


def _parsed(number: str, country: str | None, extension: str | None, reason: str) -> Phone:
    has_code = number.lstrip(" (").startswith(("+", "00", "011")) and not number.startswith("000")
    plain = number.strip()
    is_prefixed = has_code and not plain.lstrip("(").startswith("+")
    if is_prefixed and country not in _NANP_REGIONS and plain.startswith("011"):
        is_prefixed = country is None
    attempts: list[tuple[str, str | None]] = [(plain, country)]
    if is_prefixed:
        attempts.insert(0, (f"+{_PREFIX.sub('', plain)}", None))
    if country is None and not has_code:
        digits = re.sub(r"\D", "", plain)
        attempts = [(f"+{digits}", None)] if len(digits) == 11 and digits[0] == "1" else []
    possible: Phone | None = None
    for written, region in attempts:
        parsed = _number(written, region)
        if parsed is None:
            continue
        is_international = written.startswith(("+", "(+"))
        if phonenumbers.is_valid_number(parsed):
            return _phone(parsed, extension, is_international=is_international, reason=reason)
        if possible is None and _is_possible(parsed):
            is_of_country = country and phonenumbers.country_code_for_region(country) == parsed.country_code
            e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            possible = _unassigned(e164, extension, country if is_of_country else None)
    return possible or (_INVALID if attempts else _NOTHING._replace(reason="country_unknown"))


def _number(written: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except NumberParseException:
        return None


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    is_long = len(str(number.national_number)) >= 6
    return is_long and phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _unassigned(e164: str, extension: str | None, country: str | None) -> Phone:
    """Keep a number that cannot be dialled: it still tells that two records mean the same line."""
    return Phone(e164, country, None, extension, is_international=False, reason="unassigned_range")


def _phone(number: phonenumbers.PhoneNumber, extension: str | None, *, is_international: bool, reason: str) -> Phone:
    kind = _KINDS.get(phonenumbers.number_type(number), "other")
    region = phonenumbers.region_code_for_number(number)
    if kind == "toll_free" and number.country_code == 1:
        region = None  # one range for the United States, Canada and the Caribbean: no evidence of a country
    return Phone(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        region if region and len(region) == 2 else None,
        kind,
        extension or number.extension,
        is_international,
        reason,
    )
