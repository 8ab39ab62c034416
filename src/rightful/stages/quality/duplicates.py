"""Find the records of a table that are one and the same, and say which of them survives.

Records that agree on all fields of a candidate key are linked; linked records form clusters (connected components). A
cluster larger than the plan allows is left alone: its key is too weak, and a wrong merge costs more than a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rightful.plan.quality import DuplicateRules

__all__ = ["FILLED", "RANKED_BY", "Clusters", "find_clusters", "rank_survivors"]

FILLED = "filled"
"""Column with the number of fields of a record that are not blank."""
RANKED_BY = ("account_type", "owner_id", "created_on", "created_at", "last_activity_on")
"""Columns that criteria of survival read beside it."""

Ints = npt.NDArray[np.int64]
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which rows of a table are one record.

    Attributes:
        cluster: Per row the number of its cluster; rows without duplicates are alone in theirs.
        key: Per row the number of the first candidate key that linked it to an earlier row; -1 for none.
        too_large: Per row, true where its cluster was larger than allowed and so was taken apart.
    """

    cluster: Ints
    key: Ints
    too_large: npt.NDArray[np.bool_]


def find_clusters(table: pa.Table, keys: Sequence[Sequence[str]], largest: int) -> Clusters:
    """Link rows that agree on all fields of a key, capitals aside, none of them null.

    Args:
        table: Holds the columns that the keys name.
        keys: Candidate keys.
        largest: Most rows a cluster may have.
    """
    rows = table.num_rows
    key_of_row = np.full(rows, -1, dtype=np.int64)
    lefts: list[Ints] = []
    rights: list[Ints] = []
    for number, key in enumerate(keys):
        left, right = _links(table, key)
        lefts.append(left)
        rights.append(right)
        fresh = left[key_of_row[left] < 0]
        key_of_row[fresh] = number
    left, right = (
        np.concatenate([*lefts, np.empty(0, np.int64)]),
        np.concatenate([*rights, np.empty(0, np.int64)]),
    )
    cluster = _components(rows, left, right)
    too_large = np.bincount(cluster, minlength=1)[cluster] > largest if rows else np.zeros(0, dtype=bool)
    if too_large.any():
        stays = ~too_large[left]
        cluster = _components(rows, left[stays], right[stays])
    return Clusters(cluster, np.where(too_large, -1, key_of_row), too_large)


def _links(table: pa.Table, key: Sequence[str]) -> tuple[Ints, Ints]:
    """Link each row to the first row with the same values."""
    parts = [pc.utf8_lower(pc.cast(table[name].combine_chunks(), pa.string())) for name in key]
    joined = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, _SEPARATOR)
    encoded = joined.dictionary_encode()
    has_key = np.asarray(pc.is_valid(encoded.indices))
    rows = np.flatnonzero(has_key)
    codes = np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64)[rows]
    first = np.full(len(encoded.dictionary), -1, dtype=np.int64)
    first[codes[::-1]] = rows[::-1]
    target = first[codes]
    linked = target != rows
    return rows[linked], target[linked]


def _components(rows: int, left: Ints, right: Ints) -> Ints:
    if rows == 0:
        return np.empty(0, np.int64)
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(rows, rows))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def rank_survivors(table: pa.Table, key: str, rules: DuplicateRules) -> Ints:
    """Order all rows by how well they may stand for their cluster.

    Args:
        table: Holds the key and the columns that the criteria read; a criterion whose columns are missing decides nothing.
        key: Name of the key column; its order decides ties.
        rules: ``prefer`` gives the criteria.

    Returns:
        Per row its place in the order; the smallest of a cluster survives.
    """
    criteria = [_criterion(table, name) for name in rules.prefer]
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
