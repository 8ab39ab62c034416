"""What tests share: the real data's folder, an engine, and books made of a few values."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from changing import write_changing
from desks import DeskScene, make_scene
from rightful.crm import OBJECTS, CrmObject, raw
from rightful.engines import DuckDBEngine
from rightful.plan import load_plan
from rightful.runs.run import Run
from rightful.sample import write_sample
from rightful.stages.columns import arrow_type
from rightful.stages.stage import Book, Engine
from tiny import MESS, Content, write_tiny

REPOSITORY = Path(__file__).parent.parent
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)

BookOf = Callable[..., Book]
TinyPlan = Callable[[Mapping[str, Content] | None], Path]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of the real data sets; skip, loudly, without it."""
    folder = Path(os.environ.get("RIGHTFUL_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"NO REAL DATA: {folder} is missing; set RIGHTFUL_REAL_DATA to run this test")
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    """Give an engine with a scratch folder of its own."""
    made = DuckDBEngine(tmp_path / "engine", memory="1GB", processes=1)
    yield made
    made.close()


@pytest.fixture
def book_of() -> BookOf:
    """Give a function that makes a book: ``book_of(engine, accounts=[{...}], leads=[...])``."""
    return make_book


def make_book(engine: Engine, as_of: datetime = AS_OF, **rows: Sequence[Mapping[str, Any]]) -> Book:
    """Make a book of cleaned values; what is left out is null, tables left out are empty, other tables come as they are."""
    tables = {
        crm_object.table: engine.bring(_table(crm_object, rows.pop(crm_object.table, ()))) for crm_object in OBJECTS
    }
    others = {name: engine.bring(pa.Table.from_pylist(list(values))) for name, values in rows.items()}
    return Book({**tables, **others}, as_of)


def _table(crm_object: CrmObject, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns: dict[str, pa.DataType] = {raw(field.name): pa.string() for field in crm_object.source_fields}
    columns |= {name: arrow_type(field.kind) for name, field in crm_object.rule_fields.items()}
    columns |= {"source_file": pa.string(), "source_line": pa.int64()}
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"{crm_object.table} has no column {sorted(unknown)}"
    arrays = {name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()}
    return pa.table(arrays)


@pytest.fixture
def tiny_plan(tmp_path: Path) -> TinyPlan:
    """Give a function that writes the tiny plan with some files changed: ``tiny_plan({"book/leads.csv": "..."})``."""
    return lambda changes=None: write_tiny(tmp_path / "tiny", changes)


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the sample plan over a small sample book, once."""
    from rightful.runs.pipeline import run_plan  # noqa: PLC0415 - the whole pipeline, for the tests that ask for it alone

    folder = tmp_path_factory.mktemp("sample") / "acme"
    write_sample(folder, accounts=300, leads=120, reps=15)
    return run_plan(load_plan(folder))


@pytest.fixture(scope="session")
def messy_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the tiny plan over a book in which everything is wrong that a run can live with, once."""
    from rightful.runs.pipeline import run_plan  # noqa: PLC0415 - as above

    return run_plan(load_plan(write_tiny(tmp_path_factory.mktemp("messy") / "tiny", MESS)))


@pytest.fixture(scope="session")
def changing_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a plan that was run, whose change set has every kind of step; copy it, see ``changing.scene``."""
    from rightful.runs.pipeline import Output, run_plan  # noqa: PLC0415 - as above

    folder = write_changing(tmp_path_factory.mktemp("changing") / "plan")
    run_plan(load_plan(folder), output=Output((), has_report=False))
    return folder


@pytest.fixture(scope="session")
def desk_scene(tmp_path_factory: pytest.TempPathFactory) -> DeskScene:
    """Give a run that desks use, made once."""
    return make_scene(tmp_path_factory.mktemp("desk") / "plan")
