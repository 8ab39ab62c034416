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

__all__ = ["CANDIDATE_SCHEMA", "MATCH_SCHEMA", "Asked", "Matches", "linked_rows", "outcome_of"]

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
    return pa.Table.from_arrays(
        [
            pa.array(record_ids, pa.string()),
            pa.array([link.account_id for link in linked], pa.string()),
            pa.array([1.0] * len(linked), pa.float64()),
            pa.array([link.method for link in linked], pa.string()),
            pa.array([link.reason for link in linked], pa.string()),
        ],
        schema=MATCH_SCHEMA,
    )


def outcome_of(asked: Asked, index: CandidateIndex, facts: AccountFacts, section: MatchingSection) -> Matches:
    """Write the matches of records that evidence decides, and their candidates."""
    at = _worth_showing(asked, section)
    columns = _columns(asked, index, facts, at)
    persons = asked.pairs.person[at]
    ends = np.searchsorted(persons, np.arange(len(asked.record_ids) + 1)).tolist()
    shown = [_Shown(*values) for values in zip(*columns, strict=True)]
    rows = [
        _match_row(record_id, lost, shown[start:end], section)
        for record_id, lost, start, end in zip(asked.record_ids, asked.lost, ends[:-1], ends[1:], strict=True)
    ]
    matches = pa.Table.from_arrays(
        [
            pa.array(values, kind)
            for values, kind in zip(zip(*rows, strict=True) if rows else [[]] * 5, MATCH_SCHEMA.types, strict=True)
        ],
        schema=MATCH_SCHEMA,
    )
    return Matches(matches, _candidates(asked, at, columns))


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


def _candidates(asked: Asked, at: npt.NDArray[np.int64], columns: tuple[list[Any], ...]) -> pa.Table:
    account_ids, ranks, probabilities, are_matches, evidence, filtered_by, _, _ = columns
    record_ids = [asked.record_ids[person] for person in asked.pairs.person[at].tolist()]
    values = (
        [asked.object_name] * len(at),
        record_ids,
        account_ids,
        ranks,
        asked.compared.score[at].tolist(),
        probabilities,
        are_matches,
        evidence,
        filtered_by,
    )
    arrays = [pa.array(column, kind) for column, kind in zip(values, CANDIDATE_SCHEMA.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=CANDIDATE_SCHEMA)


def _match_row(
    record_id: str, lost: str, shown: Sequence[_Shown], section: MatchingSection
) -> tuple[str, str | None, float | None, str, str]:
    if not shown:
        return record_id, None, None, "none", lost + _NOBODY
    best = shown[0]
    if best.is_match:
        return record_id, best.account_id, best.probability, "evidence", lost + _why_matched(shown, section)
    return record_id, None, best.probability, "none", lost + _why_not(shown, section)


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
