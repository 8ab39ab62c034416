"""The interface over the desk itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desks import Clock, DeskScene
from hostile import TEXTS
from serving import Served, serving_of

FIELDS = {
    "leads": ("company", "email", "country", "phone", "employees", "created_at", "website", "title", "postal_code"),
    "contacts": ("email", "account_id", "full_name"),
    "accounts": ("name", "website", "employees"),
    "opportunities": ("account_id", "amount", "stage"),
    "tasks": ("lead_id", "subject"),
}
KEYS = {"opportunities": "opportunity_id"}


@pytest.fixture(scope="module")
def real(desk_scene: DeskScene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with (
        desk_scene.desk(_ledger(tmp_path_factory), Clock()) as desk,
        serving_of(desk, desk.ledger, desk_scene.folder) as made,
    ):
        yield made


def _ledger(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("api") / "ledger.sqlite"


def test_a_lead_goes_all_its_way(real: Served) -> None:
    lead = {"lead_id": "H1", "Company__c": "Globex", "email": "x@globex.com", "country": "US"}
    answer = real.ask("POST", "/v1/leads", json=lead, headers={"Idempotency-Key": "h1"}).json()
    assert (answer["status"], answer["rep_id"], answer["account_id"], answer["method"]) == (
        "assigned",
        "R1",
        "A3",
        "account_owner",
    )
    assert answer["sla_due_at"] == "2026-07-01T13:00:00.000000Z"
    assert answer["plan_version"] == real.desk.plan.version
    again = real.ask("POST", "/v1/leads", json=lead, headers={"Idempotency-Key": "h1"}).json()
    assert again == {**answer, "is_replayed": True}
    other = real.ask("POST", "/v1/leads", json={**lead, "country": "DE"}, headers={"Idempotency-Key": "h1"})
    assert other.status_code == 422
    told = real.ask("GET", f"/v1/decisions/{answer['decision_id']}").json()
    assert told["parts"]["matching"]["account_id"] == "A3"
    kinds = [each["kind"] for each in real.ask("GET", "/v1/timers").json()["timers"] if each["record_id"] == "H1"]
    assert len(kinds) >= 2, "a reminder and the deadline"
    assert real.ask("POST", "/v1/leads/H1/accept", json={"rep_id": "R2"}).status_code == 409
    assert real.ask("POST", "/v1/leads/H1/accept", json={"rep_id": "R1"}).json()["status"] == "accepted"
    assert real.ask("POST", "/v1/leads/H1/reassign", json={"rep_id": "R3", "reason": "swap"}).json()["rep_id"] == "R3"
    assert real.ask("POST", "/v1/leads/H1/outcome", json={"outcome": "won"}).json()["status"] == "closed"
    assert real.ask("GET", "/v1/leads/H1").json()["status"] == "closed"


def test_what_is_put_into_the_book_is_seen_by_the_next_decision(real: Served) -> None:
    lead = {"lead_id": "H2", "company": "Newcomer Works", "email": "a@newcomer.example", "country": "US"}
    assert real.ask("POST", "/v1/leads", json=lead).json()["account_id"] is None
    account = {"name": "Newcomer Works", "website": "newcomer.example", "country": "US", "owner_id": "R1"}
    assert real.ask("PUT", "/v1/accounts/A77", json=account).status_code == 200
    assert real.ask("POST", "/v1/leads", json={**lead, "lead_id": "H3"}).json()["account_id"] == "A77"
    for rep_id in ("R1", "R2"):
        assert real.ask("PUT", f"/v1/reps/{rep_id}/availability", json={"is_active": False}).status_code == 200
    (pool,) = real.ask("GET", "/v1/pools").json()["pools"]
    assert [each["rep_id"] for each in pool["members"] if each["is_present"]] == ["R3"]
    far = {"lead_id": "H4", "company": "Far Off", "country": "JP"}
    assert real.ask("POST", "/v1/leads", json=far).json()["rep_id"] == "R3"
    for rep_id in ("R1", "R2"):
        assert real.ask("PUT", f"/v1/reps/{rep_id}/availability", json={"is_active": True}).status_code == 200


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_makes_the_desk_fail(real: Served, name: str) -> None:
    text = TEXTS[name]
    for table, names in FIELDS.items():
        key = KEYS.get(table, f"{table[:-1]}_id")
        for record in ({key: "X1", **dict.fromkeys(names, text)}, {key: text}):
            done = real.ask("POST", f"/v1/{table}", json=record)
            assert done.status_code in {200, 400}, (table, done.text)
    for path in ("/v1/accounts/X2", "/v1/contacts/X2", "/v1/reps/X2", "/v1/absences/X2"):
        fields = {"accounts": "name", "contacts": "email", "reps": "time_zone", "absences": "starts_at"}
        done = real.ask("PUT", path, json={fields[path.split("/")[2]]: text})
        assert done.status_code in {200, 400, 404}, (path, done.text)
    after = real.ask("POST", "/v1/leads", json={"lead_id": "H9", "company": "Acme Inc", "email": "z@acme.com"})
    assert after.json()["account_id"] == "A1", "the desk goes on"
