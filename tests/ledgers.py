"""Ledgers for tests: in SQLite, and in PostgreSQL where ``RIGHTFUL_POSTGRESQL`` names a server; rows of a few words."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from rightful.ledger import ASSIGN, Ledger

__all__ = ["day", "owners", "row", "rows", "store_url", "tampering"]

SERVER = "RIGHTFUL_POSTGRESQL"


def day(number: float) -> datetime:
    """Give the instant that many days after 1 January 2026."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def row(record_id: str, rep_id: str | None, begin: float = 0, end: float | None = None, **more: Any) -> dict[str, Any]:
    """Give what is to be assigned: an account, its rep, and the days on which it begins and ends."""
    return {
        "object": "account", "record_id": record_id, "role": "owner", "seat": 1, "territory_id": "T", "rep_id": rep_id,
        "share": 1.0, "valid_from": day(begin), "valid_to": None if end is None else day(end), "method": "rule",
        "reason": "why",
    } | more  # fmt: skip


def rows(*each: dict[str, Any]) -> pa.Table:
    """Give rows as the table that the ledger takes."""
    return pa.Table.from_pylist(list(each), schema=ASSIGN)


def owners(table: pa.Table) -> list[tuple[str, str | None, float, float | None]]:
    """Give record, rep and days of the rows that a ledger gave."""
    return [
        (each["record_id"], each["rep_id"], _days(each["valid_from"]), _days(each["valid_to"]))
        for each in table.to_pylist()
    ]


def _days(moment: datetime | None) -> Any:
    return None if moment is None else (moment - day(0)) / timedelta(days=1)


@contextmanager
def store_url(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty database; skip, loudly, where there is no PostgreSQL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.sqlite'}"
        return
    server = os.environ.get(SERVER)
    if not server:
        pytest.skip(
            f"NO POSTGRESQL: set {SERVER} to a server's URL; `.ci/postgresql start FOLDER` starts one and prints it"
        )
    schema = f"ledger_{secrets.token_hex(6)}"
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
        yield f"{server}?options=-csearch_path%3D{schema}"
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@contextmanager
def tampering(ledger: Ledger) -> Iterator[sa.Connection]:
    """Open the database as somebody would who may do everything and wants to leave no trace: without triggers and keys."""
    with ledger.store.engine.connect() as connection:
        if ledger.store.is_sqlite:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")  # before the transaction begins: it does nothing within one
            names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            kept = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            for name in names:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for statement in kept:
                connection.exec_driver_sql(statement)
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            yield connection
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
        connection.commit()
        if ledger.store.is_sqlite:
            driver.execute("PRAGMA foreign_keys = ON")
