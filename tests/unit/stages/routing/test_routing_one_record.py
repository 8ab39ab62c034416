from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

WorldOf = Callable[..., Any]

TUESDAY = datetime(2026, 6, 30, 12, tzinfo=UTC)
POOL = "pool_rules: [{pool: sdr}]\npools: [{pool: sdr, members: [{rep_id: R1}, {rep_id: R2}]}]\n"
TEAM = {"account_executive": "R3", "customer_success_manager": "R4"}
ROLES = {"assignment": "roles: [account_executive, customer_success_manager]"}
OF_ACCOUNT = {"matched_account_id": "A1", "team": TEAM}


def absence(rep: str, cover: str | None = None, start: datetime | None = None) -> dict[str, Any]:
    return {"rep_id": rep, "starts_at": start, "ends_at": TUESDAY + timedelta(days=1), "cover_rep_id": cover}


def test_the_owner_of_the_account_comes_first_and_is_no_turn(world: WorldOf) -> None:
    one = world(POOL, "R1 R2 R3")
    decision = one.route(**OF_ACCOUNT)
    assert (decision.rep_id, decision.method) == ("R3", "account_owner")
    assert decision.reason == "account_executive of its account A1"
    assert one.route(matched_account_id="A2", team={"account_executive": "R1"}).rep_id == "R1"
    assert one.route().rep_id == "R1"


def test_a_record_that_went_to_the_owner_counts_as_a_turn_where_the_plan_says_so(world: WorldOf) -> None:
    one = world(POOL + "credits: {account_owner: yes}\n")
    one.route(matched_account_id="A2", team={"account_executive": "R1"})
    assert one.route().rep_id == "R2"


def test_a_route_seeks_the_owner_in_another_role(world: WorldOf) -> None:
    routes = "routes: [{when: \"account_type = 'customer'\", methods: [account_owner, pool], roles: [customer_success_manager]}]"
    one = world(POOL + routes, "R1 R2 R3 R4", **ROLES)
    assert one.route(account_type="customer", **OF_ACCOUNT).rep_id == "R4"
    assert one.route(account_type="prospect", **OF_ACCOUNT).rep_id == "R3"


def test_an_absent_owner_is_covered_or_passed_over(world: WorldOf) -> None:
    covered = world(POOL, "R1 R2 R3", [absence("R3", "R2")]).route(**OF_ACCOUNT)
    assert (covered.rep_id, covered.method) == ("R2", "account_owner")
    assert covered.reason == (
        "account_executive of its account A1; R2 covers for R3, absent until 2026-07-01 12:00 UTC"
    )
    alone = world(POOL + "account_owner: {uses_cover: no}", "R1 R2 R3", [absence("R3", "R2")]).route(**OF_ACCOUNT)
    assert (alone.rep_id, alone.method) == ("R1", "pool")
    assert "passed over: account A1: account_executive R3 is absent until 2026-07-01 12:00 UTC" in alone.reason


def test_who_covers_may_be_covered_in_turn_but_not_in_a_circle(world: WorldOf) -> None:
    chain = world(POOL, "R1 R2 R3 R4", [absence("R3", "R2"), absence("R2", "R4")])
    assert chain.route(**OF_ACCOUNT).rep_id == "R4"
    circle = world(POOL, "R1 R2 R3", [absence("R3", "R2"), absence("R2", "R3")])
    assert circle.route(**OF_ACCOUNT).method == "pool"


def test_how_available_an_owner_must_be_is_up_to_the_plan(world: WorldOf) -> None:
    evening = datetime(2026, 6, 30, 20, tzinfo=UTC)
    shift = world(POOL + "account_owner: {available: on_shift}", "R1 R2 R3").route(evening, **OF_ACCOUNT)
    assert shift.method == "pool"
    assert "R3 is after hours" in shift.reason
    assert world(POOL, "R1 R2 R3").route(evening, **OF_ACCOUNT).rep_id == "R3"
    holiday = "holidays: [{on: 2026-06-30, countries: [DE]}]\n"
    german = [{"rep_id": "R1"}, {"rep_id": "R2"}, {"rep_id": "R3", "country": "DE"}]
    assert "R3 is on holiday" in world(POOL + holiday, german).route(**OF_ACCOUNT).reason
    employed = world(POOL + holiday + "account_owner: {available: employed}", german, [absence("R3")])
    assert employed.route(**OF_ACCOUNT).rep_id == "R3"


def test_an_owner_who_left_is_passed_over(world: WorldOf) -> None:
    reps = [{"rep_id": "R1"}, {"rep_id": "R2"}, {"rep_id": "R3", "ends_on": date(2026, 6, 29)}]
    decision = world(POOL, reps).route(**OF_ACCOUNT)
    assert (decision.rep_id, decision.reason.endswith("account A1: account_executive R3 is not active")) == ("R1", True)


TERRITORIES = """
layers:
  - layer: geography
    catch_all: HOUSE
    rules: [{territory: DACH, country: "DE, AT", employees: ">=100"}]
coverage:
  - {territory: DACH, role: account_executive, rep_id: R3}
  - {territory: DACH, role: account_executive, rep_id: R4}
  - {territory: HOUSE, role: account_executive, rep_id: R5}
named_accounts: [{domain: big.com, territory: DACH}]
"""


