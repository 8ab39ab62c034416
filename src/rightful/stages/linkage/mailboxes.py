"""Addresses made of a person's name: two people called John Smith have the box ``john.smith``, each at another company.

Such a box says no more than the names do, which are compared already. Only where the domains are alike, as after a slip, do two
addresses speak for one person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rapidfuzz.distance import OSA

from rightful.stages.linkage.kinds import Kind, Level
from rightful.stages.linkage.pairs import Rows
from rightful.stages.linkage.weights import Column

__all__ = ["with_boxes_of_names"]

_NOT_LETTERS = re.compile(r"[\W\d_]+")
_MOST_SLIPS = 3


def with_boxes_of_names(columns: Sequence[Column], left: Rows, right: Rows) -> list[Column]:
    """Take nearly equal addresses for unknown where a name made both boxes and the domains are others.

    Args:
        columns: All columns, compared; those of names make boxes.
        left: The earlier rows.
        right: The later rows.
    """
    names = [column.texts for column in columns if column.field.kind is Kind.NAME]
    return [
        _without_boxes(column, names, left, right) if column.field.kind is Kind.EMAIL and names else column
        for column in columns
    ]


def _without_boxes(column: Column, names: Sequence[Sequence[str]], left: Rows, right: Rows) -> Column:
    near = np.flatnonzero((column.levels == Level.NEAR) | (column.levels == Level.LOOSE))
    rows = np.unique(np.concatenate((left[near], right[near]))).tolist()
    made = {row: _is_made_of(column.texts[row], [texts[row] for texts in names]) for row in rows}
    levels = column.levels.copy()
    for pair in near.tolist():
        one, other = int(left[pair]), int(right[pair])
        if (made[one] or made[other]) and not _at_one_place(column.texts, one, other):
            levels[pair] = Level.UNKNOWN
    return replace(column, levels=levels)


def _is_made_of(address: str, names: Sequence[str]) -> bool:
    """Tell whether the letters of a box are names and initials of its owner.

    Example:
        >>> _is_made_of("j.smith2@acme.com", ["john", "smith"]), _is_made_of("sales@acme.com", ["john", "smith"])
        (True, False)
    """
    box = _NOT_LETTERS.sub("", address.partition("@")[0])
    parts = [_NOT_LETTERS.sub("", name) for name in names if name]
    ways = {part for name in parts for part in (name, name[:1])}
    return bool(box) and (box in ways or any(one + other == box for one in ways for other in ways))


def _at_one_place(texts: Sequence[str], one: int, other: int) -> bool:
    here, there = (texts[row].partition("@")[2] for row in (one, other))
    return OSA.distance(here, there, score_cutoff=_MOST_SLIPS) <= _MOST_SLIPS
