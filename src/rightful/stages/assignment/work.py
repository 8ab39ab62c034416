"""What follows an account: buying centers, contacts, opportunities, orders and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.plan.assignment import AssignmentSection, MovePolicy, Pin
from rightful.plan.section import Written, rule_fields
from rightful.rules import Lists, Rule, compile_rules, parse_expression
from rightful.stages.assignment.buying_centers import FoundCenter, center_of_contact, center_role
from rightful.stages.assignment.moves import Mover, Owner, owner_of_work, ranked_keepers
from rightful.stages.assignment.opportunities import OpportunityTerritory, choose_territory
from rightful.stages.assignment.outcome import Decided
from rightful.stages.assignment.team import TeamRules, active_pins
from rightful.stages.assignment.teams import AccountTeams
from rightful.stages.coverage import choose_rep
from rightful.stages.roster import why_not_working

__all__ = [
    "Following",
    "follow_buying_centers",
    "follow_contacts",
    "follow_opportunities",
    "follow_orders",
    "follow_tasks",
]


@dataclass(frozen=True, slots=True)
class Following:
    """What decides the owners of records that follow an account.

    Attributes:
        section: The plan's section.
        lists: The plan's named lists.
        teams: Territories and team of every account.
        rules: What decides teams on the day.
        type_of: Type of each territory.
    """

    section: AssignmentSection
    lists: Lists
    teams: AccountTeams
    rules: TeamRules
    type_of: Mapping[str, str]

    def pins(self, object_name: str) -> dict[str, Pin]:
        """Give the pins of a kind of record in force whose reps work, by record."""
        day = self.rules.day
        found = active_pins(self.section, object_name, day)
        return {record_id: pin for (record_id, _), pin in found.items() if pin.rep_id in self.rules.working}

    def with_idle_pins(self, object_name: str, decided: Sequence[Decided]) -> list[Decided]:
        """Say in the reason of each record whose pin is to a rep who does not work that the rules decided."""
        working, known = self.rules.working, self.rules.known
        idle = {
            record_id: f"pinned to {pin.rep_id}, who {why_not_working(pin.rep_id, known)}"
            for (record_id, _), pin in active_pins(self.section, object_name, self.rules.day).items()
            if pin.rep_id not in working
        }
        return [
            replace(each, reason=f"{each.reason}; {idle[each.record_id]}") if each.record_id in idle else each
            for each in decided
        ]

    def owner(self, row: int | None) -> tuple[str | None, str | None]:
        """Give territory and rep of an account's owner; nothing for no account."""
        if row is None:
            return None, None
        member = self.teams.teams[row][0]
        return member.territory_id, member.rep_id


def _pinned(record_id: str, pin: Pin, territory_id: str | None) -> Decided:
    reason = f"pinned by {pin.pinned_by} ({pin.pin_class}): {pin.reason}"
    return Decided(record_id, territory_id, str(pin.rep_id), "pin", reason, ends_on=pin.ends_on)


def follow_buying_centers(
    centers: pa.Table, found: Sequence[FoundCenter], following: Following
) -> tuple[list[Decided], list[Decided]]:
    """Decide the reps of the CRM's buying centers and of those that were found.

    Args:
        centers: buying_center_id, account_id, product_line, site, job_function of the CRM's.
        found: Those that were found.
        following: What decides.
    """
    pins = following.pins("buying center")
    stated = zip(
        *(centers[name].to_pylist() for name in ("buying_center_id", "product_line", "site", "job_function")),
        following.teams.rows_of(centers["account_id"]),
        strict=True,
    )
    known = [
        _center(record_id, (product_line, site, job_function), row, following, pins)
        for record_id, product_line, site, job_function, row in stated
    ]
    rows = following.teams.rows_of(pa.array([each.account_id for each in found], pa.string()))
    fresh = [
        _center(each.buying_center_id, (each.value,), row, following, pins)
        for each, row in zip(found, rows, strict=True)
    ]
    return known, fresh


def _center(
    record_id: str, values: Iterable[str | None], row: int | None, following: Following, pins: Mapping[str, Pin]
) -> Decided:
    territory, owner = following.owner(row)
    if record_id in pins:
        return _pinned(record_id, pins[record_id], territory)
    if row is None:
        return Decided(record_id, None, None, "none", "it has no account", "no_account")
    role = center_role(values, following.section.buying_centers.role_of)
    member = following.teams.member(row, role) if role else None
    if member and member.rep_id:
        return Decided(record_id, member.territory_id, member.rep_id, "role", f"{role} of its account: {member.reason}")
    account = following.teams.id_of(row)
    if owner:
        why = f"owner of its account {account}" + (f"; nobody is its {role}" if role else "")
        return Decided(record_id, territory, owner, "follows", why)
    return Decided(record_id, territory, None, "none", f"its account {account} has no owner", "account_without_owner")


