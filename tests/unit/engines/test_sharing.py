from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from adding import add_shared
from rightful.engines import DuckDBEngine
from rightful.engines import duckdb as duckdb_engine
from rightful.engines.sharing import StoredValue


def test_a_shared_value_arrives_whole(tmp_path: Path) -> None:
    value = {"numbers": np.arange(5), "odd": np.array([True]), "texts": pa.array(["a", None, "ü"]), "name": "index"}
    opened = pickle.loads(pickle.dumps(StoredValue(value, tmp_path / "shared"))).value
    assert opened["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert opened["odd"].tolist() == [True]
    assert opened["texts"].to_pylist() == ["a", None, "ü"]
    assert opened["name"] == "index"


def test_what_is_mapped_cannot_be_changed(tmp_path: Path) -> None:
    opened = pickle.loads(pickle.dumps(StoredValue(np.arange(3), tmp_path / "shared"))).value
    with pytest.raises(ValueError, match="read-only"):
        opened[0] = 7


def test_one_process_stores_nothing(engine: DuckDBEngine, tmp_path: Path) -> None:
    shared = StoredValue(np.arange(3), tmp_path / "shared")
    mapped = engine.collect(
        engine.map(engine.bring(pa.table({"n": [1, 2]})), partial(add_shared, shared=shared), "adding")
    )
    assert sorted(mapped["n"].to_pylist()) == [4, 5]
    assert not (tmp_path / "shared").exists()


def test_several_processes_read_the_same_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_engine, "_ROWS_WORTH_PROCESSES", 10)
    monkeypatch.setattr(duckdb_engine, "_CHUNK_ROWS", 5_000)
    engine = DuckDBEngine(tmp_path, processes=2)
    shared = engine.share(np.arange(3))
    numbers = engine.bring(pa.table({"n": range(20_000)}))
    mapped = engine.collect(engine.map(numbers, partial(add_shared, shared=shared), "adding"))
    assert sorted(mapped["n"].to_pylist()) == list(range(3, 20_003))
    engine.close()
