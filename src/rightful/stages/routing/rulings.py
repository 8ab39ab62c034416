"""What the plan's rules say of a record: closed, disqualified, way, pool, deadline, territory; the same for one and for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from rightful.plan import Plan
from rightful.plan.routing import RoutingRule, routing_condition, routing_fields
from rightful.plan.section import Written
from rightful.rules import Rule, RuleSet, compile_rules, parse_expression
from rightful.stages.routing.case import Ruling
from rightful.stages.territories import LayerRules, Placement, compile_layer

__all__ = ["Rulings"]

_Key = tuple[str, str | None, bool, tuple[int, ...], tuple[int, ...]]
"""Why closed, domain of a named account, whether counted, first rule of each rule set, territory rules that hold."""


class Rulings:
    """The rules of a plan, compiled once."""

    def __init__(self, plan: Plan) -> None:
        section, lists, fields = plan.routing, plan.lists, routing_fields()
        self._plan, self._section = plan, section
        self._pools = {str(pool.pool): pool for pool in section.pools}
        groups: tuple[Sequence[RoutingRule], ...] = (
            section.disqualify, section.routes, section.pool_rules, section.sla,
        )  # fmt: skip
        self._names = [[rule.rule or f"row {number}" for number, rule in enumerate(rules, 1)] for rules in groups]

        def of_rules(rules: Sequence[RoutingRule]) -> RuleSet:
            return compile_rules(
                [Rule(str(number), routing_condition(rule, lists)) for number, rule in enumerate(rules)], fields
            )

        def of_expression(written: Written | None) -> RuleSet | None:
            if written is None:
                return None
            return compile_rules([Rule("", parse_expression(written.text, fields, written.place, lists))], fields)

        self._sets = [of_rules(rules) for rules in groups]
        self._closed_when, self._counted_when = (
            of_expression(section.closed.when),
            of_expression(section.open_records.records_when),
        )
        self._closed_statuses = frozenset(status.strip().casefold() for status in section.closed.statuses)
        self._layer = _primary_layer(plan)
        self._named = _named_by_domain(plan)
        self._known: dict[_Key, Ruling] = {}

    @property
    def fields(self) -> tuple[str, ...]:
        """Give the fields that rules read, of the record and (``account_...``) of its account."""
        rule_sets = [*self._sets, *(each for each in (self._closed_when, self._counted_when) if each)]
        names = {name for rules in rule_sets for name in rules.fields} | {"status", "is_converted", "domain"}
        if self._layer:
            names |= {_own_name(name) for name in self._layer.rules.fields}
        return tuple(sorted(names))

    def of(self, record: Mapping[str, Any]) -> Ruling:
        """Say what the rules say of one record."""
        firsts = tuple(_first(rules.decide(record)) for rules in self._sets)
        closed = bool(self._closed_when and self._closed_when.decide(record))
        counted = self._counted_when is None or bool(self._counted_when.decide(record))
        seen = {name: record.get(_own_name(name)) for name in self._layer.rules.fields} if self._layer else {}
        placed = self._layer.rules.decide(seen) if self._layer else ()
        why = self._why_closed(record.get("status"), record.get("is_converted"), holds=closed)
        return self._ruling((why, self._named_domain(record.get("domain")), counted, firsts, placed))

    def of_table(self, table: pa.Table) -> list[Ruling]:
        """Say what the rules say of each row of a table that has ``fields``."""
        closed, counted = (
            _holds(self._closed_when, table, without=False),
            _holds(self._counted_when, table, without=True),
        )
        firsts = [rules.first_table(table).tolist() for rules in self._sets]
        placed = self._placed(table)
        keys = zip(
            map(self._why_closed, table["status"].to_pylist(), table["is_converted"].to_pylist(), closed),
            map(self._named_domain, table["domain"].to_pylist()),
            counted,
            zip(*firsts, strict=True),
            placed,
            strict=True,
        )
        return [self._ruling(key) for key in keys]

    def _placed(self, table: pa.Table) -> list[tuple[int, ...]]:
        """Give the territory rules that hold for each row; account fields that such records lack are blank."""
        if self._layer is None:
            return [()] * table.num_rows
        # A rule set without fields still needs a column to know how many rows there are.
        columns: dict[str, Any] = {"domain": table["domain"]}
        for name in self._layer.rules.fields:
            own = _own_name(name)
            columns[name] = table[own] if own in table.column_names else pa.nulls(table.num_rows)
        outcome = self._layer.rules.decide_table(pa.table(columns))
        outcomes = self._layer.rules.outcomes
        return [outcomes[number] for number in outcome.tolist()]

    def _why_closed(self, status: str | None, is_converted: bool | None, holds: bool) -> str:  # noqa: FBT001 - a row's values
        if is_converted:
            return "converted"
        if status and status.strip().casefold() in self._closed_statuses:
            return f"closed ({status})"
        return "closed by the plan's condition" if holds else ""

    def _named_domain(self, domain: str | None) -> str | None:
        return domain if domain in self._named else None

    def _ruling(self, key: _Key) -> Ruling:
        ruling = self._known.get(key)
        if ruling is None:
            ruling = self._known[key] = self._made(key)
        return ruling

    def _made(self, key: _Key) -> Ruling:
        section = self._section
        why, domain, counted, (spam, way, pooled, due), holding = key
        roles = self._plan.assignment.roles[:1]
        route = section.routes[way] if way >= 0 else None
        keeps = route.keeps_current_owner if route else None
        disqualified = section.disqualify[spam] if spam >= 0 else None
        pool = str(disqualified.pool if disqualified else section.pool_rules[pooled].pool if pooled >= 0 else "")
        placement = self._placement(domain, holding)
        own_roles = tuple(map(str, route.roles)) if route else ()
        return Ruling(
            closed=why,
            is_counted=counted and not why,
            disqualified=self._names[0][spam] if spam >= 0 else "",
            keeps_current_owner=section.keep_current_owner if keeps is None else keeps,
            methods=route.methods if route else section.methods,
            owner_roles=own_roles or tuple(map(str, section.account_owner.roles)) or roles,
            territory_roles=own_roles or tuple(map(str, section.territory.roles)) or roles,
            pool=self._pools.get(pool),
            pool_rule=self._names[2][pooled] if pooled >= 0 and not disqualified else "",
            territory_id=placement.territory_id if placement else None,
            territory_rule=placement.rule if placement else "",
            sla=section.sla[due] if due >= 0 else None,
        )

    def _placement(self, domain: str | None, holding: Sequence[int]) -> Placement | None:
        if domain is not None:
            return self._named[domain]
        placements = self._layer.place(holding) if self._layer else ()
        placement = placements[0] if placements else None
        if placement and placement.method == "catch_all" and not self._section.territory.accepts_catch_all:
            return None
        return placement


def _primary_layer(plan: Plan) -> LayerRules | None:
    layers = plan.assignment.layers
    return compile_layer(layers[0], plan.assignment, plan.lists) if layers else None


def _named_by_domain(plan: Plan) -> dict[str, Placement]:
    """Give the territory of each domain that the list of named accounts places in the primary layer."""
    section = plan.assignment
    first = section.layers[0].layer if section.layers else ""
    rows = [row for row in section.named_accounts if row.domain and (row.layer or first) == first]
    return {row.domain: Placement(str(row.territory), row.reason or "named account", "named") for row in reversed(rows)}


def _own_name(account_field: str) -> str:
    """Name the field of a lead that says what a field of accounts does."""
    return "company" if account_field == "name" else account_field


def _first(outcome: Sequence[int]) -> int:
    return outcome[0] if outcome else -1


def _holds(rules: RuleSet | None, table: pa.Table, *, without: bool) -> list[bool]:
    if rules is None:
        return [without] * table.num_rows
    return [first >= 0 for first in rules.first_table(table).tolist()]
