"""Labels, what matches are worth by them, and the review queue, over a run of a few records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rightful.errors import BookError, RunError
from rightful.plan import plan_from
from rightful.runs.matches import evaluate_matches, read_labels, review_queue, write_review
from rightful.runs.run import Run

RunOf = Callable[..., Run]
PLAN = plan_from({})

# lead: (account matched, likeliest account, its probability, segment)
MATCHES: dict[str, tuple[str | None, str, float, str]] = {
    "L1": ("A1", "A1", 0.99, "large"),
    "L2": ("A2", "A2", 0.97, "large"),
    "L3": ("A1", "A1", 0.80, "small"),
    "L4": (None, "A2", 0.40, "small"),
    "L5": (None, "A3", 0.05, "small"),
}
LABELS = "record_id,account_id\nL1,A1\nL2,A2\nL3,A2\nL4,A2\nL5,none\n"


@pytest.fixture
def run(run_of: RunOf) -> Run:
    leads = [
        {
            "lead_id": key,
            "matched_account_id": account,
            "match_method": "evidence" if account else "none",
            "segment": segment,
        }
        for key, (account, _, _, segment) in MATCHES.items()
    ]
    linked = {"lead_id": "L6", "matched_account_id": "A1", "match_method": "manual_link"}
    contact = {"contact_id": "C1", "matched_account_id": "A1", "match_method": "evidence", "segment": "large"}
    return run_of(
        accounts=[{"account_id": key, "name": f"Account {key}"} for key in ("A1", "A2", "A3")],
        leads=[*leads, linked],
        contacts=[contact],
        merges=[{"object": "account", "record_id": "A9", "survivor_id": "A1"}],
        match_candidates=[
            *(candidate("lead", key, best, probability, 1) for key, (_, best, probability, _) in MATCHES.items()),
            candidate("lead", "L4", "A1", 0.30, 2),
            candidate("contact", "C1", "A1", 0.70, 1),
            {**candidate("lead", "L5", "A1", 0.99, 0), "filtered_by": "never_match"},
        ],
    )


def candidate(name: str, record_id: str, account_id: str, probability: float, rank: int) -> dict[str, Any]:
    evidence = {"score": 0.0, "is_match": probability >= 0.6, "evidence": "domain: equals the account's: +7.5"}
    return {
        "object": name,
        "record_id": record_id,
        "account_id": account_id,
        "rank": rank,
        "probability": probability,
        **evidence,
    }


def labels_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(text)
    return path


def test_figures_follow_from_the_labels(run: Run, tmp_path: Path) -> None:
    found = evaluate_matches(run, read_labels(labels_file(tmp_path, LABELS), PLAN, run))
    assert (found.overall.records, found.overall.with_account, found.overall.matched, found.overall.right) == (
        5,
        4,
        3,
        2,
    )
    assert found.overall.precision == pytest.approx(2 / 3)
    assert found.overall.recall == pytest.approx(1 / 2)
    assert found.overall.f1 == pytest.approx(4 / 7)
    low, high = found.overall.f1_interval
    assert low < found.overall.f1 < high
    assert [(part.name, part.right, part.matched) for part in found.parts] == [("small", 0, 1), ("large", 2, 2)]
    assert found.wrong == (("lead", "L3", "A1", 0.80),)
    assert [(each.records, each.right) for each in found.calibration] == [(1, 0.0), (1, 1.0), (1, 0.0), (2, 1.0)]


def test_the_threshold_is_the_least_that_is_precise_enough(run: Run, tmp_path: Path) -> None:
    labels = read_labels(labels_file(tmp_path, LABELS), PLAN, run)
    exact, most = evaluate_matches(run, labels, wanted=(1.0, 0.75)).thresholds
    assert (exact.strong, exact.precision, exact.recall) == (0.97, 1.0, 0.5)
    assert (most.strong, most.precision, most.recall) == (0.40, 0.75, 0.75)
    nothing = read_labels(labels_file(tmp_path, "record_id,account_id\nL1,none\n"), PLAN, run)
    assert evaluate_matches(run, nothing, wanted=(0.5,)).thresholds[0].strong is None


def test_any_of_several_accounts_is_right_and_a_merged_one_is_its_survivor(run: Run, tmp_path: Path) -> None:
    told = read_labels(labels_file(tmp_path, "object,record_id,account_id\n,L3,A9\ncontact,C1,A3; A1\n"), PLAN, run)
    found = evaluate_matches(run, told)
    assert (found.overall.records, found.overall.right) == (2, 2)


def test_what_cannot_be_judged_is_counted_apart(run: Run, tmp_path: Path) -> None:
    text = "record_id,account_id\nL1,A1\nL2,\nL6,A1\nL404,A1\nL3,A404\n"
    told = read_labels(labels_file(tmp_path, text), PLAN, run)
    found = evaluate_matches(run, told)
    assert (told.unanswered, told.unknown, found.linked, found.overall.records) == (1, 2, 1, 1)
    only_linked = read_labels(labels_file(tmp_path, "record_id,account_id\nL6,A1\n"), PLAN, run)
    with pytest.raises(RunError, match="links decide every labelled record"):
        evaluate_matches(run, only_linked)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("record_id,acount_id\nL1,A1\n", "lacks the column account_id"),
        ("record_id,account_id\nL1,A1\nL1,A2\n", "labels.csv:3: lead 'L1' has two answers"),
        ("object,record_id,account_id\nleed,L1,A1\n", "object is 'leed'"),
        ("record_id,account_id\nL1,\n", "no row labels a record"),
    ],
)
def test_bad_labels_are_told(run: Run, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BookError, match=said):
        read_labels(labels_file(tmp_path, text), PLAN, run)


def test_an_unknown_field_is_told(run: Run, tmp_path: Path) -> None:
    labels = read_labels(labels_file(tmp_path, LABELS), PLAN, run)
    with pytest.raises(RunError, match=r"no field 'segmnt'.*Did you mean 'segment'"):
        evaluate_matches(run, labels, by="segmnt")


def test_the_queue_holds_what_is_uncertain_nearest_to_the_threshold_first(run: Run) -> None:
    doubts = review_queue(run, PLAN.matching, 0)
    assert [(doubt.object, doubt.record_id) for doubt in doubts] == [("contact", "C1"), ("lead", "L3"), ("lead", "L4")]
    assert doubts[2].decided is None
    assert doubts[2].others == "A1 Account A1 (0.30)"
    assert [doubt.record_id for doubt in review_queue(run, PLAN.matching, 1)] == ["C1"]


def test_answers_in_the_file_of_the_queue_are_labels(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    write_review(review_queue(run, PLAN.matching, 0), path)
    with pytest.raises(RunError, match="is there already"):
        write_review((), path)
    with pytest.raises(BookError, match="no row labels a record"):
        read_labels(path, PLAN, run)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1].replace(',"C1",,', ',"C1","A1",', 1), *lines[2:]]) + "\n")
    told = read_labels(path, PLAN, run)
    assert [(label.object, label.record_id, set(label.account_ids)) for label in told.labels] == [
        ("contact", "C1", {"A1"})
    ]
    assert told.unanswered == 2
