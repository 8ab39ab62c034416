from __future__ import annotations

from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from adding import add_one
from rightful.engines import DuckDBEngine
from rightful.engines import duckdb as duckdb_engine


def test_what_is_brought_can_be_kept_and_collected(engine: DuckDBEngine) -> None:
    frame = engine.keep(engine.bring(pa.table({"n": [1, 2, 3]})).filter(nw.col("n") > 1))
    assert sorted(engine.collect(frame)["n"].to_pylist()) == [2, 3]


def test_map_gives_every_row_a_result_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    engine = DuckDBEngine(tmp_path, processes=1, on_progress=lambda *step: told.append(step))
    mapped = engine.map(engine.bring(pa.table({"n": range(120_000)})), add_one, "adding")
    assert pc.sum(engine.collect(mapped)["next"]).as_py() == sum(range(1, 120_001))
    assert told[0] == ("adding", 0, 120_000)
    assert told[-1] == ("adding", 120_000, 120_000)
    engine.close()


def test_several_processes_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_engine, "_ROWS_WORTH_PROCESSES", 10)
    monkeypatch.setattr(duckdb_engine, "_CHUNK_ROWS", 5_000)
    engine = DuckDBEngine(tmp_path, processes=2)
    mapped = engine.collect(engine.map(engine.bring(pa.table({"n": range(20_000)})), add_one, "adding"))
    assert sorted(mapped["next"].to_pylist()) == list(range(1, 20_001))
    engine.close()


def test_an_empty_table_keeps_its_new_columns(engine: DuckDBEngine) -> None:
    empty = engine.bring(pa.table({"n": pa.array([], pa.int64())}))
    assert engine.collect(engine.map(empty, add_one, "adding")).column_names == ["n", "next"]


@pytest.mark.parametrize("items", [0, 1, 30])
def test_each_gives_the_results_of_items_in_their_order(tmp_path: Path, items: int) -> None:
    engine = DuckDBEngine(tmp_path, processes=2)
    tables = [pa.table({"n": [number]}) for number in range(items)]
    assert [table["next"].to_pylist() for table in engine.each(add_one, tables)] == [[n + 1] for n in range(items)]
    engine.close()
