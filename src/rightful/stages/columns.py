"""What kind of Arrow column holds each kind of field."""

from __future__ import annotations

import pyarrow as pa

from rightful.crm import CrmObject, Kind

__all__ = ["arrow_type", "schema_of"]

_TYPES: dict[Kind, pa.DataType] = {
    Kind.NUMBER: pa.float64(),
    Kind.MONEY: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.INSTANT: pa.timestamp("us", "UTC"),
    Kind.FLAG: pa.bool_(),
}


def arrow_type(kind: Kind) -> pa.DataType:
    """Give the Arrow type of a kind's cleaned values; identifiers, texts and codes are strings."""
    return _TYPES.get(kind, pa.string())


def schema_of(crm_object: CrmObject, stage: str) -> pa.Schema:
    """Give the key and the columns that a stage adds to an object, with their types."""
    fields = [(crm_object.key, pa.string())]
    fields += [(field.name, arrow_type(field.kind)) for field in crm_object.fields_of(stage)]
    return pa.schema(fields)
