"""Assignment: who covers an account, and what follows it."""

from __future__ import annotations

from rightful.stages.assignment.stage import STAGE

__all__ = ["STAGE"]
