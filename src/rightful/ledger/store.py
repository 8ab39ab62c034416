"""The database under the ledger: SQLite in a file, or PostgreSQL by URL; what differs between them is here and nowhere else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger.migrations import HEAD
from rightful.ledger.shapes import in_micros

try:  # a newer SQLite than most systems have, see `sqlite_journal_mode`
    from pysqlite3 import dbapi2 as sqlite3
except ImportError:  # where it has no build, Python's own does
    import sqlite3

__all__ = ["SQLITE_VERSION", "Store", "ledger_url", "sqlite_journal_mode"]

SQLITE_VERSION: tuple[int, int, int] = sqlite3.sqlite_version_info
"""The version of the SQLite that keeps ledgers."""

_ROWS = 50_000
"""Rows that are in Python's hands at a time."""
_PATIENCE_SECONDS = 30
_VARIABLE = "RIGHTFUL_LEDGER"


def ledger_url(plan_folder: Path, given: str = "") -> str:
    """Give the URL of a plan's ledger: what is given, else what ``RIGHTFUL_LEDGER`` says, else ``ledger.sqlite`` in the folder.

    Example:
        >>> ledger_url(Path("acme"), "postgresql://db.example/rightful")
        'postgresql://db.example/rightful'
    """
    return given or os.environ.get(_VARIABLE, "") or f"sqlite:///{plan_folder / 'ledger.sqlite'}"


def sqlite_journal_mode(version: tuple[int, int, int]) -> str:
    """Give the journal that is safe with a version of SQLite.

    Before 3.51.3 (and 3.50.7, 3.44.6) two processes that write and checkpoint at the same instant could corrupt a database with a
    write-ahead log. Those versions keep a rollback journal: readers wait for the writer, nothing else differs.

    Source: SQLite, "Write-Ahead Logging", section "The WAL-Reset Bug".

    Example:
        >>> sqlite_journal_mode((3, 40, 1)), sqlite_journal_mode((3, 51, 3))
        ('TRUNCATE', 'WAL')
    """
    is_mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    return "WAL" if is_mended else "TRUNCATE"


