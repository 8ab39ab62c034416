"""Read calendar dates and instants; ``11/1/2024`` gets a value only where the plan or its column decides.

A date is what a calendar shows, without a time zone; an instant is a point in time, given in UTC. An instant without a zone
is read in the zone that the caller names, UTC if none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rightful.stages.quality.data import read_rows
from rightful.stages.quality.junk import is_junk
from rightful.stages.quality.numerals import plain_form

__all__ = ["REASONS", "DateReading", "InstantReading", "majority_day_first", "parse_date", "parse_instant"]

REASONS: dict[str, str] = {
    "date_read": "The date was brought into the form year-month-day.",
    "time_dropped": "The time of day was dropped from a date.",
    "day_first_decided": "The date can be read day first or month first; the plan or the column's other dates decided.",
    "century_added": "A year of two digits was completed: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999.",
    "epoch_read": "The number counts seconds or milliseconds since 1970.",
    "serial_read": "The number is a spreadsheet's count of days.",
    "zone_assumed": "The time has no time zone; the given zone, or else UTC, was assumed.",
    "zone_converted": "The time was converted to UTC.",
    "ambiguous": "The date can be read day first or month first and nothing decides, or it names no day.",
    "junk": "The text is a placeholder or a test entry, not a date.",
    "unreadable": "The text is not a date that can be read with certainty.",
}

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"[T ,]\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?\s*(?P<zone>Z|z|UTC|GMT|[A-Z]{2,4}T|[+-]\d\d:?(?:\d\d)?)?$",
    re.ASCII,
)
_IN_UTC = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:?00)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\.?", re.ASCII)
_COMPACT = re.compile(r"(19|20)(\d\d)(\d\d)(\d\d)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])\s?(\d{1,2})[-/. ]\s?(\d{4}|\d\d)\.?", re.ASCII)
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]?", re.ASCII)
_NAMED = re.compile(
    r"(?:[^\W\d_]+\.?,\s*)?(\d{1,2})(?:st|nd|rd|th|er|º|ª)?\.?[-/ ,]*(?:de |of )?([^\W\d_]{3,})\.?[-/ ,]*(?:de |del )?'?(\d{4}|\d\d)"
)
_MONTH_FIRST = re.compile(r"(?:[^\W\d_]+\.?,\s*)?([^\W\d_]{3,})\.?[- ]*(\d{1,2})(?:st|nd|rd|th)?,?[- ]+'?(\d{4}|\d\d)")
_YEAR_NAMED = re.compile(r"(\d{4})[- ]([^\W\d_]{3,})\.?[- ](\d{1,2})")
_EPOCH = re.compile(r"-?(?:\d{9,10}|\d{12,13})(?:\.\d+)?", re.ASCII)
_SERIAL = re.compile(r"\d{4,5}(?:\.\d+)?", re.ASCII)

_MONTHS = {row["name"]: int(row["month"]) for row in read_rows("month_names.csv")}
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "JST": 540,
}  # fmt: skip
_SERIAL_START = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_LETTERS = 60


class DateReading(NamedTuple):
    """A calendar date.

    Attributes:
        value: The date; None where the text does not determine one.
        reason: A key of ``REASONS``; empty for an ISO date and for nothing.
    """

    value: date | None
    reason: str


class InstantReading(NamedTuple):
    """A point in time.

    Attributes:
        value: The instant in UTC; None where the text does not determine one.
        reason: A key of ``REASONS``; empty for an ISO instant in UTC and for nothing.
    """

    value: datetime | None
    reason: str


_NO_DATE = DateReading(None, "")
_UNREADABLE = DateReading(None, "unreadable")


def parse_date(text: str | None, *, day_first: bool | None = None, serials: bool = False) -> DateReading:
    """Read a calendar date.

    A time of day behind the date is dropped, without conversion between time zones.

    Args:
        text: As typed.
        day_first: True where 11/1/2024 is the 11th of January; None where nothing says so.
        serials: True where a bare number is a spreadsheet's count of days.

    Example:
        >>> parse_date("1-Nov-2024")
        DateReading(value=datetime.date(2024, 11, 1), reason='date_read')
        >>> parse_date("11/1/2024").reason, parse_date("11/1/2024", day_first=False).value
        ('ambiguous', datetime.date(2024, 11, 1))
    """
    if text is None:
        return _NO_DATE
    iso = _ISO.fullmatch(text)
    if iso:
        return _made(int(iso[1]), int(iso[2]), int(iso[3]), "")
    plain = " ".join(plain_form(text[: _MOST_LETTERS + 1]).split())
    if not plain:
        return _NO_DATE
    if len(plain) > _MOST_LETTERS:
        return _UNREADABLE
    number = _read_count(plain, serials=serials)
    if number:
        return DateReading(number.value.date() if number.value else None, number.reason)
    time = _TIME.search(plain)
    if time:
        found = _read_day(plain[: time.start()], day_first)
        return (
            found
            if found.value is None or found.reason not in {"", "date_read"}
            else found._replace(reason="time_dropped")
        )
    found = _read_day(plain, day_first)
    return DateReading(None, "junk") if found.value is None and is_junk(plain) else found


def parse_instant(
    text: str | None, *, day_first: bool | None = None, zone: str | None = None, serials: bool = False
) -> InstantReading:
    """Read a point in time and give it in UTC; a date alone is its midnight.

    Args:
        text: As typed.
        day_first: As for ``parse_date``.
        zone: IANA name of the zone of times that name none, such as Europe/Berlin; UTC if left out.
        serials: As for ``parse_date``.

    Example:
        >>> parse_instant("2024-03-01T12:00:00+02:00").value.isoformat()
        '2024-03-01T10:00:00+00:00'
    """
    if text is None:
        return InstantReading(None, "")
    if _IN_UTC.fullmatch(text):  # as programs write it: most instants by far
        with suppress(ValueError):
            return InstantReading(datetime.fromisoformat(text), "")
    plain = " ".join(plain_form(text[: _MOST_LETTERS + 1]).split())
    if not plain:
        return InstantReading(None, "")
    number = _read_count(plain, serials=serials)
    if number:
        return number
    time = _TIME.search(plain)
    day = parse_date(plain[: time.start()] if time else plain, day_first=day_first)
    if day.value is None:
        return InstantReading(None, day.reason)
    return _at(day, time, zone)


def majority_day_first(values: Iterable[str | None]) -> bool | None:
    """Say whether a column writes the day first, by its dates that can be read in one way only.

    Returns:
        True or False where at least nine in ten of them agree; else None, also when there are none.

    Example:
        >>> majority_day_first(["11/1/2024", "31/12/2023"]), majority_day_first(["11/1/2024"])
        (True, None)
    """
    day_first = month_first = 0
    for value in values:
        parts = _YEAR_LAST.match(value.strip()) if value else None
        if parts:
            first, second = int(parts[1]), int(parts[3])
            day_first += first > 12 >= second
            month_first += second > 12 >= first
    if day_first and day_first >= 9 * month_first:
        return True
    return False if month_first and month_first >= 9 * day_first else None


def _read_day(plain: str, day_first: bool | None) -> DateReading:  # noqa: FBT001 - passed on by position alone
    parts = _YEAR_FIRST.fullmatch(plain) or _CJK.fullmatch(plain)
    if parts:
        return _made(int(parts[1]), int(parts[2]), int(parts[3]), "" if _ISO.fullmatch(plain) else "date_read")
    parts = _YEAR_LAST.fullmatch(plain)
    if parts:
        return _read_year_last(parts, day_first)
    parts = _COMPACT.fullmatch(plain)
    if parts:
        return _made(int(parts[1] + parts[2]), int(parts[3]), int(parts[4]), "date_read")
    return _read_named(plain)


def _read_year_last(parts: re.Match[str], day_first: bool | None) -> DateReading:  # noqa: FBT001 - as above
    first, second, year = int(parts[1]), int(parts[3]), parts[4]
    reason = "date_read"
    if first == second or first > 12:
        day, month = first, second
    elif second > 12:
        day, month = second, first
    elif parts[2] == ".":  # 11.1.2024: only languages that write the day first use full stops
        day, month = first, second
    elif day_first is None:
        return DateReading(None, "ambiguous")
    else:
        day, month = (first, second) if day_first else (second, first)
        reason = "day_first_decided"
    return _with_year(year, month, day, reason)


def _read_named(plain: str) -> DateReading:
    for pattern, day, month, year in ((_NAMED, 1, 2, 3), (_MONTH_FIRST, 2, 1, 3), (_YEAR_NAMED, 3, 2, 1)):
        parts = pattern.fullmatch(plain)
        number = _MONTHS.get(parts[month].casefold()) if parts else None
        if parts and number:
            return _with_year(parts[year], number, int(parts[day]), "date_read")
    return _UNREADABLE


def _with_year(year: str, month: int, day: int, reason: str) -> DateReading:
    if len(year) == 4:
        return _made(int(year), month, day, reason)
    return _made(int(year) + (2000 if int(year) <= 68 else 1900), month, day, "century_added")


def _made(year: int, month: int, day: int, reason: str) -> DateReading:
    try:
        return DateReading(date(year, month, day), reason)
    except ValueError:
        return _UNREADABLE


def _read_count(plain: str, *, serials: bool) -> InstantReading | None:
    """Read seconds or milliseconds since 1970, or a spreadsheet's days; None where the text is neither."""
    if serials and _SERIAL.fullmatch(plain):
        days = round(float(plain) * 86400)
        return InstantReading(_SERIAL_START + timedelta(seconds=days), "serial_read")
    if not _EPOCH.fullmatch(plain):
        return None
    seconds = float(plain) / (1000 if len(plain.lstrip("-").partition(".")[0]) > 10 else 1)
    return InstantReading(_EPOCH_START + timedelta(seconds=seconds), "epoch_read")


