"""The assignment stage: accounts to territories and reps, and everything that follows an account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.assignment import AssignmentSection, rule_condition
from rightful.plan.section import Written, rule_fields
from rightful.rules import parse_expression
from rightful.stages.assignment.accounts import PlacedLayer, place_accounts
from rightful.stages.assignment.buying_centers import FoundCenter, find_centers
from rightful.stages.assignment.exceptions import ASSIGNMENTS
from rightful.stages.assignment.outcome import Decided, added_columns, assignment_rows, exception_rows
from rightful.stages.assignment.team import Member, TeamRules, active_pins, missing_member
from rightful.stages.assignment.teams import AccountTeams, Reasons, decide_teams
from rightful.stages.assignment.work import (
    Following,
    follow_buying_centers,
    follow_contacts,
    follow_opportunities,
    follow_orders,
    follow_tasks,
)
from rightful.stages.coverage import coverage_on
from rightful.stages.exceptions import EXCEPTIONS, NOTHING_TO_DO
from rightful.stages.roster import working_on
from rightful.stages.stage import Book, Engine, Stage, StageResult
from rightful.stages.worth import worth_of

__all__ = ["STAGE"]

_ACCOUNT_COLUMNS = (
    "account_id", "owner_id", "domain", "region", "parent_id", "hierarchy_depth", "product_lines",
)  # fmt: skip
FOUND_CENTERS = pa.schema(
    (name, pa.string())
    for name in (
        "buying_center_id",
        "account_id",
        "name",
        "found_by",
        "territory_id",
        "assigned_rep_id",
        "assignment_reason",
    )
)


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Assign accounts, buying centers, contacts, opportunities, orders and tasks.

    Reads what the stages before added. Adds territory and rep with their reasons to each of these tables and the buying
    center to contacts; gives ``account_territories``, ``assignments``, ``exceptions`` and ``found_buying_centers``.
    """
    section = plan.assignment
    day = book.as_of.astimezone(ZoneInfo(plan.general.time_zone)).date()
    reps = engine.collect(book["reps"].select("rep_id", "is_active", "starts_on", "ends_on"))
    working, known = working_on(reps, day), frozenset(reps["rep_id"].to_pylist())
    coverage = coverage_on(section.coverage, working, known, day)
    team_rules = TeamRules(section, coverage, working, known, active_pins(section, "account", day), day)
    ruled = _rule_columns(section, plan)
    accounts = engine.collect(book["accounts"].select(*dict.fromkeys([*_ACCOUNT_COLUMNS, *ruled])).sort("account_id"))
    engine.progress("accounts", 0, accounts.num_rows)
    layers = place_accounts(accounts, section, plan.lists)
    teams = decide_teams(accounts, layers, team_rules)
    engine.progress("accounts", accounts.num_rows, accounts.num_rows)
    types = {str(each.territory): each.type for each in section.territories}
    following = Following(section, plan.lists, teams, team_rules, types)
    work = _Work(book, engine, following, day)
    placed = _accounts(accounts, layers, teams, section)
    centers, found, found_decided, center_of = work.buying_centers(accounts)
    contacts, center_ids = work.contacts(center_of, {each.record_id: each for each in (*centers, *found_decided)})
    opportunities = work.opportunities()
    orders = work.orders()
    tasks = work.tasks(opportunities, contacts)
    results = {
        "buying_centers": centers, "contacts": contacts, "opportunities": opportunities, "orders": orders, "tasks": tasks,
    }  # fmt: skip
    results = {
        table: following.with_idle_pins(OBJECT_OF_TABLE[table].name, decided) for table, decided in results.items()
    }
    added = {table: added_columns(OBJECT_OF_TABLE[table].key, decided) for table, decided in results.items()}
    added["contacts"] = added["contacts"].append_column("buying_center_id", pa.array(center_ids, pa.string()))
    owner = section.roles[0]
    assignments = [placed.assignments, assignment_rows("buying center", owner, found_decided)]
    assignments += [assignment_rows(OBJECT_OF_TABLE[table].name, owner, decided) for table, decided in results.items()]
    exceptions = [
        work.exceptions("accounts", placed.missing),
        *(work.exceptions(table, decided) for table, decided in results.items()),
    ]
    return StageResult(
        {"accounts": engine.bring(placed.added), **{table: engine.bring(each) for table, each in added.items()}},
        {
            "account_territories": engine.bring(placed.territories),
            "assignments": engine.bring(pa.concat_tables(assignments)),
            "exceptions": engine.bring(pa.concat_tables(exceptions)),
            "found_buying_centers": engine.bring(_found_table(found, found_decided)),
        },
    )


def _rule_columns(section: AssignmentSection, plan: Plan) -> list[str]:
    """Give the account fields that the section's rules read."""
    fields = rule_fields("accounts", before="assignment")
    conditions = [rule_condition(rule, plan.lists) for layer in section.layers for rule in layer.rules]
    if section.families.when:
        when = section.families.when
        conditions.append(parse_expression(when.text, fields, when.place, plan.lists))
    return sorted({field for condition in conditions for field in condition.fields()})