def follow_contacts(
    contacts: pa.Table,
    centers: Mapping[tuple[str, str], str],
    rep_of_center: Mapping[str, Decided],
    following: Following,
) -> tuple[list[Decided], list[str | None]]:
    """Decide the reps of contacts: their buying center's, else their account's owner.

    Args:
        contacts: contact_id, matched_account_id, job_function, city.
        centers: Buying center by (account_id, function or site).
        rep_of_center: What was decided for each buying center.
        following: What decides.

    Returns:
        The decisions, and the buying center of each contact.
    """
    pins = following.pins("contact")
    names = ("contact_id", "matched_account_id", "job_function", "city")
    rows = following.teams.rows_of(contacts["matched_account_id"])
    decided, center_ids = [], []
    for record_id, account, function, city, row in zip(
        *(contacts[name].to_pylist() for name in names), rows, strict=True
    ):
        territory, owner = following.owner(row)
        center = center_of_contact(centers, account, function, city)
        center_ids.append(center)
        led_by = rep_of_center.get(center) if center else None
        if record_id in pins:
            decided.append(_pinned(record_id, pins[record_id], territory))
        elif row is None:
            decided.append(Decided(record_id, None, None, "none", "no account: routing decides"))
        elif led_by and led_by.rep_id:
            decided.append(
                Decided(record_id, led_by.territory_id, led_by.rep_id, "follows", f"rep of its buying center {center}")
            )
        elif owner:
            decided.append(Decided(record_id, territory, owner, "follows", f"owner of its account {account}"))
        else:
            why = f"its account {account} has no owner: routing decides"
            decided.append(Decided(record_id, territory, None, "none", why))
    return decided, center_ids


def follow_opportunities(opportunities: pa.Table, following: Following) -> list[Decided]:
    """Decide territory and owner of opportunities, see ``choose_territory`` and ``owner_of_work``.

    Args:
        opportunities: opportunity_id, account_id, owner_id, is_closed, stage, amount_usd, and the fields that the move
            policy reads.
        following: What decides.
    """
    section = following.section
    role = str(section.opportunities.role) or section.roles[0]
    names = ("opportunity_id", "owner_id", "is_closed", "stage", "amount_usd")
    rows = following.teams.rows_of(opportunities["account_id"])
    exempt, eligible = _policy(opportunities, "opportunities", section.opportunities.moves, following.lists)
    movers, chosen = [], []
    for number, (record_id, owner, is_closed, stage, amount, row) in enumerate(
        zip(*(opportunities[name].to_pylist() for name in names), rows, strict=True)
    ):
        territory = _territory(row, following)
        heir, heir_words = _heir(row, role, territory, following)
        movers.append(
            Mover(
                record_id,
                owner,
                bool(is_closed),
                heir,
                heir_words,
                bool(exempt[number]),
                bool(eligible[number]),
                stage,
                amount,
            )
        )
        chosen.append(territory)
    owners = _owners(movers, section.opportunities.moves, following)
    pins = following.pins("opportunity")
    return [
        _pinned(mover.record_id, pins[mover.record_id], territory.territory_id)
        if mover.record_id in pins
        else _with_territory(mover, territory, owner)
        for mover, territory, owner in zip(movers, chosen, owners, strict=True)
    ]


def _with_territory(mover: Mover, territory: OpportunityTerritory, owner: Owner) -> Decided:
    tie = territory.cause == "territory_tie" and not mover.is_closed
    cause = owner.cause or (territory.cause if tie else "")
    decided = _decided(mover.record_id, owner)
    return replace(decided, territory_id=territory.territory_id, cause=cause, territory_reason=territory.reason)


def _decided(record_id: str, owner: Owner) -> Decided:
    return Decided(
        record_id,
        None,
        owner.rep_id,
        owner.method,
        owner.reason,
        owner.cause,
        ends_on=owner.ends_on,
        next_rep_id=owner.next_rep_id,
    )


def _territory(row: int | None, following: Following) -> OpportunityTerritory:
    if row is None:
        return OpportunityTerritory(None, "it has no account", "no_account")
    territories = [placement.territory_id for _, placement in following.teams.placements[row]]
    return choose_territory(territories, following.type_of, following.section.opportunities.type_priority)


def _heir(row: int | None, role: str, territory: OpportunityTerritory, following: Following) -> tuple[str | None, str]:
    """Give the rep who works the opportunity's territory in the role, else the account's member in the role, else its owner."""
    if row is None:
        return None, "owner of its account"
    account = following.teams.id_of(row)
    seats = following.rules.coverage.seats.get((territory.territory_id or "", role), ())
    member = following.teams.member(row, role)
    if seats and not (member and member.territory_id == territory.territory_id):
        return choose_rep(account, seats, None).rep_id, f"{role} of {territory.territory_id}"
    if member and member.rep_id:
        return member.rep_id, f"{role} of its account {account}"
    return following.owner(row)[1], f"owner of its account {account}"


