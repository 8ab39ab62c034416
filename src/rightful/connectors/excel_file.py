"""Read a sheet of a workbook as text: values as stored, so that a ZIP code kept as text stays ``00001``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.connectors.extract import Extract, Lines, joined_text, stripped_headers
from rightful.errors import BookError, Mistake, Place, near_miss

__all__ = ["ExcelSheet", "open_excel"]


@dataclass(frozen=True, slots=True)
class ExcelSheet:
    """An opened sheet; its rows have the numbers that Excel shows."""

    name: str
    headers: tuple[str, ...]
    warnings: tuple[Mistake, ...]
    _cells: pa.Table = field(repr=False)
    _rows: Lines = field(repr=False)

    def read(self, positions: Sequence[int]) -> Extract:
        """Read columns; a formula gives its stored value, an error such as ``#N/A`` is blank."""
        # A date without a time of day is stored as midnight.
        columns = {
            position: pc.replace_substring_regex(self._cells.column(position), r"^(\d{4}-\d\d-\d\d) 00:00:00$", r"\1")
            for position in positions
        }
        columns = {position: pc.if_else(pc.equal(column, ""), None, column) for position, column in columns.items()}
        return Extract(columns, self._rows, partial(joined_text, columns))


def open_excel(path: Path, name: str, sheet: str | None, table: str) -> ExcelSheet:
    """Open a sheet: the one named, else the one with the table's name, else the first.

    Raises:
        BookError: It is no workbook, the sheet does not exist, or is empty.
    """
    place = Place(name)
    try:
        workbook = fastexcel.read_excel(path)
        chosen = _sheet(workbook.sheet_names, sheet, table, place)
        loaded = workbook.load_sheet(chosen, header_row=None, skip_rows=0, dtypes="string")
        cells = pa.Table.from_batches([loaded.to_arrow()])
    except fastexcel.FastExcelError as error:
        problem = f"not readable as a workbook: {str(error).splitlines()[0]}"
        remedy = "open it in Excel and save it as .xlsx, without a password"
        raise BookError(Mistake(place, problem, remedy=remedy)) from error
    name = f"{name}#{chosen}"
    is_filled = np.zeros(cells.num_rows, dtype=bool)
    for column in cells.columns:
        is_filled |= pc.fill_null(pc.not_equal(column, ""), False).to_numpy()  # noqa: FBT003 - Arrow's own signature
    filled = np.flatnonzero(is_filled)
    if len(filled) == 0:
        raise BookError(Mistake(Place(name), "the sheet is empty", "a header and a row for each record"))
    headers = [column[int(filled[0])].as_py() for column in cells.columns]
    warnings: tuple[Mistake, ...] = ()
    if len(filled) == 1:
        warnings = (Mistake(Place(name), "the sheet has a header and no rows", severity="warning"),)
    return ExcelSheet(name, stripped_headers(headers), warnings, cells.take(filled[1:]), filled[1:] + 1)


def _sheet(names: Sequence[str], stated: str | None, table: str, place: Place) -> str:
    if stated is not None:
        if stated not in names:
            problem = f"the workbook has no sheet {stated!r}"
            raise BookError(Mistake(place, problem, ", ".join(names), near_miss(stated, names)))
        return stated
    if not names:
        raise BookError(Mistake(place, "the workbook has no sheet"))
    return next((name for name in names if name.strip().casefold() == table), names[0])
