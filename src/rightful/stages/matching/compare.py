"""Compare people with candidate accounts: a finding and its weight per field, the sum of weights, a probability.

One function for a pair and for millions: it works on arrays of pairs, and the desk gives it the handful of one lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

from rightful.stages.matching.hashing import START_BYTES, Hashes, Shapes, taken
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.names import Names
from rightful.stages.matching.parties import Domains, Parties
from rightful.stages.matching.similarity import Likeness, compare_names
from rightful.stages.matching.weights import (
    CROWD_SHARE,
    NAME_CURVE,
    PRIOR,
    RARITY_CURVE,
    WEIGHTS,
    Evidence,
    Finding,
)

__all__ = ["Compared", "compare"]

Floats = npt.NDArray[np.float64]
Findings = npt.NDArray[np.int8]

# Labels of domains this alike count as misspelt; ones shorter than what `Shapes` shows are too easily alike by chance.
_LABEL_CUTOFF = 0.84
_SHORTEST_LABEL = START_BYTES


@dataclass(frozen=True, slots=True)
class _Side:
    """Texts of one side of pairs: pair n has the text at row ``rows[n]``."""

    texts: pa.LargeStringArray
    shapes: Shapes
    rows: npt.NDArray[np.int32]

    def texts_at(self, pairs: npt.NDArray[np.int64]) -> list[str]:
        """Give the texts of some of the pairs."""
        return taken(self.texts, self.rows[pairs])


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs compared, one entry per pair.

    Attributes:
        findings: Per field: what was found (``Finding`` numbers).
        weights: Per field: its log-odds.
        domain_used: Which of the person's domains spoke (position in ``Parties.domains``).
        likeness: How alike the names are, 0 to 1.
        score: Sum of the prior and all weights, in natural log-odds.
    """

    findings: Mapping[Evidence, Findings]
    weights: Mapping[Evidence, Floats]
    domain_used: Findings
    likeness: Floats
    score: Floats

    @property
    def probability(self) -> Floats:
        """The score as a probability."""
        return 1.0 / (1.0 + np.exp(-np.clip(self.score, -30, 30)))

    def take(self, at: npt.NDArray[np.int64]) -> Compared:
        """Give the pairs at some positions."""
        return Compared(
            {field: found[at] for field, found in self.findings.items()},
            {field: weight[at] for field, weight in self.weights.items()},
            self.domain_used[at],
            self.likeness[at],
            self.score[at],
        )


def compare(people: Parties, index: CandidateIndex, pairs: Pairs, emphasis: Mapping[str, float]) -> Compared:
    """Compare pairs; ``emphasis`` multiplies the weights of fields (1 where it says nothing)."""
    likeness = compare_names(people.names, index, pairs)
    alike = likeness.overall
    domain, domain_used = _domain(people, index, pairs)
    findings = {
        Evidence.DOMAIN: domain,
        Evidence.NAME: _name(people, index, pairs),
        Evidence.PHONE: _phone(people, index.accounts, pairs),
        **_place(people, index.accounts, pairs),
    }
    weights = {field: _weigh(field, found) for field, found in findings.items()}
    weights[Evidence.NAME] = _name_weight(findings[Evidence.NAME], alike, likeness, index, pairs)
    crowd = np.log(index.domain_sharers[pairs.account_row])
    weights[Evidence.DOMAIN] -= np.where(findings[Evidence.DOMAIN] == Finding.EQUAL, CROWD_SHARE * crowd, 0.0)
    weights = {field: weight * emphasis.get(field, 1.0) for field, weight in weights.items()}
    score = np.round(PRIOR + np.sum(list(weights.values()), axis=0), 6)
    return Compared(findings, weights, domain_used, alike, score)


def _weigh(field: Evidence, found: Findings) -> Floats:
    table = np.zeros(len(Finding))
    for finding, weight in WEIGHTS[field].items():
        table[finding] = weight
    return table[found]


def _equality(mine: Hashes, theirs: Hashes) -> Findings:
    found = np.where(mine == theirs, Finding.EQUAL, Finding.DIFFERS)
    return np.where((mine == 0) | (theirs == 0), Finding.UNKNOWN, found).astype(np.int8)


def _raise(found: Findings, where: npt.NDArray[np.bool_], finding: Finding, over: tuple[Finding, ...]) -> None:
    """Enter a finding where it holds and nothing better was found."""
    found[where & np.logical_or.reduce([found == each for each in over])] = finding


def _domain(people: Parties, index: CandidateIndex, pairs: Pairs) -> tuple[Findings, Findings]:
    """Let the better of web address and business e-mail speak; a difference only where neither says more."""
    theirs = index.accounts.domains[0]
    worth = np.array([WEIGHTS[Evidence.DOMAIN].get(Finding(number), 0.0) for number in range(len(Finding))])
    worth[Finding.UNKNOWN] = -np.inf
    best = _one_domain(people.domains[0], theirs, index, pairs)
    used = np.zeros(len(best), np.int8)
    for number, domains in enumerate(people.domains[1:], start=1):
        if not domains.hash.any():
            continue
        other = _one_domain(domains, theirs, index, pairs)
        better = worth[other] > worth[best]
        best, used = np.where(better, other, best), np.where(better, np.int8(number), used)
    return best, used


