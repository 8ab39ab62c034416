"""Read a table, view or query of any database that SQLAlchemy reaches, as text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError

from rightful.connectors.extract import Extract, joined_text, stripped_headers
from rightful.connectors.text import value_text
from rightful.errors import BookError, Mistake, Place, near_miss
from rightful.plan.sources import TableSource

__all__ = ["SqlTable", "open_sql"]

_CHUNK_ROWS = 50_000
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class SqlTable:
    """An opened table or query; its rows count from 1, those of a table in the order of their values."""

    name: str
    headers: tuple[str, ...]
    warnings: tuple[Mistake, ...]
    _url: sa.URL = field(repr=False)
    _place: Place
    _columns: tuple[str, ...] = field(repr=False)
    _table: sa.TableClause | None = field(repr=False)
    _query: str | None = field(repr=False)

    def read(self, positions: Sequence[int]) -> Extract:
        """Read columns; a table's rows are sorted by them, since a database promises no order of its own."""
        chunks: list[pa.Table] = []
        names = [str(position) for position in positions]
        schema = pa.schema([(name, pa.string()) for name in names])
        with _connected(self._url, self._place) as connection:
            for rows in self._result(connection, positions).partitions(_CHUNK_ROWS):
                columns = [
                    pa.array([value_text(value) for value in column], pa.string()) for column in zip(*rows, strict=True)
                ]
                picked = columns if self._table is not None else [columns[position] for position in positions]
                chunks.append(pa.Table.from_arrays(picked, schema=schema))
        table = pa.concat_tables(chunks) if chunks else schema.empty_table()
        if self._table is not None and table.num_rows:
            table = table.sort_by([(name, "ascending") for name in names])
        read = {position: table.column(str(position)) for position in positions}
        return Extract(read, np.arange(1, table.num_rows + 1, dtype=np.int64), partial(joined_text, read))

    def _result(self, connection: sa.Connection, positions: Sequence[int]) -> sa.CursorResult[tuple[object, ...]]:
        if self._table is None:
            return connection.exec_driver_sql(self._query or "")
        return connection.execute(sa.select(*[self._table.c[self._columns[position]] for position in positions]))


def open_sql(source: TableSource, folder: Path) -> SqlTable:
    """Open a table or query and find its columns.

    Args:
        source: What the plan says, with a ``url``.
        folder: The plan's folder, to which the path of an SQLite file is relative.

    Raises:
        BookError: The database cannot be reached, its driver is missing, or the table or query does not work.
    """
    if source.url is None:
        message = "a source without a url is no database"
        raise ValueError(message)
    place = source.url.place
    url = _url(source.url.text, place, folder)
    shown = (
        url.render_as_string(hide_password=True) if url.host else f"{url.drivername}:{Path(url.database or '').name}"
    )
    with _connected(url, place) as connection:
        if source.query:
            query = source.query.text.strip().rstrip(";")
            with connection.exec_driver_sql(query) as result:
                columns = tuple(result.keys())
            return SqlTable(f"{shown}#query", stripped_headers(columns), (), url, place, columns, None, query)
        name = str(source.table)
        columns = _columns_of(connection, name, source.table.place if source.table else place)
    schema, _, bare = name.rpartition(".")
    table = sa.table(bare, *(sa.column(column) for column in columns), schema=schema or None)
    return SqlTable(f"{shown}#{name}", stripped_headers(columns), (), url, place, columns, table, None)


def _columns_of(connection: sa.Connection, name: str, place: Place) -> tuple[str, ...]:
    schema, _, bare = name.rpartition(".")
    inspector = sa.inspect(connection)
    try:
        return tuple(column["name"] for column in inspector.get_columns(bare, schema=schema or None))
    except NoSuchTableError as error:
        there = [*inspector.get_table_names(schema=schema or None), *inspector.get_view_names(schema=schema or None)]
        problem = f"the database has no table {name!r}"
        raise BookError(Mistake(place, problem, ", ".join(there), near_miss(bare, there))) from error


@contextmanager
def _connected(url: sa.URL, place: Place) -> Iterator[sa.Connection]:
    """Connect for the time of a block, and say in our own words what goes wrong in it."""
    try:
        engine = sa.create_engine(url)
        try:
            with engine.connect() as connection:
                yield connection.execution_options(stream_results=True)
        finally:
            engine.dispose()
    except ModuleNotFoundError as error:
        problem = f"the driver {error.name!r} of this database is not installed"
        raise BookError(Mistake(place, problem, remedy=f"install it, such as `pip install {error.name}`")) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        problem = f"the database does not answer as it should: {reason}"
        raise BookError(Mistake(place, problem, remedy="check url, table or query, and rights")) from error


def _url(written: str, place: Place, folder: Path) -> sa.URL:
    missing = [name for name in _VARIABLE.findall(written) if name not in os.environ]
    if missing:
        problem = f"environment variable {missing[0]!r} is not set"
        raise BookError(Mistake(place, problem, remedy=f"set it before the run: `export {missing[0]}=...`"))
    try:
        url = _filled(written)
    except SQLAlchemyError as error:
        problem = "this is no database URL"
        allowed = "dialect+driver://user:password@host/database, such as sqlite:///crm.db"
        raise BookError(Mistake(place, problem, allowed)) from error
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return url
    path = folder / url.database
    if not path.is_file():
        raise BookError(
            Mistake(place, f"no such database file: {url.database}", remedy="paths start in the plan's folder")
        )
    return url.set(database=str(path))


def _filled(written: str) -> sa.URL:
    """Put variables in; after parsing, so that a password may hold any character, unless the URL itself is one."""
    if _VARIABLE.fullmatch(written):
        return sa.make_url(_with_variables(written) or "")
    url = sa.make_url(written)
    return url.set(
        username=_with_variables(url.username),
        password=_with_variables(url.password),
        host=_with_variables(url.host),
        database=_with_variables(url.database),
    )


def _with_variables(text: str | None) -> str | None:
    return _VARIABLE.sub(lambda found: os.environ[found[1]], text) if text else None
