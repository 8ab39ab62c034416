"""What is sent to do harm is refused or taken as data; it is never a failure, and the desk goes on."""

from __future__ import annotations

import json

import pytest

from hostile import BODIES, HEADERS, PATHS, TEXTS
from rightful.desk.commands import Route
from serving import Served

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_are_no_record_are_refused(lasting: Served, name: str) -> None:
    before = len(lasting.desk.done)
    for path in ("/v1/leads", "/v1/leads:batch", "/v1/leads/L1/accept"):
        done = lasting.ask("POST", path, content=BODIES[name], headers=JSON)
        assert 400 <= done.status_code < 500, (path, done.text)
        assert done.headers["content-type"] == "application/problem+json"
        assert done.json()["status"] == done.status_code
        assert len(done.text) < 20_000
    assert len(lasting.desk.done) == before
    assert lasting.ask("POST", "/v1/leads", json={"lead_id": "L1"}).status_code == 200


def test_records_as_deep_and_as_large_as_is_taken_are_taken(lasting: Served) -> None:
    record = {"lead_id": "L1", **{f"f{number}": "x" * 6_000 for number in range(299)}}
    assert lasting.ask("POST", "/v1/leads", json=record).status_code == 200
    assert (
        lasting.ask("POST", "/v1/leads", content=b'  {"lead_id":"\\ud83d\\ude00"} \n', headers=JSON).json()["record_id"]
        == "😀"
    )


@pytest.mark.parametrize("name", TEXTS)
def test_values_are_data_and_come_back_as_they_were(lasting: Served, name: str) -> None:
    text = TEXTS[name]
    done = lasting.ask("POST", "/v1/leads", json={"lead_id": "L1", "company": text, text[:200]: text})
    assert done.status_code == 200
    command = lasting.desk.done[-1][2]
    assert isinstance(command, Route)
    assert command.record["company"] == command.record[text[:200]] == text
    shown = lasting.ask("POST", "/v1/leads", json={"lead_id": text})
    assert shown.status_code == 200
    assert shown.json()["record_id"] == text
    refused = lasting.ask("POST", "/v1/leads/L1/accept", json={"rep_id": "R1", text: 1})
    assert refused.status_code == 400


@pytest.mark.parametrize("name", PATHS)
def test_paths_lead_nowhere_else(lasting: Served, name: str) -> None:
    done = lasting.ask("GET", PATHS[name])
    assert done.status_code in {200, 400, 404, 405}
    assert "root:" not in done.text
    assert "X-Evil" not in done.headers


@pytest.mark.parametrize("name", HEADERS)
def test_odd_headers_are_refused_or_do_not_matter(lasting: Served, name: str) -> None:
    body = json.dumps({"lead_id": "L1"}).encode()
    headers = {**{key.encode(): value.encode() for key, value in JSON.items()}, **HEADERS[name]}
    if b"Authorization" not in headers:
        headers[b"Authorization"] = f"Bearer {lasting.admin}".encode()
    done = lasting.ask("POST", "/v1/leads", key="", content=body, headers=headers)
    assert done.status_code in {200, 400, 401, 413, 415}


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "HEAD", "BREW"])
def test_other_methods_are_refused(lasting: Served, method: str) -> None:
    done = lasting.ask(method, "/v1/leads")
    assert done.status_code == 405
    assert "POST" in done.headers["Allow"]
