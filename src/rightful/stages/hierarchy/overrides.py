"""Parents that people decided: the strongest claims, found by id even where quality has merged the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rightful.plan.hierarchy import Override
from rightful.stages.hierarchy.accounts import Accounts
from rightful.stages.hierarchy.claims import IS_TOP, Claims
from rightful.stages.hierarchy.forest import NO_PARENT

__all__ = ["Overridden", "overridden"]


@dataclass(frozen=True, slots=True)
class Overridden:
    """The plan's overrides, placed in the book.

    Attributes:
        claims: What they say.
        by_position: The override of each account that has one.
        strays: Overrides of accounts that are not in the book, and those whose account another one speaks for after a merge.
    """

    claims: Claims
    by_position: Mapping[int, Override]
    strays: tuple[Override, ...]


def overridden(accounts: Accounts, overrides: Sequence[Override], survivors: Mapping[str, str]) -> Overridden:
    """Place the overrides.

    Args:
        accounts: The accounts.
        overrides: The plan's overrides; of two that a merge puts on one account the first one counts.
        survivors: For each merged account the one that stands for it now.

    A parent that is not in the book leaves the account at the top: a person decided, so no method may guess instead.
    """
    own = _positions(accounts, [override.account_id for override in overrides], survivors)
    named = _positions(accounts, [override.parent_id for override in overrides], survivors)
    parents = np.full(len(accounts), NO_PARENT, dtype=np.int64)
    is_missing = np.zeros(len(accounts), dtype=np.bool_)
    by_position: dict[int, Override] = {}
    strays = []
    for override, account, parent in zip(overrides, own, named, strict=True):
        if account == NO_PARENT or account in by_position:
            strays.append(override)
            continue
        by_position[account] = override
        is_missing[account] = not override.is_top and parent in {NO_PARENT, account}
        parents[account] = IS_TOP if override.is_top or is_missing[account] else parent
    said = pa.array([None] * len(accounts), pa.string())
    return Overridden(Claims("override", parents, said, is_missing), by_position, tuple(strays))


def _positions(accounts: Accounts, ids: Sequence[str], survivors: Mapping[str, str]) -> list[int]:
    alive = [survivors.get(each, str(each)) for each in ids]
    return [int(position) for position in accounts.positions_of(pa.array(alive, pa.string()))]
