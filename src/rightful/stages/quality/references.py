"""Point references at the records that stay: a merged record's at its survivor, one that points nowhere at nothing."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE, Kind
from rightful.stages.stage import Engine, Frame

__all__ = ["Survivors", "resolve_references", "resolved", "survivors_of"]

Survivors = Frame
"""Every id that can be pointed at: ``id`` and ``survivor_id``, the same for records that were not merged."""


def survivors_of(frame: Frame, key: str, merges: pa.Table | None, engine: Engine) -> Survivors:
    """List every id of a table with the id of the record that stands for it."""
    stays = frame.select(nw.col(key).alias("id"), nw.col(key).alias("survivor_id"))
    if merges is None or merges.num_rows == 0:
        return stays
    gone = engine.bring(merges.select(["record_id", "survivor_id"]).rename_columns(["id", "survivor_id"]))
    return engine.keep(nw.concat([stays, gone], how="vertical"))


def resolve_references(table: str, frame: Frame, survivors: Mapping[str, Survivors]) -> Frame:
    """Resolve each reference of a table; ``quality_reason`` says what was done."""
    fields = [field for field in OBJECT_OF_TABLE[table].fields_of("quality") if field.kind is Kind.REFERENCE]
    names = frame.collect_schema().names()
    for field in fields:
        known = survivors[field.refers_to].rename({"id": field.name, "survivor_id": "_survivor"})
        frame = frame.join(known, on=field.name, how="left")
        stated, found = nw.col(field.name), nw.col("_survivor")
        done = (
            nw.when(~stated.is_null() & found.is_null())
            .then(nw.lit(f"{field.name}=points_nowhere"))
            .otherwise(nw.when(found != stated).then(nw.lit(f"{field.name}=merged")))
        )
        frame = frame.with_columns(
            _joined(nw.col("quality_reason"), done).alias("quality_reason"), found.alias(field.name)
        ).drop("_survivor")
    return frame.select(*names)


def resolved(name: str, stated: str | None, found: str | None) -> str:
    """Say of one record's reference what ``resolve_references`` does: nothing, that it points nowhere, or at a survivor."""
    if stated is None or found == stated:
        return ""
    return f"{name}=merged" if found else f"{name}=points_nowhere"


def _joined(before: nw.Expr, more: nw.Expr) -> nw.Expr:
    both = nw.concat_str([before, more], separator="; ", ignore_nulls=True)
    return nw.when(~(before.is_null() & more.is_null())).then(both)
