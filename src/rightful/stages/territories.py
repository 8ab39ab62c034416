"""Decide which territories of a layer a record belongs to, from the rules that hold for it.

Order of decision: named accounts (elsewhere), overrides, then includes; exclusions take territories away; among overrides
and among includes the lowest on a branch of the territory tree wins; then the smallest priority, then the upper row. What no rule places goes to the
layer's catch-all, where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rightful.plan.assignment import AssignmentSection, rule_condition
from rightful.plan.section import rule_fields
from rightful.plan.territories import FamilyPolicy, Layer, TerritoryRule
from rightful.rules import Condition, Lists, Rule, RuleSet, all_of, any_of, compile_rules
from rightful.rules.proofs import Precedence

__all__ = ["LayerRules", "Placement", "compile_layer"]

Method = Literal["rule", "override", "named", "catch_all", "family"]


@dataclass(frozen=True, slots=True)
class Placement:
    """A record's territory in a layer.

    Attributes:
        territory_id: The territory.
        rule: Name of the rule that decided; the list's reason for a named account.
        method: How it was decided.
        family: How the family of the account behaves, where the rule says so.
        fields: Fields that the rule reads, for explanations.
    """

    territory_id: str
    rule: str
    method: Method
    family: FamilyPolicy | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerRules:
    """A layer ready to decide.

    Attributes:
        layer: Name of the layer.
        rules: The rules, in order of decision; ``entries`` says what each stands for.
        entries: The plan's rule behind each rule of ``rules``.
        names: Name of each rule.
        fields: Fields that each rule reads, those of inherited rules included.
        ancestors: Territories above each territory.
        winners: Most territories of a record.
        catch_all: Territory of records that no rule places; empty for none.
        is_flat: Whether no rule excludes and no territory of a rule is above that of another: the rows alone decide.
    """

    layer: str
    rules: RuleSet
    entries: tuple[TerritoryRule, ...]
    names: tuple[str, ...]
    fields: tuple[tuple[str, ...], ...]
    ancestors: Mapping[str, frozenset[str]]
    winners: int
    catch_all: str
    is_flat: bool = False

    def place(self, holding: Sequence[int]) -> tuple[Placement, ...]:
        """Choose among the rules that hold for a record.

        Args:
            holding: Indexes into ``entries`` of the rules that hold, in their order.

        Returns:
            The winning placements, best first; empty where nothing places the record.
        """
        ranked = self.ranked(holding)
        if not ranked and self.catch_all:
            return (Placement(self.catch_all, "catch-all", "catch_all"),)
        return tuple(self._placement(index) for index in ranked[: self.winners])

    def ranked(self, holding: Sequence[int]) -> tuple[int, ...]:
        """Rank the rules that hold for a record and may place it: one per territory, the best first.

        Args:
            holding: Indexes into ``entries`` of the rules that hold, in their order.
        """
        chosen: dict[str, int] = {}
        if self.is_flat:
            for index in holding:
                chosen.setdefault(self.entries[index].territory, index)
            return tuple(chosen.values())
        excluded = {self.entries[index].territory for index in holding if self.entries[index].kind == "exclude"}
        allowed = [index for index in holding if self._is_allowed(index, excluded)]
        overriding = [index for index in allowed if self.entries[index].kind == "override"]
        for compared in (overriding, allowed):  # an include below does not take away what an override gives
            above = {upper for index in compared for upper in self.ancestors.get(self.entries[index].territory, ())}
            for index in compared:
                territory = self.entries[index].territory
                if territory not in above and territory not in chosen:
                    chosen[territory] = index
        return tuple(chosen.values())

    def precedence(self) -> Precedence:
        """Say the same of all records at once: which rules win over which, for the first territory of ``place``."""
        numbers = range(len(self.entries))
        excluding: dict[str, set[int]] = {}
        claiming: dict[str, set[int]] = {}
        for index in numbers:
            of_kind = excluding if self.entries[index].kind == "exclude" else claiming
            of_kind.setdefault(self.entries[index].territory, set()).add(index)
        below: dict[str, set[int]] = {}
        for territory, rules in claiming.items():
            for upper in self.ancestors.get(territory, ()):
                below.setdefault(upper, set()).update(rules)
        taken_by, yields_to = {}, {}
        for index in numbers:
            entry = self.entries[index]
            if entry.kind == "include":
                above = (entry.territory, *self.ancestors.get(entry.territory, ()))
                taken_by[index] = frozenset().union(*(excluding.get(each, set()) for each in above))
            lower = below.get(entry.territory, set())
            is_override = entry.kind == "override"
            yields_to[index] = frozenset(
                each for each in lower if not is_override or self.entries[each].kind == "override"
            )
        return Precedence(
            frozenset().union(*excluding.values()),
            {index: rules for index, rules in taken_by.items() if rules},
            {index: rules for index, rules in yields_to.items() if rules},
        )

    def _is_allowed(self, index: int, excluded: set[str]) -> bool:
        entry = self.entries[index]
        if entry.kind == "exclude":
            return False
        if entry.kind == "override":
            return True
        return entry.territory not in excluded and not (self.ancestors.get(entry.territory, frozenset()) & excluded)

    def _placement(self, index: int) -> Placement:
        entry = self.entries[index]
        method: Method = "override" if entry.kind == "override" else "rule"
        return Placement(entry.territory, self.names[index], method, entry.family, self.fields[index])


def compile_layer(layer: Layer, section: AssignmentSection, lists: Lists) -> LayerRules:
    """Compile a layer's rules, with what they inherit from the territories above."""
    ancestors = _ancestors(section)
    written = [(rule, rule_condition(rule, lists)) for rule in layer.rules]
    inherited = _inherited(written)
    order = sorted(
        range(len(written)), key=lambda index: (written[index][0].kind != "override", written[index][0].priority, index)
    )
    entries = tuple(written[index][0] for index in order)
    names = tuple(
        entry.rule or f"{entry.territory} (row {index + 1})" for index, entry in zip(order, entries, strict=True)
    )
    rules = [
        Rule(name, _with_inherited(entry, written[index][1], ancestors, inherited))
        for index, entry, name in zip(order, entries, names, strict=True)
    ]
    compiled = compile_rules(rules, rule_fields("accounts", before="assignment"))
    read = tuple(tuple(sorted(rule.when.fields())) for rule in rules)
    catch_all, is_flat = str(layer.catch_all), _is_flat(entries, ancestors)
    return LayerRules(layer.layer, compiled, entries, names, read, ancestors, layer.winners, catch_all, is_flat)