def _at(day: DateReading, time: re.Match[str] | None, zone: str | None) -> InstantReading:
    hour, minute, second, microsecond = _clock(time) if time else (0, 0, 0, 0)
    written = time["zone"] if time else None
    found = _zone(written) if written else _named_zone(zone)
    if found is None or hour > 23 or minute > 59 or second > 59 or day.value is None:
        return InstantReading(None, "unreadable")
    local = datetime(day.value.year, day.value.month, day.value.day, hour, minute, second, microsecond, tzinfo=found)
    try:
        instant = local.astimezone(UTC)
    except OverflowError:
        return InstantReading(None, "unreadable")
    if day.reason not in {"", "date_read"}:
        return InstantReading(instant, day.reason)
    if not written:
        return InstantReading(instant, "zone_assumed")
    return InstantReading(instant, "zone_converted" if local.utcoffset() else day.reason)


def _clock(time: re.Match[str]) -> tuple[int, int, int, int]:
    hour, half = int(time["hour"]), (time["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return 99, 0, 0, 0
    if half:
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    return hour, int(time["minute"]), int(time["second"] or 0), int(((time["fraction"] or "") + "000000")[:6])


def _zone(written: str) -> tzinfo | None:
    if written[0] in "+-":
        digits = written[1:].replace(":", "").ljust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes)) if minutes < 1440 else None
    minutes_east = _ZONES.get(written.upper())
    return None if minutes_east is None else timezone(timedelta(minutes=minutes_east))


def _named_zone(name: str | None) -> tzinfo | None:
    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
