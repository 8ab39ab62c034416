"""What is to be routed, what the plan's rules say of it, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rightful.plan.pools import Pool
from rightful.plan.routing import Method, Sla
from rightful.stages.routing.hours import instant
from rightful.stages.routing.state import Changes

__all__ = ["CAUSES", "Case", "DecidedBy", "Decision", "Ruling"]

DecidedBy = Literal["account_owner", "territory", "pool", "sticky", "fallback", "queue", "current_owner", "none"]

CAUSES = {
    "queued": "it is tried again at the moment that the detail names; until then a person may take it",
    "disqualified": "nothing to do, or change `disqualify` in routing.yaml",
    "closed_without_owner": "nothing to do while it is closed, or name `closed.rep_id` in routing.yaml",
    "no_pool": "add a row to pool_rules that holds for it, or name `fallback_pool` or `fallback_rep_id` in routing.yaml",
    "pool_without_members": "give the pool members who are active, or a fallback",
    "all_away": "give the pool a fallback, or set its when_all_away to queue or next_to_open",
    "pool_full": "raise the caps or the capacities, close finished records, or give the pool a fallback",
    "all_refused": "ask somebody else to take it, or give the pool more members or a fallback",
    "no_skill": "add a member with the skill, make the skill preferred instead of required, or give the pool a fallback",
    "inactive_fallback": "name an active rep as `fallback_rep_id`",
    "lead_without_rep": "repair its lead, which is among the exceptions",
    "no_lead": "link the task to a record that exists",
}
"""Why a record has no rep, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the plan's rules say of a record.

    Attributes:
        closed: Why it needs nobody; empty where it is open.
        is_counted: Whether it counts as an open record of its rep.
        disqualified: Name of the rule by which nobody should act on it; empty for none.
        keeps_current_owner: Whether it stays with the owner it has.
        methods: Methods in the order in which they are tried.
        owner_roles: Roles of the account's rep, in order.
        territory_roles: Roles of the territory's rep, in order.
        pool: Its pool; None for none.
        pool_rule: Name of the rule that chose the pool.
        territory_id: Territory of its own fields; None for none.
        territory_rule: Name of the rule that placed it.
        sla: Its deadline; None for none.
    """

    closed: str = ""
    is_counted: bool = True
    disqualified: str = ""
    keeps_current_owner: bool = True
    methods: tuple[Method, ...] = ("account_owner", "territory", "pool")
    owner_roles: tuple[str, ...] = ()
    territory_roles: tuple[str, ...] = ()
    pool: Pool | None = None
    pool_rule: str = ""
    territory_id: str | None = None
    territory_rule: str = ""
    sla: Sla | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A lead or contact that is to be routed.

    Attributes:
        object: Kind of record.
        record_id: Its key.
        ruling: What the plan's rules say of it.
        moment: Moment at which it is decided.
        arrived: Moment from which its deadline counts.
        owner_id: Who owns it today.
        account_id: Its matched account.
        team: Rep of that account by role.
        facts: Values of the fields that pools compare: sticky ones and skills.
        company: What is the same for records of one company: shared territories give them to one rep.
        refused: Reps who do not get it: they rejected it, or lost it to its deadline.
    """

    object: str
    record_id: str
    ruling: Ruling
    moment: int
    arrived: int
    owner_id: str | None = None
    account_id: str | None = None
    team: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str | None] = field(default_factory=dict)
    company: str = ""
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """Who acts on a record now.

    Attributes:
        object: Kind of record.
        record_id: Its key.
        decided: Moment of the decision.
        rep_id: The rep; None where nobody does.
        method: How it was decided.
        pool_id: Pool that gave the rep, or in which the record waits; None where none did.
        reason: Why, in words.
        cause: Code of the exception where ``rep_id`` is None.
        retry: Moment at which a waiting record is tried again; None for none.
        sla_due: Moment at which the first response is due; None without a deadline.
        state: State of the pool that decided, as compact text.
        changes: What the decision rewrites.
        turn_in: Pool in which it counted as a turn; None where it did in none.
    """

    object: str
    record_id: str
    decided: int
    rep_id: str | None
    method: DecidedBy
    pool_id: str | None
    reason: str
    cause: str = ""
    retry: int | None = None
    sla_due: int | None = None
    state: str = ""
    changes: Changes = field(default_factory=Changes)
    turn_in: str | None = None

    @property
    def decided_at(self) -> datetime:
        """The instant of the decision."""
        return instant(self.decided)

    @property
    def sla_due_at(self) -> datetime | None:
        """The instant at which the first response is due."""
        return None if self.sla_due is None else instant(self.sla_due)
