"""Laws of routing: fair turns, caps that hold, names that do not matter, and a run that equals one record after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from rightful.plan import plan_from
from rightful.plan.working_hours import read_hours
from rightful.stages.routing import Case, Context, Decision, Rulings, State, context_of, decide, fold, route
from rightful.stages.routing.hours import FAR, Absence, Calendar, Timetable, moment_of

START = datetime(2026, 6, 22, tzinfo=UTC)
NAMES = ("R1", "R2", "R3", "R4", "R5")
COUNTRIES = ("DE", "FR", "JP", None)
SKILLS = ("German", "French", "")
HOURS = ("24/7", "Mon-Fri 09:00-12:30 13:30-18:00", "Mon-Sun 22:00-06:00", "Mon-Wed 00:00-24:00")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")


def routing(**pool: Any) -> str:
    more = "".join(f"    {key}: {value}\n" for key, value in pool.items())
    return f"pool_rules: [{{pool: p}}]\npools:\n  - pool: p\n{more}"


def world(
    text: str, reps: Sequence[Mapping[str, Any]], absences: Sequence[Mapping[str, Any]] = ()
) -> tuple[Context, Rulings]:
    plan = plan_from({"routing.yaml": text})
    return context_of(plan, reps, absences, START.date()), Rulings(plan)


def case(number: int, rulings: Rulings, minutes: int = 0, **record: Any) -> Case:
    moment = moment_of(START + timedelta(minutes=minutes))
    ruling = rulings.of({"object": "lead", **record})
    return Case("lead", f"L{number:04d}", ruling, moment, moment, record.get("owner_id"), facts=record)


def one_after_another(cases: Sequence[Case], context: Context) -> list[Decision]:
    """Route with the state of each decision given to the next, and try waiting records again: the obvious reading."""
    state, log = State(), []
    pending = [(each.moment, 1, number, 0, each) for number, each in enumerate(cases)]
    while pending:
        pending.sort(key=lambda entry: entry[:3])
        moment, _, number, tries, each = pending.pop(0)
        decision, state = route(replace(each, moment=moment), context, state)
        log.append(decision)
        if decision.retry is not None and decision.retry <= UNTIL and tries < context.section.queue_tries:
            pending.append((decision.retry, 0, number, tries + 1, each))
    return log


UNTIL = moment_of(START + timedelta(days=8))

everybody = st.integers(2, 5).map(lambda count: NAMES[:count])
weights = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, 7.0])


@st.composite
def pools(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw a pool with every feature, its reps and their absences."""
    pool: dict[str, Any] = {
        "members_when": '"is_active IS NULL"',
        "choose_by": draw(st.sampled_from(["weighted_round_robin", "least_loaded"])),
        "when_all_away": draw(st.sampled_from(["queue", "next_to_open", "fallback"])),
        "when_full": draw(st.sampled_from(["queue", "fallback"])),
        "join_at": draw(st.sampled_from(["average", "minimum"])),
        "sticky_by": draw(st.sampled_from(["[]", "[domain]"])),
        "member_caps": draw(st.sampled_from(["{}", "{hour: 1}", "{day: 2, week: 5}"])),
        "caps": draw(st.sampled_from(["{}", "{hour: 2}"])),
        "skills": draw(st.sampled_from(["[]", "[{field: country, values: {DE: German, FR: French}}]"])),
    }
    reps = [
        {
            "rep_id": name,
            "weight": draw(weights),
            "capacity": draw(st.sampled_from([None, 0.0, 2.0, 50.0])),
            "skills": draw(st.sampled_from(SKILLS)),
            "working_hours": draw(st.sampled_from(HOURS)),
            "time_zone": draw(st.sampled_from(ZONES)),
        }
        for name in draw(everybody)
    ]
    absences = [
        {
            "rep_id": rep["rep_id"],
            "starts_at": START + timedelta(hours=start),
            "ends_at": START + timedelta(hours=start + 30),
        }
        for rep in reps
        for start in draw(st.lists(st.integers(0, 120), max_size=1))
    ]
    extra = draw(st.sampled_from(["", "fallback_rep_id: R1\n", "rep_caps: {day: 3}\n"]))
    return routing(**pool) + extra, reps, absences


records = st.lists(
    st.tuples(st.integers(0, 7 * 1440), st.sampled_from(COUNTRIES), st.sampled_from(["a.com", "b.com", None])),
    min_size=1,
    max_size=40,
)


def cases_of(drawn: Sequence[tuple[int, str | None, str | None]], rulings: Rulings) -> list[Case]:
    return [
        case(number, rulings, minutes, country=country, domain=domain)
        for number, (minutes, country, domain) in enumerate(sorted(drawn, key=lambda each: each[0]))
    ]


@settings(max_examples=60, deadline=None)
@given(pools(), records)
def test_a_run_equals_one_after_another(
    pool: tuple[str, list[dict[str, Any]], list[dict[str, Any]]], drawn: list[tuple[int, str | None, str | None]]
) -> None:
    context, rulings = world(*pool)
    cases = cases_of(drawn, rulings)
    assert list(fold(cases, context, State(), UNTIL)) == one_after_another(cases, context)


