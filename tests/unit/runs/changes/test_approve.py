from __future__ import annotations

import pytest

from rightful.plan.changes import ApprovalPolicy
from rightful.runs.changes.approve import refusal
from rightful.runs.changes.summary import Summary

SMALL = Summary("run", 3, 1, 500.0, {}, 1, (), {}, ())
LARGE = Summary("run", 30, 10, 5_000_000.0, {}, 10, (), {}, ())


@pytest.mark.parametrize(
    ("summary", "approver", "policy", "said"),
    [
        (SMALL, "ann", ApprovalPolicy(own_records_at_most=3), ""),
        (
            SMALL,
            "ann",
            ApprovalPolicy(own_records_at_most=2),
            "ann proposed it, and cannot approve it alone: 3 records",
        ),
        (SMALL, "bob", ApprovalPolicy(own_records_at_most=2), ""),
        (LARGE, "ann", ApprovalPolicy(own_records_at_most=None), ""),
        (
            LARGE,
            "ann",
            ApprovalPolicy(own_records_at_most=None, own_pipeline_at_most_usd=1e6),
            "cannot approve it alone: 5,000,000 USD of open pipeline change hands, more than 1,000,000",
        ),
        (LARGE, "bob", ApprovalPolicy(own_records_at_most=3, approvers=("carl",)), "bob is not among the approvers"),
        (LARGE, "carl", ApprovalPolicy(own_records_at_most=3, approvers=("carl",)), ""),
        (LARGE, "ann", ApprovalPolicy(own_records_at_most=3, approvers=("ann",)), "ann proposed it"),
        (SMALL, "bob", ApprovalPolicy(own_records_at_most=3, approvers=("carl",)), ""),
    ],
)
def test_who_may_approve(summary: Summary, approver: str, policy: ApprovalPolicy, said: str) -> None:
    answer = refusal(summary, "ann", approver, policy)
    assert said in answer
    assert bool(said) == bool(answer)


def test_a_summary_is_read_as_it_was_written() -> None:
    assert Summary.from_text(LARGE.as_text()) == LARGE
