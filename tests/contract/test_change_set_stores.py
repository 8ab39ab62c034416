"""The contract of change sets, from a proposal to its roll-back, with a ledger in SQLite and in PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from changing import NOW, Scene, scene
from ledgers import store_url
from rightful.connectors.writeback import MemoryWriteBack
from rightful.errors import LedgerError, RunError
from rightful.ledger import ChangeSetState, StepState
from rightful.plan import load_plan
from rightful.runs.changes import apply, approve, propose, rollback, withdraw
from rightful.runs.changes import apply as apply_module
from rightful.runs.changes.basis import basis_of, today_of
from rightful.runs.changes.explain import explained
from rightful.runs.changes.moved import frame_of
from rightful.runs.changes.places import folder_of, write_back_of
from rightful.runs.changes.propose import Proposed
from rightful.runs.changes.status import events_of, next_step, standing_of

pytestmark = pytest.mark.xdist_group("changing")
AFTER = datetime(2026, 8, 1, tzinfo=UTC)
AE = "account_executive"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with store_url(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def stage(changing_plan: Path, tmp_path: Path, url: str) -> Iterator[Scene]:
    made = scene(changing_plan, tmp_path / "plan", url)
    yield made
    made.ledger.close()


def proposed(stage: Scene, effective_on: date | None = None) -> Proposed:
    return propose(stage.plan, stage.run, stage.ledger, stage.by("ann"), effective_on=effective_on)


def approved(stage: Scene, effective_on: date | None = None) -> str:
    change_set = proposed(stage, effective_on).change_set
    assert change_set
    approve(stage.ledger, change_set.change_set_id, stage.by("bob"), stage.plan.changes.approval)
    return change_set.change_set_id


def crm_of(stage: Scene) -> MemoryWriteBack:
    owners = stage.owners()
    return MemoryWriteBack(
        {(f"{name}s" if name != "opportunity" else "opportunities", key, ""): rep for (name, key, role), rep in owners.items() if role == AE}
    )  # fmt: skip


def test_a_proposal_changes_no_owner_and_twice_is_once(stage: Scene) -> None:
    first = proposed(stage)
    assert first.change_set
    assert first.imported == 21  # all records but reps and absences; two leads and an account are nobody's
    owners = stage.owners()
    second = proposed(stage)
    assert second.change_set == first.change_set
    assert second.imported == 0
    assert stage.owners() == owners
    assert owners["account", "A1", AE] == "R1"
    assert [each.state for each in stage.ledger.change_sets()] == [ChangeSetState.PROPOSED]


def test_apply_gives_every_record_the_owner_that_the_plan_says(stage: Scene) -> None:
    name = approved(stage)
    done = apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    assert done.change_set.state is ChangeSetState.APPLIED
    owners = stage.owners()
    expected = {
        ("account", "A1", AE): "R4", ("account", "A2", AE): "R4", ("contact", "C1", AE): "R4", ("task", "T1", AE): "R4",
        ("opportunity", "O1", AE): "R1", ("opportunity", "O2", AE): "R1", ("opportunity", "O3", AE): "R1",
        ("opportunity", "O4", AE): "R4", ("opportunity", "O5", AE): "R4", ("order", "D1", AE): "R1",
        ("account", "A4", AE): "R5", ("contact", "C3", AE): "R5", ("account", "A5", AE): "R1",
        ("account", "A6", AE): "R1", ("account", "A7", AE): "R1", ("opportunity", "O6", AE): "R1",
        ("account", "A8", AE): "R4", ("lead", "L1", AE): "R4", ("lead", "L2", AE): "R3",
        ("account", "A1", "customer_success"): "R6",
    }  # fmt: skip
    assert {key: owners.get(key) for key in expected} == expected
    assert ("account", "A7", "customer_success") not in owners


def test_scheduled_steps_become_current_by_date_and_cover_goes_back(stage: Scene) -> None:
    apply(stage.plan, stage.ledger, approved(stage), stage.by("bob"), None)
    later = stage.owners(AFTER)
    assert later["opportunity", "O3", AE] == "R4"  # the old owner's time is over
    assert (later["account", "A4", AE], later["contact", "C3", AE]) == ("R2", "R2")  # the stand-in's too


def test_an_applied_change_set_leaves_an_empty_difference(stage: Scene) -> None:
    apply(stage.plan, stage.ledger, approved(stage), stage.by("bob"), None)
    again = proposed(stage)
    assert again.change_set is None
    assert again.proposal.steps.is_empty()


def test_seats_that_no_plan_decides_are_listed_and_stay(stage: Scene) -> None:
    proposed(stage)  # the first proposal takes the book's owners into the ledger
    by_hand = {("A1", "customer_success", 2, "R7"), ("A1", "lawyer", 1, "R7"), ("A1", AE, 2, "R2")}
    for record_id, role, seat, rep_id in sorted(by_hand):
        stage.edit(record_id, rep_id, role=role, seat=seat)
    held = proposed(stage).proposal.held.filter(pl.col("cause") == "beside")
    assert set(held.select("record_id", "role", "rep_id").iter_rows()) == {
        (key, role, rep) for key, role, _, rep in by_hand
    }
    apply(stage.plan, stage.ledger, approved(stage), stage.by("bob"), None)
    rows = stage.ledger.ownership(stage.run.manifest.as_of, record_ids=["A1"]).to_pylist()
    seats = {(row["record_id"], row["role"], row["seat"], row["rep_id"]) for row in rows}
    assert seats == by_hand | {("A1", AE, 1, "R4"), ("A1", "customer_success", 1, "R6")}
    assert proposed(stage).change_set is None


def test_apply_then_rollback_is_identity(stage: Scene) -> None:
    name, crm = approved(stage), crm_of(stage)
    before, crm_before = stage.timelines(), dict(crm.owners)
    apply(stage.plan, stage.ledger, name, stage.by("bob"), crm)
    assert not stage.timelines().equals(before)
    done = rollback(stage.plan, stage.ledger, name, stage.by("bob"), crm)
    assert done.change_set.state is ChangeSetState.ROLLED_BACK
    assert not done.left_alone
    assert stage.timelines().equals(before)
    assert {key: rep for key, rep in crm.owners.items() if rep} == {key: rep for key, rep in crm_before.items() if rep}
    assert rollback(stage.plan, stage.ledger, name, stage.by("bob"), crm).restored == 0


def test_rolled_back_later_the_owners_of_between_stay_in_history(stage: Scene) -> None:
    name, before = approved(stage), stage.owners()
    apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    rollback(stage.plan, stage.ledger, name, stage.by("bob", AFTER), None)
    assert stage.owners(AFTER) == before
    assert stage.owners()["account", "A1", AE] == "R4"


def test_records_edited_since_are_listed_and_left_alone(stage: Scene) -> None:
    name, before = approved(stage), stage.owners()
    apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    stage.edit("A1", "R7")
    book = stage.plan.folder / "book" / "opportunities.csv"
    text = book.read_text()
    book.write_text(text.replace("Prospecting,2026-05-01,2026-12-01,R1", "Prospecting,2026-05-01,2026-12-01,R3", 1))
    done = rollback(stage.plan, stage.ledger, name, stage.by("bob"), None)
    alone = {(each.object, each.record_id): each.reason for each in done.left_alone}
    assert set(alone) == {("account", "A1"), ("opportunity", "O5")}
    assert "entry" in alone["account", "A1"]
    assert "'R3' in the CRM" in alone["opportunity", "O5"]
    after = stage.owners()
    assert (after["account", "A1", AE], after["opportunity", "O5", AE]) == ("R7", "R4")
    assert after["account", "A2", AE] == before["account", "A2", AE]


def test_apply_refuses_when_the_ledger_moved_and_names_what_moved(stage: Scene) -> None:
    name = approved(stage)
    stage.edit("A8", "R7")
    stage.edit("A5", "R7")  # which the change set does not touch
    position = stage.ledger.position.number
    with pytest.raises(LedgerError, match="1 things moved") as caught:
        apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    assert "account A8, account_executive: nobody (no territory) from 2026-06-30 00:00 at the proposal, R7 (NA)" in str(
        caught.value
    )
    assert stage.ledger.position.number == position
    assert stage.owners()["account", "A1", AE] == "R1"


def test_others_may_write_meanwhile_unless_they_touch_the_same_records(stage: Scene) -> None:
    name = approved(stage)
    others = iter(["A5", "A5", "A8"])

    def tell(*_: object) -> None:
        record_id = next(others, None)
        if record_id:
            stage.edit(record_id, "R7")

    assert apply(stage.plan, stage.ledger, name, stage.by("bob"), None, tell).recorded == 19
    rollback(stage.plan, stage.ledger, name, stage.by("bob"), None)
    second = approved(stage)
    others = iter(["A8"])
    with pytest.raises(LedgerError, match="account A8, account_executive: nobody"):
        apply(stage.plan, stage.ledger, second, stage.by("bob"), None, tell)


def test_what_moved_and_moved_back_has_not_moved(stage: Scene) -> None:
    name = approved(stage)
    before = stage.ledger.ownership(record_ids=["A1"]).select(
        ["object", "record_id", "role", "territory_id", "rep_id", "valid_from", "method", "reason"]
    )
    stage.edit("A1", "R7")
    with stage.ledger.write("edit", at=NOW, actor="eve") as entry:
        entry.assign(before)
    assert apply(stage.plan, stage.ledger, name, stage.by("bob"), None).recorded == 19


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("accounts.csv", "acme.com,US", "acme.com,MX", "account A1, country: 'US' at the proposal, 'MX' now"),
        ("accounts.csv", "A8,Stark Inc,stark.com,US,60,Banking,,\n", "", "account A8, the record: in the book"),
        ("opportunities.csv", "70000,Prospecting", "70000,Negotiation", "opportunity O5, stage: 'Prospecting'"),
    ],
)
def test_apply_refuses_when_the_book_moved_and_names_what_moved(
    stage: Scene, file: str, before: str, after: str, said: str
) -> None:
    name = approved(stage)
    path = stage.plan.folder / "book" / file
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(LedgerError) as caught:
        apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    assert said in str(caught.value)
    assert stage.ledger.change_set(name).state is ChangeSetState.APPROVED


def test_the_rows_of_the_proposal_cannot_be_changed(stage: Scene) -> None:
    name = approved(stage)
    (folder_of(stage.plan, name) / "book" / "accounts.parquet").unlink()
    with pytest.raises(LedgerError, match="missing, or were changed"):
        apply(stage.plan, stage.ledger, name, stage.by("bob"), None)


def test_a_day_in_the_future_is_written_ahead(stage: Scene) -> None:
    name = approved(stage, date(2026, 7, 15))
    apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    assert stage.owners()["account", "A1", AE] == "R1"
    assert stage.owners(datetime(2026, 7, 15, tzinfo=UTC))["account", "A1", AE] == "R4"
    with pytest.raises(RunError, match="cannot take effect on 2026-06-01"):
        proposed(stage, date(2026, 6, 1))


def test_only_approved_change_sets_are_applied_and_rolled_back_ones_stay_so(stage: Scene) -> None:
    change_set = proposed(stage).change_set
    assert change_set
    with pytest.raises(LedgerError, match="it is not approved"):
        apply(stage.plan, stage.ledger, change_set.change_set_id, stage.by("bob"), None)
    with pytest.raises(LedgerError, match="nothing to roll back"):
        rollback(stage.plan, stage.ledger, change_set.change_set_id, stage.by("bob"), None)
    name = approved(stage)
    apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    rollback(stage.plan, stage.ledger, name, stage.by("bob"), None)
    with pytest.raises(LedgerError, match="it is rolled back"):
        apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    again = proposed(stage).change_set
    assert again
    assert again.change_set_id == f"{name}-2"


def test_a_planner_cannot_approve_alone_what_is_large(stage: Scene) -> None:
    change_set = proposed(stage).change_set
    assert change_set
    name, policy = change_set.change_set_id, stage.plan.changes.approval
    with pytest.raises(LedgerError, match="ann proposed it, and cannot approve it alone: 12 records"):
        approve(stage.ledger, name, stage.by("ann"), policy)
    with pytest.raises(LedgerError, match="eve is not among the approvers") as caught:
        approve(stage.ledger, name, stage.by("eve"), policy)
    assert "Allowed: bob." in str(caught.value)
    approve(stage.ledger, name, stage.by("bob"), policy)
    assert approve(stage.ledger, name, stage.by("bob"), policy).state is ChangeSetState.APPROVED
    assert [each.approved_by for each in stage.ledger.approvals(name)] == ["bob"]


def test_everything_of_an_account_is_in_one_transaction(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply_module_of(), "_ROWS_AT_ONCE", 1)
    name = approved(stage)
    apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    steps = frame_of(stage.ledger.steps(name))
    positions = steps.group_by("group_id").agg(pl.col("position").n_unique())
    assert positions["position"].to_list() == [1] * 6
    family = steps.filter(pl.col("record_id").is_in(["A1", "A2", "C1", "O4", "T1", "L1"]))
    assert family["position"].n_unique() == 1  # a family follows its head
    assert steps["position"].n_unique() == 6


def apply_module_of() -> object:
    import sys  # noqa: PLC0415 - the package exports the function of the same name

    return sys.modules[apply_module.__module__]


class Stopped(BaseException):
    """Stands for a process that was killed."""


def fingerprint(stage: Scene, name: str) -> str:
    """Hash what is believed, and how far each step has come; entries in which they were recorded may differ."""
    steps = frame_of(stage.ledger.steps(name)).drop("position", "state_detail")
    digest = hashlib.sha256()
    for frame in (stage.timelines(), steps):
        digest.update(frame.write_json().encode())
    return digest.hexdigest()


def stop_after(count: int, crm: MemoryWriteBack) -> None:
    """Let the CRM stop the process at its n-th call, before or after it took the batch."""
    calls, send = iter(range(1, 1_000)), crm.send

    def sending(batch: object) -> None:
        number = next(calls)
        if number == count:
            raise Stopped
        send(batch)  # type: ignore[arg-type] # the batch that it was given
        if number + 1 == count and count % 2:
            raise Stopped

    crm.send = sending  # type: ignore[method-assign] # a wrapper around the real one


@pytest.mark.parametrize("kill_at", range(1, 13))
def test_killed_anywhere_and_started_again_the_result_is_the_same(
    stage: Scene, monkeypatch: pytest.MonkeyPatch, kill_at: int
) -> None:
    monkeypatch.setattr(apply_module_of(), "_ROWS_AT_ONCE", 3)
    name, crm = approved(stage), crm_of(stage)
    seen = 0

    def tell(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == kill_at:
            raise Stopped

    if kill_at > 6:
        stop_after(kill_at - 6, crm)
    with pytest.raises(Stopped):
        apply(stage.plan, stage.ledger, name, stage.by("bob"), crm, tell)
    crm.send = MemoryWriteBack.send.__get__(crm)  # type: ignore[method-assign] # the CRM works again
    done = apply(stage.plan, stage.ledger, name, stage.by("bob"), crm)
    assert done.change_set.state is ChangeSetState.APPLIED
    assert fingerprint(stage, name) == EXPECTED.setdefault("apply", fingerprint(stage, name))
    owners = {key: rep for key, rep in crm.owners.items() if rep}
    assert owners == EXPECTED_OWNERS.setdefault("apply", owners)


EXPECTED: dict[str, str] = {}
EXPECTED_OWNERS: dict[str, object] = {}


@pytest.mark.parametrize("kill_at", range(1, 7))
def test_a_killed_roll_back_goes_on(stage: Scene, monkeypatch: pytest.MonkeyPatch, kill_at: int) -> None:
    monkeypatch.setattr(apply_module_of(), "_ROWS_AT_ONCE", 3)
    name, crm = approved(stage), crm_of(stage)
    before = stage.timelines()
    apply(stage.plan, stage.ledger, name, stage.by("bob"), crm)
    seen = 0

    def tell(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == kill_at:
            raise Stopped

    with pytest.raises(Stopped):
        rollback(stage.plan, stage.ledger, name, stage.by("bob"), crm, tell)
    done = rollback(stage.plan, stage.ledger, name, stage.by("bob"), crm)
    assert done.change_set.state is ChangeSetState.ROLLED_BACK
    assert not done.left_alone
    assert stage.timelines().equals(before)


def test_a_half_applied_change_set_can_be_rolled_back(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply_module_of(), "_ROWS_AT_ONCE", 3)
    name, before = approved(stage), stage.timelines()

    def tell(_what: str, done: int, _total: int) -> None:
        if done > 12:
            raise Stopped

    with pytest.raises(Stopped):
        apply(stage.plan, stage.ledger, name, stage.by("bob"), None, tell)
    assert stage.ledger.change_set(name).state is ChangeSetState.APPLYING
    rollback(stage.plan, stage.ledger, name, stage.by("bob"), None)
    assert stage.timelines().equals(before)
    details = set(frame_of(stage.ledger.steps(name))["state_detail"])
    assert "never applied" in details


def test_the_crm_is_told_what_is_due_and_the_rest_on_its_day(stage: Scene) -> None:
    name, crm = approved(stage), crm_of(stage)
    done = apply(stage.plan, stage.ledger, name, stage.by("bob"), crm).delivered
    assert (done.waiting, done.failed, done.scheduled) == (0, 0, 3)
    assert crm.owners["accounts", "A4", ""] == "R5"
    assert crm.owners["accounts", "A1", "customer_success"] == "R6"
    assert crm.owners["opportunities", "O3", ""] == "R1"
    assert apply(stage.plan, stage.ledger, name, stage.by("bob"), crm).delivered.sent == 0
    due = apply(stage.plan, stage.ledger, name, stage.by("bob", AFTER), crm).delivered
    assert (due.sent, due.scheduled) == (3, 0)
    assert (crm.owners["accounts", "A4", ""], crm.owners["opportunities", "O3", ""]) == ("R2", "R4")


def test_what_failed_or_was_not_looked_at_is_listed_and_sent_again(stage: Scene) -> None:
    name, crm = approved(stage), crm_of(stage)
    crm.refused, crm.stops_after = {"A1": "the owner is inactive"}, 2
    first = apply(stage.plan, stage.ledger, name, stage.by("bob"), crm).delivered
    assert first.failed > 1
    standing = standing_of(stage.ledger, stage.ledger.change_set(name), stage.run.manifest.as_of)
    messages = {(each.object, each.record_id): each.message for each in standing.failures}
    assert messages["account", "A1"] == "the owner is inactive"
    assert "not looked at by the CRM" in messages.values()
    assert next_step(standing, "plan") == f"rightful apply plan {name}"
    crm.refused, crm.stops_after = {}, None
    second = apply(stage.plan, stage.ledger, name, stage.by("bob"), crm).delivered
    assert (second.failed, second.sent) == (0, first.failed)
    assert crm.owners["accounts", "A1", ""] == "R4"


def test_steps_of_one_seat_that_are_due_together_are_sent_once(stage: Scene) -> None:
    name, crm = approved(stage), crm_of(stage)
    done = apply(stage.plan, stage.ledger, name, stage.by("bob", AFTER), crm)
    assert done.delivered.sent == 17  # of 19 steps: not that somebody stood in on an account and its contact
    assert crm.owners["accounts", "A4", ""] == "R2"
    assert set(frame_of(stage.ledger.steps(name))["state"]) == {str(StepState.CONFIRMED)}


def test_files_for_a_bulk_loader_hold_at_most_so_many_rows(stage: Scene) -> None:
    name = approved(stage)
    done = apply(stage.plan, stage.ledger, name, stage.by("bob"), write_back_of(stage.plan)).delivered
    files = sorted(path.name for path in folder_of(stage.plan, name).glob("*.csv"))
    assert len(files) == len(done.batches)
    assert sum(each.startswith("account_team") for each in files) == 2  # five members, four to a file
    rows = [pl.read_csv(folder_of(stage.plan, name) / each) for each in files]
    assert max(each.height for each in rows) == 4
    assert sum(each.height for each in rows) == done.sent == done.waiting
    (accounts,) = [pl.read_csv(path) for path in folder_of(stage.plan, name).glob("accounts-*.csv")]
    assert dict(accounts.select("account_id", "owner_id").iter_rows()) == {
        "A1": "R4",
        "A2": "R4",
        "A4": "R5",
        "A8": "R4",
    }


def test_a_change_set_is_explained_by_the_steps_that_are_applied(stage: Scene) -> None:
    name = approved(stage)
    found = explained(stage.ledger, name)
    assert found.steps["number"].to_list() == list(range(1, 20))
    assert explained(stage.ledger, name, "O3").steps["kind"].to_list() == ["hand_over opportunity"]
    assert explained(stage.ledger, name, "A4").steps.height == 4
    assert found.summary.records == 12
    assert found.summary.held_causes == {"lock": 3, "exempt": 1, "nobody": 1, "pin": 1}


def test_history_tells_who_did_what(stage: Scene) -> None:
    name, crm = approved(stage), crm_of(stage)
    apply(stage.plan, stage.ledger, name, stage.by("carl"), crm)
    events = [(event.event, event.actor) for event, _ in events_of(stage.ledger, name)]
    assert events == [("propose", "ann"), ("approve", "bob"), ("apply", "carl"), ("deliver", "carl")]


def test_the_newest_run_counts_while_plan_and_book_are_what_it_was_made_of(stage: Scene) -> None:
    assert basis_of(stage.plan, NOW).folder == stage.run.folder
    assert today_of(stage.plan, NOW) == stage.run.manifest.as_of
    (stage.plan.folder / "changes.yaml").write_text("when_gone: end\n")
    with pytest.raises(RunError, match="this run is of plan version"):
        basis_of(load_plan(stage.plan.folder), NOW + timedelta(days=1), stage.run.folder)


def test_what_is_withdrawn_keeps_its_reason_and_is_never_applied(stage: Scene) -> None:
    name, owners = approved(stage), stage.owners()
    withdrawn = withdraw(stage.ledger, name, stage.by("ann"), " the split was cancelled ")
    assert withdrawn.state is ChangeSetState.WITHDRAWN
    assert withdraw(stage.ledger, name, stage.by("bob"), "again") == withdrawn
    standing = standing_of(stage.ledger, withdrawn, AFTER)
    assert standing.withdrawn_because == "the split was cancelled"
    assert next_step(standing, "plan") == ""
    assert not standing.left_alone
    told = [(event.event, event.actor) for event, _ in events_of(stage.ledger, name)]
    assert told == [("propose", "ann"), ("approve", "bob"), ("withdraw", "ann")]
    for refused in (lambda: apply(stage.plan, stage.ledger, name, stage.by("bob"), None),
                    lambda: rollback(stage.plan, stage.ledger, name, stage.by("bob"), None)):  # fmt: skip
        with pytest.raises(LedgerError, match="withdrawn"):
            refused()
    assert stage.owners() == owners
    again = proposed(stage).change_set
    assert again
    assert (again.change_set_id, again.state) == (f"{name}-2", ChangeSetState.PROPOSED)


def test_what_is_applied_is_not_withdrawn_but_rolled_back(stage: Scene) -> None:
    name = approved(stage)
    with pytest.raises(LedgerError, match="the reason is blank"):
        withdraw(stage.ledger, name, stage.by("ann"), "  ")
    apply(stage.plan, stage.ledger, name, stage.by("bob"), None)
    with pytest.raises(LedgerError, match=r"it is applied, .*`rightful rollback PLAN ID`"):
        withdraw(stage.ledger, name, stage.by("ann"), "too late")
    rollback(stage.plan, stage.ledger, name, stage.by("bob"), None)
    with pytest.raises(LedgerError, match="it is rolled back"):
        withdraw(stage.ledger, name, stage.by("ann"), "too late")
