"""Read the fields of a record: a company, a person, an amount, a date. Texts in, values and a note out.

Each function ends its result with a note: what was done and why, as ``field=code`` joined by ``; ``, None where nothing was.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from rightful.crm import Kind
from rightful.stages.quality.company_names import clean_company_name
from rightful.stages.quality.countries import clean_country
from rightful.stages.quality.dates import parse_date, parse_instant
from rightful.stages.quality.email import clean_email
from rightful.stages.quality.flags import read_flag
from rightful.stages.quality.industries import classify_industry
from rightful.stages.quality.job_titles import read_job_title
from rightful.stages.quality.money import parse_money, to_usd
from rightful.stages.quality.numbers import log_middle, parse_number
from rightful.stages.quality.person_names import clean_person_name, split_person_name
from rightful.stages.quality.plain_text import plain_text
from rightful.stages.quality.settings import Settings
from rightful.stages.quality.web import clean_web_address

__all__ = [
    "note",
    "read_amount",
    "read_code",
    "read_company",
    "read_day",
    "read_email",
    "read_employees",
    "read_instant",
    "read_number",
    "read_person",
    "read_reference",
    "read_revenue",
    "read_text",
    "read_title",
    "read_truth",
    "read_web",
    "read_words",
]

Note = str | None

_DECIDED = ("won", "lost", "closed")
"""Words in the stage of an opportunity that is closed."""
_DONE = ("complete", "closed", "done", "cancel")
"""Parts of words in the status of a task that is done."""
_MOST_EMPLOYEES = 5_000_000
"""More than any employer has; the largest has about 2.3 million."""
_MOST_REVENUE_USD = 1.5e12
"""More than any company earns in a year; the largest earns about 0.7 trillion."""


def note(field: str, *codes: str) -> Note:
    """Write a note about a field with the first code that is not empty.

    Example:
        >>> note("country", "", "name_recognised")
        'country=name_recognised'
    """
    for code in codes:
        if code:
            return f"{field}={code}"
    return None


def read_text(field: str, text: str | None) -> tuple[str | None, Note]:
    """Tidy a free text."""
    value, code = plain_text(text)
    return value, note(field, code)


def read_code(field: str, text: str | None) -> tuple[str | None, Note]:
    """Tidy a code: lower case, words joined by underscores."""
    value, code = plain_text(text)
    slug = re.sub(r"[^\w]+", "_", value.casefold()).strip("_") if value else None
    return slug or None, note(field, code, "normalised" if slug != value else "")


def read_words(field: str, text: str | None) -> tuple[str | None, Note]:
    """Tidy several values separated by semicolons: trimmed, sorted, each once."""
    value, code = plain_text(text)
    words = sorted({word.strip() for word in (value or "").split(";") if word.strip()})
    joined = ";".join(words) or None
    return joined, note(field, code, "sorted" if joined != value else "")


def read_reference(text: str | None) -> tuple[str | None]:
    """Trim an identifier; nothing else, for identifiers are not to be interpreted."""
    return ((text.strip() or None) if text else None,)


def read_company(field: str, text: str | None) -> tuple[str | None, str | None, str | None, str | None, Note]:
    """Clean a company name: name, core name, the other name that stood in it, legal form."""
    plain, code = plain_text(text, "company")
    reading = clean_company_name(plain)
    other = next((core for alias in reading.aliases if (core := clean_company_name(alias).core) != reading.core), None)
    return reading.name, reading.core, other, reading.legal_form, note(field, reading.reason, code)


def read_company_core(field: str, text: str | None) -> tuple[str | None, str | None, str | None, Note]:
    """Clean a company name where the legal form has no column: name, core name, other name."""
    name, core, other, _, why = read_company(field, text)
    return name, core, other, why


def read_web(settings: Settings, text: str | None, email_domain: str | None = None) -> tuple[str | None, Note]:
    """Give the registrable domain of a web address, else of a business e-mail address."""
    plain, code = plain_text(text)
    reading = clean_web_address(plain)
    shared = reading.is_shared and not reading.is_tenant
    domain = None if shared else reading.registrable_domain
    if domain is None and email_domain and "domain" in settings.infers:
        return email_domain, note("domain", "inferred_from_email")
    return domain, note("domain", "shared_domain" if shared else "", reading.reason, code)


def read_email(
    settings: Settings, text: str | None
) -> tuple[str | None, str | None, bool | None, bool | None, str | None, Note]:
    """Clean an e-mail address: address, domain, free, disposable, the domain if it is a company's."""
    plain, code = plain_text(text)
    reading = clean_email(plain, settings.email_lists)
    is_business = reading.registrable_domain and not reading.is_free and not reading.is_disposable
    return (
        reading.address,
        reading.registrable_domain,
        reading.is_free,
        reading.is_disposable,
        reading.registrable_domain if is_business else None,
        note("email", reading.reason, code),
    )


