"""Pools at the desk: whatever comes, in hours, zones, caps and skills, is given to whom a fold over the same records gives it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import rightful.desk.desk as desk_module
from desks import Clock, DeskScene, lead
from rightful.desk import Desk, Upsert
from rightful.desk.pipeline import as_source, understood
from rightful.plan import Plan
from rightful.stages.routing import Case, Decision, State, context_of, fold
from rightful.stages.routing.hours import moment_of

NAMES = ("R1", "R2", "R3")
HOURS = ("24/7", "Mon-Fri 09:00-12:30 13:30-18:00", "Mon-Sun 22:00-06:00", "Tue-Wed 00:00-24:00")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
# A week in summer, and the weekends in which clocks change in Europe and in New York.
STARTS = (datetime(2026, 6, 22, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC), datetime(2027, 3, 12, tzinfo=UTC))
DAYS = 5


@pytest.fixture(autouse=True)
def _begins_with_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let desks begin without the records of the book, whatever the plan."""
    monkeypatch.setattr(desk_module, "state_of_run", lambda *_: State())


@st.composite
def pool_files(draw: st.DrawFn) -> str:
    pool = {
        "choose_by": draw(st.sampled_from(["weighted_round_robin", "least_loaded"])),
        "when_all_away": draw(st.sampled_from(["queue", "next_to_open", "fallback"])),
        "when_full": draw(st.sampled_from(["queue", "fallback"])),
        "join_at": draw(st.sampled_from(["average", "minimum"])),
        "sticky_by": draw(st.sampled_from(["[]", "[lead_source]"])),
        "member_caps": draw(st.sampled_from(["{}", "{hour: 1}", "{day: 2, week: 5}"])),
        "caps": draw(st.sampled_from(["{}", "{hour: 2}"])),
        "skills": draw(
            st.sampled_from(
                [
                    "[]",
                    "[{field: country, values: {DE: German}}]",
                    "[{field: country, values: {DE: German}, is_required: yes}]",
                ]
            )
        ),
        "is_always_open": draw(st.sampled_from(["yes", "no", "no"])),
        "time_zone": draw(st.sampled_from(["UTC", "Asia/Kolkata"])),
    }
    more = "".join(f"    {key}: {value}\n" for key, value in pool.items())
    extra = draw(st.sampled_from(["", "fallback_rep_id: R1\n", "rep_caps: {day: 3}\n"]))
    clock = draw(st.sampled_from(["business", "wall"]))
    holiday = draw(st.sampled_from(["", "holidays: [{on: 2026-06-23}, {on: 2026-10-26, countries: [DE]}]\n"]))
    return (
        "methods: [pool]\npool_rules: [{pool: p}]\npools:\n  - pool: p\n"
        f"    members: [{{rep_id: R1}}, {{rep_id: R2}}, {{rep_id: R3}}]\n{more}{extra}{holiday}"
        f"sla: [{{minutes: 90, clock: {clock}}}]\n"
    )


reps = st.tuples(
    *(
        st.fixed_dictionaries(
            {
                "rep_id": st.just(name),
                "weight": st.sampled_from(["1", "1", "2", "0.5"]),
                "capacity": st.sampled_from([None, "2", "50"]),
                "skills": st.sampled_from(["German", "French", ""]),
                "working_hours": st.sampled_from(HOURS),
                "time_zone": st.sampled_from(ZONES),
            }
        )
        for name in NAMES
    )
)
away = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 96), st.integers(1, 40)), max_size=3)
leads = st.lists(
    st.tuples(st.integers(0, DAYS * 1440), st.sampled_from(["DE", "JP"]), st.sampled_from(["Web", "Event", ""])),
    min_size=1,
    max_size=14,
    unique_by=lambda each: each[0],
).map(sorted)


def _put(desk: Desk, rows: Sequence[Mapping[str, Any]], absences: Sequence[tuple[str, int, int]], at: datetime) -> None:
    desk.do(Upsert("reps", tuple(rows)), key="reps", actor="ann")
    missing = tuple(
        {
            "absence_id": f"V{number}",
            "rep_id": rep_id,
            "starts_at": f"{at + timedelta(hours=start):%Y-%m-%dT%H:%MZ}",
            "ends_at": f"{at + timedelta(hours=start + length):%Y-%m-%dT%H:%MZ}",
        }
        for number, (rep_id, start, length) in enumerate(absences)
    )
    if missing:
        desk.do(Upsert("absences", missing), key="absences", actor="ann")


