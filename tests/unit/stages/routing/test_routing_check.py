from __future__ import annotations

from rightful.plan import plan_from
from rightful.stages.routing import check_routing

PLAN = plan_from(
    {
        "routing.yaml": """
pools:
  - {pool: emea, members: [{rep_id: R1}, {rep_id: R22}]}
  - {pool: apac, members_when: "country = 'JP'"}
  - {pool: rest, members: [{rep_id: R3}]}
fallback_rep_id: HEAD
"""
    }
)


def test_unknown_reps_and_pools_with_nobody_are_warnings_with_their_place() -> None:
    reps = [{"rep_id": "R1"}, {"rep_id": "R2", "country": "DE"}, {"rep_id": "R3", "is_active": False}]
    found = check_routing(PLAN, reps)
    assert {each.severity for each in found} == {"warning"}
    assert [str(each) for each in found] == [
        "routing.yaml:3:51: unknown rep 'R22'. Allowed: R1, R2, R3. Did you mean 'R2'?",
        "routing.yaml:6:18: unknown rep 'HEAD'. Allowed: R1, R2, R3.",
        (
            "routing.yaml:4:12: pool 'apac' has nobody who is active. Allowed: at least one active rep. "
            "Check `members` and `members_when` against the reps of the book."
        ),
        (
            "routing.yaml:5:12: pool 'rest' has nobody who is active. Allowed: at least one active rep. "
            "Check `members` and `members_when` against the reps of the book."
        ),
    ]


def test_hours_and_time_zones_of_reps_that_nobody_can_read_are_warnings() -> None:
    reps = [{"rep_id": "R1", "working_hours": "nine to five", "time_zone": "Berlin"}]
    words = [str(each) for each in check_routing(plan_from({}), reps)]
    assert len(words) == 2
    assert "times in 'nine to five' cannot be read" in words[0]
    assert "until then 'Mon-Fri 09:00-17:00' holds" in words[0]
    assert "unknown time zone 'Berlin' of rep R1" in words[1]


def test_a_sound_plan_has_nothing_to_mend() -> None:
    reps = [{"rep_id": key, "country": "JP"} for key in ("R1", "R22", "R3", "HEAD")]
    assert check_routing(PLAN, reps) == []
