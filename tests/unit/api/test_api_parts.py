from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from fake_desk import FakeDesk
from rightful import errors
from rightful.api.bodies import text_of
from rightful.api.json_body import BadJson, read_json
from rightful.api.logs import Log
from rightful.api.problems import KINDS, STATUS_OF, Problem, kind_of, problem_of
from rightful.api.pulse import Pulse, latency_of
from rightful.api.rates import Rates
from rightful.api.reload import Reloader, fingerprint
from rightful.api.server import Address, bound, warning_of
from rightful.cli.watch import watch_view
from rightful.errors import DeskDown, DeskError, KeyConflict, LedgerError, Mistake, Place, RightfulError
from rightful.plan import load_plan
from tiny import write_tiny


def every_error(base: type[RightfulError]) -> set[type[RightfulError]]:
    return {base}.union(*(every_error(each) for each in base.__subclasses__() if each.__module__ == errors.__name__))


def test_every_error_of_ours_has_a_kind_of_its_own_choice() -> None:
    assert every_error(RightfulError) - {RightfulError} <= set(STATUS_OF)
    assert set(STATUS_OF.values()) <= set(KINDS)
    assert kind_of(RightfulError).name == "internal"


def test_a_problem_tells_place_what_is_allowed_and_what_to_do() -> None:
    error = KeyConflict([Mistake(Place("a.csv", 3), "it is wrong", "right", "mend it"), Mistake(None, "it too")])
    document = problem_of(error).as_json("urn:rightful:request:1")
    assert document["detail"] == "a.csv:3: it is wrong. Allowed: right. Mend it.\nit too."
    assert (document["place"], document["allowed"], document["remedy"]) == ("a.csv:3", "right", "mend it")
    assert [each["problem"] for each in document["mistakes"]] == ["it is wrong", "it too"]
    down = DeskDown(Mistake(None, "gone"))
    down.retry_after_seconds = 2.5
    assert problem_of(down).response("i").headers["Retry-After"] == "3"
    assert "secret" not in str(problem_of(LedgerError(Mistake(None, "secret"))).as_json("i"))
    assert Problem(KINDS["not-found"]).as_json("i")["detail"] == "There is no such thing"
    assert problem_of(DeskError(Mistake(None, "odd"))).kind.status == 500


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "\\u00e9"]}', {"a": [1, -2.5, True, None, "é"]}),
        ('"Äé漢"'.encode(), "Äé漢"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b"1e5", 100_000.0),
    ],
)
def test_json_is_read(body: bytes, value: object) -> None:
    assert read_json(body, 3) == value


def test_json_is_as_deep_as_it_may_be_and_no_deeper() -> None:
    assert read_json(b"[[[1]]]", 3) == [[[1]]]
    with pytest.raises(BadJson, match="nested deeper than 2"):
        read_json(b'{"a":{"b":[]}}', 2)


def test_values_become_the_texts_that_a_file_would_hold() -> None:
    assert [text_of(each) for each in (1, 1.0, 0.1, 1e20, False, "", None)] == [
        "1",
        "1",
        "0.1",
        "1e+20",
        "false",
        "",
        None,
    ]


def test_tokens_come_back_at_a_steady_rate() -> None:
    now = [0.0]
    rates = Rates(per_second=10, burst=20, clock=lambda: now[0])
    assert rates.take("a", 20) == 0
    assert rates.take("a") == pytest.approx(0.1)
    now[0] = 0.1
    assert rates.take("a") == 0
    assert rates.take("b", 1_000) == 0, "more than the bucket holds is let through when it is full"
    assert rates.take("b", 1_000) == pytest.approx(2.0)


def test_the_pulse_counts_by_minute_and_forgets() -> None:
    now = [0.0]
    pulse = Pulse(lambda: now[0])
    pulse.beat(0.002)
    pulse.beat(0.004, count=10)
    assert pulse.per_minute()[-1] == 11
    now[0] = 60 * 20
    pulse.beat(0.008)
    assert sum(pulse.per_minute()) == 1
    assert pulse.latency().p99_ms == 8.0
    assert latency_of([]).p50_ms is None


