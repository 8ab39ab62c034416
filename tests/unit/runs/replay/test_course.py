from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from past import Past, plan_of

ALWAYS = "is_always_open: true, when_full: queue, when_all_away: queue"
TURNS = f"pool_rules: [{{pool: sdr}}]\npools:\n  - {{pool: sdr, members_when: \"rep_id IN ('R1', 'R2')\", {ALWAYS}}}\n"
OFFICE = "pool_rules: [{pool: day}]\npools:\n  - {pool: day, members_when: rep_id = 'R3', when_all_away: queue}\n"


def lead(number: int, at: str, more: str = ",,") -> str:
    return f"lead,2026-03-{at},L{number},,,,,,,{more}"


def test_leads_take_turns_in_the_order_of_their_arrival(tmp_path: Path) -> None:
    past = Past(tmp_path, *(lead(number, f"0{6 - number}T10:00Z") for number in range(1, 5)))
    frame = past.course(plan_of(TURNS))
    assert frame["lead_id"].to_list() == ["L4", "L3", "L2", "L1"]
    assert frame["rep_id"].to_list() == ["R1", "R2", "R1", "R2"]
    assert frame["sequence"].to_list() == [1, 2, 3, 4]
    assert [each["lead_id"] for each in past.decisions()] == ["L4", "L3", "L2", "L1"]


def test_an_absence_counts_from_the_moment_at_which_it_is_known(tmp_path: Path) -> None:
    absence = "absence,2026-03-03T00:00Z,,R1,2026-03-01T00:00Z,2026-03-04T00:00Z,,,,,,"
    leads = [lead(number, f"0{number}T10:00Z") for number in range(1, 6)]
    assert Past(tmp_path, *leads, absence).reps_of(plan_of(TURNS)) == "R1 R2 R2 R1 R2"


def test_a_capacity_holds_from_its_moment_and_a_closed_lead_makes_room(tmp_path: Path) -> None:
    capacities = [f"capacity,2026-03-03T00:00Z,,R{number},,,,1,,,," for number in (1, 2)]
    leads = [lead(number, f"0{number}T10:00Z") for number in range(1, 6)]
    full = Past(tmp_path, *leads, *capacities)
    assert full.reps_of(plan_of(TURNS)) == "R1 R2 - - -"
    assert full.course(plan_of(TURNS))["method"].to_list()[2:] == ["queue"] * 3
    closed = "closed,2026-03-04T00:00Z,L2,,,,,,,,,"
    assert Past(tmp_path, *leads, *capacities, closed).reps_of(plan_of(TURNS)) == "R1 R2 - R2 -"
    twice = [closed, "closed,2026-03-04T12:00Z,L2,,,,,,,,,"]
    assert Past(tmp_path, *leads, *capacities, *twice).reps_of(plan_of(TURNS)) == "R1 R2 - R2 -"


def test_a_change_comes_before_the_lead_of_its_moment_and_after_those_that_waited(tmp_path: Path) -> None:
    # 2026-03-02 is a Monday: L1 waits until nine, when R3 falls ill; L2 comes at the same moment.
    ill = "absence,2026-03-02T09:00Z,,R3,,2026-03-02T10:00Z,,,,,,"
    past = Past(tmp_path, lead(1, "02T05:00Z"), lead(2, "02T09:00Z"), lead(3, "02T10:00Z"), ill)
    frame = past.course(plan_of(OFFICE))
    assert frame["rep_id"].to_list() == ["R3", "R3", "R3"]
    assert frame["decided_at"].dt.strftime("%H:%M").to_list() == ["10:00", "10:00", "10:00"]
    waits = [(each["lead_id"], each["method"]) for each in past.decisions()]
    assert waits == [("L1", "queue"), ("L1", "queue"), ("L2", "queue"), ("L1", "pool"), ("L2", "pool"), ("L3", "pool")]


def test_a_lead_that_is_closed_while_it_waits_is_tried_no_more(tmp_path: Path) -> None:
    closed = "closed,2026-03-02T06:00Z,L1,,,,,,,,,"
    past = Past(tmp_path, lead(1, "02T05:00Z"), lead(2, "02T05:30Z"), closed, lead(3, "02T09:30Z"))
    assert past.reps_of(plan_of(OFFICE)) == "- R3 R3"


