"""Coverage holes in time: territories without a rep, absences without cover, pools where everybody is away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from rightful.errors import Place
from rightful.plan import Plan
from rightful.plan.pools import Pool
from rightful.plan.section import place_of
from rightful.runs.proof.accounts import Accounts
from rightful.runs.proof.finding import Candidate, Severity, Stake, Told
from rightful.stages.coverage import Seat, coverage_on
from rightful.stages.roster import working_on
from rightful.stages.routing.context import members_of

__all__ = ["HORIZON_DAYS", "holes"]

HORIZON_DAYS = 365
"""Days from the as-of date on which holes are sought."""
_FILE = "assignment.yaml"


@dataclass(frozen=True, slots=True)
class _Absence:
    """Days on which a rep is away, both included, and who covers."""

    rep_id: str
    first: date
    last: date
    covered_by: str


def holes(plan: Plan, accounts: Accounts, stakes: Mapping[str, Stake]) -> Iterator[Candidate]:
    """Find the holes of a year from the book's as-of date.

    Args:
        plan: The plan.
        accounts: The book.
        stakes: What lies in each territory.
    """
    today = accounts.as_of.date()
    horizon = today + timedelta(days=HORIZON_DAYS)
    yield from _vacancies(plan, accounts, stakes, (today, horizon))
    absences = _absences(accounts, today, horizon)
    yield from _uncovered(plan, accounts, absences, stakes)
    yield from _empty_pools(plan, accounts, absences)


def _vacancies(
    plan: Plan, accounts: Accounts, stakes: Mapping[str, Stake], span: tuple[date, date]
) -> Iterator[Candidate]:
    """Find the spans of days in which nobody works a territory in a role that coverage names."""
    today, horizon = span
    rows = plan.assignment.coverage
    turns = {today}
    for row in rows:
        turns |= {day for day in (row.starts_on, row.ends_on and row.ends_on + timedelta(days=1)) if day}
    starts, ends = (accounts.reps[name].to_pylist() for name in ("starts_on", "ends_on"))
    turns |= {day for day in starts if day} | {day + timedelta(days=1) for day in ends if day}
    days = sorted(day for day in turns if today <= day <= horizon)
    required = {str(rule.territory) for layer in plan.assignment.layers if layer.is_required for rule in layer.rules}
    empty: dict[tuple[str, str], list[tuple[date, date | None]]] = {}
    pairs = {(str(row.territory), str(row.role)): row.territory for row in rows if not row.covers}
    for day, following in zip(days, [*days[1:], None], strict=True):
        seats = _seats(plan, accounts, day)
        last = following - timedelta(days=1) if following else None
        for pair in pairs:
            if pair not in seats:
                spans = empty.setdefault(pair, [])
                if spans and spans[-1][1] and spans[-1][1] + timedelta(days=1) == day:
                    spans[-1] = (spans[-1][0], last)
                else:
                    spans.append((day, last))
    for pair, spans in empty.items():
        for first, last in spans:
            stake = stakes.get(pair[0])
            is_urgent = first == today and stake is not None and stake.records and pair[0] in required
            severity = Severity.ERROR if is_urgent else Severity.WARNING
            until = f"{first} to {last}" if last else f"{first} on"
            places = (place_of(pairs[pair], _FILE),)
            told = partial(_vacant, pair, until)
            yield Candidate("vacancy", severity, pair[0], (*pair, str(last)), told, stake, places)


def _seats(plan: Plan, accounts: Accounts, day: date) -> Mapping[tuple[str, str], Sequence[Seat]]:
    known = frozenset(accounts.reps["rep_id"].to_pylist())
    return coverage_on(plan.assignment.coverage, working_on(accounts.reps, day), known, day).seats


def _vacant(pair: tuple[str, str], until: str) -> Told:
    message = f"territory {pair[0]!r} has no {pair[1].replace('_', ' ')} from {until}"
    return Told(message, "add a row to coverage, or a stand-in row with `covers`")


def _absences(accounts: Accounts, today: date, horizon: date) -> tuple[_Absence, ...]:
    found = []
    for row in sorted(accounts.absences.to_pylist(), key=lambda row: str(row["absence_id"])):
        if row["rep_id"] and row["starts_at"] and row["ends_at"]:
            first = row["starts_at"].date()
            last = (row["ends_at"] - timedelta(microseconds=1)).date()  # it ends at the first moment back
            if last >= today and first <= horizon:
                found.append(_Absence(str(row["rep_id"]), max(first, today), last, str(row["cover_rep_id"] or "")))
    return tuple(found)


def _uncovered(
    plan: Plan, accounts: Accounts, absences: Sequence[_Absence], stakes: Mapping[str, Stake]
) -> Iterator[Candidate]:
    """Find absences of the only rep of a territory and role, with nobody to cover."""
    for absence in absences:
        if absence.covered_by:
            continue
        alone = []
        seats = _seats(plan, accounts, absence.first)
        for (territory, role), each in seats.items():
            if {seat.rep_id for seat in each} == {absence.rep_id}:
                alone.append((territory, role))
        if alone:
            place = _place_of_rep(plan, absence.rep_id)
            stake = max((stakes[each] for each, _ in alone if each in stakes), key=lambda one: one.order, default=None)
            told = partial(_alone, absence, alone)
            subject = (absence.rep_id, str(absence.last), *(territory for territory, _ in alone))
            yield Candidate("absence", Severity.NOTE, alone[0][0], subject, told, stake, (place,))


def _place_of_rep(plan: Plan, rep_id: str) -> Place:
    rows = [row for row in plan.assignment.coverage if row.rep_id == rep_id]
    return place_of(rows[0].territory, _FILE) if rows else Place(_FILE)


def _alone(absence: _Absence, alone: Sequence[tuple[str, str]]) -> Told:
    named = ", ".join(f"{territory} ({role.replace('_', ' ')})" for territory, role in alone[:3])
    more = f" and {len(alone) - 3} more" if len(alone) > 3 else ""
    message = f"rep {absence.rep_id} is away {absence.first} to {absence.last}, nobody covers, and works alone in {named}{more}"
    return Told(message, "name who covers in the absence, or add a stand-in row with `covers`")


def _empty_pools(plan: Plan, accounts: Accounts, absences: Sequence[_Absence]) -> Iterator[Candidate]:
    """Find the days on which every working member of a pool is absent, and pools that one absence empties."""
    reps: list[Mapping[str, Any]] = accounts.reps.to_pylist()
    today = accounts.as_of.date()
    for pool in plan.routing.pools:
        name, members = str(pool.pool), set(members_of(pool, reps, plan))
        places = (place_of(pool.pool, "routing.yaml"),)
        working = working_on(accounts.reps, today) & members
        if len(working) == 1:
            told = partial(_only_one, pool, min(working))
            yield Candidate("pool", Severity.NOTE, name, ("one", *working), told, None, places)
        away = [absence for absence in absences if absence.rep_id in members]
        for first, last in _runs(day for day in _days(away) if _is_empty(accounts, members, away, day)):
            told = partial(_all_away, pool, first, last)
            yield Candidate("pool", Severity.WARNING, name, ("away", str(last)), told, None, places)


def _days(absences: Sequence[_Absence]) -> list[date]:
    """Give the days of absences, rising, each once."""
    spans = ((absence.first, (absence.last - absence.first).days) for absence in absences)
    return sorted({first + timedelta(days=step) for first, count in spans for step in range(count + 1)})


def _is_empty(accounts: Accounts, members: set[str], absences: Sequence[_Absence], day: date) -> bool:
    working = working_on(accounts.reps, day) & members
    return bool(working) and working <= {each.rep_id for each in absences if each.first <= day <= each.last}


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Join days that follow one another."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and runs[-1][1] + timedelta(days=1) == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


_POLICY = {
    "queue": "records wait in the queue",
    "next_to_open": "records go to whoever works next",
    "fallback": "records go to the fallback",
}


def _all_away(pool: Pool, first: date, last: date) -> Told:
    when = f"on {first}" if first == last else f"from {first} to {last}"
    message = f"everybody in pool {str(pool.pool)!r} is absent {when}: {_POLICY[pool.when_all_away]}"
    return Told(message, "move an absence, or add a member")


def _only_one(pool: Pool, rep_id: str) -> Told:
    message = f"pool {str(pool.pool)!r} has one working member, {rep_id}: when away, {_POLICY[pool.when_all_away]}"
    return Told(message, "add a member, if records shall not wait")
