"""Replay past events through a plan, compare with what happened, and keep both: absent or complete, the same input the same bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa

from rightful.connectors import read_book
from rightful.engines import DuckDBEngine
from rightful.engines.collector import paused_collector
from rightful.errors import BookError, Mistake, Place
from rightful.plan import Plan, load_plan
from rightful.runs.folder import MANIFEST, folder_of_run
from rightful.runs.pipeline import Progress
from rightful.runs.replay.actual import Actual
from rightful.runs.replay.compare import Comparison, compare, with_both
from rightful.runs.replay.course import Course, Version
from rightful.runs.replay.events import Absent, Closed, Events, Holds, NewPlan
from rightful.runs.replay.outputs import write_results
from rightful.runs.replay.prepare import Preparation, replayable
from rightful.runs.replay.reading import read_events
from rightful.runs.replay.record import Record, instants
from rightful.stages.routing.hours import instant

__all__ = ["Against", "Replay", "ReplayOptions", "replay"]

Against = Literal["events", "plans"] | Plan | None

_USUAL_MINUTES = 30.0
_KINDS: dict[str, type[NewPlan | Holds | Absent | Closed]] = {
    "plan": NewPlan,
    "capacity": Holds,
    "absence": Absent,
    "closed": Closed,
}


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a replay is done.

    Attributes:
        against: What is compared with: ``events`` (who got the leads in fact), ``plans`` (the plans that held, replayed), another
            plan (replayed); None takes the first of these two that the events tell.
        then: Further versions of the plan, each with the moment from which it holds, in order.
        answer_minutes: Working minutes that every answer is taken to need; None takes each lead's own where the events tell it,
            else 30.
        memory: Most memory the tables may take before they spill to disk.
    """

    against: Against = None
    then: tuple[Version, ...] = ()
    answer_minutes: float | None = None
    memory: str = "3GB"


@dataclass(frozen=True, slots=True)
class Replay:
    """A finished replay.

    Attributes:
        folder: Where it is stored.
        comparison: What differs.
        warnings: What a person should know of the events' file.
    """

    folder: Path
    comparison: Comparison
    warnings: tuple[Mistake, ...] = ()

    def frame(self, name: Literal["leads", "decisions", "decisions_before", "load"]) -> pl.DataFrame:
        """Give a table of the replay."""
        return pl.read_parquet(self.folder / f"{name}.parquet")


def replay(
    plan: Plan,
    events: Path,
    options: ReplayOptions = ReplayOptions(),
    *,
    out: Path | None = None,
    on_progress: Progress | None = None,
) -> Replay:
    """Replay past events through a plan.

    The leads of the events go through the stages of the plan as if they had just come; then each is routed at its own moment, with
    the pools, the people and the open work of that moment. Accounts and reps are those of the plan's book, for all plans that are
    compared.

    Args:
        plan: The plan.
        events: CSV, Parquet, Excel or JSON lines, see ``events.COLUMNS``.
        options: How it is done.
        out: Folder of the replay; by default ``replays/<events>-<digest>`` in the plan's folder.
        on_progress: Told how far the work has come.

    Raises:
        BookError: The book or the events cannot be read, or do not tell what shall be compared with.
        PlanError: A plan that the events name cannot be read.
        EngineError: Disk or memory is exhausted.
    """
    tell = on_progress or (lambda _title, _label, _done, _total: None)
    tell("Reading book and events", "", 0, 0)
    source = read_book(plan)
    read = read_events(events, plan, frozenset(source.tables["reps"]["rep_id"].to_pylist()))
    before = _versions_before(read, options.against, events)
    after = (Version(read.first, plan), *options.then)
    settings = _settings(read, before, after, options)
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:8]
    final = out or plan.folder / "replays" / f"{events.stem}-{digest}"
    with folder_of_run(final) as partial:
        engine = DuckDBEngine(partial / "scratch", memory=options.memory)
        try:
            work = _Work(read, Preparation(source, engine, lambda title: tell(title, "", 0, 0)), options, partial, tell)
            with paused_collector():  # decisions by the million, none of which is part of a cycle
                sides = work.courses(before, after)
        finally:
            engine.close()
            shutil.rmtree(partial / "scratch", ignore_errors=True)
        tell("Writing results", "", 0, 0)
        people = _people(source.tables["reps"])
        comparison = _compared(read, sides, _names(before, options.against, read, plan), people)
        write_results(partial, read, sides, comparison, people)
        (partial / MANIFEST).write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return Replay(final, comparison, read.warnings)


