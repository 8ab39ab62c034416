"""Laws of change sets, on random ownership and random wishes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rightful.ledger import ChangeSet, ChangeSetState, Ledger, open_ledger
from rightful.plan import plan_from
from rightful.runs.changes import Occasion, apply, rollback
from rightful.runs.changes.book import digest_of
from rightful.runs.changes.ownership import Desired
from rightful.runs.changes.propose import as_ledger_steps
from rightful.runs.changes.steps import ChangePolicy, Proposal, steps_of

AT = datetime(2026, 7, 1, tzinfo=UTC)
OCCASION = Occasion("ann", AT, AT)
INSTANT = pl.Datetime("us", "UTC")
REPS = ["R1", "R2", "R3"]
RECORDS = [("account", "A1"), ("account", "A2"), ("opportunity", "O1"), ("opportunity", "O2"), ("task", "T1")]
ACCOUNT_OF = {"A1": "A1", "A2": "A2", "O1": "A1", "O2": "A2", "T1": "A1"}
PLAN = plan_from({}, folder=Path("no-such-plan"))

reps = st.sampled_from(REPS)
owner = st.one_of(st.none(), reps)


@st.composite
def timelines(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw who owns what: per record nothing known, or a gapless timeline of up to three owners, some still to come."""
    rows = []
    for name, record_id in RECORDS:
        days = sorted(draw(st.sets(st.integers(-60, 60), max_size=3)))
        for begin, end in pairwise([*days, None]):
            rows.append(
                {
                    "object": name, "record_id": record_id, "role": "owner", "seat": 1,
                    "territory_id": draw(st.sampled_from([None, "WEST"])), "rep_id": draw(owner),
                    "valid_from": AT + timedelta(days=begin or 0),
                    "valid_to": None if end is None else AT + timedelta(days=end), "method": "rule", "reason": "",
                }
            )  # fmt: skip
    return rows


