"""Nothing is lost: rows in = rows out + merged + quarantined, and every stage keeps its contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import narwhals as nw

from rightful.crm import OBJECT_OF_TABLE, OBJECTS
from rightful.errors import Mistake, Place, RunError
from rightful.stages.columns import schema_of
from rightful.stages.stage import Book, Engine, Frame, Stage, StageResult

__all__ = ["RowCount", "check_balance", "check_columns", "check_placed", "row_count"]

_OWNING_STAGES = ("assignment", "routing")
_FAULT = "report this as a fault of Rightful; no result was written"


@dataclass(frozen=True, slots=True)
class RowCount:
    """Where the rows of one table went.

    Attributes:
        table: Table of ``crm``.
        read: Rows found in the source.
        quarantined: Rows set aside with a reason, by the connector or by quality.
        merged: Rows merged into another record of the same table.
        kept: Rows that every later stage keeps.
    """

    table: str
    read: int
    quarantined: int
    merged: int
    kept: int

    @property
    def is_balanced(self) -> bool:
        """True when every row is accounted for."""
        return self.read == self.quarantined + self.merged + self.kept


def row_count(frame: Frame, engine: Engine) -> int:
    """Count the rows of a frame."""
    return int(engine.collect(frame.select(nw.len()))[0][0].as_py())


def check_balance(counts: tuple[RowCount, ...]) -> None:
    """Refuse a run that lost or invented rows.

    Raises:
        RunError: With each table whose rows do not add up.
    """
    lost = [count for count in counts if not count.is_balanced]
    if lost:
        raise RunError(
            Mistake(
                Place(count.table),
                f"{count.read} rows read, but {count.kept} kept + {count.merged} merged + {count.quarantined} quarantined",
                "rows read = rows kept + merged + quarantined",
                _FAULT,
            )
            for count in lost
        )


def check_columns(stage: Stage, result: StageResult, keys: Mapping[str, Frame], engine: Engine) -> None:
    """Refuse a stage's result that breaks the contract of ``crm``: columns, types, one row per record that stays.

    Args:
        stage: The stage.
        result: What it gave.
        keys: Per table the keys of the records it was given, and nothing that costs a join.
        engine: Where the tables live.

    Raises:
        RunError: With each table whose result breaks it.
    """
    mistakes = [*_left_out(stage, result)]
    for table, frame in result.added.items():
        mistakes += _broken(stage, table, frame, keys[table], engine)
    if mistakes:
        raise RunError(mistakes)


def _left_out(stage: Stage, result: StageResult) -> Iterator[Mistake]:
    """Find tables to which the stage has to add columns, and did not."""
    for crm_object in OBJECTS:
        if crm_object.fields_of(stage.name) and crm_object.table not in result.added:
            names = ", ".join(field.name for field in crm_object.fields_of(stage.name))
            yield Mistake(Place(f"{stage.name}/{crm_object.table}"), f"nothing was added, not {names}", remedy=_FAULT)


def _broken(stage: Stage, table: str, frame: Frame, before: Frame, engine: Engine) -> list[Mistake]:
    crm_object = OBJECT_OF_TABLE[table]
    place = Place(f"{stage.name}/{table}")
    wanted = schema_of(crm_object, stage.name)
    given = engine.collect(frame.head(0)).schema
    wrong = [
        f"{field.name} is {given.field(field.name).type if field.name in given.names else 'missing'}, not {field.type}"
        for field in wanted
        if field.name not in given.names or given.field(field.name).type != field.type
    ]
    wrong += [f"{name} is not in the contract" for name in given.names if name not in wanted.names]
    if wrong:
        return [Mistake(place, f"column {problem}", remedy=_FAULT) for problem in wrong]
    key = crm_object.key
    if stage.name != "quality" and engine.collect(frame.select(key)).equals(engine.collect(before.select(key))):
        return []  # the keys it was given, in their order: no need to count
    counted = engine.collect(frame.select(nw.len().alias("rows"), nw.col(key).n_unique().alias("distinct")))
    rows, distinct = (counted[name][0].as_py() for name in ("rows", "distinct"))
    expected = row_count(before, engine)
    strangers = row_count(frame.select(key).join(before.select(key), on=key, how="anti"), engine)
    problems = []
    if rows and rows != distinct:
        problems.append(f"{rows} rows for {distinct} records")
    if strangers:
        problems.append(f"{strangers} rows of records that are not in the book")
    if stage.name != "quality" and rows != expected:
        problems.append(f"{rows} rows for a table of {expected}")
    return [Mistake(place, problem, "exactly one row per record", _FAULT) for problem in problems]


def check_placed(book: Book, engine: Engine) -> None:
    """Refuse a run in which a record has neither a rep nor an exception.

    Raises:
        RunError: With each table that has such records, and one of them.
    """
    mistakes = []
    for crm_object in OBJECTS:
        columns = [name for name in ("assigned_rep_id", "routed_rep_id") if name in crm_object.rule_fields]
        if not columns:
            continue
        frame = book[crm_object.table]
        for name in columns:
            frame = frame.filter(nw.col(name).is_null())
        listed = (
            book["exceptions"]
            .filter(nw.col("object") == crm_object.name, nw.col("stage").is_in(_OWNING_STAGES))
            .select(nw.col("record_id").alias(crm_object.key))
        )
        silent = engine.collect(
            frame.select(crm_object.key).join(listed, on=crm_object.key, how="anti").sort(crm_object.key)
        )
        if silent.num_rows:
            problem = (
                f"{silent.num_rows} records have neither a rep nor an exception, the first is {silent[0][0].as_py()}"
            )
            mistakes.append(
                Mistake(Place(crm_object.table), problem, "every record has an owner or an exception", _FAULT)
            )
    if mistakes:
        raise RunError(mistakes)
