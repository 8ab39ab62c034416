"""Change sets: propose, explain, approve, withdraw, apply and roll back a change of owners."""

from __future__ import annotations

from rightful.runs.changes.apply import apply
from rightful.runs.changes.approve import approve
from rightful.runs.changes.occasion import Occasion
from rightful.runs.changes.propose import propose
from rightful.runs.changes.rollback import rollback
from rightful.runs.changes.withdraw import withdraw

__all__ = ["Occasion", "apply", "approve", "propose", "rollback", "withdraw"]