@settings(max_examples=60, deadline=None)
@given(pools(), records)
def test_each_record_has_a_rep_or_a_cause_and_each_reason_is_said(
    pool: tuple[str, list[dict[str, Any]], list[dict[str, Any]]], drawn: list[tuple[int, str | None, str | None]]
) -> None:
    context, rulings = world(*pool)
    for decision in fold(cases_of(drawn, rulings), context, State(), UNTIL):
        assert bool(decision.rep_id) != bool(decision.cause)
        assert decision.reason
        assert decision.retry is None or decision.retry > decision.decided


@settings(max_examples=60, deadline=None)
@given(pools(), records)
def test_capacity_and_caps_are_never_exceeded(
    pool: tuple[str, list[dict[str, Any]], list[dict[str, Any]]], drawn: list[tuple[int, str | None, str | None]]
) -> None:
    text, reps, absences = pool
    context, rulings = world(text.replace("fallback_rep_id: R1\n", ""), reps, absences)
    log = [each for each in fold(cases_of(drawn, rulings), context, State(), UNTIL) if each.rep_id]
    got = Counter(each.rep_id for each in log)
    capacity = {rep["rep_id"]: rep["capacity"] for rep in reps}
    assert all(capacity[rep] is None or count <= capacity[rep] for rep, count in got.items())
    # Who gets a record before the working day begins has it counted where that day begins.
    at_once = [each for each in log if "is the next to work" not in each.reason]
    caps = context.section.pools[0]
    hours = Counter((each.rep_id, each.decided // 3_600_000_000) for each in at_once)
    days = Counter((each.rep_id, each.decided // 86_400_000_000) for each in at_once)
    pool_hours = Counter(each.decided // 3_600_000_000 for each in at_once)
    assert all(count <= (caps.member_caps.hour or 99) for count in hours.values())
    assert all(count <= (caps.member_caps.day or 99) for count in days.values())
    assert all(count <= (caps.caps.hour or 99) for count in pool_hours.values())


@settings(max_examples=60, deadline=None)
@given(pools(), records, st.permutations(NAMES))
def test_renaming_members_only_renames_the_result(
    pool: tuple[str, list[dict[str, Any]], list[dict[str, Any]]],
    drawn: list[tuple[int, str | None, str | None]],
    names: list[str],
) -> None:
    text, reps, absences = pool
    listed = ", ".join(f"{{rep_id: {rep['rep_id']}}}" for rep in reps)
    new = dict(zip(NAMES, names, strict=True))
    relisted = ", ".join(f"{{rep_id: {new[rep['rep_id']]}}}" for rep in reps)
    plain = text.replace("fallback_rep_id: R1\n", "")
    when = 'members_when: "is_active IS NULL"'
    renamed = [rep | {"rep_id": new[rep["rep_id"]]} for rep in reps]
    away = [absence | {"rep_id": new[absence["rep_id"]]} for absence in absences]
    context, rulings = world(plain.replace(when, f"members: [{listed}]"), reps, absences)
    other, _ = world(plain.replace(when, f"members: [{relisted}]"), renamed, away)
    cases = cases_of(drawn, rulings)
    before = [each.rep_id and new[each.rep_id] for each in fold(cases, context, State(), UNTIL)]
    assert before == [each.rep_id for each in fold(cases, other, State(), UNTIL)]


@settings(max_examples=40, deadline=None)
@given(everybody, st.integers(1, 60))
def test_positions_of_equal_members_differ_by_at_most_one(names: Sequence[str], count: int) -> None:
    context, rulings = world(
        routing(members_when='"is_active IS NULL"', is_always_open="yes"), [{"rep_id": name} for name in names]
    )
    state, got = State(), Counter[str]()
    for number in range(count):
        decision, state = route(case(number, rulings), context, state)
        got[decision.rep_id or ""] += 1
        positions = state.pools["p"].positions.values()
        assert max(positions) - min(positions) <= 1 + 1e-9
    assert max(got.values()) - min(got[name] for name in names) <= 1


@settings(max_examples=40, deadline=None)
@given(st.lists(weights, min_size=2, max_size=5), st.integers(1, 80))
def test_nobody_falls_behind_the_share_of_the_weight_by_more_than_a_turn(
    given_weights: list[float], count: int
) -> None:
    reps = [{"rep_id": name, "weight": weight} for name, weight in zip(NAMES, given_weights, strict=False)]
    context, rulings = world(routing(members_when='"is_active IS NULL"', is_always_open="yes"), reps)
    got = Counter(each.rep_id for each in fold([case(n, rulings) for n in range(count)], context, State(), UNTIL))
    total = sum(given_weights)
    for rep in reps:
        share = count * float(rep["weight"]) / total
        # Positions differ by a turn at most, so that the deficit is below the weight's share of a round, plus a record.
        assert share - got[rep["rep_id"]] <= len(reps) * float(rep["weight"]) / total + 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(COUNTRIES), min_size=60, max_size=60), st.sampled_from([0.0, 0.3]))
def test_who_may_take_a_record_changes_and_the_head_of_the_list_gains_nothing(
    countries: list[str | None], absent_share: float
) -> None:
    """Skills and absences change who is eligible from record to record; members with the same skills get the same."""
    skills = "[{field: country, values: {DE: German, FR: French}, is_required: yes}]"
    spoken = ("German", "French", "German", "French", "German; French")
    reps = [{"rep_id": name, "skills": skill} for name, skill in zip(NAMES, spoken, strict=True)]
    absences = [
        {"rep_id": name, "starts_at": START + timedelta(minutes=start), "ends_at": START + timedelta(minutes=start + 4)}
        for place, name in enumerate(NAMES)
        for start in range(place * 7, 60, 35)
        if absent_share
    ]
    pool = routing(members_when='"is_active IS NULL"', is_always_open="yes", skills=skills)
    context, rulings = world(pool, reps, absences)
    cases = [case(number, rulings, number, country=country) for number, country in enumerate(countries)]
    got = Counter(each.rep_id for each in fold(cases, context, State(), UNTIL))
    slack = 1 if not absent_share else 6
    assert abs(got["R1"] - got["R3"]) <= slack
    assert abs(got["R2"] - got["R4"]) <= slack


def test_one_record_is_decided_without_touching_the_state() -> None:
    context, rulings = world(routing(members_when='"is_active IS NULL"'), [{"rep_id": "R1"}])
    state = State()
    decision = decide(case(0, rulings, 600), context, state)
    assert decision.changes.reps["R1"].open_records == 1
    assert state == State()


hours = st.integers(0, 400)
absences = st.lists(st.tuples(st.none() | hours, st.none() | st.integers(1, 60)), max_size=6)


def away_in(base: int, away: Sequence[tuple[int | None, int | None]]) -> list[Absence]:
    """Make absences of hours after a moment; None is open."""
    hour = 3_600_000_000
    return [
        Absence(
            -FAR if start is None else base + start * hour,
            FAR if length is None else base + ((start or 0) + length) * hour,
            f"cover of {start} {length}",
        )
        for start, length in away
    ]


@given(absences, st.lists(hours, min_size=1, max_size=8))
def test_a_calendar_gives_the_stretch_that_the_first_absence_or_the_timetable_says(
    away: list[tuple[int | None, int | None]], asked: list[int]
) -> None:
    base, hour = moment_of(START), 3_600_000_000
    listed = away_in(base, away)
    timetable = Timetable(read_hours(HOURS[1]), ZoneInfo("Europe/Berlin"))
    one = Calendar(timetable, listed)
    for number in asked:
        moment, stretch = base + number * hour, one.at(base + number * hour)
        holding = sorted(
            (each for each in listed if each.start <= moment < each.end), key=lambda each: (each.start, -each.end)
        )
        if holding:
            over = [each.end for each in listed if each.end <= moment and each.start < holding[0].start]
            assert (stretch.start, stretch.end) == (max([holding[0].start, *over]), holding[0].end)
            assert stretch.cover_id == holding[0].cover_id
            continue
        plain = timetable.at(moment)
        edges = [edge for each in listed for edge in (each.start, each.end)]
        assert stretch.start == max([plain.start, *(edge for edge in edges if plain.start < edge <= moment)])
        assert stretch.end == min([plain.end, *(edge for edge in edges if moment < edge < plain.end)])
        assert (stretch.is_open, stretch.is_absent) == (plain.is_open, False)


@given(
    absences,
    st.lists(st.tuples(hours, st.integers(0, 60), st.integers(0, 300)), min_size=1, max_size=6),
    st.sampled_from(("24/7", "Mon-Fri 09:00-12:30 13:30-18:00", "Sat 22:00-06:00; Sun 06:00-07:15", "Sun 02:00-03:30")),
    st.sampled_from((date(2026, 3, 20), date(2026, 10, 18), date(2026, 6, 1))),
)
def test_working_time_is_that_of_a_walk_from_stretch_to_stretch(
    away: list[tuple[int | None, int | None]], asked: list[tuple[int, int, int]], written: str, day: date
) -> None:
    base = moment_of(datetime.combine(day, time(), UTC))
    one = Calendar(Timetable(read_hours(written), ZoneInfo("Europe/Berlin")), away_in(base, away))
    for hour, minutes, working in asked:
        start = base + hour * 3_600_000_000 + minutes * 1_000_000
        after, moment, left, passed = one.after(start, working * 60_000_000), start, working * 60_000_000, 0
        while after != FAR:
            stretch = one.at(moment)
            if stretch.is_open and stretch.end - moment >= left:
                assert after == moment + left
                assert one.worked(start, after) == working * 60_000_000
                break
            if stretch.is_open:
                passed, left = passed + stretch.end - moment, left - (stretch.end - moment)
            moment = stretch.end
            assert one.worked(start, moment) == passed
        else:
            assert one.worked(start, start + 399 * 86_400_000_000) <= working * 60_000_000