class _AccountTables:
    """What assignment says of accounts, as tables; and what accounts lack."""

    def __init__(
        self, added: pa.Table, territories: pa.Table, assignments: pa.Table, missing: Sequence[Decided]
    ) -> None:
        self.added, self.territories, self.assignments, self.missing = added, territories, assignments, missing


def _accounts(
    accounts: pa.Table, layers: Sequence[PlacedLayer], teams: AccountTeams, section: AssignmentSection
) -> _AccountTables:
    ids = accounts["account_id"].to_pylist()
    read = {name for layer in layers for placed in layer.outcomes for each in placed for name in each.fields}
    reasons = Reasons(teams, {name: accounts[name].to_pylist() for name in read})
    first = section.layers[0].layer if section.layers else ""
    territories, territory_ids, territory_reasons = _account_territories(ids, teams, reasons, first)
    owners = [team[0] for team in teams.teams]
    added = {
        "account_id": ids,
        "territory_id": territory_ids,
        "territory_reason": territory_reasons,
        "assigned_rep_id": [owner.rep_id for owner in owners],
        "assignment_reason": [owner.reason for owner in owners],
    }
    missing = [
        Decided(account_id, gap.territory_id, None, gap.method, gap.reason, gap.cause)
        for account_id, gap in zip(ids, _gaps(teams, section), strict=True)
        if gap
    ]
    return _AccountTables(
        pa.table({name: pa.array(column, pa.string()) for name, column in added.items()}),
        territories,
        _account_assignments(ids, teams),
        missing,
    )


def _gaps(teams: AccountTeams, section: AssignmentSection) -> list[Member | None]:
    """Give what each account lacks; accounts that share team and territories lack the same."""
    known: dict[tuple[int, int], Member | None] = {}
    gaps = []
    for team, placed in zip(teams.teams, teams.placements, strict=True):
        key = (id(team), id(placed))  # both are alive while the teams are
        if key not in known:
            known[key] = missing_member(team, placed, section)
        gaps.append(known[key])
    return gaps


def _account_territories(
    ids: Sequence[str], teams: AccountTeams, reasons: Reasons, first: str
) -> tuple[pa.Table, list[str | None], list[str]]:
    """Give all territories of all accounts, and per account its territory in the first layer, and why."""
    rows: list[tuple[str, ...]] = []
    territory_ids: list[str | None] = [None] * len(ids)
    territory_reasons = [f"no rule of layer {first} holds" if first else "the plan has no layers"] * len(ids)
    for row, placements in enumerate(teams.placements):
        for layer, placement in placements:
            why = reasons.why(row, layer, placement)
            method = "family" if reasons.is_follower(row, layer) else placement.method
            rows.append((ids[row], layer, placement.territory_id, placement.rule, method, why))
            if layer == first and territory_ids[row] is None:
                territory_ids[row], territory_reasons[row] = placement.territory_id, why
    columns = zip(*rows, strict=True) if rows else [()] * 6
    account_ids, *others, methods, whys = (pa.array(column, pa.string()) for column in columns)
    winners = pa.repeat(True, len(rows))  # noqa: FBT003 - Arrow's own signature
    names = ("account_id", "layer", "territory_id", "rule", "is_winner", "method", "reason")
    table = pa.table([account_ids, *others, winners, methods, whys], names=names)
    return table, territory_ids, territory_reasons


def _account_assignments(ids: Sequence[str], teams: AccountTeams) -> pa.Table:
    rows = [
        ("account", account_id, each.role, each.territory_id, each.rep_id, each.method, each.reason, number == 0,
         each.ends_on, each.next_rep_id)
        for account_id, team in zip(ids, teams.teams, strict=True)
        for number, each in enumerate(team)
        if each.rep_id
    ]  # fmt: skip
    columns = zip(*rows, strict=True) if rows else [()] * len(ASSIGNMENTS)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, ASSIGNMENTS.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=ASSIGNMENTS)


def _ages(ids: Iterable[str], created: Iterable[date | datetime | None], day: date) -> dict[str, float | None]:
    """Give the age of records in days."""
    dates = (moment.date() if isinstance(moment, datetime) else moment for moment in created)
    return {key: float((day - moment).days) if moment else None for key, moment in zip(ids, dates, strict=True)}


def _found_table(found: Sequence[FoundCenter], decided: Sequence[Decided]) -> pa.Table:
    columns = {
        "buying_center_id": [each.buying_center_id for each in found],
        "account_id": [each.account_id for each in found],
        "name": [each.value for each in found],
        "found_by": [each.found_by for each in found],
        "territory_id": [each.territory_id for each in decided],
        "assigned_rep_id": [each.rep_id for each in decided],
        "assignment_reason": [each.reason for each in decided],
    }
    return pa.table(columns, schema=FOUND_CENTERS)


