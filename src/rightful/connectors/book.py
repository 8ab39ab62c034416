"""Read a book: every table of the CRM as text, with the place of each row, and a quarantine for what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from rightful.connectors.columns import ColumnMapping, map_columns
from rightful.connectors.deliver import Part, deliver
from rightful.connectors.extract import Source
from rightful.connectors.locate import Located, locate, open_source
from rightful.connectors.quarantine import quarantine_table
from rightful.crm import OBJECTS
from rightful.errors import BookError, Mistake
from rightful.plan import Plan

__all__ = ["SourceBook", "check_sources", "read_book"]

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SourceBook:
    """The CRM's records as the sources hold them.

    Attributes:
        tables: Every table of ``crm`` by name, empty where the book has none: the key (unique, never null), ``<field>_raw`` texts (null
            when blank), ``source_file`` and ``source_line``; rows in the order of the sources.
        quarantine: Rows that are not in the tables, each with its place and reason.
        rows_read: Rows found per table; always those delivered and those quarantined.
        warnings: What a person should know, such as a guessed encoding.
    """

    tables: Mapping[str, pa.Table]
    quarantine: pa.Table
    rows_read: Mapping[str, int]
    warnings: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A source that can be read: opened, with its columns mapped."""

    located: Located
    source: Source
    mapping: ColumnMapping


def read_book(plan: Plan, report: Report | None = None) -> SourceBook:
    """Read the book of a plan.

    Args:
        plan: Its section ``sources`` says where the tables are and which column is which field.
        report: Told which source is being read: its name, how many are done, how many there are.

    Raises:
        BookError: With every mistake found: files and columns that are missing, files that cannot be read.
    """
    opened, mistakes = _open_all(plan)
    errors = [mistake for mistake in mistakes if mistake.severity == "error"]
    if errors:
        raise BookError(errors)
    parts: dict[str, list[Part]] = {crm_object.table: [] for crm_object in OBJECTS}
    for done, one in enumerate(opened):
        if report:
            report(one.source.name, done, len(opened))
        extract = one.source.read(one.mapping.positions)
        parts[one.located.crm_object.table].append(Part(one.source.name, one.mapping, extract))
    deliveries = {crm_object: deliver(crm_object, parts[crm_object.table]) for crm_object in OBJECTS}
    if report:
        report("", len(opened), len(opened))
    return SourceBook(
        {crm_object.table: delivery.table for crm_object, delivery in deliveries.items()},
        quarantine_table(
            (crm_object.name, row) for crm_object, delivery in deliveries.items() for row in delivery.quarantined
        ),
        {crm_object.table: delivery.rows_read for crm_object, delivery in deliveries.items()},
        tuple(mistakes),
    )


def check_sources(plan: Plan) -> list[Mistake]:
    """Say what is wrong with the sources of a plan, without reading their rows into tables.

    Returns:
        Errors (missing files and columns, unreadable files) and warnings (columns that are nearly a field, guessed encodings, files
        without rows); empty when all is well.
    """
    return _open_all(plan)[1]


def _open_all(plan: Plan) -> tuple[list[_Opened], list[Mistake]]:
    located, mistakes = locate(plan)
    opened: list[_Opened] = []
    for one in located:
        try:
            source = open_source(one, plan)
        except BookError as error:
            mistakes.extend(error.mistakes)
            continue
        mapping, found = map_columns(source.headers, one.crm_object, one.declared, source.name)
        mistakes.extend((*source.warnings, *found))
        opened.append(_Opened(one, source, mapping))
    return opened, list(dict.fromkeys(mistakes))
