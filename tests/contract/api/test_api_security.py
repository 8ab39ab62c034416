from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from fastapi import APIRouter, Response

from rightful.api import app as application
from rightful.api.front import OPEN
from rightful.api.keys import list_keys, revoke_key, rotate_key
from rightful.api.roles import SCOPES, Role, Scope
from rightful.api.service import Limits
from serving import Served, served

BODIES = {
    "accept": {"rep_id": "R1"},
    "reject": {"rep_id": "R1"},
    "reassign": {"rep_id": "R1"},
    "outcome": {"outcome": "responded"},
    "resolve": {},
    "availability": {"is_active": True},
    "capacity": {"capacity": 5},
}
FORBIDDEN = "urn:rightful:problem:not-allowed"
SECOND = 1_000_000


def operations(api: Served) -> list[tuple[str, str]]:
    """Give method and path of every operation, with parameters filled in."""
    paths = api.ask("GET", "/openapi.json").json()["paths"]
    filled = {"{record_id}": "L1", "{rep_id}": "R1", "{decision_id}": "D1", "{message_id}": "M1"}
    found = [("GET", "/openapi.json")]
    for path, methods in paths.items():
        for name, value in filled.items():
            path = path.replace(name, value)  # noqa: PLW2901 - filled in step by step
        found += [(method.upper(), path) for method in methods]
    return found


def body_of(path: str) -> dict[str, object]:
    last = path.rpartition("/")[2]
    if last.endswith(":batch"):
        return {"records": [{"id": "X1"}]}
    return BODIES.get(last, {"id": "X1"} if last.islower() else {"name": "x"})


def scope_by_hand(method: str, path: str) -> Scope:  # noqa: C901 - written out again, so that a slip in the routes shows
    last = path.rpartition("/")[2]
    if path == "/openapi.json":
        return Scope.OPENAPI
    if path == "/metrics":
        return Scope.METRICS
    if path == "/v1/plan:reload":
        return Scope.PLAN
    if path.startswith("/v1/dead-letters"):
        return Scope.MESSAGES
    if last in {"accept", "reject", "outcome"}:
        return Scope.WORK
    if last == "reassign":
        return Scope.REASSIGN
    if last == "resolve":
        return Scope.RESOLVE
    if last in {"availability", "capacity"}:
        return Scope.TEAM
    if method == "PUT":
        return Scope.BOOK
    if method == "POST":
        return Scope.ROUTE
    return Scope.DECISIONS if last in {"L1", "D1"} else Scope.LISTS


def test_every_route_and_role(api: Served) -> None:
    """Who has the scope gets further than the door; who has not is told so; who has no key learns nothing."""
    keys = {role: api.key(role) for role in Role}
    walked = operations(api)
    assert len(walked) > 50
    for method, path in walked:
        options = {"json": body_of(path)} if method in {"POST", "PUT"} else {}
        if path in OPEN:
            assert api.ask(method, path, key="", **options).status_code == 200
            continue
        assert api.ask(method, path, key="", **options).status_code in {401, 429}, (method, path)
        for role, key in keys.items():
            done = api.ask(method, path, key=key, **options)
            is_told = done.status_code == 403 and done.json()["type"] == FORBIDDEN
            may = scope_by_hand(method, path) in SCOPES[role]
            own = role is Role.REP and may  # a rep's key is let in, and then sees and does its own
            assert is_told is not may or own, (method, path, role, done.status_code)
            assert done.status_code < 500, (method, path, role, done.text)


def test_the_roles_are_those_that_are_promised() -> None:
    assert {role.value for role in Role} == {"viewer", "rep", "manager", "planner", "publisher", "admin", "auditor"}
    assert SCOPES[Role.ADMIN] == set(Scope)
    assert {role for role in Role if Scope.PLAN in SCOPES[role]} == {Role.PUBLISHER, Role.ADMIN}
    writing = {Scope.ROUTE, Scope.BOOK, Scope.WORK, Scope.REASSIGN, Scope.RESOLVE, Scope.TEAM, Scope.PLAN}
    assert {role for role in Role if not SCOPES[role] & writing} == {Role.VIEWER, Role.PLANNER, Role.AUDITOR}


