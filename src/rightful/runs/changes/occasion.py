"""Who does something with a change set, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Occasion"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who does something with a change set, and when.

    Attributes:
        actor: Who.
        at: When it is recorded.
        today: Instant that decides what is due: that of the plan where it names one, else the same as ``at``.
    """

    actor: str
    at: datetime
    today: datetime