class _Work:
    """Collects the tables that follow accounts and has them decided."""

    def __init__(self, book: Book, engine: Engine, following: Following, day: date) -> None:
        self._book, self._engine, self._following, self._day = book, engine, following, day

    def buying_centers(
        self, accounts: pa.Table
    ) -> tuple[list[Decided], tuple[FoundCenter, ...], list[Decided], dict[tuple[str, str], str]]:
        """Find buying centers and decide them all; also gives the center of each (account, product, site or function)."""
        columns = ("buying_center_id", "account_id", "product_line", "site", "job_function")
        centers = self._collect("buying_centers", *columns)
        rows = list(zip(*(centers[name].to_pylist() for name in columns), strict=True))
        known = {
            (account, value): center
            for center, account, *values in reversed(rows)
            for value in values
            if account and value
        }
        rules = self._following.section.buying_centers
        opportunities = self._collect("opportunities", "opportunity_id", "account_id", "product_line")
        people = self._collect("contacts", "contact_id", "matched_account_id", "city", "job_function")
        products = [
            *zip(accounts["account_id"].to_pylist(), accounts["product_lines"].to_pylist(), strict=True),
            *zip(opportunities["account_id"].to_pylist(), opportunities["product_line"].to_pylist(), strict=True),
        ]
        named = zip(*(people[name].to_pylist() for name in ("matched_account_id", "city", "job_function")), strict=True)
        accounts_known = set(self._following.teams.account_ids.to_pylist()) if rules.find_by else set()
        found = tuple(each for each in find_centers(rules, products, named, known) if each.account_id in accounts_known)
        decided, fresh = follow_buying_centers(centers, found, self._following)
        center_of = known | {(each.account_id, each.value): each.buying_center_id for each in found}
        return decided, found, fresh, center_of

    def contacts(
        self, center_of: dict[tuple[str, str], str], rep_of_center: dict[str, Decided]
    ) -> tuple[list[Decided], list[str | None]]:
        """Decide contacts."""
        contacts = self._collect("contacts", "contact_id", "matched_account_id", "job_function", "city")
        return follow_contacts(contacts, center_of, rep_of_center, self._following)

    def opportunities(self) -> list[Decided]:
        """Decide opportunities."""
        moves = self._following.section.opportunities.moves
        names = ("opportunity_id", "account_id", "owner_id", "is_closed", "stage", "amount_usd")
        table = self._collect(
            "opportunities", *names, *self._policy_fields("opportunities", moves.stays_when, moves.keeps_when)
        )
        return follow_opportunities(table, self._following)

    def orders(self) -> list[Decided]:
        """Decide orders."""
        opportunities = self._collect("opportunities", "opportunity_id", "owner_id")
        owners = dict(zip(*(opportunities[name].to_pylist() for name in ("opportunity_id", "owner_id")), strict=True))
        orders = self._collect("orders", "order_id", "account_id", "opportunity_id", "owner_id", "ordered_on")
        return follow_orders(orders, owners, self._following)

    def tasks(self, opportunities: Iterable[Decided], contacts: Iterable[Decided]) -> list[Decided]:
        """Decide tasks."""
        policy = self._following.section.tasks
        names = ("task_id", "account_id", "contact_id", "opportunity_id", "lead_id", "owner_id", "is_closed")
        table = self._collect("tasks", *names, *self._policy_fields("tasks", policy.stays_when, policy.keeps_when))
        reps = {
            "opportunity": {each.record_id: each.rep_id for each in opportunities},
            "contact": {each.record_id: each.rep_id for each in contacts},
        }
        return follow_tasks(table, reps, self._following)

    def exceptions(self, table: str, decided: Sequence[Decided]) -> pa.Table:
        """Give the exceptions of a table, with age and value where they are known."""
        if not any(each.cause for each in decided):
            return EXCEPTIONS.empty_table()
        crm_object = OBJECT_OF_TABLE[table]
        created = next(
            (name for name in ("created_on", "created_at", "ordered_on") if name in crm_object.rule_fields), None
        )
        rows = self._collect(table, crm_object.key, *([created] if created else []))
        ages = _ages(rows[crm_object.key].to_pylist(), rows[created].to_pylist(), self._day) if created else {}
        waiting = {each.record_id for each in decided if each.cause and each.cause not in NOTHING_TO_DO}
        values = worth_of(self._book, self._engine, table, waiting)
        return exception_rows(crm_object.name, decided, ages, values)

    def _collect(self, table: str, *columns: str) -> pa.Table:
        frame = self._book[table].select(*dict.fromkeys(columns))
        return self._engine.collect(frame.sort(OBJECT_OF_TABLE[table].key))

    def _policy_fields(self, table: str, *written: Written | None) -> list[str]:
        fields = rule_fields(table, before="assignment")
        conditions = [
            parse_expression(each.text, fields, each.place, self._following.lists) for each in written if each
        ]
        return sorted({field for condition in conditions for field in condition.fields()})


STAGE = Stage("assignment", "Assigning territories and reps", run)
