"""Values that got into each other's field: a first name typed as the last name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rightful.stages.linkage.kinds import Level, Levels, compare_values, edges
from rightful.stages.linkage.pairs import Rows, coded, pairs_sharing
from rightful.stages.linkage.weights import Column, Field

__all__ = ["swapped_pairs", "with_swaps"]

Swap = tuple[Field, Field]
Flags = npt.NDArray[np.bool_]

_MOST_SHARING = 60
# What agrees in the other field says a little less.
_WEAKER = np.array([Level.UNKNOWN, Level.NEAR, Level.LOOSE, Level.LOOSE, Level.DIFFERS], np.int8)


def swapped_pairs(
    texts: Mapping[str, Sequence[str]], fields: Sequence[Field], swap: Swap, since: int | None
) -> tuple[Rows, Rows]:
    """Give the pairs of rows of which one begins in the one field as the other in the other, and as it in another one.

    Args:
        texts: Values by field.
        fields: All fields.
        swap: The two fields.
        since: Where given, only pairs across it.
    """
    one, other = swap
    rows = len(texts[one.name])
    begins = {field.name: [edges(field.kind, text)[0] for text in texts[field.name]] for field in fields}
    straight = [*begins[one.name], *begins[other.name]]
    crossed = [*begins[other.name], *begins[one.name]]
    beside = [coded(begins[field.name] * 2) for field in fields if field not in swap]
    ones, others = coded(straight), coded(crossed)
    keys = [[ones, others], *([ones, each] for each in beside if each.any())]
    left, right = pairs_sharing(keys, _MOST_SHARING, rows)
    right -= rows
    left, right = np.minimum(left, right), np.maximum(left, right)
    kept = left != right if since is None else (left < since) & (right >= since)
    return left[kept], right[kept]


def with_swaps(columns: Sequence[Column], swap: Swap, left: Rows, right: Rows) -> list[Column]:
    """Compare two fields crosswise where they agree so and do not as they stand.

    Args:
        columns: All columns, compared as they stand.
        swap: The two fields.
        left: The earlier rows.
        right: The later rows.
    """
    one, other = (next(column for column in columns if column.field is field) for field in swap)
    differs = np.flatnonzero((one.levels == Level.DIFFERS) | (other.levels == Level.DIFFERS) | _silent(one, other))
    there = _crossed(one, other, left[differs], right[differs])
    back = _crossed(other, one, left[differs], right[differs])
    agrees = (_agree(there) | _agree(back)) & (there != Level.DIFFERS) & (back != Level.DIFFERS)
    places = differs[agrees]
    return [
        _replaced(column, places, {one.field.name: there, other.field.name: back}[column.field.name][agrees], swap)
        if column.field in swap
        else column
        for column in columns
    ]


def _silent(one: Column, other: Column) -> Flags:
    return (one.levels == Level.UNKNOWN) & (other.levels == Level.UNKNOWN)


def _agree(levels: Levels) -> Flags:
    return (levels == Level.EQUAL) | (levels == Level.NEAR)


def _crossed(one: Column, other: Column, left: Rows, right: Rows) -> Levels:
    mine, theirs = [one.texts[row] for row in left.tolist()], [other.texts[row] for row in right.tolist()]
    return compare_values(one.field.kind, mine, theirs)


def _replaced(column: Column, places: Rows, levels: Levels, swap: Swap) -> Column:
    new = column.levels.copy()
    new[places] = _WEAKER[levels]
    words = f"stands as {next(field.name for field in swap if field is not column.field)} in the other"
    return replace(column, levels=new, said=dict.fromkeys(places.tolist(), words))
