"""Read a regular CSV file at full speed, setting aside rows that have not as many cells as the header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from rightful.connectors.csv_careful import records
from rightful.connectors.csv_layout import Layout
from rightful.connectors.extract import Extract
from rightful.connectors.quarantine import Quarantined

__all__ = ["RegularFile"]

_BLOCK_BYTES = 1 << 23


@dataclass(frozen=True, slots=True)
class RegularFile:
    """A regular CSV file.

    Attributes:
        name: As ``source_file`` shows it.
        data: The file as UTF-8.
        layout: Where its rows stand; the first one is the header.
        delimiter: Character between the cells.
        width: Cells of the header.
    """

    name: str
    data: memoryview = field(repr=False)
    layout: Layout = field(repr=False)
    delimiter: str
    width: int

    def read(self, positions: Sequence[int]) -> Extract | None:
        """Read columns, blank cells as null; None when the careful reader has to do it."""
        rows = len(self.layout.lines) - 1
        if rows == 0 or not positions:
            return None
        try:
            table = self._table(positions)
            skipped: list[int] = []
        except pa.ArrowInvalid:  # a row of another length: once more, one thread, which knows the rows' numbers
            try:
                table, skipped = self._table_of_even_rows(positions)
            except pa.ArrowInvalid:
                return None
        if table.num_rows + len(skipped) != rows:
            return None
        unreadable = [self._ragged(row) for row in skipped]
        if any(row is None for row in unreadable):
            return None
        kept = np.delete(np.arange(1, rows + 1), skipped)

        def row_text(row: int) -> str:
            return self._text(int(kept[row]))

        columns = {position: table.column(str(position)) for position in positions}
        aside = tuple(row for row in unreadable if row is not None)
        return Extract(columns, self.layout.lines[kept], row_text, aside)

    def _table(self, positions: Sequence[int]) -> pa.Table:
        return self._parsed(positions, pa_csv.ParseOptions(**self._format()), use_threads=True)

    def _table_of_even_rows(self, positions: Sequence[int]) -> tuple[pa.Table, list[int]]:
        """Read the rows that are as long as the header, and give the indices of the others among the data rows."""
        skipped: list[int] = []

        def skip(row: pa_csv.InvalidRow) -> str:
            skipped.append(row.number - 1)
            return "skip"

        options = pa_csv.ParseOptions(**self._format(), invalid_row_handler=skip)
        return self._parsed(positions, options, use_threads=False), skipped

    def _parsed(self, positions: Sequence[int], options: pa_csv.ParseOptions, *, use_threads: bool) -> pa.Table:
        names = [str(position) for position in positions]
        return pa_csv.read_csv(
            pa.BufferReader(pa.py_buffer(self.data[self.layout.starts[1] :])),
            pa_csv.ReadOptions(
                column_names=[str(position) for position in range(self.width)],
                block_size=_BLOCK_BYTES,
                use_threads=use_threads,
            ),
            options,
            pa_csv.ConvertOptions(
                include_columns=names,
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )

    def _format(self) -> dict[str, str | bool]:
        return {"delimiter": self.delimiter, "newlines_in_values": self.layout.has_newlines}

    def _ragged(self, row: int) -> Quarantined | None:
        """Say why a row is set aside; None when the careful reader would read it, or would split it up."""
        text = self._text(row + 1)
        found = list(records([text], self.delimiter, self.width))
        if "\n" in text or len(found) != 1 or found[0].trouble is None:
            return None
        return Quarantined(self.name, int(self.layout.lines[row + 1]), *found[0].trouble, row_text=text)

    def _text(self, row: int) -> str:
        return bytes(self.data[self.layout.starts[row] : self.layout.ends[row]]).decode()
