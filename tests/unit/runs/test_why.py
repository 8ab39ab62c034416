from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import polars as pl
import pytest

from rightful.crm import OBJECTS
from rightful.errors import RunError
from rightful.runs.run import Run
from rightful.runs.why import Explanation, Part, explain
from rightful.runs.why.words import shown

_CODE = re.compile(r"(?<![\w.@'/])[a-z]+(?:_[a-z]+)+(?![\w@'/])")


def first(run: Run, table: str, *conditions: pl.Expr) -> str:
    """Give the key of the first record of a table for which conditions hold."""
    frame = run.scan(table).filter(*conditions).collect()
    assert frame.height, f"the sample has no such record of {table}"
    return str(frame[next(each.key for each in OBJECTS if each.table == table)][0])


def records_of_every_kind(run: Run) -> dict[str, str]:
    """Give a record of every kind and fate, by what it is."""
    has, is_not = pl.Expr.is_not_null, pl.Expr.is_null
    account, lead = pl.col("matched_account_id"), pl.col("lead_id")
    merged = {row["object"]: row["record_id"] for row in run.frame("merges").to_dicts()}
    candidates = run.frame("match_candidates").filter(pl.col("object") == "lead")["record_id"]
    return {
        "account": first(run, "accounts"),
        "account in a family": first(run, "accounts", pl.col("family_size") > 1),
        "merged account": merged["account"],
        "merged lead": merged["lead"],
        "lead with match": first(run, "leads", has(account), lead.is_in(candidates.to_list())),
        "lead without match": first(run, "leads", is_not(account), lead.is_in(candidates.to_list())),
        "lead of a pool": first(run, "leads", pl.col("routing_method") == "pool"),
        "contact": first(run, "contacts", has(pl.col("assigned_rep_id"))),
        "buying center": first(run, "buying_centers"),
        "found buying center": str(run.frame("found_buying_centers")["buying_center_id"][0]),
        "open opportunity": first(run, "opportunities", ~pl.col("is_closed")),
        "closed opportunity": first(run, "opportunities", pl.col("is_closed")),
        "order": first(run, "orders"),
        "task of a lead": first(run, "tasks", has(lead)),
        "task without rep": first(run, "tasks", is_not(pl.col("assigned_rep_id")), is_not(pl.col("routed_rep_id"))),
        "activity": first(run, "activities"),
        "rep": first(run, "reps"),
        "absence": first(run, "absences"),
    }


TOPICS = {
    "account": ["Cleaned", "Segment", "Family", "Score and grade", "Territory", "Rep"],
    "account in a family": ["Cleaned", "Segment", "Family", "Score and grade", "Territory", "Rep"],
    "merged account": ["Merged", "Cleaned", "Segment", "Family", "Score and grade", "Territory", "Rep"],
    "merged lead": ["Merged", "Cleaned", "Segment", "Match", "Score and grade", "Routing"],
    "lead with match": ["Cleaned", "Segment", "Match", "Score and grade", "Routing"],
    "lead without match": ["Cleaned", "Segment", "Match", "Score and grade", "Routing"],
    "lead of a pool": ["Cleaned", "Segment", "Match", "Score and grade", "Routing"],
    "contact": ["Cleaned", "Segment", "Match", "Score and grade", "Territory", "Rep", "Routing"],
    "buying center": ["Cleaned", "Territory", "Rep"],
    "found buying center": ["Found", "Territory", "Rep"],
    "open opportunity": ["Cleaned", "Territory", "Rep"],
    "closed opportunity": ["Cleaned", "Territory", "Rep"],
    "order": ["Cleaned", "Territory", "Rep"],
    "task of a lead": ["Cleaned", "Rep", "Routing"],
    "task without rep": ["Cleaned", "Rep", "Exception"],
    "activity": ["Cleaned", "Activity"],
    "rep": ["Cleaned", "Rep", "Work"],
    "absence": ["Cleaned", "Absence"],
}


