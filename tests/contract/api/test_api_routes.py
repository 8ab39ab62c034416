from __future__ import annotations

import asyncio
import json
import threading

import pytest

from fake_desk import FakeDesk
from rightful.api.replies import AnswerReply, StatusReply
from rightful.api.roles import Role
from rightful.api.service import Limits
from rightful.desk.answers import Answer
from rightful.desk.commands import Accept, Outcome, Reassign, Reject, Requeue, Resolve, Route, Upsert
from rightful.errors import BadRecord, DeskBusy, DeskDown, DeskError, DiskFull, InProgress, LedgerError, Mistake
from serving import Served, served


def last(api: Served) -> object:
    return api.desk.done[-1][2]


def test_a_lead_is_decided_and_its_values_arrive_as_texts(api: Served) -> None:
    body = {"lead_id": "L2", "company": " Acme ", "employees": 1200, "share": 0.25, "is_open": True, "phone": None}
    done = api.ask("POST", "/v1/leads", json=body, headers={"Idempotency-Key": "k1"})
    answer = done.json()
    assert (done.status_code, answer["status"], answer["rep_id"]) == (200, "assigned", "R1")
    assert answer["decided_at"] == "2026-06-30T12:00:00.000000Z"
    texts = {
        "lead_id": "L2",
        "company": " Acme ",
        "employees": "1200",
        "share": "0.25",
        "is_open": "true",
        "phone": None,
    }
    assert last(api) == Route("lead", texts)
    assert done.headers["Idempotency-Key"] == "k1"


@pytest.mark.parametrize("table", ["leads", "contacts", "accounts", "opportunities", "tasks"])
def test_every_kind_of_record_is_decided_shown_and_explained(api: Served, table: str) -> None:
    answer = api.ask("POST", f"/v1/{table}", json={"id": "X1"}).json()
    assert set(answer) == set(AnswerReply.model_fields)
    shown = api.ask("GET", f"/v1/{table}/X1").json()
    assert shown == answer
    explained = api.ask("GET", f"/v1/decisions/{answer['decision_id']}").json()
    assert explained["parts"]["routing"]["reason"] == "triage: the lowest position"


