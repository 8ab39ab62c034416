"""What all plan sections share: strictness, texts that know their place, and the fields that rules may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import CoreSchema, core_schema

from rightful.crm import OBJECT_OF_TABLE, STAGE_ORDER, Kind
from rightful.errors import Mistake, Place
from rightful.rules import RuleKind

__all__ = ["LONGEST_DAYS", "Name", "RestOfPlan", "Scalar", "Section", "Written", "place_of", "rule_fields"]

_RULE_KINDS = {
    Kind.NUMBER: RuleKind.NUMBER,
    Kind.MONEY: RuleKind.NUMBER,
    Kind.DATE: RuleKind.DATE,
    Kind.INSTANT: RuleKind.DATE,
    Kind.FLAG: RuleKind.FLAG,
}


LONGEST_DAYS = 36_500
"""The longest time that a plan may state: a hundred years, so that no date runs out of the calendar."""


class Scalar(str):
    """A value of a plan file, as text that knows its place."""

    __slots__ = ("place",)
    place: Place

    def __new__(cls, text: str, place: Place) -> Self:
        """Make the text and remember where it stands."""
        scalar = super().__new__(cls, text)
        scalar.place = place
        return scalar

    def __reduce__(self) -> tuple[type[Scalar], tuple[str, Place]]:
        """Keep the place when the plan goes to another process."""
        return Scalar, (str(self), self.place)


def _keep_place(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return value if isinstance(value, Scalar) else handler(value)


Name = Annotated[str, WrapValidator(_keep_place)]
"""A text that names something elsewhere; it keeps its place, so that ``place_of`` finds it when the name is unknown."""


def place_of(name: str, file: str) -> Place:
    """Give where a name stands, or the file where it was not read from one."""
    return name.place if isinstance(name, Scalar) else Place(file)


@dataclass(frozen=True, slots=True)
class Written:
    """A rule as a person wrote it: its text and where it stands."""

    text: str
    place: Place

    def __str__(self) -> str:
        """Give the text."""
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read from text; the JSON Schema is that of a string."""
        return core_schema.no_info_before_validator_function(
            cls._read,
            core_schema.is_instance_schema(cls),
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        """Describe it to editors as a string."""
        return {"type": "string"}

    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, Scalar):
            return cls(str(value), value.place)
        if isinstance(value, str):
            return cls(value, Place("plan"))
        if isinstance(value, cls):
            return value
        message = "a text is expected"
        raise ValueError(message)


class RestOfPlan(Protocol):
    """What a section asks of the plan that it is a part of, to check the names it uses."""

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """Named lists, from ``plan.yaml`` and from ``lists/``."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the account team, from ``assignment.yaml``."""


class Section(BaseModel):
    """A part of the plan; unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check what one value cannot show: rules, and names that must exist elsewhere in the plan."""
        del plan
        yield from ()


def rule_fields(table: str, before: str = "") -> dict[str, RuleKind]:
    """Give the fields that rules on a table may use, with their kinds: the key and every cleaned or added field.

    Args:
        table: Table of ``crm``.
        before: A stage; fields that it or a later stage adds are left out, for they do not exist yet when it decides.
    """
    late = STAGE_ORDER[STAGE_ORDER.index(before) :] if before else ()
    fields = OBJECT_OF_TABLE[table].rule_fields
    return {
        name: _RULE_KINDS.get(field.kind, RuleKind.TEXT) for name, field in fields.items() if field.stage not in late
    }
