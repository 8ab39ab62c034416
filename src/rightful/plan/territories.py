"""Territories as people declare them: layers of rules, the territory tree, and who covers what."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from rightful.plan.conditions import columns_are_cells
from rightful.plan.section import Name, Section, Written

__all__ = ["Coverage", "FamilyPolicy", "Layer", "Territory", "TerritoryRule"]

FamilyPolicy = Literal[
    "none", "children", "descendants", "matching_descendants", "regional_ancestor", "ultimate_parent"
]


class Territory(Section):
    """A node of the territory tree."""

    territory: str = Field(description="Identifier of the territory, such as NA-WEST-ENT.")
    name: str = Field(default="", description="Name for people; by default the identifier.")
    parent: Name = Field(default="", description="Territory above it; its conditions hold for this one as well.")
    type: str = Field(default="", description="Territory type; opportunities prefer some types to others.")


class TerritoryRule(Section):
    """A row of a decision table: which records belong to a territory. Cells under field names are conditions."""

    territory: Name = Field(description="Territory that the rule speaks of.")
    rule: str = Field(default="", description="Name of the rule in explanations; by default the territory and its row.")
    priority: int = Field(
        default=100, description="Among rules that hold, the smallest number wins; ties go to the upper row."
    )
    kind: Literal["include", "exclude", "override"] = Field(
        default="include",
        description="include: the record belongs to the territory. exclude: it does not, whatever includes it."
        " override: it belongs there before all includes and is not bound by the territories above.",
    )
    inherited: bool = Field(default=True, description="Yes: the rule also has to hold for the territories below.")
    family: FamilyPolicy | None = Field(
        default=None,
        description="How the family of an account placed by this rule behaves; left out, the section's `families`.",
    )
    when: Written | None = Field(default=None, description="Condition in SQL notation, beside or instead of cells.")
    cells: dict[str, Written] = Field(
        default={},
        description="Conditions by field in cell notation; in a CSV table each column that is no key is a field.",
    )

    @model_validator(mode="before")
    @classmethod
    def _columns_are_cells(cls, value: Any) -> Any:
        return columns_are_cells(cls, value)


class Layer(Section):
    """One set of territories that are compared with each other; a record gets a territory in each layer."""

    layer: str = Field(description="Name of the layer, such as geography.")
    rules: tuple[TerritoryRule, ...] = Field(description="The rules, usually the name of a CSV decision table.")
    winners: int = Field(default=1, ge=1, description="Most territories that a record may have in this layer.")
    catch_all: Name = Field(
        default="", description="Territory of records that no rule places; left out, they become exceptions."
    )
    is_required: bool = Field(
        default=True,
        description="No: records without a territory or a rep in this layer are no exception (an overlay, say).",
    )
    roles: tuple[Name, ...] = Field(
        default=(), description="Roles that this layer's territories fill; left out, all roles."
    )


class Coverage(Section):
    """A row of coverage: who works a territory in a role, and when."""

    territory: Name = Field(description="Territory that is covered.")
    role: Name = Field(description="Role, one of the section's `roles`.")
    rep_id: Name = Field(default="", description="Rep; blank is a vacancy.")
    weight: float = Field(
        default=1.0, gt=0, description="Share of the territory's accounts relative to the role's other reps."
    )
    starts_on: date | None = Field(default=None, description="First day; blank is always.")
    ends_on: date | None = Field(default=None, description="Last day; blank is open.")
    covers: Name = Field(
        default="",
        description="Rep for whom this one stands in between the two dates, or `vacancy`; a stand-in takes no share of its own.",
    )