def test_the_same_key_and_body_give_the_stored_answer_and_another_body_a_conflict(api: Served) -> None:
    headers = {"Idempotency-Key": "once"}
    first = api.ask("POST", "/v1/leads", json={"lead_id": "L5"}, headers=headers).json()
    again = api.ask("POST", "/v1/leads", json={"lead_id": "L5"}, headers=headers).json()
    assert again == {**first, "is_replayed": True}
    other = api.ask("POST", "/v1/leads", json={"lead_id": "L6"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:rightful:problem:key-conflict")


def test_without_a_key_one_is_made_and_told(api: Served) -> None:
    keys = {api.ask("POST", "/v1/leads", json={"lead_id": "L1"}).headers["Idempotency-Key"] for _ in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "kéy"])
def test_odd_idempotency_keys_are_refused(api: Served, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1").decode("latin-1")}
    done = api.ask(
        "POST", "/v1/leads", json={"lead_id": "L1"}, headers={name: value.encode() for name, value in headers.items()}
    )
    assert done.status_code == 400


def test_a_batch_decides_what_can_be_read_and_tells_the_rest(api: Served) -> None:
    body = {"records": [{"lead_id": "B1"}, {"company": "no key"}, {"lead_id": "B2"}]}
    done = api.ask("POST", "/v1/leads:batch", json=body, headers={"Idempotency-Key": "b"})
    replies = done.json()["replies"]
    assert [each.get("record_id") for each in replies] == ["B1", None, "B2"]
    assert (replies[1]["status"], replies[1]["type"]) == (400, "urn:rightful:problem:bad-record")
    assert [key for key, _, _ in api.desk.done[-2:]] == ["b/0", "b/2"]


def test_a_batch_has_bounds(api: Served) -> None:
    assert api.ask("POST", "/v1/leads:batch", json={"records": []}).status_code == 400
    many = [{"lead_id": f"L{number}"} for number in range(1_001)]
    assert api.ask("POST", "/v1/leads:batch", json={"records": many}).status_code == 400
    assert api.ask("POST", "/v1/leads:batch", json={"records": many[:-1]}).status_code == 200


def test_who_works_on_a_lead_says_so(api: Served) -> None:
    asked = {
        "accept": ({"rep_id": "R1"}, Accept("lead", "L1", "R1")),
        "reject": ({"rep_id": "R1", "reason": "no German"}, Reject("lead", "L1", "R1", "no German")),
        "reassign": ({"rep_id": "R3", "reason": "knows them"}, Reassign("lead", "L1", "R3", "knows them")),
        "outcome": ({"outcome": "won"}, Outcome("lead", "L1", "won")),
    }
    for action, (body, command) in asked.items():
        done = api.ask("POST", f"/v1/leads/L1/{action}", json=body)
        assert done.status_code == 200, done.text
        assert last(api) == command
    assert done.json()["status"] == "closed"


def test_what_a_record_does_not_allow_is_refused(api: Served) -> None:
    problem = api.ask("POST", "/v1/leads/L1/accept", json={"rep_id": "R2"})
    assert (problem.status_code, problem.json()["title"]) == (409, "The record does not allow this now")
    assert api.ask("POST", "/v1/leads/L404/accept", json={"rep_id": "R1"}).status_code == 404
    assert api.ask("POST", "/v1/leads/L1/outcome", json={"outcome": "maybe"}).status_code == 400


def test_exceptions_are_listed_page_by_page_and_resolved(api: Served) -> None:
    api.ask("POST", "/v1/leads", json={"lead_id": "NOBODY"})
    page = api.ask("GET", "/v1/exceptions", params={"limit": 1}).json()
    assert [each["cause"] for each in page["answers"]] == ["no_pool"]
    assert page["after"] == "NOBODY"
    rest = api.ask("GET", "/v1/exceptions", params={"after": page["after"]}).json()
    assert rest == {"answers": [], "after": None}
    assert api.ask("GET", "/v1/exceptions", params={"cause": "other"}).json()["answers"] == []
    assert api.ask("POST", "/v1/exceptions/leads/NOBODY/resolve", json={"rep_id": "R2"}).json()["rep_id"] == "R2"
    assert last(api) == Resolve("lead", "NOBODY", "R2")
    assert api.ask("POST", "/v1/exceptions/leads/NOBODY/resolve", json={}).status_code == 200
    assert last(api) == Resolve("lead", "NOBODY", None)


def test_reps_accounts_and_absences_are_put_into_the_book(api: Served) -> None:
    assert api.ask("PUT", "/v1/accounts/A9", json={"name": "Acme", "employees": 5}).status_code == 200
    assert last(api) == Upsert("accounts", ({"name": "Acme", "employees": "5", "account_id": "A9"},))
    assert api.ask("PUT", "/v1/reps/R1/capacity", json={"capacity": 40}).status_code == 200
    assert last(api) == Upsert("reps", ({"rep_id": "R1", "capacity": "40"},))
    assert api.ask("PUT", "/v1/reps/R1/capacity", json={"capacity": None}).status_code == 200
    assert last(api) == Upsert("reps", ({"rep_id": "R1", "capacity": None},))
    away = {"starts_at": "2026-08-01T00:00:00Z", "ends_at": "2026-08-15T00:00:00+02:00"}
    body = {"is_active": True, "working_hours": "Mon-Fri 09:00-17:00", "away": away}
    done = api.ask("PUT", "/v1/reps/R1/availability", json=body, headers={"Idempotency-Key": "gone"})
    assert done.status_code == 200
    assert [command for _, _, command in api.desk.done[-2:]] == [
        Upsert("reps", ({"rep_id": "R1", "is_active": "true", "working_hours": "Mon-Fri 09:00-17:00"},)),
        Upsert(
            "absences",
            (
                {
                    "absence_id": "desk-gone",
                    "rep_id": "R1",
                    "starts_at": "2026-08-01T00:00:00+00:00",
                    "ends_at": "2026-08-15T00:00:00+02:00",
                    "cover_rep_id": None,
                    "absence_type": None,
                },
            ),
        ),
    ]
    assert api.ask("PUT", "/v1/reps/R1/capacity", json={"capacity": -1}).status_code == 400


def test_lists_and_dead_letters(api: Served) -> None:
    (pool,) = api.ask("GET", "/v1/pools").json()["pools"]
    assert [member["rep_id"] for member in pool["members"]] == ["R3", "R1"]
    assert api.ask("GET", "/v1/timers").json()["timers"][0]["due_at"] == "2026-06-30T12:00:00.000000Z"
    assert api.ask("GET", "/v1/dead-letters").json()["messages"][0]["message_id"] == "M1"
    assert api.ask("POST", "/v1/dead-letters/M1/retry").status_code == 200
    assert last(api) == Requeue("M1")
    assert api.ask("POST", "/v1/dead-letters/M2/retry").status_code == 404


def test_the_status_and_the_metrics_tell_how_the_desk_is_doing(api: Served) -> None:
    status = api.ask("GET", "/v1/status").json()
    assert set(status) == set(StatusReply.model_fields)
    assert (status["decisions_per_minute"][-1], status["exceptions"], status["p50_ms"]) == (2, 1, 0.0)
    text = api.ask("GET", "/metrics").text
    for line in (
        'rightful_decisions_total{kind="route",status="assigned"} 1.0',
        'rightful_decision_seconds_count{kind="route"} 2.0',
        'rightful_http_requests_total{method="POST",route="/v1/leads",status="200"} 2.0',
        'rightful_records{status="exception"} 1.0',
        "rightful_outbox_lag_seconds 1.5",
        "rightful_commands_waiting 0.0",
        "rightful_dead_letters 1.0",
    ):
        assert line in text


def test_health_and_readiness_ask_for_no_key(api: Served) -> None:
    assert api.ask("GET", "/healthz", key="").json() == {"status": "ok"}
    assert api.ask("GET", "/readyz", key="").status_code == 200
    api.desk.is_closed = True
    assert api.ask("GET", "/healthz", key="").status_code == 200
    assert (api.ask("GET", "/readyz", key="").status_code, api.ask("GET", "/readyz", key="").json()) == (
        503,
        {"status": "not ready"},
    )
    api.service.is_draining = True
    assert api.ask("GET", "/readyz", key="").json() == {"status": "draining"}


@pytest.mark.parametrize(
    ("error", "status", "kind", "retry_after"),
    [
        (DeskBusy(Mistake(None, "too many wait")), 429, "busy", "1"),
        (DeskDown(Mistake(None, "the database is gone")), 503, "down", "1"),
        (DiskFull(Mistake(None, "no room")), 507, "disk-full", "30"),
        (InProgress(Mistake(None, "it is being done")), 409, "in-progress", "1"),
        (BadRecord(Mistake(None, "no key")), 400, "bad-record", None),
        (LedgerError(Mistake(None, "secret of the database")), 503, "down", "5"),
        (DeskError(Mistake(None, "odd")), 500, "internal", "5"),
    ],
)
def test_errors_of_the_desk_are_problems_with_the_time_to_come_back(
    api: Served, error: Exception, status: int, kind: str, retry_after: str | None
) -> None:
    def fail(_command: object) -> None:
        raise error

    api.desk.before = fail
    done = api.ask("POST", "/v1/leads", json={"lead_id": "L1"})
    problem = done.json()
    assert (done.status_code, problem["status"], problem["type"]) == (status, status, f"urn:rightful:problem:{kind}")
    assert done.headers["content-type"] == "application/problem+json"
    assert done.headers.get("Retry-After") == retry_after
    assert "secret" not in done.text


def test_what_nobody_foresaw_is_a_problem_too_and_its_message_stays_here(api: Served) -> None:
    def fail(_command: object) -> None:
        message = "ann@acme.com cannot be divided by zero"
        raise ZeroDivisionError(message)

    api.desk.before = fail
    done = api.ask("POST", "/v1/leads", json={"lead_id": "L1", "email": "ann@acme.com"})
    assert (done.status_code, done.json()["type"]) == (500, "urn:rightful:problem:internal")
    assert "ann@acme.com" not in done.text
    log = [json.loads(line) for line in api.written.getvalue().splitlines()]
    failed = next(line for line in log if line["event"] == "failed")
    assert (failed["error"], "test_api_routes.py" in failed["frames"]) == ("ZeroDivisionError", True)
    assert done.json()["instance"] == f"urn:rightful:request:{failed['request_id']}"
    assert "ann@acme.com" not in api.written.getvalue()


def test_a_desk_that_is_full_asks_to_come_back_and_answers_all_it_took(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    gate = threading.Event()
    with served(tmp_path_factory.mktemp("full"), Limits(most_in_flight=3, threads=2)) as api:
        api.desk.before = lambda _command: gate.wait(10) and None

        async def crowd() -> list[int]:
            asked = [
                asyncio.ensure_future(api.ask_later("POST", "/v1/leads", json={"lead_id": f"L{number}"}))
                for number in range(10)
            ]
            refused = [await each for _, each in zip(range(7), asyncio.as_completed(asked), strict=False)]
            assert {each.headers["Retry-After"] for each in refused} == {"1"}
            gate.set()
            return sorted([(await each).status_code for each in asked])

        assert asyncio.run(crowd()) == [200] * 3 + [429] * 7
        assert len(api.desk.done) == 3
        assert api.ask("GET", "/v1/status").status_code == 200


def test_the_openapi_document_describes_every_route_with_examples(api: Served) -> None:
    document = api.ask("GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) > 40
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert all(each.get("summary") and each.get("tags") for each in operations)
    identifiers = [each["operationId"] for each in operations]
    assert len(identifiers) == len(set(identifiers))
    lead = document["components"]["schemas"]["Lead"]
    assert lead["examples"][0]["company"] == "Acme Inc"
    assert "description" in lead["properties"]["email"]
    answered = api.ask("POST", "/v1/leads", json=lead["examples"][0])
    assert answered.status_code == 200


def test_the_replies_that_are_described_are_those_of_the_desk() -> None:
    assert set(AnswerReply.model_fields) == set(Answer("lead", "L1").as_json())
    assert set(FakeDesk().figures().as_json()) < set(StatusReply.model_fields)


def test_requests_take_their_time_by_the_clock_of_the_service(api: Served) -> None:
    def slow(_command: object) -> None:
        api.passed += 0.004

    api.desk.before = slow
    api.ask("POST", "/v1/leads", json={"lead_id": "L1"}, key=api.key(Role.MANAGER))
    assert api.service.pulse.latency().p99_ms == pytest.approx(4.0)
