"""What every stage is: tables and plan in, added columns and new tables out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

import narwhals as nw
import pyarrow as pa

from rightful.plan import Plan

__all__ = ["Book", "Engine", "Frame", "Shared", "Stage", "StageResult"]

Frame = nw.LazyFrame[Any]

Item = TypeVar("Item")
Result = TypeVar("Result")
Value_co = TypeVar("Value_co", covariant=True)


class Shared(Protocol[Value_co]):
    """A value that every process can read."""

    @property
    def value(self) -> Value_co:
        """The value itself; it must not be changed."""
        ...


class Engine(Protocol):
    """Where tables live: DuckDB by default. Tables are narwhals lazy frames and their row order means nothing."""

    def bring(self, table: pa.Table) -> Frame:
        """Take an Arrow table in."""
        ...

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once, store it, and give back a scan of the stored rows."""
        ...

    def map(self, frame: Frame, function: Callable[[pa.Table], pa.Table], label: str) -> Frame:
        """Run a picklable function over the chunks of a frame, in several processes where the frame is large.

        Every chunk's result must have the same schema; an empty frame is given to the function as one empty chunk.
        """
        ...

    def each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Run a picklable function over items, in several processes where they are several; results in their order."""
        ...

    def share(self, value: Item) -> Shared[Item]:
        """Make a large value, such as an index, readable by the functions that ``map`` and ``each`` run, without a copy for each chunk."""
        ...

    def collect(self, frame: Frame) -> pa.Table:
        """Bring a frame into memory: select the columns you need first."""
        ...

    def progress(self, label: str, done: int, total: int) -> None:
        """Report how far long work has come."""
        ...


@dataclass(frozen=True, slots=True)
class Book:
    """The CRM's records, with what the stages so far have added.

    Attributes:
        tables: All tables of ``crm`` (empty where the source has none) and those that stages made, by name.
        as_of: The UTC instant at which the book is read; the only clock that stages know.
    """

    tables: Mapping[str, Frame]
    as_of: datetime

    def __getitem__(self, table: str) -> Frame:
        """Give a table by name."""
        return self.tables[table]


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage adds.

    Attributes:
        added: Per existing table: its key and the columns that the stage adds, one row per record that stays.
        tables: New tables by name.
    """

    added: Mapping[str, Frame] = field(default_factory=dict)
    tables: Mapping[str, Frame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the pipeline.

    Attributes:
        name: Name of the package and of its results: ``quality``.
        title: What a person sees while it works: ``Cleaning records``.
        run: The work itself; no clock, no chance, no files.
    """

    name: str
    title: str
    run: Callable[[Book, Plan, Engine], StageResult]
