"""Keep what a replay decides: every decision in a file as it is made, the last one of each lead in memory."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from rightful.runs.replay.events import INSTANT, NEVER
from rightful.stages.routing import Decision

__all__ = ["DECISIONS", "Record"]

DECISIONS = pa.schema(
    [
        ("sequence", pa.int64()),
        ("lead_id", pa.string()),
        ("decided_at", INSTANT),
        *((name, pa.string()) for name in ("rep_id", "method", "pool_id", "cause", "reason", "state", "plan_version")),
        ("sla_due_at", INSTANT),
        ("answer_at", INSTANT),
    ]
)
"""One row per decision, in the order in which they were made; a lead that waited has several, the last one counts."""

_FLUSH_ROWS = 20_000
_NOBODY = -1


class Record:
    """What one side of a replay decides, for leads that are known by their number in the order of arrival."""

    def __init__(self, leads: int, path: Path) -> None:
        """Begin.

        Args:
            leads: How many leads there are.
            path: Parquet file of all decisions.
        """
        self._codes: dict[str, int] = {}
        self._names: list[str] = []
        self._rep, self._method, self._pool = (array("i", [_NOBODY]) * leads for _ in range(3))
        self._decided, self._due, self._answer, self._sequence = (array("q", [NEVER]) * leads for _ in range(4))
        self._has_deadline, self._is_counted, self._waits = (bytearray(leads) for _ in range(3))
        self._rows: list[tuple[Any, ...]] = []
        self._written = 0
        self._writer = pq.ParquetWriter(path, DECISIONS, compression="zstd")

    def arrive(self, lead: int, *, has_deadline: bool, is_counted: bool) -> None:
        """Take note of a lead that arrives: whether a deadline holds for it, and whether it takes room of its rep."""
        self._has_deadline[lead], self._is_counted[lead] = has_deadline, is_counted

    def decide(self, lead: int, decision: Decision, answer: int | None, plan_version: str) -> None:
        """Take note of a decision, and of the moment at which its rep is taken to answer."""
        self._rep[lead] = self._code(decision.rep_id)
        self._method[lead] = self._code(decision.method)
        self._pool[lead] = self._code(decision.pool_id)
        self._decided[lead] = decision.decided
        self._due[lead] = NEVER if decision.sla_due is None else decision.sla_due
        self._answer[lead] = NEVER if answer is None else answer
        self._waits[lead] = decision.retry is not None
        self._sequence[lead] = sequence = self._written + len(self._rows) + 1
        self._rows.append(
            (
                *(sequence, decision.record_id, decision.decided, decision.rep_id, decision.method, decision.pool_id),
                *(decision.cause or None, decision.reason, decision.state or None, plan_version),
                *(decision.sla_due, answer),
            )
        )
        if len(self._rows) == _FLUSH_ROWS:
            self._flush()

    def is_waiting(self, lead: int) -> bool:
        """Tell whether a lead is to be tried again."""
        return bool(self._waits[lead])

    def finish(self, lead: int) -> str | None:
        """Close a lead; give the rep who has room for another one thereby."""
        rep, counted = self._rep[lead], self._is_counted[lead]
        self._is_counted[lead] = False
        return self._names[rep] if counted and rep != _NOBODY else None

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._writer.close()

    def frame(self) -> pl.DataFrame:
        """Give the last decision of each lead, in the order of arrival."""
        names = pl.Series("names", self._names, pl.String)
        moments = {"decided_at": self._decided, "sla_due_at": self._due, "answer_at": self._answer}
        return pl.DataFrame(
            {
                **{
                    name: _named(codes, names)
                    for name, codes in (("rep_id", self._rep), ("method", self._method), ("pool_id", self._pool))
                },
                **{name: instants(values) for name, values in moments.items()},
                "has_deadline": np.frombuffer(self._has_deadline, np.bool_),
                "sequence": np.frombuffer(self._sequence, np.int64),
            }
        )

    def _code(self, name: str | None) -> int:
        if name is None:
            return _NOBODY
        code = self._codes.get(name)
        if code is None:
            code = self._codes[name] = len(self._names)
            self._names.append(name)
        return code

    def _flush(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, DECISIONS, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=DECISIONS))
        self._written += len(self._rows)
        self._rows.clear()


def instants(moments: Any) -> pl.Series:
    """Make a column of instants of moments; those that never came are null."""
    values = pl.Series(values=np.asarray(moments, np.int64))
    known = values.replace(NEVER, None) if len(values) else values
    return known.cast(pl.Datetime("us", "UTC"))


def _named(codes: array[int], names: pl.Series) -> pl.Series:
    numbers = pl.Series(values=np.frombuffer(codes, np.int32))
    return names.gather(numbers.replace(_NOBODY, None).cast(pl.UInt32)) if len(numbers) else pl.Series(dtype=pl.String)
