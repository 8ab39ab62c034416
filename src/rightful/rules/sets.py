"""Sets of whole numbers as borders: (1, 4, 7, 8) holds 1, 2, 3 and 7.

Elementary classes of a field are numbered in the order of their values, so that a range of numbers, a prefix, a negation
each are one or two spans. Sets stay as small as the words that made them, however many classes there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

__all__ = ["Borders", "complement", "contains", "intersection", "joined", "union"]

Borders = tuple[int, ...]
"""Strictly rising borders, an even number of them: inside from the first to before the second, and so on."""


def complement(inside: Borders, size: int) -> Borders:
    """Give what is not in the set, of the numbers from 0 to before ``size``.

    Example:
        >>> complement((1, 4), 10)
        (0, 1, 4, 10)
    """
    if not inside:
        return (0, size)
    head = inside[1:] if inside[0] == 0 else (0, *inside)
    return head[:-1] if head and head[-1] == size else (*head, size)


def union(sets: Iterable[Borders]) -> Borders:
    """Give what is in any of the sets.

    Example:
        >>> union([(1, 4), (3, 6), (6, 7)])
        (1, 7)
    """
    return _counted(_distinct(sets), 1)


def intersection(sets: Iterable[Borders]) -> Borders:
    """Give what is in every set; there must be one.

    Example:
        >>> intersection([(1, 4), (3, 6)])
        (3, 4)
    """
    listed = _distinct(sets)
    return _counted(listed, len(listed))


def joined(numbers: Iterable[int]) -> Borders:
    """Make the set of these numbers.

    Example:
        >>> joined([7, 1, 2])
        (1, 3, 7, 8)
    """
    borders: list[int] = []
    for number in sorted(set(numbers)):
        if borders and borders[-1] == number:
            borders[-1] = number + 1
        else:
            borders += (number, number + 1)
    return tuple(borders)


def contains(inside: Borders, number: int) -> bool:
    """Tell whether the number is in the set."""
    return bisect_right(inside, number) % 2 == 1


def _distinct(sets: Iterable[Borders]) -> list[Borders]:
    """Drop what is the very same object: long lists come up again and again."""
    return list({id(one): one for one in sets}.values())


def _counted(sets: list[Borders], needed: int) -> Borders:
    """Sweep over all borders and keep where at least ``needed`` sets are open."""
    if len(sets) == 1:
        return sets[0]
    steps: dict[int, int] = {}
    for borders in sets:
        step = 1
        for border in borders:
            steps[border] = steps.get(border, 0) + step
            step = -step
    kept: list[int] = []
    is_open, depth = False, 0
    for border in sorted(steps):
        depth += steps[border]
        if (depth >= needed) is not is_open:
            kept.append(border)
            is_open = not is_open
    return tuple(kept)
