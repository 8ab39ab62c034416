"""The quality stage: clean every table, merge duplicates, point references at the records that stay."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE, OBJECTS, CrmObject, Kind, raw
from rightful.plan import Plan
from rightful.stages.columns import schema_of
from rightful.stages.lift import lift
from rightful.stages.quality.known_contacts import known_contacts
from rightful.stages.quality.merge_tables import EXCEPTIONS, MERGE_FIELDS, MERGES
from rightful.stages.quality.merging import MergedTable, merge_duplicates
from rightful.stages.quality.references import Survivors, resolve_references, survivors_of
from rightful.stages.quality.settings import ColumnHabits, Settings, habits_of, settings_for
from rightful.stages.quality.steps import steps_for
from rightful.stages.quality.survivorship import SOURCE_FILE
from rightful.stages.stage import Book, Engine, Frame, Stage, StageResult

__all__ = ["STAGE", "column_habits"]

_MERGED_TABLES = ("accounts", "contacts", "leads")
_TWO_WAYS = frozenset((Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.INSTANT))


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Clean every table of the book.

    Reads all raw columns of all tables. Adds the cleaned columns and ``quality_reason``; records merged into another one
    leave their table and stand in ``merges``; clusters that are too large to merge stand in ``exceptions``.
    """
    cleaned = {crm_object.table: _cleaned(crm_object, book, plan, engine) for crm_object in OBJECTS}
    merged: dict[str, MergedTable] = {
        table: merge_duplicates(table, cleaned[table], _sources(book, table, plan), plan, engine)
        for table in _MERGED_TABLES
        if plan.quality.rules_for(table).enabled
    }
    stays = {table: merged[table].frame if table in merged else frame for table, frame in cleaned.items()}
    survivors: Mapping[str, Survivors] = {
        table: survivors_of(
            frame, OBJECT_OF_TABLE[table].key, merged[table].tables.merges if table in merged else None, engine
        )
        for table, frame in stays.items()
    }
    added = {table: engine.keep(resolve_references(table, frame, survivors)) for table, frame in stays.items()}
    return StageResult(added, _tables(merged, stays, plan, engine))


def _tables(
    merged: Mapping[str, MergedTable], stays: Mapping[str, Frame], plan: Plan, engine: Engine
) -> dict[str, Frame]:
    """Put what merges leave behind together, with the leads that are contacts already."""
    parts = [each.tables for each in merged.values()]
    known = known_contacts(stays["leads"], stays["contacts"], plan.quality, engine)
    tables = {
        "merges": [MERGES.empty_table(), *(part.merges for part in parts)],
        "merge_fields": [MERGE_FIELDS.empty_table(), *(part.fields for part in parts)],
        "duplicate_links": [known, *(part.links for part in parts)],
        "exceptions": [EXCEPTIONS.empty_table(), *(part.exceptions for part in parts)],
    }
    return {name: engine.bring(pa.concat_tables(each)) for name, each in tables.items()}


def _sources(book: Book, table: str, plan: Plan) -> Frame | None:
    """Give the file of each record, where a field is decided by it."""
    if "trusted_source" not in plan.quality.rules_for(table).survivorship.values():
        return None
    return book[table].select(OBJECT_OF_TABLE[table].key, SOURCE_FILE)


def clean_chunk(chunk: pa.Table, settings: Settings) -> pa.Table:
    """Clean some rows of a table: its key and cleaned columns, rows in the same order."""
    crm_object = OBJECT_OF_TABLE[settings.table]
    corrected = _with_corrections(chunk, crm_object, settings)
    return lift(steps_for(settings), corrected).select(schema_of(crm_object, "quality").names)


def _cleaned(crm_object: CrmObject, book: Book, plan: Plan, engine: Engine) -> Frame:
    source = book[crm_object.table].select(*crm_object.raw_columns)
    settings = settings_for(crm_object.table, plan, column_habits(crm_object, source, plan, engine))
    return engine.map(source, partial(clean_chunk, settings=settings), crm_object.table)


def column_habits(crm_object: CrmObject, source: Frame, plan: Plan, engine: Engine) -> dict[str, ColumnHabits]:
    """See how columns write numbers, dates and industry codes, from their distinct values."""
    habits: dict[str, ColumnHabits] = {}
    for field in crm_object.source_fields:
        if field.kind in _TWO_WAYS or field.name == "industry":
            values = engine.collect(source.select(raw(field.name)).unique())[0].to_pylist()
            values.sort(key=lambda value: value or "")
            habits[field.name] = habits_of(field, values, plan.quality.day_first)
    return habits


def _with_corrections(chunk: pa.Table, crm_object: CrmObject, settings: Settings) -> pa.Table:
    by_field: dict[str, dict[str, str]] = {}
    for (record_id, name), value in settings.corrections.items():
        by_field.setdefault(name, {})[record_id] = value
    keys = chunk[crm_object.key].to_pylist() if by_field else []
    for name, values in by_field.items():
        column = chunk[raw(name)].to_pylist()
        right = [values.get(key, value) or None for key, value in zip(keys, column, strict=True)]
        chunk = chunk.set_column(chunk.schema.get_field_index(raw(name)), raw(name), pa.array(right, pa.string()))
    return chunk


STAGE = Stage("quality", "Cleaning records", run)
