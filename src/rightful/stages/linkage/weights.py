"""What agreement is worth in a book: chance agreement is counted, agreement of true pairs is fitted, held by what is usual.

A value that many records have is worth little, a rare one much. No label is needed, and the same book gives the same weights.

Source: Fellegi and Sunter 1969; expectation-maximisation as in Winkler, *Using the EM Algorithm for Weight Computation in the
Fellegi-Sunter Model of Record Linkage*, 1988, held by pseudo-counts; weights by frequency of values as in Winkler 1989.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rightful.stages.linkage.kinds import USUAL, Kind, Level, Levels, compare_values
from rightful.stages.linkage.pairs import Rows, coded

__all__ = ["Column", "Field", "Weighed", "chance_of_equal", "shares_of", "weigh"]

Floats = npt.NDArray[np.float64]

# Pairs taken as chance would, to count how often values agree that are not one record's.
_CHANCE_PAIRS = 200_000
# A large prime: rows that stand side by side, such as copies, are not taken together.
_STRIDE = 7_919
_ROUNDS = 12
# So many true pairs as are usual stand beside the book's own: a small book changes little.
_PSEUDO_PAIRS = 50.0
# At least this many duplicates per record are expected.
_LEAST_SHARE = 0.02
_FIRST_SHARE = 0.1
# Colleagues share company, street and town: together these say at most so much.
_MOST_OF_CONTEXT = 4.0
_MOST_SCORE = 30.0
# In a small book every value is a large share of all; it counts as if at least so many records had one.
_FEWEST_KNOWN = {
    Kind.NAME: 200.0,
    Kind.EMAIL: 500.0,
    Kind.CODE: 200.0,
    Kind.DATE: 500.0,
    Kind.TEXT: 50.0,
    Kind.STREET: 50.0,
    Kind.WORD: 1.0,
}
_FEWEST_CHANCES = 1_000.0


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is compared.

    Attributes:
        name: Its column.
        kind: What its values are.
        is_context: True for what colleagues and neighbours share as well.
        must_agree: True where values that differ rule a pair out, and where agreement alone, such as a name's, says too little.
        swaps_with: A field that its values get into by mistake: of the first name the last name. Empty where there is none.
    """

    name: str
    kind: Kind
    is_context: bool = False
    must_agree: bool = False
    swaps_with: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one field, compared for all pairs.

    Attributes:
        field: The field.
        texts: Value per row; empty where unknown.
        levels: Per pair how far the values agree.
        chance: Share of pairs that agree so far by chance; equal, near, loose, differs.
        shares: Per row: share of the known values that are its own.
        said: For pairs that agree in another way than their own values tell: how, in words.
    """

    field: Field
    texts: Sequence[str]
    levels: Levels
    chance: Floats
    shares: Floats
    said: Mapping[int, str] | None = None

    @classmethod
    def of(cls, field: Field, texts: Sequence[str], left: Rows, right: Rows) -> Column:
        """Compare the pairs, and pairs taken as chance would."""
        codes = coded(texts)
        shares = shares_of(codes, field.kind)
        at_random = np.bincount(_levels(field.kind, texts, codes, *_chance_pairs(len(texts))), minlength=5)[1:] + 0.5
        at_random[-1] += max(_FEWEST_CHANCES - at_random.sum(), 0.0)
        chance = at_random / at_random.sum()
        chance[0] = chance_of_equal(shares)
        return cls(field, texts, _levels(field.kind, texts, codes, left, right), chance, shares[codes])

    def weights(self, agreement: Floats, left: Rows, right: Rows) -> Floats:
        """Give the log-odds of each pair: of equal values by how rare they are, of near ones half as much so."""
        by_level = np.append(0.0, np.log(agreement / self.chance))
        weights = by_level[self.levels]
        share = np.maximum(np.maximum(self.shares[left], self.shares[right]), 1e-9)
        rarer = np.log(self.chance[0] / share)
        weights += np.where(self.levels == Level.EQUAL, rarer, 0.0)
        return weights + np.where(self.levels == Level.NEAR, np.clip(rarer, -9.0, 9.0) / 2, 0.0)


def shares_of(codes: Rows, kind: Kind) -> Floats:
    """Give for each code the share of known values that are its own; 0 for the unknown."""
    counts = np.bincount(codes, minlength=1).astype(np.float64)
    counts[0] = 0.0
    shares: Floats = counts / max(counts.sum(), _FEWEST_KNOWN[kind])
    return shares


def chance_of_equal(shares: Floats) -> float:
    """Give the share of pairs that have one value by chance."""
    return max(float(np.square(shares).sum()), 1e-12)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Pairs weighed.

    Attributes:
        score: Sum of the prior and all weights, in natural log-odds.
        weights: Per field: its log-odds, context already held down.
        is_ruled_out: Where fields differ that must agree, or others differ and none agrees beside them.
    """

    score: Floats
    weights: Mapping[str, Floats]
    is_ruled_out: npt.NDArray[np.bool_]

    @property
    def probability(self) -> Floats:
        """The score as a probability."""
        return _probability(self.score)

    def at_least(self, score: float, pairs: npt.NDArray[np.bool_], name: str) -> Weighed:
        """Lift pairs to a score; what is added counts for a field."""
        added = np.where(pairs, np.maximum(score - self.score, 0.0), 0.0)
        return replace(self, score=self.score + added, weights={**self.weights, name: self.weights[name] + added})


