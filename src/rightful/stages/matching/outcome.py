"""Write what was decided as tables: one row per person, and the candidates that people may want to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.plan.matching import MatchingSection
from rightful.stages.matching.compare import Compared
from rightful.stages.matching.decide import POLICIES, Decided
from rightful.stages.matching.explain import evidence_texts
from rightful.stages.matching.facts import AccountFacts
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.links import Linked
from rightful.stages.matching.parties import Parties

__all__ = [
    "CANDIDATE_SCHEMA",
    "MATCH_SCHEMA",
    "NOBODY_SHOWN",
    "Asked",
    "Matches",
    "Told",
    "likeliest",
    "linked_rows",
    "outcome_of",
    "tell",
]

MATCH_SCHEMA = pa.schema(
    {
        "record_id": pa.string(),
        "matched_account_id": pa.string(),
        "match_probability": pa.float64(),
        "match_method": pa.string(),
        "match_reason": pa.string(),
    }
)
CANDIDATE_SCHEMA = pa.schema(
    {
        "object": pa.string(),
        "record_id": pa.string(),
        "account_id": pa.string(),
        "rank": pa.int64(),
        "score": pa.float64(),
        "probability": pa.float64(),
        "is_match": pa.bool_(),
        "evidence": pa.string(),
        "filtered_by": pa.string(),
    }
)

# Candidates less likely than this are of no interest to anybody, unless they are the best there is.
_LEAST_PROBABILITY = 0.01

_NOBODY = "No account shares its domain, name, phone or place."


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches of leads or contacts.

    Attributes:
        matches: ``MATCH_SCHEMA``, one row per record.
        candidates: ``CANDIDATE_SCHEMA``, the likeliest few per record, by record in the order given and by rank. Records
            that a link decides have none.
    """

    matches: pa.Table
    candidates: pa.Table


@dataclass(frozen=True, slots=True)
class Told:
    """Decisions in words.

    Attributes:
        reasons: Per record: why.
        candidates: The columns of ``CANDIDATE_SCHEMA``.
    """

    reasons: Sequence[str]
    candidates: tuple[Sequence[Any], ...]


NOBODY_SHOWN: tuple[Sequence[Any], ...] = ((),) * len(CANDIDATE_SCHEMA)
"""The candidates of records that a link decides."""


@dataclass(frozen=True, slots=True)
class Asked:
    """People asked about, with what was found and decided; ``lost`` says of each which link leads nowhere, if any."""

    object_name: str
    record_ids: Sequence[str]
    lost: Sequence[str]
    people: Parties
    pairs: Pairs
    compared: Compared
    decided: Decided


@dataclass(frozen=True, slots=True)
class _Shown:
    """One candidate to be shown."""

    account_id: str
    rank: int
    probability: float
    is_match: bool
    evidence: str
    filtered_by: str | None
    tied: int
    decided_by: int


def linked_rows(record_ids: Sequence[str], linked: Sequence[Linked]) -> pa.Table:
    """Write the matches of records that a link decides; a link is certain."""
    columns = (
        record_ids,
        [link.account_id for link in linked],
        [1.0] * len(linked),
        [link.method for link in linked],
        [link.reason for link in linked],
    )
    return _table(columns, MATCH_SCHEMA)


def likeliest(asked: Asked, index: CandidateIndex) -> tuple[list[str | None], list[float | None]]:
    """Give for each record the account that it is matched with, and the probability of that or the likeliest account."""
    first = asked.decided.order[asked.decided.rank[asked.decided.order] == 1]
    account_ids: list[str | None] = [None] * len(asked.record_ids)
    probabilities: list[float | None] = [None] * len(asked.record_ids)
    found = zip(
        asked.pairs.person[first].tolist(),
        index.account_ids.at(asked.pairs.account[first]),
        asked.compared.probability[first].tolist(),
        asked.decided.is_match[first].tolist(),
        strict=True,
    )
    for person, account_id, probability, is_match in found:
        account_ids[person] = account_id if is_match else None
        probabilities[person] = probability
    return account_ids, probabilities


