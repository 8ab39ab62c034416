from __future__ import annotations

import pytest

from rightful.errors import PlanError
from rightful.plan import plan_from


def test_defaults_make_an_empty_plan_work() -> None:
    section = plan_from({}).changes
    assert section.approval.own_records_at_most == 1000
    assert section.write_back.target == "files"
    assert section.effective_on is None
    assert "opportunity" in section.objects


def test_all_mistakes_at_once_with_their_places() -> None:
    text = """\
objects: [account, oportunity]
hand_over: {days: 5, when: account_typ = 'customer'}
locks:
  - {object: rep, record_id: R1, reason: no, locked_by: ann}
"""
    with pytest.raises(PlanError) as caught:
        plan_from({"changes.yaml": text})
    said = [str(mistake) for mistake in caught.value.mistakes]
    assert [each.split(" ", 1)[0] for each in said] == [
        "changes.yaml:1:20:",
        "changes.yaml:2:28:",
        "changes.yaml:4:14:",
    ]
    assert "did you mean 'opportunity'" in said[0].casefold()
    assert "account_type" in said[1]
    assert "'rep' is no kind of record that has an owner" in said[2]


def test_locks_may_stand_in_a_table() -> None:
    files = {
        "changes.yaml": "locks: locks.csv",
        "locks.csv": "record_id,reason,locked_by,ends_on\nA1,in court,ann,2026-12-31\n",
    }
    (lock,) = plan_from(files).changes.locks
    assert (lock.object, lock.record_id, str(lock.ends_on)) == ("account", "A1", "2026-12-31")
