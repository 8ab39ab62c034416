"""What is known of how leads went in fact: who got them, how long the answer took, and when it was due."""

from __future__ import annotations

from array import array

import numpy as np
import polars as pl

from rightful.runs.replay.events import NEVER, Events
from rightful.runs.replay.record import instants
from rightful.stages.routing import Case, Context, due_at

__all__ = ["Actual"]

_MINUTE = 60_000_000


class Actual:
    """The actual course of leads, by their number in the order of arrival.

    A lead is taken to need the same working time until its answer, whoever answers it: that between its arrival and the actual
    answer, by the hours of the rep who gave it. Where the events do not say, it is ``usual_minutes``.
    """

    def __init__(self, events: Events, usual_minutes: float, *, uses_own: bool) -> None:
        """Begin.

        Args:
            events: What happened.
            usual_minutes: Working minutes until an answer, where nothing else is known.
            uses_own: Whether a lead's own working time counts where it is known.
        """
        self._reps = events.actual.to_pylist()
        self._responded = events.responded
        self._usual = round(usual_minutes * _MINUTE)
        self._uses_own = uses_own
        self._worked, self._due = (array("q", [NEVER]) * len(self._reps) for _ in range(2))
        self._events = events

    def arrive(self, lead: int, case: Case, context: Context) -> None:
        """Take note of a lead that arrives: what its actual rep's hours say of its answer and its deadline."""
        rep_id = self._reps[lead]
        if rep_id is None or rep_id not in context.roster or self._due[lead] != NEVER:
            return
        calendar = context.roster[rep_id].calendar
        due = due_at(case.ruling.sla, case.arrived, calendar)
        self._due[lead] = NEVER if due is None else due
        responded = int(self._responded[lead])
        if responded != NEVER:
            self._worked[lead] = calendar.worked(case.arrived, responded)

    def working_time(self, lead: int) -> int:
        """Give the working time until a lead's answer, in microseconds."""
        own = self._worked[lead]
        return own if self._uses_own and own != NEVER else self._usual

    @property
    def is_known(self) -> bool:
        """Whether the events say of any lead who got it."""
        return self._events.actual.null_count < len(self._reps)

    def frame(self) -> pl.DataFrame:
        """Give the actual rep of each lead, in the order of arrival, with the deadline and the answer."""
        return pl.DataFrame(
            {
                "rep_id": pl.Series(self._reps, dtype=pl.String),
                "sla_due_at": instants(np.frombuffer(self._due, np.int64)),
                "answer_at": instants(self._responded),
            }
        )
