"""Whatever people put into a plan or a book: a clear message with its place, or a quarantine row, and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import takewhile
from pathlib import Path

import polars as pl
import pytest

from command import Done, call
from rightful.crm import OBJECTS
from rightful.runs.run import Run
from tiny import FILES, LONG_NAME

TinyPlan = Callable[..., Path]
Content = str | bytes | None
ACCOUNTS = FILES["book/accounts.csv"]
# Place: problem. Allowed. Remedy. — with a file, where one is at fault.
_MESSAGE = re.compile(r"^(?:error|warning): (?:[\w./-]+(?::\d+){0,2}: )?\S.*[.?]$")
_TOTAL = re.compile(r": \d+ errors?, \d+ warnings?")


def checked(tiny_plan: TinyPlan, changes: Mapping[str, Content]) -> Done:
    done = call("check", tiny_plan(changes))
    assert "Traceback" not in done.said
    messages = list(takewhile(lambda line: not _TOTAL.search(line), done.out.splitlines()))
    assert [message for message in messages if not _MESSAGE.match(message)] == []
    return done


ERRORS: dict[str, tuple[dict[str, Content], str]] = {
    "empty book": (
        {name: None for name in FILES if name.startswith("book/")},
        "error: book: the folder of the book has no table. Allowed: files named as tables: accounts.csv, contacts.csv",
    ),
    "empty file": (
        {"book/accounts.csv": ""},
        "error: book/accounts.csv: the file is empty. Allowed: a header and a row",
    ),
    "missing file": (
        {"sources.yaml": "accounts: {file: book/acounts.csv}"},
        "error: sources.yaml:1:18: no such file 'book/acounts.csv'. Allowed: a path in the plan's folder. Did you mean",
    ),
    "missing column": (
        {"sources.yaml": "accounts: {file: book/accounts.csv, columns: {employees: Employes}}"},
        "error: sources.yaml:1:58: book/accounts.csv has no column 'Employes'. Allowed: account_id, name, website",
    ),
    "missing key": (
        {"book/accounts.csv": "name,country\nAcme,US\n"},
        "error: book/accounts.csv: no column for account_id among name, country. Allowed: account_id, Account ID",
    ),
    "wrong type": (
        {"coverage.csv": "territory,role,rep_id,weight\nNA,account_executive,R1,heavy\n"},
        "error: coverage.csv:2:4: weight is 'heavy'. Allowed: a number such as 12 or 2.5.",
    ),
    "unknown encoding": (
        {"sources.yaml": "accounts: {file: book/accounts.csv, encoding: utf-9}"},
        "error: sources.yaml:1:47: unknown encoding 'utf-9'. Allowed: utf-8, utf-16, cp1252",
    ),
    "no text at all": (
        {"book/accounts.csv": bytes(range(128, 256)) * 50},
        "error: book/accounts.csv: the encoding cannot be found out. Allowed: utf-8",
    ),
    "workbook with the name of a text": (
        {"book/accounts.csv": b"PK\x03\x04 and so on"},
        "error: book/accounts.csv: book/accounts.csv holds an Excel workbook or another ZIP archive. Rename it to accounts.xlsx.",
    ),
    "broken workbook": (
        {"book/accounts.csv": None, "book/accounts.xlsx": b"PK\x03\x04 and so on"},
        "error: book/accounts.xlsx: not readable as a workbook",
    ),
    "broken Parquet": (
        {"book/accounts.csv": None, "book/accounts.parquet": b"PAR1 and so on"},
        "error: book/accounts.parquet: not readable as Parquet",
    ),
    "folder as a file": (
        {"sources.yaml": "accounts: {file: book}"},
        "error: sources.yaml:1:18: 'book' is a folder. Name a file, or a pattern",
    ),
    "unknown field in a table": (
        {"geography.csv": "territory,employes\nNA,>=10\nEU,<10\n"},
        "error: geography.csv:2:2: accounts have no field 'employes' (here and in 1 more rows). Allowed: account_id,",
    ),
    "unknown field in an expression": (
        {"geography.csv": "territory,when\nNA,employes >= 10\n"},
        "error: geography.csv:2:2: unknown field 'employes'. Allowed: fields account_id",
    ),
    "statement instead of an expression": (
        {"geography.csv": "territory,when\nNA,country = 'US'; DROP TABLE accounts\n"},
        "error: geography.csv:2:2: ';' is not allowed in a rule. Allowed: AND, OR",
    ),
    "unknown territory": (
        {"coverage.csv": "territory,role,rep_id\nUE,account_executive,R1\n"},
        "error: coverage.csv:2:1: unknown territory 'UE'. Allowed: NA, EU.",
    ),
    "circle of territories": (
        {"territories.csv": "territory,parent\nNA,EU\nEU,NA\n"},
        "error: territories.csv:3:2: territories form a circle: EU < NA < EU. Allowed: a tree. Clear one `parent`.",
    ),
    "alias bomb": (
        {"plan.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nlists: {c: [*b, *b]}\n"},
        "error: plan.yaml:1:4: anchor or alias 'a'. Allowed: plain values. Write the value again.",
    ),
    "deep nesting": ({"plan.yaml": "lists: " + "[" * 100_000}, "error: plan.yaml:1:47: nested more than 40 deep."),
    "key twice": (
        {"plan.yaml": "name: A\nname: B\n"},
        "error: plan.yaml:2:1: key 'name' is there twice (first in line 1). Keep one of them.",
    ),
    "UTF-16 plan": (
        {"plan.yaml": "name: A\n".encode("utf-16")},
        "error: plan.yaml:1: byte 0xff is no UTF-8. Save the file as",
    ),
    "NUL in the plan": (
        {"plan.yaml": "name: A\0\n"},
        "error: plan.yaml:1: not readable as YAML: the control character 0x0.",
    ),
    "table without its file": (
        {"coverage.csv": None},
        "error: assignment.yaml:6:11: no such file 'coverage.csv'. Allowed: a path in the plan's folder.",
    ),
    "unclosed quote in a table": (
        {"coverage.csv": 'territory,role,rep_id\n"NA,account_executive,R1\n'},
        "error: coverage.csv:2: not readable as CSV: unexpected end of data. Check the quotes.",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_stops_a_run_is_told_with_its_place(name: str, tiny_plan: TinyPlan) -> None:
    changes, says = ERRORS[name]
    done = checked(tiny_plan, changes)
    assert done.code == 1
    assert any(line.startswith(says) for line in done.out.splitlines()), done.out
    folder = tiny_plan(changes)
    run = call("run", folder)
    assert run.code == 1
    assert says.removeprefix("error: ") in run.err
    assert not (folder / "runs" / "LATEST").exists()


WARNINGS: dict[str, tuple[dict[str, Content], str]] = {
    "no rows": (
        {"book/leads.csv": "lead_id,company\n"},
        "warning: book/leads.csv: the file has a header and no rows.",
    ),
    "an id that points nowhere": (
        {"book/tasks.csv": "task_id,account_id\nT1,A404\nT2,A405\n"},
        "warning: book/tasks.csv:2: account_id 'A404' points nowhere, so do 1 more. Allowed: a key of accounts.",
    ),
    "a rep in no territory": (
        {"coverage.csv": "territory,role,rep_id\nNA,account_executive,R1\nEU,account_executive,R1\n"},
        "warning: 1 rep is in no territory and in no pool: R2.",
    ),
    "a rep who is not in the book": (
        {"coverage.csv": "territory,role,rep_id\nNA,account_executive,R1\nEU,account_executive,R22\n"},
        "warning: coverage.csv:3:3: no rep 'R22' in the book. Allowed: a key of reps. Did you mean 'R2'?",
    ),
    "a stand-in for a rep who is not in the book": (
        {"coverage.csv": "territory,role,rep_id,covers\nNA,account_executive,R1,\nEU,account_executive,R2,R11\n"},
        "warning: coverage.csv:3:4: no rep 'R11' in the book. Allowed: a key of reps. Did you mean 'R1'?",
    ),
    "a fallback who is not in the book": (
        {"assignment.yaml": f"fallback_rep_id: R77\n{FILES['assignment.yaml']}"},
        "warning: assignment.yaml:1:18: no rep 'R77' in the book. Allowed: a key of reps.",
    ),
    "a territory whose rep is not active": (
        {"book/reps.csv": "rep_id,name,is_active\nR1,Rita Roe,yes\nR2,Rolf Ritter,no\nR3,Tom Triage,yes\n"},
        "warning: geography.csv:3:1: territory 'EU' has no active rep: R2. Allowed: a row in coverage.",
    ),
    "a catch-all with no rep": (
        {"assignment.yaml": FILES["assignment.yaml"].replace("geography.csv", "geography.csv\n    catch_all: HOUSE")},
        "warning: assignment.yaml:6:16: territory 'HOUSE' has no rep. Allowed: a row in coverage.",
    ),
    "a territory with no rep": (
        {"coverage.csv": "territory,role,rep_id\nNA,account_executive,R1\n"},
        "warning: geography.csv:3:1: territory 'EU' has no rep. Allowed: a row in coverage.",
    ),
    "a pool with nobody": (
        {"routing.yaml": "pools: [{pool: p, members: [{rep_id: R33}]}]"},
        "warning: routing.yaml:1:16: pool 'p' has nobody who is active.",
    ),
    "a guessed encoding": (
        {"book/accounts.csv": ACCOUNTS.encode("utf-16-le")},
        "warning: book/accounts.csv: the encoding is guessed: utf-16-le.",
    ),
    "a row for the quarantine": (
        {"book/accounts.csv": ACCOUNTS + "A1,again\n"},
        "warning: book/accounts.csv:7: account row for the quarantine: 2 cells where the header has 8.",
    ),
    "a misspelt file": ({"book/lead.csv": "lead_id\nL9\n"}, "warning: book/lead.csv: 'lead' is no table"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_a_run_can_live_with_is_a_warning(name: str, tiny_plan: TinyPlan) -> None:
    changes, says = WARNINGS[name]
    done = checked(tiny_plan, changes)
    assert done.code == 0
    assert any(line.startswith(says) for line in done.out.splitlines()), done.out


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "cp1252"])
def test_usual_encodings_are_read(encoding: str, tiny_plan: TinyPlan) -> None:
    text = ACCOUNTS.replace("Initech SARL", "Énergie d'été à Besançon SARL")
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    done = checked(tiny_plan, {"book/accounts.csv": mark + text.encode(encoding)})
    assert done.code == 0
    assert "5 accounts" in done.out


def test_a_table_of_ten_thousand_rows_is_checked(tiny_plan: TinyPlan) -> None:
    rows = "".join(f'T{number},"{number}..{number + 5}",US\n' for number in range(10_000))
    coverage = "".join(f"T{number},account_executive,R1\n" for number in range(10_000))
    changes = {
        "geography.csv": f"territory,employees,country\n{rows}",
        "territories.csv": "territory\n" + "".join(f"T{number}\n" for number in range(10_000)),
        "coverage.csv": f"territory,role,rep_id\n{coverage}",
    }
    assert checked(tiny_plan, changes).code == 0


# One run of a book in which all of it happens at once.


def test_every_row_of_a_messy_book_is_accounted_for(messy_run: Run) -> None:
    counts = {count.table: count for count in messy_run.manifest.counts}
    assert all(count.is_balanced for count in counts.values())
    assert (counts["accounts"].read, counts["accounts"].kept, counts["accounts"].quarantined) == (13, 9, 4)
    assert (counts["leads"].read, counts["leads"].kept, counts["leads"].quarantined) == (4, 2, 2)
    aside = messy_run.quarantine.group_by("object").len()
    assert dict(aside.iter_rows()) == {"account": 4, "lead": 2}
    for table, count in counts.items():
        assert messy_run.frame(table).height == count.kept


def test_each_bad_row_has_its_reason_and_its_line(messy_run: Run) -> None:
    rows = messy_run.quarantine.sort("object", "source_line").select("source_file", "source_line", "reason")
    assert rows.rows() == [
        ("book/accounts.csv", 8, "duplicate_id"),
        ("book/accounts.csv", 9, "ragged_row"),
        ("book/accounts.csv", 12, "nul_character"),
        ("book/accounts.csv", 13, "unclosed_quote"),
        ("book/leads.csv", 4, "duplicate_id"),
        ("book/leads.csv", 5, "blank_id"),
    ]
    assert (
        messy_run.frame("accounts").filter(pl.col("account_id") == "A12").height == 1
    )  # it stands behind the open quote


def test_every_record_of_a_messy_book_has_a_rep_or_an_exception(messy_run: Run) -> None:
    listed = set(messy_run.exceptions.select("object", "record_id").iter_rows())
    for crm_object in OBJECTS:
        names = [name for name in ("assigned_rep_id", "routed_rep_id") if name in crm_object.rule_fields]
        if names:
            frame = messy_run.frame(crm_object.table).filter(pl.all_horizontal(pl.col(names).is_null()))
            silent = {(crm_object.name, key) for key in frame[crm_object.key]} - listed
            assert silent == set()
    assert {("account", "A2"), ("account", "A5"), ("account", "A9"), ("opportunity", "O1"), ("task", "T1")} <= listed


def test_nobody_who_is_not_in_the_book_gets_anything(messy_run: Run) -> None:
    reps = set(messy_run.frame("reps")["rep_id"])
    assert set(messy_run.assignments["rep_id"].drop_nulls()) <= reps
    assert set(messy_run.frame("leads")["routed_rep_id"].drop_nulls()) <= reps


def test_ids_that_point_nowhere_are_blank_and_said(messy_run: Run) -> None:
    account = messy_run.record("accounts", "A2")
    assert account is not None
    assert account["parent_account_id"] is None
    assert account["parent_account_id_raw"] == "A77"
    assert "parent_account_id=points_nowhere" in account["quality_reason"]


def test_a_circle_of_parents_is_cut_and_said(messy_run: Run) -> None:
    findings = messy_run.frame("hierarchy_findings").filter(pl.col("finding") == "cycle")
    assert findings["detail"].to_list() == [
        "3 accounts in a circle: A3 > A4 > A6 > A3; link to A4 by parent_account_id cut"
    ]
    assert messy_run.frame("accounts")["hierarchy_depth"].max() == 2


def test_formulas_do_not_run_in_what_people_open(messy_run: Run) -> None:
    dangerous = re.compile(r'(?:^|,)"?\s*[=+@-](?!\d)', re.MULTILINE)
    for path in messy_run.folder.glob("*.csv"):
        assert not dangerous.search(path.read_text("utf-8")), path.name
    names = pl.read_csv(messy_run.folder / "accounts.csv")["name"].to_list()
    assert """'=HYPERLINK("http://evil.example","Globex")""" in names
    assert messy_run.record("accounts", "A3")["name_raw"].startswith("=HYPERLINK(")  # type: ignore[index] - the data stay as they are


