"""The plan's section ``changes.yaml``: how a change of owners is approved, when it takes effect, and where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from rightful.crm import OBJECTS
from rightful.errors import Mistake, PlanError, near_miss
from rightful.plan.section import LONGEST_DAYS, Name, RestOfPlan, Section, Written, place_of, rule_fields
from rightful.rules import parse_expression

__all__ = ["ApprovalPolicy", "ChangesSection", "HandOver", "Lock", "WriteBackTarget"]

_FILE = "changes.yaml"
_OWNED = tuple(each.name for each in OBJECTS if "owner_id" in each.rule_fields)


class HandOver(Section):
    """Time in which the old owner of an account introduces the new one; the account's records move with it."""

    days: int = Field(
        default=0,
        ge=0,
        le=LONGEST_DAYS,
        description="Days after the effective date on which the account changes hands.",
    )
    when: Written | None = Field(
        default=None, description="Condition on accounts that are handed over; left out, all that have an owner."
    )


class Lock(Section):
    """A person's decision that no change set touches a record."""

    object: Name = Field(
        default="account", description="What is locked: account, contact, lead, opportunity and so on."
    )
    record_id: Name = Field(description="Key of the record.")
    has_all: bool = Field(
        default=True, description="Yes: a locked account's contacts, opportunities and so on are locked as well."
    )
    reason: str = Field(description="Why it is locked.")
    locked_by: str = Field(description="Who locked it.")
    ends_on: date | None = Field(default=None, description="Last day of the lock; blank is open.")


class ApprovalPolicy(Section):
    """Who may approve a change set."""

    own_records_at_most: int | None = Field(
        default=1000,
        ge=0,
        description="Most records that may change hands where the proposer approves; above that somebody else has to. Blank: no limit.",
    )
    own_pipeline_at_most_usd: float | None = Field(
        default=None,
        ge=0,
        description="Most open pipeline that may change hands where the proposer approves. Blank: no limit.",
    )
    approvers: tuple[str, ...] = Field(
        default=(), description="Who may approve what is above the limits; left out, anybody but the proposer."
    )


class WriteBackTarget(Section):
    """Where new owners are written for the CRM."""

    target: Literal["files", "none"] = Field(
        default="files",
        description="files: tables for the CRM's bulk loader, below `changes/` of the plan. none: the ledger alone.",
    )
    format: Literal["csv", "parquet"] = Field(default="csv", description="Format of the files.")
    rows_at_most: int = Field(default=10_000, ge=1, description="Most rows of a file; bulk loaders have limits.")


class ChangesSection(Section):
    """How a change of owners is proposed, approved, and written."""

    effective_on: date | None = Field(
        default=None,
        description="Day on which changes take effect; left out, or before the run's as-of instant: at that instant.",
    )
    objects: tuple[Name, ...] = Field(
        default=_OWNED, min_length=1, description="Kinds of records that change sets change."
    )
    without_rep: Literal["keep", "end"] = Field(
        default="keep",
        description="Records for which the plan has nobody. keep: they stay with their owner. end: they have nobody.",
    )
    when_gone: Literal["keep", "end"] = Field(
        default="keep",
        description="Owned records that the book no longer has. keep: the ledger leaves them as they are. end: their ownership ends.",
    )
    hand_over: HandOver = Field(default=HandOver(), description="Accounts that change hands only after some days.")
    locks: tuple[Lock, ...] = Field(default=(), description="Records that no change set touches.")
    approval: ApprovalPolicy = Field(default=ApprovalPolicy(), description="Who may approve a change set.")
    write_back: WriteBackTarget = Field(
        default=WriteBackTarget(), description="Where new owners are written for the CRM."
    )

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check that objects exist, and that the condition of hand-over can be read."""
        for name in (*self.objects, *(lock.object for lock in self.locks)):
            if name not in _OWNED:
                problem = f"{str(name)!r} is no kind of record that has an owner"
                yield Mistake(place_of(name, _FILE), problem, ", ".join(_OWNED), near_miss(name, _OWNED))
        when = self.hand_over.when
        if when:
            try:
                parse_expression(when.text, rule_fields("accounts"), when.place, plan.lists)
            except PlanError as error:
                yield from error.mistakes
