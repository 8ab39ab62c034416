"""A trained score as a file: coefficients that a person can read, never code; ``scoring.yaml`` names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from rightful.plan.section import Section

__all__ = ["TrainedFeature", "TrainedScore"]


class TrainedFeature(Section):
    """What one field adds to the log-odds of conversion: by value for texts and flags, by interval for numbers."""

    field: str = Field(description="Field of the record.")
    levels: Mapping[str, FiniteFloat] = Field(
        default={}, description="Log-odds added by each value of a text or a flag (`true`, `false`)."
    )
    other: FiniteFloat = Field(default=0.0, description="Log-odds added by values that training saw too seldom.")
    edges: tuple[FiniteFloat, ...] = Field(
        default=(),
        description="Lower ends of the intervals of a number, ascending, the first interval being open below.",
    )
    bins: tuple[FiniteFloat, ...] = Field(
        default=(), description="Log-odds added in each interval: one more than edges."
    )
    blank: FiniteFloat = Field(default=0.0, description="Log-odds added when the field is blank.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.levels and self.bins:
            message = f"feature {self.field!r} has levels and bins: a field is text or a number"
            raise ValueError(message)
        if self.bins and len(self.bins) != len(self.edges) + 1:
            message = f"feature {self.field!r} has {len(self.bins)} bins for {len(self.edges)} edges, not one more"
            raise ValueError(message)
        if list(self.edges) != sorted(set(self.edges)):
            message = f"feature {self.field!r}: edges must ascend"
            raise ValueError(message)
        return self

    @property
    def is_number(self) -> bool:
        """True when the feature reads a number."""
        return bool(self.bins)


class TrainedScore(Section):
    """Additive log-odds: base plus what each feature adds. Written by ``rightful train``; safe to load, plain numbers."""

    kind: Literal["rightful trained score"] = Field(description="Says what the file is.")
    format: int = Field(ge=1, le=1, description="Version of the file's layout.")
    label: str = Field(description="Column that said whether a record converted.")
    rows: int = Field(ge=0, description="Records it was trained on.")
    conversions: int = Field(ge=0, description="Records among them that converted.")
    base: FiniteFloat = Field(description="Log-odds of an average record.")
    features: tuple[TrainedFeature, ...] = Field(description="What each field adds.")