def _one_domain(mine: Domains, theirs: Domains, index: CandidateIndex, pairs: Pairs) -> Findings:
    person, account = pairs.person_row, pairs.account_row
    found = _equality(mine.hash[person], theirs.hash[account])
    loose = (Finding.UNKNOWN, Finding.DIFFERS)
    my_label, their_label = mine.label_hash[person], theirs.label_hash[account]
    has_mine = my_label != 0
    _raise(found, has_mine & (my_label == their_label), Finding.LABEL_EQUAL, loose)
    names = index.accounts.names
    spells = has_mine & ((my_label == names.compact_hash[account]) | (my_label == names.written_hash[account]))
    _raise(found, spells, Finding.SPELLS_NAME, loose)
    open_pairs = np.flatnonzero(has_mine & ((found == Finding.UNKNOWN) | (found == Finding.DIFFERS)))
    if len(open_pairs):
        found[open_pairs] = _loose_domain(mine, theirs, names, pairs, open_pairs)
    return found


def _loose_domain(mine: Domains, theirs: Domains, names: Names, pairs: Pairs, at: npt.NDArray[np.int64]) -> Findings:
    """Compare labels that are not equal: with the other label, and with the account's name."""
    person, account = pairs.person_row[at], pairs.account_row[at]
    label = _Side(mine.label, mine.label_shape, person)
    name = _Side(names.compact, names.compact_shape, account)
    found = np.where(theirs.label_hash[account] != 0, Finding.DIFFERS, Finding.UNKNOWN)
    found[_begins(label, name)] = Finding.BEGINS_NAME
    found[_near(label, name)] = Finding.SPELLS_NAME
    found[_near(label, _Side(theirs.label, theirs.label_shape, account))] = Finding.LABEL_NEAR
    return found.astype(np.int8)


def _begins(label: _Side, name: _Side) -> npt.NDArray[np.int64]:
    """Give the positions of pairs whose label, unless it is short, begins the name."""
    is_long = label.shapes.length[label.rows] >= _SHORTEST_LABEL
    at = np.flatnonzero(is_long & (label.shapes.start[label.rows] == name.shapes.start[name.rows]))
    begins = (name.startswith(label) for label, name in zip(label.texts_at(at), name.texts_at(at), strict=True))
    return at[np.fromiter(begins, bool, len(at))]


def _near(left: _Side, right: _Side) -> npt.NDArray[np.int64]:
    """Give the positions of pairs whose texts are the same but for a slip of the keyboard; short ones never are."""
    lengths, others = left.shapes.length[left.rows], right.shapes.length[right.rows]
    shorter, longer = np.minimum(lengths, others), np.maximum(lengths, others)
    # Every letter that one has more is a slip, so the lengths alone rule most pairs out.
    at = np.flatnonzero((shorter >= _SHORTEST_LABEL) & (longer - shorter <= (1 - _LABEL_CUTOFF) * longer + 1e-6))
    near = process.cpdist(
        left.texts_at(at),
        right.texts_at(at),
        scorer=OSA.normalized_similarity,
        score_cutoff=_LABEL_CUTOFF,
        dtype=np.float32,
    )
    return at[near > 0]


def _name(people: Parties, index: CandidateIndex, pairs: Pairs) -> Findings:
    mine, theirs = people.names, index.accounts.names
    person, account = pairs.person_row, pairs.account_row
    my_name, their_name = mine.compact_hash[person], theirs.compact_hash[account]
    known = (my_name != 0) & (their_name != 0)
    found = np.where(known, np.where(my_name == their_name, Finding.EQUAL, Finding.ALIKE), Finding.UNKNOWN).astype(
        np.int8
    )
    initials = (my_name == theirs.initials_hash[account]) | (mine.initials_hash[person] == their_name)
    _raise(found, known & initials, Finding.INITIALS, (Finding.ALIKE,))
    label = index.accounts.domains[0].label_hash[account]
    spells = (my_name == label) | (mine.written_hash[person] == label)
    _raise(found, known & spells, Finding.SPELLS_NAME, (Finding.ALIKE, Finding.INITIALS))
    return found


def _name_weight(found: Findings, alike: Floats, likeness: Likeness, index: CandidateIndex, pairs: Pairs) -> Floats:
    weight = _read_off(NAME_CURVE, alike)
    rarity = likeness.rarity / np.log(index.book_size + 1.0)
    added = _read_off(RARITY_CURVE, rarity)
    weight = weight + added * np.clip((alike - 0.7) / 0.2, 0.0, 1.0)
    weight -= np.where(found == Finding.EQUAL, CROWD_SHARE * np.log(index.name_sharers[pairs.account_row]), 0.0)
    for finding in (Finding.SPELLS_NAME, Finding.INITIALS):
        weight = np.where(found == finding, np.maximum(weight, WEIGHTS[Evidence.NAME][finding]), weight)
    return np.where(found == Finding.UNKNOWN, 0.0, weight)


def _read_off(curve: tuple[tuple[float, float], ...], values: Floats) -> Floats:
    return np.interp(values, [point for point, _ in curve], [weight for _, weight in curve])


def _phone(people: Parties, accounts: Parties, pairs: Pairs) -> Findings:
    found = _equality(people.phone[pairs.person_row], accounts.phone[pairs.account_row])
    same_block = people.phone_block[pairs.person_row] == accounts.phone_block[pairs.account_row]
    _raise(found, same_block, Finding.SAME_BLOCK, (Finding.DIFFERS,))
    return found


def _place(people: Parties, accounts: Parties, pairs: Pairs) -> dict[Evidence, Findings]:
    found = {
        field: _equality(getattr(people, field)[pairs.person_row], getattr(accounts, field)[pairs.account_row])
        for field in (Evidence.STREET, Evidence.POSTAL_CODE, Evidence.CITY, Evidence.STATE, Evidence.COUNTRY)
    }
    same_area = people.postal_area[pairs.person_row] == accounts.postal_area[pairs.account_row]
    _raise(found[Evidence.POSTAL_CODE], same_area, Finding.SAME_AREA, (Finding.DIFFERS,))
    return found
