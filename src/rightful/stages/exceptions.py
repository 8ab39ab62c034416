"""Records that have no rep: the table in which stages list them."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["EXCEPTIONS", "NOTHING_TO_DO"]

EXCEPTIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("object", "record_id", "stage", "cause", "detail")),
        ("age_days", pa.float64()),
        ("value_usd", pa.float64()),
        ("repair", pa.string()),
    ]
)
"""One row per record and stage: the kind of record, its key, who says so, a code, the case in words, days since creation,
worth in US dollars where the record has one, and what would repair it."""

NOTHING_TO_DO = frozenset({"closed_without_owner", "disqualified"})
"""Causes of records that have no rep and need none: no money waits there."""
