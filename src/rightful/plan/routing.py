"""The plan's section ``routing.yaml``: who acts on a lead or contact now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, model_validator

from rightful.errors import Mistake, Place, PlanError, near_miss
from rightful.plan.conditions import columns_are_cells, read_condition
from rightful.plan.pools import Caps, Credits, Pool
from rightful.plan.section import LONGEST_DAYS, Name, RestOfPlan, Section, Written, place_of, rule_fields
from rightful.plan.working_hours import read_hours
from rightful.rules import Condition, RuleKind, parse_expression

__all__ = [
    "Availability",
    "ClosedRecords",
    "Disqualification",
    "Holiday",
    "LastingOwner",
    "Method",
    "OpenRecords",
    "PoolRule",
    "Route",
    "RoutingRule",
    "RoutingSection",
    "Sla",
    "TerritoryOwner",
    "account_column",
    "routing_condition",
    "routing_fields",
]

Method = Literal["account_owner", "territory", "pool"]
Availability = Literal["employed", "present", "on_shift"]

_FILE = "routing.yaml"


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split, json_schema_input_type=tuple[str, ...] | str)]
"""A list of texts, which in a cell of a CSV table is written with commas."""


class RoutingRule(Section):
    """A rule on leads and contacts. Cells under field names are conditions; without any, it holds for every record."""

    rule: str = Field(default="", description="Name of the rule in explanations; by default its number in the list.")
    when: Written | None = Field(default=None, description="Condition in SQL notation, beside or instead of cells.")
    cells: dict[str, Written] = Field(
        default={},
        description="Conditions by field in cell notation; in a CSV table each column that is no key is a field.",
    )

    @model_validator(mode="before")
    @classmethod
    def _columns_are_cells(cls, value: Any) -> Any:
        return columns_are_cells(cls, value)


class Route(RoutingRule):
    """Another way for some records: which methods are tried, and in which role the owner is sought."""

    methods: tuple[Method, ...] = Field(min_length=1, description="Methods in the order in which they are tried.")
    roles: tuple[Name, ...] = Field(
        default=(), description="Roles of the account's or the territory's rep, in order; left out, as for all."
    )
    keeps_current_owner: bool | None = Field(
        default=None, description="Whether records with an owner stay there; left out, as for all."
    )


class PoolRule(RoutingRule):
    """Which pool a record goes to."""

    pool: Name = Field(description="The pool.")


class Disqualification(RoutingRule):
    """Records that nobody should act on, such as spam."""

    pool: Name = Field(
        default="", description="Pool that sorts them out; left out, they are exceptions with the cause `disqualified`."
    )


class Sla(RoutingRule):
    """When the first response is due."""

    minutes: float = Field(gt=0, le=LONGEST_DAYS * 1440, description="Minutes until then.")
    clock: Literal["business", "wall"] = Field(
        default="business", description="business: only the rep's working time counts. wall: all time counts."
    )


class LastingOwner(Section):
    """Whom a record's account or territory gives it to."""

    roles: tuple[Name, ...] = Field(
        default=(), description="Roles in the order in which they are tried; left out, the first of assignment's roles."
    )
    available: Availability = Field(
        default="present",
        description="employed: it is enough to be active. present: no absence or holiday now, though it may be evening."
        " on_shift: within working hours.",
    )
    uses_cover: bool = Field(
        default=True,
        description="Yes: while the rep is absent, the one who covers gets the record. No: the next method decides.",
    )


class TerritoryOwner(LastingOwner):
    """Whom the territory of the record's own fields gives it to."""

    accepts_catch_all: bool = Field(
        default=False, description="Yes: the layer's catch-all counts as a territory. No: the next method decides."
    )


class ClosedRecords(Section):
    """Leads that need nobody now; converted ones always are closed."""

    statuses: tuple[str, ...] = Field(
        default=(
            "Closed - Converted", "Closed - Not Converted", "Converted", "Disqualified", "Unqualified", "Recycled",
        ),
        description="Statuses in the CRM's words, whatever the case.",
    )  # fmt: skip
    when: Written | None = Field(default=None, description="Condition that makes further records closed.")
    rep_id: Name = Field(
        default="", description="Rep who holds closed records without an owner; left out, they are exceptions."
    )


