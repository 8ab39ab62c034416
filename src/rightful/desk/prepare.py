"""Make a run ready for the desk: what only the whole book can tell, worked out once and kept beside the run.

Kept in ``desk/`` of the run's folder: how each column writes what can be read in two ways, and what routing remembers after
the book's own records.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

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

__all__ = ["CLEANED_TABLES", "Habits", "Prepared", "book_of", "engine_beside", "prepared"]

CLEANED_TABLES = ("accounts", "contacts", "leads", "opportunities", "tasks", "reps", "absences")
"""Tables whose records the desk takes."""
Habits = Mapping[str, Mapping[str, ColumnHabits]]
"""Habits of columns, by table and field."""

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """What only the whole book can tell.

    Attributes:
        habits: How columns write what can be read in two ways.
        state: What routing remembers after the book's own records.
    """

    habits: Habits
    state: State


def prepared(run: Run, plan: Plan) -> Prepared:
    """Read what was prepared for a run under a plan; work it out where nobody has.

    The state is that of the plan of the run, for the run's records were routed by it.
    """
    path = run.folder / "desk" / f"prepared-{plan.version}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] == _FORMAT:
            return Prepared(_habits_from(found["habits"]), state_from(found["state"]))
    except (OSError, ValueError, KeyError, TypeError):  # never made, or torn: it is made anew
        pass
    with engine_beside(run) as engine:
        made = _prepare(run, plan, engine)
    _keep(path, made)
    return made


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


def book_of(run: Run, engine: DuckDBEngine) -> Book:
    """Give the book of a run with what every stage added, as stages read it."""
    return Book({name: _frame(run, name, engine) for name in run.names}, run.manifest.as_of)


def _frame(run: Run, table: str, engine: DuckDBEngine) -> Frame:
    paths = run.paths(table)
    if table not in OBJECT_OF_TABLE:
        return engine.scan(paths[-1])
    frame, *added = (engine.scan(path) for path in paths)
    for each in added:
        frame = frame.join(each, on=OBJECT_OF_TABLE[table].key, how="inner")
    return frame


def _prepare(run: Run, plan: Plan, engine: DuckDBEngine) -> Prepared:
    book = book_of(run, engine)
    habits = {
        table: column_habits(OBJECT_OF_TABLE[table], engine.scan(run.paths(table)[0]), plan, engine)
        for table in CLEANED_TABLES
    }
    arrivals = arrivals_of(book, plan, engine)
    fold = Fold(arrivals.context, arrivals.state, arrivals.until)
    for case in arrivals.cases:
        list(fold.take(case))
    list(fold.advance(arrivals.until))
    return Prepared(habits, fold.state)


def _keep(path: Path, made: Prepared) -> None:
    """Write it whole or not at all; where the run may not be written, it is worked out anew each time."""
    plain = {
        "format": _FORMAT,
        "habits": {
            table: {name: asdict(habit) for name, habit in habits.items()} for table, habits in made.habits.items()
        },
        "state": state_text(made.state),
    }
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        path.parent.mkdir(exist_ok=True)
        partial.write_text(json.dumps(plain), encoding="utf-8")
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)


def _habits_from(plain: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Habits:
    return {table: {name: _habit(each) for name, each in habits.items()} for table, habits in plain.items()}


def _habit(plain: Mapping[str, Any]) -> ColumnHabits:
    schemes = {int(digits): scheme for digits, scheme in plain["schemes"].items()}
    return ColumnHabits(plain["decimal_mark"], plain["day_first"], schemes)
