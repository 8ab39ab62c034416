"""The plan's section ``matching.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["MatchingSection"]


class MatchingSection(Section):
    """What people declare for this stage."""