def weigh(columns: Sequence[Column], left: Rows, right: Rows, rows: int) -> Weighed:
    """Fit agreement to the pairs and weigh them."""
    agreement = {column.field.name: np.array(USUAL[column.field.kind]) for column in columns}
    ruled_out = _ruled_out(columns, len(left))
    prior = np.log(2 * _FIRST_SHARE / max(rows, 1))
    weights = _weights(columns, agreement, left, right)
    for _ in range(_ROUNDS):
        likely = np.where(ruled_out, 0.0, _probability(prior + np.sum(list(weights.values()), axis=0)))
        prior = np.log(max(float(likely.sum()), _LEAST_SHARE * max(rows, 1)) / max(rows * rows / 2, 1.0))
        for column in columns:
            agrees = np.bincount(column.levels, weights=likely, minlength=5)[1:]
            usual = _PSEUDO_PAIRS * np.array(USUAL[column.field.kind])
            agreement[column.field.name] = (agrees + usual) / (agrees.sum() + _PSEUDO_PAIRS)
        weights = _weights(columns, agreement, left, right)
    score = np.round(prior + np.sum(list(weights.values()), axis=0), 6) if columns else np.zeros(len(left))
    return Weighed(np.where(ruled_out, np.minimum(score, -1.0), score), weights, ruled_out)


def _ruled_out(columns: Sequence[Column], pairs: int) -> npt.NDArray[np.bool_]:
    """Tell which pairs cannot be one: fields differ that must agree, or others differ and none agrees beside them."""
    differs, agrees, others_differ = (np.zeros(pairs, bool) for _ in range(3))
    for column in columns:
        if column.field.must_agree:
            differs |= column.levels == Level.DIFFERS
        else:
            agrees |= (column.levels == Level.EQUAL) | (column.levels == Level.NEAR)
            others_differ |= column.levels >= Level.LOOSE
    is_strict = any(column.field.must_agree for column in columns)
    return differs | (others_differ & ~agrees) if is_strict else differs


def _weights(columns: Sequence[Column], agreement: Mapping[str, Floats], left: Rows, right: Rows) -> dict[str, Floats]:
    weights = {column.field.name: column.weights(agreement[column.field.name], left, right) for column in columns}
    context = [column.field.name for column in columns if column.field.is_context]
    if context:
        total = np.sum([np.maximum(weights[name], 0.0) for name in context], axis=0)
        held = np.minimum(1.0, _MOST_OF_CONTEXT / np.maximum(total, 1e-9))
        weights |= {name: np.where(weights[name] > 0, weights[name] * held, weights[name]) for name in context}
    return weights


def _levels(kind: Kind, texts: Sequence[str], codes: Rows, left: Rows, right: Rows) -> Levels:
    """Compare each combination of two values once."""
    first = np.zeros(int(codes.max(initial=0)) + 1, np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    pair = codes[left] * len(first) + codes[right]
    distinct, place = np.unique(pair, return_inverse=True)
    one, other = np.divmod(distinct, len(first))
    mine = [texts[row] if code else "" for row, code in zip(first[one].tolist(), one.tolist(), strict=True)]
    theirs = [texts[row] if code else "" for row, code in zip(first[other].tolist(), other.tolist(), strict=True)]
    return compare_values(kind, mine, theirs)[place]


def _chance_pairs(rows: int) -> tuple[Rows, Rows]:
    """Pair each row with others at regular distances, until there are enough pairs."""
    rounds = min(max(rows - 1, 0), -(-_CHANCE_PAIRS // max(rows, 1)))
    here = np.arange(min(rows, _CHANCE_PAIRS))
    left = np.tile(here, rounds)
    right = np.concatenate([(here + number * _STRIDE) % max(rows, 1) for number in range(1, rounds + 1)] or [here[:0]])
    apart = left != right
    return left[apart], right[apart]


def _probability(score: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(score, -_MOST_SCORE, _MOST_SCORE))))
