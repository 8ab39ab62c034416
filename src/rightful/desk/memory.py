"""What routing remembers, as rows and as text: the same values in the database, in the prepared book and in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from rightful.stages.routing import PoolState, RepState, State
from rightful.stages.routing.state import Given, Tally

__all__ = ["pool_from", "pool_text", "state_from", "state_text", "tally_from", "tally_text"]

_NO_TALLY = Tally()
_counts_of = attrgetter(*(each.name for each in fields(Tally)))
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def tally_text(tally: Tally) -> str:
    """Write counts of an hour, a day and a week; nothing for none."""
    return "" if tally == _NO_TALLY else ",".join(map(str, _counts_of(tally)))


def tally_from(text: str) -> Tally:
    """Read what ``tally_text`` wrote.

    Example:
        >>> tally_from(tally_text(Tally(hour=60, in_hour=2))).in_hour
        2
    """
    return Tally(*map(int, text.split(","))) if text else _NO_TALLY


def pool_text(pool: PoolState) -> str:
    """Write what a pool remembers beside its members' turns: who was there, who has come back, and its own counts."""
    parts = [pool.present, sorted(pool.returned), tally_text(pool.tally)]
    return str(_encode(parts))


def pool_from(text: str, turns: Mapping[str, float], tallies: Mapping[str, Tally]) -> PoolState:
    """Read what ``pool_text`` wrote.

    Args:
        text: The text.
        turns: Position of each member.
        tallies: Counts of each member who has any.
    """
    present, returned, tally = json.loads(text)
    return PoolState(turns, tuple(present), frozenset(returned), tally_from(tally), tallies)


def state_text(state: State) -> str:
    """Write all that routing remembers."""
    plain: dict[str, Any] = {
        "pools": {
            name: {
                "detail": pool_text(pool),
                "turns": dict(pool.positions),
                "tallies": {rep_id: tally_text(tally) for rep_id, tally in pool.tallies.items()},
            }
            for name, pool in state.pools.items()
        },
        "reps": {rep_id: [rep.open_records, rep.last_at, tally_text(rep.tally)] for rep_id, rep in state.reps.items()},
        "given": {value: [given.rep_id, given.at] for value, given in state.given.items()},
    }
    return str(_encode(plain))


def state_from(text: str) -> State:
    """Read what ``state_text`` wrote.

    Example:
        >>> before = State({"p": PoolState({"R1": 0.5}, ("R1",))}, {"R1": RepState(2, 7)}, {"domain=x.com": Given("R1", 7)})
        >>> state_from(state_text(before)) == before
        True
    """
    plain = json.loads(text)
    return State(
        {
            name: pool_from(
                pool["detail"],
                pool["turns"],
                {rep_id: tally_from(tally) for rep_id, tally in pool["tallies"].items()},
            )
            for name, pool in plain["pools"].items()
        },
        {rep_id: RepState(count, last, tally_from(tally)) for rep_id, (count, last, tally) in plain["reps"].items()},
        {value: Given(rep_id, at) for value, (rep_id, at) in plain["given"].items()},
    )