def tell(asked: Asked, index: CandidateIndex, facts: AccountFacts, section: MatchingSection) -> Told:
    """Write why records were decided as they were, and their candidates."""
    at = _worth_showing(asked, section)
    columns = _columns(asked, index, facts, at)
    ends = asked.pairs.person[at].searchsorted(np.arange(len(asked.record_ids) + 1)).tolist()
    shown = [_Shown(*values) for values in zip(*columns, strict=True)]
    reasons = [
        lost + _why(shown[start:end], section) for lost, start, end in zip(asked.lost, ends[:-1], ends[1:], strict=True)
    ]
    return Told(reasons, _candidates(asked, at, columns))


def outcome_of(asked: Asked, index: CandidateIndex, facts: AccountFacts, section: MatchingSection) -> Matches:
    """Write the matches of records that evidence decides, and their candidates."""
    account_ids, probabilities = likeliest(asked, index)
    told = tell(asked, index, facts, section)
    methods = ["none" if account_id is None else "evidence" for account_id in account_ids]
    return Matches(
        _table((asked.record_ids, account_ids, probabilities, methods, told.reasons), MATCH_SCHEMA),
        _table(told.candidates, CANDIDATE_SCHEMA),
    )


def _table(columns: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _worth_showing(asked: Asked, section: MatchingSection) -> npt.NDArray[np.int64]:
    """Give the positions of pairs to be shown, by person and rank."""
    decided = asked.decided
    is_likely = (asked.compared.probability >= _LEAST_PROBABILITY) | (decided.rank == 1)
    return decided.order[(is_likely & (decided.rank <= section.candidates))[decided.order]]


def _columns(
    asked: Asked, index: CandidateIndex, facts: AccountFacts, at: npt.NDArray[np.int64]
) -> tuple[list[Any], ...]:
    """Give the fields of ``_Shown`` as columns."""
    decided = asked.decided
    names = {**POLICIES, **dict(enumerate(facts.filters))}
    return (
        index.account_ids.at(asked.pairs.account[at]),
        decided.rank[at].tolist(),
        asked.compared.probability[at].tolist(),
        decided.is_match[at].tolist(),
        evidence_texts(asked.people, index, asked.pairs, asked.compared, at),
        [names.get(number) for number in decided.barred[at].tolist()],
        decided.tied[at].tolist(),
        decided.decided_by[at].tolist(),
    )


def _candidates(asked: Asked, at: npt.NDArray[np.int64], columns: tuple[list[Any], ...]) -> tuple[Sequence[Any], ...]:
    account_ids, ranks, probabilities, are_matches, evidence, filtered_by, _, _ = columns
    return (
        [asked.object_name] * len(at),
        [asked.record_ids[person] for person in asked.pairs.person[at].tolist()],
        account_ids,
        ranks,
        asked.compared.score[at].tolist(),
        probabilities,
        are_matches,
        evidence,
        filtered_by,
    )


def _why(shown: Sequence[_Shown], section: MatchingSection) -> str:
    if not shown:
        return _NOBODY
    return _why_matched(shown, section) if shown[0].is_match else _why_not(shown, section)


def _why_matched(shown: Sequence[_Shown], section: MatchingSection) -> str:
    best, others = shown[0], shown[1:]
    words = f"{best.evidence}."
    if best.decided_by >= 0:
        words += f" Of {best.tied} equally likely accounts, {section.tie_breakers[best.decided_by].value} decided."
    elif best.tied > 1:
        words += f" Of {best.tied} equally likely accounts, the better evidence decided."
    if others:
        words += f" Next: {', '.join(_named(other) for other in others)}."
    return words


def _why_not(shown: Sequence[_Shown], section: MatchingSection) -> str:
    best = shown[0]
    if best.filtered_by:
        return f"{_named(best)} is no match: {best.evidence}."
    if best.probability >= section.weak:
        return (
            f"Review: {_named(best)} is likely, but below {section.strong:g}, from which on it would be a match:"
            f" {best.evidence}."
        )
    return f"The likeliest account {_named(best)} is too unlikely: {best.evidence}."


def _named(shown: _Shown) -> str:
    barred = f", ruled out by {shown.filtered_by}" if shown.filtered_by else ""
    return f"{shown.account_id} ({shown.probability:.2f}{barred})"
