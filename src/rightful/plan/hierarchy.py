"""The plan's section ``hierarchy.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["HierarchySection"]


class HierarchySection(Section):
    """What people declare for this stage."""
