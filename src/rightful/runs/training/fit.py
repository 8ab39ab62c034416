"""Fit additive log-odds to past records, and write them as a trained score that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from rightful.plan.trained_score import TrainedFeature, TrainedScore
from rightful.runs.training.bins import Cells, cells_of
from rightful.runs.training.records import Column, Floats, PastRecords

__all__ = ["AdditiveFit", "fit_additive", "fit_boosting", "predict", "trained_score_of"]

_STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_INTERVALS = (8, 16)
_VALIDATION_SHARE = 0.2
_DECIMALS = 4


@dataclass(frozen=True)
class AdditiveFit:
    """Log-odds by cell: an average record has ``base``, each column's cell adds to it or takes from it."""

    cells: tuple[Cells, ...]
    base: float
    contributions: tuple[Floats, ...]
    strength: float
    intervals: int


def fit_additive(records: PastRecords) -> AdditiveFit:
    """Fit a logistic regression on the cells of all columns.

    Penalty and number of intervals are those that foretell the newest fifth of these records best from the older ones; of
    equals the stronger penalty and the fewer intervals. Contributions are centred: the average over the records of what a
    column adds is nothing, so zero means *as likely as others*.
    """
    border = int(len(records) * (1 - _VALIDATION_SHARE))
    older, newer = records.part(0, border), records.part(border, len(records))
    losses = {
        (strength, intervals): _loss(_fitted(older, strength, intervals), newer)
        for strength in _STRENGTHS
        for intervals in _INTERVALS
    }
    return _fitted(records, *min(losses, key=lambda recipe: (losses[recipe], recipe)))


def predict(fit: AdditiveFit, records: PastRecords) -> Floats:
    """Give the probability of each record."""
    total = np.full(len(records), fit.base)
    for cells, contributions in zip(fit.cells, fit.contributions, strict=True):
        total += contributions[cells.codes(_column(records, cells.name))]
    probability: Floats = 1 / (1 + np.exp(-total))
    return probability


def fit_boosting(records: PastRecords, newer: PastRecords) -> Floats:
    """Give the probabilities that gradient-boosted trees say for newer records: what interactions would add."""
    cells = [cells_of(column) for column in records.columns]
    is_text = [not each.is_number for each in cells]
    # Loaded here: it takes as long as all the rest of a command, and no other command needs it.
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - as said

    trees = HistGradientBoostingClassifier(
        max_iter=100,
        learning_rate=0.1,
        max_leaf_nodes=15,
        min_samples_leaf=30,
        categorical_features=is_text,
        random_state=0,
    )
    trees.fit(_plain(records, cells), records.converted)
    said: Floats = trees.predict_proba(_plain(newer, cells))[:, 1]
    return said


def trained_score_of(fit: AdditiveFit, records: PastRecords, label: str, fields: Mapping[str, str]) -> TrainedScore:
    """Write a fit as a trained score.

    Args:
        fit: The fit.
        records: What it was fitted to.
        label: Column that said whether a record converted.
        fields: Fields of leads by column, where they differ.
    """
    features = tuple(
        _feature(
            cells, [round(float(each), _DECIMALS) + 0.0 for each in contributions], fields.get(cells.name, cells.name)
        )
        for cells, contributions in zip(fit.cells, fit.contributions, strict=True)
    )
    return TrainedScore(
        kind="rightful trained score",
        format=1,
        label=label,
        rows=len(records),
        conversions=int(records.converted.sum()),
        base=round(fit.base, _DECIMALS),
        features=features,
    )


def _feature(cells: Cells, added: list[float], field: str) -> TrainedFeature:
    if cells.is_number:
        return TrainedFeature(field=field, edges=cells.edges, bins=tuple(added[1:]), blank=added[0])
    return TrainedFeature(
        field=field, levels=dict(zip(cells.levels, added[2:], strict=True)), other=added[1], blank=added[0]
    )


def _fitted(records: PastRecords, strength: float, intervals: int) -> AdditiveFit:
    cells = tuple(cells_of(column, intervals) for column in records.columns)
    codes = [each.codes(column) for each, column in zip(cells, records.columns, strict=True)]
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200, tol=1e-6)
    model.fit(_indicators(cells, codes), records.converted)
    weights = np.split(model.coef_[0], np.cumsum([each.size for each in cells])[:-1])
    base, contributions = float(model.intercept_[0]), []
    for each, code, weight in zip(cells, codes, weights, strict=True):
        share = np.bincount(code, minlength=each.size) / len(records)
        mean = float(share @ weight)
        base += mean
        # What training never saw says nothing: it adds neither for nor against.
        contributions.append(np.where(share > 0, weight - mean, 0.0))
    return AdditiveFit(cells, base, tuple(contributions), strength, intervals)


def _indicators(cells: tuple[Cells, ...], codes: list[npt.NDArray[np.int64]]) -> csr_array:
    """Give a matrix with a one for each column's cell of each record; sparse, for nearly all of it is nothing."""
    starts = np.cumsum([0, *(each.size for each in cells)])
    places = np.column_stack(codes) + starts[:-1]
    rows = np.arange(len(places) + 1) * len(cells)
    return csr_array((np.ones(places.size), places.ravel(), rows), shape=(len(places), int(starts[-1])))


def _loss(fit: AdditiveFit, newer: PastRecords) -> float:
    said = predict(fit, newer)
    return float(-np.log(np.clip(np.where(newer.converted, said, 1 - said), 1e-15, 1)).mean())


def _plain(records: PastRecords, cells: list[Cells]) -> Floats:
    columns = [_column(records, each.name) for each in cells]
    return np.column_stack(
        [
            column.numbers if column.numbers is not None else each.codes(column).astype(float)
            for each, column in zip(cells, columns, strict=True)
        ]
    )


def _column(records: PastRecords, name: str) -> Column:
    return next(column for column in records.columns if column.name == name)
