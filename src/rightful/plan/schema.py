"""The JSON Schema of the plan's files, for completion and checks in editors."""

from __future__ import annotations

from typing import Any

from rightful.errors import Mistake, PlanError, near_miss
from rightful.plan.plan import SECTIONS

__all__ = ["plan_schema"]


def plan_schema(section: str = "") -> dict[str, Any]:
    """Give the schema of a section's file, or of all files by name.

    Raises:
        PlanError: There is no such section.
    """
    if not section:
        return {f"{name}.yaml": each.model_json_schema() for name, each in SECTIONS.items()}
    if section not in SECTIONS:
        names = list(SECTIONS)
        raise PlanError(Mistake(None, f"unknown section {section!r}", ", ".join(names), near_miss(section, names)))
    return SECTIONS[section].model_json_schema()