@pytest.fixture(scope="module")
def kinds(sample_run: Run) -> dict[str, str]:
    return records_of_every_kind(sample_run)


@pytest.mark.parametrize("kind", TOPICS)
def test_the_whole_way_is_told_for_every_kind_of_record(kind: str, kinds: dict[str, str], sample_run: Run) -> None:
    told = explain(sample_run, kinds[kind])
    topics = [part.topic for part in told.parts if part.topic not in ("Quarantine", "Exception")]
    assert topics == [topic for topic in TOPICS[kind] if topic != "Exception"]
    assert ("Exception" in TOPICS[kind]) <= ("Exception" in [part.topic for part in told.parts])
    assert all(part.lines for part in told.parts)


@pytest.mark.parametrize("kind", TOPICS)
def test_json_holds_the_same_facts(kind: str, kinds: dict[str, str], sample_run: Run) -> None:
    told = explain(sample_run, kinds[kind])
    read = json.loads(json.dumps(told.as_json()))
    assert read["asked_for"] == kinds[kind]
    assert read["plan_version"] == sample_run.manifest.plan_version
    assert [part["topic"] for part in read["parts"]] == [part.topic for part in told.parts]
    assert [line for part in read["parts"] for line in part["lines"]] == [
        line for part in told.parts for line in part.lines
    ]


def all_lines(run: Run) -> Iterator[str]:
    """Give the lines of explanations of many records of every kind."""
    keys = list(records_of_every_kind(run).values())
    for crm_object in OBJECTS:
        keys += run.frame(crm_object.table)[crm_object.key].gather_every(60).to_list()
    for key in dict.fromkeys(keys):
        yield from explain(run, key).lines()


def test_no_line_shows_code_to_people(sample_run: Run) -> None:
    folder = sample_run.folder.parents[1]
    plan_words = {
        word
        for path in (*folder.glob("*.yaml"), *folder.glob("*.csv"), *folder.glob("book/*"))
        for word in _CODE.findall(path.read_text("utf-8", "replace"))
    }
    fields = {field.name for crm_object in OBJECTS for field in crm_object.fields}
    lines = list(all_lines(sample_run))
    assert len(lines) > 500
    assert [line for line in lines if re.search(r"\bNone\b|\bnan\b|\bTrue\b|\bFalse\b|\+00:00|\{|\}", line)] == []
    leaks = {code: line for line in lines for code in _CODE.findall(line) if code not in plan_words | fields}
    assert leaks == {}


def test_names_stand_beside_identifiers(sample_run: Run) -> None:
    reps = dict(sample_run.frame("reps").select("rep_id", "name").iter_rows())
    shown_names = 0
    for line in all_lines(sample_run):
        for rep_id, name in reps.items():
            if rep_id in line.replace(f"'{rep_id}'", "") and not line.startswith("rep "):
                assert f"{rep_id} ({name}" in line, line
                shown_names += 1
    assert shown_names > 50


def test_the_evidence_and_the_runners_up_are_there(kinds: dict[str, str], sample_run: Run) -> None:
    told = explain(sample_run, kinds["lead with match"])
    match = next(part for part in told.parts if part.topic == "Match")
    assert re.match(r"\S+ \(.+\) by evidence, probability 0\.\d{3}|\S+ \(.+\) by ", match.lines[0])
    assert match.facts["candidates"]
    record = sample_run.record("leads", kinds["lead with match"])
    assert record is not None
    assert match.facts["matched_account_id"] == record["matched_account_id"]
    assert any("(match)" in line for line in match.lines) or "Linked" in match.lines[-1]


def test_a_duplicates_value_is_not_told_as_what_cleaning_made_of_the_records_own(run_of: Callable[..., Run]) -> None:
    account = {
        "account_id": "A1", "industry_raw": "unknown", "industry": "Banking", "score": 0.0,
        "quality_reason": "industry=blank_word; industry=taken_from A2", "segmentation_reason": "",
    }  # fmt: skip
    lines = explain(run_of(accounts=[account]), "A1").parts[0].lines
    assert [line.partition(": T")[0] for line in lines if "industry" in line] == [
        "industry: 'unknown'",
        "industry: 'unknown' -> 'Banking'",
    ]


