from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from past import Past
from rightful.errors import BookError
from rightful.plan import plan_from
from rightful.runs.replay.events import COLUMNS, KINDS, NEVER, Absent, Closed, Holds, NewPlan
from rightful.runs.replay.reading import read_events
from rightful.stages.routing.hours import moment_of

ROWS = [
    "lead,2026-03-02T10:00:00+01:00,L2,,,,,,,DE,R1,2026-03-02T09:30:00Z",
    "lead,2026-03-02T09:00:00Z,L1,,,,,,,US,,",
    "capacity,2026-03-03,,R1,,,,5,,,,",
    "absence,2026-03-03,,R2,,2026-03-05,R3,,,,,",
    "closed,2026-03-03,L1,,,,,,,,,",
    "plan,2026-03-03,,,,,,,../spring,,,",
    "capacity,2026-03-01,,R1,,,,,,,,",
]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_events_come_in_order_and_of_those_at_one_moment_plans_come_first(tmp_path: Path) -> None:
    events = Past(tmp_path, *ROWS).read()
    assert events.leads["lead_id"].to_pylist() == ["L1", "L2"]
    assert events.moments.tolist() == [moment_of(at(2026, 3, 2, 9))] * 2
    assert events.leads["country_raw"].to_pylist() == ["US", "DE"]
    assert events.leads["created_at_raw"].to_pylist() == ["2026-03-02T09:00:00Z"] * 2
    assert events.actual.to_pylist() == [None, "R1"]
    assert events.responded.tolist() == [NEVER, moment_of(at(2026, 3, 2, 9, 30))]
    first, third = moment_of(at(2026, 3, 1)), moment_of(at(2026, 3, 3))
    assert events.changes == (
        Holds(first, 8, "R1", None),
        NewPlan(third, 7, Path("../spring")),
        Holds(third, 4, "R1", 5.0),
        Absent(third, 5, "R2", at(2026, 3, 3), at(2026, 3, 5), "R3"),
        Closed(third, 6, "L1"),
    )
    assert (events.first, events.last) == (first, third)
    assert (events.rows, events.quarantine.num_rows) == (7, 0)


@pytest.mark.parametrize(
    ("row", "reason", "says"),
    [
        ("leed,2026-03-02,L2,,,,,,,,,", "unknown_kind", "did you mean 'lead'?"),
        (",2026-03-02,L2,,,,,,,,,", "unknown_kind", "kind None"),
        ("lead,,L2,,,,,,,,,", "missing_value", "at is blank"),
        ("lead,yesterday,L2,,,,,,,,,", "unreadable_value", "at 'yesterday' is no time"),
        ("lead,2150-01-01,L2,,,,,,,,,", "unreadable_value", "from 1970 to 2099"),
        ("lead,2026-03-02,,,,,,,,,,", "blank_id", "no identifier"),
        ("lead,2026-03-02,L1,,,,,,,,,", "duplicate_id", "'L1' is already in events.csv line 2"),
        ("lead,2026-03-02,L2,,,,,,,,R1,soon", "unreadable_value", "first_response_at 'soon'"),
        ("lead,2026-03-02,L2,,,,,,,,R1,2026-03-01", "unreadable_value", "lies before at"),
        ("closed,2026-03-09,L9,,,,,,,,,", "unknown_record", "never arrives"),
        ("closed,2026-01-09,L1,,,,,,,,,", "unreadable_value", "closed before it arrives"),
        ("absence,2026-03-02,,,,,,,,,,", "missing_value", "rep_id is blank"),
        ("absence,2026-03-02,,R9,,,,,,,,", "unknown_record", "no rep 'R9'"),
        ("absence,2026-03-02,,R1,,2026-03-01,,,,,,", "unreadable_value", "ends_at does not lie after"),
        ("capacity,2026-03-02,,R1,,,,many,,,,", "unreadable_value", "capacity 'many'"),
        ("capacity,2026-03-02,,R1,,,,-1,,,,", "unreadable_value", "from 0 on"),
        ("capacity,2026-03-02,,R1,,,,nan,,,,", "unreadable_value", "from 0 on"),
        ("plan,2026-03-02,,,,,,,,,,", "missing_value", "plan is blank"),
        ("lead,2026-03-02", "ragged_row", ""),
    ],
)
def test_a_row_that_is_no_event_is_set_aside_with_line_and_reason(
    tmp_path: Path, row: str, reason: str, says: str
) -> None:
    events = Past(tmp_path, "lead,2026-03-01,L1,,,,,,,US,,", row).read()
    assert [(each["source_line"], each["reason"], each["object"]) for each in events.quarantine.to_pylist()] == [
        (3, reason, "event")
    ]
    detail, text = (events.quarantine[name][0].as_py() for name in ("detail", "row_text"))
    assert says in detail
    assert text == row
    assert events.rows == 2
    assert len(events.moments) + len(events.changes) == 1


