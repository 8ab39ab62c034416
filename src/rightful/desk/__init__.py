"""The desk: one record at a time through the stages of the run, each decision durable before it is answered.

Read in this order: ``commands`` and ``answers`` (what is asked and said), ``prepare``, ``view`` and ``in_force`` (the book and the plan
ready for one record), ``pipeline`` (the stages before routing), ``world`` (what routing remembers), ``work`` and ``effects`` (what
commands do), ``group`` and ``desk`` (turns and transactions), ``deliver`` (messages to others).
"""

from __future__ import annotations

from rightful.desk.answers import Answer, DecisionView, Figures, MemberView, MessageView, PoolView, TimerView
from rightful.desk.commands import (
    Accept,
    Command,
    Outcome,
    Reassign,
    Reject,
    Requeue,
    Resolve,
    Route,
    Upsert,
)
from rightful.desk.desk import Desk, open_desk

__all__ = [
    "Accept",
    "Answer",
    "Command",
    "DecisionView",
    "Desk",
    "Figures",
    "MemberView",
    "MessageView",
    "Outcome",
    "PoolView",
    "Reassign",
    "Reject",
    "Requeue",
    "Resolve",
    "Route",
    "TimerView",
    "Upsert",
    "open_desk",
]
