"""Figures of matching: precision, recall and F1 with intervals, thresholds for a wanted precision, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.runs.training.measure import share_interval

__all__ = ["CalibrationBin", "Score", "Threshold", "calibration_of", "score_of", "threshold_of"]

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
    """Records whose likeliest account had a probability in a tenth from 0 to 1: what was said, and what was right (Wilson)."""

    records: int
    said: float
    right: float
    right_interval: tuple[float, float]


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


def threshold_of(probability: Floats, is_right: Bools, accounts: int, wanted: float) -> Threshold:
    """Find the threshold with the most matches among those that are precise enough.

    Args:
        probability: Of the likeliest account of each record that has any.
        is_right: Whether it is right.
        accounts: Records that belong to an account, found or not.
        wanted: Precision.
    """
    order = np.argsort(-probability, kind="stable")
    ordered, right = probability[order], is_right[order].cumsum()
    # Of equal probabilities all are matched or none.
    is_last = np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)]
    precise = np.flatnonzero(is_last & (right >= wanted * np.arange(1, len(right) + 1)))
    if not len(precise):
        return Threshold(wanted, None, None, None)
    at = precise[-1]
    return Threshold(wanted, float(ordered[at]), float(right[at] / (at + 1)), _share(int(right[at]), accounts))


def calibration_of(probability: Floats, is_right: Bools) -> tuple[CalibrationBin, ...]:
    """Hold the probabilities of likeliest accounts against what is right, by tenths; empty ones are left out."""
    place = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    bins = []
    for number in range(_BINS):
        inside = place == number
        if inside.any():
            right = float(is_right[inside].mean())
            records = int(inside.sum())
            said = float(probability[inside].mean())
            bins.append(CalibrationBin(records, said, right, share_interval(right, records)))
    return tuple(bins)
