"""The embedded engine: DuckDB over Parquet files in a folder, value functions over streamed Arrow batches."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import chain, count, islice
from pathlib import Path
from typing import TypeVar

import duckdb
import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
from loky import ProcessPoolExecutor

from rightful.engines.collector import paused_collector
from rightful.engines.sharing import StoredValue
from rightful.errors import EngineError, Mistake
from rightful.stages.stage import Frame

__all__ = ["DuckDBEngine"]

_T = TypeVar("_T")
_Result = TypeVar("_Result")

_CHUNK_ROWS = 25_000
# Starting processes costs seconds; below this many rows one process is done sooner.
_ROWS_WORTH_PROCESSES = 100_000
_ITEMS_WORTH_PROCESSES = 8
# A worker that maps a shared value seems to grow by it; it must not be taken for a leak, and the worker be started anew.
_WORKER = {"LOKY_MAX_MEMORY_LEAK_SIZE": "1e15"}


class DuckDBEngine:
    """Tables as Parquet files in a scratch folder, queried by DuckDB.

    Args:
        folder: Scratch folder; made when missing. Its files are the engine's own and may be deleted after use.
        memory: Most memory DuckDB may use before it spills to the folder, such as ``3GB``.
        on_progress: Called with (label, rows done, rows in all) during long work.
        processes: Most processes for ``map`` and ``each``; None takes the machine's cores.
    """

    def __init__(
        self,
        folder: Path,
        memory: str = "3GB",
        on_progress: Callable[[str, int, int], None] | None = None,
        processes: int | None = None,
    ) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._numbers = count()
        self._on_progress = on_progress
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
        }
        try:
            self._connection = duckdb.connect(":memory:", config=settings)
        except duckdb.Error as error:
            problem = f"memory limit {memory!r} is none: {str(error).splitlines()[0]}"
            raise EngineError(Mistake(None, problem, "a number with a unit, such as 3GB or 800MB")) from error

    def bring(self, table: pa.Table) -> Frame:
        """Take an Arrow table in."""
        return nw.from_native(self._connection.from_arrow(table)).lazy()

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once, store it, and give back a scan of the stored rows."""
        path = self._new_path()
        self._guard(lambda: frame.to_native().write_parquet(str(path), compression="lz4"))
        return self.scan(path)

    def save(self, frame: Frame, path: Path) -> Frame:
        """Write a frame to a Parquet file of the caller's, and give back a scan of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._guard(lambda: frame.to_native().write_parquet(str(path), compression="zstd"))
        return self.scan(path)

    def scan(self, path: Path) -> Frame:
        """Read a Parquet file lazily."""
        return nw.from_native(self._guard(lambda: self._connection.read_parquet(str(path)))).lazy()

    def map(self, frame: Frame, function: Callable[[pa.Table], pa.Table], label: str) -> Frame:
        """Run a picklable function over the chunks of a frame, in several processes where the frame is large."""
        stored = self.keep(frame)
        total = int(self.collect(stored.select(nw.len()))[0][0].as_py())
        path = self._new_path()
        writer: pq.ParquetWriter | None = None
        done = 0
        self.progress(label, 0, total)
        for rows, result in self._results(stored, function, total):
            writer = writer or pq.ParquetWriter(path, result.schema, compression="lz4")
            writer.write_table(result)
            done += rows
            self.progress(label, done, total)
        if writer:
            writer.close()
        return self.scan(path)

    def each(self, function: Callable[[_T], _Result], items: Iterable[_T]) -> Iterator[_Result]:
        """Run a picklable function over items, in several processes where they are several; results in their order."""
        coming = iter(items)
        enough = 2 if self._pool else _ITEMS_WORTH_PROCESSES
        first = list(islice(coming, enough))
        if len(first) == enough and self._processes > 1:
            return self._in_processes(chain(first, coming), function)
        return map(partial(_called, function), chain(first, coming))

    def share(self, value: _T) -> StoredValue[_T]:
        """Make a large value readable by the functions that ``map`` and ``each`` run."""
        return StoredValue(value, self._folder / f"{next(self._numbers):05d}.shared")

    def collect(self, frame: Frame) -> pa.Table:
        """Bring a frame into memory."""
        table: pa.Table = self._guard(lambda: frame.to_native().to_arrow_table())
        return _in_utc(table)

    def progress(self, label: str, done: int, total: int) -> None:
        """Report how far long work has come."""
        if self._on_progress:
            self._on_progress(label, done, total)

    def close(self) -> None:
        """Stop the processes and let the database go."""
        if self._pool:
            self._pool.shutdown(kill_workers=True)
        self._connection.close()

    def _results(
        self, stored: Frame, function: Callable[[pa.Table], pa.Table], total: int
    ) -> Iterator[tuple[int, pa.Table]]:
        if total == 0:
            yield 0, function(self.collect(stored))
            return
        reader = stored.to_native().to_arrow_reader(_CHUNK_ROWS)
        chunks = (_in_utc(pa.Table.from_batches([batch])) for batch in reader)
        counted = partial(_counted, function)
        if total < _ROWS_WORTH_PROCESSES or self._processes == 1:
            yield from map(partial(_called, counted), chunks)
        else:
            yield from self._in_processes(chunks, counted)

    def _in_processes(self, items: Iterable[_T], function: Callable[[_T], _Result]) -> Iterator[_Result]:
        """Keep each process busy with one item and one waiting, and give results in the order of the items."""
        if self._pool is None:  # loky starts clean processes that do not run the main script again, as spawn would
            self._pool = ProcessPoolExecutor(self._processes, env=_WORKER)
        waiting: deque[Future[_Result]] = deque()
        for item in items:
            waiting.append(self._pool.submit(_called, function, item))
            if len(waiting) >= 2 * self._processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _new_path(self) -> Path:
        return self._folder / f"{next(self._numbers):05d}.parquet"

    def _guard(self, work: Callable[[], _T]) -> _T:
        """Turn what the database says of a lack of memory or disk into an error that says what to do."""
        try:
            return work()
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            problem = Mistake(
                None,
                f"the tables need more memory or disk than there is: {str(error).splitlines()[0]}",
                remedy=f"free disk space under {self._folder}, or allow more memory",
            )
            raise EngineError(problem) from error


def _called(function: Callable[[_T], _Result], item: _T) -> _Result:
    with paused_collector():
        return function(item)


def _counted(function: Callable[[pa.Table], pa.Table], chunk: pa.Table) -> tuple[int, pa.Table]:
    """Give how many rows a chunk has with what becomes of it."""
    return chunk.num_rows, function(chunk)


def _in_utc(table: pa.Table) -> pa.Table:
    """Name the time zone of instants UTC, whatever the database calls it; the instants stay the same."""
    types = [pa.timestamp("us", "UTC") if pa.types.is_timestamp(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema([field.with_type(kind) for field, kind in zip(table.schema, types, strict=True)]))