def test_people_join_and_leave_in_the_course_of_time(tmp_path: Path) -> None:
    reps = [
        {"rep_id": "R1", "ends_on": date(2026, 3, 2)},
        {"rep_id": "R2", "starts_on": date(2026, 3, 4)},
        {"rep_id": "R3"},
    ]
    leads = [lead(number, f"0{number}T10:00Z") for number in range(1, 6)]
    assert Past(tmp_path, *leads, reps=reps).reps_of(plan_of(TURNS)) == "R1 R1 - R2 R2"


def test_versions_follow_one_another_with_the_state_of_the_pools(tmp_path: Path) -> None:
    other = plan_of(TURNS.replace("('R1', 'R2')", "('R1', 'R3')"), "Other")
    past = Past(tmp_path, *(lead(number, f"0{number}T10:00Z") for number in range(1, 7)))
    # R1 has had two turns when the other plan begins; R3 comes in at their average and is next.
    assert past.reps_of(plan_of(TURNS), ("2026-03-04", other)) == "R1 R2 R1 R1 R3 R1"
    assert [(name, leads) for name, leads, _ in past.stand_in.asked] == [
        ("Tried", ["L1", "L2", "L3"]),
        ("Other", ["L4", "L5", "L6"]),
    ]
    versions = {each["lead_id"]: each["plan_version"] for each in past.decisions()}
    assert versions["L3"] != versions["L4"] == other.version


def test_what_waits_when_a_plan_begins_is_decided_anew_by_it(tmp_path: Path) -> None:
    ill = "absence,2026-03-01,,R1,,2026-03-05,,,,,,"
    past = Past(tmp_path, lead(1, "01T05:00Z"), lead(2, "02T12:00Z"), lead(3, "03T12:00Z"), ill)
    frame = past.course(plan_of(OFFICE), ("2026-03-02T02:00", plan_of(TURNS, "Night")))
    assert frame["rep_id"].to_list() == ["R2", "R2", "R2"]
    assert frame["decided_at"][0].isoformat() == "2026-03-02T02:00:00+00:00"
    assert past.stand_in.asked[1][:2] == ("Night", ["L1", "L2", "L3"])


def test_a_version_before_or_after_all_events_decides_nothing_of_its_own(tmp_path: Path) -> None:
    past = Past(tmp_path, lead(1, "02T10:00Z"))
    versions = [("2026-01-01", plan_of(OFFICE)), ("2026-02-01", plan_of(TURNS)), ("2026-05-01", plan_of(OFFICE))]
    assert past.reps_of(*versions) == "R1"
    assert len(past.stand_in.asked) == 1


def test_an_answer_takes_the_working_time_that_it_took_in_fact_whoever_gives_it(tmp_path: Path) -> None:
    # R1 took two working hours: Monday from four to five, Tuesday from nine to ten.
    past = Past(
        tmp_path, lead(1, "02T16:00Z", ",R1,2026-03-03T10:00Z"), lead(2, "03T12:00Z", ",R1,"), lead(3, "06T12:00Z")
    )
    sla = OFFICE + "sla: [{minutes: 90}]\n"
    frame = past.course(plan_of(sla))
    assert frame["answer_at"].dt.strftime("%d %H:%M").to_list() == ["03 10:00", "03 12:30", "06 12:30"]
    assert frame["sla_due_at"].dt.strftime("%d %H:%M").to_list() == ["03 09:30", "03 13:30", "06 13:30"]
    assert past.actual["sla_due_at"].dt.strftime("%d %H:%M").to_list() == ["03 09:30", "03 13:30", None]
    assert past.actual["answer_at"].dt.strftime("%d %H:%M").to_list() == ["03 10:00", None, None]
    stated = past.course(plan_of(sla), answer_minutes=60)
    assert stated["answer_at"].dt.strftime("%d %H:%M").to_list() == ["02 17:00", "03 13:00", "06 13:00"]


def test_the_record_keeps_every_decision_however_many(tmp_path: Path) -> None:
    rows = [lead(number, f"02T10:{number % 60:02}:{number // 60 % 60:02}Z") for number in range(3_000)]
    past = Past(tmp_path, *rows)
    frame = past.course(plan_of(TURNS))
    decisions = pl.DataFrame(past.decisions())
    assert decisions["sequence"].to_list() == list(range(1, 3_001))
    assert frame["sequence"].to_list() == decisions["sequence"].to_list()
    assert frame["lead_id"].to_list() == decisions["lead_id"].to_list()
    assert frame.group_by("rep_id").len().sort("rep_id").rows() == [("R1", 1500), ("R2", 1500)]
