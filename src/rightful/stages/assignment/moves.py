"""Decide whether open work moves when its account changes hands: exempt, eligible to stay, or now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

__all__ = ["Mover", "Owner", "owner_of_work", "ranked_keepers"]


@dataclass(frozen=True, slots=True)
class Mover:
    """Open or closed work at the moment of assignment.

    Attributes:
        record_id: Key of the record.
        owner_id: Who owns it today; None for nobody.
        is_closed: Closed work never moves.
        heir_id: Who owns the record that it follows, by the new plan; None for nobody.
        heir: Why the heir, in a few words: ``account owner of A-1``.
        is_exempt: The plan says that it stays.
        is_eligible: The plan says that its owner may keep it.
        stage: Sales stage.
        amount_usd: Value.
    """

    record_id: str
    owner_id: str | None
    is_closed: bool
    heir_id: str | None
    heir: str
    is_exempt: bool = False
    is_eligible: bool = False
    stage: str | None = None
    amount_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns a piece of work, and why; ``rep_id`` None is an exception with the cause.

    Attributes:
        rep_id: The owner.
        method: How it was decided.
        reason: Why, in a sentence.
        cause: Code of the exception; empty for none.
        ends_on: Last day on which an owner keeps eligible work; None for open.
        next_rep_id: Who gets it after that day.
    """

    rep_id: str | None
    method: str
    reason: str
    cause: str = ""
    ends_on: date | None = None
    next_rep_id: str | None = None


def ranked_keepers(work: Iterable[Mover], stage_order: Mapping[str, int], at_most: int | None) -> frozenset[str]:
    """Choose which eligible records their owners keep: per owner later stages first, then larger, then the smaller key.

    Args:
        work: All open work.
        stage_order: Place of each stage from early to late; stages left out come before all.
        at_most: Most records an owner keeps; None keeps all.
    """
    by_owner: dict[str, list[Mover]] = {}
    for each in work:
        if each.is_eligible and not each.is_closed and each.owner_id:
            by_owner.setdefault(each.owner_id, []).append(each)
    kept: list[str] = []
    for eligible in by_owner.values():
        eligible.sort(
            key=lambda each: (-stage_order.get(each.stage or "", -1), -(each.amount_usd or 0.0), each.record_id)
        )
        kept += [each.record_id for each in eligible[:at_most]]
    return frozenset(kept)


def owner_of_work(work: Mover, working: frozenset[str], keepers: frozenset[str], keeps_until: date) -> Owner:
    """Decide who owns a piece of work.

    Args:
        work: The work.
        working: Reps who are active and employed.
        keepers: Eligible records that stay, see ``ranked_keepers``.
        keeps_until: Last day on which they stay.
    """
    has_owner = work.owner_id is not None
    if work.is_closed and has_owner:
        return Owner(work.owner_id, "closed", "closed work stays with its owner")
    owner_works = work.owner_id in working
    if owner_works and work.owner_id == work.heir_id:
        return Owner(work.owner_id, "follows", f"stays with the {work.heir}")
    if owner_works and work.is_exempt:
        return Owner(
            work.owner_id, "exempt", f"exempt from moving by the plan; the {work.heir} is {work.heir_id or 'nobody'}"
        )
    if owner_works and work.record_id in keepers:
        return Owner(
            work.owner_id,
            "eligible",
            f"the owner keeps it until {keeps_until}, then it goes to {work.heir_id or 'nobody'}",
            ends_on=keeps_until,
            next_rep_id=work.heir_id,
        )
    if work.heir_id:
        before = f" from {work.owner_id}" if has_owner else ""
        return Owner(work.heir_id, "follows", f"moves{before} to the {work.heir}")
    if owner_works:
        return Owner(work.owner_id, "kept", f"nobody is the {work.heir}, so it stays with its owner")
    cause = "inactive_owner" if has_owner else "closed_without_owner" if work.is_closed else "no_owner"
    return Owner(
        None,
        "none",
        f"nobody is the {work.heir}, and {'its owner is not active' if has_owner else 'it has no owner'}",
        cause,
    )
