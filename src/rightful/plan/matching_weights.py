"""What the evidence of a match is worth, as a file: log-odds that a person can read; ``matching.yaml`` may name one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, FiniteFloat, model_validator

from rightful.plan.section import Section

__all__ = ["Curve", "Grid", "MatchingWeights"]

_FEWEST_KNOTS = 2


def _ascending(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if not points or any(left[0] >= right[0] for left, right in pairwise(points)):
        message = "the first numbers of the points must ascend, and there must be one point at least"
        raise ValueError(message)
    return points


Curve = Annotated[tuple[tuple[FiniteFloat, FiniteFloat], ...], AfterValidator(_ascending)]
"""Points (what is read, log-odds); straight between them, level beyond the first and the last."""

Domain = Literal[
    "equal",
    "label_equal",
    "label_near",
    "spells_name",
    "spells_name_against_domain",
    "begins_name",
    "begins_name_against_domain",
    "differs",
    "account_has_none",
    "person_has_none",
]
Name = Literal["equal", "spells_name", "initials", "first_word"]
Phone = Literal["equal", "same_block", "differs"]
PostalCode = Literal["equal", "same_area", "differs"]
Same = Literal["equal", "differs"]
AfterPostalCode = Mapping[Literal["unknown", "equal", "same_area", "differs"], Mapping[Same, FiniteFloat]]
AfterSame = Mapping[Literal["unknown", "equal", "differs"], Mapping[Same, FiniteFloat]]


class Grid(Section):
    """Log-odds by two numbers read off a pair of names; straight between the knots, level beyond them."""

    across: tuple[FiniteFloat, ...] = Field(description="Knots of the first number, ascending.")
    down: tuple[FiniteFloat, ...] = Field(description="Knots of the second number, ascending.")
    points: tuple[tuple[FiniteFloat, ...], ...] = Field(
        description="Log-odds: a row per knot of the second number, in it a number per knot of the first."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name in ("across", "down"):
            knots = getattr(self, name)
            if len(knots) < _FEWEST_KNOTS or list(knots) != sorted(set(knots)):
                message = f"{name} has the knots {list(knots)}: they must ascend, and be two at least"
                raise ValueError(message)
        if len(self.points) != len(self.down) or {len(row) for row in self.points} != {len(self.across)}:
            message = f"points must be {len(self.down)} rows of {len(self.across)} numbers"
            raise ValueError(message)
        return self


class MatchingWeights(Section):
    """What each finding is worth in natural log-odds. Written by ``rightful match train``; safe to load, plain numbers.

    What is unknown is worth nothing. The weight of a street and a city depends on what the postal code says, that of a state
    on the city, that of a country on the state: an equal city adds little where the postal code is equal already.
    """

    kind: Literal["rightful matching weights"] = Field(description="Says what the file is.")
    format: int = Field(ge=2, le=2, description="Version of the file's layout.")
    source: str = Field(description="What the weights were learned from.")
    records: int = Field(ge=0, description="Leads and contacts they were learned from.")
    prior: FiniteFloat = Field(description="Log-odds of a candidate before any field is compared.")
    domain: Mapping[Domain, FiniteFloat] = Field(description="Domain of the person and of the account.")
    domain_sharers: Curve = Field(description="Added to an equal domain, by how many accounts have it.")
    name: Mapping[Name, FiniteFloat] = Field(
        description="Added to what `likeness`, `coverage` and `length` say, by how the names agree."
    )
    name_sharers: Curve = Field(description="Added to an equal name, by how many accounts have it.")
    likeness: Grid = Field(
        description="Likeness of the names, 0 to 1, by how rare the words are that both have: 1 is one word that a single"
        " account has."
    )
    coverage: Grid = Field(
        description="How much of the account's name the person's has, 0 to 1, by how many words the person's has."
    )
    length: Grid = Field(
        description="Likeness of the names, by how many letters the person's company name has, blanks not counted."
    )
    phone: Mapping[Phone, FiniteFloat] = Field(description="Phone number.")
    postal_code: Mapping[PostalCode, FiniteFloat] = Field(description="Postal code.")
    street: AfterPostalCode = Field(description="Street, by what the postal code says.")
    city: AfterPostalCode = Field(description="City, by what the postal code says.")
    state: AfterSame = Field(description="State, by what the city says.")
    country: AfterSame = Field(description="Country, by what the state says.")
    rival: Grid = Field(
        description="By how many points the best other company is behind, negative where it is ahead; and by how many points"
        " the fields give."
    )
    calibration: Curve = Field(description="Sum of all points -> log-odds of the probability.")
