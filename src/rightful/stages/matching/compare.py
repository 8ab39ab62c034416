"""Compare people with candidate accounts: a finding and its weight per field, the sum of weights, a probability.

One function for a pair and for millions: it works on arrays of pairs, and the desk gives it the handful of one lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from rightful.stages.matching.hashing import START_BYTES, Hashes, Shapes
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.parties import Domains, Field, Parties
from rightful.stages.matching.similarity import Likeness, compare_names
from rightful.stages.matching.texts import Texts
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
Bools = npt.NDArray[np.bool_]

# Labels of domains this alike count as misspelt; ones shorter than what `Shapes` shows are too easily alike by chance.
_LABEL_CUTOFF = 0.84
_SHORTEST_LABEL = START_BYTES


@dataclass(frozen=True, slots=True)
class _Side:
    """Texts of one side of pairs: pair n has the text at row ``rows[n]``."""

    texts: Texts
    shapes: Shapes
    rows: npt.NDArray[np.int32]

    def texts_at(self, pairs: npt.NDArray[np.int64]) -> list[str]:
        """Give the texts of some of the pairs."""
        return self.texts.at(self.rows[pairs])


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
    hashes = _Hashes(people.fields[pairs.person_row], index.accounts.fields[pairs.account_row])
    domain, domain_used = _domain(people, index, pairs, hashes)
    findings = {Evidence.DOMAIN: domain, Evidence.NAME: _name(hashes), **_plain(hashes)}
    weights = {field: _WORTH[field][found] for field, found in findings.items()}
    weights[Evidence.NAME] = _name_weight(findings[Evidence.NAME], alike, likeness, index, pairs)
    crowd = np.log(index.domain_sharers[pairs.account_row])
    weights[Evidence.DOMAIN] -= CROWD_SHARE * crowd * (findings[Evidence.DOMAIN] == Finding.EQUAL)
    weights = {field: weight * emphasis.get(field, 1.0) for field, weight in weights.items()}
    score = np.round(PRIOR + sum(weights.values()), 6)
    return Compared(findings, weights, domain_used, alike, score)


def _worth(field: Evidence) -> Floats:
    table = np.zeros(len(Finding))
    for finding, weight in WEIGHTS[field].items():
        table[finding] = weight
    return table


# What each finding of a field is worth; and how it ranks among those of other domains, the unknown last.
_WORTH = {field: _worth(field) for field in WEIGHTS}
_RANK = _WORTH[Evidence.DOMAIN].copy()
_RANK[Finding.UNKNOWN] = -np.inf

_PLAIN = {
    Evidence.PHONE: Field.PHONE,
    Evidence.STREET: Field.STREET,
    Evidence.POSTAL_CODE: Field.POSTAL_CODE,
    Evidence.CITY: Field.CITY,
    Evidence.STATE: Field.STATE,
    Evidence.COUNTRY: Field.COUNTRY,
}
# Of a field that differs: the part of it that may be equal.
_PARTS = (
    (Evidence.PHONE, Field.PHONE_BLOCK, Finding.SAME_BLOCK),
    (Evidence.POSTAL_CODE, Field.POSTAL_AREA, Finding.SAME_AREA),
)


@dataclass(frozen=True, slots=True)
class _Hashes:
    """Hashes of both sides, pair x field."""

    mine: Hashes
    theirs: Hashes

    def equal(self, mine: Field, theirs: Field) -> Bools:
        """Tell where a field of the person, which must be known, equals one of the account."""
        return (self.mine[:, mine] == self.theirs[:, theirs]) & (self.mine[:, mine] != 0)

    def found(self, mine: Any, theirs: Any) -> Findings:
        """Say of fields whether they are unknown, equal or different."""
        left, right = self.mine[:, mine], self.theirs[:, theirs]
        found = np.where(left == right, np.int8(Finding.EQUAL), np.int8(Finding.DIFFERS))
        return found * ((left != 0) & (right != 0))


def _plain(hashes: _Hashes) -> dict[Evidence, Findings]:
    columns = list(_PLAIN.values())
    found = dict(zip(_PLAIN, hashes.found(columns, columns).T, strict=True))
    for evidence, part, finding in _PARTS:
        found[evidence][(found[evidence] == Finding.DIFFERS) & hashes.equal(part, part)] = finding
    return found


def _domain(people: Parties, index: CandidateIndex, pairs: Pairs, hashes: _Hashes) -> tuple[Findings, Findings]:
    """Let the better of web address and business e-mail speak; a difference only where neither says more."""
    best = _one_domain(people.domains[0], index, pairs, hashes)
    used = np.zeros(len(best), np.int8)
    for number, domains in enumerate(people.domains[1:], start=1):
        if not hashes.mine[:, domains.hash_field].any():
            continue
        other = _one_domain(domains, index, pairs, hashes)
        better = _RANK[other] > _RANK[best]
        best, used = np.where(better, other, best), np.where(better, np.int8(number), used)
    return best, used


def _one_domain(mine: Domains, index: CandidateIndex, pairs: Pairs, hashes: _Hashes) -> Findings:
    found = hashes.found(mine.hash_field, Field.DOMAIN)
    is_open = (found != Finding.EQUAL) & (hashes.mine[:, mine.label_field] != 0)
    if not is_open.any():
        return found
    spells = hashes.equal(mine.label_field, Field.NAME) | hashes.equal(mine.label_field, Field.WRITTEN)
    has_label = hashes.equal(mine.label_field, Field.LABEL)
    found[is_open & spells] = Finding.SPELLS_NAME
    found[is_open & has_label] = Finding.LABEL_EQUAL
    open_pairs = (is_open & ~spells & ~has_label).nonzero()[0]
    if len(open_pairs):
        found[open_pairs] = _loose_domain(mine, index.accounts, pairs, open_pairs, found[open_pairs])
    return found


def _loose_domain(
    mine: Domains, accounts: Parties, pairs: Pairs, at: npt.NDArray[np.int64], found: Findings
) -> Findings:
    """Compare labels that are not equal: with the other label, and with the account's name."""
    person, account = pairs.person_row[at], pairs.account_row[at]
    theirs = accounts.domains[0]
    label = _Side(mine.label, mine.label_shape, person)
    name = _Side(accounts.names.compact, accounts.names.compact_shape, account)
    found[_begins(label, name)] = Finding.BEGINS_NAME
    found[_near(label, name)] = Finding.SPELLS_NAME
    found[_near(label, _Side(theirs.label, theirs.label_shape, account))] = Finding.LABEL_NEAR
    return found


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


def _name(hashes: _Hashes) -> Findings:
    found = hashes.found(Field.NAME, Field.NAME)
    alike = found == Finding.DIFFERS
    found[alike] = Finding.ALIKE
    initials = hashes.equal(Field.NAME, Field.INITIALS) | hashes.equal(Field.INITIALS, Field.NAME)
    found[alike & initials] = Finding.INITIALS
    spells = hashes.equal(Field.NAME, Field.LABEL) | hashes.equal(Field.WRITTEN, Field.LABEL)
    found[alike & spells] = Finding.SPELLS_NAME
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
