from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

WorldOf = Callable[..., Any]

NIGHT = datetime(2026, 6, 30, 22, tzinfo=UTC)
TUESDAY = datetime(2026, 6, 30, 12, tzinfo=UTC)


def pool(more: str = "", members: str = "R1, R2, R3") -> str:
    listed = ", ".join(f"{{rep_id: {member.strip()}}}" for member in members.split(","))
    return f"pool_rules: [{{pool: sdr}}]\npools:\n  - pool: sdr\n    members: [{listed}]\n{more}"


def test_members_take_turns_by_weight_and_the_reason_says_so(world: WorldOf) -> None:
    one = world(pool(), [{"rep_id": "R1"}, {"rep_id": "R2", "weight": 2.0}, {"rep_id": "R3"}])
    assert one.reps(8) == "R1 R2 R3 R2 R1 R2 R3 R2"
    decision = one.route()
    assert decision.method == "pool"
    assert decision.pool_id == "sdr"
    assert decision.reason == (
        "pool sdr (rule row 1): weighted round robin, position 2 the lowest of 3 available; 0 away"
    )
    assert decision.state == "R1=2 R2=2 R3=2"


def test_a_members_weight_in_the_plan_overrules_the_book_and_weight_nothing_takes_no_turns(world: WorldOf) -> None:
    routing = pool().replace("{rep_id: R1}", "{rep_id: R1, weight: 2}")
    one = world(routing, [{"rep_id": "R1", "weight": 9.0}, {"rep_id": "R2"}, {"rep_id": "R3", "weight": 0.0}])
    assert one.reps(6) == "R1 R2 R1 R1 R2 R1"


def test_members_may_be_found_by_a_condition(world: WorldOf) -> None:
    reps = [{"rep_id": "R9", "team": "SDR"}, {"rep_id": "R2", "team": "SDR"}, {"rep_id": "R1", "team": "AE"}]
    one = world("pool_rules: [{pool: sdr}]\npools: [{pool: sdr, members_when: \"team = 'SDR'\"}]", reps)
    assert one.reps(3) == "R2 R9 R2"


def test_who_is_absent_is_passed_over_and_comes_back_at_the_average(world: WorldOf) -> None:
    back = TUESDAY + timedelta(hours=1)
    one = world(pool(), absences=[{"rep_id": "R1", "starts_at": None, "ends_at": back}])
    assert one.reps(4) == "R2 R3 R2 R3"
    assert "2 available; 1 away" in one.route().reason
    assert one.state.pools["sdr"].positions == {"R1": 0.0, "R2": 3.0, "R3": 2.0}
    assert one.route(back).rep_id == "R3"
    assert one.state.pools["sdr"].positions == {"R1": 2.5, "R2": 3.0, "R3": 3.0}


@pytest.mark.parametrize(
    ("policy", "method", "rep"),
    [("queue", "queue", None), ("next_to_open", "pool", "R2"), ("fallback", "fallback", "R9")],
)
def test_when_everyone_is_away_the_named_policy_holds(
    world: WorldOf, policy: str, method: str, rep: str | None
) -> None:
    hours = {"R1": "Mon-Fri 10:00-18:00", "R2": "Mon-Fri 08:00-16:00", "R3": "Mon-Fri 09:00-17:00", "R9": "24/7"}
    reps = [{"rep_id": key, "working_hours": text} for key, text in hours.items()]
    one = world(pool(f"    when_all_away: {policy}\nfallback_rep_id: R9\n"), reps)
    decision = one.route(NIGHT)
    assert (decision.method, decision.rep_id) == (method, rep)
    if policy == "queue":
        assert (decision.cause, decision.retry is not None) == ("queued", True)
        assert "it waits until 2026-07-01 08:00 UTC" in decision.reason
    if policy == "next_to_open":
        assert "R2 is the next to work, from 2026-07-01 08:00 UTC" in decision.reason
    if policy == "fallback":
        assert "passed over: pool sdr (rule row 1): all 3 who could take it are away" in decision.reason


def test_next_to_open_takes_turns_among_those_who_start_together(world: WorldOf) -> None:
    assert world(pool()).reps(4, NIGHT) == "R1 R2 R3 R1"


def test_a_pool_that_is_always_open_knows_no_night_but_knows_absences(world: WorldOf) -> None:
    away = [{"rep_id": "R1", "starts_at": None, "ends_at": None}]
    one = world(pool("    is_always_open: true\n"), absences=away)
    assert one.reps(2, NIGHT) == "R2 R3"


@pytest.mark.parametrize(("window", "later"), [("hour", 1), ("day", 24), ("week", 24 * 7)])
def test_caps_of_members_hold_for_an_hour_a_day_a_week(world: WorldOf, window: str, later: int) -> None:
    one = world(pool(f"    member_caps: {{{window}: 1}}\n    when_full: queue\n    is_always_open: true\n", "R1, R2"))
    assert one.reps(3) == "R1 R2 -"
    decision = one.route()
    assert decision.cause == "queued"
    assert decision.retry is not None
    assert one.reps(2, TUESDAY + timedelta(hours=later)) == "R1 R2"


def test_caps_of_the_pool_and_of_a_rep_over_all_pools(world: WorldOf) -> None:
    assert world(pool("    caps: {day: 2}\n")).reps(3) == "R1 R2 -"
    routing = """
pool_rules: [{pool: a, country: DE}, {pool: b}]
pools: [{pool: a, members: [{rep_id: R1}]}, {pool: b, members: [{rep_id: R1}, {rep_id: R2}]}]
rep_caps: {day: 1}
"""
    one = world(routing)
    assert one.route(country="DE").rep_id == "R1"
    assert one.reps(2) == "R2 -"


