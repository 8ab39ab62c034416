"""Whose turn it is: positions that rise by 1/weight, and loads relative to capacity.

Ties go to the first in the list. One kind of tie is different: who comes back is placed at the average and so often ties with
the others, and by list order the head of the list would then win every time (with five equal members of whom each is away
half the time at random, the first would get twice as many as the last). Where a member who came back ties, who has been idle
longest is next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from rightful.stages.routing.state import PoolState, RepState, Tally, Windows

__all__ = ["calibrated", "given_back", "least_loaded", "load", "lowest", "taken"]

# Weights such as 3 make positions like 0.1 + 0.2: what lies nearer than this is a tie.
_TIE = 1e-9


def calibrated(state: PoolState, available: tuple[str, ...], join_at: Literal["average", "minimum"]) -> PoolState:
    """Place members who join or come back among those who are there, so that they neither catch up nor fall behind.

    Who was there before keeps the position. Who was not starts at the average (or the lowest) position of those who were;
    where nobody was, as in the morning, known members keep their positions and new ones start at the average of these.

    Args:
        state: The pool before.
        available: Members who are there now, in the order of the pool.
        join_at: Where to start.

    Example:
        >>> before = PoolState({"R1": 4.0, "R2": 5.0, "R3": 1.0}, ("R1", "R2"))
        >>> calibrated(before, ("R1", "R2", "R3"), "average").positions["R3"]
        4.5
    """
    present = state.present
    if available is present or available == present:
        return state
    if not available:
        return replace(state, present=())
    before = frozenset(present)
    positions = dict(state.positions)
    stayed = [member for member in available if member in before and member in positions]
    known = [positions[member] for member in (stayed or available) if member in positions]
    start = 0.0 if not known else min(known) if join_at == "minimum" else sum(known) / len(known)
    returned = set(state.returned)
    for member in available:
        if member not in positions:
            positions[member] = start
        elif stayed and member not in before:
            positions[member] = start
            returned.add(member)
    return replace(state, positions=positions, present=available, returned=frozenset(returned))


def lowest(state: PoolState, members: Sequence[str], idle_since: Callable[[str], int | None]) -> str:
    """Give the member with the lowest position; of equals the first in the list, unless one of them has come back.

    Args:
        state: Where the turns stand.
        members: Who can take the record, in the order of the pool; at least one.
        idle_since: Moment of a rep's last record.

    Example:
        >>> lowest(PoolState({"R1": 2.0, "R2": 1.5, "R3": 1.5}), ["R1", "R2", "R3"], lambda rep: None)
        'R2'
    """
    positions = state.positions
    found = [positions.get(member, 0.0) for member in members]
    limit = min(found) + _TIE
    if not state.returned:
        return next(member for member, position in zip(members, found, strict=True) if position <= limit)
    tied = [member for member, position in zip(members, found, strict=True) if position <= limit]
    if state.returned.isdisjoint(tied):
        return tied[0]
    return min(tied, key=lambda member: _since(idle_since(member)))


def load(rep: RepState, capacity: float | None, usual_capacity: float) -> float:
    """Give the share of a rep's capacity that is in use; without a capacity, of the usual one."""
    limit = usual_capacity if capacity is None else capacity
    return rep.open_records / limit if limit > 0 else float("inf")


def least_loaded(loads: Sequence[float], idle_since: Sequence[int | None], members: Sequence[str]) -> str:
    """Give the member with the smallest load; of equals who has been idle longest (who never got one first), then the first.

    Example:
        >>> least_loaded([0.5, 0.2, 0.2], [None, 9, 4], ["R1", "R2", "R3"])
        'R3'
    """
    limit = min(loads) + _TIE
    tied = [number for number, each in enumerate(loads) if each <= limit]
    return members[min(tied, key=lambda number: (_since(idle_since[number]), number))]


def _since(moment: int | None) -> float:
    return float("-inf") if moment is None else moment


def taken(state: PoolState, rep_id: str, weight: float, now: Windows | None) -> PoolState:
    """Count a turn: the position rises by 1/weight, and caps count the record where the pool has any (``now`` given)."""
    positions = {**state.positions, rep_id: state.positions.get(rep_id, 0.0) + 1.0 / weight}
    returned = state.returned - {rep_id} if rep_id in state.returned else state.returned
    if now is None:
        return PoolState(positions, state.present, returned, state.tally, state.tallies)
    tallies = {**state.tallies, rep_id: state.tallies.get(rep_id, Tally()).plus(now)}
    return PoolState(positions, state.present, returned, state.tally.plus(now), tallies)


def given_back(state: PoolState, rep_id: str, weight: float, then: Windows | None) -> PoolState:
    """Take a turn back: after a rejection, say, where the plan's credits do not count it; ``then`` is when it was counted."""
    positions = {**state.positions, rep_id: state.positions.get(rep_id, 0.0) - 1.0 / weight}
    if then is None:
        return PoolState(positions, state.present, state.returned, state.tally, state.tallies)
    tallies = {**state.tallies, rep_id: state.tallies.get(rep_id, Tally()).minus(then)}
    return PoolState(positions, state.present, state.returned, state.tally.minus(then), tallies)
