"""Rows that could not be delivered: where they stand, why, and what they say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from rightful.connectors.encoding import BAD_BYTE

__all__ = ["QUARANTINE_SCHEMA", "ROW_TEXT_CHARACTERS", "Quarantined", "Reason", "quarantine_table"]

ROW_TEXT_CHARACTERS = 500
"""So much of a row is kept: enough to find and mend it, without copying whole notes."""

QUARANTINE_SCHEMA = pa.schema(
    [
        ("object", pa.string()),
        ("record_id", pa.string()),
        ("source_file", pa.string()),
        ("source_line", pa.int64()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("row_text", pa.string()),
    ]
)


class Reason(StrEnum):
    """Why a connector sets a row aside."""

    RAGGED_ROW = "ragged_row"
    STRAY_QUOTE = "stray_quote"
    UNCLOSED_QUOTE = "unclosed_quote"
    NUL_CHARACTER = "nul_character"
    INVALID_BYTES = "invalid_bytes"
    HUGE_FIELD = "huge_field"
    BLANK_ID = "blank_id"
    DUPLICATE_ID = "duplicate_id"
    NOT_JSON = "not_json"
    UNKNOWN_KIND = "unknown_kind"
    MISSING_VALUE = "missing_value"
    UNREADABLE_VALUE = "unreadable_value"
    UNKNOWN_RECORD = "unknown_record"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One row set aside.

    Attributes:
        source_file: File, sheet or database table, as in the delivered rows.
        source_line: Physical line of a text file, row of a sheet or a query; counts from 1.
        reason: Why.
        detail: The reason in words, with the values.
        row_text: The row as it stands, cut at ``ROW_TEXT_CHARACTERS``; null when it cannot be shown.
        record_id: Key of the record; null when it is blank or unreadable.
    """

    source_file: str
    source_line: int
    reason: Reason
    detail: str
    row_text: str | None
    record_id: str | None = None


def quarantine_table(rows: Iterable[tuple[str, Quarantined]]) -> pa.Table:
    """Make the table ``quarantine`` from (object, row) pairs."""
    return pa.Table.from_pylist(
        [
            {
                "object": crm_object,
                "record_id": row.record_id,
                "source_file": row.source_file,
                "source_line": row.source_line,
                "reason": row.reason.value,
                "detail": row.detail,
                "row_text": _shown(row.row_text),
            }
            for crm_object, row in rows
        ],
        QUARANTINE_SCHEMA,
    )


def _shown(text: str | None) -> str | None:
    """Cut a row's text, and replace what is no character."""
    if text is None:
        return None
    cut = text[:ROW_TEXT_CHARACTERS].rstrip("\r\n")
    return cut.replace(BAD_BYTE, "\ufffd").replace("\0", "\ufffd")
