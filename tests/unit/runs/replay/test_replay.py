from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from command import call
from rightful.errors import BookError, PlanError
from rightful.plan import load_plan
from rightful.runs.pipeline import Output, run_plan
from rightful.runs.replay import Replay, ReplayOptions, replay, write_events
from rightful.runs.replay.compare import weekly_load
from rightful.runs.run import Run
from tiny import write_tiny

pytestmark = pytest.mark.xdist_group("replay")

ROUTING = """\
methods: [account_owner, territory, pool]
pool_rules: [{pool: desk}]
pools:
  - {pool: desk, members: [{rep_id: R2}, {rep_id: R3}], when_all_away: queue, sticky_by: [domain]}
fallback_pool: triage
sla: [{minutes: 240}]
"""
TRIAGE = "  - {pool: triage, members: [{rep_id: R3}], is_always_open: true}\n"
COMPANIES = (
    ("Acme GmbH", "acme.de", "DE"),
    ("Globex", "globex.com", "US"),
    ("Unheard Of", "unheard.co.uk", "GB"),
    ("Nulle Part", "nulle.fr", "FR"),
)


def leads() -> Iterator[str]:
    yield "lead_id,first_name,last_name,company,title,email,country,created_at,status,owner_id"
    for number in range(40):
        company, domain, country = COMPANIES[number * 7 % 4]
        day, hour = 1 + number // 2, 4 + number * 5 % 19
        # The last ones came twice, and one in five is closed today: when it came, it was open.
        status, owner = ("Disqualified", "R1") if number % 5 == 0 else ("Open", "" if number % 3 else "R3")
        person = min(number, 37)
        yield f"L{number:02},Ann{person},Smith{person},{company},CFO,a{person}@{domain},{country},2026-06-{day:02} {hour:02}:00,{status},{owner}"


CHANGES = {
    "plan.yaml": "name: Tiny\nas_of: 2026-06-20T22:00:00Z\n",
    "routing.yaml": ROUTING.replace("fallback_pool", TRIAGE + "fallback_pool", 1),
    "book/leads.csv": "\n".join(leads()) + "\n",
    "book/reps.csv": "rep_id,name,team,time_zone\nR1,Rita Roe,East,America/New_York\n"
    "R2,Rolf Ritter,West,Europe/Berlin\nR3,Tom Triage,Desk,America/New_York\n",
    "book/absences.csv": "absence_id,rep_id,starts_at,ends_at\nB1,R2,2026-06-08,2026-06-10\n",
}


@pytest.fixture(scope="module")
def plan_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the plan, with a run and the events of its book."""
    folder = write_tiny(tmp_path_factory.mktemp("replay") / "tiny", CHANGES)
    run_plan(load_plan(folder), output=Output((), has_report=False))
    assert call("events", folder).code == 0
    return folder


@pytest.fixture(scope="module")
def other_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write another plan, whose desk is R1's."""
    changes = {
        **CHANGES,
        "routing.yaml": CHANGES["routing.yaml"].replace("{rep_id: R2}, {rep_id: R3}", "{rep_id: R1}"),
        "plan.yaml": "name: Other\n",
    }
    return write_tiny(tmp_path_factory.mktemp("other") / "other", changes)


@pytest.fixture(scope="module")
def replayed(plan_folder: Path) -> Replay:
    """Replay the events through the plan of whose run they are."""
    return replay(load_plan(plan_folder), plan_folder / "events.csv")


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_a_replay_of_the_book_decides_what_a_run_over_open_leads_decides(
    plan_folder: Path, replayed: Replay, tmp_path: Path
) -> None:
    book = pl.read_csv(plan_folder / "events.csv").filter(pl.col("kind") == "lead")
    rows = book.select(
        "lead_id", "first_name", "last_name", "company", "title", "email", "country", pl.col("at").alias("created_at")
    )
    alone = "duplicates: {leads: {enabled: no}}\n"
    last = f"name: Tiny\nas_of: {replayed.comparison.last_at.isoformat()}\n"
    folder = write_tiny(
        tmp_path / "open", {**CHANGES, "book/leads.csv": rows.write_csv(), "quality.yaml": alone, "plan.yaml": last}
    )
    run = run_plan(load_plan(folder), output=Output((), has_report=False))
    routed = (
        run.frame("leads").select("lead_id", "routed_rep_id", "routing_method", "pool_id", "sla_due_at").sort("lead_id")
    )
    ours = replayed.frame("leads").sort("lead_id")
    assert (
        ours.select("lead_id", "after_rep_id", "after_method", "after_pool_id", "after_sla_due_at").rows()
        == routed.rows()
    )
    assert set(routed["routing_method"]) >= {"account_owner", "territory", "pool"}
    log = run.frame("routing_log").filter(object="lead").sort("sequence")
    decisions = replayed.frame("decisions")
    names = ("decided_at", "rep_id", "method", "reason", "state")
    assert decisions.select("lead_id", *names).rows() == log.select("record_id", *names).rows()
    assert len(decisions) > len(ours)


