"""Keep what a replay decides: every decision in a file as it is made."""

from __future__ import annotations

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
_KEPT = ("rep_id", "method", "pool_id", "decided_at", "sla_due_at", "answer_at", "sequence")


class Record:
    """What one side of a replay decides, for leads that are known by their number in the order of arrival."""

    def __init__(self, lead_ids: pl.Series, path: Path) -> None:
        """Begin.

        Args:
            lead_ids: Key of every lead, in the order of arrival.
            path: Parquet file of all decisions.
        """
        self._lead_ids, self._path = lead_ids, path
        self._reps: list[str | None] = [None] * len(lead_ids)
        self._has_deadline, self._is_counted, self._waits = (bytearray(len(lead_ids)) for _ in range(3))
        self._rows: list[tuple[Any, ...]] = []
        self._written = 0
        self._writer = pq.ParquetWriter(path, DECISIONS, compression="zstd")

    def arrive(self, lead: int, *, has_deadline: bool, is_counted: bool) -> None:
        """Take note of a lead that arrives: whether a deadline holds for it, and whether it takes room of its rep."""
        self._has_deadline[lead], self._is_counted[lead] = has_deadline, is_counted

    def decide(self, lead: int, decision: Decision, answer: int | None, plan_version: str) -> None:
        """Take note of a decision, and of the moment at which its rep is taken to answer."""
        self._reps[lead] = decision.rep_id
        self._waits[lead] = decision.retry is not None
        self._rows.append(
            (
                decision.record_id,
                decision.decided,
                decision.rep_id,
                decision.method,
                decision.pool_id,
                decision.cause or None,
                decision.reason,
                decision.state or None,
                plan_version,
                decision.sla_due,
                answer,
            )
        )
        if len(self._rows) == _FLUSH_ROWS:
            self._flush()

    def is_waiting(self, lead: int) -> bool:
        """Tell whether a lead is to be tried again."""
        return bool(self._waits[lead])

    def finish(self, lead: int) -> str | None:
        """Close a lead; give the rep who has room for another one thereby."""
        counted = self._is_counted[lead]
        self._is_counted[lead] = False
        return self._reps[lead] if counted else None

    def close(self) -> None:
        """Write what is left."""
        self._flush()
        self._writer.close()

    def frame(self) -> pl.DataFrame:
        """Give the last decision of each lead, in the order of arrival; all null where there is none yet."""
        made = pl.read_parquet(self._path, columns=["lead_id", *_KEPT]).unique("lead_id", keep="last")
        leads = pl.DataFrame({"lead_id": self._lead_ids, "has_deadline": np.frombuffer(self._has_deadline, np.bool_)})
        last = leads.join(made, on="lead_id", how="left", maintain_order="left")
        return last.select(*_KEPT[:-1], "has_deadline", "sequence")

    def _flush(self) -> None:
        if self._rows:
            sequence = range(self._written + 1, self._written + len(self._rows) + 1)
            columns = [sequence, *zip(*self._rows, strict=True)]
            arrays = [pa.array(values, field.type) for values, field in zip(columns, DECISIONS, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=DECISIONS))
        self._written += len(self._rows)
        self._rows.clear()


def instants(moments: Any) -> pl.Series:
    """Make a column of instants of moments; those that never came are null."""
    values = pl.Series(values=np.asarray(moments, np.int64))
    known = values.replace(NEVER, None) if len(values) else values
    return known.cast(pl.Datetime("us", "UTC"))
