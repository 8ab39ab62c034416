"""Give a record to whom its account or its territory already gives it."""

from __future__ import annotations

from collections.abc import Sequence

from rightful.plan.routing import LastingOwner
from rightful.stages.coverage import CoverageOn, Seat, choose_rep
from rightful.stages.routing.case import Case
from rightful.stages.routing.hours import instant
from rightful.stages.routing.reps import Roster

__all__ = ["NOTHING_THERE", "account_owner", "territory_rep"]


_NO_ACCOUNT, _NO_TERRITORY = "no account", "no territory"
NOTHING_THERE = frozenset({_NO_ACCOUNT, _NO_TERRITORY})
"""What a method says of a record that it does not concern."""

Found = tuple[str | None, str]
"""What a method says: the rep, or None where it gives nobody; and why, in words."""


def account_owner(case: Case, rules: LastingOwner, roster: Roster) -> Found:
    """Give the owner of the record's account: the first of the roles whose rep is available, or who covers for that rep."""
    if case.account_id is None:
        return None, _NO_ACCOUNT
    refused = []
    for role in case.ruling.owner_roles:
        rep_id = case.team.get(role)
        if rep_id is None:
            refused.append(f"no {role}")
            continue
        found, words = _available(rep_id, rules, roster, case.moment)
        if found in case.refused:
            found, words = None, f"{found} refused it"
        if found:
            return (found, f"{role} of its account {case.account_id}{words}")
        refused.append(f"{role} {words}")
    return (None, f"account {case.account_id}: {', '.join(refused)}")


def territory_rep(case: Case, rules: LastingOwner, coverage: CoverageOn, roster: Roster) -> Found:
    """Give a rep of the territory of the record's own fields; records of one company go to the same one while available."""
    territory = case.ruling.territory_id
    if territory is None:
        return None, _NO_TERRITORY
    refused = []
    for role in case.ruling.territory_roles:
        seats = coverage.seats.get((territory, role), ())
        if case.refused:
            seats = tuple(seat for seat in seats if seat.rep_id not in case.refused)
        if not seats:
            refused.append(f"nobody is {role}")
            continue
        there = [seat for seat in seats if _available(seat.rep_id, rules, roster, case.moment)[0] == seat.rep_id]
        seat = choose_rep(case.company, there or _covered(seats, rules, roster, case.moment) or seats, None)
        found, words = _available(seat.rep_id, rules, roster, case.moment)
        if found in case.refused:
            found, words = None, f"{found} refused it"
        if found:
            shared = f", one of {len(seats)}" if len(seats) > 1 else ""
            return (found, f"{role} of {territory} by rule {case.ruling.territory_rule}{shared}{words}")
        refused.append(f"{role} {words}")
    return (None, f"territory {territory}: {', '.join(refused)}")


def _covered(seats: Sequence[Seat], rules: LastingOwner, roster: Roster, moment: int) -> list[Seat]:
    return [seat for seat in seats if _available(seat.rep_id, rules, roster, moment)[0]]


def _available(rep_id: str, rules: LastingOwner, roster: Roster, moment: int) -> tuple[str | None, str]:
    """Give the rep, or who covers, with what there is to say; None where neither is available, with why."""
    if rep_id not in roster:
        return None, f"{rep_id} is not active"
    stretch = roster.stretch(rep_id, moment)
    if stretch.is_absent and rules.available != "employed":
        until = f"absent until {instant(stretch.end):%Y-%m-%d %H:%M} UTC"
        cover = roster.cover(rep_id, moment) if rules.uses_cover else None
        if cover is not None and _is_there(cover, rules, roster, moment):
            return cover, f"; {cover} covers for {rep_id}, {until}"
        return None, f"{rep_id} is {until}"
    if _is_there(rep_id, rules, roster, moment):
        return rep_id, ""
    return None, f"{rep_id} is {'on holiday' if not stretch.is_present else 'after hours'}"


def _is_there(rep_id: str, rules: LastingOwner, roster: Roster, moment: int) -> bool:
    stretch = roster.stretch(rep_id, moment)
    if rules.available == "on_shift":
        return stretch.is_open
    return rules.available == "employed" or stretch.is_present
