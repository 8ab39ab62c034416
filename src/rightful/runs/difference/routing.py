"""Compare the ordered rules by which two plans route: ways, pools, deadlines, and who is disqualified."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rightful.plan import Plan
from rightful.plan.routing import Disqualification, PoolRule, Route, RoutingRule, Sla, routing_condition, routing_fields
from rightful.runs.difference.choices import About, Choice, Comparison, Rules, rules_that_differ
from rightful.runs.difference.records import Change
from rightful.runs.difference.words import value_words

__all__ = ["routing_that_differs"]


def routing_that_differs(comparison: Comparison) -> Iterator[Change]:
    """Say which leads and contacts go another way, to another pool, or have another deadline."""
    for subject, rules_of in _KINDS.items():
        about = About("routing", subject, "leads", routing_fields())
        yield from rules_that_differ(comparison, about, rules_of(comparison.before), rules_of(comparison.after))


def _rules(plan: Plan, rules: Sequence[RoutingRule], decision: Callable[[RoutingRule], str], otherwise: str) -> Rules:
    return Rules(tuple(Choice(routing_condition(rule, plan.lists), decision(rule)) for rule in rules), otherwise)


def _disqualified(rule: RoutingRule) -> str:
    assert isinstance(rule, Disqualification)  # noqa: S101 - of its own list
    return f"pool {rule.pool} sorts it out" if rule.pool else "disqualified"


def _way(rule: RoutingRule) -> str:
    assert isinstance(rule, Route)  # noqa: S101 - of its own list
    parts = [value_words(rule.methods)]
    if rule.roles:
        parts.append(f"roles {value_words(rule.roles)}")
    if rule.keeps_current_owner is not None:
        parts.append("kept by its owner" if rule.keeps_current_owner else "not kept by its owner")
    return "; ".join(parts)


def _pool(rule: RoutingRule) -> str:
    assert isinstance(rule, PoolRule)  # noqa: S101 - of its own list
    return f"pool {rule.pool}"


def _deadline(rule: RoutingRule) -> str:
    assert isinstance(rule, Sla)  # noqa: S101 - of its own list
    return f"{rule.minutes:g} minutes ({rule.clock} time)"


_KINDS: dict[str, Callable[[Plan], Rules]] = {
    "disqualify": lambda plan: _rules(plan, plan.routing.disqualify, _disqualified, "worked on"),
    "routes": lambda plan: _rules(plan, plan.routing.routes, _way, "the usual methods"),
    "pool rules": lambda plan: _rules(plan, plan.routing.pool_rules, _pool, "no pool by rule"),
    "sla": lambda plan: _rules(plan, plan.routing.sla, _deadline, "no deadline"),
}
