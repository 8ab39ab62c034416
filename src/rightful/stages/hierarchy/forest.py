"""Parents as an array of positions: break cycles, find tops and depths, roll figures up. No recursion, any depth.

An account is a position, ``parents[i]`` the position of its parent, ``NO_PARENT`` where it has none. Tops and depths are found by
pointer jumping: each round doubles the distance that every account looks up, so that a chain of a million takes twenty rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["NO_PARENT", "Cycles", "Family", "break_cycles", "families", "roll_up"]

NO_PARENT = -1

Positions = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cycles:
    """The cycles found, one entry each.

    Attributes:
        broken: Account whose link was cut.
        lost: Parent that it lost.
        sizes: Accounts in the cycle.
    """

    broken: Positions
    lost: Positions
    sizes: Positions


@dataclass(frozen=True, slots=True)
class Family:
    """Where each account stands.

    Attributes:
        tops: Position of the ultimate parent; of a top its own.
        depths: Steps up to the top.
        sizes: Accounts in the family.
    """

    tops: Positions
    depths: Positions
    sizes: Positions


def break_cycles(parents: Positions, weakness: Positions) -> tuple[Positions, Cycles]:
    """Cut one link of each cycle: the weakest, and of equally weak ones that of the first account.

    Args:
        parents: Position of each account's parent.
        weakness: How weak each account's link is; the largest is cut.

    Returns:
        The parents without cycles, and the cycles in the order of the accounts that were cut.

    Example:
        >>> parents, cycles = break_cycles(np.array([1, 2, 0, 0]), np.array([0, 5, 0, 9]))
        >>> parents.tolist(), cycles.broken.tolist(), cycles.sizes.tolist()
        ([1, -1, 0, 0], [1], [3])
    """
    size = len(parents)
    on_cycle = _on_cycles(parents)
    members = np.flatnonzero(on_cycle)
    if not len(members):
        return parents, Cycles(members, members, members)
    # The smaller the key, the sooner its link is cut: weakest first, then the first account.
    keys = (int(weakness.max(initial=0)) - weakness) * size + np.arange(size)
    smallest = np.where(on_cycle, keys, np.iinfo(np.int64).max)
    jump = np.where(on_cycle, parents, np.arange(size))
    for _ in range(size.bit_length()):
        smallest = np.minimum(smallest, smallest[jump])
        jump = jump[jump]
    broken = members[smallest[members] == keys[members]]
    lengths = np.bincount((smallest[members] % size).astype(np.int64), minlength=size)[broken]
    mended = parents.copy()
    mended[broken] = NO_PARENT
    return mended, Cycles(broken, parents[broken], lengths)


def families(parents: Positions) -> Family:
    """Find each account's top, depth and family size; the parents must hold no cycle.

    Example:
        >>> families(np.array([-1, 0, 1, -1])).depths.tolist()
        [0, 1, 2, 0]
    """
    here = np.arange(len(parents))
    tops = np.where(parents == NO_PARENT, here, parents)
    depths = (parents != NO_PARENT).astype(np.int64)
    while True:
        further = tops[tops]
        if np.array_equal(further, tops):
            break
        depths += depths[tops]
        tops = further
    return Family(tops, depths, np.bincount(tops, minlength=len(parents))[tops])


def roll_up(
    figures: Figures, parents: Positions, family: Family, method: Literal["own_or_children", "sum", "max"]
) -> Figures:
    """Give each account its family's figure.

    Args:
        figures: Own figure of each account; NaN where unknown.
        parents: Position of each account's parent, without cycles.
        family: What ``families`` found.
        method: ``own_or_children``: from the leaves up, the larger of an account's own figure and the sum of its children's.
            ``sum``: all known figures. ``max``: the largest.

    Returns:
        The family's figure, NaN where none of its accounts has one. Sums are taken in the order of the accounts, so that the same
        book gives the same last digit.

    Example:
        >>> parents = np.array([-1, 0, 0])
        >>> roll_up(np.array([100.0, 80.0, 70.0]), parents, families(parents), "own_or_children").tolist()
        [150.0, 150.0, 150.0]
    """
    known = ~np.isnan(figures)
    own = np.where(known, figures, 0.0)
    totals: Figures
    match method:
        case "sum":
            totals = np.bincount(family.tops, weights=own, minlength=len(figures)).astype(np.float64)
        case "max":
            totals = np.full(len(figures), -np.inf)
            np.maximum.at(totals, family.tops, np.where(known, figures, -np.inf))
        case _:
            totals = _own_or_children(own, parents, family.depths)
    is_known = np.bincount(family.tops, weights=known, minlength=len(figures)) > 0
    return np.where(is_known, totals, np.nan)[family.tops]


def _own_or_children(own: Figures, parents: Positions, depths: Positions) -> Figures:
    """Work from the deepest accounts up; a plain loop, for a chain has as many levels as accounts."""
    totals = own.tolist()
    children = [0.0] * len(totals)
    above = parents.tolist()
    for account in np.argsort(-depths, kind="stable").tolist():
        totals[account] = max(totals[account], children[account])
        if above[account] != NO_PARENT:
            children[above[account]] += totals[account]
    return np.array(totals, dtype=np.float64)


def _on_cycles(parents: Positions) -> npt.NDArray[np.bool_]:
    """Tell which accounts are on a cycle: those that one still reaches after more steps up than there are accounts."""
    size = len(parents)
    jump = np.append(np.where(parents == NO_PARENT, size, parents), size)
    for _ in range(size.bit_length()):
        jump = jump[jump]
        if (jump == size).all():
            break
    reached = np.zeros(size + 1, dtype=np.bool_)
    reached[jump] = True
    return reached[:size]
