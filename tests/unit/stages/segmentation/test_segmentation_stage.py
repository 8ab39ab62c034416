from __future__ import annotations

from collections.abc import Callable

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import plan_from
from rightful.stages.columns import schema_of
from rightful.stages.segmentation import STAGE
from rightful.stages.stage import Book, Engine


def test_every_account_lead_and_contact_is_segmented(engine: Engine, book_of: Callable[..., Book]) -> None:
    book = book_of(
        engine,
        accounts=[
            {"account_id": "a", "country": "JP", "industry": "Retail", "employees": 5000.0},
            {"account_id": "b"},
        ],
        leads=[{"lead_id": "l", "account_id": "a", "country": "BR", "job_level": "VP"}],
        contacts=[
            {"contact_id": "1", "account_id": "a", "country": "DE"},
            {"contact_id": "2", "account_id": "b", "country": "DE"},
            {"contact_id": "3", "account_id": "gone", "country": "US"},
            {"contact_id": "4"},
        ],
    )
    result = STAGE.run(book, plan_from({}), engine)
    assert not result.tables
    rows = {}
    for table, frame in result.added.items():
        collected = engine.collect(frame)
        assert collected.schema == schema_of(OBJECT_OF_TABLE[table], "segmentation")
        for row in collected.to_pylist():
            rows[table, row[OBJECT_OF_TABLE[table].key]] = row
    assert len(rows) == 7
    shown = {key[1]: (row["region"], row["industry_group"], row["segment"]) for key, row in rows.items()}
    assert shown == {
        "a": ("APAC", "Retail", "Enterprise"),
        "b": ("unknown", "unknown", "unknown"),
        "l": ("LATAM", "unknown", "unknown"),
        "1": ("APAC", "Retail", "Enterprise"),
        "2": ("EMEA", "unknown", "unknown"),
        "3": ("NA", "unknown", "unknown"),
        "4": ("unknown", "unknown", "unknown"),
    }
    assert rows["contacts", "1"]["segmentation_reason"].startswith("region=APAC(its account); ")
    assert rows["leads", "l"]["persona"] == "VP"


def test_an_empty_book_gives_empty_tables(engine: Engine, book_of: Callable[..., Book]) -> None:
    result = STAGE.run(book_of(engine), plan_from({"segmentation.yaml": "contacts: {from_account: []}"}), engine)
    assert {table: engine.collect(frame).num_rows for table, frame in result.added.items()} == {
        "accounts": 0,
        "leads": 0,
        "contacts": 0,
    }
