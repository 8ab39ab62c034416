"""Pairs of records with their candidates, and which of them are right: what weights are fitted to and measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.plan.matching_weights import MatchingWeights
from rightful.stages.matching.compare import compare
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.parties import Parties
from rightful.stages.matching.rivals import best_rivals, under_best_names
from rightful.stages.matching.weighing import Readings, Weighing

__all__ = ["PairSample", "field_scores", "sample_of", "scores"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PairSample:
    """Pairs of records with their candidates, ordered by record, and which of them are right.

    Attributes:
        index: The accounts.
        pairs: The pairs; ``person`` numbers the records.
        readings: What was read off them.
        is_right: Whether the account is the record's.
        has_account: Per record: whether it belongs to an account at all, found or not.
    """

    index: CandidateIndex
    pairs: Pairs
    readings: Readings
    is_right: Bools
    has_account: Bools

    def part(self, kept: Bools) -> PairSample:
        """Give the pairs of some records; ``kept`` has an entry per record, and records keep their numbers."""
        at = np.flatnonzero(kept[self.pairs.person])
        return PairSample(
            self.index, self.pairs.take(at), self.readings.take(at), self.is_right[at], self.has_account & kept
        )

    def likeliest(self, score: Floats) -> npt.NDArray[np.int64]:
        """Give the position of the best pair of each record that has any; of equals the one whose account comes first."""
        order = np.lexsort((-score, self.pairs.person))
        person = self.pairs.person[order]
        best: npt.NDArray[np.int64] = order[np.append(True, person[1:] != person[:-1])[: len(order)]]
        return best


def sample_of(
    index: CandidateIndex, people: Parties, right: Sequence[frozenset[int]], weighing: Weighing
) -> PairSample:
    """Pair records with their candidates.

    Args:
        index: The accounts.
        people: The records.
        right: Per record: the accounts that are right, by their place in the index; none where it belongs to no account.
        weighing: Tells under which of its names a record fits best.
    """
    pairs = index.candidates(people)
    pairs, compared = under_best_names(pairs, compare(people, index, pairs, weighing))
    members = [(record, account) for record, accounts in enumerate(right) for account in accounts]
    wanted = np.array([record * len(index) + account for record, account in members], np.int64)
    is_right = np.isin(pairs.person.astype(np.int64) * len(index) + pairs.account, wanted)
    return PairSample(index, pairs, compared.readings, is_right, np.array([bool(each) for each in right], bool))


def scores(sample: PairSample, weights: MatchingWeights) -> tuple[Floats, Floats]:
    """Give score and probability of each pair under some weights."""
    weighing = Weighing.of(weights)
    fields = field_scores(sample, weighing)
    total = fields + weighing.rival.read(fields - best_rivals(sample.index, sample.pairs, fields), fields)
    return total, weighing.probability(total)


def field_scores(sample: PairSample, weighing: Weighing) -> Floats:
    """Give the score of each pair before its rivals are weighed."""
    total: Floats = np.round(weighing.prior + np.sum(list(weighing.weigh(sample.readings).values()), axis=0), 6)
    return total
