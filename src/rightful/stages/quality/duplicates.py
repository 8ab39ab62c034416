"""Find the records of a table that are one and the same, and say which of them survives.

Records that are linked form clusters (connected components). A cluster that hangs together by single weak links is split there,
one that is larger than the plan allows is left alone: a wrong merge costs more than a duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.plan.duplicates import DuplicateRules
from rightful.stages.quality.cohesion import ALWAYS, NEVER, cohesive_groups
from rightful.stages.quality.links import Crowds, Link, Pair

__all__ = ["FILLED", "RANKED_BY", "Clusters", "find_clusters", "rank_survivors"]

FILLED = "filled"
"""Column with the number of fields of a record that are not blank."""
RANKED_BY = ("account_type", "owner_id", "created_on", "created_at", "last_activity_on")
"""Columns that criteria of survival read beside it."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which rows of a table are one record.

    Attributes:
        groups: The clusters of several rows, each in order.
        too_large: Rows whose cluster, or whose key, has more rows than allowed: they stay as they are.
        cut: Links that would have joined more, and join nothing: too weak for the records behind them.
    """

    groups: tuple[tuple[int, ...], ...]
    too_large: frozenset[int]
    cut: frozenset[Pair]


def find_clusters(rows: int, links: Mapping[Pair, Link], crowds: Crowds, rules: DuplicateRules) -> Clusters:
    """Form clusters of rows.

    Args:
        rows: Number of rows.
        links: Why rows are, or may be, one.
        crowds: Rows that share a key with too many.
        rules: How sure a link must be, how cohesive a cluster, and how large it may be.
    """
    likely = {
        pair: link for pair, link in links.items() if link.is_decided or not (pair[0] in crowds or pair[1] in crowds)
    }
    joins = [pair for pair, link in likely.items() if link.probability >= rules.certain]
    groups: list[list[int]] = []
    for component, inside in _components(rows, joins, likely):
        groups += cohesive_groups(component, inside, rules.cohesion)
    number = {row: place for place, group in enumerate(groups) for row in group}
    large = {row for group in groups if len(group) > rules.largest_cluster for row in group}
    cut = (pair for pair in joins if number[pair[0]] != number[pair[1]])
    kept = [tuple(group) for group in groups if 2 <= len(group) <= rules.largest_cluster]
    return Clusters(tuple(sorted(kept)), frozenset(large | crowds), frozenset(cut))


def _components(
    rows: int, joins: Sequence[Pair], links: Mapping[Pair, Link]
) -> Iterator[tuple[list[int], dict[Pair, float]]]:
    """Give the connected components of several rows, each with the links inside it, those too weak to join as well."""
    left, right = np.array(joins, dtype=np.int64).reshape(-1, 2).T
    from scipy.sparse import coo_array  # noqa: PLC0415 - it takes long to load, and the desk does not need it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

    graph = coo_array((np.ones(len(joins), np.int8), (left, right)), shape=(rows, rows))
    label = connected_components(graph, directed=False)[1].tolist()
    members: dict[int, list[int]] = {}
    for row in np.unique(np.concatenate((left, right))).tolist():
        members.setdefault(label[row], []).append(row)
    inside: dict[int, dict[Pair, float]] = {number: {} for number in members}
    for pair, link in links.items():
        if label[pair[0]] == label[pair[1]]:
            decided = ALWAYS if link.probability else NEVER
            inside[label[pair[0]]][pair] = decided if link.is_decided else link.probability
    for number, component in members.items():
        yield component, inside[number]


def rank_survivors(table: pa.Table, key: str, rules: DuplicateRules) -> Ints:
    """Order all rows by how well they may stand for their cluster.

    Args:
        table: Holds the key and the columns that the criteria read; a criterion whose columns are missing decides nothing.
        key: Name of the key column; its order decides ties.
        rules: ``decisions`` may name survivors, ``prefer`` gives the criteria.

    Returns:
        Per row its place in the order; the smallest of a cluster survives.
    """
    chosen = pa.array(sorted({each.survivor_id for each in rules.decisions if each.survivor_id}), pa.string())
    criteria = [
        np.asarray(pc.invert(pc.is_in(table[key], value_set=chosen))),
        *(_criterion(table, name) for name in rules.prefer),
    ]
    by_key = pc.rank(table[key].combine_chunks(), sort_keys="ascending", tiebreaker="first")
    columns = [
        np.asarray(by_key, dtype=np.int64),
        *(column for column in reversed(criteria) if column is not None),
    ]
    order = np.lexsort(columns)
    place = np.empty(table.num_rows, dtype=np.int64)
    place[order] = np.arange(table.num_rows)
    return place


def _criterion(table: pa.Table, name: str) -> npt.NDArray[Any] | None:
    """Give a column in which smaller is better."""
    names = set(table.column_names)
    if name == "customer" and "account_type" in names:
        return np.asarray(pc.fill_null(pc.not_equal(table["account_type"], "customer"), True))  # noqa: FBT003 (Arrow's own signature)
    if name == "owned" and "owner_id" in names:
        return np.asarray(pc.is_null(table["owner_id"]))
    if name == "most_complete" and FILLED in names:
        fewest: npt.NDArray[Any] = -np.asarray(table[FILLED], dtype=np.int64)
        return fewest
    date_column = {"oldest": ("created_on", "created_at"), "newest_activity": ("last_activity_on",)}.get(name, ())
    for column in date_column:
        if column in names:
            instants = np.asarray(pc.cast(pc.cast(table[column], pa.timestamp("us", "UTC")), pa.int64()).fill_null(-1))
            known = instants >= 0
            return np.where(known, instants if name == "oldest" else -instants, np.iinfo(np.int64).max)
    return None
