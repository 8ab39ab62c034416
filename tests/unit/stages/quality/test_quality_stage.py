from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rightful.connectors import read_book
from rightful.crm import OBJECT_OF_TABLE, OBJECTS
from rightful.plan import load_plan, plan_from
from rightful.sample import write_sample
from rightful.stages.columns import schema_of
from rightful.stages.quality import REASONS, STAGE, explain_code
from rightful.stages.stage import Book, Engine, StageResult

STAGE_AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
BookOf = Callable[..., Book]
Rows = dict[str, dict[str, Any]]


def added(result: StageResult, engine: Engine, table: str) -> Rows:
    crm_object = OBJECT_OF_TABLE[table]
    rows = engine.collect(result.added[table])
    assert rows.schema == schema_of(crm_object, "quality")
    return {row[crm_object.key]: row for row in rows.to_pylist()}


def raws(**values: str | None) -> Mapping[str, str | None]:
    return {name if name.endswith("_id") and name in _KEYS else f"{name}_raw": value for name, value in values.items()}


_KEYS = {crm_object.key for crm_object in OBJECTS}
PLAN = {
    "quality.yaml": "duplicates: {accounts: {keys: [domain + core_name]}, contacts: {keys: [email]}, leads: {enabled: no}}\n"
    "corrections: [{table: accounts, record_id: A2, field: industry, value: Banking}]",
}


@pytest.fixture
def cleaned(engine: Engine, book_of: BookOf) -> StageResult:
    book = book_of(
        engine,
        accounts=[
            raws(
                account_id="A1",
                name="ACME GMBH",
                website="http://www.acme.de",
                phone="030 901820",
                industry="Retail",
                employees="1.000",
            ),
            raws(
                account_id="A2",
                name="Acme GmbH",
                website="acme.de",
                country="Deutschland",
                account_type="Customer",
                employees="2.500,5",
            ),
            raws(account_id="A3", name="Zeta Inc. ", website="zeta.com", country="USA"),
        ],
        contacts=[
            {
                "contact_id": "C1",
                "account_id_raw": "A1",
                "email_raw": "Ann@ACME.de",
                "full_name_raw": "dr. ann lee",
                "phone_raw": "+49 30 901820",
            },
            {"contact_id": "C2", "account_id_raw": "A9", "email_raw": "Ann@acme.de", "title_raw": "VP Sales"},
        ],
        leads=[{"lead_id": "L1", "email_raw": "x@zeta.com"}, {"lead_id": "L2", "email_raw": "x@zeta.com"}],
        opportunities=[
            {"opportunity_id": "O1", "account_id_raw": "A1", "amount_raw": "€1,000,000", "close_on_raw": "31/12/2025"}
        ],
    )
    return STAGE.run(book, plan_from(PLAN), engine)


def test_a_small_book_from_end_to_end(cleaned: StageResult, engine: Engine) -> None:
    accounts, contacts = added(cleaned, engine, "accounts"), added(cleaned, engine, "contacts")
    merges = engine.collect(cleaned.tables["merges"]).sort_by("record_id").to_pylist()
    assert [(row["object"], row["record_id"], row["survivor_id"], row["reason"]) for row in merges] == [
        ("account", "A1", "A2", "domain + core_name"),
        ("contact", "C2", "C1", "email"),
    ]
    assert set(accounts) == {"A2", "A3"}
    acme = accounts["A2"]
    assert (acme["core_name"], acme["legal_form"], acme["domain"], acme["country"]) == ("acme", "GmbH", "acme.de", "DE")
    assert acme["phone"] == "+4930901820"
    assert acme["industry"] == "Banking"  # corrected by hand: it survives the merge
    assert accounts["A3"]["name"] == "Zeta Inc."
    assert (contacts["C1"]["first_name"], contacts["C1"]["job_level"]) == ("Ann", "VP")
    assert contacts["C1"]["account_id"] == "A2"
    assert "account_id=merged" in contacts["C1"]["quality_reason"]


def test_a_table_whose_duplicates_stay_is_not_merged(cleaned: StageResult, engine: Engine) -> None:
    assert set(added(cleaned, engine, "leads")) == {"L1", "L2"}


def test_people_with_one_address_and_other_names_are_not_merged(engine: Engine, book_of: BookOf) -> None:
    """An address such as info@ or a filler belongs to many: merging them would lose leads."""
    leads = [
        {"lead_id": "L1", "last_name_raw": "Lee", "email_raw": "info@zeta.com"},
        {"lead_id": "L2", "last_name_raw": "Moss", "email_raw": "info@zeta.com"},
        {"lead_id": "L3", "last_name_raw": "LEE", "email_raw": "Info@zeta.com"},
    ]
    merges = STAGE.run(book_of(engine, leads=leads), plan_from({}), engine).tables["merges"]
    assert [(row["record_id"], row["survivor_id"]) for row in engine.collect(merges).to_pylist()] == [("L3", "L1")]


def test_references_of_all_tables_follow(cleaned: StageResult, engine: Engine) -> None:
    opportunity = added(cleaned, engine, "opportunities")["O1"]
    assert opportunity["account_id"] == "A2"
    assert opportunity["amount_usd"] is None  # the plan has no rate for euros
    assert "amount=no_exchange_rate" in opportunity["quality_reason"]


def test_an_empty_book_gives_empty_tables(engine: Engine, book_of: BookOf) -> None:
    result = STAGE.run(book_of(engine), plan_from({}), engine)
    assert all(added(result, engine, crm_object.table) == {} for crm_object in OBJECTS)
    assert engine.collect(result.tables["merges"]).num_rows == 0


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "acme"
    write_sample(folder, accounts=200, leads=100, reps=15)
    return folder


def test_every_code_on_the_sample_is_explained(sample: Path, engine: Engine) -> None:
    plan = load_plan(sample)
    tables = read_book(plan).tables
    book = Book({name: engine.bring(table) for name, table in tables.items()}, STAGE_AS_OF)
    result = STAGE.run(book, plan, engine)
    codes = set()
    for crm_object in OBJECTS:
        rows = added(result, engine, crm_object.table)
        merged = [
            row for row in engine.collect(result.tables["merges"]).to_pylist() if row["object"] == crm_object.name
        ]
        assert len(rows) + len(merged) == tables[crm_object.table].num_rows
        for row in rows.values():
            codes |= {
                note.partition("=")[2].partition(" ")[0] for note in (row["quality_reason"] or "").split("; ") if note
            }
    assert len(codes) > 30
    assert codes <= set(REASONS)
    assert all(explain_code(code) != code for code in codes)