def test_a_day_is_counted_in_the_time_zone_of_the_pool(world: WorldOf) -> None:
    late = datetime(2026, 6, 30, 21, 59, tzinfo=UTC)
    more = "    member_caps: {day: 1}\n    is_always_open: true\n    time_zone: Europe/Berlin\n"
    one = world(pool(more, "R1"))
    assert [one.route(at).rep_id for at in (late, late, late + timedelta(minutes=1))] == ["R1", None, "R1"]


def test_capacity_is_never_exceeded_and_can_be_ignored(world: WorldOf) -> None:
    reps = [{"rep_id": "R1", "capacity": 1.0}, {"rep_id": "R2", "capacity": 2.0}, {"rep_id": "R3", "capacity": 0.0}]
    assert world(pool(), reps).reps(5) == "R1 R2 R2 - -"
    assert world(pool("    respects_capacity: false\n"), reps).reps(4) == "R1 R2 R3 R1"


def test_least_loaded_compares_shares_of_capacity_and_then_idle_time(world: WorldOf) -> None:
    reps = [{"rep_id": "R1", "capacity": 10.0}, {"rep_id": "R2", "capacity": 20.0}, {"rep_id": "R3"}]
    one = world(pool("    choose_by: least_loaded\nusual_capacity: 10\n"), reps)
    moments = [TUESDAY + timedelta(minutes=number) for number in range(7)]
    assert [one.route(at).rep_id for at in moments] == ["R1", "R2", "R3", "R2", "R1", "R3", "R2"]
    assert "least loaded, 3 open of 20 the lowest of 3" in one.route(TUESDAY + timedelta(minutes=8)).reason


def test_sticky_gives_the_same_rep_again_while_that_rep_can_take_it(world: WorldOf) -> None:
    one = world(pool("    sticky_by: [domain, email]\n    sticky_days: 2\n"))
    assert one.route(domain="acme.com", email="a@acme.com").rep_id == "R1"
    again = one.route(domain="acme.com")
    assert (again.rep_id, again.method) == ("R1", "sticky")
    assert again.reason == "pool sdr (rule row 1): R1 got an earlier record with domain acme.com"
    assert one.route(email="a@acme.com").rep_id == "R1"
    assert one.route(TUESDAY + timedelta(days=2, seconds=1), domain="acme.com").rep_id == "R2"
    assert one.route(TUESDAY + timedelta(days=2, seconds=2), domain="acme.com").rep_id == "R2"


def test_sticky_looks_for_another_when_the_rep_is_away(world: WorldOf) -> None:
    gone = TUESDAY + timedelta(hours=1)
    one = world(pool("    sticky_by: [domain]\n"), absences=[{"rep_id": "R1", "starts_at": gone, "ends_at": None}])
    assert one.route(domain="acme.com").rep_id == "R1"
    assert one.route(gone, domain="acme.com").rep_id == "R2"


SKILLED = [
    {"rep_id": "R1", "skills": "English"},
    {"rep_id": "R2", "skills": "English; German"},
    {"rep_id": "R3", "skills": "german ;Analytics"},
]


def test_preferred_skills_narrow_down_and_required_ones_exclude(world: WorldOf) -> None:
    skills = "    skills: [{field: country, values: {DE: German}, is_required: %s}, {field: product_interest}]\n"
    one = world(pool(skills % "no"), SKILLED)
    assert one.route(country="DE", product_interest="Analytics").rep_id == "R3"
    german = one.route(country="DE")
    assert german.rep_id == "R2"
    assert german.reason.endswith("position 0 the lowest of 2 with German among 3 available; 0 away")
    assert one.route(country="FR").rep_id == "R1"
    unknown = one.route(product_interest="Robots")
    assert (unknown.rep_id, unknown.reason.split("; ")[-1]) == ("R1", "nobody available has Robots")
    strict = world(pool(skills.replace("DE: German", "FR: French") % "yes"), SKILLED).route(country="FR")
    assert (strict.rep_id, strict.cause) == (None, "no_skill")
    assert strict.reason.endswith("pool sdr (rule row 1): no member has the required skill French")


def test_a_required_skill_waits_for_who_has_it(world: WorldOf) -> None:
    skills = "    skills: [{field: country, values: {DE: German}, is_required: yes}]\n    when_all_away: queue\n"
    away = [{"rep_id": key, "starts_at": None, "ends_at": TUESDAY + timedelta(hours=2)} for key in ("R2", "R3")]
    decision = world(pool(skills), SKILLED, away).route(country="DE")
    assert decision.method == "queue"
    assert "it waits until 2026-06-30 14:00 UTC" in decision.reason


def test_a_full_pool_falls_back_on_the_pool_and_the_rep_that_the_plan_names(world: WorldOf) -> None:
    routing = """
pool_rules: [{pool: first}]
pools:
  - {pool: first, members: [{rep_id: R1}], caps: {day: 1}, fallback_pool: second}
  - {pool: second, members: [{rep_id: R2}], caps: {day: 1}, fallback_rep_id: R3}
"""
    one = world(routing)
    decisions = [one.route() for _ in range(3)]
    assert [(each.rep_id, each.method, each.pool_id) for each in decisions] == [
        ("R1", "pool", "first"), ("R2", "fallback", "second"), ("R3", "fallback", None),
    ]  # fmt: skip
    assert decisions[1].reason.startswith("fallback pool second: weighted round robin")
    assert "passed over: pool first (rule row 1): caps or capacities leave none of 1 available" in decisions[1].reason


def test_a_pool_whose_members_all_left_says_so(world: WorldOf) -> None:
    decision = world(pool(), [{"rep_id": "R1", "is_active": False}]).route()
    assert (decision.rep_id, decision.cause) == (None, "pool_without_members")
