"""Write a table as a workbook that a person can work with at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from rightful.connectors.write_cells import is_risky

__all__ = ["write_excel"]

_SHEET_ROWS = 1_048_576
"""Rows that a sheet holds, the header included."""
_CELL_CHARACTERS = 32_767
_TITLE_CHARACTERS = 31
_WIDTH_SAMPLE_ROWS = 200
_NARROWEST, _WIDEST = 8, 60
_CHUNK_ROWS = 10_000
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - a zip file has no zones; the earliest moment that it can hold


class _TimelessZip(ZipFile):
    """A zip file whose members say nothing of when they were written."""

    def open(self, name: Any, *arguments: Any, **options: Any) -> Any:
        """Open a member, dated 1980 where it is written."""
        if isinstance(name, ZipInfo):
            name.date_time = _EPOCH.timetuple()[:6]
        return super().open(name, *arguments, **options)


def write_excel(table: pa.Table, file: IO[bytes], title: str) -> None:
    """Write a table to one sheet, or to several (``title``, ``title 2``, ...) where it has more rows than a sheet holds.

    Texts stay texts. One that a spreadsheet would run carries Excel's own mark for texts (the apostrophe that shows only while
    editing), so its value is unchanged. Instants are in UTC; control characters, which a workbook cannot hold, are left out, and
    texts longer than a cell are cut at 32,767 characters. The same table gives the same bytes.
    """
    workbook = Workbook(write_only=True)
    workbook.properties.created = workbook.properties.modified = _EPOCH
    held = _SHEET_ROWS - 1
    widths = _widths(table)
    for number, start in enumerate(range(0, max(table.num_rows, 1), held), start=1):
        sheet = workbook.create_sheet(_title(title, number))
        rows = min(held, table.num_rows - start)
        sheet.freeze_panes = "A2"
        for index, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        if table.num_columns:
            sheet.auto_filter.ref = f"A1:{get_column_letter(table.num_columns)}{rows + 1}"
        sheet.append([_header(sheet, name) for name in table.column_names])
        for row in _rows(table.slice(start, rows)):
            sheet.append([_cell(sheet, value) for value in row])
    with _TimelessZip(file, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(workbook, archive).write_data()


def _title(title: str, number: int) -> str:
    for character in "[]:*?/\\":
        title = title.replace(character, " ")
    suffix = f" {number}" if number > 1 else ""
    return (title.strip(" '") or "table")[: _TITLE_CHARACTERS - len(suffix)] + suffix


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(_CHUNK_ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _header(sheet: Any, name: str) -> Any:
    cell = _text(sheet, name)
    if isinstance(cell, str):
        cell = WriteOnlyCell(sheet, cell)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        return _text(sheet, value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if value is None or isinstance(value, (bool, int, float, date)):
        return value if value == value else None  # noqa: PLR0124 - NaN, which a workbook cannot hold
    return _text(sheet, str(value))


def _text(sheet: Any, value: str) -> Any:
    value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL_CHARACTERS]
    if not is_risky(value) and not value.startswith(("=", "#")):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _widths(table: pa.Table) -> list[int]:
    sample = table.slice(0, _WIDTH_SAMPLE_ROWS)
    longest = [
        max((len(str(value)) for value in column.to_pylist() if value is not None), default=0)
        for column in sample.columns
    ]
    return [
        max(_NARROWEST, min(_WIDEST, max(len(name), length) + 2))
        for name, length in zip(table.column_names, longest, strict=True)
    ]