@st.composite
def wishes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw who should own what: per record nobody, somebody for good, who keeps it for a while, or who stands in."""
    rows = []
    for name, record_id in RECORDS:
        rep = draw(owner)
        if rep is None:
            continue
        method = draw(st.sampled_from(["rule", "follows", "pin", "eligible"]))
        ends_on = date(2026, 7, 1) + timedelta(days=draw(st.integers(0, 40))) if draw(st.booleans()) else None
        following = draw(reps) if ends_on else None
        rows.append(
            {
                "object": name, "record_id": record_id, "role": "owner", "territory_id": draw(st.sampled_from([None, "EAST"])),
                "rep_id": rep, "method": method if ends_on or method != "eligible" else "rule", "reason": "wish",
                "ends_on": ends_on, "next_rep_id": following,
            }
        )  # fmt: skip
    return rows


SEATS = {
    **dict.fromkeys(("object", "record_id", "role", "territory_id", "rep_id", "method", "reason"), pl.String),
    "ends_on": pl.Date, "next_rep_id": pl.String,
}  # fmt: skip


def desired(rows: list[dict[str, Any]]) -> Desired:
    records = pl.DataFrame(
        [
            {
                "object": name, "record_id": record_id, "account_id": ACCOUNT_OF[record_id],
                "group_id": ACCOUNT_OF[record_id], "owner_id": None, "value_usd": 1.0, "fate": "present", "fate_detail": "",
            }
            for name, record_id in RECORDS
        ],
        schema_overrides={"owner_id": pl.String},
    )  # fmt: skip
    return Desired(pl.DataFrame(rows, SEATS), records)


def believed(ledger: Ledger) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(ledger.ownership()))
    return frame.drop("recorded_at", "change_set_id", "plan_version")


def owners_over_time(ledger: Ledger) -> list[tuple[Any, ...]]:
    """Give the owners of every seat, with the instants at which they change; nobody before the first is as nobody after."""
    rows = believed(ledger).select("object", "record_id", "rep_id", "territory_id", "valid_from").rows()
    found: list[tuple[Any, ...]] = []
    for row in rows:
        last = found[-1] if found and found[-1][:2] == row[:2] else (*row[:2], None, None)
        if row[2:4] != last[2:4]:
            found.append(row)
    return found


def propose_into(ledger: Ledger, rows: list[dict[str, Any]], policy: ChangePolicy) -> Proposal:
    before = pl.DataFrame(pl.from_arrow(ledger.ownership()))
    proposal = steps_of(before, desired(rows), policy)
    if proposal.steps.height:
        base = ledger.position.number
        with ledger.write("propose", at=AT, actor="ann") as entry:
            change_set = ChangeSet(
                "CS-1", ChangeSetState.PROPOSED, "plan", "v1", base, digest_of({}), entry.recorded_at, "ann", AT, "{}"
            )
            entry.add_change_set(change_set, as_ledger_steps(proposal.steps))
        with ledger.write("approve", at=AT, actor="bob") as entry:
            entry.set_state("CS-1", ChangeSetState.APPROVED)
    return proposal


def owned_by_r1(days: int, end: int | None) -> dict[str, Any]:
    return {
        "object": "account", "record_id": "A1", "role": "owner", "seat": 1, "territory_id": None, "rep_id": "R1",
        "valid_from": AT + timedelta(days=days), "valid_to": None if end is None else AT + timedelta(days=end),
        "method": "rule", "reason": "",
    }  # fmt: skip


R1_FOR_GOOD = {
    "object": "account", "record_id": "A1", "role": "owner", "territory_id": None, "rep_id": "R1", "method": "rule",
    "reason": "wish", "ends_on": None, "next_rep_id": None,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@settings(max_examples=25, deadline=None, derandomize=True)
@given(timelines(), wishes(), st.sampled_from(["keep", "end"]), st.integers(0, 1))
@example([owned_by_r1(0, 1), owned_by_r1(1, None)], [R1_FOR_GOOD], "keep", 0)
def test_applied_and_rolled_back_is_as_before_and_applied_leaves_no_difference(
    before: list[dict[str, Any]], wanted: list[dict[str, Any]], without_rep: Any, days: int
) -> None:
    policy = ChangePolicy(AT + timedelta(days=days), ZoneInfo("UTC"), ("owner",), without_rep=without_rep)
    with open_ledger("sqlite://") as ledger:
        if before:
            with ledger.write("import", at=AT, actor="ann") as entry:
                entry.assign(pl.DataFrame(before, schema_overrides=OVERRIDES).to_arrow())
        was = owners_over_time(ledger)
        if propose_into(ledger, wanted, policy).steps.is_empty():
            return
        apply(PLAN, ledger, "CS-1", OCCASION, None)
        again = steps_of(pl.DataFrame(pl.from_arrow(ledger.ownership())), desired(wanted), policy)
        assert again.steps.is_empty(), again.steps.to_dicts()
        assert rollback(PLAN, ledger, "CS-1", OCCASION, None).left_alone == ()
        assert owners_over_time(ledger) == was


OVERRIDES = {
    "territory_id": pl.String, "rep_id": pl.String, "valid_from": INSTANT, "valid_to": INSTANT, "seat": pl.Int64,
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(timelines(), wishes())
def test_every_seat_has_one_decision_and_steps_of_one_account_are_together(
    before: list[dict[str, Any]], wanted: list[dict[str, Any]]
) -> None:
    policy = ChangePolicy(AT, ZoneInfo("UTC"), ("owner",))
    frame = pl.DataFrame(before, schema_overrides=OVERRIDES) if before else pl.DataFrame(schema=FRAME)
    proposal = steps_of(frame.with_columns(plan_version=pl.lit(None, pl.String)), desired(wanted), policy)
    runs = proposal.steps["group_id"].rle().struct.field("value").to_list()
    assert len(runs) == len(set(runs))
    first = proposal.steps.filter(~pl.col("kind").str.contains("^(return|hand_over) "))
    assert first.select("object", "record_id").is_unique().all()


FRAME = {
    **dict.fromkeys(("object", "record_id", "role"), pl.String), "seat": pl.Int64,
    **dict.fromkeys(("territory_id", "rep_id"), pl.String), "valid_from": INSTANT, "valid_to": INSTANT,
}  # fmt: skip