class Store:
    """A database that holds a ledger.

    Args:
        url: SQLAlchemy URL, or the path of an SQLite file.

    Raises:
        LedgerError: The database cannot be reached or opened, or its tables are of another version.
    """

    def __init__(self, url: str | Path) -> None:
        try:
            parsed = sa.make_url(f"sqlite:///{url}" if isinstance(url, Path) else url)
        except ArgumentError as error:  # the URL may hold a password, so it is not repeated
            allowed = "sqlite:///FILE, postgresql://USER@HOST/DATABASE"
            raise LedgerError(Mistake(None, "the URL of the ledger cannot be read", allowed)) from error
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.name = parsed.database or "" if parsed.drivername == "sqlite" else parsed.render_as_string()
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if not self.is_sqlite and parsed.get_backend_name() != "postgresql":
            raise self.error(f"a ledger cannot be kept in {parsed.get_backend_name()}", "sqlite, postgresql")
        try:
            self.engine = sa.create_engine(parsed, **({"module": sqlite3} if self.is_sqlite else {}))
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise self.error(str(error), remedy="install it: `pip install 'rightful[postgres]'`") from error
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    def error(self, problem: str, allowed: str = "", remedy: str = "") -> LedgerError:
        """Make an error that names the database, without its password."""
        return LedgerError(Mistake(Place(self.name), problem, allowed, remedy))

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open a transaction that sees one state of the ledger."""
        with self._named_errors(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction that is the only one to write; it is committed, durably, when the block ends without an error."""
        with self._named_errors(), self.engine.connect() as connection:
            connection.execution_options(is_writing=True)
            with self._transaction(connection):
                if not self.is_sqlite:
                    connection.execute(sa.text("LOCK TABLE entries IN SHARE ROW EXCLUSIVE MODE"))
                yield connection

    @contextmanager
    def _transaction(self, connection: sa.Connection) -> Iterator[None]:
        try:
            with connection.begin():
                yield
        except DBAPIError:
            if (
                self.is_sqlite
            ):  # a commit that a deferred constraint refuses leaves SQLite's transaction open, and its lock held
                driver: Any = connection.connection.driver_connection
                driver.rollback()
            raise

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            said = str(error.orig).strip().partition("\n")[0]
            remedy = "wait until whoever writes is done, and try again" if "locked" in said else ""
            raise self.error(f"the database refused: {said}", remedy=remedy) from error

    def migrate(self) -> bool:
        """Make the tables, or bring them to this version; give whether anything had to be done.

        Raises:
            LedgerError: The tables are of a newer version than this program.
        """
        with self.reading() as connection:  # so that nobody waits for a writer who only wants to read
            if _revision(connection) == HEAD:
                return False
        from rightful.ledger.upgrade import revisions, upgrade  # noqa: PLC0415 - Alembic takes long, and is needed once

        with self.writing_tables() as connection:
            found = _revision(connection)
            if found is not None and found not in revisions():
                problem = f"its tables are of the unknown version {found!r}"
                raise self.error(problem, f"up to {HEAD}", "install a newer Rightful")
            upgrade(connection)
            return found != HEAD

    @contextmanager
    def writing_tables(self) -> Iterator[sa.Connection]:
        """Open a transaction that may make tables; on PostgreSQL one program at a time makes them."""
        with self._named_errors(), self.engine.connect() as connection:
            connection.execution_options(is_writing=True)
            with self._transaction(connection):
                if not self.is_sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": 7_234_113})
                yield connection

    def insert(self, connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
        """Write rows of an Arrow table whose columns are named as those of the database's table."""
        names = rows.column_names
        statement = str(sa.insert(table).compile(dialect=self.engine.dialect, column_keys=names))
        batches = (_tuples(batch) for batch in in_micros(rows).to_batches(max_chunksize=_ROWS) if batch.num_rows)
        if self.is_sqlite:
            for batch in batches:
                connection.exec_driver_sql(statement, batch)
            return
        driver: Any = connection.connection.driver_connection
        quoted = ", ".join(f'"{name}"' for name in names)
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({quoted}) FROM STDIN") as copy:
            for batch in batches:
                for row in batch:
                    copy.write_row(row)

    def select(
        self, connection: sa.Connection, query: sa.Select[Any] | sa.CompoundSelect[Any], schema: pa.Schema
    ) -> pa.Table:
        """Read rows into an Arrow table of a schema whose instants are stored as microseconds."""
        stored = pa.schema(
            (field.name, pa.int64() if pa.types.is_timestamp(field.type) else field.type) for field in schema
        )
        result = connection.execute(query, execution_options={"yield_per": _ROWS})
        batches = []
        for rows in result.partitions(_ROWS):
            columns = zip(*rows, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, stored, strict=True)]
            batches.append(pa.record_batch(arrays, schema=stored))
        return pa.Table.from_batches(batches, stored).cast(schema)

    def is_one_of(self, column: sa.Column[Any], values: Sequence[str] | Sequence[int]) -> sa.ColumnElement[bool]:
        """Give the condition that a column holds one of many values, passed as a single parameter."""
        if self.is_sqlite:
            each = sa.func.json_each(json.dumps(list(values))).table_valued("value")
            return column.in_(sa.select(each.c.value))
        return column == sa.func.any(sa.cast(list(values), sa.ARRAY(column.type)))

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _revision(connection: sa.Connection) -> str | None:
    """Give the version of the tables; None where there are none."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin as this module says
    for pragma in (
        f"busy_timeout = {_PATIENCE_SECONDS * 1000}",
        f"journal_mode = {sqlite_journal_mode(SQLITE_VERSION)}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",  # so that INSERT OR REPLACE fires the triggers that refuse deletions
        "cache_size = -65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _tuples(batch: pa.RecordBatch) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