def test_an_unknown_address_is_not_told_apart_without_a_key(api: Served) -> None:
    assert api.ask("GET", "/v1/unknown", key="").status_code == 401
    assert api.ask("GET", "/v1/unknown").status_code == 404
    refused = api.ask("GET", "/v1/pools", key="")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_route_without_scope_does_not_start(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    router = APIRouter()

    @router.get("/v1/forgotten")
    def forgotten() -> Response:
        return Response()

    monkeypatch.setattr(application, "view_routes", lambda: router)
    with pytest.raises(RuntimeError, match="/v1/forgotten"):
        application.make_app(api.service, api.reloader)


@pytest.mark.parametrize(
    "text", ["", "Basic YTpi", "Bearer", "Bearer nonsense", "Bearer rightful_000000000000_" + "A" * 43]
)
def test_what_is_no_key_is_refused(api: Served, text: str) -> None:
    assert api.ask("GET", "/v1/pools", key="", headers={"Authorization": text} if text else {}).status_code == 401


def test_a_key_with_another_secret_is_refused(api: Served) -> None:
    head, _, secret = api.admin.rpartition("_")
    wrong = f"{head}_{'A' if secret[0] != 'A' else 'B'}{secret[1:]}"
    assert api.ask("GET", "/v1/pools", key=wrong).status_code == 401
    assert api.ask("GET", "/v1/pools").status_code == 200


def test_a_key_that_expires_or_is_revoked_is_refused_within_a_second(api: Served) -> None:
    short = api.key(Role.VIEWER, expires_at=api.now + 10 * SECOND)
    assert api.ask("GET", "/v1/pools", key=short).status_code == 200
    api.now += 10 * SECOND
    assert api.ask("GET", "/v1/pools", key=short).status_code == 401
    other = api.key(Role.VIEWER)
    assert api.ask("GET", "/v1/pools", key=other).status_code == 200
    revoke_key(api.ledger, other.split("_")[1], at=api.now, actor="ann")
    api.now += SECOND
    assert api.ask("GET", "/v1/pools", key=other).status_code == 401


def test_a_rotated_key_lives_beside_the_new_one_for_a_while(api: Served) -> None:
    old = api.key(Role.MANAGER, Scope.ROUTE)
    new = rotate_key(api.ledger, old.split("_")[1], at=api.now, overlap_micros=3_600 * SECOND, actor="ann")
    api.now += SECOND
    for key in (old, new):
        assert api.ask("POST", "/v1/leads", key=key, json={"lead_id": "L1"}).status_code == 200
        assert api.ask("GET", "/v1/pools", key=key).status_code == 403
    api.now += 3_600 * SECOND
    assert api.ask("POST", "/v1/leads", key=old, json={"lead_id": "L1"}).status_code == 401
    assert api.ask("POST", "/v1/leads", key=new, json={"lead_id": "L1"}).status_code == 200


def test_no_secret_is_kept(api: Served) -> None:
    secret = api.admin.rpartition("_")[2]
    with sqlite3.connect(api.folder / "ledger.sqlite") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert secret not in dump
    stored = [key for key in list_keys(api.ledger) if key.role is Role.ADMIN]
    assert len({key.salt for key in list_keys(api.ledger)}) == len(list_keys(api.ledger))
    assert stored[0].digest in dump


def test_a_reps_key_does_and_sees_the_reps_own(api: Served) -> None:
    own, other = api.key(Role.REP, reps=("R1",)), api.key(Role.REP, reps=("R2",))
    decision_id = api.ask("GET", "/v1/leads/L1").json()["decision_id"]
    for path in ("/v1/leads/L1", f"/v1/decisions/{decision_id}"):
        assert api.ask("GET", path, key=own).status_code == 200
        assert api.ask("GET", path, key=other).status_code == 404
    for action, body in (("accept", {"rep_id": "R1"}), ("outcome", {"outcome": "won"})):
        assert api.ask("POST", f"/v1/leads/L1/{action}", key=other, json=body).status_code == 403
        assert api.ask("POST", f"/v1/leads/L1/{action}", key=own, json=body).status_code == 200
    assert api.ask("PUT", "/v1/reps/R1/capacity", key=other, json={"capacity": 9}).status_code == 403
    assert api.ask("PUT", "/v1/reps/R1/capacity", key=own, json={"capacity": 9}).status_code == 200


def test_a_key_asks_no_oftener_than_it_may(tmp_path: Path) -> None:
    with served(tmp_path, Limits(per_second=2, burst=4)) as api:
        mine, other = api.key(Role.VIEWER), api.key(Role.VIEWER)
        codes = [api.ask("GET", "/v1/pools", key=mine).status_code for _ in range(5)]
        assert codes == [200, 200, 200, 200, 429]
        refused = api.ask("GET", "/v1/pools", key=mine)
        assert (refused.headers["Retry-After"], refused.json()["type"]) == ("1", "urn:rightful:problem:too-many")
        assert api.ask("GET", "/v1/pools", key=other).status_code == 200
        api.passed += 0.5
        assert api.ask("GET", "/v1/pools", key=mine).status_code == 200
        writer = api.key(Role.MANAGER)
        batch = {"records": [{"lead_id": f"L{number}"} for number in range(4)]}
        assert api.ask("POST", "/v1/leads:batch", key=writer, json=batch).status_code == 200
        assert api.ask("POST", "/v1/leads:batch", key=writer, json=batch).status_code == 429
        assert len(api.desk.done) == 4


def test_wrong_keys_are_not_tried_for_long(api: Served) -> None:
    codes = [api.ask("GET", "/v1/pools", key="wrong").status_code for _ in range(22)]
    assert codes == [401] * 20 + [429] * 2
    assert api.ask("GET", "/v1/pools").status_code == 200, "who has a key is not shut out by who has none"


def test_logs_hold_ids_and_no_personal_data(api: Served) -> None:
    person = {
        "lead_id": "L7",
        "first_name": "Zelda",
        "last_name": "Quux",
        "email": "zelda@quux.example",
        "phone": "+1 202 555 0199",
    }
    api.ask("POST", "/v1/leads", json=person, headers={"Idempotency-Key": "zelda@quux.example"})
    api.ask("POST", "/v1/leads", json={**person, "lead_id": ""})
    api.ask("GET", "/v1/leads/zelda@quux.example")
    api.ask("GET", "/v1/exceptions", params={"cause": "zelda"}, headers={"User-Agent": "Zelda"})
    api.ask("POST", "/v1/leads/L7/reject", json={"rep_id": "R1", "reason": "Quux is rude"})
    api.ask("GET", "/zelda", key="zelda")
    lines = [json.loads(line) for line in api.written.getvalue().splitlines()]
    assert len(lines) >= 8
    assert {"request_id", "method", "route", "status", "ms", "key_id", "decision_id"} <= set(lines[2])
    for word in ("zelda", "quux", "2025550199", "202 555", "rude", api.admin.rpartition("_")[2].lower()):
        assert word not in api.written.getvalue().lower(), word
    assert "zelda" not in api.ask("GET", "/metrics").text.lower()


def test_answers_are_not_kept_on_the_way_and_not_guessed_at(api: Served) -> None:
    headers = api.ask("GET", "/v1/pools").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "server" not in headers
