from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from rightful.crm import OBJECTS
from rightful.runs.accounting import RowCount
from rightful.runs.report.facts import facts_of
from rightful.runs.run import Run
from rightful.runs.summary import lines_of, summarise
from rightful.runs.summary.figures import count, dollars, duration, number, share
from rightful.runs.summary.records import Cleaning, FieldQuality, Spread, Tally

RunOf = Callable[..., Run]


def account(key: str, **values: object) -> dict[str, object]:
    return {"account_id": key, **values}


def test_an_empty_book_has_a_summary(run_of: RunOf) -> None:
    summary = summarise(run_of())
    assert [row.table for row in summary.rows] == [crm_object.table for crm_object in OBJECTS]
    assert (summary.fields, summary.cleaning, summary.exceptions, summary.territories) == ((), (), (), ())
    assert any("the book is empty" in line for line in lines_of(summary))
    assert any("every record has a rep" in line for line in lines_of(summary))


def test_cells_are_counted_by_what_became_of_them(run_of: RunOf) -> None:
    rows = [
        account("A1", name_raw="Acme", name="Acme", quality_reason="name=legal_form_split"),
        account("A2", name_raw=" acme ", name="Acme", quality_reason="name=white_space_tidied"),
        account("A3", name_raw=" ", name="Acme", quality_reason="name=taken_from A9"),
        account("A4", name_raw="n/a", name=None, quality_reason="name=blank_word"),
        account("A5"),
    ]
    (quality,) = summarise(run_of(accounts=rows)).fields
    reasons = tuple(Tally(name, 1) for name in ("blank_word", "legal_form_split", "taken_from", "white_space_tidied"))
    assert quality == FieldQuality(
        "accounts", "name", 5, as_it_was=1, tidied=1, filled_in=1, discarded=1, reasons=reasons
    )
    assert (quality.filled_before, quality.filled_after) == (3, 3)


def test_numbers_are_tidied_where_a_note_says_so(run_of: RunOf) -> None:
    rows = [
        account("A1", employees_raw="120", employees=120.0),
        account("A2", employees_raw="100-150", employees=122.5, quality_reason="employees=middle_of_range"),
        # Notes on another field whose name ends alike say nothing about this one.
        account("A3", employees_raw="7", employees=7.0, quality_reason="family_employees=summed"),
    ]
    quality = next(each for each in summarise(run_of(accounts=rows)).fields if each.field == "employees")
    assert (quality.as_it_was, quality.tidied) == (2, 1)


def test_an_assumed_time_zone_changes_no_cell(run_of: RunOf) -> None:
    lead = {"lead_id": "L1", "created_at_raw": "2026-01-01", "quality_reason": "created_at=zone_assumed"}
    (quality,) = [
        each for each in summarise(run_of(leads=[{**lead, "created_at": 0}])).fields if each.field == "created_at"
    ]
    assert (quality.as_it_was, quality.tidied) == (1, 0)


def test_reasons_are_counted_without_what_follows_the_code(run_of: RunOf) -> None:
    rows = [
        account("A1", quality_reason="phone=taken_from A7; record=merged_with A7, A8"),
        account("A2", quality_reason="phone=taken_from A8; country=inferred_from_phone"),
        account("A3", quality_reason="country=inferred_from_phone"),
        account("A4", quality_reason="country=inferred_from_phone"),
    ]
    assert summarise(run_of(accounts=rows)).cleaning == (
        Cleaning("accounts", "country", "inferred_from_phone", 3),
        Cleaning("accounts", "phone", "taken_from", 2),
    )


def test_people_are_matched_to_review_or_in_no_account(run_of: RunOf) -> None:
    leads = [
        {"lead_id": "L1", "matched_account_id": "A1", "match_method": "evidence"},
        {"lead_id": "L2", "match_method": "none", "match_reason": "Review: A1 (0.48) is likely"},
        {"lead_id": "L3", "match_method": "none", "match_reason": "No account is near"},
        {"lead_id": "L4", "match_method": "none"},
    ]
    found = summarise(run_of(leads=leads)).matches[0]
    assert (found.records, found.matched, found.review, found.unmatched) == (4, 1, 1, 2)
    assert found.methods == (Tally("none", 3), Tally("evidence", 1))


def test_scores_fall_into_bands_of_ten_and_zero_stands_alone(run_of: RunOf) -> None:
    scores = (0.0, 0.1, 10.0, 10.1, 100.0, None)
    leads = [{"lead_id": f"L{at}", "score": score, "grade": "B+"} for at, score in enumerate(scores)]
    found = summarise(run_of(leads=leads)).grades[0]
    assert {each.name: each.records for each in found.scores if each.records} == {
        "0": 1, "0–10": 2, "10–20": 1, "90–100": 1, "none": 1,
    }  # fmt: skip
    assert [each.name for each in found.grades][:4] == ["A+", "A", "A-", "B+"]
    assert sum(each.records for each in found.grades) == 6


