"""Decide which accounts follow another account of their family instead of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.plan.assignment import AssignmentSection
from rightful.plan.section import rule_fields
from rightful.plan.territories import FamilyPolicy
from rightful.rules import Lists, Rule, compile_rules, parse_expression
from rightful.stages.territories import Placement

__all__ = ["Following", "followed"]

Ints = npt.NDArray[np.int64]
POLICIES: tuple[FamilyPolicy, ...] = (
    "none", "children", "descendants", "matching_descendants", "regional_ancestor", "ultimate_parent",
)  # fmt: skip


_CHILDREN, _MATCHING, _REGIONAL = (
    POLICIES.index(name) for name in ("children", "matching_descendants", "regional_ancestor")
)
_WHOLE_FAMILY = (POLICIES.index("descendants"), POLICIES.index("ultimate_parent"))


@dataclass(frozen=True, slots=True)
class Following:
    """Whom each account follows.

    Attributes:
        source: Per account the row whose territory it takes; its own row where it follows nobody.
        policy: Per account the number in ``POLICIES`` of the policy by which it follows; 0 where it follows nobody.
    """

    source: Ints
    policy: Ints


def followed(
    accounts: pa.Table,
    outcome: Ints,
    outcomes: Sequence[tuple[Placement, ...]],
    layer: str,
    section: AssignmentSection,
    lists: Lists,
) -> Following:
    """Find whom each account follows in a layer.

    The policy is that of the rule which placed the account above; where the rule says nothing, the section's, if families
    stay together in this layer. Accounts are visited from the top of the family down, so that who follows a follower
    follows the same account.

    Args:
        accounts: account_id, parent_id, hierarchy_depth, region and the fields of ``families.when``.
        outcome: Per account the number of its outcome by rules and named accounts.
        outcomes: Placements of each outcome.
        layer: Name of the layer; families follow in the first one when the plan names none.
        section: The plan's section.
        lists: The plan's named lists.
    """
    rows = accounts.num_rows
    applies = layer in section.families.layers or section.families.policy == "ultimate_parent"
    is_first = layer == section.layers[0].layer
    default = section.families.policy if applies or (is_first and not section.families.layers) else "none"
    own = np.array([POLICIES.index(_policy(placements, default)) for placements in outcomes] or [0], dtype=np.int64)
    policy_of = own[outcome]
    source, followed_by = np.arange(rows), np.zeros(rows, dtype=np.int64)
    if not policy_of.any():
        return Following(source, followed_by)
    parent = _parents(accounts)
    depth = np.asarray(pc.fill_null(accounts["hierarchy_depth"], 0), dtype=np.int64)
    region = np.asarray(accounts["region"].combine_chunks().dictionary_encode().indices.fill_null(-1), dtype=np.int64)
    matching = _matching(accounts, section, lists)
    order = np.argsort(depth, kind="stable")
    levels = np.split(order, np.flatnonzero(np.diff(depth[order])) + 1) if rows else []
    head, offered = np.arange(rows), policy_of.copy()  # whom, and by which policy, those below an account follow
    for level in levels[1:]:
        below = level[parent[level] >= 0]
        above = parent[below]
        policy, leader = offered[above], head[above]
        follows = np.isin(policy, _WHOLE_FAMILY) | (policy == _CHILDREN) | ((policy == _MATCHING) & matching[below])
        regional = np.flatnonzero(policy == _REGIONAL)
        if len(regional):
            nearest = _nearest_in_region(below[regional], above[regional], parent, region)
            leader[regional] = np.where(nearest >= 0, source[nearest], -1)
            follows[regional] = nearest >= 0
        source[below[follows]], followed_by[below[follows]] = leader[follows], policy[follows]
        passes_on = np.isin(policy, (*_WHOLE_FAMILY, _MATCHING))
        head[below[passes_on]], offered[below[passes_on]] = leader[passes_on], policy[passes_on]
        offered[below[policy == _CHILDREN]] = 0
    return Following(source, followed_by)


def _nearest_in_region(rows: Ints, above: Ints, parent: Ints, region: Ints) -> Ints:
    """Climb from the parent to the nearest account of the same region; -1 where there is none."""
    found = above.copy()
    while True:
        elsewhere = (found >= 0) & (region[found] != region[rows])
        if not elsewhere.any():
            return found
        found[elsewhere] = parent[found[elsewhere]]


def _policy(placements: tuple[Placement, ...], default: FamilyPolicy) -> FamilyPolicy:
    return (placements[0].family or default) if placements else default


def _parents(accounts: pa.Table) -> Ints:
    ids = accounts["account_id"].combine_chunks()
    return np.asarray(pc.fill_null(pc.index_in(accounts["parent_id"].combine_chunks(), ids), -1), dtype=np.int64)


def _matching(accounts: pa.Table, section: AssignmentSection, lists: Lists) -> npt.NDArray[np.bool_]:
    when = section.families.when
    if when is None:
        return np.ones(accounts.num_rows, dtype=bool)
    fields = rule_fields("accounts", before="assignment")
    rules = compile_rules([Rule("families", parse_expression(when.text, fields, when.place, lists))], fields)
    return np.asarray(rules.first_table(accounts)) >= 0
