"""Weigh what was read off pairs: look the log-odds of every finding up in the tables of a weights file.

The sum of the prior and of one weight per field is the score of a pair. Fields are independent of each other once it is known
whether the pair belongs together, but for places: what a city says depends on the postal code, and so on down to the country.

Source: Fellegi and Sunter, *A Theory for Record Linkage*, 1969; dependence in a tree as in Chow and Liu, 1968.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.plan.matching_weights import Grid, MatchingWeights
from rightful.stages.matching.evidence import Evidence, Finding

__all__ = ["CONTEXT", "Readings", "Weighing", "finding_of", "shipped_weights"]

Floats = npt.NDArray[np.float64]
Findings = npt.NDArray[np.int8]

CONTEXT: Mapping[Evidence, Evidence] = {
    Evidence.STREET: Evidence.POSTAL_CODE,
    Evidence.CITY: Evidence.POSTAL_CODE,
    Evidence.STATE: Evidence.CITY,
    Evidence.COUNTRY: Evidence.STATE,
}
"""The field on whose finding the weight of another depends."""

_KINDS = len(Finding)


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read off pairs, one entry per pair.

    Attributes:
        findings: Per field: what was found (``Finding`` numbers).
        likeness: How alike the names are, 0 to 1.
        rarity: How rare the words are that both have; 1 is one word that a single account has.
        coverage: How much of the account's name the person's has, 0 to 1.
        words: How many words the person's company name has.
        letters: How many letters it has.
        domain_sharers: How many accounts have the account's domain.
        name_sharers: How many accounts have the account's name.
    """

    findings: Mapping[Evidence, Findings]
    likeness: Floats
    rarity: Floats
    coverage: Floats
    words: npt.NDArray[np.integer[Any]]
    letters: npt.NDArray[np.integer[Any]]
    domain_sharers: npt.NDArray[np.integer[Any]]
    name_sharers: npt.NDArray[np.integer[Any]]

    def take(self, at: npt.NDArray[np.int64]) -> Readings:
        """Give the pairs at some positions."""
        return Readings(
            {field: found[at] for field, found in self.findings.items()},
            self.likeness[at],
            self.rarity[at],
            self.coverage[at],
            self.words[at],
            self.letters[at],
            self.domain_sharers[at],
            self.name_sharers[at],
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """A curve ready to be read off."""

    at: Floats
    points: Floats

    def read(self, values: Floats) -> Floats:
        return np.interp(values, self.at, self.points)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A grid ready to be read off.

    Attributes:
        across: Knots of the first number.
        down: Knots of the second number.
        fields: Per field of the grid (row by row, from knot to knot): points at its corner, and what is added on the way to the
            right, down, and both ways.
        is_flat: Whether all points are 0, so that nobody need look.
    """

    across: Floats
    down: Floats
    fields: Floats
    is_flat: bool

    @classmethod
    def of(cls, grid: Grid, emphasis: float = 1.0) -> _Sheet:
        points = np.array(grid.points) * emphasis
        corner, right, below = points[:-1, :-1], points[:-1, 1:], points[1:, :-1]
        both = points[1:, 1:] - right - below + corner
        fields = np.stack((corner, right - corner, below - corner, both)).reshape(4, -1)
        return cls(np.array(grid.across), np.array(grid.down), fields, not points.any())

    def read(self, across: npt.NDArray[Any], down: npt.NDArray[Any]) -> Floats:
        column, right = _place(self.across, across)
        row, below = _place(self.down, down)
        corner, on_right, on_below, on_both = self.fields[:, row * (len(self.across) - 1) + column]
        read: Floats = corner + on_right * right + (on_below + on_both * right) * below
        return read


@dataclass(frozen=True, slots=True)
class Weighing:
    """A weights file ready for use, the plan's emphasis multiplied in.

    Attributes:
        prior: Log-odds of a candidate before any field is compared.
        tables: Per field: log-odds by finding; where it depends on another field, a row per finding of that.
        likeness: What the likeness of names is worth, by the rarity of the words that both have.
        coverage: What it is worth how much of the account's name the person's has, by how many words that one has.
        length: What the likeness of names is worth beside, by how many letters the person's company name has.
        sharers: What is added to an equal domain or name, by the logarithm of how many accounts have it.
        rival: What the best other company says, by how many points it is behind and by what the fields give.
        calibration: Sum of all points -> log-odds of the probability.
    """

    prior: float
    tables: Mapping[Evidence, Floats]
    likeness: _Sheet
    coverage: _Sheet
    length: _Sheet
    sharers: Mapping[Evidence, _Line]
    rival: _Sheet
    calibration: _Line

    @classmethod
    def of(cls, weights: MatchingWeights | None = None, emphasis: Mapping[str, float] | None = None) -> Weighing:
        """Make weights ready.

        Args:
            weights: What each finding is worth; the shipped ones where None.
            emphasis: Multiplies the weights of fields; 1 where it says nothing.
        """
        weights = weights or shipped_weights()
        by_field = {field: (emphasis or {}).get(field, 1.0) for field in Evidence}
        return cls(
            prior=weights.prior,
            tables={field: _table(weights, field) * by_field[field] for field in Evidence if field != Evidence.RIVAL},
            likeness=_Sheet.of(weights.likeness, by_field[Evidence.NAME]),
            coverage=_Sheet.of(weights.coverage, by_field[Evidence.NAME]),
            length=_Sheet.of(weights.length, by_field[Evidence.NAME]),
            sharers={
                field: _line(curve, by_field[field])
                for field, curve in ((Evidence.DOMAIN, weights.domain_sharers), (Evidence.NAME, weights.name_sharers))
            },
            rival=_Sheet.of(weights.rival),
            calibration=_line(weights.calibration),
        )

    def weigh(self, readings: Readings) -> dict[Evidence, Floats]:
        """Give the log-odds of each field, in the order of ``Evidence``."""
        weights = {}
        for field, found in readings.findings.items():
            table = self.tables[field]
            weights[field] = table[readings.findings[CONTEXT[field]], found] if field in CONTEXT else table[found]
        is_known = readings.findings[Evidence.NAME] != Finding.UNKNOWN
        alike = self.likeness.read(readings.likeness, readings.rarity)
        if not self.coverage.is_flat:
            alike += self.coverage.read(readings.coverage, readings.words)
        if not self.length.is_flat:
            alike += self.length.read(readings.likeness, readings.letters)
        weights[Evidence.NAME] = weights[Evidence.NAME] + alike * is_known
        for field, sharers in (
            (Evidence.DOMAIN, readings.domain_sharers),
            (Evidence.NAME, readings.name_sharers),
        ):
            is_equal = readings.findings[field] == Finding.EQUAL
            weights[field] = weights[field] + self.sharers[field].read(np.log(sharers)) * is_equal
        return weights

    def probability(self, score: Floats) -> Floats:
        """Give the probability of scores."""
        return 1.0 / (1.0 + np.exp(-self.calibration.read(score)))


def _place(knots: Floats, values: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], Floats]:
    """Give the knot before each value, never the last, and how far it is on the way to the next, 0 to 1."""
    place = np.interp(values, knots, np.arange(len(knots)))
    before = np.minimum(place.astype(np.int64), len(knots) - 2)
    return before, place - before


def _line(curve: tuple[tuple[float, float], ...], emphasis: float = 1.0) -> _Line:
    return _Line(np.array([at for at, _ in curve]), np.array([points for _, points in curve]) * emphasis)


def _table(weights: MatchingWeights, field: Evidence) -> Floats:
    stated = getattr(weights, field.value)
    if field not in CONTEXT:
        return _row(stated)
    table = np.zeros((_KINDS, _KINDS))
    for context, row in stated.items():
        table[finding_of(context)] = _row(row)
    return table


def _row(stated: Mapping[str, float]) -> Floats:
    row = np.zeros(_KINDS)
    for name, points in stated.items():
        row[finding_of(name)] = points
    return row


def finding_of(name: str) -> Finding:
    """Give the finding that a weights file calls so."""
    return Finding[name.upper()]


@cache
def shipped_weights() -> MatchingWeights:
    """Read the weights that come with the package."""
    text = (resources.files("rightful.stages.matching") / "weights.json").read_text("utf-8")
    return MatchingWeights.model_validate_json(text)
