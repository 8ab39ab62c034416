"""What matches are worth, by labels: precision, recall, F1 with intervals, thresholds, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Mistake, RunError, near_miss
from rightful.runs.matches.labels import TABLES, Label, Labels
from rightful.runs.run import Run
from rightful.runs.training.measure import share_interval
from rightful.stages.matching.links import LINK_METHODS

__all__ = ["CalibrationBin", "MatchEvaluation", "Score", "Threshold", "evaluate_matches", "score_of"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_RESAMPLES = 1_000
_BINS = 10


@dataclass(frozen=True, slots=True)
class Score:
    """How right matches are, over some labelled records; shares lie between 0 and 1, intervals hold with 95 %.

    Attributes:
        name: Which records: ``all``, or a value of the field they are split by.
        records: Labelled records.
        with_account: Of these, the records that belong to an account.
        matched: Of these, the records that were matched to some account.
        right: Records matched to a right account.
        precision: ``right / matched``; 1 where nothing was matched.
        precision_interval: Its interval (Wilson).
        recall: ``right / with_account``; 1 where none has an account.
        recall_interval: Its interval (Wilson).
        f1: Harmonic mean of both.
        f1_interval: Its interval (percentiles of 1,000 resamples).
    """

    name: str
    records: int
    with_account: int
    matched: int
    right: int
    precision: float
    precision_interval: tuple[float, float]
    recall: float
    recall_interval: tuple[float, float]
    f1: float
    f1_interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least probability from which on matches are as precise as wanted; None where no probability is enough."""

    wanted_precision: float
    strong: float | None
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Records whose likeliest account had a probability in a tenth from 0 to 1: what was said, and what was right."""

    records: int
    said: float
    right: float


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
    order = sorted(np.flatnonzero(judged.is_matched & ~judged.is_right), key=lambda row: -judged.probability[row])
    return MatchEvaluation(
        overall=score_of("all", *judged.where(everything)),
        parts=tuple(score_of(name, *judged.where(parts == name)) for _, name in sizes),
        thresholds=tuple(_threshold(judged, precision) for precision in wanted),
        calibration=_calibration(judged),
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


def score_of(name: str, has_account: Bools, is_matched: Bools, is_right: Bools) -> Score:
    """Measure decisions about some records: whether each has an account, was matched, and rightly so."""
    accounts, matched, right = int(has_account.sum()), int(is_matched.sum()), int(is_right.sum())
    precision, recall = _share(right, matched), _share(right, accounts)
    return Score(
        name=name,
        records=len(is_right),
        with_account=accounts,
        matched=matched,
        right=right,
        precision=precision,
        precision_interval=share_interval(precision, matched) if matched else (0.0, 1.0),
        recall=recall,
        recall_interval=share_interval(recall, accounts) if accounts else (0.0, 1.0),
        f1=_f1(right, matched, accounts),
        f1_interval=_f1_interval(has_account, is_matched, is_right),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _f1(right: int, matched: int, accounts: int) -> float:
    return 2 * right / (matched + accounts) if matched + accounts else 1.0


def _f1_interval(has_account: Bools, is_matched: Bools, is_right: Bools) -> tuple[float, float]:
    """Resample the records; the dice fall the same way every time."""
    dice = np.random.default_rng(20_260_630)
    kinds, counts = np.unique(np.stack((has_account, is_matched, is_right)), axis=1, return_counts=True)
    drawn = dice.multinomial(len(is_right), counts / counts.sum(), size=_RESAMPLES)
    accounts, matched, right = (drawn[:, kind].sum(axis=1) for kind in kinds)
    f1 = np.where(matched + accounts > 0, 2 * right / np.maximum(matched + accounts, 1), 1.0)
    low, high = np.quantile(f1, (0.025, 0.975))
    return float(low), float(high)


def _threshold(judged: _Judged, wanted: float) -> Threshold:
    """Find the threshold with the most matches among those that are precise enough."""
    has_candidate = judged.probability > 0
    order = np.argsort(-judged.probability[has_candidate], kind="stable")
    probability = judged.probability[has_candidate][order]
    right = judged.likeliest_is_right[has_candidate][order].cumsum()
    # Of equal probabilities all are matched or none.
    is_last = np.append(probability[1:] != probability[:-1], True)[: len(probability)]
    precise = np.flatnonzero(is_last & (right >= wanted * np.arange(1, len(right) + 1)))
    if not len(precise):
        return Threshold(wanted, None, None, None)
    at = precise[-1]
    recall = _share(int(right[at]), int(judged.has_account.sum()))
    return Threshold(wanted, float(probability[at]), float(right[at] / (at + 1)), recall)


def _calibration(judged: _Judged) -> tuple[CalibrationBin, ...]:
    has_candidate = judged.probability > 0
    probability, right = judged.probability[has_candidate], judged.likeliest_is_right[has_candidate]
    place = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    bins = []
    for number in range(_BINS):
        inside = place == number
        if inside.any():
            bins.append(
                CalibrationBin(int(inside.sum()), float(probability[inside].mean()), float(right[inside].mean()))
            )
    return tuple(bins)