def test_a_contact_with_a_rep_needs_no_routing(kinds: dict[str, str], sample_run: Run) -> None:
    told = explain(sample_run, kinds["contact"])
    assert told.parts[-1].lines[0] == "not needed: assignment gave it a rep"


def test_a_merged_record_tells_of_its_survivor(kinds: dict[str, str], sample_run: Run) -> None:
    told = explain(sample_run, kinds["merged account"])
    survivor = sample_run.rows_of("merges", record_id=kinds["merged account"])[0]["survivor_id"]
    assert told.record_id == survivor
    assert next(iter(told.lines())).startswith(f"account {survivor}: ")
    assert f"  ({told.asked_for} was merged into it)" in told.lines()


def test_a_row_set_aside_beside_a_record_that_stays_is_told(sample_run: Run) -> None:
    twice = sample_run.quarantine.filter(pl.col("reason") == "duplicate_id", pl.col("object") == "account")
    part = next(part for part in explain(sample_run, twice["record_id"][0]).parts if part.topic == "Quarantine")
    assert part.lines[1].startswith(f"book/accounts.csv, line {twice['source_line'][0]}: ")


def test_an_unknown_id_is_told_with_near_misses(sample_run: Run) -> None:
    key = first(sample_run, "accounts")
    mistyped = key[:-1] + "x"
    with pytest.raises(RunError) as caught:
        explain(sample_run, mistyped)
    assert str(caught.value).startswith(
        f"no record {mistyped!r} in this run. Allowed: a key of any record of the book."
    )
    assert f"Did you mean '{key[:-1]}" in str(caught.value)
    with pytest.raises(RunError, match=r"a key of any record of the book\.$"):
        explain(sample_run, "no such thing at all")


def test_an_explanation_is_shown_safely_in_a_notebook() -> None:
    part = Part("Cleaned", ("name: '<script>alert(1)</script>'",))
    told = Explanation("lead", "L<1>", "L<1>", "", (part,), "v", datetime(2026, 6, 30, tzinfo=UTC), also=("task",))
    html = told._repr_html_()
    assert "<script>" not in html
    assert "lead L&lt;1&gt;" in html
    assert "(other records have this id as well: ask for &quot;task L&lt;1&gt;&quot;)" in html


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "blank"),
        (True, "yes"),
        ("x", "'x'"),
        (1234567.0, "1,234,567"),
        (100.9950494, "101"),
        (12.5, "12.50"),
        (0.123456, "0.1235"),
        (0.0, "0"),
        (datetime(2026, 6, 30, 9, 5, tzinfo=UTC), "2026-06-30 09:05 UTC"),
        (7, "7"),
    ],
)
def test_values_are_shown_as_people_write_them(value: object, words: str) -> None:
    assert shown(value) == words


def test_one_id_of_several_kinds_is_told_apart(messy_run: Run) -> None:
    told = explain(messy_run, "17")
    assert (told.object, told.also) == ("account", ("contact",))
    assert '  (other records have this id as well: ask for "contact 17")' in told.lines()
    assert explain(messy_run, "contact 17").object == "contact"
    with pytest.raises(RunError, match="no record 'lead 17'"):
        explain(messy_run, "lead 17")


def test_a_tie_between_territories_is_told(messy_run: Run) -> None:
    told = "\n".join(explain(messy_run, "O1").lines())
    assert "Exception\n  assignment: " in told
    assert "NA" in told
    assert "OVERLAY" in told


def test_a_row_set_aside_alone_is_told(messy_run: Run) -> None:
    twice = explain(messy_run, "L1")
    assert any("'L1' is already in book/leads.csv line 2" in line for line in twice.lines())
