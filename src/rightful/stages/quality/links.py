"""Pairs of records that are, or may be, one: by a key, by evidence, by a person's decision; each pair once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from rightful.plan.duplicates import SameOrNot
from rightful.stages.linkage import Alike
from rightful.stages.linkage.pairs import Rows, coded, pairs_sharing, rows_of_crowds

__all__ = ["DECISION", "EVIDENCE", "Crowds", "Link", "Pair", "by_decision", "by_evidence", "by_keys", "strongest"]

DECISION, EVIDENCE = "decision", "evidence"
Pair = tuple[int, int]
Crowds = frozenset[int]


@dataclass(frozen=True, slots=True)
class Link:
    """Why two rows are, or may be, one record.

    Attributes:
        probability: 1 for keys and decisions that they are one; 0 for decisions that they are not.
        found_by: The key's fields, ``evidence``, or ``decision``.
        evidence: What speaks for it, in words.
    """

    probability: float
    found_by: str
    evidence: str

    @property
    def is_decided(self) -> bool:
        """Whether a person decided."""
        return self.found_by == DECISION


def by_keys(
    table: pa.Table, keys: Sequence[Sequence[str]], largest: int, since: int | None = None
) -> tuple[dict[Pair, Link], Crowds]:
    """Link rows that agree on all fields of a key, capitals aside, none of them null; of several keys the first counts.

    Args:
        table: Holds the columns that the keys name.
        keys: Candidate keys.
        largest: A key that more rows share links none of them.
        since: Where given, only pairs across it.

    Returns:
        The links, and the rows that share a key with too many.
    """
    links: dict[Pair, Link] = {}
    crowds: set[int] = set()
    for key in keys:
        parts = [_coded(table, name) for name in key]
        left, right = pairs_sharing([parts], largest, since)
        link = Link(1.0, " + ".join(key), f"agree on {', '.join(key)}")
        for pair in zip(left.tolist(), right.tolist(), strict=True):
            links.setdefault(pair, link)
        crowds.update(rows_of_crowds(parts, largest).tolist())
    return links, frozenset(crowds)


def _coded(table: pa.Table, name: str) -> Rows:
    return coded(pc.utf8_lower(pc.cast(table[name], pa.string())))


def by_evidence(alike: Alike) -> Iterator[tuple[Pair, Link]]:
    """Give the pairs that evidence finds."""
    pairs = zip(alike.left.tolist(), alike.right.tolist(), alike.probability.tolist(), alike.evidence, strict=True)
    for left, right, probability, evidence in pairs:
        yield (left, right), Link(round(probability, 6), EVIDENCE, evidence)


def by_decision(decisions: Iterable[SameOrNot], row_of: Mapping[str, int]) -> Iterator[tuple[Pair, Link]]:
    """Give the pairs that people decided and whose records are both in the book."""
    for each in decisions:
        one, other = row_of.get(str(each.record_id)), row_of.get(each.other_id)
        if one is not None and other is not None and each.is_same is not None:
            words = f"decided to be {'one' if each.is_same else 'two'}{f' by {each.by}' if each.by else ''}"
            yield (min(one, other), max(one, other)), Link(float(each.is_same), DECISION, words)


def strongest(*groups: Iterable[tuple[Pair, Link]]) -> dict[Pair, Link]:
    """Bring links together: those that come first decide, and keep the evidence that a later one adds."""
    links: dict[Pair, Link] = {}
    for group in groups:
        for pair, link in group:
            known = links.setdefault(pair, link)
            if known is not link and not known.is_decided:
                links[pair] = Link(known.probability, known.found_by, f"{known.evidence}; {link.evidence}")
    return dict(sorted(links.items()))
