"""Decide who works a territory in a role on a day, and how several reps share it.

Where reps share a territory, each account goes to one of them by weighted rendezvous hashing: the share follows the
weights, and when a rep joins or leaves only that rep's accounts move.

Source: D. Thaler, C. Ravishankar, "Using name-based mappings to increase hit rates", 1998; with the logarithmic weights of
C. Schindelhauer and G. Schomaker, "Weighted distributed hash tables", 2005.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from rightful.plan.territories import Coverage
from rightful.stages.roster import why_not_working

__all__ = ["CoverageOn", "Seat", "choose_rep", "coverage_on"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A rep's share of a territory in a role.

    Attributes:
        rep_id: Who works it.
        weight: Share relative to the other seats.
        stands_in_for: Rep for whom this one stands in, ``vacancy``, or empty.
        ends_on: Last day of standing in; None for open.
    """

    rep_id: str
    weight: float
    stands_in_for: str = ""
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class CoverageOn:
    """Who works what on a day.

    Attributes:
        seats: Seats by (territory, role), in the order of the plan.
        vacant: (territory, role) pairs that coverage names but nobody works, with the reason.
    """

    seats: Mapping[tuple[str, str], tuple[Seat, ...]]
    vacant: Mapping[tuple[str, str], str]


def coverage_on(rows: Iterable[Coverage], working: frozenset[str], known: Container[str], day: date) -> CoverageOn:
    """Read coverage for a day.

    Args:
        rows: Coverage of the plan.
        working: Reps who are active and employed on the day.
        known: All reps of the book.
        day: The day.
    """
    valid = [
        row for row in rows if (not row.starts_on or row.starts_on <= day) and (not row.ends_on or day <= row.ends_on)
    ]
    stand_ins = {
        (str(row.territory), str(row.role), row.covers): row for row in valid if row.covers and row.rep_id in working
    }
    seats: dict[tuple[str, str], list[Seat]] = {}
    vacant: dict[tuple[str, str], str] = {}
    for row in valid:
        if row.covers:
            continue
        pair = (str(row.territory), str(row.role))
        away = str(row.rep_id) or "vacancy"
        stand_in = stand_ins.get((*pair, away))
        if stand_in:
            seats.setdefault(pair, []).append(Seat(str(stand_in.rep_id), row.weight, away, stand_in.ends_on))
        elif row.rep_id in working:
            seats.setdefault(pair, []).append(Seat(str(row.rep_id), row.weight))
        else:
            vacant[pair] = (
                f"rep {row.rep_id} {why_not_working(row.rep_id, known)}" if row.rep_id else "the seat is vacant"
            )
    return CoverageOn(
        {pair: tuple(each) for pair, each in seats.items()},
        {pair: reason for pair, reason in vacant.items() if pair not in seats},
    )


def choose_rep(account_id: str, seats: Sequence[Seat], current_owner_id: str | None) -> Seat:
    """Choose the seat of a shared territory that an account belongs to.

    Args:
        account_id: Key of the account.
        seats: At least one.
        current_owner_id: Who owns it today: kept where this rep has a seat; None where that shall not count.

    Example:
        >>> choose_rep("A-1", [Seat("R1", 1.0), Seat("R2", 1.0)], "R2").rep_id
        'R2'
    """
    for seat in seats:
        if seat.rep_id == current_owner_id:
            return seat
    if len(seats) == 1:
        return seats[0]
    return max(seats, key=lambda seat: (_pull(account_id, seat), seat.rep_id))


def _pull(account_id: str, seat: Seat) -> float:
    digest = blake2b(f"{account_id}\0{seat.rep_id}".encode(), digest_size=8).digest()
    share = (int.from_bytes(digest, "big") + 0.5) / 2**64
    return -seat.weight / math.log(share)
