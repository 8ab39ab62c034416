"""The plan's section ``assignment.yaml``: territories, coverage, families, pins, and what follows an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from rightful.crm import OBJECTS
from rightful.errors import Mistake, PlanError, near_miss
from rightful.plan.conditions import read_condition
from rightful.plan.section import LONGEST_DAYS, Name, RestOfPlan, Section, Written, place_of, rule_fields
from rightful.plan.territories import Coverage, FamilyPolicy, Layer, Territory, TerritoryRule
from rightful.rules import Condition, parse_expression

__all__ = [
    "AssignmentSection",
    "BuyingCenterRules",
    "Families",
    "MovePolicy",
    "NamedAccount",
    "OpportunityRules",
    "Pin",
    "rule_condition",
]


class NamedAccount(Section):
    """An account that a list places, before all rules."""

    account_id: Name = Field(default="", description="Key of the account; or give its domain.")
    domain: str = Field(default="", description="Registrable domain; all accounts with it are meant.")
    layer: Name = Field(default="", description="Layer in which it is placed; by default the first.")
    territory: Name = Field(description="Territory it gets.")
    reason: str = Field(default="", description="Why, for explanations.")


class Pin(Section):
    """A person's decision that a record stays with a rep, whatever the rules say."""

    object: Name = Field(
        default="account",
        description="What is pinned: account, contact, opportunity, order, task, buying center.",
    )
    record_id: Name = Field(description="Key of the record.")
    role: Name = Field(default="", description="Role that is pinned; by default the first.")
    rep_id: Name = Field(description="Rep who keeps it.")
    pin_class: str = Field(
        default="manual",
        description="Class of pin, such as strategic; `ignore_pin_classes` switches a class off.",
    )
    reason: str = Field(description="Why it is pinned.")
    pinned_by: str = Field(description="Who pinned it.")
    ends_on: date | None = Field(default=None, description="Last day of the pin; blank is open.")


class Families(Section):
    """How accounts of one family stay together."""

    policy: FamilyPolicy = Field(
        default="none",
        description="none: each by the rules. children: follow a parent at the top. descendants: follow the ultimate parent at any depth."
        " matching_descendants: only those for which `when` holds. regional_ancestor: follow the nearest account above in the same"
        " region. ultimate_parent: the same as descendants, but across all layers.",
    )
    when: Written | None = Field(
        default=None, description="For matching_descendants: condition on the account that follows."
    )
    layers: tuple[Name, ...] = Field(
        default=(), description="Layers in which families stay together; left out, the first layer."
    )


class BuyingCenterRules(Section):
    """Which buying centers an account has, beside those in the CRM, and who owns them."""

    find_by: tuple[Literal["product_line", "site", "job_function"], ...] = Field(
        default=(),
        description="What makes a buying center: product lines of the account and its opportunities, cities or functions of its contacts.",
    )
    role_of: Mapping[str, Name] = Field(
        default={},
        description="Role whose rep owns a buying center, by its product line, site or function; else the first role.",
    )
    functions: tuple[str, ...] = Field(
        default=(), description="Job functions that make a buying center; left out, all."
    )


class MovePolicy(Section):
    """What happens to open work when its account changes hands."""

    stays_when: Written | None = Field(
        default=None, description="Exempt: work for which this holds stays with its owner."
    )
    keeps_when: Written | None = Field(
        default=None,
        description="Eligible: the owner may keep work for which this holds, for `keeps_days`, up to `keeps_at_most`.",
    )
    keeps_days: int = Field(
        default=90, ge=0, le=LONGEST_DAYS, description="Days from the run's as-of date during which kept work stays."
    )
    keeps_at_most: int | None = Field(
        default=None, ge=0, description="Most eligible records that one rep keeps; blank: no limit."
    )
    stage_order: tuple[str, ...] = Field(
        default=(),
        description="Sales stages from early to late: where a rep may keep only some, later stages come first, then larger ones.",
    )


class OpportunityRules(Section):
    """Which of its account's territories an opportunity has, and who owns it."""

    type_priority: tuple[str, ...] = Field(
        default=(),
        description="Territory types, most important first; types left out come last. A tie is an exception.",
    )
    role: Name = Field(default="", description="Role that owns opportunities; by default the first.")
    moves: MovePolicy = Field(default=MovePolicy(), description="Open opportunities of accounts that change hands.")


