"""The ledger: ownership over two times, the audit chain, and change sets; in SQLite or PostgreSQL."""

from rightful.ledger.change_sets import Approval, ChangeSet, ChangeSetState, Event, StepState
from rightful.ledger.entry import Entry, Position
from rightful.ledger.ledger import Ledger, open_ledger
from rightful.ledger.shapes import ASSIGN, HISTORY, OWNERSHIP, STEPS
from rightful.ledger.store import ledger_url

__all__ = [
    "ASSIGN",
    "HISTORY",
    "OWNERSHIP",
    "STEPS",
    "Approval",
    "ChangeSet",
    "ChangeSetState",
    "Entry",
    "Event",
    "Ledger",
    "Position",
    "StepState",
    "ledger_url",
    "open_ledger",
]
