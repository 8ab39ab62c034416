"""Decide which candidate is the account: filters, thresholds, domain-only policy, tie-breakers, in that order.

Works on arrays of compared pairs, ordered by person: for one lead and for all of them alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.plan.matching import DomainOnly, MatchingSection, TieBreaker
from rightful.stages.matching.compare import Compared
from rightful.stages.matching.evidence import Evidence, Finding
from rightful.stages.matching.facts import AccountFacts
from rightful.stages.matching.index import Pairs

__all__ = ["POLICIES", "Decided", "decide"]

# Reasons beside the plan's own filters, as negative numbers next to their positions.
_NEVER = -2
_OTHER_COUNTRY = -3
_DOMAIN_ONLY = -4
POLICIES = {_NEVER: "never_match", _OTHER_COUNTRY: "same_country", _DOMAIN_ONLY: "domain_only"}

_TELLING = (Evidence.NAME, Evidence.PHONE, Evidence.STREET, Evidence.POSTAL_CODE)


@dataclass(frozen=True, slots=True)
class _Groups:
    """The pairs of each person, who are neighbours: where each person's begin, and whose each pair is."""

    starts: npt.NDArray[np.int64]
    of_pair: npt.NDArray[np.int64]

    @classmethod
    def of(cls, person: npt.NDArray[np.int32]) -> _Groups:
        is_first = np.ones(len(person), bool)
        np.not_equal(person[1:], person[:-1], out=is_first[1:])
        return cls(is_first.nonzero()[0], is_first.cumsum() - 1)

    def spread(self, reduce: np.ufunc, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give each pair what the values of its person come to."""
        return reduce.reduceat(values, self.starts)[self.of_pair] if len(values) else values


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about pairs, one entry per pair; ``order`` sorts pairs by person, best first.

    Attributes:
        barred: Why a pair cannot be a match: position of the account's failed filter, or a number of ``POLICIES``; -1 when
            nothing bars it.
        is_match: True for the one pair per person that is the match, if any.
        order: Pairs ordered by person, then match first, then as likely matches go.
        rank: Per pair: its place within its person, from 1.
        tied: Per pair: how many matches of its person were equally likely.
        decided_by: Per pair that is the match: position in the plan's tie-breakers of the one that set it before the next;
            -1 when none was needed, -2 when evidence or, last, the account id did.
    """

    barred: npt.NDArray[np.int32]
    is_match: npt.NDArray[np.bool_]
    order: npt.NDArray[np.int64]
    rank: npt.NDArray[np.int64]
    tied: npt.NDArray[np.int64]
    decided_by: npt.NDArray[np.int32]


def decide(
    pairs: Pairs,
    compared: Compared,
    facts: AccountFacts,
    section: MatchingSection,
    is_never: npt.NDArray[np.bool_],
) -> Decided:
    """Decide about pairs that are ordered by person and account id; that order stays where nothing else decides."""
    groups = _Groups.of(pairs.person)
    barred = _barred(pairs, compared, facts, section, is_never)
    is_strong = (compared.probability >= section.strong) & (barred == -1)
    is_domain_only = _rests_on_domain(compared)
    if section.domain_only is DomainOnly.OFF:
        barred = np.where(is_strong & is_domain_only, _DOMAIN_ONLY, barred)
        is_strong &= ~is_domain_only
    elif section.domain_only is DomainOnly.ALWAYS:
        is_strong |= (compared.findings[Evidence.DOMAIN] == Finding.EQUAL) & (barred == -1)
    else:
        is_strong &= ~is_domain_only | ~groups.spread(np.logical_or, is_strong & ~is_domain_only)
    best = groups.spread(np.maximum, np.where(is_strong, compared.score, -np.inf))
    is_tied = is_strong & (compared.score >= best - section.tie_margin)
    tied = groups.spread(np.add, is_tied.astype(np.int64))
    # Where nobody has two to choose from, there is no tie to break.
    breakers = section.tie_breakers if tied.max(initial=0) > 1 else ()
    preferences = [_preference(breaker, pairs, compared, facts) for breaker in breakers]
    keys = [np.where(is_tied, values, -np.inf) for values in preferences]
    order = np.lexsort(
        (
            -compared.score,
            *(-values for values in reversed(keys)),
            barred != -1,
            ~is_strong,
            ~is_tied,
            pairs.person,
        )
    )
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(1, len(order) + 1) - groups.starts[groups.of_pair]
    is_match = is_tied & (rank == 1)
    return Decided(barred, is_match, order, rank, tied, _decided_by(is_match & (tied > 1), order, keys))


def _barred(
    pairs: Pairs,
    compared: Compared,
    facts: AccountFacts,
    section: MatchingSection,
    is_never: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int32]:
    barred = facts.failed[pairs.account]
    if section.same_country:
        differs = compared.findings[Evidence.COUNTRY] == Finding.DIFFERS
        barred = np.where((barred == -1) & differs, _OTHER_COUNTRY, barred)
    return np.where(is_never, _NEVER, barred).astype(np.int32)


def _rests_on_domain(compared: Compared) -> npt.NDArray[np.bool_]:
    """Tell where the domain is equal and no other field that tells companies apart speaks for the account."""
    rests = compared.findings[Evidence.DOMAIN] == Finding.EQUAL
    for field in _TELLING:
        rests &= compared.weights[field] <= 0
    return rests


def _preference(breaker: TieBreaker, pairs: Pairs, compared: Compared, facts: AccountFacts) -> npt.NDArray[np.float64]:
    if breaker is TieBreaker.SAME_COUNTRY:
        return (compared.findings[Evidence.COUNTRY] == Finding.EQUAL).astype(np.float64)
    return facts.preference[breaker][pairs.account]


def _decided_by(
    matches: npt.NDArray[np.bool_], order: npt.NDArray[np.int64], keys: list[npt.NDArray[np.float64]]
) -> npt.NDArray[np.int32]:
    """Give ``Decided.decided_by``, which concerns matches of persons with several."""
    decided_by = np.full(len(order), -1, np.int32)
    for place in matches[order].nonzero()[0]:
        match, after = order[place], order[place + 1]
        decided_by[match] = next((n for n, key in enumerate(keys) if key[match] != key[after]), -2)
    return decided_by
