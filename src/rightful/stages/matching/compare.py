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

from rightful.stages.matching.evidence import Evidence, Finding
from rightful.stages.matching.hashing import START_BYTES, Hashes, Shapes
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.parties import Domains, Field, Parties
from rightful.stages.matching.similarity import compare_names
from rightful.stages.matching.texts import Texts
from rightful.stages.matching.weighing import Readings, Weighing

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
        readings: What was found, field by field.
        weights: Per field: its log-odds.
        domain_used: Which of the person's domains spoke (position in ``Parties.domains``).
        score: Sum of the prior and all weights, in natural log-odds.
        probability: How likely the pair is right.
    """

    readings: Readings
    weights: Mapping[Evidence, Floats]
    domain_used: Findings
    score: Floats
    probability: Floats

    @property
    def findings(self) -> Mapping[Evidence, Findings]:
        """Per field: what was found (``Finding`` numbers)."""
        return self.readings.findings

    def take(self, at: npt.NDArray[np.int64]) -> Compared:
        """Give the pairs at some positions."""
        return Compared(
            self.readings.take(at),
            {field: weight[at] for field, weight in self.weights.items()},
            self.domain_used[at],
            self.score[at],
            self.probability[at],
        )


def compare(people: Parties, index: CandidateIndex, pairs: Pairs, weighing: Weighing) -> Compared:
    """Compare pairs."""
    likeness = compare_names(people.names, index, pairs)
    hashes = _Hashes(people.fields[pairs.person_row], index.accounts.fields[pairs.account_row])
    domain, domain_used = _domain(people, index, pairs, hashes)
    readings = Readings(
        {Evidence.DOMAIN: domain, Evidence.NAME: _name(hashes, likeness.has_first_word), **_plain(hashes)},
        likeness.overall,
        likeness.rarity / np.log(index.book_size + 1.0),
        likeness.of_account,
        (people.names.words[pairs.person_row] >= 0).sum(axis=1),
        people.names.compact.length[pairs.person_row],
        index.domain_sharers[pairs.account_row],
        index.name_sharers[pairs.account_row],
    )
    weights = weighing.weigh(readings)
    score = np.round(weighing.prior + sum(weights.values()), 6)
    return Compared(readings, weights, domain_used, score, weighing.probability(score))


# How what a domain says ranks among what the others of the person say; the unknown comes last, any difference before it.
_RANK = np.zeros(len(Finding), np.int8)
for _place, _finding in enumerate(
    (
        Finding.DIFFERS,
        Finding.BEGINS_NAME,
        Finding.SPELLS_NAME,
        Finding.LABEL_NEAR,
        Finding.LABEL_EQUAL,
        Finding.EQUAL,
    ),
    start=1,
):
    _RANK[_finding] = _place
# What a finding is where the account's own domain is another.
_AGAINST = np.arange(len(Finding), dtype=np.int8)
_AGAINST[Finding.SPELLS_NAME] = Finding.SPELLS_NAME_AGAINST_DOMAIN
_AGAINST[Finding.BEGINS_NAME] = Finding.BEGINS_NAME_AGAINST_DOMAIN

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
    return _with_what_is_missing(best, people, hashes), used


def _with_what_is_missing(found: Findings, people: Parties, hashes: _Hashes) -> Findings:
    """Tell apart which side lacks a domain, and whether one that spells the account's name stands against another."""
    theirs = hashes.theirs[:, Field.DOMAIN] != 0
    mine = np.any([hashes.mine[:, domains.hash_field] != 0 for domains in people.domains], axis=0)
    missing = np.where(theirs, np.int8(Finding.PERSON_HAS_NONE), np.int8(Finding.ACCOUNT_HAS_NONE))
    found = np.where((found == Finding.UNKNOWN) & (theirs | mine), missing, found)
    return np.where(theirs, _AGAINST[found], found)


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


def _name(hashes: _Hashes, has_first_word: Bools) -> Findings:
    found = hashes.found(Field.NAME, Field.NAME)
    alike = found == Finding.DIFFERS
    found[alike] = Finding.ALIKE
    found[alike & has_first_word] = Finding.FIRST_WORD
    initials = hashes.equal(Field.NAME, Field.INITIALS) | hashes.equal(Field.INITIALS, Field.NAME)
    found[alike & initials] = Finding.INITIALS
    spells = hashes.equal(Field.NAME, Field.LABEL) | hashes.equal(Field.WRITTEN, Field.LABEL)
    found[alike & spells] = Finding.SPELLS_NAME
    return found
