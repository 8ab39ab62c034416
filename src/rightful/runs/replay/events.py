"""Past events: leads as they arrived, what became of them, absences, capacities, and plans that held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.errors import Mistake

__all__ = [
    "COLUMNS",
    "INSTANT",
    "KINDS",
    "NEVER",
    "Absent",
    "Change",
    "Closed",
    "Events",
    "Holds",
    "Moments",
    "NewDay",
    "NewPlan",
    "in_order",
]

INSTANT = pa.timestamp("us", "UTC")
KINDS = ("lead", "closed", "absence", "capacity", "plan")
"""What can happen: the values of the column ``kind``."""
COLUMNS = {
    "kind": "What happened: `lead`, `closed`, `absence`, `capacity` or `plan`",
    "at": "When, in ISO 8601 such as `2026-03-02T09:15:00Z`; without a zone, in the plan's time zone",
    "actual_rep_id": "lead: who got it in fact; blank when nobody knows",
    "first_response_at": "lead: when somebody first answered it; blank when nobody did or nobody knows",
    "rep_id": "absence, capacity: the rep",
    "starts_at": "absence: first moment away; blank, `at`, which is the moment at which the absence became known",
    "ends_at": "absence: first moment back; blank, open",
    "cover_rep_id": "absence: who covers; blank, nobody",
    "capacity": "capacity: open records the rep can hold from then on; blank, no limit",
    "plan": "plan: folder of the plan that held from then on, relative to the file of events",
}
"""Columns of events, beside those of leads, which have the names of `leads` in the book or those of CRM exports."""

NEVER = -1
"""Stands for the moment of what did not happen, or of which nobody knows."""

Moments = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens beside leads.

    Attributes:
        moment: When.
        line: Line of the file, for the order of those at the same moment.
    """

    moment: int
    line: int


@dataclass(frozen=True, slots=True)
class NewPlan(Change):
    """From now on another plan holds."""

    folder: Path


@dataclass(frozen=True, slots=True)
class NewDay(Change):
    """A day begins on which somebody joins or leaves, or coverage changes. No event of a file: the plan and the book say so."""

    day: date


@dataclass(frozen=True, slots=True)
class Holds(Change):
    """A rep can hold so many open records from now on; None for no limit."""

    rep_id: str
    capacity: float | None


@dataclass(frozen=True, slots=True)
class Absent(Change):
    """An absence becomes known."""

    rep_id: str
    starts_at: datetime
    ends_at: datetime | None
    cover_rep_id: str | None


@dataclass(frozen=True, slots=True)
class Closed(Change):
    """A lead needs nobody any more: its rep has room for another."""

    lead_id: str


_RANK: tuple[type[Change], ...] = (NewPlan, NewDay, Holds, Absent, Closed)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Order changes by moment; of those at the same one plans come first, then days, capacities, absences and closings, by line."""
    return tuple(sorted(changes, key=lambda each: (each.moment, _RANK.index(type(each)), each.line)))


@dataclass(frozen=True, slots=True)
class Events:
    """What happened, in order.

    Attributes:
        leads: Leads as a source delivers them (``<field>_raw`` texts), by moment of arrival, of equals by key.
        moments: When each arrived.
        actual: Who got each in fact; null when unknown.
        responded: When each was first answered; -1 when unknown.
        changes: All else, by moment; at the same one plans, capacities, absences, closings, then leads.
        quarantine: Rows set aside.
        rows: Rows of the file.
        digest: SHA-256 of the file.
        warnings: What a person should know, such as a guessed encoding.
    """

    leads: pa.Table
    moments: Moments
    actual: pa.ChunkedArray
    responded: Moments
    changes: tuple[Change, ...]
    quarantine: pa.Table
    rows: int
    digest: str
    warnings: tuple[Mistake, ...]

    @property
    def plans(self) -> tuple[NewPlan, ...]:
        """The plans that held in fact."""
        return tuple(change for change in self.changes if isinstance(change, NewPlan))

    @property
    def first(self) -> int:
        """The moment of the first event."""
        return min([*self.moments[:1].tolist(), *(change.moment for change in self.changes[:1])])

    @property
    def last(self) -> int:
        """The moment of the last event."""
        return max([*self.moments[-1:].tolist(), *(change.moment for change in self.changes[-1:])])