def test_long_names_go_through_whole(messy_run: Run) -> None:
    record = messy_run.record("accounts", "A6")
    assert record is not None
    assert len(record["name_raw"]) > 10_000
    assert record["name_raw"] == LONG_NAME.strip()
    assert (messy_run.folder / "report.html").stat().st_size < 5_000_000


def test_markup_does_not_run_in_the_report(tiny_plan: TinyPlan) -> None:
    evil = "<script>alert('mine')</script>"
    image = "<img src=x onerror=alert(1)>"
    reps = FILES["book/reps.csv"].replace("Rita Roe", f"Rita {image}").replace(",ae,US", f",{image},US")
    folder = tiny_plan(
        {
            "plan.yaml": f'name: "{evil}"\nas_of: 2026-06-30\n',
            "territories.csv": f"territory,name\nNA,{evil}\nEU,{image}\n",
            "book/reps.csv": reps,
            "book/leads.csv": FILES["book/leads.csv"].replace("Unheard Of Ltd", evil).replace("Dora", image),
        }
    )
    done = call("run", folder)
    assert done.code == 0, done.err
    run = Run.latest(folder)
    html = (run.folder / "report.html").read_text("utf-8")
    assert "&lt;script&gt;alert(" in html  # the plan's name is its heading
    assert evil not in html
    assert image not in html
    assert evil not in run._repr_html_()


def test_a_run_of_an_empty_book_of_headers_is_complete(tiny_plan: TinyPlan) -> None:
    heads = {name: text.splitlines()[0] + "\n" for name, text in FILES.items() if name.startswith("book/")}
    folder = tiny_plan(heads)
    check = call("check", folder)
    assert (check.code, "warning: the book is empty: no table has a row" in check.out) == (0, True)
    done = call("run", folder)
    assert done.code == 0, done.err
    assert all(count.read == count.kept == 0 for count in Run.latest(folder).manifest.counts)
