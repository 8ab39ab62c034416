from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.stages.columns import schema_of
from rightful.stages.quality.merge_tables import MERGES
from rightful.stages.quality.references import resolve_references, survivors_of
from rightful.stages.stage import Engine, Frame


def frame(engine: Engine, table: str, rows: Sequence[Mapping[str, Any]]) -> Frame:
    schema = schema_of(OBJECT_OF_TABLE[table], "quality")
    return engine.bring(
        pa.table({name: pa.array([row.get(name) for row in rows], schema.field(name).type) for name in schema.names})
    )


def merged(record: str, survivor: str) -> pa.Table:
    row = {"object": "account", "record_id": record, "survivor_id": survivor, "reason": "domain", "detail": ""}
    return pa.Table.from_pylist([row], schema=MERGES)


def test_references_follow_merges_and_lose_what_points_nowhere(engine: Engine) -> None:
    accounts = frame(engine, "accounts", [{"account_id": "A"}, {"account_id": "C", "parent_account_id": "B"}])
    contacts = frame(
        engine,
        "contacts",
        [
            {"contact_id": "1", "account_id": "A"},
            {"contact_id": "2", "account_id": "B", "quality_reason": "city=case_repaired"},
            {"contact_id": "3", "account_id": "X"},
            {"contact_id": "4"},
        ],
    )
    survivors = {
        table: survivors_of(frame(engine, table, []), OBJECT_OF_TABLE[table].key, None, engine)
        for table in ("reps", "buying_centers")
    }
    survivors |= {
        "accounts": survivors_of(accounts, "account_id", merged("B", "A"), engine),
        "contacts": survivors_of(contacts, "contact_id", None, engine),
    }
    rows = engine.collect(resolve_references("contacts", contacts, survivors)).sort_by("contact_id").to_pylist()
    assert [(row["account_id"], row["quality_reason"]) for row in rows] == [
        ("A", None),
        ("A", "city=case_repaired; account_id=merged"),
        (None, "account_id=points_nowhere"),
        (None, None),
    ]
    parents = engine.collect(resolve_references("accounts", accounts, survivors)).sort_by("account_id").to_pylist()
    assert [row["parent_account_id"] for row in parents] == [None, "A"]
