from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan, plan_from
from rightful.stages.columns import schema_of
from rightful.stages.scoring import STAGE, Activity, PersonScore, score_account, score_person, scoring_rules
from rightful.stages.stage import Book, Engine, StageResult

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
ARTEFACT = """{"kind": "rightful trained score", "format": 1, "label": "is_converted", "rows": 9, "conversions": 3,
"base": -0.7, "features": [{"field": "lead_source", "levels": {"Web": 0.31, "Fair": -0.22}, "other": 0.1, "blank": -0.05},
{"field": "employees", "edges": [100.0], "bins": [-0.4, 0.6], "blank": 0.01}]}"""
SCORING = """
activities:
- {activity_type: form_filled, points: 15, decay_days: 90, group: content}
- {activity_type: download, points: 7.5, decay_days: 33, group: content}
- {activity_type: call, points: 30}
- {activity_type: unsubscribed, points: -25, decay_days: 365}
groups:
- {group: content, most: 20}
profiles:
- profile: large accounts
  table: accounts
  when: employees >= 100
  criteria:
  - {criterion: home, thirds: 2, country: "US, CA"}
  - {criterion: no bank, thirds: 3, when: "NOT industry = 'Banking'"}
- profile: accounts
  table: accounts
  criteria: [{criterion: enterprise, thirds: 3, segment: Enterprise}]
- profile: leads
  table: leads
  criteria:
  - {criterion: senior, thirds: 3, job_level: "VP, C-level"}
  - {criterion: fits, thirds: 2, when: "employees >= 100 AND country = 'US'"}
overrides:
- {record_id: L1, score: 0, grade: F, reason: competitor}
- {table: accounts, when: "country = 'KP'", grade: F, reason: embargo}
account_score: {method: diminishing, people: 3}
trained_score: lead_score.json
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_from({"scoring.yaml": SCORING, "lead_score.json": ARTEFACT})


def rows(engine: Engine, result: StageResult, table: str) -> dict[str, dict[str, Any]]:
    key = OBJECT_OF_TABLE[table].key
    return {row[key]: row for row in engine.collect(result.added[table]).to_pylist()}


def test_every_record_gets_the_columns_of_the_contract(engine: Engine, book_of: Any, plan: Plan) -> None:
    book = book_of(engine, accounts=[{"account_id": "A1"}], leads=[{"lead_id": "L1"}, {"lead_id": "L2"}])
    result = STAGE.run(book, plan, engine)
    for table, frame in result.added.items():
        found = engine.collect(frame)
        assert found.schema.equals(schema_of(OBJECT_OF_TABLE[table], "scoring")), table
        assert all(column.null_count == 0 for column in found.columns), table
    assert sorted(rows(engine, result, "leads")) == ["L1", "L2"]
    parts = engine.collect(result.tables["score_parts"])
    assert parts.column_names == ["object", "record_id", "part", "points", "detail"]


def test_an_empty_book_and_an_empty_plan_work(engine: Engine, book_of: Any) -> None:
    result = STAGE.run(book_of(engine), plan_from({}), engine)
    assert {table: len(engine.collect(frame)) for table, frame in result.added.items()} == {
        "contacts": 0,
        "leads": 0,
        "accounts": 0,
    }
    assert len(engine.collect(result.tables["score_parts"])) == 0


def test_people_count_for_their_account_once(engine: Engine, book_of: Any) -> None:
    people = {"a": {"lead_id": "L1"}, "b": {"lead_id": "L2"}, "c": {"contact_id": "C1"}, "d": {"contact_id": "C2"}}
    activities = [
        {"activity_id": key, "activity_type": "call_connected", "occurred_at": AS_OF, **who}
        for key, who in people.items()
    ]
    book = book_of(
        engine,
        accounts=[{"account_id": "A1"}, {"account_id": "A2"}],
        leads=[
            {"lead_id": "L1", "matched_account_id": "A1"},
            {"lead_id": "L2", "matched_account_id": "A1", "is_converted": True},
        ],
        contacts=[
            {"contact_id": "C1", "account_id": "A1", "matched_account_id": "A2"},
            {"contact_id": "C2", "matched_account_id": "A2"},
        ],
        activities=activities,
    )
    found = rows(engine, STAGE.run(book, plan_from({}), engine), "accounts")
    assert found["A1"]["score_reason"] == "contact C1 15 + lead L1 7.5 = 22.5; 2 people"
    assert found["A2"]["score_reason"] == "contact C2 15; 1 person"


TEXTS = {
    "country": [None, "US", "DE", "KP"],
    "industry": [None, "Banking", "Retail"],
    "segment": ["Enterprise", "SMB", "unknown"],
    "job_level": [None, "VP", "Staff"],
    "lead_source": [None, "Web", "Fair", "Other"],
}


def records(prefix: str, key: str, *fields: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries(
        {
            **{field: st.sampled_from(TEXTS[field]) for field in fields if field in TEXTS},
            **({"employees": st.sampled_from([None, 5.0, 100.0, 5000.0])} if "employees" in fields else {}),
            **({"matched_account_id": st.sampled_from([None, "A0", "A1"])} if prefix != "A" else {}),
        }
    )
    return st.lists(one, min_size=1, max_size=5).map(
        lambda listed: [{key: f"{prefix}{number}", **each} for number, each in enumerate(listed)]
    )


ACTIVITIES = st.lists(
    st.fixed_dictionaries(
        {
            "lead_id": st.sampled_from([None, "L0", "L1", "L2"]),
            "contact_id": st.sampled_from([None, "C0", "C1"]),
            "activity_type": st.sampled_from([None, "form_filled", "download", "call", "unsubscribed", "yoga"]),
            "occurred_at": st.none()
            | st.integers(-(10**12), 4 * 10**13).map(lambda micro: AS_OF - timedelta(microseconds=micro)),
        }
    ),
    max_size=25,
).map(lambda listed: [{"activity_id": f"E{number}", **each} for number, each in enumerate(listed)])


def desk(plan: Plan, table: str, record: Mapping[str, Any], done: Sequence[Mapping[str, Any]]) -> Any:
    key = OBJECT_OF_TABLE[table].key
    activities = [Activity(each["activity_type"], each["occurred_at"]) for each in done if each[key] == record[key]]
    return score_person(record, activities, scoring_rules(plan, table), AS_OF)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    accounts=records("A", "account_id", "country", "industry", "segment", "employees"),
    leads=records("L", "lead_id", "country", "job_level", "lead_source", "employees"),
    contacts=records("C", "contact_id", "country"),
    activities=ACTIVITIES,
)
def test_the_desk_equals_the_batch_to_the_last_bit(
    engine: Engine,
    book_of: Any,
    plan: Plan,
    accounts: list[dict[str, Any]],
    leads: list[dict[str, Any]],
    contacts: list[dict[str, Any]],
    activities: list[dict[str, Any]],
) -> None:
    book: Book = book_of(engine, accounts=accounts, leads=leads, contacts=contacts, activities=activities)
    result = STAGE.run(book, plan, engine)
    parts = engine.collect(result.tables["score_parts"]).to_pylist()
    people: list[tuple[str | None, PersonScore]] = []
    for table, given_rows in (("leads", leads), ("contacts", contacts)):
        crm_object = OBJECT_OF_TABLE[table]
        found = rows(engine, result, table)
        assert len(found) == len(given_rows)
        for record in given_rows:
            expected = desk(plan, table, record, activities)
            same(found[record[crm_object.key]], expected, parts, crm_object.name, record[crm_object.key])
            person = PersonScore(crm_object.name, record[crm_object.key], expected.score)
            people.append((record["matched_account_id"], person))
    found = rows(engine, result, "accounts")
    for record in accounts:
        of_account = [person for account, person in people if account == record["account_id"]]
        expected = score_account(record, of_account, scoring_rules(plan, "accounts"))
        same(found[record["account_id"]], expected, parts, "account", record["account_id"])


def same(found: Mapping[str, Any], expected: Any, parts: Sequence[Mapping[str, Any]], name: str, key: str) -> None:
    for column in ("score", "score_reason", "grade", "grade_reason", "rating"):
        assert found[column] == getattr(expected, column)
    listed = [row for row in parts if row["object"] == name and row["record_id"] == key]
    assert sorted((row["part"], row["points"], row["detail"]) for row in listed) == sorted(
        (part.part, part.points, part.detail) for part in expected.parts
    )
    assert sum(part.thousandths for part in expected.parts) == round(expected.score * 1000)