def follow_orders(
    orders: pa.Table, owner_of_opportunity: Mapping[str, str | None], following: Following
) -> list[Decided]:
    """Decide the owners of orders: who owned the account on the order date, which is the owner that the order names.

    Args:
        orders: order_id, account_id, opportunity_id, owner_id, ordered_on.
        owner_of_opportunity: Rep in the CRM of each opportunity, for orders that name none.
        following: What decides.
    """
    pins = following.pins("order")
    names = ("order_id", "opportunity_id", "owner_id", "ordered_on")
    rows = following.teams.rows_of(orders["account_id"])
    decided = []
    for record_id, opportunity, owner, day, row in zip(
        *(orders[name].to_pylist() for name in names), rows, strict=True
    ):
        territory, account_owner = following.owner(row)
        sold_by = owner_of_opportunity.get(opportunity or "")
        if record_id in pins:
            decided.append(_pinned(record_id, pins[record_id], territory))
        elif owner:
            decided.append(
                Decided(record_id, territory, owner, "order_date", f"owner at the order date {day or 'unknown'}")
            )
        elif sold_by:
            decided.append(Decided(record_id, territory, sold_by, "follows", f"owner of its opportunity {opportunity}"))
        elif account_owner:
            decided.append(
                Decided(record_id, territory, account_owner, "follows", "owner of its account; the order names none")
            )
        else:
            decided.append(
                Decided(record_id, territory, None, "none", "neither order nor account has an owner", "no_owner")
            )
    return decided


def follow_tasks(tasks: pa.Table, reps: Mapping[str, Mapping[str, str | None]], following: Following) -> list[Decided]:
    """Decide the owners of tasks: while open they follow their record, those of leads once routing has placed the lead.

    Args:
        tasks: task_id, account_id, contact_id, opportunity_id, lead_id, owner_id, is_closed and the fields of the policy.
        reps: Assigned rep by key, for ``opportunity`` and ``contact``.
        following: What decides.
    """
    policy = following.section.tasks
    names = ("task_id", "owner_id", "is_closed", "opportunity_id", "contact_id", "lead_id")
    rows = following.teams.rows_of(tasks["account_id"])
    exempt, eligible = _policy(tasks, "tasks", policy, following.lists)
    movers, follows_lead = [], []
    for number, (record_id, owner, is_closed, opportunity, contact, lead, row) in enumerate(
        zip(*(tasks[name].to_pylist() for name in names), rows, strict=True)
    ):
        heir, words = _task_heir((opportunity, contact), row, reps, following)
        movers.append(
            Mover(record_id, owner, bool(is_closed), heir, words, bool(exempt[number]), bool(eligible[number]))
        )
        follows_lead.append(lead if lead and not is_closed and not (opportunity or contact) else None)
    pins = following.pins("task")
    decided = []
    for mover, lead, owner in zip(movers, follows_lead, _owners(movers, policy, following), strict=True):
        if mover.record_id in pins:
            decided.append(_pinned(mover.record_id, pins[mover.record_id], None))
        elif lead and owner.method not in ("exempt", "eligible"):
            decided.append(Decided(mover.record_id, None, None, "none", f"follows its lead {lead}: routing decides"))
        else:
            decided.append(_decided(mover.record_id, owner))
    return decided


def _task_heir(
    keys: tuple[str | None, str | None],
    row: int | None,
    reps: Mapping[str, Mapping[str, str | None]],
    following: Following,
) -> tuple[str | None, str]:
    for kind, key in zip(("opportunity", "contact"), keys, strict=True):
        rep = reps[kind].get(key or "")
        if rep:
            return rep, f"owner of its {kind} {key}"
    if row is None:
        return None, "owner of a record that it is about"
    return following.owner(row)[1], f"owner of its account {following.teams.id_of(row)}"


def _owners(movers: Sequence[Mover], policy: MovePolicy, following: Following) -> list[Owner]:
    order = {stage: place for place, stage in enumerate(policy.stage_order)}
    moving = [
        mover for mover in movers if mover.owner_id in following.rules.working and mover.owner_id != mover.heir_id
    ]
    keepers = ranked_keepers([mover for mover in moving if not mover.is_exempt], order, policy.keeps_at_most)
    until = following.rules.day + timedelta(days=policy.keeps_days)
    return [owner_of_work(mover, following.rules.working, keepers, until) for mover in movers]


def _policy(
    table: pa.Table, name: str, policy: MovePolicy, lists: Lists
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell per row whether it is exempt from moving, and whether its owner may keep it."""
    return _holding(table, name, policy.stays_when, lists), _holding(table, name, policy.keeps_when, lists)


def _holding(table: pa.Table, name: str, written: Written | None, lists: Lists) -> npt.NDArray[np.bool_]:
    if written is None:
        return np.zeros(table.num_rows, dtype=bool)
    fields = rule_fields(name, before="assignment")
    rules = compile_rules([Rule(name, parse_expression(written.text, fields, written.place, lists))], fields)
    return np.asarray(rules.first_table(table)) >= 0
