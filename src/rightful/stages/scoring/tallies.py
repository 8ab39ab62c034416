"""Add up the activities of all records at once: the relational twin of ``interest.tally``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.stages.scoring.interest import DAY_SECONDS, InterestRules, PointsRule, Tally, TypeSum
from rightful.stages.stage import Frame

__all__ = ["TALLY_COLUMNS", "read_tallies", "tallies", "tally_columns"]

TALLY_COLUMNS = ("tally_later", "tally_undated", "tally_unlisted", "tally_newest_seconds")


def tally_columns(rules: InterestRules) -> tuple[str, ...]:
    """Give the columns of a tally: what is ignored, the newest age, then count and thousandths of each rule."""
    numbers = range(len(rules.points))
    return (*TALLY_COLUMNS, *map(_count, numbers), *map(_sum, numbers))


def tallies(activities: Frame, person_key: str, rules: InterestRules, as_of: datetime) -> Frame:
    """Add up activities per person.

    Args:
        activities: Reads ``activity_type``, ``occurred_at`` and the person's key.
        person_key: ``lead_id`` or ``contact_id``; an activity that names both counts for both.
        rules: Points by type.
        as_of: UTC instant to which points decay.

    Returns:
        One row per person with activities: the key and ``tally_columns``.
    """
    ages = (
        activities.filter(~nw.col(person_key).is_null())
        .select(person_key, "activity_type", "occurred_at")
        .with_columns(age=(nw.lit(as_of) - nw.col("occurred_at")).dt.total_seconds())
        .with_columns(counts=~nw.col("occurred_at").is_null() & (nw.col("occurred_at") <= nw.lit(as_of)))
    )
    types = [rule.activity_type for rule in rules.points]
    unlisted = nw.col("activity_type").is_null() | ~nw.col("activity_type").is_in(types)
    return ages.group_by(person_key).agg(
        _number(nw.col("occurred_at") > nw.lit(as_of)).alias("tally_later"),
        _number(nw.col("occurred_at").is_null()).alias("tally_undated"),
        _number(nw.col("counts") & unlisted).alias("tally_unlisted"),
        nw.when(nw.col("counts")).then(nw.col("age")).min().alias("tally_newest_seconds"),
        *(_number(_is(rule)).alias(_count(number)) for number, rule in enumerate(rules.points)),
        *(_thousandths(rule).alias(_sum(number)) for number, rule in enumerate(rules.points)),
    )


def read_tallies(table: pa.Table, rules: InterestRules) -> Iterator[Tally]:
    """Read rows of ``tallies`` that have activities, in their order."""
    numbers = range(len(rules.points))
    counts = _matrix(table, [_count(number) for number in numbers])
    brought = _matrix(table, [_sum(number) for number in numbers])
    rows, columns = np.nonzero(counts)
    sums = map(TypeSum, columns.tolist(), counts[rows, columns].tolist(), brought[rows, columns].tolist())
    per_row = np.bincount(rows, minlength=table.num_rows).tolist()
    others = zip(*(table[name].to_pylist() for name in TALLY_COLUMNS), strict=True)
    for number, (later, undated, unlisted, newest) in zip(per_row, others, strict=True):
        days = None if newest is None else newest // DAY_SECONDS
        yield Tally(tuple(islice(sums, number)), later, undated, unlisted, days)


def _matrix(table: pa.Table, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Give the columns side by side, one row per row of the table."""
    columns = [table[name].to_numpy() for name in names]
    return np.column_stack(columns) if columns else np.zeros((table.num_rows, 0), np.int64)


def _is(rule: PointsRule) -> Any:
    return nw.col("counts") & (nw.col("activity_type") == rule.activity_type)


def _thousandths(rule: PointsRule) -> Any:
    """Decay as ``interest.decayed`` does: whole thousandths, towards zero."""
    size = nw.lit(abs(rule.thousandths), nw.Int64)
    if rule.decay_seconds:
        decay = nw.lit(rule.decay_seconds, nw.Int64)
        left = nw.when(nw.col("age") < decay).then(decay - nw.col("age")).otherwise(nw.lit(0, nw.Int64))
        size = size * left // decay
    worth = nw.when(_is(rule)).then(size).otherwise(nw.lit(0, nw.Int64)).sum().cast(nw.Int64)
    return worth * nw.lit(1 if rule.thousandths >= 0 else -1, nw.Int64)


def _number(holds: Any) -> Any:
    """Count the rows where something holds."""
    return nw.when(holds).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64)).sum().cast(nw.Int64)


def _count(number: int) -> str:
    return f"tally_count_{number}"


def _sum(number: int) -> str:
    return f"tally_sum_{number}"
