"""Parents that a record states: by the CRM's id, by a data provider's numbers, by the parent's name."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.plan.hierarchy import NumberKey
from rightful.stages.hierarchy.accounts import Accounts, Groups
from rightful.stages.hierarchy.claims import IS_TOP, Claims
from rightful.stages.hierarchy.forest import NO_PARENT, Positions
from rightful.stages.hierarchy.names import NamedAccounts

__all__ = ["by_id", "by_name", "by_number"]


def by_id(accounts: Accounts) -> Claims:
    """Follow ``parent_account_id``. An account that names itself states nothing, and is listed."""
    said = accounts.column("parent_account_id")
    parents = accounts.positions_of(said)
    is_own = parents == np.arange(len(accounts))
    is_missing = (_has(said) & (parents == NO_PARENT)) | is_own
    problem = "is not in the book, or is the account itself"
    return Claims("parent_account_id", np.where(is_own, NO_PARENT, parents), said, is_missing, problem)


def by_number(accounts: Accounts, key: NumberKey, ranks: Positions) -> Claims:
    """Follow a data provider's number to the account that has it; of several with one number, to their head.

    A parent's or ultimate parent's number that is the account's own says that the account is the top, but for accounts that share
    the number with their head.
    """
    groups = Groups.by(accounts.column("company_number"))
    heads = np.append(groups.heads(ranks), NO_PARENT)
    said = accounts.column(key)
    numbers = groups.numbers_of(said)
    parents = heads[numbers]
    is_own = (numbers == groups.codes) & (numbers >= 0)
    if key == "company_number":
        parents = np.where(parents == np.arange(len(accounts)), NO_PARENT, parents)
        return Claims(key, parents, said, np.zeros(len(accounts), dtype=np.bool_))
    is_head = parents == np.arange(len(accounts))
    parents = np.where(is_own, np.where(is_head, IS_TOP, NO_PARENT), parents)
    is_missing = _has(said) & (numbers < 0)
    return Claims(key, parents, said, is_missing, is_ultimate=key == "ultimate_company_number")


def by_name(accounts: Accounts) -> Claims:
    """Follow ``parent_name`` where it names one other account alone, legal forms aside."""
    said = accounts.column("parent_name")
    parents = np.full(len(accounts), NO_PARENT, dtype=np.int64)
    is_stated = _has(said)
    if is_stated.any():
        names = NamedAccounts.of(accounts.column("name").to_pylist(), accounts.column("core_name").to_pylist())
        stated = np.flatnonzero(is_stated)
        texts = pc.take(said, pa.array(stated)).to_pylist()
        found = [names.find(text, account) for text, account in zip(texts, stated.tolist(), strict=True)]
        parents[stated] = found
    return Claims("parent_name", parents, said, is_stated & (parents == NO_PARENT), "names no account, or several")


def _has(column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(pc.is_valid(column))
