from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changing import Scene, scene
from rightful.plan import plan_from
from rightful.runs.changes.policy import effective_instant, policy_of

pytestmark = pytest.mark.xdist_group("changing")
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def stage(changing_plan: Path, tmp_path: Path) -> Iterator[Scene]:
    made = scene(changing_plan, tmp_path / "plan")
    yield made
    made.ledger.close()


def test_changes_take_effect_at_once_or_on_a_day_but_never_before_the_book() -> None:
    plan = plan_from({"plan.yaml": "time_zone: Europe/Berlin", "changes.yaml": "effective_on: 2026-07-15"})
    assert effective_instant(plan_from({}), AS_OF) == AS_OF
    assert effective_instant(plan, AS_OF) == datetime(2026, 7, 14, 22, tzinfo=UTC)
    assert effective_instant(plan, AS_OF, date(2026, 8, 1)) == datetime(2026, 7, 31, 22, tzinfo=UTC)
    assert effective_instant(plan, AS_OF, date(2026, 6, 30)) == AS_OF
    late = datetime(2026, 9, 1, tzinfo=UTC)
    assert effective_instant(plan, late) == late  # the plan's day is over: at once


def test_locks_hold_until_their_last_day(stage: Scene) -> None:
    text = """\
locks:
  - {record_id: A1, reason: x, locked_by: ann, ends_on: 2026-06-30}
  - {record_id: A2, reason: y, locked_by: ann, ends_on: 2026-06-29}
  - {record_id: A3, reason: z, locked_by: ann, has_all: no}
  - {object: opportunity, record_id: O1, reason: v, locked_by: bob}
"""
    policy = policy_of(plan_from({"changes.yaml": text}), stage.run, AS_OF)
    assert policy.locked_accounts == {"A1": "locked by ann: x"}
    assert set(policy.locked_records) == {("account", "A1"), ("account", "A3"), ("opportunity", "O1")}


def test_accounts_that_are_handed_over_have_a_day_of_their_own(stage: Scene) -> None:
    some = plan_from({"changes.yaml": "hand_over: {days: 7, when: employees >= 700}"})
    assert policy_of(some, stage.run, AS_OF).later == dict.fromkeys(
        ("A1", "A5", "A6"), datetime(2026, 7, 7, tzinfo=UTC)
    )
    every = plan_from({"changes.yaml": "hand_over: {days: 1}"})
    assert len(policy_of(every, stage.run, AS_OF).later) == 8
    assert policy_of(plan_from({}), stage.run, AS_OF).later == {}