def test_exceptions_are_grouped_by_cause_the_most_valuable_first(run_of: RunOf) -> None:
    def stuck(key: str, cause: str, value: float | None, age: float | None) -> dict[str, object]:
        return {
            "object": "account", "record_id": key, "stage": "assignment", "cause": cause, "value_usd": value,
            "age_days": age, "repair": f"repair {cause}",
        }  # fmt: skip

    groups = summarise(
        run_of(
            exceptions=[
                stuck("A1", "no_territory", None, None),
                stuck("A2", "no_territory", None, None),
                stuck("A3", "vacant", 10.0, 4.0),
                stuck("A4", "vacant", 30.0, 8.0),
                stuck("A5", "vacant", None, 6.0),
                stuck("A6", "vacant", None, 6.0),
                *(stuck(f"A{number}", "disqualified", None, 1.0) for number in range(7, 12)),
            ]
        )
    ).exceptions
    vacant, missing, idle = groups
    assert (idle.cause, idle.records, idle.needs_somebody, vacant.needs_somebody) == ("disqualified", 5, False, True)
    assert (vacant.cause, vacant.records, vacant.value_usd, vacant.examples) == ("vacant", 4, 40.0, ("A4", "A3", "A5"))
    assert (vacant.median_age_days, vacant.most_age_days) == (6.0, 8.0)
    assert (missing.cause, missing.records, missing.value_usd, missing.median_age_days) == (
        "no_territory",
        2,
        None,
        None,
    )


def owned(run_of: RunOf) -> Run:
    """Make a run in which two reps of a team hold three accounts, and a third is not active."""
    reps = [
        {"rep_id": "R1", "name": "Ada", "team": "West", "role": "ae", "is_active": True},
        {"rep_id": "R2", "team": "West", "role": "ae"},
        {"rep_id": "R3", "team": "West", "is_active": False},
    ]
    accounts = [
        account("A1", annual_revenue_usd=10.0, account_type="customer", territory_id="T1", assigned_rep_id="R1"),
        account("A2", annual_revenue_usd=20.0, account_type="prospect", territory_id="T1", assigned_rep_id="R1"),
        account("A3", territory_id="T2", assigned_rep_id="R2"),
        account("A4"),
    ]
    won = ("A1", "R1"), ("A2", "R1"), ("A3", "R2")
    return run_of(
        reps=reps,
        accounts=accounts,
        opportunities=[
            {"opportunity_id": "O1", "account_id": "A1", "assigned_rep_id": "R2", "amount_usd": 5.0},
            {"opportunity_id": "O2", "account_id": "A1", "assigned_rep_id": "R2", "amount_usd": 7.0, "is_closed": True},
        ],
        leads=[{"lead_id": "L1", "routed_rep_id": "R1", "routing_method": "pool"}],
        assignments=[
            # Two roles on one account are one account.
            {"object": "account", "record_id": "A1", "role": "csm", "rep_id": "R1", "territory_id": "T9"},
            *(
                {"object": "account", "record_id": key, "role": "ae", "rep_id": rep, "territory_id": f"T{1 + (rep == 'R2')}",
                 "method": "rule", "is_primary": True}
                for key, rep in won
            ),
        ],
        account_territories=[
            *({"account_id": key, "layer": "zones", "territory_id": f"T{1 + (rep == 'R2')}", "is_winner": True} for key, rep in won),
            {"account_id": "A1", "layer": "care", "territory_id": "T9", "is_winner": True},
            {"account_id": "A1", "layer": "care", "territory_id": "T8", "is_winner": False},
        ],
    )  # fmt: skip


def test_each_rep_has_a_load(run_of: RunOf) -> None:
    loads = {load.rep_id: load for load in summarise(owned(run_of)).reps}
    first, second, third = loads["R1"], loads["R2"], loads["R3"]
    assert (first.name, first.accounts, first.annual_revenue_usd, first.leads) == ("Ada", 2, 30.0, 1)
    assert (second.name, second.is_active, second.open_opportunities, second.open_pipeline_usd) == ("R2", True, 1, 5.0)
    assert (third.is_active, third.accounts, third.leads) == (False, 0, 0)


def test_what_is_not_known_is_not_zero(run_of: RunOf) -> None:
    run = run_of(
        reps=[{"rep_id": "R1"}, {"rep_id": "R2"}],
        accounts=[account("A1", territory_id="T1", country="US", assigned_rep_id="R1")],
        opportunities=[{"opportunity_id": "O1", "account_id": "A1", "assigned_rep_id": "R1"}],
        assignments=[{"object": "account", "record_id": "A1", "role": "ae", "rep_id": "R1", "territory_id": "T1"}],
        account_territories=[{"account_id": "A1", "layer": "zones", "territory_id": "T1", "is_winner": True}],
    )
    summary = summarise(run)
    loads = {load.rep_id: (load.annual_revenue_usd, load.open_pipeline_usd) for load in summary.reps}
    assert loads == {"R1": (None, None), "R2": (0, 0)}
    assert [(each.annual_revenue_usd, each.open_pipeline_usd) for each in summary.territories] == [(None, None)]
    assert summary.teams[0].open_pipeline_usd == Spread(0, 0, 0, None)
    assert [place.annual_revenue_usd for place in facts_of(run, summary).countries] == [None]


