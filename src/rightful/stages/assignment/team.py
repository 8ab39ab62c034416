"""Decide the team of every account: one rep per role, from coverage, families and pins."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rightful.plan.assignment import AssignmentSection, Pin
from rightful.stages.coverage import CoverageOn, Seat, choose_rep
from rightful.stages.roster import why_not_working
from rightful.stages.territories import Placement

__all__ = ["Member", "TeamRules", "active_pins", "missing_member"]


@dataclass(frozen=True, slots=True)
class Member:
    """A seat of an account team.

    Attributes:
        role: The role.
        territory_id: Territory that gives the rep; None for pins and fallbacks without one.
        rep_id: The rep; None where nobody can take the role.
        method: rule, pin, fallback or none.
        reason: Why, in a sentence.
        cause: Code of the exception where ``rep_id`` is None.
        ends_on: Last day of a pin or of standing in; None for open.
        next_rep_id: Who has the seat after that day; None where a later run decides.
    """

    role: str
    territory_id: str | None
    rep_id: str | None
    method: str
    reason: str
    cause: str = ""
    ends_on: date | None = None
    next_rep_id: str | None = None


@dataclass(frozen=True, slots=True)
class TeamRules:
    """What decides teams on a day.

    Attributes:
        section: The plan's section.
        coverage: Who works what on the day.
        working: Reps who are active and employed.
        known: All reps of the book.
        pins: Pins of accounts in force, by (account_id, role).
        day: The day.
        filling: Layers whose territories fill a role, by role.
    """

    section: AssignmentSection
    coverage: CoverageOn
    working: frozenset[str]
    known: Container[str]
    pins: Mapping[tuple[str, str], Pin]
    day: date
    filling: Mapping[str, frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        """Read off the section which layers fill each role, once for all accounts."""
        layers = self.section.layers
        filling = {
            role: frozenset(each.layer for each in layers if not each.roles or role in each.roles)
            for role in self.section.roles
        }
        object.__setattr__(self, "filling", filling)

    def team(
        self, account_id: str, owner_id: str | None, placements: Sequence[tuple[str, Placement]]
    ) -> tuple[Member, ...]:
        """Decide the team of an account.

        Args:
            account_id: Key of the account that decides: of a follower in a family, the one it follows.
            owner_id: Who owns it today.
            placements: (layer, placement) in the order of the layers, winners first.

        Returns:
            A member per role of the plan that a territory of the account fills or leaves vacant, the primary role always.
        """
        members = []
        for number, role in enumerate(self.section.roles):
            member = self._member(account_id, owner_id, role, placements)
            if member.rep_id or number == 0 or member.cause != "no_coverage":
                members.append(member)
        return tuple(members)

    def _member(
        self, account_id: str, owner_id: str | None, role: str, placements: Sequence[tuple[str, Placement]]
    ) -> Member:
        pin = self.pins.get((account_id, role))
        if pin is None:
            return self._by_rules(account_id, owner_id, role, placements)
        if pin.rep_id in self.working:
            reason = f"pinned by {pin.pinned_by} ({pin.pin_class}): {pin.reason}"
            territory = placements[0][1].territory_id if placements else None
            return Member(role, territory, str(pin.rep_id), "pin", reason, ends_on=pin.ends_on)
        member = self._by_rules(account_id, owner_id, role, placements)
        return replace(
            member, reason=f"{member.reason}; pinned to {pin.rep_id}, who {why_not_working(pin.rep_id, self.known)}"
        )

    def _by_rules(
        self, account_id: str, owner_id: str | None, role: str, placements: Sequence[tuple[str, Placement]]
    ) -> Member:
        filling = self.filling[role]
        for_role = [placement for layer, placement in placements if layer in filling]
        if not for_role:
            what = "a territory" if not placements else f"a territory of a layer that fills {role}"
            return self._without(role, None, "no_territory", f"no rule places the account in {what}")
        vacant: tuple[str, str] | None = None
        for placement in for_role:
            pair = (placement.territory_id, role)
            seats = self.coverage.seats.get(pair)
            if seats:
                seat = choose_rep(account_id, seats, owner_id if self.section.keep_current_owner else None)
                reason = _reason(role, placement, seats, seat, owner_id)
                back = seat.stands_in_for if seat.ends_on and seat.stands_in_for != "vacancy" else None
                return Member(role, placement.territory_id, seat.rep_id, "rule", reason, "", seat.ends_on, back)
            if pair in self.coverage.vacant:
                vacant = vacant or (placement.territory_id, self.coverage.vacant[pair])
        if vacant:
            return self._without(role, vacant[0], "vacant_territory", f"{vacant[0]} has nobody as {role}: {vacant[1]}")
        territory = for_role[0].territory_id
        return self._without(role, territory, "no_coverage", f"nobody covers {territory} as {role}")

    def _without(self, role: str, territory: str | None, cause: str, reason: str) -> Member:
        fallback = str(self.section.fallback_rep_id)
        if fallback and role == self.section.roles[0] and cause != "no_territory":
            if fallback in self.working:
                return Member(role, territory, fallback, "fallback", f"{reason}; {fallback} is the plan's fallback")
            reason = f"{reason}; the plan's fallback {fallback} {why_not_working(fallback, self.known)}"
        return Member(role, territory, None, "none", reason, cause)


def missing_member(
    team: Sequence[Member], placements: Sequence[tuple[str, Placement]], section: AssignmentSection
) -> Member | None:
    """Find what an account lacks: its owner, then a rep or a territory in a layer that has to give one.

    Args:
        team: Its team.
        placements: (layer, placement) of the account.
        section: The plan's section.
    """
    required = [layer.layer for layer in section.layers if layer.is_required]
    owner, *others = team
    is_needed = not section.layers or section.layers[0].layer in required
    if owner.cause and (is_needed or owner.cause != "no_territory"):
        return owner
    needed = {placement.territory_id for layer, placement in placements if layer in required}
    for member in others:
        if member.cause == "vacant_territory" and member.territory_id in needed:
            return member
    placed = {layer for layer, _ in placements}
    for missing in (layer for layer in required if layer not in placed):
        reason = f"no rule of layer {missing} places the account in a territory"
        return Member(owner.role, None, None, "none", reason, "no_territory")
    return None


def _reason(role: str, placement: Placement, seats: Sequence[Seat], seat: Seat, owner_id: str | None) -> str:
    where = f"{role} of {placement.territory_id}"
    if seat.stands_in_for:
        away = "a vacant seat" if seat.stands_in_for == "vacancy" else seat.stands_in_for
        where += f", standing in for {away}"
    if len(seats) == 1:
        return where
    if seat.rep_id == owner_id:
        return f"{where}, one of {len(seats)}, owns the account today"
    return f"{where}, one of {len(seats)}, by weighted share {seat.weight:g} of {sum(each.weight for each in seats):g}"


def active_pins(section: AssignmentSection, object_name: str, day: date) -> dict[tuple[str, str], Pin]:
    """Give the pins of a kind of record that are in force on a day, by record and role; the first pin of a pair counts."""
    pins: dict[tuple[str, str], Pin] = {}
    for pin in section.pins:
        is_in_force = not pin.ends_on or day <= pin.ends_on
        if pin.object == object_name and is_in_force and pin.pin_class not in section.ignore_pin_classes:
            pins.setdefault((pin.record_id, str(pin.role) or section.roles[0]), pin)
    return pins
