"""The plan's section ``sources.yaml``: where the book is, and which of its columns is which field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from rightful.crm import OBJECT_OF_TABLE, OBJECTS, CrmObject, Kind
from rightful.errors import Mistake, Place, near_miss
from rightful.plan.section import RestOfPlan, Section, Written

__all__ = ["ROW_NUMBER", "SourcesSection", "TableSource"]

ROW_NUMBER = "row_number"
"""As a table's ``key``: the records have no identifier, make one from the place of the row."""

_FILE_ONLY = ("sheet", "encoding", "delimiter")
_PASSWORD = re.compile(r"://[^/@:]*:(?!\$\{)[^/@]+@")


class TableSource(Section):
    """Where one table is, and which of its columns is which field."""

    file: Written | None = Field(
        default=None,
        description="File of the table, relative to the plan's folder: .csv, .tsv, .txt, .jsonl, .parquet or .xlsx.",
    )
    files: tuple[Written, ...] = Field(
        default=(),
        description="Several files, put under one another; `*` and `?` stand for any characters, such as `exports/2026-*.csv`.",
    )
    url: Written | None = Field(
        default=None,
        description="SQLAlchemy URL of a database, such as `postgresql+psycopg://reader:${CRM_PASSWORD}@host/crm`; `${NAME}` is"
        " taken from the environment.",
    )
    table: Written | None = Field(
        default=None, description="With `url`: table or view to read, with its schema where needed: `sales.account`."
    )
    query: Written | None = Field(default=None, description="With `url`: a SELECT to read instead of a table.")
    sheet: Written | None = Field(
        default=None,
        description="Sheet of a workbook; left out, the sheet with the table's name, else the first one.",
    )
    encoding: Written | None = Field(
        default=None, description="Encoding of a text file, such as cp1252; left out, it is found out."
    )
    delimiter: Written | None = Field(
        default=None,
        description="Character between the cells of a text file, or `tab`; left out, it is found out.",
    )
    key: Written | None = Field(
        default=None,
        description="Header of the column that identifies a record; `row_number` makes identifiers such as `account-2` from the"
        " rows' places. Left out, the usual headers are looked for (`Id`, `Account ID`, `Record ID`, ...).",
    )
    key_prefix: str = Field(
        default="",
        description="Text put before every identifier, such as `ERP-`: keeps the identifiers of several sources apart. References"
        " to them have to carry it as well.",
    )
    columns: Mapping[str, Written | None] = Field(
        default={},
        description="Field of Rightful: header in the source. Fields left out are looked for under their own name and under the"
        " names that Salesforce and HubSpot exports use; a blank header leaves the field empty.",
    )
    units: Mapping[str, Written] = Field(
        default={},
        description="Unit of a column of numbers whose header states it, such as `annual_revenue: million`; it is written behind each"
        " value, so that the value says it as well.",
    )
    constants: Mapping[str, Written] = Field(
        default={},
        description="Field of Rightful: the same value for every record, such as `country: US`.",
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        """Refuse keys that do not go together."""
        given = [name for name in ("file", "files", "url") if getattr(self, name)]
        if len(given) != 1:
            found = f"{' and '.join(given)} are given" if given else "none of them is given"
            message = f"exactly one of file, files, url says where the table is, but {found}"
            raise ValueError(message)
        if self.url is None and (self.table or self.query):
            message = "table and query need a url: a database to read from"
            raise ValueError(message)
        if self.url is not None:
            if (self.table is None) == (self.query is None):
                message = "a url needs either table or query: what to read in the database"
                raise ValueError(message)
            if wrong := [name for name in _FILE_ONLY if getattr(self, name)]:
                message = f"{' and '.join(wrong)} concern files, not a database"
                raise ValueError(message)
        return self

    @property
    def patterns(self) -> tuple[Written, ...]:
        """The files of the table as written, one or several."""
        return (self.file,) if self.file else self.files

    @property
    def place(self) -> Place:
        """Where the source is named in the plan."""
        return (self.url or self.patterns[0]).place


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, (Mapping, TableSource)) else value


TableSources = Annotated[tuple[TableSource, ...], BeforeValidator(_as_list)]
"""One source, or a list of several whose rows are put under one another."""


def _described(crm_object: CrmObject) -> str:
    where = (
        f"Where the {crm_object.table.replace('_', ' ')} are; left out, `{crm_object.table}.*` in the folder `book`."
    )
    return f"{where} Several sources with columns of their own stand as a list."


class SourcesSection(Section):
    """Where the book is, and which of its columns is which field.

    A table without a source is looked for in the book's folder: ``accounts.csv``, ``leads.parquet``, ``contacts.xlsx``.
    """

    folder: str = Field(
        default="book",
        description="Folder of the book, relative to the plan's: files in it whose name is that of a table are taken.",
    )
    accounts: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["accounts"]))
    contacts: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["contacts"]))
    leads: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["leads"]))
    buying_centers: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["buying_centers"]))
    opportunities: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["opportunities"]))
    orders: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["orders"]))
    tasks: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["tasks"]))
    activities: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["activities"]))
    reps: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["reps"]))
    absences: TableSources = Field(default=(), description=_described(OBJECT_OF_TABLE["absences"]))

    def sources_of(self, table: str) -> tuple[TableSource, ...]:
        """Give what the plan says of a table; nothing when it says nothing."""
        sources: tuple[TableSource, ...] = getattr(self, table)
        return sources

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check that fields exist, and that no password stands in the plan."""
        del plan
        for crm_object in OBJECTS:
            for source in self.sources_of(crm_object.table):
                yield from _mistakes_of(source, crm_object)


def _mistakes_of(source: TableSource, crm_object: CrmObject) -> Iterator[Mistake]:
    names = [field.name for field in crm_object.source_fields]
    for field, written in (*source.columns.items(), *source.constants.items()):
        place = written.place if written else source.place
        if field == crm_object.key:
            yield Mistake(place, f"{field!r} is the key of {crm_object.table}", remedy="write `key: HEADER` instead")
        elif field not in names:
            problem = f"{crm_object.table} has no field {field!r}"
            yield Mistake(place, problem, ", ".join(names), near_miss(field, names))
    numbers = [field.name for field in crm_object.source_fields if field.kind in (Kind.NUMBER, Kind.MONEY)]
    for field, written in source.units.items():
        if field not in numbers:
            problem = f"{field!r} of {crm_object.table} is no number, so it has no unit"
            yield Mistake(written.place, problem, ", ".join(numbers), near_miss(field, numbers))
    for field in source.columns:
        if field in source.constants:
            place = source.constants[field].place
            yield Mistake(place, f"{field!r} has both a column and a constant", remedy="keep one of them")
    if source.url and _PASSWORD.search(source.url.text):
        yield Mistake(
            source.url.place,
            "a password stands in the plan",
            "`${NAME}`, taken from the environment",
            "put the password into an environment variable, such as `${CRM_PASSWORD}`",
        )
