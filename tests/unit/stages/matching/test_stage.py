from __future__ import annotations

from datetime import date
from typing import Any

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import plan_from
from rightful.stages.columns import schema_of
from rightful.stages.matching import STAGE

ACCOUNTS = [
    {"account_id": "A1", "core_name": "acme widgets", "domain": "acme.com", "owner_id": "R1"},
    {"account_id": "A2", "core_name": "acme widgets", "domain": "acme.com", "owner_id": "R2"},
    {"account_id": "A3", "core_name": "hinterland foods", "account_type": "competitor"},
]
LEADS = [
    {"lead_id": "L2", "core_name": "acme widgets", "domain": "acme.com"},
    {"lead_id": "L1", "core_name": "hinterland foods"},
    {"lead_id": "L3"},
]


def matched(engine: Any, book: Any, table: str, **files: str) -> dict[str, Any]:
    result = STAGE.run(book, plan_from({f"{name}.yaml": text for name, text in files.items()}), engine)
    key = OBJECT_OF_TABLE[table].key
    rows = engine.collect(result.added[table]).to_pylist()
    return {row[key]: row["matched_account_id"] for row in rows}


def test_the_contract_is_kept(engine: Any, book_of: Any) -> None:
    book = book_of(engine, accounts=ACCOUNTS, leads=LEADS, contacts=[{"contact_id": "C1", "account_id": "A3"}])
    result = STAGE.run(book, plan_from({}), engine)
    for table in ("leads", "contacts"):
        given = engine.collect(result.added[table])
        assert given.schema.equals(schema_of(OBJECT_OF_TABLE[table], "matching"))
    assert sorted(engine.collect(result.added["leads"])["lead_id"].to_pylist()) == ["L1", "L2", "L3"]
    contact = engine.collect(result.added["contacts"]).to_pylist()[0]
    assert (contact["matched_account_id"], contact["match_method"]) == ("A3", "crm_link")
    candidates = engine.collect(result.tables["match_candidates"])
    assert candidates.column_names == [
        "object", "record_id", "account_id", "rank", "score", "probability", "is_match", "evidence", "filtered_by",
    ]  # fmt: skip


def test_an_empty_book_has_empty_results(engine: Any, book_of: Any) -> None:
    result = STAGE.run(book_of(engine), plan_from({}), engine)
    assert engine.collect(result.added["leads"]).num_rows == 0
    assert engine.collect(result.tables["match_candidates"]).num_rows == 0


def test_open_opportunities_break_ties(engine: Any, book_of: Any) -> None:
    deals = [
        {"opportunity_id": "O1", "account_id": "A1", "is_closed": True},
        {"opportunity_id": "O2", "account_id": "A2", "is_closed": None},
    ]
    book = book_of(engine, accounts=ACCOUNTS, leads=LEADS, opportunities=deals)
    assert matched(engine, book, "leads")["L2"] == "A2"


def test_active_owners_break_ties(engine: Any, book_of: Any) -> None:
    reps = [
        {"rep_id": "R1", "is_active": True, "ends_on": date(2026, 1, 31)},
        {"rep_id": "R2", "is_active": None, "starts_on": date(2020, 1, 1)},
    ]
    book = book_of(engine, accounts=ACCOUNTS, leads=LEADS, reps=reps)
    assert matched(engine, book, "leads")["L2"] == "A2"


def test_contacts_break_ties(engine: Any, book_of: Any) -> None:
    book = book_of(engine, accounts=ACCOUNTS, leads=LEADS, contacts=[{"contact_id": "C1", "account_id": "A2"}])
    assert matched(engine, book, "leads")["L2"] == "A2"


def test_filters_read_the_fields_that_they_name(engine: Any, book_of: Any) -> None:
    plan = "filters: [{name: no competitors, when: \"account_type <> 'competitor'\"}]"
    book = book_of(engine, accounts=ACCOUNTS, leads=LEADS)
    assert matched(engine, book, "leads", matching=plan)["L1"] is None
    assert matched(engine, book, "leads")["L1"] == "A3"


def test_manual_links_follow_merges_to_the_end(engine: Any, book_of: Any) -> None:
    plan = "manual_links: [{record_id: L3, account_id: OLD}]"
    merges = [
        {"object": "account", "record_id": "OLD", "survivor_id": "MID", "reason": "", "detail": ""},
        {"object": "account", "record_id": "MID", "survivor_id": "A2", "reason": "", "detail": ""},
    ]
    book = book_of(engine, accounts=ACCOUNTS, leads=LEADS, merges=merges)
    assert matched(engine, book, "leads", matching=plan)["L3"] == "A2"