def test_balance_counts_active_reps_alone(run_of: RunOf) -> None:
    (team,) = summarise(owned(run_of)).teams
    assert (team.team, team.reps) == ("West", 2)
    assert team.accounts == Spread(1, 1.5, 2, pytest.approx(1 / 3))
    assert team.leads.variation == 1.0


def test_a_rep_alone_is_neither_even_nor_uneven(run_of: RunOf) -> None:
    (team,) = summarise(run_of(reps=[{"rep_id": "R1"}])).teams
    assert (team.team, team.accounts.variation) == ("no team", None)


def test_coverage_starts_with_the_primary_layer(run_of: RunOf) -> None:
    found = summarise(owned(run_of)).territories
    assert [(each.layer, each.territory_id, each.accounts) for each in found] == [
        ("zones", "T1", 2), ("zones", "T2", 1), ("care", "T9", 1),
    ]  # fmt: skip
    west = found[0]
    assert (west.customers, west.annual_revenue_usd, west.open_pipeline_usd) == (1, 30.0, 5.0)
    assert west.reps == (Tally("ae", 1),)


def test_a_rep_comes_from_assignment_or_routing(run_of: RunOf) -> None:
    tasks = [{"task_id": "T1", "assigned_rep_id": "R1"}, {"task_id": "T2", "routed_rep_id": "R2"}, {"task_id": "T3"}]
    contacts = [{"contact_id": "C1", "assigned_rep_id": "R1"}, {"contact_id": "C2"}]
    placed = {each.table: each.with_rep for each in summarise(run_of(tasks=tasks, contacts=contacts)).placed}
    assert (placed["tasks"], placed["contacts"], placed["leads"]) == (2, 1, 0)


def test_a_rep_whom_routing_leaves_in_place_is_kept(run_of: RunOf) -> None:
    people = [
        {"routing_method": "pool", "routed_rep_id": "R1"},
        {"routing_method": "none", "routed_rep_id": "R1"},
        {"routing_method": "none"},
    ]
    owned = {"contact_id": "C1", "routing_method": "none", "assigned_rep_id": "R1"}
    leads = [{"lead_id": f"L{at}", **person} for at, person in enumerate(people)]
    routing = summarise(run_of(leads=leads, contacts=[owned])).routing
    assert routing["leads"] == (Tally("kept", 1), Tally("none", 1), Tally("pool", 1))
    assert routing["contacts"] == (Tally("kept", 1),)


def test_a_terminal_shows_the_summary_on_one_screen(run_of: RunOf) -> None:
    summary = summarise(owned(run_of))
    lines = lines_of(summary)
    assert lines[0] == "Acme, plan version 01234567, as of 2026-06-30 12:00 UTC"
    many = tuple(replace(summary.teams[0], team=f"Team {at:02}") for at in range(40))
    rows = tuple(RowCount(row.table, 1_000_000_000, 0, 0, 1_000_000_000) for row in summary.rows)
    long = lines_of(replace(summary, teams=many, rows=rows))
    assert len(long) <= 50
    assert max(map(len, long)) <= 100
    assert any("and 28 more teams" in line for line in long)


def test_a_rejected_control_character_does_not_reach_the_terminal(run_of: RunOf) -> None:
    run = run_of(reps=[{"rep_id": "R1", "team": "Bad\x1b[31m\nteam"}, {"rep_id": "R2", "team": "Bad\x1b[31m\nteam"}])
    assert all(line.isprintable() for line in lines_of(summarise(run)))


def test_the_summary_is_json(run_of: RunOf) -> None:
    content = json.loads(json.dumps(summarise(owned(run_of)).as_json()))
    assert content["as_of"] == "2026-06-30T12:00:00+00:00"
    assert content["times"] == [{"stage": "sources", "seconds": 0.5}, {"stage": "quality", "seconds": 2.25}]
    assert content["reps"][0]["rep_id"] == "R1"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (count(1234567.4), "1,234,567"),
        (number(0.25), "0.2"),
        (share(999_999, 1_000_000), "99.9%"),
        (share(5, 5), "100%"),
        (share(0, 5), "0%"),
        (dollars(-2_500), "-$2.50 k"),
        (dollars(999.6), "$1.00 k"),
        (dollars(1e15), "$1000 T"),
        (duration(119.7), "2 min 0 s"),
    ],
)
def test_figures_read_well(written: str, words: str) -> None:
    assert written == words
