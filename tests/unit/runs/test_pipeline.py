from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pytest

from rightful.engines import DuckDBEngine
from rightful.errors import BookError, EngineError, PlanError, RunError
from rightful.plan import load_plan, plan_from
from rightful.runs import pipeline
from rightful.runs.pipeline import Output, planned_as_of, run_plan
from rightful.runs.run import Run
from rightful.stages.exceptions import EXCEPTIONS
from rightful.stages.stage import Book, Engine, Frame, Stage, StageResult

TinyPlan = Callable[..., Path]
Change = Callable[[StageResult, Engine], StageResult]
BARE = Output((), has_report=False)
AS_OF = datetime(2026, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "instant"),
    [
        ("as_of: 2026-06-30", datetime(2026, 6, 29, 22, tzinfo=UTC)),
        ("as_of: 2026-06-30T09:00:00", datetime(2026, 6, 30, 7, tzinfo=UTC)),
        ("as_of: 2026-06-30T09:00:00Z", datetime(2026, 6, 30, 9, tzinfo=UTC)),
        ("", None),
    ],
)
def test_the_plans_instant_is_read_in_its_time_zone(stated: str, instant: datetime | None) -> None:
    assert planned_as_of(plan_from({"plan.yaml": f"time_zone: Europe/Berlin\n{stated}\n"})) == instant


def with_accounts(change: Callable[[Frame], Frame]) -> Change:
    """Make the seeded fault of a stage: its accounts changed."""
    return lambda result, _: replace(result, added={**result.added, "accounts": change(result.added["accounts"])})


def with_stranger(result: StageResult, engine: Engine) -> StageResult:
    rows = engine.collect(result.added["accounts"])
    first = rows.slice(0, 1)
    stranger = first.set_column(0, "account_id", pa.array(["A99"]))
    return replace(result, added={**result.added, "accounts": engine.bring(pa.concat_tables([rows, stranger]))})


def without_exceptions(result: StageResult, engine: Engine) -> StageResult:
    return replace(result, tables={**result.tables, "exceptions": engine.bring(EXCEPTIONS.empty_table())})


def faulty(stage: Stage, fault: Change) -> Stage:
    return replace(stage, run=lambda book, plan, engine: fault(stage.run(book, plan, engine), engine))


QUALITY_FAULTS: Mapping[str, tuple[Change, str]] = {
    "loses a row": (
        with_accounts(lambda frame: frame.filter(nw.col("account_id") != "A2")),
        "accounts: 5 rows read, but 4 kept + 0 merged + 0 quarantined",
    ),
    "invents a row": (with_stranger, "quality/accounts: 1 rows of records that are not in the book"),
    "renames a column": (
        with_accounts(lambda frame: frame.rename({"country": "land"})),
        "quality/accounts: column country is missing, not string",
    ),
    "changes a type": (
        with_accounts(lambda frame: frame.with_columns(nw.col("employees").cast(nw.String))),
        "quality/accounts: column employees is string, not double",
    ),
    "forgets a table": (
        lambda result, _: replace(result, added={name: each for name, each in result.added.items() if name != "leads"}),
        "quality/leads: nothing was added",
    ),
}