def test_the_records_own_territory_gives_the_rep_the_same_one_for_a_company(world: WorldOf) -> None:
    one = world(POOL, "R1 R2 R3 R4 R5", assignment=TERRITORIES)
    got = {one.route(country="DE", employees=500.0, domain="acme.de").rep_id for _ in range(5)}
    assert len(got) == 1
    many = [one.route(country="DE", employees=500.0, domain=f"{number}.de") for number in range(40)]
    assert {each.rep_id for each in many} == {"R3", "R4"}
    assert {each.method for each in many} == {"territory"}
    assert many[0].reason == "account_executive of DACH by rule DACH (row 1), one of 2"
    assert one.route(country="FR", domain="big.com").method == "territory"


def test_the_catch_all_counts_only_where_the_plan_says_so(world: WorldOf) -> None:
    assert world(POOL, "R1 R5", assignment=TERRITORIES).route(country="US").rep_id == "R1"
    accepting = world(POOL + "territory: {accepts_catch_all: yes}", "R1 R5", assignment=TERRITORIES)
    assert accepting.route(country="US").rep_id == "R5"


def test_a_shared_territory_gives_records_to_who_is_there_else_to_who_covers(world: WorldOf) -> None:
    one = world(POOL, "R1 R3 R4 R5", [absence("R3")], assignment=TERRITORIES)
    assert {one.route(country="DE", employees=500.0, domain=f"{n}.de").rep_id for n in range(20)} == {"R4"}
    both = world(POOL, "R1 R3 R4 R5", [absence("R3", "R5"), absence("R4", "R5")], assignment=TERRITORIES)
    assert both.route(country="DE", employees=500.0).rep_id == "R5"


def test_an_open_record_stays_with_its_active_owner_unless_the_plan_routes_anew(world: WorldOf) -> None:
    kept = world(POOL).route(owner_id="R3")
    assert (kept.rep_id, kept.method) == ("R3", "current_owner")
    assert world(POOL + "keep_current_owner: no").route(owner_id="R3").rep_id == "R1"
    assert world(POOL).route(owner_id="GONE").method == "pool"


def test_closed_records_stay_with_their_owner_and_take_no_turn(world: WorldOf) -> None:
    one = world(POOL)
    closed = one.route(owner_id="R3", status="closed - not converted")
    assert (closed.rep_id, closed.method, closed.reason) == (
        "R3", "none", "closed (closed - not converted): stays with its owner",
    )  # fmt: skip
    assert one.route(is_converted=True, owner_id="R2").reason == "converted: stays with its owner"
    assert one.route(is_converted=True, **OF_ACCOUNT).reason == "converted: account_executive of its account A1"
    nobody = one.route(status="Recycled")
    assert (nobody.rep_id, nobody.cause) == (None, "closed_without_owner")
    assert world(POOL + "closed: {rep_id: R3}").route(is_converted=True).rep_id == "R3"
    assert one.state.pools == {}


def test_disqualified_records_are_exceptions_or_go_to_the_pool_that_sorts_them_out(world: WorldOf) -> None:
    spam = "disqualify: [{rule: spam, when: is_disposable_email}, {pool: sdr, lead_source: List}]\n"
    one = world(POOL + spam)
    gone = one.route(is_disposable_email=True, **OF_ACCOUNT)
    assert (gone.rep_id, gone.cause, gone.reason) == (None, "disqualified", "disqualified by rule spam")
    sorted_out = one.route(lead_source="List", **OF_ACCOUNT)
    assert (sorted_out.rep_id, sorted_out.method) == ("R1", "pool")
    assert sorted_out.reason.startswith("pool sdr (disqualified by rule row 2): ")


def test_without_a_pool_the_fallback_is_named_or_the_record_is_an_exception(world: WorldOf) -> None:
    nobody = world().route()
    assert (nobody.rep_id, nobody.cause) == (None, "no_pool")
    assert nobody.reason == "no account; no territory; no pool rule holds"
    named = world("fallback_rep_id: R2").route()
    assert (named.rep_id, named.method) == ("R2", "fallback")
    assert named.reason == "fallback R2, whom the plan names; passed over: no pool rule holds"
    assert world("fallback_rep_id: GONE").route().cause == "inactive_fallback"
    pool = world("fallback_pool: all\npools: [{pool: all, members: [{rep_id: R3}]}]").route()
    assert (pool.rep_id, pool.method, pool.pool_id) == ("R3", "fallback", "all")


def test_the_deadline_counts_all_time_or_the_reps_working_time(world: WorldOf) -> None:
    sla = "sla: [{minutes: 120, clock: wall, rating: A1}, {minutes: 120}]\n"
    reps = [{"rep_id": "R1", "time_zone": "America/New_York", "working_hours": "Mon-Fri 09:00-12:00"}]
    one = world(POOL + sla, reps)
    at = datetime(2026, 7, 2, 15, 0, tzinfo=UTC)
    assert one.route(at, rating="A1").sla_due_at == at + timedelta(hours=2)
    assert one.route(at).sla_due_at == datetime(2026, 7, 3, 14, 0, tzinfo=UTC)
    assert one.route(at, is_converted=True, owner_id="R1").sla_due_at is None


def test_routing_is_pure(world: WorldOf) -> None:
    one = world(POOL)
    before, case = one.state, one.case()
    from rightful.stages.routing import route  # noqa: PLC0415 - what this test is about

    assert route(case, one.context, before) == route(case, one.context, before)
    assert before.pools == {}