def test_the_command_tells_a_person_and_the_same_input_gives_the_same_bytes(
    plan_folder: Path, replayed: Replay, tmp_path: Path
) -> None:
    done = call("replay", plan_folder, "--events", plan_folder / "events.csv", "--out", tmp_path / "again")
    assert done.code == 0, done.err
    for words in (
        "Before: the events. After: Tiny.",
        "Leads with a rep",
        "Answered in time",
        "From whom to whom",
        "Tom Triage",
        "Load of reps",
    ):
        assert words in done.out
    assert digests(tmp_path / "again") == digests(replayed.folder)
    assert "scratch" not in digests(replayed.folder)


def test_what_differs_from_what_happened_is_counted_and_listed(replayed: Replay) -> None:
    found = replayed.comparison
    both = replayed.frame("leads")
    changed = pl.read_csv(replayed.folder / "changed.csv")
    assert found.leads == len(both) == found.same + found.changed + found.gained + found.lost
    assert len(changed) == found.changed + found.gained + found.lost > 0
    assert (changed["before_rep_id"].fill_null("") != changed["after_rep_id"].fill_null("")).all()
    assert set(changed["after_reason"].is_null()) == {False}
    assert sum(move.leads for move in found.moves) == len(changed)
    assert found.before is not None
    assert found.before.with_rep == both["before_rep_id"].drop_nulls().len() == sum(rep.before for rep in found.reps)
    assert found.after.with_rep == sum(rep.after for rep in found.reps)
    assert sum(found.after.methods.values()) == found.leads
    assert found.events["closed"] == 8
    assert found.before.answer_minutes is None
    load = replayed.frame("load")
    assert load.equals(weekly_load(both))
    assert load["after"].sum() == found.after.with_rep
    assert [rep.busiest_after for rep in found.reps] == [
        load.filter(rep_id=rep.rep_id)["after"].max() for rep in found.reps
    ]
    assert sum(week.leads for week in found.weeks) == found.leads
    assert {week.monday.weekday() for week in found.weeks} == {0}
    assert {rep.rep_id: (rep.name, rep.team) for rep in found.reps}["R3"] == ("Tom Triage", "Desk")
    assert json.loads((replayed.folder / "replay.json").read_text()) == json.loads(json.dumps(found.as_json()))


def test_against_another_plan_both_are_replayed(plan_folder: Path, other_folder: Path, tmp_path: Path) -> None:
    plan, other, events = load_plan(plan_folder), load_plan(other_folder), plan_folder / "events.csv"
    titles: list[str] = []
    done = replay(
        plan, events, ReplayOptions(other), out=tmp_path / "a", on_progress=lambda title, *_: titles.append(title)
    )
    assert titles.count("Cleaning records") == titles.count("Assigning territories and reps") == 1
    assert (done.comparison.before.name, done.comparison.after.name) == ("Other", "Tiny")  # type: ignore[union-attr]
    both = done.frame("leads")
    by_desk = both.filter(pl.col("before_pool_id") == "desk")
    assert set(by_desk["before_rep_id"]) - {None} == {"R1"}
    assert "R1" not in by_desk["after_rep_id"].to_list()
    assert set(both.filter(pl.col("before_method") == "account_owner")["after_method"]) == {"account_owner"}
    same = replay(plan, events, ReplayOptions(plan), out=tmp_path / "b").comparison
    assert (same.same, same.moves) == (same.leads, ())
    assert same.before == replace(same.after, name="Tiny")


