"""One record through the stages, by the very functions that a run lifts over tables.

``understood`` cleans, segments, matches, scores and asks the rules of routing; it changes nothing and needs no lock. What is left
to decide needs the pools as they stand: ``routing.decide`` with the ``case`` that comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rightful.crm import OBJECT_OF_TABLE, CrmObject, Kind, raw
from rightful.desk.in_force import InForce, table_of
from rightful.desk.view import Record
from rightful.errors import BadRecord, Mistake, near_miss
from rightful.plan.desk import Hold
from rightful.stages.coverage import choose_rep
from rightful.stages.lift import apply
from rightful.stages.matching import Match
from rightful.stages.quality.references import resolved
from rightful.stages.routing import Case
from rightful.stages.routing.cases import company_of
from rightful.stages.routing.hours import instant, moment_of
from rightful.stages.scoring import ScoreResult, score_person
from rightful.stages.segmentation.outputs import ACCOUNT_PREFIX

__all__ = ["ROUTED", "Follows", "Understood", "as_source", "cleaned", "followed", "segment", "team_of", "understood"]

ROUTED = ("lead", "contact")
"""Kinds of records that are routed; others follow their account."""


@dataclass(frozen=True, slots=True)
class Follows:
    """Whom a record follows that is not routed: its rep, territory and account, and why."""

    rep_id: str | None
    territory_id: str | None
    account_id: str | None
    reason: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the stages before routing make of a record.

    Attributes:
        object: Kind of record.
        record_id: Its key.
        values: Its values after cleaning, segmentation, matching and scoring, by field; with what its account lends.
        match: Its account; None for a record that is not matched.
        score: Its score and grade; None for one that is not scored.
        case: What routing decides; None where it follows another record.
        follows: Whom it follows; None where routing decides.
        hold: The rule by which it waits, and the fields that are blank; None for none.
    """

    object: str
    record_id: str
    values: Record
    match: Match | None = None
    score: ScoreResult | None = None
    case: Case | None = None
    follows: Follows | None = None
    hold: tuple[Hold, tuple[str, ...]] | None = None
    territory_id: str | None = field(default=None)


def as_source(table: str, record: Mapping[str, str | None], names: Mapping[str, str]) -> dict[str, str | None]:
    """Give a record as a connector delivers it: its key, and ``<field>_raw`` for every field.

    Args:
        table: Its table.
        record: Values by our names of fields, or by those of the CRM.
        names: Our name for each of the CRM's.

    Raises:
        BadRecord: It has no key, or a field that nobody knows.
    """
    crm_object = OBJECT_OF_TABLE[table]
    source: dict[str, str | None] = {crm_object.key: None}
    source.update((raw(each.name), None) for each in crm_object.source_fields)
    unknown = []
    for given, value in record.items():
        name = names.get(given, given)
        column = crm_object.key if name in (crm_object.key, "id") else raw(name)
        if column not in source:
            unknown.append(given)
        else:
            source[column] = value
    if unknown:
        raise BadRecord([_unknown(name, crm_object) for name in unknown])
    key = (source[crm_object.key] or "").strip()
    if not key:
        raise BadRecord(Mistake(None, f"the {crm_object.name} has no {crm_object.key}", remedy="give it its key"))
    return {**source, crm_object.key: key}


def _unknown(name: str, crm_object: CrmObject) -> Mistake:
    known = [crm_object.key, *(each.name for each in crm_object.source_fields)]
    remedy = near_miss(name, known) or "name it under `fields` in desk.yaml"
    return Mistake(None, f"a {crm_object.name} has no field {name!r}", ", ".join(known), remedy)


def cleaned(table: str, source: Mapping[str, str | None], now: InForce) -> dict[str, Any]:
    """Clean one record, and point its references at records that stay."""
    crm_object = OBJECT_OF_TABLE[table]
    cleaning = now.cleaning[table]
    record = dict(source)
    for (record_id, name), value in cleaning.settings.corrections.items():
        if record_id == source[crm_object.key]:
            record[raw(name)] = value or None
    values = apply(cleaning.steps, record)
    notes = [values["quality_reason"]]
    for each in crm_object.fields_of("quality"):
        if each.kind is Kind.REFERENCE and each.refers_to in ("accounts", "reps"):
            stated = values[each.name]
            values[each.name] = _found(each.refers_to, stated, now)
            notes.append(resolved(each.name, stated, values[each.name]))
    values["quality_reason"] = "; ".join(note for note in notes if note) or None
    return values


def _found(table: str, stated: str | None, now: InForce) -> str | None:
    if table == "accounts":
        return now.view.living(stated)
    return stated if stated in now.view.reps else None