class OpenRecords(Section):
    """What counts as an open record of a rep: what is compared with the capacity."""

    records_when: Written | None = Field(
        default=None, description="Condition on leads and contacts that are not closed; left out, all of them count."
    )
    opportunities_when: Written | None = Field(
        default=None, description="Condition on open opportunities; left out, none counts. `TRUE` counts all."
    )


class Holiday(Section):
    """A day on which some reps do not work."""

    on: date = Field(description="The day, in each rep's own time zone.")
    name: str = Field(default="", description="What it is called.")
    countries: Names = Field(default=(), description="Countries of the reps it holds for; left out, all.")
    teams: Names = Field(default=(), description="Teams it holds for; left out, all.")


class RoutingSection(Section):
    """Who acts on a lead or contact now: owners, territories, pools, turns, hours, caps and deadlines."""

    decide_at: Literal["arrival", "as_of"] = Field(
        default="arrival",
        description="arrival: each record is decided at the moment it was created, as if it had come in live; those that then"
        " waited are tried again. as_of: all at the moment at which the book is read.",
    )
    keep_current_owner: bool = Field(
        default=True, description="Yes: an open record whose owner is active stays there. No: it is routed anew."
    )
    methods: tuple[Method, ...] = Field(
        default=("account_owner", "territory", "pool"),
        min_length=1,
        description="Methods in the order in which they are tried.",
    )
    routes: tuple[Route, ...] = Field(
        default=(),
        description="Other ways for some records; the first rule that holds decides. Or the name of a CSV file.",
    )
    account_owner: LastingOwner = Field(
        default=LastingOwner(), description="How the owner of the matched account is chosen."
    )
    territory: TerritoryOwner = Field(
        default=TerritoryOwner(), description="How the rep of the record's own territory is chosen."
    )
    pool_rules: tuple[PoolRule, ...] = Field(
        default=(),
        description="Which pool a record goes to; the first rule that holds decides. Or the name of a CSV file.",
    )
    pools: tuple[Pool, ...] = Field(default=(), description="The pools.")
    fallback_pool: Name = Field(default="", description="Pool of records that nothing else places.")
    fallback_rep_id: Name = Field(
        default="", description="Rep of records that nothing else places; left out, they are exceptions."
    )
    disqualify: tuple[Disqualification, ...] = Field(default=(), description="Records that nobody should act on.")
    closed: ClosedRecords = Field(default=ClosedRecords(), description="Records that need nobody now.")
    open_records: OpenRecords = Field(default=OpenRecords(), description="What is compared with reps' capacity.")
    usual_capacity: float = Field(
        default=100, gt=0, description="Capacity that least_loaded assumes of reps without one; it limits nothing."
    )
    rep_caps: Caps = Field(default=Caps(), description="Most records that a rep takes from all pools together.")
    working_hours: Written = Field(
        default=Written("Mon-Fri 09:00-17:00", Place(_FILE)),
        description="Working hours of reps without their own, such as `Mon-Fri 09:00-12:30 13:30-18:00`.",
    )
    holidays: tuple[Holiday, ...] = Field(
        default=(), description="Days on which reps do not work. Or the name of a CSV file."
    )
    credits: Credits = Field(default=Credits(), description="What counts as a turn.")
    queue_tries: int = Field(
        default=10, ge=1, description="How often a waiting record is tried again before it stays among the exceptions."
    )
    sla: tuple[Sla, ...] = Field(
        default=(),
        description="When the first response is due; the first rule that holds decides. Or the name of a CSV file.",
    )

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check rules and hours, and that pools, fields and roles that are named exist."""
        for rule in (*self.routes, *self.pool_rules, *self.disqualify, *self.sla):
            yield from _mistakes_of(partial(routing_condition, rule, plan.lists))
        yield from _mistakes_of(partial(read_hours, self.working_hours.text, self.working_hours.place))
        for written, fields in self._expressions():
            yield from _mistakes_of(partial(parse_expression, written.text, fields, written.place, plan.lists))
        for pool in self.pools:
            yield from _pool_mistakes(pool)
        yield from self._circles()
        yield from self._unknown_names(plan)

    def _expressions(self) -> Iterator[tuple[Written, Mapping[str, RuleKind]]]:
        opportunities = rule_fields("opportunities", before="routing")
        pairs = [
            (self.closed.when, routing_fields()),
            (self.open_records.records_when, routing_fields()),
            (self.open_records.opportunities_when, opportunities),
            *((pool.members_when, rule_fields("reps")) for pool in self.pools),
        ]
        for written, fields in pairs:
            if written is not None:
                yield written, fields

    def _unknown_names(self, plan: RestOfPlan) -> Iterator[Mistake]:
        pools = [each.pool for each in self.pools]
        named = [
            *(rule.pool for rule in self.pool_rules),
            *(rule.pool for rule in self.disqualify if rule.pool),
            *(pool.fallback_pool for pool in self.pools if pool.fallback_pool),
            *([self.fallback_pool] if self.fallback_pool else []),
        ]
        yield from _unknown("pool", named, pools)
        for name in dict.fromkeys(name for name in pools if pools.count(name) > 1):
            yield Mistake(place_of(name, _FILE), f"pool {str(name)!r} is there twice", remedy="keep one of them")
        roles = [
            *self.account_owner.roles,
            *self.territory.roles,
            *(role for route in self.routes for role in route.roles),
        ]
        yield from _unknown("role", roles, plan.roles)

    def _circles(self) -> Iterator[Mistake]:
        """Find pools that fall back on one another."""
        next_of = {str(pool.pool): str(pool.fallback_pool) for pool in self.pools}
        for pool in self.pools:
            seen: list[str] = []
            step = str(pool.pool)
            while step and step not in seen:
                seen.append(step)
                step = next_of.get(step, "")
            if step == pool.pool and pool.pool == min(seen):
                circle = " > ".join([*seen, step])
                yield Mistake(
                    place_of(pool.fallback_pool, _FILE),
                    f"pools fall back in a circle: {circle}",
                    "a chain that ends",
                    "clear one `fallback_pool`",
                )


def account_column(field: str) -> str:
    """Name the column in which rules of routing see a field of the matched account: ``account_segment``, ``account_type``."""
    return field if field.startswith("account_") else f"account_{field}"


def routing_fields() -> dict[str, RuleKind]:
    """Give the fields that rules of routing may use, with their kinds.

    ``object`` (lead or contact), the fields of leads and contacts (one that the record's kind lacks is blank), and those of
    its matched account under ``account_column``; ``account_id`` is the record's own.
    """
    own = {"object": RuleKind.TEXT} | rule_fields("leads", before="routing") | rule_fields("contacts", before="routing")
    lent = {account_column(name): kind for name, kind in rule_fields("accounts", before="routing").items()}
    return own | {name: kind for name, kind in lent.items() if name not in own}


def routing_condition(rule: RoutingRule, lists: Mapping[str, tuple[str, ...]]) -> Condition:
    """Read the cells and the expression of a rule as one condition.

    Raises:
        PlanError: A cell or the expression cannot be read; all mistakes at once.
    """
    return read_condition(rule.cells, rule.when, routing_fields(), lists, keys=type(rule).model_fields)


def _pool_mistakes(pool: Pool) -> Iterator[Mistake]:
    place = place_of(pool.pool, _FILE)
    if not pool.members and pool.members_when is None:
        yield Mistake(place, f"pool {str(pool.pool)!r} has nobody", "members or members_when", "name its members")
    reps = [member.rep_id for member in pool.members]
    for rep in dict.fromkeys(rep for rep in reps if reps.count(rep) > 1):
        yield Mistake(place_of(rep, _FILE), f"rep {str(rep)!r} is twice in pool {str(pool.pool)!r}", remedy="keep one")
    texts = [name for name, kind in routing_fields().items() if kind is RuleKind.TEXT]
    yield from _unknown("text field", [*pool.sticky_by, *(skill.field for skill in pool.skills)], texts)
    if pool.time_zone:
        try:
            ZoneInfo(pool.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield Mistake(
                place_of(pool.time_zone, _FILE),
                f"unknown time zone {str(pool.time_zone)!r}",
                "IANA names such as Europe/Berlin",
            )


def _mistakes_of(read: Callable[[], object]) -> Iterator[Mistake]:
    try:
        read()
    except PlanError as error:
        yield from error.mistakes


def _unknown(what: str, names: Sequence[str], known: Sequence[str], place: Place | None = None) -> Iterator[Mistake]:
    for name in dict.fromkeys(names):
        if name not in known:
            allowed = ", ".join(known[:60]) or "none is declared"
            yield Mistake(
                place or place_of(name, _FILE), f"unknown {what} {str(name)!r}", allowed, near_miss(name, list(known))
            )