def _case(desk: Desk, number: int, drawn: tuple[int, str, str], moment: int) -> Case:
    now = desk._group.now
    command = lead(number, country=drawn[1], lead_source=drawn[2])
    case = understood("lead", as_source("leads", command.record, {}), now, moment).case
    assert case is not None
    return case


def _advance(desk: Desk, clock: Clock, until: int) -> None:
    """Let timers fire, each at its own moment, up to a moment."""
    while (due := desk._reading.next_due()) is not None and due <= until:
        clock.now = max(clock.now, due)
        assert desk.tick() > 0
    clock.now = until


EVENING_QUEUE = """\
methods: [pool]
pool_rules: [{pool: p}]
pools: [{pool: p, members: [{rep_id: R1}, {rep_id: R2}, {rep_id: R3}], when_all_away: queue}]
sla: [{minutes: 90}]
"""
STICKY = """\
methods: [pool]
pool_rules: [{pool: p}]
pools: [{pool: p, members: [{rep_id: R1}, {rep_id: R2}, {rep_id: R3}], sticky_by: [lead_source], is_always_open: yes}]
sla: [{minutes: 90}]
"""
OFFICE = tuple({"rep_id": name, "working_hours": "Mon-Fri 09:00-17:00", "time_zone": "Europe/Berlin"} for name in NAMES)
EIGHT = [(600 + number, "JP", ("Web", "Event", "", "")[number % 4]) for number in range(8)]
TWELVE = [(1200 + number, "JP", "Web") for number in range(12)]


@example(STICKY, OFFICE, [], EIGHT, STARTS[0])  # who got an earlier one is remembered after a restart
@example(EVENING_QUEUE, OFFICE, [], TWELVE, STARTS[1])  # those who waited take turns in the order in which they came
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pool_files(), reps, away, leads, st.sampled_from(STARTS))
def test_the_desk_gives_each_lead_to_whom_a_fold_gives_it(
    desk_scene: DeskScene,
    routing: str,
    rows: tuple[dict[str, Any], ...],
    absences: list[tuple[str, int, int]],
    drawn: list[tuple[int, str, str]],
    start: datetime,
) -> None:
    plan = desk_scene.changed(routing=routing, desk="fields: {}\n")
    clock, begin = Clock(start), moment_of(start)
    until = begin + (DAYS + 3) * 86_400_000_000
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        desk = stack.enter_context(desk_scene.desk(Path(folder) / "desk.sqlite", clock, plan))
        _put(desk, rows, absences, start)
        moments = [begin + each[0] * 60_000_000 for each in drawn]
        cases = [
            _case(desk, number, each, moment) for number, (each, moment) in enumerate(zip(drawn, moments, strict=True))
        ]
        wanted = _folded(desk, plan, cases, until)
        for number, (each, moment) in enumerate(zip(drawn, moments, strict=True)):
            _advance(desk, clock, moment)
            if number == 5:  # what is remembered is in the database
                desk = stack.enter_context(desk_scene.desk(Path(folder) / "desk.sqlite", clock, plan))
            desk.do(lead(number, country=each[1], lead_source=each[2]), key=f"k{number}", actor="ann")
        _advance(desk, clock, until)
        for number in range(len(drawn)):
            answer = desk.record("lead", f"N{number}")
            assert answer is not None
            decision = wanted[f"N{number}"]
            found = (answer.rep_id, answer.pool_id, answer.cause or "", answer.reason.removeprefix("tried again; "))
            assert found == (decision.rep_id, decision.pool_id, decision.cause, decision.reason)
            assert answer.sla_due_at == decision.sla_due_at


def _folded(desk: Desk, plan: Plan, cases: Sequence[Case], until: int) -> dict[str, Decision]:
    view = desk._group.now.view
    day = cases[0].moment
    context = context_of(plan, list(view.reps.values()), list(view.absences.values()), _day(day))
    last: dict[str, Decision] = {}
    for decision in fold(cases, context, State(), until):
        last[decision.record_id] = decision
    return last


def _day(moment: int) -> Any:
    return datetime.fromtimestamp(moment // 1_000_000, UTC).date()
