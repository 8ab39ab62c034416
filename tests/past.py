"""Past events for tests: files of a few rows, and routing over them without the stages before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from rightful.plan import Plan, plan_from
from rightful.runs.replay.actual import Actual
from rightful.runs.replay.course import Course, Version
from rightful.runs.replay.events import INSTANT, Events
from rightful.runs.replay.prepare import Prepared, replayable
from rightful.runs.replay.reading import read_events
from rightful.runs.replay.record import Record
from rightful.stages.routing import Rulings

__all__ = ["Past", "plan_of"]

REPS: tuple[Mapping[str, Any], ...] = ({"rep_id": "R1"}, {"rep_id": "R2"}, {"rep_id": "R3"})
HEAD = "kind,at,lead_id,rep_id,starts_at,ends_at,cover_rep_id,capacity,plan,country,actual_rep_id,first_response_at"


def plan_of(routing: str, name: str = "Tried") -> Plan:
    """Make a plan of its routing."""
    return plan_from({"routing.yaml": routing, "plan.yaml": f"name: {name}\ntime_zone: UTC\n"})


class StandIn:
    """Stands in for the stages before routing: the leads' own fields are all there is."""

    def __init__(self, reps: Iterable[Mapping[str, Any]], teams: Mapping[str, Mapping[str, str]]) -> None:
        self._reps, self._teams = tuple(reps), teams
        self.asked: list[tuple[str, list[str], datetime]] = []

    def of(self, plan: Plan, leads: pa.Table, arrivals: Any, as_of: datetime) -> Prepared:
        """Prepare the leads."""
        rulings = Rulings(plan)
        self.asked.append((plan.name, leads["lead_id"].to_pylist(), as_of))
        columns: dict[str, Any] = {"lead_id": leads["lead_id"], "created_at": pa.array(arrivals, INSTANT)}
        columns |= {"object": pa.repeat("lead", leads.num_rows), "matched_account_id": leads["account_id_raw"]}
        for name in ("owner_id", "domain", "core_name", *rulings.fields):
            given = (
                leads.column(f"{name}_raw")
                if f"{name}_raw" in leads.column_names
                else pa.nulls(leads.num_rows, pa.string())
            )
            columns.setdefault(name, given)
        columns["is_converted"] = pa.nulls(leads.num_rows, pa.bool_())
        return Prepared(plan, rulings, pa.table(columns), self._teams, self._reps, (), {})


class Past:
    """Events, and the courses they take by plans."""

    def __init__(self, folder: Path, *rows: str, reps: Iterable[Mapping[str, Any]] = REPS) -> None:
        self.folder, self.reps = folder, tuple(reps)
        self.path = folder / "events.csv"
        self.path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        self.stand_in = StandIn(self.reps, {})

    def read(self) -> Events:
        """Read the events."""
        return read_events(self.path, plan_from({}), frozenset(str(rep["rep_id"]) for rep in self.reps))

    def course(self, *versions: Plan | tuple[str, Plan], answer_minutes: float | None = None) -> pl.DataFrame:
        """Let the leads take the course by a plan, or by plans with the instants from which they hold."""
        events = self.read()
        record = Record(pl.Series(events.leads["lead_id"], dtype=pl.String), self.folder / "decisions.parquet")
        actual = Actual(events, 30 if answer_minutes is None else answer_minutes, uses_own=answer_minutes is None)
        course = Course(events, self.stand_in, record, actual, lambda _: None)  # type: ignore[arg-type]
        course.run([self._version(each, events) for each in versions])
        self.actual = actual.frame()
        leads = pl.DataFrame({"lead_id": events.leads["lead_id"].to_pylist()})
        return pl.concat([leads, record.frame()], how="horizontal")

    def reps_of(self, *versions: Plan | tuple[str, Plan]) -> str:
        """Give who gets the leads, in the order of their arrival."""
        return " ".join(rep or "-" for rep in self.course(*versions)["rep_id"])

    def decisions(self) -> list[dict[str, Any]]:
        """Give every decision of the course."""
        return pl.read_parquet(self.folder / "decisions.parquet").to_dicts()

    @staticmethod
    def _version(stated: Plan | tuple[str, Plan], events: Events) -> Version:
        if isinstance(stated, Plan):
            return Version(events.first, replayable(stated))
        moment = np.datetime64(datetime.fromisoformat(stated[0]).replace(tzinfo=None), "us").astype(int)
        return Version(int(moment), replayable(stated[1]))
