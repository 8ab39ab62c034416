"""A plan in force: its rules compiled over a view of the book, ready for one record at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from rightful.crm import OBJECT_OF_TABLE, OBJECTS, Kind
from rightful.desk.matching import BookMatching, Matching
from rightful.desk.prepare import CLEANED_TABLES, Habits
from rightful.desk.view import BookView
from rightful.plan import Plan
from rightful.plan.desk import Hold
from rightful.plan.routing import account_column, routing_condition, routing_fields
from rightful.plan.section import rule_fields
from rightful.plan.segmentation import SegmentedTable
from rightful.rules import Rule, RuleSet, compile_rules
from rightful.runs.run import Run
from rightful.stages.lift import Step
from rightful.stages.quality.settings import Settings, settings_for
from rightful.stages.quality.steps import steps_for
from rightful.stages.routing import Context, Rulings, Staff
from rightful.stages.routing.context import fact_fields
from rightful.stages.routing.hours import instant
from rightful.stages.scoring import ScoringRules, scoring_rules
from rightful.stages.segmentation.decide import Segmenter
from rightful.stages.territories import LayerRules, compile_layer

__all__ = ["Cleaning", "Holds", "InForce", "table_of"]

_SEGMENTED: tuple[SegmentedTable, ...] = ("accounts", "leads", "contacts")
_ROUTED = ("leads", "contacts")
_TABLES = {crm_object.name: crm_object.table for crm_object in OBJECTS}


def table_of(object_name: str) -> str:
    """Give the table of a kind of record."""
    return _TABLES[object_name]


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How records of a table are cleaned: the plan's choices, and the steps in their order."""

    settings: Settings
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """The plan's rules on records that wait for fields."""

    rules: tuple[Hold, ...]
    conditions: RuleSet | None

    @classmethod
    def of(cls, plan: Plan) -> Holds:
        """Compile them."""
        found = plan.desk.hold
        if not found:
            return cls((), None)
        rules = [Rule(str(number), routing_condition(each, plan.lists)) for number, each in enumerate(found)]
        return cls(found, compile_rules(rules, routing_fields()))

    def first(self, record: Mapping[str, Any]) -> tuple[Hold, tuple[str, ...]] | None:
        """Give the first rule that holds for a record with fields still blank, and these fields; None for none."""
        for number in self.conditions.decide(record) if self.conditions else ():
            rule = self.rules[number]
            missing = tuple(str(name) for name in rule.until if record.get(name) in (None, ""))
            if missing:
                return rule, missing
        return None


@dataclass
class InForce:
    """What decides: exchanged as a whole when the plan changes.

    Attributes:
        plan: The plan.
        view: The book.
        matching: Finds accounts.
        cleaning: By table.
        segmenters: By table.
        scoring: By table.
        rulings: Rules of routing.
        staff: Who works when, as of the day of the last decision.
        holds: Records that wait for fields.
        layer: Territories of accounts in the primary layer; None for none.
        lent: Field of accounts behind each field that they lend to rules of routing.
        facts: Fields that pools compare.
    """

    plan: Plan
    view: BookView
    matching: Matching
    cleaning: Mapping[str, Cleaning]
    segmenters: Mapping[SegmentedTable, Segmenter]
    scoring: Mapping[str, ScoringRules]
    rulings: Rulings
    staff: Staff
    holds: Holds
    layer: LayerRules | None
    lent: Mapping[str, str]
    facts: tuple[str, ...]
    zone: ZoneInfo
    _day: date

    @classmethod
    def of(cls, plan: Plan, run: Run, habits: Habits, moment: int) -> InForce:
        """Compile a plan over the book of a run."""
        rulings = Rulings(plan)
        facts = fact_fields(plan)
        lent = _lent(plan, rulings, facts)
        outputs = plan.segmentation.contacts.from_account
        view = BookView(run, plan, (*lent.values(), *outputs))
        zone = ZoneInfo(plan.general.time_zone)
        day = instant(moment).astimezone(zone).date()
        layers = plan.assignment.layers
        return cls(
            plan=plan,
            view=view,
            matching=BookMatching(run, plan, view.survivors),
            cleaning={table: _cleaning(table, plan, habits) for table in CLEANED_TABLES},
            segmenters={table: Segmenter.of(table, plan.segmentation, plan.lists) for table in _SEGMENTED},
            scoring={table: scoring_rules(plan, table) for table in _ROUTED},
            rulings=rulings,
            staff=Staff(plan, list(view.reps.values()), list(view.absences.values()), day),
            holds=Holds.of(plan),
            layer=compile_layer(layers[0], plan.assignment, plan.lists) if layers else None,
            lent=lent,
            facts=facts,
            zone=zone,
            _day=day,
        )

    def context_at(self, moment: int) -> Context:
        """Give what decides at a moment; moments come in order."""
        day = instant(moment).astimezone(self.zone).date()
        if day != self._day:
            self._day = day
            self.staff.turn_to(day)
        return self.staff.context


def _cleaning(table: str, plan: Plan, habits: Habits) -> Cleaning:
    stated = plan.quality.day_first
    own = {
        name: habit if stated is None or not _is_dated(table, name) else replace(habit, day_first=stated)
        for name, habit in habits.get(table, {}).items()
    }
    settings = settings_for(table, plan, own)
    return Cleaning(settings, steps_for(settings))


def _is_dated(table: str, name: str) -> bool:
    fields = OBJECT_OF_TABLE[table].source_fields
    return any(field.name == name and field.kind in (Kind.DATE, Kind.INSTANT) for field in fields)


def _lent(plan: Plan, rulings: Rulings, facts: tuple[str, ...]) -> dict[str, str]:
    """Give the fields of accounts that rules of routing see, by the name under which they see them."""
    own = {name for table in _ROUTED for name in rule_fields(table, before="routing")}
    named = {account_column(name): name for name in rule_fields("accounts", before="routing")}
    holds = {name for each in plan.desk.hold for name in each.until}
    wanted = (*rulings.fields, *facts, *(_condition_fields(plan)), *sorted(holds))
    return {name: named[name] for name in dict.fromkeys(wanted) if name in named and name not in own}


def _condition_fields(plan: Plan) -> list[str]:
    return sorted({name for each in plan.desk.hold for name in routing_condition(each, plan.lists).fields()})