def read_person(first: str | None, last: str | None, full: str | None) -> tuple[str | None, str | None, Note]:
    """Clean a person's names; a whole name is split where the parts are blank."""
    (first, first_code), (last, last_code), (full, full_code) = (
        plain_text(text, "person") for text in (first, last, full)
    )
    reading = clean_person_name(first, last) if first or last else split_person_name(full)
    return reading.first, reading.last, note("name", reading.reason, first_code, last_code, full_code)


def read_title(text: str | None) -> tuple[str | None, str | None, str | None, Note]:
    """Tidy a job title and read function and level from it."""
    title, code = plain_text(text)
    reading = read_job_title(title)
    return title, reading.function, reading.level, _joined(note("title", code), note("job", reading.reason))


def _estimate(low: float | None, high: float | None, code: str) -> tuple[float | None, str]:
    """Give one number for a range: its middle, of an open range the end that is known; the reason tells which."""
    if low is not None and high is not None:
        return log_middle(low, high), "middle_of_range"
    return (high if low is None else low), code


def read_employees(
    mark: str | None, text: str | None, country: str | None
) -> tuple[float | None, float | None, float | None, Note]:
    """Read a number of employees: the number, the middle of a range or the end of an open one, then both ends."""
    plain, junk = plain_text(text, "number")
    reading = parse_number(plain, locale_hint=mark or country, whole=True)
    value, code = reading.value, reading.reason
    if value is None:
        value, code = _estimate(reading.low, reading.high, code)
        value = value and float(round(value))
    if max(value or 0, reading.low or 0) > _MOST_EMPLOYEES:
        return None, None, None, note("employees", "implausible")
    return value, reading.low, reading.high, note("employees", code, junk)


def read_revenue(
    settings: Settings, field: str, text: str | None, country: str | None
) -> tuple[float | None, float | None, float | None, str | None, Note]:
    """Read an amount of money as US dollars: amount (or middle of a range, end of an open one), both ends, source's currency."""
    plain, junk = plain_text(text, "number")
    mark = settings.habit(field).decimal_mark
    hint = "_".join(filter(None, (mark, country))) or None  # the column knows the mark, the country what ``¥`` means
    reading = parse_money(plain, default_currency=settings.default_currency, locale_hint=hint)
    low, high, value = (
        to_usd(each, reading.currency, settings.rates) for each in (reading.low, reading.high, reading.value)
    )
    if reading.stated_usd is not None:
        value = low = high = reading.stated_usd
    code = reading.reason
    if value is None:
        value, code = _estimate(low, high, code)
    if reading.value is not None and value is None and reading.currency:
        code = "no_exchange_rate"
    if max(value or 0, low or 0) > _MOST_REVENUE_USD:
        return None, None, None, reading.currency, note(field, "implausible")
    return value, low, high, reading.currency, note(field, code, junk)


def read_amount(settings: Settings, field: str, text: str | None) -> tuple[float | None, Note]:
    """Read an amount of money as US dollars."""
    value, _, _, _, why = read_revenue(settings, field, text, None)
    return value, why


def read_industry(settings: Settings, text: str | None) -> tuple[str | None, Note]:
    """Read an industry, in words or as a code, as one of Rightful's own scheme."""
    plain, junk = plain_text(text)
    reading = classify_industry(plain, usual=settings.habit("industry").schemes)
    return reading.industry, note("industry", reading.reason, junk)