def test_logs_are_lines_of_json_and_errors_come_without_their_message() -> None:
    stream = io.StringIO()
    log = Log(lambda: 1_782_820_800_000_000, stream)
    log.tell("request", status=200)
    try:
        raise ValueError("ann@acme.com\nsecond line")
    except ValueError as error:
        log.fail("failed", error)
    log.fail("failed", LedgerError(Mistake(Place("ledger.sqlite"), "the database refused: disk full")))
    first, second, third = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first == {"at": "2026-06-30T12:00:00.000+00:00", "event": "request", "status": 200}
    assert (second["error"], "ann@" in str(second)) == ("ValueError", False)
    assert third["said"] == "ledger.sqlite: the database refused: disk full."


def test_a_plan_is_loaded_when_its_files_change_and_kept_when_it_is_wrong(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path)
    desk = FakeDesk(plan=load_plan(folder))
    reloader = Reloader(desk, folder, load_plan, lambda: "now")
    first = desk.plan
    assert reloader.reload_if_changed() is None
    for path in (folder / "runs" / "r", folder / ".git"):
        path.mkdir(parents=True)
        (path / "x.csv").write_text("1")
    (folder / "book" / "leads.csv").write_text("lead_id\n")
    assert reloader.reload_if_changed() is None, "neither runs nor the book are the plan"
    (folder / "geography.csv").write_text("territory,cuntry\nNA,US\n")
    refused = reloader.reload_if_changed()
    assert refused
    assert refused.error
    assert "geography.csv:2:2" in str(refused.error)
    assert desk.plan is first
    assert reloader.reload_if_changed() is None, "it is told once"
    (folder / "geography.csv").write_text("territory,country\nNA,US\nEU,FR\n")
    done = reloader.reload_if_changed()
    assert done
    assert (done.is_changed, desk.plan.version) == (True, done.version)
    assert fingerprint(tmp_path / "nowhere") == frozenset()


def test_an_address_that_others_reach_without_tls_is_warned_of() -> None:
    assert [warning_of(Address(host)) for host in ("127.0.0.1", "127.1.2.3", "::1", "localhost")] == [""] * 4
    assert all("without TLS" in warning_of(Address(host)) for host in ("0.0.0.0", "::", "192.168.0.7", "desk.example"))  # noqa: S104
    assert warning_of(Address("0.0.0.0", certificate=Path("c.pem"))) == ""  # noqa: S104 - not bound
    assert Address("0.0.0.0", certificate=Path("c.pem")).url(443) == "https://127.0.0.1:443"  # noqa: S104 - not bound
    assert Address("::1").url(80) == "http://[::1]:80"
    with bound(Address(port=0)) as taken:
        taken.listen()
        same = Address(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            bound(same)


def test_the_view_of_watch_shows_pools_and_clocks_and_no_steering_letters() -> None:
    desk = FakeDesk()
    status = {
        **desk.figures().as_json(), "is_ready": True, "plan_version": "v1", "book": "b", "decisions_per_minute": [0, 4, 8],
        "p50_ms": 1.2, "p99_ms": 4.5, "waiting": 0,
    }  # fmt: skip
    timers = [each.as_json() for each in desk.sla()]
    timers.append({**timers[0], "record_id": "L\x1b[31m2", "due_at": "2026-06-30T13:00:00.000000Z"})
    view = {
        "status": status,
        "pools": {"pools": [each.as_json() for each in desk.pools()]},
        "timers": {"timers": timers},
    }
    stream = io.StringIO()
    Console(file=stream, width=120).print(watch_view(view, datetime(2026, 6, 30, 12, 1, tzinfo=UTC)))
    shown = stream.getvalue()
    assert "\x1b" not in shown
    for words in (
        "Desk ready: plan v1, book b",
        "per minute 8 now, 4 before   ▄█",
        "p50 1.2 ms, p99 4.5 ms",
        "triage  R3    1/2    R3 4 (12/40), R1 5 (3 away)",
        "-0:01:00  sla   lead L1",
        "0:59:00   sla   lead L?[31m2",
        "1 dead letters",
    ):
        assert words in shown, (words, shown)
    idle = {**view, "status": {**status, "is_ready": False, "decisions_per_minute": [0], "p50_ms": None}}
    Console(file=stream, width=120).print(watch_view(idle, datetime(2026, 6, 30, tzinfo=UTC)))
    assert "not ready" in stream.getvalue()
    assert "no decision yet" in stream.getvalue()
