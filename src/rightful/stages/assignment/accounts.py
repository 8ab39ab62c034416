"""Place accounts in territories, layer by layer: named accounts, rules, then families."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.plan.assignment import AssignmentSection, NamedAccount
from rightful.plan.territories import Layer
from rightful.rules import Lists
from rightful.stages.assignment.families import Following, followed
from rightful.stages.territories import LayerRules, Placement, compile_layer

__all__ = ["PlacedLayer", "place_accounts", "place_in_layer"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PlacedLayer:
    """The territories of all accounts in a layer.

    Attributes:
        layer: The layer of the plan.
        outcome: Per account the number of its outcome.
        outcomes: The placements of each outcome, best first; empty where nothing places the account.
        following: Which accounts follow another of their family, and how.
    """

    layer: Layer
    outcome: Ints
    outcomes: tuple[tuple[Placement, ...], ...]
    following: Following

    def first(self) -> list[Placement | None]:
        """Give the best placement of each outcome."""
        return [placements[0] if placements else None for placements in self.outcomes]


def place_accounts(accounts: pa.Table, section: AssignmentSection, lists: Lists) -> tuple[PlacedLayer, ...]:
    """Place every account in every layer.

    Args:
        accounts: account_id, domain, region, parent_id, hierarchy_depth and the fields that rules read; one row per account.
        section: The plan's section.
        lists: The plan's named lists.
    """
    return tuple(
        place_in_layer(accounts, compile_layer(layer, section, lists), layer, section, lists)
        for layer in section.layers
    )


def place_in_layer(
    accounts: pa.Table, rules: LayerRules, layer: Layer, section: AssignmentSection, lists: Lists
) -> PlacedLayer:
    """Place every account in one layer: by its rules, by the list of named accounts, then by its family.

    Outcomes of rules have the numbers of ``rules.rules.outcomes``; those of named accounts come after them.
    """
    outcome, outcomes = _by_rules(accounts, rules)
    named = [row for row in section.named_accounts if (row.layer or section.layers[0].layer) == layer.layer]
    outcome, outcomes = _by_name(accounts, outcome, outcomes, named)
    following = followed(accounts, outcome, outcomes, layer.layer, section, lists)
    return PlacedLayer(layer, outcome[following.source], outcomes, following)


def _by_rules(accounts: pa.Table, rules: LayerRules) -> tuple[Ints, tuple[tuple[Placement, ...], ...]]:
    outcome = np.asarray(rules.rules.decide_table(accounts), dtype=np.int64)
    return outcome, tuple(rules.place(holding) for holding in rules.rules.outcomes)


def _by_name(
    accounts: pa.Table, outcome: Ints, outcomes: tuple[tuple[Placement, ...], ...], named: Iterable[NamedAccount]
) -> tuple[Ints, tuple[tuple[Placement, ...], ...]]:
    """Let the list of named accounts overrule the rules; an account named by its key overrules one named by domain."""
    rows = list(named)
    if not rows:
        return outcome, outcomes
    result = outcome.copy()
    for column, key in (("domain", "domain"), ("account_id", "account_id")):
        number_of = {getattr(row, key): number for number, row in reversed(list(enumerate(rows))) if getattr(row, key)}
        numbers = _looked_up(accounts[column], number_of)
        hit = numbers >= 0
        result[hit] = numbers[hit] + len(outcomes)
    added = tuple((Placement(str(row.territory), row.reason or "named account", "named"),) for row in rows)
    return result, (*outcomes, *added)


def _looked_up(column: pa.ChunkedArray, number_of: Mapping[str, int]) -> Ints:
    """Give the number of each value; -1 where the list does not have it."""
    if not number_of:
        return np.full(len(column), -1, dtype=np.int64)
    places = pc.index_in(column.combine_chunks(), pa.array(list(number_of), pa.string()))
    numbers = np.array([*number_of.values(), -1], dtype=np.int64)
    return numbers[np.asarray(pc.fill_null(places, len(number_of)), dtype=np.int64)]
