"""Find territories and pools that only have another name, so that a new name is told as what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from rightful.plan import Plan
from rightful.plan.assignment import AssignmentSection
from rightful.plan.routing import RoutingSection
from rightful.plan.section import Section
from rightful.runs.difference.settings import plain

__all__ = ["renamed"]

_S = TypeVar("_S", bound=Section)

_TERRITORY_KEYS = frozenset({"territory", "parent", "catch_all"})
_POOL_KEYS = frozenset({"pool", "fallback_pool"})


def renamed(before: Plan, after: Plan) -> tuple[Plan, Mapping[str, Mapping[str, str]]]:
    """Give the first plan with the names of the second for territories and pools that are the same.

    A territory or pool is the same where the other plan says of another name all that this one says of it: the same rules in
    the same places, the same coverage, the same members.

    Returns:
        The first plan, and the new names by old name, for ``territory`` and ``pool``.
    """
    territories: dict[str, str] = {}
    assignment = before.assignment
    while found := _alike(
        _territories(assignment), _territories(after.assignment)
    ):  # a parent's name stands in its children
        assignment = _with_names(assignment, _TERRITORY_KEYS, found)
        territories |= found
    pools: dict[str, str] = {}
    routing = before.routing
    while found := _alike(_pools(routing), _pools(after.routing)):
        routing = _with_names(routing, _POOL_KEYS, found)
        pools |= found
    names = {what: found for what, found in (("territory", territories), ("pool", pools)) if found}
    return replace(before, assignment=assignment, routing=routing), names


def _alike(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """Pair the names that only one plan has and of which both say the same; what is said of two names pairs none."""
    gone = {name: said for name, said in before.items() if name not in after}
    come = {name: said for name, said in after.items() if name not in before}
    pairs = {}
    for name, said in gone.items():
        found = [other for other, words in come.items() if words == said]
        if len(found) == 1 and sum(words == said for words in gone.values()) == 1:
            pairs[name] = found[0]
    return pairs


def _territories(section: AssignmentSection) -> dict[str, object]:
    """Give all that is said of each territory, without its name; a parent or child of another name is another territory."""
    said: dict[str, list[object]] = {str(name): [] for name in section.territory_ids}
    rows: Iterable[tuple[str, Any]] = [
        *(("tree", row) for row in section.territories),
        *((layer.layer, row) for layer in section.layers for row in layer.rules),
        *(("coverage", row) for row in section.coverage),
        *(("named", row) for row in section.named_accounts),
    ]
    for place, row in rows:
        words = {key: value for key, value in plain(row).items() if key not in ("territory", "name", "rule")}
        said[str(row.territory)].append((place, words))
    for layer in section.layers:
        if layer.catch_all:
            said[str(layer.catch_all)].append(("catch-all", layer.layer))
    return {name: words for name, words in said.items() if words}


def _pools(section: RoutingSection) -> dict[str, object]:
    return {
        str(pool.pool): {key: value for key, value in plain(pool).items() if key != "pool"} for pool in section.pools
    }


def _with_names(section: _S, keys: frozenset[str], names: Mapping[str, str]) -> _S:
    """Put new names in place of old ones under some keys, in all rows below."""
    changed: dict[str, Any] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if name in keys and str(value) in names:
            changed[name] = names[str(value)]
        elif isinstance(value, Section):
            changed[name] = _with_names(value, keys, names)
        elif isinstance(value, tuple) and value and isinstance(value[0], Section):
            changed[name] = tuple(_with_names(row, keys, names) for row in value)
    return section.model_copy(update=changed)
