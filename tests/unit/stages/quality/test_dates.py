from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.stages.quality.dates import REASONS, majority_day_first, parse_date, parse_instant
from rightful.stages.quality.flags import parse_flag, read_flag


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-11-01", date(2024, 11, 1)),
        ("2016/02/04 00:00:00", date(2016, 2, 4)),
        ("1-Nov-2024", date(2024, 11, 1)),
        ("1 November 2024", date(2024, 11, 1)),
        ("November 1, 2024", date(2024, 11, 1)),
        ("Nov 1st, 2024", date(2024, 11, 1)),
        ("1. November 2024", date(2024, 11, 1)),
        ("3. März 2024", date(2024, 3, 3)),
        ("1er août 2024", date(2024, 8, 1)),
        ("5 de mayo de 2024", date(2024, 5, 5)),
        ("12 grudnia 2023", date(2023, 12, 12)),
        ("01.11.2024", date(2024, 11, 1)),
        ("31/12/2023", date(2023, 12, 31)),
        ("12/31/2023", date(2023, 12, 31)),
        ("11/11/2024", date(2024, 11, 11)),
        ("20241101", date(2024, 11, 1)),
        ("2024年11月1日", date(2024, 11, 1)),
        ("2024-11-01T10:00:00Z", date(2024, 11, 1)),
        ("31/12/23", date(2023, 12, 31)),
        ("1-Jan-69", date(1969, 1, 1)),
        ("1704067200000", date(2024, 1, 1)),
        ("1704067200", date(2024, 1, 1)),
        ("２０２４-１１-０１", date(2024, 11, 1)),
    ],
)
def test_dates_are_read(text: str, expected: date) -> None:
    assert parse_date(text).value == expected


@pytest.mark.parametrize(
    "text", ["2024-02-30", "13/13/2024", "45292", "2024", "November 2024", "soon", "1/2", "99/99/9999"]
)
def test_what_is_no_date_is_unreadable(text: str) -> None:
    assert parse_date(text) == (None, "unreadable")


def test_the_order_of_day_and_month_is_decided_or_stays_open() -> None:
    assert parse_date("11/1/2024") == (None, "ambiguous")
    assert parse_date("11/1/2024", day_first=True) == (date(2024, 1, 11), "day_first_decided")
    assert parse_date("11/1/2024", day_first=False) == (date(2024, 11, 1), "day_first_decided")
    assert majority_day_first(["11/1/2024", "25/1/2024", "x", None]) is True
    assert majority_day_first(["11/1/2024", "1/25/2024"]) is False
    assert majority_day_first(["25/1/2024", "1/25/2024"]) is None


def test_spreadsheet_days_are_read_only_where_asked() -> None:
    assert parse_date("45292", serials=True) == (date(2024, 1, 1), "serial_read")


def test_blanks_and_placeholders() -> None:
    assert parse_date(None) == (None, "")
    assert parse_date(" ") == (None, "")
    assert parse_date("n/a") == (None, "junk")
    assert parse_instant("") == (None, "")


@pytest.mark.parametrize(
    ("text", "zone", "expected", "reason"),
    [
        ("2024-03-01T12:00:00Z", None, datetime(2024, 3, 1, 12, tzinfo=UTC), ""),
        ("2024-03-01 12:00:00.5+0000", None, datetime(2024, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC), ""),
        ("2024-02-30T12:00:00Z", None, None, "unreadable"),
        ("2024-03-01T24:00:00Z", None, None, "unreadable"),
        ("2024-03-01T12:00:00+02:00", None, datetime(2024, 3, 1, 10, tzinfo=UTC), "zone_converted"),
        ("2024-03-01T12:00:00.123+0000", None, datetime(2024, 3, 1, 12, 0, 0, 123000, tzinfo=UTC), ""),
        ("2024-07-01 12:00", "Europe/Berlin", datetime(2024, 7, 1, 10, tzinfo=UTC), "zone_assumed"),
        ("2024-01-01 12:00", "Europe/Berlin", datetime(2024, 1, 1, 11, tzinfo=UTC), "zone_assumed"),
        ("2024-01-01", None, datetime(2024, 1, 1, tzinfo=UTC), "zone_assumed"),
        ("12/31/2023 1:05 PM", None, datetime(2023, 12, 31, 13, 5, tzinfo=UTC), "zone_assumed"),
        ("31.12.2023 12:00 am", None, datetime(2023, 12, 31, 0, 0, tzinfo=UTC), "zone_assumed"),
        ("1704067200000", None, datetime(2024, 1, 1, tzinfo=UTC), "epoch_read"),
        ("2024-01-01 10:00:00 EST", None, datetime(2024, 1, 1, 15, tzinfo=UTC), "zone_converted"),
        ("2024-01-01 25:00", None, None, "unreadable"),
        ("2024-01-01 10:00", "Nowhere/Else", None, "unreadable"),
    ],
)
def test_instants_are_read_in_utc(text: str, zone: str | None, expected: datetime | None, reason: str) -> None:
    assert parse_instant(text, zone=zone) == (expected, reason)


@given(st.text(max_size=30) | st.text("0123456789-/.: TZ+", max_size=24), st.sampled_from([None, True, False]))
def test_any_text_gives_a_reading(text: str, day_first: bool | None) -> None:  # noqa: FBT001 - drawn by name
    for reading in (parse_date(text, day_first=day_first), parse_instant(text, day_first=day_first)):
        assert reading.reason == "" or reading.reason in REASONS


@given(st.dates(min_value=date(1000, 1, 1)))
def test_an_iso_date_is_itself(day: date) -> None:
    assert parse_date(day.isoformat()) == (day, "")
    assert parse_date(f"{day.day}.{day.month}.{day.year}").value == day


@pytest.mark.parametrize("text", ["yes", "TRUE", "1", "x", "Ja", "oui", "sí", "tak", "はい", "Y"])
def test_yes(text: str) -> None:
    assert parse_flag(text) is True


@pytest.mark.parametrize("text", ["no", "False", "0", "nein", "non", "nie", "いいえ", "N"])
def test_no(text: str) -> None:
    assert parse_flag(text) is False


def test_neither_yes_nor_no() -> None:
    assert parse_flag(None) is None
    assert read_flag("perhaps") == (None, "unreadable")
    assert read_flag("n/a") == (None, "junk")
    assert read_flag("") == (None, "")
