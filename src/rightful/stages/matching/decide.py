"""Decide which candidate is the account: filters, thresholds, domain-only policy, tie-breakers, in that order.

Works on arrays of compared pairs, ordered by person: for one lead and for all of them alike.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    barred = _barred(pairs, compared, facts, section, is_never)
    is_strong = (compared.probability >= section.strong) & (barred == -1)
    is_domain_only = _rests_on_domain(compared)
    if section.domain_only is DomainOnly.OFF:
        barred = np.where(is_strong & is_domain_only, _DOMAIN_ONLY, barred)
        is_strong &= ~is_domain_only
    elif section.domain_only is DomainOnly.ALWAYS:
        is_strong |= (compared.findings[Evidence.DOMAIN] == Finding.EQUAL) & (barred == -1)
    else:
        is_strong &= ~is_domain_only | ~_in_group(pairs.person, is_strong & ~is_domain_only)
    best = _best_in_group(pairs.person, np.where(is_strong, compared.score, -np.inf))
    is_tied = is_strong & (compared.score >= best - section.tie_margin)
    # Where nobody has two to choose from, there is no tie to break.
    breakers = section.tie_breakers if _has_ties(pairs.person, is_tied) else ()
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
    return _numbered(pairs.person, order, is_tied, keys, barred)


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
    others = np.max([compared.weights[field] for field in _TELLING], axis=0, initial=-np.inf)
    return (compared.findings[Evidence.DOMAIN] == Finding.EQUAL) & (others <= 0)


def _preference(breaker: TieBreaker, pairs: Pairs, compared: Compared, facts: AccountFacts) -> npt.NDArray[np.float64]:
    if breaker is TieBreaker.SAME_COUNTRY:
        return (compared.findings[Evidence.COUNTRY] == Finding.EQUAL).astype(np.float64)
    return facts.preference[breaker][pairs.account]


def _numbered(
    person: npt.NDArray[np.int32],
    order: npt.NDArray[np.int64],
    is_tied: npt.NDArray[np.bool_],
    keys: list[npt.NDArray[np.float64]],
    barred: npt.NDArray[np.int32],
) -> Decided:
    count = len(person)
    ordered = person[order]
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count) - np.searchsorted(ordered, ordered) + 1
    is_match = is_tied & (rank == 1)
    tied = np.bincount(person, weights=is_tied, minlength=int(person[-1]) + 1 if count else 0)[person].astype(np.int64)
    decided_by = np.full(count, -1, np.int32)
    following = np.full(count, -1, np.int64)
    following[order[:-1]] = order[1:]
    for match in np.flatnonzero(is_match & (tied > 1)):
        after = following[match]
        decided_by[match] = next((n for n, key in enumerate(keys) if key[match] != key[after]), -2)
    return Decided(barred, is_match, order, rank, tied, decided_by)


def _has_ties(person: npt.NDArray[np.int32], is_tied: npt.NDArray[np.bool_]) -> bool:
    tied = person[is_tied]
    return bool((tied[1:] == tied[:-1]).any())


def _in_group(person: npt.NDArray[np.int32], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell for each pair whether any pair of its person is marked."""
    if not len(person):
        return where
    return (np.bincount(person, weights=where) > 0)[person]


def _best_in_group(person: npt.NDArray[np.int32], values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if not len(person):
        return values
    starts = np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1])))
    return np.repeat(np.maximum.reduceat(values, starts), np.diff(np.append(starts, len(person))))