def read_country(field: str, text: str | None) -> tuple[str | None, Note]:
    """Read a country that stands alone."""
    plain, junk = plain_text(text, "country")
    reading = clean_country(plain)
    return reading.code, note(field, reading.reason, junk)


def read_identifier(field: str, text: str | None) -> tuple[str | None, Note]:
    """Read a data provider's identifier: digits and letters only, upper case."""
    plain, junk = plain_text(text)
    code = re.sub(r"[^0-9A-Z]", "", plain.upper()) if plain else None
    return code or None, note(field, junk, "normalised" if code != plain else "")


def read_outcome(closed: str | None, won: str | None, stage: str | None) -> tuple[bool | None, bool | None, Note]:
    """Read whether an opportunity is closed and won; blanks are read from its stage, what is open is not won."""
    is_closed, is_won = read_flag(closed).value, read_flag(won).value
    words = (stage or "").casefold()
    code = ""
    if is_closed is None and words:
        is_closed, code = any(word in words for word in _DECIDED), "read_from_stage"
    if is_won is None and is_closed is not None:
        is_won = is_closed and "won" in words
    return is_closed, is_won, note("is_closed", code)


def read_done(closed: str | None, status: str | None) -> tuple[bool | None, Note]:
    """Read whether a task is done; a blank is read from its status."""
    is_closed = read_flag(closed).value
    if is_closed is None and status:
        is_done = any(word in status.casefold() for word in _DONE)
        return is_done, note("is_closed", "read_from_status")
    return is_closed, None


def same(value: str | None) -> tuple[str | None]:
    """Give the value as it is."""
    return (value,)


def read_number(mark: str | None, field: str, text: str | None) -> tuple[float | None, Note]:
    """Read a plain number."""
    plain, junk = plain_text(text, "number")
    reading = parse_number(plain, locale_hint=mark)
    return reading.value, note(field, reading.reason, junk)


def read_day(day_first: bool | None, field: str, text: str | None) -> tuple[date | None, Note]:  # noqa: FBT001 - None is a third value
    """Read a date."""
    plain, junk = plain_text(text)
    reading = parse_date(plain, day_first=day_first)
    return reading.value, note(field, reading.reason, junk)


def read_instant(settings: Settings, field: str, text: str | None) -> tuple[datetime | None, Note]:
    """Read an instant as UTC."""
    plain, junk = plain_text(text)
    reading = parse_instant(plain, day_first=settings.habit(field).day_first, zone=settings.time_zone)
    return reading.value, note(field, reading.reason, junk)


def read_truth(field: str, text: str | None) -> tuple[bool | None, Note]:
    """Read a yes or no."""
    plain, junk = plain_text(text)
    reading = read_flag(plain)
    return reading.value, note(field, reading.reason, junk)


def read_kept(kind: Kind, field: str, text: str | None) -> tuple[Any, Note]:
    """Read a field that cleaning may not change: text is trimmed, anything else must be in its plain form already."""
    trimmed = (text.strip() or None) if text else None
    value: Any = trimmed
    code = ""
    match kind:
        case Kind.NUMBER:
            value, code = parse_number(trimmed)[2::2]
        case Kind.DATE:
            value, code = parse_date(trimmed)
        case Kind.INSTANT:
            value, code = parse_instant(trimmed)
        case Kind.FLAG:
            value, code = read_flag(trimmed)[:2]
        case _:
            return trimmed, None
    return (None, note(field, "kept_blank")) if code else (value, None)


def join_notes(kept: frozenset[str], *notes: Note) -> tuple[Note]:
    """Join the notes of a record; of fields that cleaning may not change only why they are blank."""
    joined = "; ".join([each for each in notes if each]) or None
    if joined and kept:
        parts = joined.split("; ")
        joined = (
            "; ".join(part for part in parts if part.partition("=")[0] not in kept or part.endswith("=kept_blank"))
            or None
        )
    return (joined,)


def _joined(*notes: Note) -> Note:
    return "; ".join([each for each in notes if each]) or None
