"""The plan's section ``assignment.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["AssignmentSection"]


class AssignmentSection(Section):
    """What people declare for this stage."""
