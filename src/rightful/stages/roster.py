"""Who works on a day, from the reps of the CRM."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

import pyarrow as pa

__all__ = ["why_not_working", "working_on"]


def working_on(reps: pa.Table, day: date) -> frozenset[str]:
    """Give the reps who are active and employed on a day.

    Args:
        reps: rep_id, is_active, starts_on, ends_on; nulls mean active, always, open.
        day: The day.
    """
    rows = zip(*(reps[name].to_pylist() for name in ("rep_id", "is_active", "starts_on", "ends_on")), strict=True)
    return frozenset(
        rep_id
        for rep_id, is_active, starts_on, ends_on in rows
        if is_active is not False and (starts_on is None or starts_on <= day) and (ends_on is None or day <= ends_on)
    )


def why_not_working(rep_id: str, known: Container[str]) -> str:
    """Say why a rep gets nothing, in words that follow the rep's key.

    Args:
        rep_id: A rep who is not working, as the plan names them.
        known: All reps of the book.

    Example:
        >>> why_not_working("R99", {"R1"})
        'is not in the book'
    """
    return "is not active" if rep_id in known else "is not in the book"
