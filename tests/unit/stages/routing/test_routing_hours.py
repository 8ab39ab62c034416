from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rightful.plan.working_hours import read_hours
from rightful.stages.routing.hours import FAR, Absence, Calendar, Timetable, instant, moment_of

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HOUR = 3_600_000_000


def calendar(hours: str = "Mon-Fri 09:00-12:30 13:30-18:00", zone: ZoneInfo = BERLIN, *off: date) -> Calendar:
    return Calendar(Timetable(read_hours(hours), zone, frozenset(off)))


def local(zone: ZoneInfo, *parts: int, fold: int = 0) -> int:
    return moment_of(datetime(*parts, tzinfo=zone, fold=fold))


@pytest.mark.parametrize(
    ("hour", "minute", "state"),
    [(8, 59, "closed"), (9, 0, "open"), (12, 30, "closed"), (13, 30, "open"), (18, 0, "closed")],
)
def test_several_blocks_a_day_with_their_edges(hour: int, minute: int, state: str) -> None:
    assert calendar().at(local(BERLIN, 2026, 6, 30, hour, minute)).is_open is (state == "open")


def test_who_is_after_hours_is_present_but_not_on_a_holiday() -> None:
    on_holiday = calendar("Mon-Fri 09:00-18:00", BERLIN, date(2026, 6, 30))
    assert calendar().at(local(BERLIN, 2026, 6, 30, 20)).is_present
    assert not on_holiday.at(local(BERLIN, 2026, 6, 30, 10)).is_present
    assert instant(on_holiday.opens(local(BERLIN, 2026, 6, 30, 10))) == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_the_clock_goes_forward_and_the_local_hours_stay() -> None:
    summer, winter = calendar().opens(local(BERLIN, 2026, 3, 30, 0)), calendar().opens(local(BERLIN, 2026, 3, 27, 0))
    assert instant(winter).hour == 8
    assert instant(summer).hour == 7


def test_a_block_over_a_change_of_the_clocks_is_an_hour_shorter_or_longer() -> None:
    night = calendar("Sun 00:00-06:00", NEW_YORK)
    spring, autumn = night.at(local(NEW_YORK, 2026, 3, 8, 1)), night.at(local(NEW_YORK, 2026, 11, 1, 3))
    assert spring.end - spring.start == 5 * HOUR
    assert autumn.end - autumn.start == 7 * HOUR


def test_a_block_that_ends_in_the_hour_that_comes_twice_ends_at_its_last() -> None:
    night = calendar("Sun 00:00-01:30", NEW_YORK)
    assert night.at(local(NEW_YORK, 2026, 11, 1, 1, 15, fold=1)).is_open


def test_a_block_may_run_into_the_next_day() -> None:
    night = calendar("Mon 22:00-06:00")
    assert night.at(local(BERLIN, 2026, 6, 30, 5, 59)).is_open
    assert not night.at(local(BERLIN, 2026, 6, 30, 6)).is_open
    assert not night.at(local(BERLIN, 2026, 6, 29, 5)).is_open


def test_an_absence_closes_and_names_who_covers() -> None:
    start, end = local(BERLIN, 2026, 6, 30, 10), local(BERLIN, 2026, 7, 2, 11)
    away = Calendar(Timetable(read_hours("Mon-Fri 09:00-18:00"), BERLIN), [Absence(start, end, "R2")])
    assert away.at(start - 1).is_open
    assert away.at(start - 1).end == start
    assert (away.at(start).is_open, away.at(start).cover_id, away.at(start).is_absent) == (False, "R2", True)
    assert away.opens(start) == end


def test_an_absence_without_an_end_never_opens() -> None:
    away = Calendar(Timetable(read_hours("24/7"), BERLIN), [Absence(-FAR, FAR, None)])
    assert away.opens(0) == FAR
    assert away.after(0, HOUR) == FAR


def test_working_time_skips_nights_weekends_and_breaks() -> None:
    friday = local(BERLIN, 2026, 6, 26, 17)
    assert instant(calendar().after(friday, 2 * HOUR)) == datetime(2026, 6, 29, 8, tzinfo=UTC)
    assert calendar().after(local(BERLIN, 2026, 6, 30, 12), HOUR) == local(BERLIN, 2026, 6, 30, 14)


def test_working_time_over_the_change_of_the_clocks() -> None:
    always = calendar("24/7", NEW_YORK)
    start = local(NEW_YORK, 2026, 3, 7, 20)
    assert always.after(start, 10 * HOUR) == start + 10 * HOUR == local(NEW_YORK, 2026, 3, 8, 7)


def test_the_working_time_between_two_moments_is_what_leads_from_one_to_the_other() -> None:
    friday, monday = local(BERLIN, 2026, 7, 3, 16, 30), local(BERLIN, 2026, 7, 6, 16, 30)
    assert calendar().worked(friday, monday) == 8 * HOUR
    assert calendar().after(friday, 8 * HOUR) == monday
    assert calendar().worked(monday, friday) == 0


def test_stretches_meet_without_gaps() -> None:
    one = calendar()
    moment, end = local(BERLIN, 2026, 3, 20, 0), local(BERLIN, 2026, 4, 5, 0)
    while moment < end:
        stretch = one.at(moment)
        assert stretch.start <= moment < stretch.end
        assert one.at(stretch.end - 1) == stretch
        moment = stretch.end