@dataclass(frozen=True, slots=True)
class _Work:
    """A replay in the making."""

    events: Events
    preparation: Preparation
    options: ReplayOptions
    folder: Path
    tell: Progress

    def courses(self, before: Sequence[Version], after: Sequence[Version]) -> pl.DataFrame:
        """Let the leads take both courses, and put them side by side."""
        events, minutes = self.events, self.options.answer_minutes
        actual = Actual(events, _USUAL_MINUTES if minutes is None else minutes, uses_own=minutes is None)
        tried = self._course(after, "decisions", actual)
        known = (
            self._course(before, "decisions_before", actual) if before else actual.frame() if actual.is_known else None
        )
        leads = pl.DataFrame({"lead_id": events.leads["lead_id"].to_pylist(), "arrived_at": instants(events.moments)})
        return with_both(leads, known, tried, after[0].plan.general.time_zone)

    def _course(self, versions: Sequence[Version], name: str, actual: Actual) -> pl.DataFrame:
        total, lead_ids = len(self.events.moments), pl.Series(self.events.leads["lead_id"], dtype=pl.String)
        record = Record(lead_ids, self.folder / f"{name}.parquet")
        title = f"Routing leads by {versions[0].plan.name}"

        def told(done: int) -> None:
            self.tell(title, "leads", done, total)

        course = Course(self.events, self.preparation, record, actual, told)
        course.run([replace(version, plan=replayable(version.plan)) for version in versions])
        return record.frame()


def _versions_before(events: Events, against: Against, path: Path) -> tuple[Version, ...]:
    """Give the plans to compare with; none where it is who got the leads in fact."""
    if isinstance(against, Plan):
        return (Version(events.first, against),)
    knows_reps = events.actual.null_count < len(events.actual)
    if against == "events" and not knows_reps:
        problem = "no row says who got a lead in fact"
        raise BookError(
            Mistake(Place(str(path)), problem, "a column actual_rep_id", "or compare with a plan: `--against PLAN`")
        )
    if against == "plans" and not events.plans:
        problem = "no row says which plan held"
        raise BookError(
            Mistake(Place(str(path)), problem, "rows of kind plan", "or compare with a plan: `--against PLAN`")
        )
    if against == "events" or (against is None and knows_reps):
        return ()
    versions = [Version(change.moment, load_plan(path.parent / change.folder)) for change in events.plans]
    # What held before the first of them nobody knows: it is taken to have held from the beginning.
    return tuple(replace(each, begins=events.first) if number == 0 else each for number, each in enumerate(versions))


def _names(before: Sequence[Version], against: Against, events: Events, plan: Plan) -> tuple[str | None, str]:
    """Name both sides; two plans of one name are told apart by their versions."""
    if before and isinstance(against, Plan):
        if against.name != plan.name or against.version == plan.version:
            return against.name, plan.name
        return f"{against.name} (version {against.version[:8]})", f"{plan.name} (version {plan.version[:8]})"
    if before:
        return "the plans that held", plan.name
    return "the events" if events.actual.null_count < len(events.actual) else None, plan.name


def _settings(
    events: Events, before: Sequence[Version], after: Sequence[Version], options: ReplayOptions
) -> dict[str, object]:
    """Give what the result depends on."""
    versions = {
        side: [[instant(each.begins).isoformat(), each.plan.version] for each in plans]
        for side, plans in (("before", before), ("after", after))
    }
    return {"events": events.digest, "plans": versions, "answer_minutes": options.answer_minutes}


def _people(reps: pa.Table) -> pl.DataFrame:
    frame = pl.DataFrame(reps)
    return frame.select("rep_id", *(pl.col(f"{name}_raw").str.strip_chars().alias(name) for name in ("name", "team")))


def _compared(events: Events, both: pl.DataFrame, names: tuple[str | None, str], people: pl.DataFrame) -> Comparison:
    counted = compare(both, names, people, instant(events.last))
    kinds = {name: sum(isinstance(each, kind) for each in events.changes) for name, kind in _KINDS.items()}
    return Comparison(
        first_at=instant(events.first),
        last_at=instant(events.last),
        events={"lead": len(events.moments)} | {name: count for name, count in kinds.items() if count},
        quarantined=events.quarantine.num_rows,
        **counted,
    )
