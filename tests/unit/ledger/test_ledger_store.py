from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledgers import day, owners, row, rows
from rightful.errors import LedgerError
from rightful.ledger import ledger_url, open_ledger
from rightful.ledger.store import SQLITE_VERSION, sqlite_journal_mode


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"), ((3, 44, 5), "TRUNCATE"), ((3, 44, 6), "WAL"), ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"), ((3, 50, 7), "WAL"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 53, 0), "WAL"),
    ],
)  # fmt: skip
def test_the_write_ahead_log_is_used_where_it_is_mended(version: tuple[int, int, int], mode: str) -> None:
    assert sqlite_journal_mode(version) == mode


def test_sqlite_is_opened_to_be_durable_and_strict(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.sqlite") as ledger, ledger.store.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "foreign_keys", "recursive_triggers", "journal_mode")
        }
    full = 2
    mode = sqlite_journal_mode(SQLITE_VERSION).lower()
    assert pragmas == {"synchronous": full, "foreign_keys": 1, "recursive_triggers": 1, "journal_mode": mode}


def test_the_url_is_what_is_given_then_the_environments_then_the_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RIGHTFUL_LEDGER", raising=False)
    assert ledger_url(Path("acme")) == "sqlite:///acme/ledger.sqlite"
    monkeypatch.setenv("RIGHTFUL_LEDGER", "postgresql://db.example/rightful")
    assert ledger_url(Path("acme")) == "postgresql://db.example/rightful"
    assert ledger_url(Path("acme"), "sqlite:///other.sqlite") == "sqlite:///other.sqlite"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://db.example/rightful", r"cannot be kept in mysql\. Allowed: sqlite, postgresql"),
        ("ledger.sqlite", r"URL of the ledger cannot be read\. Allowed: sqlite:///FILE"),
        (
            "postgresql://ann:secret@127.0.0.1:1/rightful",
            r"^postgresql\+psycopg://ann:\*\*\*@127.0.0.1:1/rightful: the database refused",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_its_password(url: str, said: str) -> None:
    with pytest.raises(LedgerError, match=said):
        open_ledger(url)


def test_files_that_are_no_ledger_are_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, " * 50)
    with pytest.raises(LedgerError, match=r"text: the database refused: file is not a database"):
        open_ledger(tmp_path / "text")
    with pytest.raises(LedgerError, match="unable to open database file"):
        open_ledger(tmp_path / "nowhere" / "ledger.sqlite")


def test_a_ledger_of_a_newer_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    open_ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'tomorrow'")
    connection.close()
    with pytest.raises(LedgerError, match=r"unknown version 'tomorrow'.*Install a newer Rightful"):
        open_ledger(path)


def test_an_instant_without_time_zone_is_refused(tmp_path: Path) -> None:
    with (
        open_ledger(tmp_path / "ledger.sqlite") as ledger,
        pytest.raises(LedgerError, match="has no time zone"),
        ledger.write("apply", at=day(0).replace(tzinfo=None), actor="ann"),
    ):
        pass


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from ledgers import day, row, rows
from rightful.ledger import open_ledger
with open_ledger(Path(sys.argv[1])) as ledger:
    for number in range(1, 10_000):
        with ledger.write("apply", at=day(number), actor="ann") as entry:
            entry.assign(rows(*(row(f"A{each}", f"R{number}", number) for each in range(50))))
        print(number, flush=True)
"""


def test_what_was_answered_survives_a_kill_and_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    command = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parents[2])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        answered = [int(writer.stdout.readline()) for _ in range(5)]
        time.sleep(0.03)  # into the middle of an entry
        os.kill(writer.pid, signal.SIGKILL)
        answered += [int(line) for line in writer.stdout]
    with open_ledger(path) as ledger:
        position = ledger.position.number
        assert position in {answered[-1], answered[-1] + 1}
        last = {rep for _, rep, _, end in owners(ledger.ownership()) if end is None}
        assert last == {f"R{position}"}
        with ledger.write("apply", at=day(20_000), actor="ann") as entry:
            entry.assign(rows(row("A0", "bob", 20_000)))