def understood(object_name: str, source: Mapping[str, str | None], now: InForce, moment: int) -> Understood:
    """Run the stages before routing for one record.

    Args:
        object_name: Kind of record.
        source: The record, see ``as_source``.
        now: The plan in force.
        moment: The moment at which it is looked at.
    """
    table = table_of(object_name)
    key = OBJECT_OF_TABLE[table].key
    values = cleaned(table, source, now)
    record_id = values[key]
    if object_name == "account":  # placed at its turn, by who covers what then
        segment(table, values, now)
        return Understood(object_name, record_id, values)
    if object_name not in ROUTED:
        return Understood(object_name, record_id, values, follows=followed(object_name, values, now, moment))
    segment(table, values, now)
    match = now.matching.match(table, values)
    account_id = match.account_id
    values |= {
        "matched_account_id": account_id,
        "match_probability": match.probability,
        "match_method": match.method,
    }
    score = score_person(values, now.view.activities(key, record_id), now.scoring[table], instant(moment))
    values |= {"score": score.score, "grade": score.grade, "rating": score.rating, "object": object_name}
    team = now.view.team(account_id) if account_id else {}
    if now.lent and account_id:
        lent = now.view.account(account_id, now.lent.values())
        values |= {name: lent[behind] for name, behind in now.lent.items()}
    of_account = now.view.account(account_id, ("territory_id",))["territory_id"] if account_id else None
    if object_name == "contact" and team.get(now.view.owner_role):
        owner = team[now.view.owner_role]
        follows = Follows(owner, of_account, account_id, f"owner of its account {account_id}")
        return Understood(object_name, record_id, values, match, score, follows=follows, territory_id=of_account)
    case = _case(object_name, record_id, values, now, moment)
    return Understood(
        object_name,
        record_id,
        values,
        match,
        score,
        case,
        hold=now.holds.first(values),
        territory_id=of_account or case.ruling.territory_id,
    )


def segment(table: str, values: dict[str, Any], now: InForce) -> None:
    """Add region, industry group, segment and persona; a contact sees what its account has."""
    given = values
    if table == "contacts" and values.get("account_id"):
        names = now.plan.segmentation.contacts.from_account
        lent = now.view.account(values["account_id"], names)
        given = values | {ACCOUNT_PREFIX + name: lent[name] for name in names}
    found = now.segmenters[table].decide(given)  # type: ignore[index]
    values |= {
        "region": found.region,
        "industry_group": found.industry_group,
        "segment": found.segment,
        "segmentation_reason": found.reason,
    }
    if table != "accounts":
        values["persona"] = found.persona


def _case(object_name: str, record_id: str, values: Record, now: InForce, moment: int) -> Case:
    account_id = values["matched_account_id"]
    created = values.get("created_at")
    return Case(
        object_name,
        record_id,
        now.rulings.of(values),
        moment,
        min(moment_of(created), moment) if created else moment,
        values.get("owner_id"),
        account_id,
        {role: rep_id for role, rep_id in now.view.team(account_id).items() if rep_id} if account_id else {},
        {name: values.get(name) for name in now.facts},
        company_of(values.get("domain"), values.get("core_name"), record_id),
    )


def followed(object_name: str, values: Record, now: InForce, moment: int) -> Follows:
    """Say whom a record follows that is not routed: an account its rules, other records their account's owner."""
    if object_name == "account":
        return _placed(values, now, moment)
    account_id = now.view.living(values.get("account_id"))
    if account_id is None:
        return Follows(None, None, None, "it has no account", "no_account")
    territory_id = now.view.account(account_id, ("territory_id",))["territory_id"]
    role = str(now.plan.assignment.opportunities.role) if object_name == "opportunity" else ""
    role = role or now.view.owner_role
    rep_id = now.view.team(account_id).get(role)
    if rep_id is None:
        return Follows(None, territory_id, account_id, f"account {account_id} has no {role}", "account_without_owner")
    return Follows(rep_id, territory_id, account_id, f"{role} of its account {account_id}")


def _placed(values: Record, now: InForce, moment: int) -> Follows:
    """Place an account in the primary layer, and give it the owner who covers the territory."""
    account_id = values["account_id"]
    before = now.view.account(account_id, ("territory_id", "assigned_rep_id"))
    placements = now.layer.place(now.layer.rules.decide(values)) if now.layer else ()
    named = next((row for row in now.plan.assignment.named_accounts if _is_named(row, values)), None)
    territory_id = str(named.territory) if named else placements[0].territory_id if placements else None
    if territory_id is None:
        return Follows(None, None, account_id, "no rule places it", "no_territory")
    why = f"named account: {named.reason}" if named else f"rule {placements[0].rule}"
    if territory_id == before["territory_id"] and before["assigned_rep_id"]:
        return Follows(before["assigned_rep_id"], territory_id, account_id, f"{why}; as before")
    seats = now.context_at(moment).coverage.seats.get((territory_id, now.view.owner_role), ())
    if not seats:
        return Follows(None, territory_id, account_id, f"{why}; nobody covers {territory_id}", "vacant")
    rep_id = choose_rep(account_id, seats, values.get("owner_id")).rep_id
    return Follows(rep_id, territory_id, account_id, f"{why}; {now.view.owner_role} of {territory_id}")


def _is_named(row: Any, values: Record) -> bool:
    return (row.account_id or "") == values["account_id"] or bool(row.domain and row.domain == values.get("domain"))


def team_of(account: Record, follows: Follows, now: InForce, moment: int) -> dict[str, str | None]:
    """Give the team of an account that was put in: who has it already where the territory stays, else who covers it."""
    account_id = account["account_id"]
    before = now.view.account(account_id, ("territory_id",))["territory_id"]
    if before is not None and before == follows.territory_id:
        return {**now.view.team(account_id), now.view.owner_role: follows.rep_id}
    coverage = now.context_at(moment).coverage.seats
    team: dict[str, str | None] = {}
    for role in now.plan.assignment.roles:
        seats = coverage.get((follows.territory_id or "", str(role)), ())
        team[str(role)] = choose_rep(account_id, seats, None).rep_id if seats else None
    return team | {now.view.owner_role: follows.rep_id}