@pytest.mark.parametrize("name", QUALITY_FAULTS)
def test_a_stage_with_a_fault_is_refused_and_nothing_is_written(
    name: str, tiny_plan: TinyPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault, says = QUALITY_FAULTS[name]
    folder = tiny_plan()
    (folder / "runs").mkdir()
    (folder / "runs" / "LATEST").write_text("an older run")
    monkeypatch.setattr(pipeline, "STAGES", (faulty(pipeline.STAGES[0], fault), *pipeline.STAGES[1:]))
    with pytest.raises(RunError) as caught:
        run_plan(load_plan(folder), output=BARE)
    assert says in str(caught.value)
    assert str(caught.value).endswith("Report this as a fault of Rightful; no result was written.")
    assert [path.name for path in (folder / "runs").iterdir()] == ["LATEST"]
    assert (folder / "runs" / "LATEST").read_text() == "an older run"


def test_a_record_left_in_silence_is_refused(tiny_plan: TinyPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tiny_plan()
    stages = {stage.name: stage for stage in pipeline.STAGES}
    stages["assignment"] = faulty(stages["assignment"], without_exceptions)
    monkeypatch.setattr(pipeline, "STAGES", tuple(stages.values()))
    with pytest.raises(RunError, match="accounts: 1 records have neither a rep nor an exception, the first is A5"):
        run_plan(load_plan(folder), output=BARE)
    assert list((folder / "runs").iterdir()) == []


def test_an_old_run_outlives_a_replacement_that_fails(tiny_plan: TinyPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = load_plan(tiny_plan())
    first = run_plan(plan, output=BARE)
    before = (first.folder / "manifest.json").read_bytes()

    def fail(_run: Run, formats: tuple[str, ...]) -> None:
        raise OSError(28, "No space left on device", f"accounts.{formats[0]}")

    monkeypatch.setattr(pipeline, "export", fail)
    with pytest.raises(EngineError) as caught:
        run_plan(plan)
    assert str(caught.value) == (
        "accounts.csv: the run cannot be written: No space left on device. Check the disk's space and rights."
    )
    assert (first.folder / "manifest.json").read_bytes() == before
    assert Run.latest(plan.folder).frame("accounts").height == 5
    assert sorted(path.name for path in first.folder.parent.iterdir()) == sorted(["LATEST", first.folder.name])


def test_a_run_moves_the_pointer_only_below_the_plan(tiny_plan: TinyPlan, tmp_path: Path) -> None:
    plan = load_plan(tiny_plan())
    told: list[str] = []

    def tell(title: str, _label: str, _done: int, _total: int) -> None:
        if title not in told:
            told.append(title)
            assert not (tmp_path / "elsewhere").exists()

    no_zone = datetime(2026, 6, 30)  # noqa: DTZ001 - a person may leave the zone out, and means UTC
    done = run_plan(plan, out=tmp_path / "elsewhere", as_of=no_zone, output=BARE, on_progress=tell)
    assert not (plan.folder / "runs").exists()
    assert told == ["Reading the book", *(stage.title for stage in pipeline.STAGES), "Writing results"]
    assert done.folder == tmp_path / "elsewhere"
    assert done.manifest.as_of == AS_OF
    assert not (done.folder / "scratch").exists()
    counts = json.loads((done.folder / "manifest.json").read_text())["counts"]
    assert {count["table"]: count["read"] for count in counts}["accounts"] == 5


def test_a_book_that_cannot_be_read_leaves_no_folder_behind(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan({"book/accounts.csv": "name\nAcme\n"})
    with pytest.raises(BookError, match="no column for account_id among name"):
        run_plan(load_plan(folder))
    assert list((folder / "runs").iterdir()) == []


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
def test_an_instant_out_of_all_bounds_is_refused(year: int, tmp_path: Path) -> None:
    plan = plan_from({}, tmp_path)
    with pytest.raises(RunError, match=rf"cannot be read as of 0*{year}-01-01. Allowed: years 1970 to 2199"):
        run_plan(plan, as_of=datetime(year, 1, 1, tzinfo=UTC))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PlanError, match=f"as_of is in {year}: the years 1970 to 2199 are allowed"):
        plan_from({"plan.yaml": f"as_of: {year:04}-01-01"})


@pytest.mark.parametrize("memory", ["lots", "3 parsecs"])
def test_a_memory_limit_that_is_none_is_told(memory: str, tiny_plan: TinyPlan) -> None:
    folder = tiny_plan()
    with pytest.raises(EngineError, match=f"memory limit '{memory}'"):
        run_plan(load_plan(folder), memory=memory)
    assert list((folder / "runs").iterdir()) == []


def test_stages_are_pure_of_the_pipeline(engine: DuckDBEngine, book_of: Callable[..., Book]) -> None:
    """An empty book goes through every stage."""
    plan = plan_from({})
    book = book_of(engine)
    for stage in pipeline.STAGES:
        result = stage.run(book, plan, engine)
        assert all(engine.collect(frame).num_rows == 0 for frame in result.added.values()), stage.name
