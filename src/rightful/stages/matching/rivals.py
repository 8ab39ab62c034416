"""What compared pairs of one person say about each other: the name they fit best under, and whether another company fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.compare import Compared
from rightful.stages.matching.evidence import Evidence, Finding
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.parties import Field
from rightful.stages.matching.weighing import Weighing

__all__ = ["best_rivals", "under_best_names", "weigh_rivals"]

Bools = npt.NDArray[np.bool_]

# What a weight of no sign, of plus and of minus (the last entry) says.
_OF_SIGN = np.array([Finding.UNKNOWN, Finding.UNRIVALLED, Finding.RIVALLED], np.int8)
# Less than this is not worth a word.
_LEAST_WEIGHT = 0.05


def under_best_names(pairs: Pairs, compared: Compared) -> tuple[Pairs, Compared]:
    """Keep each pair of person and account once: under the names that fit best."""
    is_same = (pairs.person[1:] == pairs.person[:-1]) & (pairs.account[1:] == pairs.account[:-1])
    if not is_same.any():
        return pairs, compared
    is_first = np.append(True, ~is_same)
    order = np.lexsort((-compared.score, is_first.cumsum()))
    kept = order[is_first]
    return pairs.take(kept), compared.take(kept)


def weigh_rivals(index: CandidateIndex, pairs: Pairs, compared: Compared, weighing: Weighing) -> Compared:
    """Add what the best other company says: it fits about as well, or not nearly; only then points become a probability."""
    ahead = compared.score - best_rivals(index, pairs, compared.score)
    weight = np.round(weighing.rival.read(ahead, compared.score), 6)
    weight *= np.abs(weight) > _LEAST_WEIGHT
    found = _OF_SIGN[np.sign(weight).astype(np.int8)]
    score = np.round(compared.score + weight, 6)
    return replace(
        compared,
        readings=replace(compared.readings, findings={**compared.findings, Evidence.RIVAL: found}),
        weights={**compared.weights, Evidence.RIVAL: weight},
        score=score,
        probability=weighing.probability(score),
    )


def best_rivals(index: CandidateIndex, pairs: Pairs, score: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give for each pair the best score among the other companies of its person; minus infinity where there is none.

    An account with the same domain, or with the same name and no other domain, is no other company.
    """
    if not len(score):
        return score
    order = np.lexsort((-score, pairs.person))
    persons = pairs.person[order]
    starts = np.flatnonzero(np.append(True, persons[1:] != persons[:-1]))
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
    ordered, best = score[order], starts[group]
    is_one_company = _is_one_company(index, pairs.account_row[order], pairs.account_row[order][best])
    next_company = np.maximum.reduceat(np.where(is_one_company, -np.inf, ordered), starts)
    rival = np.empty(len(order))
    rival[order] = np.where(is_one_company, next_company[group], ordered[best])
    return rival


def _is_one_company(index: CandidateIndex, one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> Bools:
    domains, names = index.accounts.fields[:, Field.DOMAIN], index.accounts.fields[:, Field.NAME]
    has_domains = (domains[one] != 0) & (domains[other] != 0)
    same_domain = has_domains & (domains[one] == domains[other])
    same_name = (names[one] == names[other]) & (names[one] != 0)
    return same_domain | (same_name & ~has_domains) | (one == other)
