"""What routing needs of a plan and a book: the stages before it, run over the leads of events in the place of the book's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from rightful.connectors import SourceBook
from rightful.engines import DuckDBEngine
from rightful.plan import Plan
from rightful.runs.earlier import stages_alike
from rightful.runs.pipeline import STAGES, extended
from rightful.runs.replay.events import INSTANT, Moments
from rightful.stages.routing import RepState, Rulings
from rightful.stages.routing.cases import Teams
from rightful.stages.routing.reading import open_work, people_of, records_of, teams_of
from rightful.stages.stage import Book, StageResult

__all__ = ["Preparation", "Prepared", "replayable"]

_BEFORE_ROUTING = STAGES[:-1]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What routing reads of a version of a plan.

    Attributes:
        plan: The plan, as ``replayable`` gives it.
        rulings: Its rules.
        records: The leads with the fields that decide; ``created_at`` is their arrival.
        teams: Rep by role, for the accounts of leads.
        reps: The reps of the book.
        absences: Absences that the book knows.
        open_work: Open work of each rep at the beginning.
    """

    plan: Plan
    rulings: Rulings
    records: pa.Table
    teams: Teams
    reps: Sequence[Mapping[str, Any]]
    absences: Sequence[Mapping[str, Any]]
    open_work: Mapping[str, RepState]


@dataclass(frozen=True, slots=True)
class _Done:
    """The book after each stage, as one plan has it."""

    plan: Plan
    leads: pa.Table
    as_of: datetime
    books: tuple[Book, ...]


def replayable(plan: Plan) -> Plan:
    """Give a plan as a replay runs it: leads are decided when they arrive, and none is merged with another.

    A lead that comes twice came as two leads; which of them survives a merge is known only later.
    """
    rules = plan.quality.rules_for("leads").model_copy(update={"enabled": False})
    duplicates = {**plan.quality.duplicates, "leads": rules}
    return replace(
        plan,
        quality=plan.quality.model_copy(update={"duplicates": duplicates}),
        routing=plan.routing.model_copy(update={"decide_at": "arrival"}),
    )


class Preparation:
    """Runs the stages before routing; what two plans say alike is worked out once."""

    def __init__(self, source: SourceBook, engine: DuckDBEngine, tell: Callable[[str], None]) -> None:
        """Take the book.

        Args:
            source: The book of all plans.
            engine: Where the tables live.
            tell: Told the title of each stage that runs.
        """
        self._engine, self._tell = engine, tell
        self._book = {name: engine.bring(table) for name, table in source.tables.items()}
        self._done: list[_Done] = []

    def of(self, plan: Plan, leads: pa.Table, arrivals: Moments, as_of: datetime) -> Prepared:
        """Prepare a plan.

        Args:
            plan: The plan, as ``replayable`` gives it.
            leads: Leads as a source delivers them.
            arrivals: When each arrived; the order of the leads is kept.
            as_of: The instant at which the book is read.
        """
        engine, rulings = self._engine, Rulings(plan)
        book = self._book_of(plan, leads, as_of)
        records = records_of(book, plan, engine, "leads", rulings)
        at = {key: number for number, key in enumerate(leads["lead_id"].to_pylist())}
        numbers = np.array([at[key] for key in records["lead_id"].to_pylist()], np.int64)
        order = np.argsort(numbers)
        records = records.take(pa.array(order))
        place = records.schema.get_field_index("created_at")
        records = records.set_column(place, "created_at", pa.array(arrivals, INSTANT))
        reps, absences = people_of(book, plan, engine)
        return Prepared(
            plan=plan,
            rulings=rulings,
            records=records,
            teams=teams_of(book, plan, engine),
            reps=reps.to_pylist(),
            absences=absences.to_pylist(),
            open_work=open_work(book, plan, engine),
        )

    def _book_of(self, plan: Plan, leads: pa.Table, as_of: datetime) -> Book:
        books = list(self._taken_over(plan, leads, as_of))
        if not books:
            books = [Book({**self._book, "leads": self._engine.bring(leads)}, as_of)]
        for stage in _BEFORE_ROUTING[len(books) - 1 :]:
            self._tell(stage.title)
            result = stage.run(books[-1], plan, self._engine)
            kept = StageResult(
                {table: self._engine.keep(frame) for table, frame in result.added.items()},
                {name: self._engine.keep(frame) for name, frame in result.tables.items()},
            )
            books.append(extended(books[-1], kept))
        self._done.append(_Done(plan, leads, as_of, tuple(books)))
        return books[-1]

    def _taken_over(self, plan: Plan, leads: pa.Table, as_of: datetime) -> tuple[Book, ...]:
        """Give the books of the most stages that an earlier plan over the same leads decided alike."""
        most: tuple[Book, ...] = ()
        for done in self._done:
            if done.leads is leads and done.as_of == as_of:
                same_book = replace(done.plan, sources=plan.sources, folder=plan.folder)
                alike = done.books[: len(stages_alike(same_book, plan))]
                most = max(most, alike, key=len)
        return most
