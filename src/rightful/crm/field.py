"""What a CRM object is made of: fields, each with a kind, a meaning and the stage that adds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

STAGE_ORDER = (
    "source",
    "quality",
    "segmentation",
    "hierarchy",
    "matching",
    "scoring",
    "assignment",
    "routing",
)
"""Who adds fields, in the order in which they do."""


class Kind(StrEnum):
    """What a field's cleaned values are.

    KEY and REFERENCE are identifiers and stay text. TEXT and CODE are text (a CODE has normalised values such as ``US``).
    NUMBER is a float; MONEY a float in US dollars, its name ends in ``_usd``. DATE is a calendar date, INSTANT a UTC
    instant, FLAG a boolean. A null means unknown, for every kind.
    """

    KEY = "key"
    REFERENCE = "reference"
    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a CRM object.

    Attributes:
        name: Column name, as in plans and results.
        kind: What its values are.
        meaning: One line for the plan reference and for error messages; says the unit and what null means if special.
        stage: Who adds it: ``source`` (delivered by a connector) or a stage's name.
        refers_to: For a REFERENCE, the table whose key it holds.
    """

    name: str
    kind: Kind
    meaning: str
    stage: str = "source"
    refers_to: str = ""


@dataclass(frozen=True)
class CrmObject:
    """One kind of CRM record: its table, its key, and its fields.

    A connector delivers the key under its own name and every other source field as text under ``<name>_raw``, with
    ``source_file`` (text) and ``source_line`` (integer) beside them. Stages add the rest.

    Attributes:
        name: Singular, as people say it: ``buying center``.
        table: Plural, as tables and files are named: ``buying_centers``.
        key: Name of the key column.
        fields: The key, the source fields, then what each stage adds, in stage order.
    """

    name: str
    table: str
    key: str
    fields: tuple[Field, ...]

    @cached_property
    def source_fields(self) -> tuple[Field, ...]:
        """The fields a connector delivers, without the key."""
        return tuple(field for field in self.fields if field.stage == "source" and field.kind is not Kind.KEY)

    @cached_property
    def raw_columns(self) -> tuple[str, ...]:
        """The columns a connector delivers: the key, ``<field>_raw`` for each source field, and the place of the row."""
        return (self.key, *(raw(field.name) for field in self.source_fields), "source_file", "source_line")

    def fields_of(self, stage: str) -> tuple[Field, ...]:
        """Give the fields that a stage adds."""
        return tuple(field for field in self.fields if field.stage == stage)

    @cached_property
    def rule_fields(self) -> dict[str, Field]:
        """The fields a rule may use: everything with a cleaned value, by name."""
        return {field.name: field for field in self.fields if field.kind is Kind.KEY or field.stage != "source"}


def raw(name: str) -> str:
    """Name the column that holds a source field as it was delivered."""
    return f"{name}_raw"


def key(name: str, meaning: str) -> Field:
    """Make the key field of an object."""
    return Field(name, Kind.KEY, meaning)


def source(*rows: tuple[str, Kind, str] | tuple[str, Kind, str, str]) -> tuple[Field, ...]:
    """Make source fields from (name, kind, meaning[, table referred to])."""
    return tuple(Field(*row[:3], "source", *row[3:]) for row in rows)


def added(stage: str, *rows: tuple[str, Kind, str] | tuple[str, Kind, str, str]) -> tuple[Field, ...]:
    """Make the fields that a stage adds from (name, kind, meaning[, table referred to])."""
    return tuple(Field(*row[:3], stage, *row[3:]) for row in rows)
