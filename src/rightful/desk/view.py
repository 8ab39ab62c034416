"""The book as the desk reads it: accounts of a run by key, in their columns; reps and absences; and what was put in since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import polars as pl
import pyarrow as pa

from rightful.desk.prepare import table_of_run
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
        self._keys = _Keys(self._columns["account_id"])
        self._owners = self._columns["assigned_rep_id"]
        self._last: tuple[str, int | None] = ("", None)
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
        known, row = self._last  # one record asks for its account several times
        if known != account_id:
            row = self._keys.find(account_id)
            self._last = (account_id, row)
        return row


class _Keys:
    """Sorted keys of a table, in which one is found among a million without making objects of more than twenty."""

    def __init__(self, keys: pa.Array) -> None:
        _, starts, text = keys.buffers()
        self._rows = range(len(keys))
        self._starts = memoryview(starts or b"").cast("q")[keys.offset :]
        self._text = memoryview(text or b"")

    def at(self, row: int) -> bytes:
        """Give the key of a row, in UTF-8."""
        return bytes(self._text[self._starts[row] : self._starts[row + 1]])

    def find(self, key: str) -> int | None:
        """Give the first row of a key; None where none has it."""
        wanted = key.encode("utf-8", "surrogatepass")
        row = bisect_left(self._rows, wanted, key=self.at)
        return row if row < len(self._rows) and self.at(row) == wanted else None


class _Teams:
    """Rows of account teams, ordered by account."""

    def __init__(self, table: pa.Table) -> None:
        keys, self._roles, self._reps = (_whole(table[name]) for name in ("record_id", "role", "rep_id"))
        self._keys = _Keys(keys)

    def of(self, account_id: str) -> list[tuple[str, str | None]]:
        row, key = self._keys.find(account_id), account_id.encode("utf-8", "surrogatepass")
        seats = []
        while row is not None and row < len(self._roles) and self._keys.at(row) == key:
            seats.append((self._roles[row].as_py(), self._reps[row].as_py()))
            row += 1
        return seats


def _accounts(run: Run, fields: Iterable[str]) -> dict[str, pa.Array]:
    """Give columns of accounts by key; those of the same fields are made once."""
    names = list(dict.fromkeys(["account_id", *_OF_ACCOUNT, *sorted(fields)]))
    digest = sha256(" ".join(names).encode()).hexdigest()[:12]
    table = table_of_run(run, f"columns-{digest}", lambda: run.scan("accounts").select(names).sort("account_id"))
    return {name: _whole(table[name]) for name in names}


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Give a column in one piece, without copying one that is."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _teams(run: Run) -> _Teams:
    def made() -> pl.LazyFrame:
        seats = run.scan("assignments").filter(pl.col("object") == "account").select("record_id", "role", "rep_id")
        return seats.unique().sort("record_id", "role", "rep_id")

    return _Teams(table_of_run(run, "teams", made))


def _by_key(run: Run, table: str, key: str) -> dict[str, Record]:
    return {row[key]: row for row in run.frame(table).iter_rows(named=True)}


def survivors_of_run(run: Run) -> dict[str, str]:
    """Give the survivor of each merged account; the run's own references point at the last of a chain."""
    if "merges" not in run.names:
        return {}
    merged = run.scan("merges").filter(pl.col("object") == "account").select("record_id", "survivor_id").collect()
    return dict(merged.iter_rows())