def test_times_without_a_zone_are_in_the_plans(tmp_path: Path) -> None:
    past = Past(tmp_path, "lead,2026-03-02 09:00,L1,,,,,,,US,,")
    plan = plan_from({"plan.yaml": "time_zone: America/New_York\n"})
    assert read_events(past.path, plan, frozenset()).moments.tolist() == [moment_of(at(2026, 3, 2, 14))]


def test_the_same_events_in_every_kind_of_file(tmp_path: Path) -> None:
    past = Past(tmp_path, *ROWS)
    table = pa.Table.from_pylist(
        [
            dict(
                zip(
                    past.path.read_text().splitlines()[0].split(","),
                    (cell or None for cell in row.split(",")),
                    strict=True,
                )
            )
            for row in ROWS
        ]
    )
    pq.write_table(table, tmp_path / "a.parquet")
    lines = [json.dumps({name: value for name, value in row.items() if value}) for row in table.to_pylist()]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    expected = past.read()
    for name in ("a.parquet", "a.jsonl"):
        found = read_events(tmp_path / name, plan_from({}), frozenset({"R1", "R2"}))
        assert found.moments.tolist() == expected.moments.tolist()
        assert [(type(each), each.moment) for each in found.changes] == [
            (type(each), each.moment) for each in expected.changes
        ]
        shared = ["lead_id", "country_raw", "created_at_raw"]
        assert found.leads.select(shared).equals(expected.leads.select(shared))


def test_leads_may_have_the_headers_of_a_crm_export(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("Kind,At,Id,Company,CreatedDate,OwnerId\nlead,2026-03-02,00Q1,Acme,2020-01-01,R7\n")
    leads = read_events(path, plan_from({}), frozenset()).leads.to_pylist()
    assert [(row["lead_id"], row["company_raw"], row["owner_id_raw"]) for row in leads] == [("00Q1", "Acme", "R7")]
    assert leads[0]["created_at_raw"] == "2026-03-02T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kindd,at,lead_id\nlead,2026-03-02,L1\n", "no column 'kind'.*Did you mean 'kindd'"),
        ("kind,at,company\nlead,2026-03-02,Acme\n", "no column 'lead_id'"),
        ("kind,at,lead_id\nlead,never,L1\n", "none of its 1 rows is an event.*at 'never' is no time"),
        ("kind,at,lead_id\n", "none of its 0 rows"),
    ],
)
def test_a_file_that_cannot_be_replayed_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text)
    with pytest.raises(BookError, match=says):
        read_events(path, plan_from({}), frozenset())
    with pytest.raises(BookError, match="cannot be read"):
        read_events(tmp_path / "absent.csv", plan_from({}), frozenset())


def test_every_column_and_kind_of_events_is_in_the_how_to() -> None:
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "replay-the-past.md").read_text("utf-8")
    rows = "\n".join(line.split(" | ")[0] for line in page.splitlines() if line.startswith("| `"))
    assert [name for name in COLUMNS if f"`{name}`" not in rows] == []
    assert [kind for kind in KINDS if f"`{kind}`" not in page] == []