def _is_flat(entries: Sequence[TerritoryRule], ancestors: Mapping[str, frozenset[str]]) -> bool:
    territories = {str(entry.territory) for entry in entries}
    above = frozenset[str]().union(*(ancestors.get(territory, frozenset()) for territory in territories))
    return above.isdisjoint(territories) and all(entry.kind != "exclude" for entry in entries)


def _ancestors(section: AssignmentSection) -> dict[str, frozenset[str]]:
    parent_of = {str(each.territory): str(each.parent) for each in section.territories}
    found: dict[str, frozenset[str]] = {}
    for territory in parent_of:
        above: list[str] = []
        step = parent_of.get(territory, "")
        while step and step not in above:
            above.append(step)
            step = parent_of.get(step, "")
        found[territory] = frozenset(above)
    return found


def _inherited(written: Sequence[tuple[TerritoryRule, Condition]]) -> dict[str, Condition]:
    """Give what each territory passes down: one of its inherited including rules must hold."""
    by_territory: dict[str, list[Condition]] = {}
    for rule, condition in written:
        if rule.kind == "include" and rule.inherited:
            by_territory.setdefault(rule.territory, []).append(condition)
    return {territory: any_of(conditions) for territory, conditions in by_territory.items()}


def _with_inherited(
    rule: TerritoryRule, own: Condition, ancestors: Mapping[str, frozenset[str]], inherited: Mapping[str, Condition]
) -> Condition:
    if rule.kind != "include":
        return own
    above = [inherited[upper] for upper in sorted(ancestors.get(rule.territory, ())) if upper in inherited]
    return all_of([own, *above])
