"""Which account a person belongs to: the port through which the desk asks, and its member over the index of a run's accounts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Protocol

from rightful.desk.account_index import index_of_run
from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.stages.matching import Match

__all__ = ["BookMatching", "Matching"]


class Matching(Protocol):
    """Matches one person at a time; safe to be called by several threads."""

    def match(self, table: str, record: Mapping[str, Any]) -> Match:
        """Match a record of ``leads`` or ``contacts``: cleaned values by field."""

    def put(self, account: Mapping[str, Any]) -> None:
        """Let an account be found from now on, or be found as it is now: cleaned values by field."""


class BookMatching:
    """Matching over the accounts of a run, whose index lies beside it; what a desk puts in, others find as well."""

    def __init__(self, run: Run, plan: Plan, survivors: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._index = index_of_run(run, plan, survivors)

    def match(self, table: str, record: Mapping[str, Any]) -> Match:
        """Match a record."""
        with self._lock:
            return self._index.matcher.match_one(table, record)

    def put(self, account: Mapping[str, Any]) -> None:
        """Let an account be found."""
        with self._lock:
            self._index.upsert(account)
