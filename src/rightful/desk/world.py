"""What routing remembers, in memory and in the database: read once, then only what others wrote; written with each group.

A process holds the state as of a position of the ledger. Where the ledger stands elsewhere when the process writes, it reads the
rows that were written since, and so has what the others left. All writers take their turns by the ledger's one lock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rightful.desk.memory import pool_from, pool_text, tally_from, tally_text
from rightful.ledger.desk_tables import (
    desk_book,
    desk_given,
    desk_members,
    desk_pools,
    desk_reps,
    desk_requests,
)
from rightful.ledger.direct import DirectEntry, upsert
from rightful.stages.routing import Changes, PoolState, RepState, State
from rightful.stages.routing.state import Given, Tally

__all__ = ["Key", "World"]

Key = tuple[str, str]
"""Table and key of a record."""


def _since(table: sa.Table, *names: str) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in names)).where(table.c.position > sa.bindparam("since"))


_POOLS = _since(desk_pools, "pool_id", "detail")
_MEMBERS = _since(desk_members, "pool_id", "rep_id", "turn", "tally")
_REPS = _since(desk_reps, "rep_id", "open_records", "last_at", "tally")
_GIVEN = _since(desk_given, "value", "rep_id", "given_at")
_BOOK = _since(desk_book, "table_name", "record_id", "record").order_by(
    desk_book.c.position, desk_book.c.table_name, desk_book.c.record_id
)
_LAST = sa.select(sa.func.max(desk_requests.c.moment)).where(desk_requests.c.position > sa.bindparam("since"))
_EMPTY = PoolState()


class World:
    """The state of routing as of a position.

    Attributes:
        position: The entry of the ledger up to which everything is known; -1 before anything was read.
        last: The last moment at which anything was decided.
        state: What routing remembers; changed in place.
        fresh: Records that were put into the book since it was prepared, by table and key, as they came.
    """

    def __init__(self) -> None:
        self.position, self.last = -1, 0
        self._pools: dict[str, PoolState] = {}
        self._reps: dict[str, RepState] = {}
        self._given: dict[str, Given] = {}
        self.state = State(self._pools, self._reps, self._given)
        self.fresh: dict[Key, Mapping[str, str | None]] = {}
        self._dirty_pools: dict[str, PoolState] = {}
        self._dirty_reps: set[str] = set()
        self._dirty_given: set[str] = set()

    def catch_up(self, entry: DirectEntry) -> list[Key]:
        """Read what was written since this world's position; give the records of the book among it."""
        if self.position == entry.position - 1:
            return []
        since = self.position
        turns: dict[str, dict[str, float]] = {name: dict(pool.positions) for name, pool in self._pools.items()}
        tallies: dict[str, dict[str, Tally]] = {name: dict(pool.tallies) for name, pool in self._pools.items()}
        for pool_id, rep_id, turn, tally in entry.rows(_MEMBERS, since=since):
            turns.setdefault(pool_id, {})[rep_id] = turn
            if tally:
                tallies.setdefault(pool_id, {})[rep_id] = tally_from(tally)
        for pool_id, detail in entry.rows(_POOLS, since=since):
            self._pools[pool_id] = pool_from(detail, turns.get(pool_id, {}), tallies.get(pool_id, {}))
        for rep_id, count, last, tally in entry.rows(_REPS, since=since):
            self._reps[rep_id] = RepState(count, last, tally_from(tally))
        for value, rep_id, at in entry.rows(_GIVEN, since=since):
            self._given[value] = Given(rep_id, at)
        found = []
        for table, key, record in entry.rows(_BOOK, since=since):
            self.fresh[(table, key)] = json.loads(record)
            found.append((table, key))
        [(last,)] = entry.rows(_LAST, since=since)
        self.last = max(self.last, last or 0)
        self.position = entry.position - 1
        return found

    def apply(self, changes: Changes) -> None:
        """Take over what a decision changed."""
        for name, pool in changes.pools.items():
            self._dirty_pools.setdefault(name, self._pools.get(name, _EMPTY))
            self._pools[name] = pool
        self._reps.update(changes.reps)
        self._dirty_reps.update(changes.reps)
        self._given.update(changes.given)
        self._dirty_given.update(changes.given)

    def write(self, entry: DirectEntry) -> None:
        """Write what changed since the last time."""
        at = entry.position
        pools, members = [], []
        for name, before in self._dirty_pools.items():
            pool = self._pools[name]
            pools.append({"pool_id": name, "detail": pool_text(pool), "position": at})
            for rep_id, turn in pool.positions.items():
                tally = pool.tallies.get(rep_id, _NO_TALLY)
                if before.positions.get(rep_id) != turn or before.tallies.get(rep_id, _NO_TALLY) != tally:
                    row = {"pool_id": name, "rep_id": rep_id, "turn": turn, "tally": tally_text(tally), "position": at}
                    members.append(row)
        entry.put(_PUT_POOL, pools)
        entry.put(_PUT_MEMBER, members)
        entry.put(_PUT_REP, [_rep_row(rep_id, self._reps[rep_id], at) for rep_id in sorted(self._dirty_reps)])
        given = [(value, self._given[value]) for value in sorted(self._dirty_given)]
        rows = [{"value": value, "rep_id": each.rep_id, "given_at": each.at, "position": at} for value, each in given]
        entry.put(_PUT_GIVEN, rows)
        self._dirty_pools, self._dirty_reps, self._dirty_given = {}, set(), set()

    def put_book(self, entry: DirectEntry, table: str, key: str, record: Mapping[str, str | None]) -> None:
        """Keep a record that was put into the book."""
        self.fresh[(table, key)] = record
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        row = {"table_name": table, "record_id": key, "record": text, "position": entry.position}
        entry.put(_PUT_BOOK, [row])


def _rep_row(rep_id: str, rep: RepState, position: int) -> dict[str, Any]:
    return {
        "rep_id": rep_id,
        "open_records": rep.open_records,
        "last_at": rep.last_at,
        "tally": tally_text(rep.tally),
        "position": position,
    }


_NO_TALLY = Tally()
_PUT_POOL, _PUT_MEMBER, _PUT_REP = upsert(desk_pools), upsert(desk_members), upsert(desk_reps)
_PUT_GIVEN, _PUT_BOOK = upsert(desk_given), upsert(desk_book)
