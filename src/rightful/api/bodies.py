"""What callers send: pydantic models, frozen, unknown keys refused; records as the CRM names their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, RootModel, StringConstraints, create_model

from rightful.crm import CrmObject

__all__ = [
    "AcceptBody",
    "Availability",
    "Away",
    "Capacity",
    "Id",
    "OutcomeBody",
    "ReasonBody",
    "RecordFields",
    "ResolveBody",
    "batch_body",
    "record_body",
    "text_of",
]

ID_PATTERN = r"^[^\x00-\x1f\x7f]{1,255}$"
"""Identifiers: 1 to 255 letters, none of them a control character."""
_MOST_FIELDS = 300
_MOST_LETTERS = 100_000

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Reason = Annotated[str, StringConstraints(max_length=1_000)]


def _is_value(value: object) -> object:
    """Let a value of a record through.

    Raises:
        ValueError: It is a list or an object, or too long.
    """
    if value is not None and not isinstance(value, str | bool | int | float):
        message = "is a list or an object. Allowed: text, number, true, false, null"
        raise ValueError(message)
    if isinstance(value, str) and len(value) > _MOST_LETTERS:
        message = f"has {len(value):,} letters. Allowed: {_MOST_LETTERS:,}"
        raise ValueError(message)
    return value


Value = Annotated[Any, PlainValidator(_is_value)]
FieldName = Annotated[str, StringConstraints(min_length=1, max_length=200)]

_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "leads": {"lead_id": "L9001", "first_name": "Dana", "last_name": "Fox", "company": "Acme Inc", "email": "dana@acme.com",
              "title": "VP Finance", "country": "US", "employees": 1200},
    "contacts": {"contact_id": "C9001", "first_name": "Dana", "last_name": "Fox", "email": "dana@acme.com"},
    "accounts": {"account_id": "A9001", "name": "Acme Inc", "website": "acme.com", "country": "US", "employees": 1200},
    "opportunities": {"opportunity_id": "O9001", "name": "Acme licences", "account_id": "A1", "amount": 50000},
    "tasks": {"task_id": "T9001", "subject": "Call Dana", "lead_id": "L9001", "status": "Open"},
    "reps": {"rep_id": "R1", "name": "Rita Roe", "time_zone": "Europe/Berlin", "capacity": 40},
    "absences": {"absence_id": "B9001", "rep_id": "R1", "starts_at": "2026-08-01", "ends_at": "2026-08-14"},
}  # fmt: skip


class Body(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RecordFields(RootModel[dict[FieldName, Value]]):
    """A record by field, as its CRM has it: texts, numbers, true, false or null."""

    model_config = ConfigDict(frozen=True)

    def as_texts(self) -> dict[str, str | None]:
        """Give the values as the texts that a file would hold."""
        return {name: text_of(value) for name, value in self.root.items()}


def text_of(value: object) -> str | None:
    """Write a value as a file would: numbers without needless zeros, true and false.

    Example:
        >>> text_of(1200.0), text_of(True), text_of(" x "), text_of(None)
        ('1200', 'true', ' x ', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def record_body(crm_object: CrmObject, *, has_key: bool = True) -> type[RecordFields]:
    """Make the model of a record of one kind; its schema names the fields, those that a CRM calls otherwise are taken as well."""
    fields = [
        field for field in crm_object.fields if field.stage == "source" and (has_key or field.name != crm_object.key)
    ]
    known = {
        field.name: {"description": field.meaning, "type": ["string", "number", "boolean", "null"]} for field in fields
    }
    values = {
        "anyOf": [
            {"type": "string", "maxLength": _MOST_LETTERS},
            {"type": "number"},
            {"type": "boolean"},
            {"type": "null"},
        ]
    }
    example = {name: value for name, value in _EXAMPLES[crm_object.table].items() if has_key or name != crm_object.key}

    def schema(made: dict[str, Any]) -> None:
        made.pop("$defs", None)
        made["properties"] = {name: {**values, "description": each["description"]} for name, each in known.items()}
        made["additionalProperties"] = values
        made["maxProperties"] = _MOST_FIELDS
        made["propertyNames"] = {"minLength": 1, "maxLength": 200}
        made["examples"] = [example]

    name = "".join(word.capitalize() for word in crm_object.name.split()) + ("" if has_key else "Values")
    root: Any = (dict[FieldName, Value], Field(max_length=_MOST_FIELDS))
    doc = f"One {crm_object.name}, by field."
    return create_model(
        name, __base__=RecordFields, __doc__=doc, __cls_kwargs__={"json_schema_extra": schema}, root=root
    )


def batch_body(record: type[RecordFields], most: int) -> type[BaseModel]:
    """Make the model of several records of one kind."""
    records: Any = (
        Annotated[tuple[record, ...], Field(strict=False)],  # type: ignore[valid-type]
        Field(min_length=1, max_length=most, description="The records; all that are decided are decided together."),
    )
    return create_model(
        f"{record.__name__}Batch", __base__=Body, __doc__="Several records of one kind.", records=records
    )


class AcceptBody(Body):
    """Who accepts."""

    rep_id: Id = Field(description="The rep who has the record.", examples=["R1"])


class ReasonBody(Body):
    """Who rejects, or who gets the record; and why."""

    rep_id: Id = Field(description="reject: the rep who has it. reassign: the rep who gets it.", examples=["R2"])
    reason: Reason = Field(default="", description="Why; it stands in the explanation.", examples=["speaks no German"])


class OutcomeBody(Body):
    """What became of a record."""

    outcome: Literal["responded", "closed", "won", "lost", "disqualified"] = Field(
        description="responded ends its deadline; the others close it, and free the rep's capacity."
    )


class ResolveBody(Body):
    """How an exception ends."""

    rep_id: Id | None = Field(
        default=None, description="Who gets it; null or left out: it is decided again.", examples=["R1"]
    )


class Capacity(Body):
    """How many open records a rep can hold."""

    capacity: float | None = Field(ge=0, le=1_000_000, allow_inf_nan=False, description="Open records; null: no limit.")


class Away(Body):
    """A time away."""

    absence_id: Id | None = Field(default=None, description="Identifier; one that is known is changed. Left out: made.")
    starts_at: datetime = Field(strict=False, description="First moment away.", examples=["2026-08-01T00:00:00Z"])
    ends_at: datetime = Field(strict=False, description="First moment back.", examples=["2026-08-15T00:00:00Z"])
    cover_rep_id: Id | None = Field(default=None, description="Who covers; null: the plan's policy.")
    absence_type: Reason | None = Field(default=None, description="Vacation, sick leave, ...")


class Availability(Body):
    """When a rep can take records; what is left out stays as it is."""

    is_active: bool | None = Field(default=None, description="False: gets nothing more.")
    working_hours: Reason | None = Field(default=None, description="Such as `Mon-Fri 09:00-17:00`.")
    away: Away | None = Field(default=None, description="A time away.")
