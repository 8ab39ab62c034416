"""Write typed columns as text, the way a CRM export would."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rightful.errors import BookError, Mistake, Place

__all__ = ["instants_text", "text_of", "value_text"]


def text_of(column: pa.ChunkedArray, header: str, place: Place) -> pa.ChunkedArray:
    """Write a column as text; empty texts are null, lists are joined by ``;``.

    Whole numbers are written out (``250000000``, not ``2.5e+08``), dates and instants in ISO 8601.

    Raises:
        BookError: The column holds structures that have no text.
    """
    kind = column.type
    try:
        if pa.types.is_dictionary(kind):
            return text_of(column.cast(kind.value_type), header, place)
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            chunks = [pc.binary_join(chunk.cast(pa.list_(pa.string())), ";") for chunk in column.chunks]
            column = pa.chunked_array(chunks, pa.string())
        if pa.types.is_floating(kind):
            column = _plain_numbers(column)
        if pa.types.is_timestamp(kind):
            column = instants_text(column)
        text = column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        problem = f"column {header!r} holds {kind}, which has no text"
        raise BookError(Mistake(place, problem, "texts, numbers, dates, flags, and lists of them")) from error
    return pc.if_else(pc.equal(text, ""), None, text)


def instants_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write instants in ISO 8601, those with a time zone in UTC, without fractions where all are zero."""
    zone = "UTC" if column.type.tz else None
    try:
        column = column.cast(pa.timestamp("s", zone))
    except pa.ArrowInvalid:
        column = column.cast(pa.timestamp("us", zone), safe=False)
    return pc.strftime(column, "%Y-%m-%dT%H:%M:%S" + ("Z" if zone else ""))


def value_text(value: Any) -> str | None:
    """Write one value of a database driver as text; blank is None."""
    match value:
        case None | "":
            return None
        case str():
            return value.replace("\0", "")
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat().replace("+00:00", "Z")
        case bytes() | memoryview():
            return bytes(value).decode("utf-8", "replace")
        case _:
            return str(value)


def _plain_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write whole numbers out that would else be shortened to an exponent; NaN is blank."""
    values = pc.if_else(pc.is_nan(column), None, column)
    span = pc.max(pc.abs(values)).as_py()
    if span is None or span >= 2**53 or not pc.all(pc.equal(pc.floor(values), values)).as_py():
        return values
    return values.cast(pa.int64())
