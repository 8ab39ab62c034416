"""Make one table of the book from what was read: keys checked, fields as text, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rightful.connectors.columns import ColumnMapping
from rightful.connectors.extract import Extract, Lines
from rightful.connectors.quarantine import Quarantined, Reason
from rightful.crm import CrmObject
from rightful.errors import BookError, Mistake, Place

__all__ = ["Delivery", "Part", "deliver"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one source gave for a table.

    Attributes:
        name: As ``source_file`` shows it.
        mapping: Which column is which field.
        extract: The rows.
    """

    name: str
    mapping: ColumnMapping
    extract: Extract


@dataclass(frozen=True, slots=True)
class Delivery:
    """One table of the book.

    Attributes:
        table: Key, raw fields and place of every record, as ``CrmObject.raw_columns`` says.
        quarantined: Rows set aside.
        rows_read: Rows found: those delivered and those set aside.
    """

    table: pa.Table
    quarantined: tuple[Quarantined, ...]
    rows_read: int


def deliver(crm_object: CrmObject, parts: Sequence[Part]) -> Delivery:
    """Put the parts of a table under one another; of rows with the same key the first one is kept.

    Raises:
        BookError: Rows would be lost, which is a fault of Rightful.
    """
    tables = [_table(crm_object, part, number if len(parts) > 1 else None) for number, part in enumerate(parts, 1)]
    table = pa.concat_tables(tables) if tables else _schema(crm_object).empty_table()
    rows_read = table.num_rows + sum(len(part.extract.unreadable) for part in parts)
    keys = table.column(crm_object.key).combine_chunks()
    first = _first_rows(keys)
    is_kept = first == np.arange(len(first))
    aside = [row for part in parts for row in part.extract.unreadable]
    if not is_kept.all():
        sources = _Rows(parts, table.column(crm_object.key))
        aside.extend(sources.set_aside(int(row), int(first[row])) for row in np.flatnonzero(~is_kept))
        table = table.filter(pa.array(is_kept))
    if rows_read != table.num_rows + len(aside):
        problem = f"{rows_read} rows read, but {table.num_rows} delivered + {len(aside)} quarantined"
        remedy = "report this as a fault of Rightful"
        raise BookError(Mistake(Place(crm_object.table), problem, "rows read = delivered + quarantined", remedy))
    return Delivery(table, tuple(aside), rows_read)


def _first_rows(keys: pa.Array) -> NDArray[np.int64]:
    """Give, for each row, the first row with the same key; -1 where the key is blank."""
    codes = keys.dictionary_encode().indices
    is_blank = codes.is_null().to_numpy(zero_copy_only=False)
    codes = codes.fill_null(0).to_numpy()
    rows = np.flatnonzero(~is_blank)
    first_of_code = np.zeros(codes.max(initial=0) + 1, np.int64)
    first_of_code[codes[rows[::-1]]] = rows[::-1]  # the last one written is the first row
    return np.where(is_blank, -1, first_of_code[codes])


@dataclass(frozen=True, slots=True)
class _Rows:
    """Finds the source of a row of the joined table."""

    parts: Sequence[Part]
    keys: pa.ChunkedArray

    def set_aside(self, row: int, first: int) -> Quarantined:
        """Quarantine a row whose key is blank (first is -1) or that of an earlier row."""
        part, index = self._source(row)
        line, text = int(part.extract.lines[index]), part.extract.row_text(index)
        if first < 0:
            return Quarantined(part.name, line, Reason.BLANK_ID, "the row has no identifier", text)
        record_id = self.keys[row].as_py()
        first_part, first_index = self._source(first)
        is_same = first_part.extract.row_text(first_index) == text
        where = f"{first_part.name} line {first_part.extract.lines[first_index]}"
        detail = f"{record_id!r} is already in {where}, which is kept; this row {'is identical' if is_same else 'has other values'}"
        return Quarantined(part.name, line, Reason.DUPLICATE_ID, detail, text, record_id)

    def _source(self, row: int) -> tuple[Part, int]:
        for part in self.parts:
            if row < len(part.extract.lines):
                return part, row
            row -= len(part.extract.lines)
        raise IndexError(row)


def _schema(crm_object: CrmObject) -> pa.Schema:
    return pa.schema([(name, pa.int64() if name == "source_line" else pa.string()) for name in crm_object.raw_columns])


def _table(crm_object: CrmObject, part: Part, number: int | None) -> pa.Table:
    extract, mapping = part.extract, part.mapping
    rows = len(extract.lines)
    columns: list[pa.Array | pa.ChunkedArray] = [_keys(crm_object, part, number)]
    for field in crm_object.source_fields:
        if field.name in mapping.constants:
            columns.append(pa.repeat(pa.scalar(mapping.constants[field.name], pa.string()), rows))
        elif field.name in mapping.fields:
            column = extract.columns[mapping.fields[field.name]]
            columns.append(_with_unit(column, mapping.units[field.name]) if field.name in mapping.units else column)
        else:
            columns.append(pa.nulls(rows, pa.string()))
    columns += [pa.repeat(pa.scalar(part.name, pa.string()), rows), pa.array(extract.lines, pa.int64())]
    return pa.Table.from_arrays(columns, schema=_schema(crm_object))


def _with_unit(column: pa.ChunkedArray, unit: str) -> pa.ChunkedArray:
    """Write the unit of a column behind each value that is not blank."""
    is_blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(is_blank, column, pc.binary_join_element_wise(column, unit, " "))


def _keys(crm_object: CrmObject, part: Part, number: int | None) -> pa.Array | pa.ChunkedArray:
    """Give the keys without blanks around them, or make them from the rows' places."""
    prefix = part.mapping.key_prefix
    if part.mapping.key is None:
        keys = _made_keys(crm_object, part.extract.lines, None if prefix else number)
    else:
        trimmed = pc.utf8_trim_whitespace(part.extract.columns[part.mapping.key])
        keys = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    return pc.binary_join_element_wise(prefix, keys, "") if prefix else keys


def _made_keys(crm_object: CrmObject, lines: Lines, number: int | None) -> pa.Array:
    """Make keys such as ``account-2``: the row's place in the source, after the source's number where there are several."""
    prefix = crm_object.key.removesuffix("_id") + (f"-{number}" if number else "")
    return pc.binary_join_element_wise(prefix, pa.array(lines).cast(pa.string()), "-")
