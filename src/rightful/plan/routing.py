"""The plan's section ``routing.yaml``."""

from __future__ import annotations

from rightful.plan.section import Section

__all__ = ["RoutingSection"]


class RoutingSection(Section):
    """What people declare for this stage."""