def test_the_plans_that_held_are_told_by_the_events_and_the_tried_one_may_have_versions(
    plan_folder: Path, other_folder: Path, tmp_path: Path
) -> None:
    rows = pl.read_csv(plan_folder / "events.csv", infer_schema=False).drop("actual_rep_id")
    told = pl.DataFrame({"kind": ["plan", "plan"], "at": ["2026-06-03", "2026-06-12"], "plan": ["other", "tiny"]})
    (tmp_path / "other").symlink_to(other_folder)
    (tmp_path / "tiny").symlink_to(plan_folder)
    events, out = tmp_path / "events.csv", tmp_path / "out"
    pl.concat([rows, told], how="diagonal").write_csv(events)
    later = f"2026-06-10T00:00={other_folder}"
    done = call("replay", plan_folder, "--events", events, "--then", later, "--out", out, "--json")
    content = json.loads(done.out)
    assert (content["before"]["name"], content["after"]["name"]) == ("the plans that held", "Tiny")
    assert content["folder"] == str(out)
    assert content["events"]["plan"] == 2
    tiny, other = load_plan(plan_folder).version, load_plan(other_folder).version
    first = pl.col("decided_at").dt.date() < pl.col("day")
    for name, versions, day in (("decisions_before", (other, tiny), 12), ("decisions", (tiny, other), 10)):
        decisions = pl.read_parquet(out / f"{name}.parquet").with_columns(day=pl.date(2026, 6, day))
        assert set(decisions.filter(first)["plan_version"]) == {versions[0]}
        assert set(decisions.filter(~first)["plan_version"]) == {versions[1]}
    (tmp_path / "other").unlink()
    with pytest.raises(PlanError, match="no such plan folder"):
        replay(load_plan(plan_folder), events)


def test_what_the_events_do_not_tell_cannot_be_compared_with(plan_folder: Path, tmp_path: Path) -> None:
    plan, alone = load_plan(plan_folder), tmp_path / "alone.csv"
    alone.write_text("kind,at,lead_id\nlead,2026-03-02,L1\n")
    with pytest.raises(BookError, match="no row says who got a lead"):
        replay(plan, alone, ReplayOptions("events"))
    with pytest.raises(BookError, match="no row says which plan held"):
        replay(plan, alone, ReplayOptions("plans"))
    assert call("replay", plan_folder, "--events", tmp_path / "nothing.csv").code == 1
    wrong = call("replay", plan_folder, "--events", alone, "--then", "soon=there")
    assert (wrong.code, "INSTANT=FOLDER" in wrong.err) == (2, True)


def test_events_of_a_book_know_nothing_of_what_came_later(plan_folder: Path, tmp_path: Path) -> None:
    rows = pl.read_csv(plan_folder / "events.csv")
    run = Run.latest(plan_folder)
    arrivals = rows.filter(kind="lead")
    assert arrivals["at"].is_sorted()
    assert {"status", "owner_id", "is_converted", "account_id"}.isdisjoint(rows.columns)
    stays = run.frame("leads")
    assert sorted(arrivals["lead_id"]) == sorted(stays["lead_id"])
    assert arrivals["actual_rep_id"].drop_nulls().len() == stays["owner_id"].drop_nulls().len() > 0
    closed = rows.filter(kind="closed").join(arrivals.select("lead_id", came="at"), on="lead_id")
    assert set(closed["lead_id"]) == set(stays.filter(status="Disqualified")["lead_id"])
    spans = closed.select(
        (
            pl.col("at").str.to_datetime(time_zone="UTC") - pl.col("came").str.to_datetime(time_zone="UTC")
        ).dt.total_days()
    )["at"]
    assert spans.max() == 14
    made = write_events(run, load_plan(plan_folder), tmp_path / "e.parquet", 0)
    events = pl.read_parquet(tmp_path / "e.parquet")
    assert made.leads == len(arrivals)
    assert events.filter(kind="closed").join(arrivals, on="lead_id").height == made.closed == 8
