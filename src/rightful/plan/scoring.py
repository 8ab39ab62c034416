"""The plan's section ``scoring.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["ScoringSection"]


class ScoringSection(Section):
    """What people declare for this stage."""
