"""What predicted probabilities are worth: ranking, calibration, lift, each against knowing only the base rate."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

__all__ = ["CalibrationRow", "Evaluation", "LiftRow", "auc_interval", "evaluate", "share_interval"]

_Z95 = 1.959963984540054
_SMALLEST = 1e-15


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """A tenth of the records by predicted probability: what was said, what happened, and its 95 % interval (Wilson)."""

    rows: int
    predicted_share: float
    actual_share: float
    low_share: float
    high_share: float


@dataclass(frozen=True, slots=True)
class LiftRow:
    """A tenth of the records, the most likely first; ``captured_share`` counts the tenths so far."""

    tenth: int
    rows: int
    conversions: int
    actual_share: float
    lift: float
    captured_share: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What predictions were worth on records that they were not learned from.

    Attributes:
        rows: Records.
        base_share: Share that converted.
        auc: Chance that a converted record ranks above one that did not; 0.5 is blind.
        auc_low: Lower end of its 95 % interval (DeLong).
        auc_high: Upper end.
        log_loss: Mean surprise in nats; lower is better.
        base_log_loss: That of always saying the share that converted in training.
        brier: Mean squared error of the probability.
        base_brier: That of always saying the share that converted in training.
        calibration_error: Mean distance between said and happened over the calibration rows, weighted by records.
        calibration: Tenths by predicted probability, the least likely first.
        lift: Tenths, the most likely first.
    """

    rows: int
    base_share: float
    auc: float
    auc_low: float
    auc_high: float
    log_loss: float
    base_log_loss: float
    brier: float
    base_brier: float
    calibration_error: float
    calibration: tuple[CalibrationRow, ...]
    lift: tuple[LiftRow, ...]


def evaluate(
    converted: npt.NDArray[np.bool_], predicted: npt.NDArray[np.float64], trained_share: float, tenths: int = 10
) -> Evaluation:
    """Measure predictions.

    Args:
        converted: What happened.
        predicted: Probability that was said for each record.
        trained_share: Share that converted in training: what one would say without any column.
        tenths: Groups of the calibration and lift tables.
    """
    base = np.full(len(converted), trained_share)
    auc, low, high = auc_interval(converted, predicted)
    calibration = _calibration(converted, predicted, tenths)
    error = sum(row.rows * abs(row.predicted_share - row.actual_share) for row in calibration) / len(converted)
    return Evaluation(
        rows=len(converted),
        base_share=float(converted.mean()),
        auc=auc,
        auc_low=low,
        auc_high=high,
        log_loss=_log_loss(converted, predicted),
        base_log_loss=_log_loss(converted, base),
        brier=_brier(converted, predicted),
        base_brier=_brier(converted, base),
        calibration_error=error,
        calibration=calibration,
        lift=_lift(converted, predicted, tenths),
    )


def auc_interval(converted: npt.NDArray[np.bool_], predicted: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Give the area under the ROC curve with its 95 % interval.

    Returns:
        Area, lower end, upper end; ties count half.

    Source: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988), by midranks as in X. Sun, W. Xu, IEEE
    Signal Processing Letters 21 (2014).

    Example:
        >>> auc, low, high = auc_interval(np.array([False, True, False, True]), np.array([0.1, 0.4, 0.4, 0.9]))
        >>> auc
        0.875
    """
    yes, no = predicted[converted], predicted[~converted]
    ranks = _midranks(np.concatenate([yes, no]))
    of_yes = (ranks[: len(yes)] - _midranks(yes)) / len(no)
    of_no = 1 - (ranks[len(yes) :] - _midranks(no)) / len(yes)
    auc = float(of_yes.mean())
    variance = sum(float(each.var(ddof=1)) / len(each) for each in (of_yes, of_no) if len(each) > 1)
    half = _Z95 * sqrt(variance)
    return auc, max(0.0, auc - half), min(1.0, auc + half)


def _midranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rank values from 1; equal ones share the middle of their ranks. SciPy's does the same, and takes a second to load."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middles: npt.NDArray[np.float64] = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return middles


def _log_loss(converted: npt.NDArray[np.bool_], predicted: npt.NDArray[np.float64]) -> float:
    said = np.clip(np.where(converted, predicted, 1 - predicted), _SMALLEST, 1)
    return float(-np.log(said).mean())


def _brier(converted: npt.NDArray[np.bool_], predicted: npt.NDArray[np.float64]) -> float:
    return float(((predicted - converted) ** 2).mean())


def _calibration(
    converted: npt.NDArray[np.bool_], predicted: npt.NDArray[np.float64], tenths: int
) -> tuple[CalibrationRow, ...]:
    groups = np.array_split(np.argsort(predicted, kind="stable"), tenths)
    rows = []
    for group in groups:
        if len(group):
            share = float(converted[group].mean())
            low, high = share_interval(share, len(group))
            rows.append(CalibrationRow(len(group), float(predicted[group].mean()), share, low, high))
    return tuple(rows)


def share_interval(share: float, rows: int) -> tuple[float, float]:
    """Give the 95 % interval of a share. Source: E. B. Wilson, JASA 22 (1927)."""
    spread = _Z95 * sqrt(share * (1 - share) / rows + _Z95**2 / (4 * rows**2))
    middle, scale = share + _Z95**2 / (2 * rows), 1 + _Z95**2 / rows
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def _lift(converted: npt.NDArray[np.bool_], predicted: npt.NDArray[np.float64], tenths: int) -> tuple[LiftRow, ...]:
    groups = np.array_split(np.argsort(-predicted, kind="stable"), tenths)
    total, base = int(converted.sum()), float(converted.mean())
    rows, found = [], 0
    for number, group in enumerate(groups, start=1):
        if len(group):
            conversions = int(converted[group].sum())
            found += conversions
            share = conversions / len(group)
            rows.append(LiftRow(number, len(group), conversions, share, share / base, found / total))
    return tuple(rows)
