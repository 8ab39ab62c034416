"""Read from the plan and a run what rules a change set: when it takes effect, what is locked, what is handed over later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from rightful.errors import Mistake, Place, RunError
from rightful.plan import Plan
from rightful.plan.section import rule_fields
from rightful.rules import Rule, compile_rules, parse_expression
from rightful.runs.changes.steps import ChangePolicy, start_of
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns

__all__ = ["effective_instant", "policy_of"]


def effective_instant(plan: Plan, as_of: datetime, effective_on: date | None = None) -> datetime:
    """Give the instant at which a change set takes effect.

    Args:
        plan: Its ``changes.effective_on`` counts where nobody names a day.
        as_of: Instant at which the run read the book; nothing takes effect before.
        effective_on: The day that somebody names.

    Raises:
        RunError: The day that somebody names is over.
    """
    time_zone = ZoneInfo(plan.general.time_zone)
    today = as_of.astimezone(time_zone).date()
    if effective_on and effective_on < today:
        problem = f"a change set cannot take effect on {effective_on}, the book is as of {today}"
        raise RunError(Mistake(Place("--effective"), problem, f"{today} or later", "name another day, or leave it out"))
    day = effective_on or plan.changes.effective_on
    return max(start_of(day, time_zone), as_of) if day else as_of


def policy_of(plan: Plan, run: Run, effective_at: datetime) -> ChangePolicy:
    """Give what rules the changes from what is to what the run wants."""
    section = plan.changes
    time_zone = ZoneInfo(plan.general.time_zone)
    day = effective_at.astimezone(time_zone).date()
    locks = [lock for lock in section.locks if not lock.ends_on or day <= lock.ends_on]
    worded = {(str(lock.object), lock.record_id): f"locked by {lock.locked_by}: {lock.reason}" for lock in locks}
    whole = {lock.record_id for lock in locks if lock.object == "account" and lock.has_all}
    return ChangePolicy(
        effective_at,
        time_zone,
        roles=tuple(map(str, plan.assignment.roles)),
        without_rep=section.without_rep,
        when_gone=section.when_gone,
        locked_records=worded,
        locked_accounts={account: worded["account", account] for account in sorted(whole)},
        later=_handed_over(plan, run, effective_at, time_zone),
    )


def _handed_over(plan: Plan, run: Run, effective_at: datetime, time_zone: ZoneInfo) -> dict[str, datetime]:
    """Give the accounts that would change hands later, and when: days after the one on which other changes take effect."""
    section = plan.changes.hand_over
    if not section.days:
        return {}
    day = effective_at.astimezone(time_zone).date() + timedelta(days=section.days)
    later = max(start_of(day, time_zone), effective_at)
    if section.when is None:
        accounts = columns(run, "accounts").collect()
    else:
        fields = rule_fields("accounts")
        condition = parse_expression(section.when.text, fields, section.when.place, plan.lists)
        read = columns(run, "accounts", *sorted(condition.fields())).collect()
        holds = compile_rules([Rule("hand_over", condition)], fields).first_table(read.to_arrow()) >= 0
        accounts = read.filter(pl.Series(holds))
    return dict.fromkeys(accounts["account_id"].to_list(), later)
