"""Territory management automation: every revenue record with its rightful owner, and why.

from rightful import explain, load_plan, run

plan = load_plan("acme")
done = run(plan)
done.frame("accounts")          # a Polars data frame: one row per account, with what every stage added
done.assignments                # one row per record and role
explain(done, "LEAD-123")       # the whole way of a record
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rightful.errors import RightfulError
    from rightful.plan import Plan, load_plan
    from rightful.runs.pipeline import run_plan as run
    from rightful.runs.run import Run
    from rightful.runs.why import explain

__all__ = ["Plan", "RightfulError", "Run", "explain", "load_plan", "run"]

_HOMES = {
    "RightfulError": ("rightful.errors", "RightfulError"),
    "Plan": ("rightful.plan", "Plan"),
    "load_plan": ("rightful.plan", "load_plan"),
    "run": ("rightful.runs.pipeline", "run_plan"),
    "Run": ("rightful.runs.run", "Run"),
    "explain": ("rightful.runs.why", "explain"),
}


def __getattr__(name: str) -> Any:
    """Load what is asked for, so that a process that needs one part does not load them all."""
    if name not in _HOMES:
        message = f"module 'rightful' has no attribute {name!r}"
        raise AttributeError(message)
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
