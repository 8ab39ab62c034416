"""Fit weights to a book without labels: expectation and maximisation over the same cells, begun at the weights before.

Names, which labels alone can teach, and the curves keep what they were. A field moves by what the likely pairs of this book
show more often than the unlikely ones, and never far.

Source: W. E. Winkler, *Using the EM Algorithm for Weight Computation in the Fellegi-Sunter Model*, 1988.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rightful.plan.matching_weights import MatchingWeights
from rightful.runs.matches.cells import Cells
from rightful.runs.matches.pairs import PairSample, scores
from rightful.stages.matching.evidence import Evidence, Finding
from rightful.stages.matching.weighing import CONTEXT

__all__ = ["fit_without_labels"]

_STEPS = 5
# Pairs that the weights before count for, and the most that a weight moves.
_PAIRS_BEFORE = 50.0
_FARTHEST = 1.0
_FIELDS = tuple(field for field in Evidence if field not in {Evidence.NAME, Evidence.RIVAL})

Floats = npt.NDArray[np.float64]


def fit_without_labels(sample: PairSample, before: MatchingWeights) -> MatchingWeights:
    """Fit weights to pairs of which nobody said which are right."""
    cells, weights = Cells(before), before
    start = cells.vector()
    for _ in range(_STEPS):
        probability = _shared(sample, scores(sample, weights)[1])
        vector = start.copy()
        for field in _FIELDS:
            found = sample.readings.findings[field].astype(np.int64)
            context = sample.readings.findings[CONTEXT[field]] if field in CONTEXT else np.zeros(len(found), np.int8)
            for each in np.unique(context[found != Finding.UNKNOWN]):
                inside = (context == each) & (found != Finding.UNKNOWN)
                at = cells.at(field, int(each))
                vector[at] = _moved(start[at], found[inside], probability[inside])
        weights = cells.rebuilt(vector)
    return weights


def _shared(sample: PairSample, probability: Floats) -> Floats:
    """Let the candidates of a record share one at most."""
    total = np.bincount(sample.pairs.person, weights=probability)
    return probability / np.maximum(total[sample.pairs.person], 1.0)


def _moved(before: Floats, found: npt.NDArray[np.int64], probability: Floats) -> Floats:
    """Give the log-odds of findings by how often likely and unlikely pairs have them; those that none has stay."""
    right = np.bincount(found, weights=probability, minlength=len(before))
    wrong = np.bincount(found, weights=1 - probability, minlength=len(before))
    seen = right + wrong > 0
    of_wrong = np.where(seen, wrong + 1.0, 0.0) / (wrong + 1.0)[seen].sum()
    expected = of_wrong * np.exp(before)
    of_right = (right + _PAIRS_BEFORE * expected / expected.sum()) / (right.sum() + _PAIRS_BEFORE)
    log_odds = np.log(np.where(seen, of_right, 1.0)) - np.log(np.where(seen, of_wrong, 1.0))
    # The logistic scale of the weights before: only the differences between findings are learned.
    log_odds += np.average(before[seen] - log_odds[seen], weights=(right + wrong)[seen])
    return np.where(seen, np.clip(log_odds, before - _FARTHEST, before + _FARTHEST), before)
