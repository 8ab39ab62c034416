"""Routing: which rep acts on a lead or contact now.

``route(case, context, state)`` is the one reading: the desk calls it for a record, with the state from its database; a run
folds it over all records in order of arrival. ``check_routing`` finds what only the book can show of a plan's pools.
"""

from __future__ import annotations

from rightful.stages.routing.case import Case, Decision, Ruling
from rightful.stages.routing.check import check_routing
from rightful.stages.routing.context import context_of
from rightful.stages.routing.fold import Fold, fold
from rightful.stages.routing.route import Context, decide, due_at, route
from rightful.stages.routing.rulings import Rulings
from rightful.stages.routing.staff import Staff
from rightful.stages.routing.stage import STAGE
from rightful.stages.routing.state import Changes, PoolState, RepState, State
from rightful.stages.routing.turns import given_back

__all__ = [
    "STAGE",
    "Case",
    "Changes",
    "Context",
    "Decision",
    "Fold",
    "PoolState",
    "RepState",
    "Ruling",
    "Rulings",
    "Staff",
    "State",
    "check_routing",
    "context_of",
    "decide",
    "due_at",
    "fold",
    "given_back",
    "route",
]
