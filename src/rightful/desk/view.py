"""The book as the desk reads it: accounts of a run by key, in their columns; reps and absences; and what was put in since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.stages.scoring import Activity

__all__ = ["BookView", "Record", "Team"]

Record = Mapping[str, Any]
"""Cleaned values by field."""
Team = Mapping[str, str | None]
"""Rep of an account by role."""

_NOBODY: Team = {}
_OF_ACCOUNT = ("territory_id", "assigned_rep_id")


class BookView:
    """The records of a run that the desk looks up, and those that were put in since.

    Attributes:
        run: The run.
        reps: Cleaned reps by key.
        absences: Cleaned absences by key.
        survivors: Account that stands for each merged one.
    """

    def __init__(self, run: Run, plan: Plan, account_fields: Iterable[str]) -> None:
        """Read what is looked up; the rest of the book stays on the disk.

        Args:
            run: The run.
            plan: Its first role is that of owners.
            account_fields: Fields of accounts that decisions read.
        """
        self.run = run
        self.reps: dict[str, Record] = _by_key(run, "reps", "rep_id")
        self.absences: dict[str, Record] = _by_key(run, "absences", "absence_id")
        self.survivors = survivors_of_run(run)
        self.owner_role = plan.assignment.roles[0]
        self._columns = _accounts(run, account_fields)
        self._keys = self._columns["account_id"]
        self._owners = self._columns["assigned_rep_id"]
        self._teams = _teams(run)
        self._fresh: dict[str, tuple[Record, Team]] = {}
        self._known: dict[str, frozenset[str]] = {}

    def put_account(self, account: Record, team: Team) -> None:
        """Put an account in, or in the place of the one with its key."""
        self._fresh[account["account_id"]] = (account, team)

    def has_account(self, account_id: str) -> bool:
        """Tell whether the book has an account."""
        return account_id in self._fresh or self._row(account_id) is not None

    def living(self, account_id: str | None) -> str | None:
        """Give the account that a reference means: itself or its survivor; None where the book has none."""
        if account_id is None:
            return None
        found = self.survivors.get(account_id, account_id)
        return found if self.has_account(found) else None

    def account(self, account_id: str, names: Iterable[str]) -> dict[str, Any]:
        """Give fields of an account; blank where the book has none of the key."""
        if account_id in self._fresh:
            fresh = self._fresh[account_id][0]
            return {name: fresh.get(name) for name in names}
        row = self._row(account_id)
        if row is None:
            return dict.fromkeys(names)
        return {name: self._columns[name][row].as_py() for name in names}

    def team(self, account_id: str) -> Team:
        """Give the rep of an account in each role; of several in one role the first by key, as a run does."""
        if account_id in self._fresh:
            return self._fresh[account_id][1]
        row = self._row(account_id)
        if row is None:
            return _NOBODY
        seats = self._teams.of(account_id)
        owner = self._owners[row].as_py()
        if owner is not None:
            seats = sorted({*seats, (self.owner_role, owner)}, key=lambda seat: (seat[0], seat[1] is not None, seat[1]))
        team: dict[str, str | None] = {}
        for role, rep_id in seats:
            team.setdefault(role, rep_id)
        return team

    def activities(self, key: str, record_id: str) -> tuple[Activity, ...]:
        """Give what a lead or contact of the book did.

        Args:
            key: lead_id or contact_id.
            record_id: Its key; one that the book does not have has done nothing yet.
        """
        if record_id not in self._people(key):
            return ()
        rows = (
            self.run.scan("activities")
            .filter(pl.col(key) == record_id)
            .select("activity_type", "occurred_at")
            .collect()
        )
        return tuple(Activity(kind, when) for kind, when in rows.iter_rows())

    def _people(self, key: str) -> frozenset[str]:
        """Give the keys of those who did anything at all."""
        if key not in self._known:
            keys = self.run.scan("activities").select(pl.col(key).drop_nulls().unique()).collect()
            self._known[key] = frozenset(keys[key])
        return self._known[key]

    def _row(self, account_id: str) -> int | None:
        return _found(self._keys, account_id)


class _Teams:
    """Rows of account teams, ordered by account."""

    def __init__(self, table: pa.Table) -> None:
        self._keys, self._roles, self._reps = (table[name].combine_chunks() for name in ("record_id", "role", "rep_id"))

    def of(self, account_id: str) -> list[tuple[str, str | None]]:
        row = _found(self._keys, account_id)
        seats = []
        while row is not None and row < len(self._keys) and self._keys[row].as_py() == account_id:
            seats.append((self._roles[row].as_py(), self._reps[row].as_py()))
            row += 1
        return seats


def _found(keys: pa.Array, key: str) -> int | None:
    """Give the first row of a key among sorted ones."""
    row = bisect_left(range(len(keys)), key, key=lambda number: keys[number].as_py())
    return row if row < len(keys) and keys[row].as_py() == key else None


def _accounts(run: Run, fields: Iterable[str]) -> dict[str, pa.Array]:
    names = list(dict.fromkeys(["account_id", *_OF_ACCOUNT, *fields]))
    table = run.scan("accounts").select(names).sort("account_id").collect().to_arrow()
    return {name: table[name].combine_chunks() for name in names}


def _teams(run: Run) -> _Teams:
    frame = run.scan("assignments").filter(pl.col("object") == "account").select("record_id", "role", "rep_id").unique()
    return _Teams(frame.sort("record_id", "role", "rep_id").collect().to_arrow())


def _by_key(run: Run, table: str, key: str) -> dict[str, Record]:
    return {row[key]: row for row in run.frame(table).iter_rows(named=True)}


def survivors_of_run(run: Run) -> dict[str, str]:
    """Give the survivor of each merged account; the run's own references point at the last of a chain."""
    if "merges" not in run.names:
        return {}
    merged = run.scan("merges").filter(pl.col("object") == "account").select("record_id", "survivor_id").collect()
    return dict(merged.iter_rows())
