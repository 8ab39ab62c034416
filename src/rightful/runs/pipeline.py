"""Run a plan over a book: read, seven stages, results. A run is absent or complete."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import narwhals as nw

from rightful.connectors import read_book
from rightful.crm import OBJECT_OF_TABLE, OBJECTS
from rightful.engines import DuckDBEngine, paused_collector
from rightful.errors import Mistake, RunError
from rightful.plan import Plan
from rightful.plan.plan import YEARS
from rightful.runs.accounting import RowCount, check_balance, check_columns, check_placed, row_count
from rightful.runs.earlier import Earlier, linked
from rightful.runs.exports import export
from rightful.runs.folder import MANIFEST, folder_of_run, point_at, remove_leftovers
from rightful.runs.proof import prove
from rightful.runs.report import write_report
from rightful.runs.run import Manifest, Run, StageTime
from rightful.runs.summary import summarise
from rightful.stages import assignment, hierarchy, matching, quality, routing, scoring, segmentation
from rightful.stages.stage import Book, Frame, Stage, StageResult

__all__ = ["STAGES", "Output", "Progress", "extended", "planned_as_of", "run_after", "run_plan"]

STAGES: tuple[Stage, ...] = (
    quality.STAGE,
    segmentation.STAGE,
    hierarchy.STAGE,
    matching.STAGE,
    scoring.STAGE,
    assignment.STAGE,
    routing.STAGE,
)
"""The pipeline, in order. Each stage reads what the ones before it added."""

Progress = Callable[[str, str, int, int], None]
"""Called with (stage's title, what it works on, done, in all)."""

_TABLES_OF_SEVERAL_STAGES = frozenset({"exceptions", "quarantine"})


@dataclass(slots=True)
class _Work:
    """A run in the making: where it writes, and what it has so far."""

    plan: Plan
    folder: Path
    engine: DuckDBEngine
    book: Book
    keys: Mapping[str, Frame] = field(default_factory=dict)
    counts: tuple[RowCount, ...] = ()
    times: tuple[StageTime, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What a run writes for people, beside the Parquet files.

    Attributes:
        formats: ``csv``, ``xlsx`` or both.
        has_report: False leaves ``report.html`` out.
    """

    formats: tuple[str, ...] = ("csv",)
    has_report: bool = True


def run_plan(
    plan: Plan,
    *,
    out: Path | None = None,
    as_of: datetime | None = None,
    output: Output = Output(),
    on_progress: Progress | None = None,
    memory: str = "3GB",
) -> Run:
    """Run a plan over its book.

    Args:
        plan: The plan; its ``sources`` say where the book is.
        out: Folder of the run; by default ``runs/<as-of instant>-<plan version>`` in the plan's folder. An older run in
            it is replaced when the new one is complete.
        as_of: Instant at which the book is read, in UTC where it names no zone; by default the plan's ``as_of``, else now.
        output: What is written for people.
        on_progress: Told how far the work has come.
        memory: Most memory the tables may take before they spill to disk, such as ``3GB``.

    Returns:
        The complete run.

    Raises:
        BookError: The book cannot be read.
        EngineError: Disk or memory is exhausted.
        RunError: Rows would be lost, or the instant is out of all bounds; nothing is written then.
    """
    as_of = _in_utc(as_of) if as_of else planned_as_of(plan) or datetime.now(UTC).replace(microsecond=0)
    if as_of.year not in YEARS:
        raise RunError(
            Mistake(None, f"a book cannot be read as of {as_of:%Y-%m-%d}", f"years {YEARS[0]} to {YEARS[-1]}")
        )
    runs = plan.folder / "runs"
    final = out or runs / f"{as_of:%Y-%m-%dT%H%M%SZ}-{plan.version[:8]}"
    if out is None:
        remove_leftovers(runs)
    with folder_of_run(final) as partial:
        manifest = _stages(plan, as_of, partial, on_progress, memory)
        _for_people(plan, Run(partial, manifest), output, on_progress)
        _complete(partial, manifest)
    if out is None:
        point_at(final, runs / "LATEST")
    return Run.open(final)


def run_after(
    plan: Plan, earlier: Earlier, out: Path, *, on_progress: Progress | None = None, memory: str = "3GB"
) -> Run:
    """Run a plan as ``run_plan`` does, but take stages over from an earlier run over the same book at the same instant.

    Args:
        plan: The plan.
        earlier: The earlier run, and the stages on which its plan and this one agree.
        out: Folder of the run; it gets no files for people.
        on_progress: Told how far the work has come.
        memory: Most memory the tables may take before they spill to disk.

    Raises:
        BookError: The book cannot be read.
        EngineError: Disk or memory is exhausted.
        RunError: Rows would be lost; nothing is written then.
    """
    with folder_of_run(out) as partial:
        _complete(partial, _stages(plan, earlier.run.manifest.as_of, partial, on_progress, memory, earlier))
    return Run.open(out)


def _complete(folder: Path, manifest: Manifest) -> None:
    """Write the file that makes the run whole."""
    text = json.dumps(manifest.as_json(), indent=2, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


@paused_collector()
def _stages(
    plan: Plan,
    as_of: datetime,
    folder: Path,
    on_progress: Progress | None,
    memory: str,
    earlier: Earlier | None = None,
) -> Manifest:
    title = "Reading the book"

    def tell(label: str, done: int, total: int) -> None:
        if on_progress:
            on_progress(title, label, done, total)

    engine = DuckDBEngine(folder / "scratch", memory=memory, on_progress=tell)
    try:
        work = _Work(plan, folder, engine, Book({}, as_of))
        taken = earlier.stages if earlier else ()
        if earlier and taken:
            _take_sources_over(work, earlier.run)
        else:
            _read(work, tell)
        for stage in STAGES:
            if earlier and stage.name in taken:
                _take_over(work, stage, earlier.run)
                continue
            title = stage.title
            tell("", 0, 0)
            _run_stage(work, stage)
            gc.collect()
        return _finish(work)
    finally:
        engine.close()
        shutil.rmtree(folder / "scratch", ignore_errors=True)


@paused_collector()
def _for_people(plan: Plan, run: Run, output: Output, on_progress: Progress | None) -> None:
    title = "Writing results"
    if on_progress:
        on_progress(title, "", 0, 0)
    for path in export(run, output.formats):
        if on_progress:
            on_progress(title, path.name, 0, 0)
    if output.has_report:
        write_report(run, summarise(run), run.folder / "report.html", prove(plan, run))


def planned_as_of(plan: Plan) -> datetime | None:
    """Give the plan's as-of instant; a bare date means its start, an instant without a zone is in the plan's time zone."""
    stated = plan.general.as_of
    if stated is None:
        return None
    instant = stated if isinstance(stated, datetime) else datetime.combine(stated, time())
    zoned = instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(plan.general.time_zone))
    return zoned.astimezone(UTC)


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def _read(work: _Work, tell: Callable[[str, int, int], None]) -> None:
    started = perf_counter()
    source = read_book(work.plan, tell)
    tables = {
        name: work.engine.save(work.engine.bring(table).sort(OBJECT_OF_TABLE[name].key), _path(work, "sources", name))
        for name, table in source.tables.items()
    }
    work.keys = _keys(tables)
    tables["quarantine"] = work.engine.save(work.engine.bring(source.quarantine), _path(work, "sources", "quarantine"))
    work.book = Book(tables, work.book.as_of)
    work.counts = tuple(
        RowCount(
            table=crm_object.table,
            read=source.rows_read[crm_object.table],
            quarantined=source.rows_read[crm_object.table] - source.tables[crm_object.table].num_rows,
            merged=0,
            kept=source.tables[crm_object.table].num_rows,
        )
        for crm_object in OBJECTS
    )
    check_balance(work.counts)
    work.times += (StageTime("sources", perf_counter() - started),)


def _run_stage(work: _Work, stage: Stage) -> None:
    started = perf_counter()
    result = stage.run(work.book, work.plan, work.engine)
    stored = StageResult(
        {
            table: work.engine.save(frame.sort(OBJECT_OF_TABLE[table].key), _path(work, stage.name, table))
            for table, frame in result.added.items()
        },
        {
            name: work.engine.save(frame.sort(frame.collect_schema().names()), _path(work, stage.name, name))
            for name, frame in result.tables.items()
        },
    )
    check_columns(stage, stored, work.keys, work.engine)
    if stage.name == quality.STAGE.name:
        work.keys = _keys(stored.added)
        work.counts = _counts_after_quality(work, stored)
        check_balance(work.counts)
    work.book = extended(work.book, stored)
    work.times += (StageTime(stage.name, perf_counter() - started),)


def _take_sources_over(work: _Work, earlier: Run) -> None:
    """Give the book as an earlier run read it, with the counts that it kept."""
    tables = _taken(work, "sources", earlier)
    work.keys = _keys({name: frame for name, frame in tables.items() if name in OBJECT_OF_TABLE})
    work.book = Book(tables, work.book.as_of)
    work.counts = earlier.manifest.counts


def _take_over(work: _Work, stage: Stage, earlier: Run) -> None:
    """Give the results of a stage as an earlier run stored them."""
    frames = _taken(work, stage.name, earlier)
    added = {name: frame for name, frame in frames.items() if name in OBJECT_OF_TABLE}
    if stage.name == quality.STAGE.name:
        work.keys = _keys(added)
    others = {name: frame for name, frame in frames.items() if name not in added}
    work.book = extended(work.book, StageResult(added, others))


def _taken(work: _Work, stage: str, earlier: Run) -> dict[str, Frame]:
    paths = sorted((earlier.folder / stage).glob("*.parquet"))
    return {path.stem: work.engine.scan(linked(path, _path(work, stage, path.stem))) for path in paths}


def _keys(tables: Mapping[str, Frame]) -> dict[str, Frame]:
    """Give the keys of each table, from one file each."""
    return {table: frame.select(OBJECT_OF_TABLE[table].key) for table, frame in tables.items()}


def extended(book: Book, result: StageResult) -> Book:
    """Join what a stage added to the tables; tables that several stages give are put under one another."""
    tables = dict(book.tables)
    for table, added in result.added.items():
        tables[table] = tables[table].join(added, on=OBJECT_OF_TABLE[table].key, how="inner")
    for name, frame in result.tables.items():
        more = name in _TABLES_OF_SEVERAL_STAGES and name in tables
        tables[name] = nw.concat([tables[name], frame], how="vertical") if more else frame
    return Book(tables, book.as_of)


def _counts_after_quality(work: _Work, result: StageResult) -> tuple[RowCount, ...]:
    merged = _count_by_object(work, result.tables.get("merges"))
    quarantined = _count_by_object(work, result.tables.get("quarantine"))
    return tuple(
        RowCount(
            table=count.table,
            read=count.read,
            quarantined=count.quarantined + quarantined.get(OBJECT_OF_TABLE[count.table].name, 0),
            merged=merged.get(OBJECT_OF_TABLE[count.table].name, 0),
            kept=row_count(result.added[count.table], work.engine),
        )
        for count in work.counts
    )


def _count_by_object(work: _Work, frame: Frame | None) -> Mapping[str, int]:
    if frame is None:
        return {}
    rows = work.engine.collect(frame.group_by("object").agg(nw.len().alias("rows")))
    return {row["object"]: row["rows"] for row in rows.to_pylist()}


def _finish(work: _Work) -> Manifest:
    """Put the tables that people and programs read beside the stages' own results."""
    for name, frame in work.book.tables.items():
        if name in _TABLES_OF_SEVERAL_STAGES:
            work.engine.save(frame.sort(frame.collect_schema().names()), work.folder / "tables" / f"{name}.parquet")
    check_placed(work.book, work.engine)
    times = {stage_time.stage: round(stage_time.seconds, 3) for stage_time in work.times}
    (work.folder / "timings.json").write_text(json.dumps(times, indent=2) + "\n", encoding="utf-8")
    return Manifest.of(work.plan, work.book.as_of, work.counts)


def _path(work: _Work, stage: str, table: str) -> Path:
    return work.folder / stage / f"{table}.parquet"
