"""What people declare: one module per section, loaded with all mistakes at once."""

from __future__ import annotations

from rightful.plan.load import load_plan, plan_from
from rightful.plan.plan import Plan

__all__ = ["Plan", "load_plan", "plan_from"]
