from __future__ import annotations

import pytest

from rightful.plan import plan_from
from rightful.runs.difference.compare import compare_plans
from rightful.runs.difference.records import PlanDifference
from rightful.runs.difference.revisions import NamedPlan

Texts = dict[str, str]


def compared(before: Texts, after: Texts) -> PlanDifference:
    plans = [plan_from(texts) for texts in (before, after)]
    return compare_plans(*(NamedPlan(name, plan, plan.folder) for name, plan in zip("ab", plans, strict=True)))


def said(before: Texts, after: Texts) -> list[str]:
    return [f"{change.subject}: {change.words}" for change in compared(before, after).changes]


ACTIVITY = "activities: [{activity_type: a, points: %d}]\n"
POOLS = "pools: [{pool: east, members: [{rep_id: R1}, {rep_id: R2}]%s}]\n"


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("matching.yaml", "strong: 0.65\n", "strong: 0.7\n", "strong: an account is a match from probability 0.7 instead of 0.65"),
        ("matching.yaml", "", "tie_breakers: [oldest, customer]\n", "tie_breakers: ties are broken by oldest, customer instead of "),
        ("matching.yaml", "", "synonyms: [{name: mfg, means: manufacturing}]\n", "synonym mfg: is new (means manufacturing)"),
        ("matching.yaml", "", "weights: {domain: 2}\n", "weights: domain is 2 instead of 1"),
        ("hierarchy.yaml", "", "employees: sum\n", "employees: is sum instead of own_or_children"),
        ("hierarchy.yaml", "overrides: [{account_id: A, parent_id: B}]\n", "", "override A: is gone"),
        ("quality.yaml", "", "free_domains: {add: [x.com]}\n", "free_domains: add is x.com instead of nothing"),
        ("plan.yaml", "currency_rates: {EUR: 1.1}\n", "currency_rates: {EUR: 1.2}\n", "currency_rates EUR: is 1.2 instead of 1.1"),
        ("scoring.yaml", ACTIVITY % 5, ACTIVITY % 7, "activity a: brings 7 points instead of 5"),
        ("scoring.yaml", ACTIVITY % 5 + "groups: []\n", "activities: []\ngroups: []\n", "activity a: brings no points any more"),
        ("routing.yaml", POOLS % "", POOLS % ", choose_by: least_loaded", "pool east: chooses by least_loaded instead of weighted_round_robin"),
        ("routing.yaml", POOLS % "", POOLS % ", caps: {day: 9}", "pool east: caps.day is 9 instead of nothing"),
        ("routing.yaml", POOLS % "", (POOLS % "").replace("R2", "R3"), "pool east: member R2 leaves|pool east: member R3 joins"),
        ("routing.yaml", POOLS % "", (POOLS % "").replace("R2}", "R2, weight: 3}"), "pool east: member R2 weighs 3 instead of nothing"),
        (
            "routing.yaml",
            POOLS % "",
            "pools: [{pool: east, members: [{rep_id: R2}, {rep_id: R1}]}]\n",
            "pool east: members stand in the order R2, R1 instead of R1, R2",
        ),
        ("routing.yaml", "", "working_hours: Mon-Fri 08:00-16:00\n", "working_hours: is Mon-Fri 08:00-16:00 instead of Mon-Fri 09:00-17:00"),
        ("assignment.yaml", "", "pins: [{record_id: A, rep_id: R, reason: x, pinned_by: y}]\n", "pin account A: is pinned (rep_id R)"),
        ("assignment.yaml", "", "opportunities: {moves: {keeps_days: 30}}\n", "opportunities: moves.keeps_days is 30 instead of 90"),
    ],
)  # fmt: skip
def test_settings_are_told_in_their_own_words(file: str, before: str, after: str, words: str) -> None:
    found = said({file: before}, {file: after})
    assert len(found) == len(words.split("|"))
    assert all(one.startswith(wanted) for one, wanted in zip(found, words.split("|"), strict=True)), found


@pytest.mark.parametrize(
    ("before", "after", "subject"),
    [
        ({"plan.yaml": "name: A\n"}, {"plan.yaml": "name: B\ndescription: other\n"}, "name"),
        ({"routing.yaml": "working_hours: Mon-Fri 09:00-17:00\n"}, {"routing.yaml": "working_hours: mon-fri 9:00-17:00\n"}, "routing.yaml"),
        ({"hierarchy.yaml": "shared_domains: [a, b]\n"}, {"hierarchy.yaml": "shared_domains: [b, a]\n"}, "hierarchy.yaml"),
        (
            {"assignment.yaml": "families: {policy: matching_descendants, when: \"segment IN ('a', 'b')\"}\n"},
            {"assignment.yaml": "families: {policy: matching_descendants, when: \"segment = 'b' OR segment = 'a'\"}\n"},
            "families",
        ),
        (
            {"routing.yaml": "pools: [{pool: a, members: [{rep_id: R1}]}, {pool: b, members: [{rep_id: R2}]}]\n"},
            {"routing.yaml": "pools: [{pool: b, members: [{rep_id: R2}]}, {pool: a, members: [{rep_id: R1}]}]\n"},
            "routing.yaml",
        ),
    ],
)  # fmt: skip
def test_what_decides_the_same_is_no_change_and_never_passed_over(before: Texts, after: Texts, subject: str) -> None:
    difference = compared(before, after)
    assert difference.is_same, difference.changes
    assert subject in [note.subject for note in difference.notes]


def test_a_condition_that_reads_a_list_changes_with_the_list() -> None:
    text = {"assignment.yaml": "families: {policy: matching_descendants, when: \"country IN (LIST('near'))\"}\n"}
    difference = compared({**text, "lists/near.txt": "US\n"}, {**text, "lists/near.txt": "US\nCA\n"})
    [change] = difference.changes
    assert (change.subject, change.words) == ("families", "when holds, and did not")
    assert change.region is not None
    assert change.region.boxes == ("country = CA",)
    assert [note.words for note in difference.notes] == ["1 entries came, 0 went"]
