"""The accounts as columns, ordered by account_id, so that a position stands for an account and the smaller one for a tie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.plan.hierarchy import HeadCriterion
from rightful.stages.hierarchy.forest import NO_PARENT, Positions

__all__ = ["COLUMNS", "Accounts", "Groups", "head_ranks"]

COLUMNS = (
    "account_id",
    "name",
    "core_name",
    "legal_form",
    "domain",
    "country",
    "employees",
    "annual_revenue_usd",
    "account_type",
    "parent_account_id",
    "parent_name",
    "company_number",
    "parent_company_number",
    "ultimate_company_number",
    "created_on",
)
"""The columns of accounts that hierarchy reads."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """All accounts of the book, by position.

    Attributes:
        ids: Their account_id, ascending.
        table: The columns in ``COLUMNS``, each in one chunk, rows in the order of ``ids``.
    """

    ids: pa.Array
    table: pa.Table

    @classmethod
    def of(cls, table: pa.Table) -> Accounts:
        """Take the columns and order them."""
        ordered = table.select(list(COLUMNS)).sort_by("account_id").combine_chunks()
        return cls(_one_chunk(ordered["account_id"]), ordered)

    def __len__(self) -> int:
        return len(self.ids)

    def column(self, name: str) -> pa.Array:
        """Give a column as one array; an empty text counts as a null."""
        column = _one_chunk(self.table[name])
        return pc.if_else(pc.equal(column, ""), None, column) if pa.types.is_string(column.type) else column

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Give a number column with NaN for nulls."""
        return np.asarray(self.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)

    def positions_of(self, ids: pa.Array) -> Positions:
        """Find accounts by id.

        Returns:
            Their positions; ``NO_PARENT`` for a null and for an id that is not in the book.
        """
        return _found(ids, self.ids)


@dataclass(frozen=True, slots=True)
class Groups:
    """Accounts that have a value in common.

    Attributes:
        values: The distinct values.
        codes: For each account the number of its value; -1 where it has none.
    """

    values: pa.Array
    codes: Positions

    @classmethod
    def by(cls, column: pa.Array) -> Groups:
        """Group accounts by a column; nulls are in no group."""
        encoded = column.dictionary_encode()
        return cls(encoded.dictionary, np.asarray(pc.fill_null(encoded.indices, -1)).astype(np.int64))

    def sizes(self) -> Positions:
        """Count the accounts of each group."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    def heads(self, ranks: Positions) -> Positions:
        """Give the position of the best ranked account of each group."""
        members = np.flatnonzero(self.codes >= 0)
        order = members[np.lexsort((ranks[members], self.codes[members]))]
        _, first = np.unique(self.codes[order], return_index=True)
        return order[first]

    def numbers_of(self, values: pa.Array) -> Positions:
        """Find groups by value: their numbers, -1 for a null or a value that no account has."""
        return _found(values, self.values)


def head_ranks(accounts: Accounts, children: Positions, criteria: tuple[HeadCriterion, ...]) -> Positions:
    """Rank accounts by how well they head others; 0 is the best.

    Args:
        accounts: The accounts.
        children: How many children each has by what is known so far.
        criteria: Criteria, the first one first. An unknown figure or date is the worst. Ties go to the smallest account_id.
    """
    keys: list[npt.NDArray[np.float64]] = [np.arange(len(accounts), dtype=np.float64)]
    keys += [_worse(accounts, children, criterion) for criterion in reversed(criteria)]
    ranks = np.empty(len(accounts), dtype=np.int64)
    ranks[np.lexsort(keys)] = np.arange(len(accounts))
    return ranks


def _worse(accounts: Accounts, children: Positions, criterion: HeadCriterion) -> npt.NDArray[np.float64]:
    """Give a figure for each account that is larger the worse it meets the criterion."""
    match criterion:
        case "has_children":
            return (children == 0).astype(np.float64)
        case "customer":
            is_customer = pc.fill_null(pc.equal(accounts.column("account_type"), "customer"), fill_value=False)
            return 1.0 - np.asarray(is_customer).astype(np.float64)
        case "largest":
            return np.where(np.isnan(size := accounts.numbers("employees")), np.inf, -size)
        case "oldest":
            days = pc.cast(accounts.column("created_on"), pa.int32())
            return np.asarray(pc.fill_null(pc.cast(days, pa.float64()), np.inf))
        case "shortest_name":
            name = pc.coalesce(accounts.column("core_name"), accounts.column("name"))
            return np.asarray(pc.fill_null(pc.cast(pc.utf8_length(name), pa.float64()), np.inf))


def _found(values: pa.Array, among: pa.Array) -> Positions:
    return np.asarray(pc.fill_null(pc.index_in(values, value_set=among, skip_nulls=True), NO_PARENT)).astype(np.int64)


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined
