"""Which account a person belongs to: the port through which the desk asks, and its member over a run's accounts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl
import pyarrow as pa

from rightful.desk.prepare import book_of, engine_beside
from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.stages.matching import Match, Matcher
from rightful.stages.matching.stage import account_columns

__all__ = ["BookMatching", "Matching"]


class Matching(Protocol):
    """Matches one person at a time; safe to be called by several threads."""

    def match(self, table: str, record: Mapping[str, Any]) -> Match:
        """Match a record of ``leads`` or ``contacts``: cleaned values by field."""

    def put(self, account: Mapping[str, Any]) -> None:
        """Let an account be found from now on, or be found as it is now: cleaned values by field."""


class BookMatching:
    """Matching over the accounts of a run, in memory; an account that is put in makes the index anew when it is next asked."""

    def __init__(self, run: Run, plan: Plan, survivors: Mapping[str, str]) -> None:
        self._plan, self._survivors = plan, survivors
        with engine_beside(run) as engine:
            self._accounts = engine.collect(account_columns(book_of(run, engine), plan.matching))
        self._fresh: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()
        self._matcher = Matcher.of(self._accounts, plan, survivors)

    def match(self, table: str, record: Mapping[str, Any]) -> Match:
        """Match a record."""
        with self._lock:
            if self._fresh:
                self._accounts = _merged(self._accounts, self._fresh)
                self._fresh = {}
                self._matcher = Matcher.of(self._accounts, self._plan, self._survivors)
            return self._matcher.match_one(table, record)

    def put(self, account: Mapping[str, Any]) -> None:
        """Let an account be found."""
        with self._lock:
            self._fresh[account["account_id"]] = account


def _merged(accounts: pa.Table, fresh: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """Put accounts in the place of those with their keys; what only the book counts of them, such as contacts, stays."""
    counted = ("open_opportunities", "contacts", "owner_is_active")
    before = pl.DataFrame(accounts)
    is_known = pl.col("account_id").is_in(list(fresh))
    kept = {row["account_id"]: row for row in before.filter(is_known).iter_rows(named=True)}
    rows = [
        {name: kept.get(key, {}).get(name) if name in counted else account.get(name) for name in accounts.column_names}
        for key, account in fresh.items()
    ]
    added = pa.Table.from_pylist(rows, schema=accounts.schema)
    return pa.concat_tables([before.filter(~is_known).to_arrow().cast(accounts.schema), added])
