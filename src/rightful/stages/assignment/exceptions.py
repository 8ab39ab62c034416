"""Records that nobody owns: the cause, and what would repair it."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["ASSIGNMENTS", "REPAIRS"]

ASSIGNMENTS = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("object", "record_id", "role", "territory_id", "rep_id", "method", "reason")
        ),
        ("is_primary", pa.bool_()),
        ("ends_on", pa.date32()),
        ("next_rep_id", pa.string()),
    ]
)
REPAIRS = {
    "no_territory": "add a rule that covers it, or a catch_all to the layer",
    "vacant_territory": "fill the seat in coverage, or add a stand-in row with `covers`",
    "no_coverage": "add a row for this territory and role to coverage",
    "territory_tie": "order the types in opportunities.type_priority",
    "inactive_owner": "give the record an active owner in the CRM, or pin it",
    "no_owner": "give the record an owner in the CRM, or link it to an account",
    "closed_without_owner": "nothing to do: it is closed, and had no owner",
    "no_account": "link it to an account",
    "account_without_owner": "repair its account, which is among the exceptions",
}
"""What to do about each cause."""
