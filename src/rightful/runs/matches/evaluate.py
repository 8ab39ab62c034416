"""What matches are worth, by labels: precision, recall, F1 with intervals, thresholds, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Mistake, RunError, near_miss
from rightful.runs.matches.figures import CalibrationBin, Score, Threshold, calibration_of, score_of, threshold_of
from rightful.runs.matches.labels import TABLES, Label, Labels
from rightful.runs.run import Run
from rightful.stages.matching.links import LINK_METHODS

__all__ = ["MatchEvaluation", "evaluate_matches"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MatchEvaluation:
    """What the evidence of a run's matches is worth.

    Attributes:
        overall: Over all labelled records that no link decides.
        parts: The same by the values of a field, largest first.
        thresholds: By wanted precision.
        calibration: Bins without records are left out.
        linked: Labelled records that a manual or CRM link decides; they are not counted.
        wrong: Object, record, account given and probability of the records matched wrongly, the most certain first.
    """

    overall: Score
    parts: tuple[Score, ...]
    thresholds: tuple[Threshold, ...]
    calibration: tuple[CalibrationBin, ...]
    linked: int
    wrong: tuple[tuple[str, str, str, float], ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """Labelled records, one entry each: what was decided, the likeliest account, and what is right."""

    has_account: Bools
    is_matched: Bools
    is_right: Bools
    probability: Floats
    likeliest_is_right: Bools
    part: Sequence[str]
    shown: Sequence[tuple[str, str, str]]

    def where(self, kept: Bools) -> tuple[Bools, Bools, Bools]:
        return self.has_account[kept], self.is_matched[kept], self.is_right[kept]


def evaluate_matches(
    run: Run, labels: Labels, *, by: str = "segment", wanted: Sequence[float] = (0.95, 0.98, 0.99)
) -> MatchEvaluation:
    """Hold labels against what a run decided.

    Args:
        run: Its matches and candidates.
        labels: What is right.
        by: Field of leads and contacts to split the figures by; blank values are ``(blank)``.
        wanted: Precisions for which to find the threshold.

    Raises:
        RunError: Leads and contacts have no such field, or links decide every labelled record.
    """
    _check_field(by)
    judged, linked = _judge(run, labels.labels, by)
    if not len(judged.is_right):
        raise RunError(Mistake(None, "links decide every labelled record, so the evidence cannot be judged"))
    everything = np.ones(len(judged.is_right), bool)
    parts = np.array(judged.part, object)
    sizes = sorted(
        ((int((parts == name).sum()), name) for name in set(judged.part)), key=lambda each: (-each[0], each[1])
    )
    has_candidate = judged.probability > 0
    probability, likeliest_is_right = judged.probability[has_candidate], judged.likeliest_is_right[has_candidate]
    order = sorted(np.flatnonzero(judged.is_matched & ~judged.is_right), key=lambda row: -judged.probability[row])
    return MatchEvaluation(
        overall=score_of("all", *judged.where(everything)),
        parts=tuple(score_of(name, *judged.where(parts == name)) for _, name in sizes),
        thresholds=tuple(
            threshold_of(probability, likeliest_is_right, int(judged.has_account.sum()), precision)
            for precision in wanted
        ),
        calibration=calibration_of(probability, likeliest_is_right),
        linked=linked,
        wrong=tuple((*judged.shown[int(row)], float(judged.probability[row])) for row in order),
    )


def _check_field(by: str) -> None:
    known = [set(OBJECT_OF_TABLE[table].rule_fields) for table in TABLES.values()]
    both = sorted(set.intersection(*known))
    if by not in both:
        problem = f"leads and contacts have no field {by!r}"
        raise RunError(Mistake(None, problem, ", ".join(both), near_miss(by, both)))


def _judge(run: Run, labels: Sequence[Label], by: str) -> tuple[_Judged, int]:
    decided = {name: _decided(run, table, by) for name, table in TABLES.items()}
    likeliest = _likeliest(run)
    rows, linked = [], 0
    for label in labels:
        account_id, method, part = decided[label.object][label.record_id]
        if method in LINK_METHODS:
            linked += 1
            continue
        best_id, probability = likeliest.get((label.object, label.record_id), (None, 0.0))
        rows.append((label, account_id, best_id, probability, part))
    return _Judged(
        has_account=np.array([bool(label.account_ids) for label, *_ in rows], bool),
        is_matched=np.array([account_id is not None for _, account_id, *_ in rows], bool),
        is_right=np.array([account_id in label.account_ids for label, account_id, *_ in rows], bool),
        probability=np.array([probability for *_, probability, _ in rows], np.float64),
        likeliest_is_right=np.array([best in label.account_ids for label, _, best, *_ in rows], bool),
        part=[part for *_, part in rows],
        shown=[(label.object, label.record_id, account_id or "") for label, account_id, *_ in rows],
    ), linked


def _decided(run: Run, table: str, by: str) -> dict[str, tuple[str | None, str, str]]:
    key = OBJECT_OF_TABLE[table].key
    frame = run.scan(table).select(key, "matched_account_id", "match_method", part=pl.col(by).cast(pl.String)).collect()
    return {row[0]: (row[1], row[2], row[3] or "(blank)") for row in frame.iter_rows()}


def _likeliest(run: Run) -> dict[tuple[str, str], tuple[str, float]]:
    """Give the likeliest account of each record that nothing bars."""
    free = run.scan("match_candidates").filter(pl.col("filtered_by").is_null()).sort("object", "record_id", "rank")
    best = free.unique(["object", "record_id"], keep="first", maintain_order=True)
    rows = best.select("object", "record_id", "account_id", "probability").collect().iter_rows()
    return {(name, record_id): (account_id, probability) for name, record_id, account_id, probability in rows}
