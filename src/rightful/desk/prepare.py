"""Make a run ready for the desk: what only the whole book can tell, worked out once and kept beside the run.

Kept in ``desk/`` of the run's folder: how each column writes what can be read in two ways, what routing remembers after the
book's own records, and the columns that single records are looked up in, as the memory has them.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.desk.memory import state_from, state_text
from rightful.engines import DuckDBEngine
from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.stages.quality.settings import ColumnHabits
from rightful.stages.quality.stage import column_habits
from rightful.stages.routing import Fold, State
from rightful.stages.routing.stage import arrivals_of
from rightful.stages.stage import Book, Frame

__all__ = ["CLEANED_TABLES", "Habits", "book_of", "engine_beside", "habits_of_run", "state_of_run", "table_of_run"]

CLEANED_TABLES = ("accounts", "contacts", "leads", "opportunities", "tasks", "reps", "absences")
"""Tables whose records the desk takes."""
Habits = Mapping[str, Mapping[str, ColumnHabits]]
"""Habits of columns, by table and field."""

_FORMAT = 1
_ARRIVING = ("leads", "contacts", "accounts", "opportunities", "reps", "absences", "assignments")


def habits_of_run(run: Run, plan: Plan) -> Habits:
    """Give how the columns of a run's book write what can be read in two ways, whatever a plan says of dates."""
    path = run.folder / "desk" / "habits.json"
    found = _kept(path)
    if found is None:
        unsaid = replace(plan, quality=plan.quality.model_copy(update={"day_first": None}))
        with engine_beside(run) as engine:
            made = {
                table: column_habits(OBJECT_OF_TABLE[table], engine.scan(run.paths(table)[0]), unsaid, engine)
                for table in CLEANED_TABLES
            }
        found = {table: {name: asdict(habit) for name, habit in habits.items()} for table, habits in made.items()}
        _keep(path, found)
    return {table: {name: _habit(each) for name, each in habits.items()} for table, habits in found.items()}


def state_of_run(run: Run, plan: Plan) -> State:
    """Give what routing remembers after the records of a run's book, had they all come to the desk."""
    path = run.folder / "desk" / f"state-{plan.version}.json"
    found = _kept(path)
    if found is None:
        with engine_beside(run) as engine:
            arrivals = arrivals_of(book_of(run, engine, _ARRIVING), plan, engine)
        fold = Fold(arrivals.context, arrivals.state, arrivals.until)
        for case in arrivals.cases:
            list(fold.take(case))
        list(fold.advance(arrivals.until))
        found = {"state": state_text(fold.state)}
        _keep(path, found)
    return state_from(found["state"])


def table_of_run(run: Run, name: str, make: Callable[[], pl.LazyFrame]) -> pa.Table:
    """Give a table that was made of a run's, from the disk as it lies there: read where it is looked at, in no memory of its own.

    Args:
        run: The run.
        name: What no other table made of it has.
        make: Makes it, where it is not there yet.

    Returns:
        The table, texts as large_string, each column in one piece.
    """
    path = run.folder / "desk" / f"{name}.arrow"
    found = _mapped(path)
    if found is None:
        made = make().collect().to_arrow(compat_level=pl.CompatLevel.oldest()).combine_chunks()
        _write(path, lambda partial: _write_table(partial, made))
        found = _mapped(path) or made
    return found


@contextmanager
def engine_beside(run: Run) -> Iterator[DuckDBEngine]:
    """Give an engine whose scratch folder is beside the run, and goes with it."""
    scratch = Path(tempfile.mkdtemp(prefix="desk-", dir=run.folder.parent))
    engine = DuckDBEngine(scratch)
    try:
        yield engine
    finally:
        engine.close()
        shutil.rmtree(scratch, ignore_errors=True)


def book_of(run: Run, engine: DuckDBEngine, names: Sequence[str]) -> Book:
    """Give tables of a run with what every stage added, as stages read them; those that the run does not have are left out."""
    return Book({name: _frame(run, name, engine) for name in names if name in run.names}, run.manifest.as_of)


def _frame(run: Run, table: str, engine: DuckDBEngine) -> Frame:
    paths = run.paths(table)
    if table not in OBJECT_OF_TABLE:
        return engine.scan(paths[-1])
    frame, *added = (engine.scan(path) for path in paths)
    for each in added:
        frame = frame.join(each, on=OBJECT_OF_TABLE[table].key, how="inner")
    return frame


def _kept(path: Path) -> Any:
    """Read what was worked out before; None where nobody has, or it is torn."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return content["content"] if content["format"] == _FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _mapped(path: Path) -> pa.Table | None:
    """Open a table as it lies on the disk; None where there is none, or it is torn."""
    try:
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_file(file).read_all()
    except (OSError, pa.ArrowInvalid):
        return None


def _write_table(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _keep(path: Path, content: Any) -> None:
    text = json.dumps({"format": _FORMAT, "content": content})
    _write(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all; where the run may not be written, what it holds is worked out anew each time."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(exist_ok=True)
        write(partial)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)


def _habit(plain: Mapping[str, Any]) -> ColumnHabits:
    schemes = {int(digits): scheme for digits, scheme in plain["schemes"].items()}
    return ColumnHabits(plain["decimal_mark"], plain["day_first"], schemes)
