"""Fit weights to pairs of which it is known whether they belong together, never far from the weights one had before.

Three steps, each a logistic regression that is pulled towards the weights before it: what every finding is worth; what another
company that fits about as well takes off; and how the sum of all points becomes a probability. Where a cell has few pairs it
stays what it was, so a few hundred labels help and do no harm.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from rightful.plan.matching_weights import Curve, Grid, MatchingWeights
from rightful.runs.matches.cells import Cells, hats, sheet_hats
from rightful.runs.matches.pairs import PairSample, field_scores
from rightful.stages.matching.rivals import best_rivals
from rightful.stages.matching.weighing import Weighing

__all__ = ["FOLDS", "fit_weights", "folds_of", "newton"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FOLDS = 5
"""Parts that records are dealt into, to measure weights on records that they were not fitted to."""
_MOST_STEPS = 30
# A pull that nothing moves against.
_HELD = 1e9
# What a pair whose chances are even adds to the curvature of the loss.
_ONE_PAIR = 0.25
_DECIMALS = 3


def fit_weights(
    sample: PairSample,
    before: MatchingWeights,
    strength: float,
    *,
    fits_prior: bool = True,
    fits_names: bool = True,
) -> MatchingWeights:
    """Fit weights to a sample.

    What the rival takes off and how points become a probability is fitted to points that each record got from the others: on
    its own points every record looks surer than it is.

    Args:
        sample: The pairs.
        before: The weights towards which all are pulled, and whose knots stay.
        strength: How strongly: a cell seen in so many pairs that are neither sure nor out of the question moves half-way.
        fits_prior: False where the sample holds no records without an account: it cannot tell how often a likely account is
            wrong, so what makes points a probability stays.
        fits_names: False where the names are not real: what is learned from generated ones fails on real ones.
    """
    # One thread: several gain little here, and add in another order.
    with threadpool_limits(1):
        weights = _fit_fields(sample, before, strength, fits_prior=fits_prior, fits_names=fits_names)
        if not fits_prior:
            return weights
        fields = np.zeros(len(sample.is_right))
        for number in range(FOLDS):
            is_held = folds_of(len(sample.has_account)) == number
            others = _fit_fields(sample.part(~is_held), before, strength, fits_prior=fits_prior, fits_names=fits_names)
            at = is_held[sample.pairs.person]
            fields[at] = field_scores(sample.part(is_held), Weighing.of(others))
        ahead = fields - best_rivals(sample.index, sample.pairs, fields)
        rival = _fit_rival(weights.rival, fields, ahead, sample, strength)
        weighing = Weighing.of(weights.model_copy(update={"rival": rival}))
        total = fields + weighing.rival.read(ahead, fields)
        calibration = _fit_calibration(weights.calibration, total, sample, strength)
    return weights.model_copy(update={"rival": rival, "calibration": calibration})


def folds_of(records: int) -> npt.NDArray[np.int64]:
    """Deal records into folds, the same way every time."""
    return np.random.default_rng(20_260_630).permutation(np.arange(records) % FOLDS)


def _fit_fields(
    sample: PairSample, before: MatchingWeights, strength: float, *, fits_prior: bool, fits_names: bool
) -> MatchingWeights:
    cells = Cells(before)
    start, matrix = cells.vector(), cells.matrix(sample.readings)
    pull = np.full(len(start), strength * _ONE_PAIR)
    if not fits_names:
        pull[cells.of_names()] = _HELD
    vector = newton(matrix, sample.is_right, start, pull)
    seen = np.asarray(matrix.sum(axis=0)).ravel()
    for row in cells.rising():
        # The more alike names are never worth less: the nearest such numbers, by how many pairs each cell has.
        vector[row] = isotonic_regression(vector[row], weights=seen[row] + 1.0).x
    if not fits_prior:
        vector[-1] = start[-1]
    return cells.rebuilt(vector)


def newton(
    matrix: csr_array, is_right: Bools | Floats, start: Floats, ridge: float | Floats, offset: Floats | None = None
) -> Floats:
    """Fit a logistic regression by Newton's method, pulled towards where it starts; cells that no pair has stay.

    Args:
        matrix: Pair x cell.
        is_right: 1 or True where the pair is right.
        start: One number per cell.
        ridge: Half of it times the squared distance from the start is added to the loss; one for all cells, or one each.
        offset: Log-odds that each pair has beside its cells.
    """
    used = np.unique(matrix.indices)
    rows = matrix[:, used]
    base = np.zeros(matrix.shape[0]) if offset is None else offset
    told = is_right.astype(np.float64)
    first = start[used]
    pull = np.broadcast_to(ridge, start.shape)[used]

    def loss(point: Floats) -> float:
        total = base + rows @ point
        return float((np.logaddexp(0, total) - told * total).sum() + (pull / 2 * (point - first) ** 2).sum())

    point, least = first, loss(first)
    for _ in range(_MOST_STEPS):
        said = 1 / (1 + np.exp(-(base + rows @ point)))
        slope = rows.T @ (told - said) - pull * (point - first)
        spread = rows.multiply((said * (1 - said))[:, None]).tocsr()
        step = np.linalg.solve((rows.T @ spread).toarray() + np.diag(pull), slope)
        while (now := loss(point + step)) > least + 1e-9 and np.abs(step).max() > 1e-9:
            step = step / 2
        if now > least:
            break
        point, gained, least = point + step, least - now, now
        if gained < 1e-7 * max(least, 1.0):
            break
    fitted = start.copy()
    fitted[used] = point
    return fitted


def _fit_rival(before: Grid, fields: Floats, ahead: Floats, sample: PairSample, strength: float) -> Grid:
    """Fit what the best other company says: the farther it is behind, the better."""
    shape = np.shape(before.points)
    matrix = _matrix(sheet_hats(before, ahead, fields), len(fields), int(np.prod(shape)))
    points = newton(matrix, sample.is_right, np.ravel(before.points), strength * _ONE_PAIR, fields)
    seen = np.asarray(matrix.sum(axis=0))
    rows = zip(points.reshape(shape), seen.reshape(shape), strict=True)
    told = np.round([isotonic_regression(row, weights=count + 1.0).x for row, count in rows], _DECIMALS) + 0.0
    return before.model_copy(update={"points": tuple(map(tuple, told.tolist()))})


def _fit_calibration(before: Curve, total: Floats, sample: PairSample, strength: float) -> Curve:
    """Fit the curve to the likeliest account of each record: it is what people are told the probability of."""
    best = sample.likeliest(total)
    start = np.array([points for _, points in before])
    matrix = _matrix(hats([at for at, _ in before], total[best]), len(best), len(before))
    points = newton(matrix, sample.is_right[best], start, strength * _ONE_PAIR)
    told = np.round(isotonic_regression(points).x, _DECIMALS) + 0.0
    return tuple((at, each) for (at, _), each in zip(before, told.tolist(), strict=True))


def _matrix(entries: Iterable[tuple[Rows, Floats]], height: int, width: int) -> csr_array:
    """Write knots and how near each value is to them as a matrix, value x knot."""
    columns, shares = zip(*entries, strict=True)
    rows = np.tile(np.arange(height), len(columns))
    matrix = csr_array((np.concatenate(shares), (rows, np.concatenate(columns))), shape=(height, width))
    matrix.eliminate_zeros()
    return matrix