class AssignmentSection(Section):
    """Territories, coverage, families, pins, and what follows an account."""

    roles: tuple[str, ...] = Field(
        default=("account_executive",),
        min_length=1,
        description="Roles of an account team, the owner's first.",
    )
    territories: tuple[Territory, ...] = Field(
        default=(), description="The territory tree: names, parents and types; may be left out."
    )
    layers: tuple[Layer, ...] = Field(default=(), description="Layers of rules; the first is the primary one.")
    coverage: tuple[Coverage, ...] = Field(
        default=(), description="Who covers which territory in which role, and when."
    )
    named_accounts: tuple[NamedAccount, ...] = Field(
        default=(), description="Accounts that a list places, before all rules."
    )
    pins: tuple[Pin, ...] = Field(default=(), description="Records that stay with a rep whatever the rules say.")
    ignore_pin_classes: tuple[str, ...] = Field(default=(), description="Classes of pins that this run passes over.")
    families: Families = Field(default=Families(), description="How accounts of one family stay together.")
    keep_current_owner: bool = Field(
        default=True,
        description="Yes: where several reps share a territory and role, an account stays with the one who owns it today.",
    )
    fallback_rep_id: Name = Field(
        default="",
        description="Rep who gets accounts of vacant territories; left out, they become exceptions.",
    )
    buying_centers: BuyingCenterRules = Field(
        default=BuyingCenterRules(), description="Buying centers found in accounts, and their owners."
    )
    opportunities: OpportunityRules = Field(
        default=OpportunityRules(), description="Territory and owner of opportunities."
    )
    tasks: MovePolicy = Field(
        default=MovePolicy(),
        description="Open tasks of records that change hands; otherwise they follow them.",
    )

    @property
    def territory_ids(self) -> tuple[str, ...]:
        """All territories that the tree or a rule names, in order of first mention."""
        named = [each.territory for each in self.territories]
        ruled = [rule.territory for layer in self.layers for rule in layer.rules]
        return tuple(dict.fromkeys([*named, *ruled, *(layer.catch_all for layer in self.layers if layer.catch_all)]))

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check rules, and that territories, layers, roles and objects that are named exist."""
        for layer in self.layers:
            for rule in layer.rules:
                try:
                    rule_condition(rule, plan.lists)
                except PlanError as error:
                    yield from error.mistakes
        for table, policy in (("opportunities", self.opportunities.moves), ("tasks", self.tasks)):
            for written in (policy.stays_when, policy.keeps_when):
                yield from _bad_expression(written, table, plan)
        yield from _bad_expression(self.families.when, "accounts", plan)
        yield from self._unknown_names()
        yield from self._cycles()

    def _unknown_names(self) -> Iterator[Mistake]:
        known = self.territory_ids
        layers = [layer.layer for layer in self.layers]
        parents = [each.parent for each in self.territories if each.parent]
        named_layers = [*(each.layer for each in self.named_accounts if each.layer), *self.families.layers]
        team_roles = [
            *(row.role for row in self.coverage),
            *(pin.role for pin in self.pins if pin.role),
            *(role for layer in self.layers for role in layer.roles),
            *self.buying_centers.role_of.values(),
            *([self.opportunities.role] if self.opportunities.role else []),
        ]
        territories = [
            *parents,
            *(row.territory for row in self.coverage),
            *(row.territory for row in self.named_accounts),
        ]
        yield from _unknown("territory", territories, known)
        yield from _unknown("layer", named_layers, layers)
        yield from _unknown("role", team_roles, self.roles)
        yield from _unknown("object", [pin.object for pin in self.pins], [crm_object.name for crm_object in OBJECTS])
        for row in self.named_accounts:
            if not row.account_id and not row.domain:
                problem = f"a named account of territory {row.territory!r} has neither account_id nor domain"
                yield Mistake(place_of(row.territory, _FILE), problem, remedy="fill one of the two")
        for cover in self.coverage:
            if cover.starts_on and cover.ends_on and cover.ends_on < cover.starts_on:
                problem = f"coverage of {cover.territory!r} by {cover.rep_id!r} ends on {cover.ends_on}, before it starts on {cover.starts_on}"
                yield Mistake(place_of(cover.territory, _FILE), problem, remedy="swap the dates")

    def _cycles(self) -> Iterator[Mistake]:
        parent_of = {each.territory: each.parent for each in self.territories}
        for territory, parent in parent_of.items():
            seen: list[str] = []
            step = territory
            while step and step not in seen:
                seen.append(step)
                step = parent_of.get(step, "")
            if step == territory and territory == min(seen):
                circle = " < ".join([*seen, step])
                place = place_of(parent, _FILE)
                yield Mistake(place, f"territories form a circle: {circle}", "a tree", "clear one `parent`")


_FILE = "assignment.yaml"


def rule_condition(rule: TerritoryRule, lists: Mapping[str, tuple[str, ...]]) -> Condition:
    """Read the cells and the expression of a territory rule as one condition on accounts.

    Raises:
        PlanError: A cell or the expression cannot be read; all mistakes at once.
    """
    fields = rule_fields("accounts", before="assignment")
    return read_condition(rule.cells, rule.when, fields, lists, keys=TerritoryRule.model_fields, table="accounts")


def _bad_expression(written: Written | None, table: str, plan: RestOfPlan) -> Iterator[Mistake]:
    if written is None:
        return
    try:
        parse_expression(written.text, rule_fields(table, before="assignment"), written.place, plan.lists)
    except PlanError as error:
        yield from error.mistakes


def _unknown(what: str, names: Sequence[str], known: Sequence[str]) -> Iterator[Mistake]:
    for name in dict.fromkeys(names):
        if name not in known:
            place = place_of(name, _FILE)
            yield Mistake(place, f"unknown {what} {str(name)!r}", ", ".join(known[:30]), near_miss(name, list(known)))
