"""Read a CSV file as text: at full speed where it is regular, row by row where it is not."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.connectors.csv_careful import Record, records
from rightful.connectors.csv_fast import RegularFile
from rightful.connectors.csv_layout import Layout, layout_of
from rightful.connectors.encoding import BAD_BYTE, Decoded, decode
from rightful.connectors.extract import Extract, Lines, stripped_headers
from rightful.connectors.quarantine import Quarantined
from rightful.errors import BookError, Mistake, Place

__all__ = ["CsvFile", "open_csv"]

_DELIMITERS = (",", ";", "\t", "|")
_NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SAMPLE_BYTES = 1 << 16
_SAMPLE_ROWS = 20
_CHUNK_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class CsvFile:
    """An opened CSV file.

    Attributes:
        name: As ``source_file`` shows it.
        headers: Headers without blanks around them.
        warnings: A guessed encoding, or a file without rows.
    """

    name: str
    headers: tuple[str, ...]
    warnings: tuple[Mistake, ...]
    _decoded: Decoded = field(repr=False)
    _delimiter: str
    _skip: int
    _layout: Layout | None = field(repr=False)
    _lines: Sequence[str] = field(repr=False)

    def read(self, positions: Sequence[int]) -> Extract:
        """Read columns; blank cells are null."""
        if self._layout is not None and self._decoded.data is not None:
            body = memoryview(self._decoded.data)[self._skip :]
            regular = RegularFile(self.name, body, self._layout, self._delimiter, len(self.headers))
            if (extract := regular.read(positions)) is not None:
                return extract
        return self._careful(self._lines or _physical_lines(self._decoded, self._skip), positions)

    def _careful(self, lines: Sequence[str], positions: Sequence[int]) -> Extract:
        kept: list[tuple[int, int]] = []
        chunks: list[pa.Table] = []
        rows: list[Sequence[str]] = []
        unreadable: list[Quarantined] = []
        first = 1 + (self._skip > 0)
        after = _header(lines, self._delimiter).end
        for start, end, cells, trouble in records(lines[after:], self._delimiter, len(self.headers)):
            if trouble:
                text = "".join(lines[after + start : after + end])
                unreadable.append(Quarantined(self.name, after + start + first, *trouble, row_text=text))
                continue
            kept.append((after + start, after + end))
            rows.append(cells)
            if len(rows) == _CHUNK_ROWS:
                chunks.append(_columns(rows, positions))
                rows = []
        chunks.append(_columns(rows, positions))

        def row_text(row: int) -> str:
            return "".join(lines[slice(*kept[row])])

        numbers: Lines = np.array([start + first for start, _ in kept], np.int64)
        table = pa.concat_tables(chunks)
        columns = {position: table.column(str(position)) for position in positions}
        return Extract(columns, numbers, row_text, tuple(unreadable))


def _columns(rows: Sequence[Sequence[str]], positions: Sequence[int]) -> pa.Table:
    """Turn rows into text columns; blank cells are null."""
    turned = list(zip(*rows, strict=True))
    arrays = [pa.array(turned[position] if rows else (), pa.string()) for position in positions]
    arrays = [pc.if_else(pc.equal(array, ""), None, array) for array in arrays]
    return pa.Table.from_arrays(arrays, [str(position) for position in positions])


def open_csv(path: Path, name: str, encoding: str | None, delimiter: str | None) -> CsvFile:
    """Open a CSV file: find encoding, delimiter, header and layout.

    Args:
        path: The file.
        name: As errors and ``source_file`` show it.
        encoding: As the plan says; None to find out.
        delimiter: As the plan says, one character or ``tab``; None to find out.

    Raises:
        BookError: The file is empty, its encoding is unknown, or its header cannot be read.
    """
    place = Place(name)
    data = memoryview(pa.memory_map(str(path)).read_buffer()).cast("B") if path.stat().st_size else memoryview(b"")
    decoded = decode(data, encoding, place)
    sample = _sample(decoded)
    if not sample.strip():
        raise BookError(Mistake(place, "the file is empty", "a header and a row for each record"))
    skip, stated = _separator_line(sample)
    chosen = _delimiter(delimiter, place) if delimiter else stated or _found_delimiter(sample)
    layout = None
    lines: Sequence[str] = ()
    if decoded.data is not None:
        body = memoryview(decoded.data)[skip:]
        layout = layout_of(body, chosen, 1 + (skip > 0))
    if layout is not None:
        header = next(
            csv.reader(
                io.StringIO(bytes(body[layout.starts[0] : layout.ends[0]]).decode(), newline=""), delimiter=chosen
            )
        )
    else:
        lines = _physical_lines(decoded, skip)
        header = list(_checked_header(lines, chosen, place))
    warnings = tuple(_warnings(decoded, layout, place))
    return CsvFile(name, stripped_headers(header), warnings, decoded, chosen, skip, layout, lines)


def _warnings(decoded: Decoded, layout: Layout | None, place: Place) -> list[Mistake]:
    warnings = []
    if decoded.is_guessed:
        remedy = f"write `encoding: {decoded.encoding}` into sources.yaml, or the right one"
        problem = f"the encoding is guessed: {decoded.encoding}"
        warnings.append(Mistake(place, problem, remedy=remedy, severity="warning"))
    if layout is not None and len(layout.starts) == 1:
        warnings.append(Mistake(place, "the file has a header and no rows", severity="warning"))
    return warnings


def _sample(decoded: Decoded) -> str:
    if decoded.text is not None:
        return decoded.text[:_SAMPLE_BYTES]
    return bytes(memoryview(decoded.data or b"")[:_SAMPLE_BYTES]).decode("utf-8", "ignore")


def _physical_lines(decoded: Decoded, skip: int) -> list[str]:
    text = decoded.text if decoded.text is not None else bytes(memoryview(decoded.data or b"")).decode()
    return list(io.StringIO(text[skip:], newline=""))


def _separator_line(sample: str) -> tuple[int, str | None]:
    """Read Excel's own first line ``sep=;``: its length (it is plain ASCII) and the delimiter."""
    first = next(iter(io.StringIO(sample, newline="")))
    stated = first.rstrip("\r\n")
    if stated[:4].casefold() == "sep=" and len(stated) == 5:
        return len(first), stated[4]
    return 0, None


def _delimiter(stated: str, place: Place) -> str:
    delimiter = _NAMED_DELIMITERS.get(stated.casefold(), stated)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0':
        raise BookError(Mistake(place, f"delimiter {stated!r} cannot be used", "one ASCII character, or tab"))
    return delimiter


def _found_delimiter(sample: str) -> str:
    """Take the delimiter that gives the most rows as many cells as the header; then the one with more cells."""
    lines = [line for line in io.StringIO(sample, newline="") if line.strip()][:_SAMPLE_ROWS]

    def fit(delimiter: str) -> tuple[float, int]:
        rows = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        agreeing = sum(cells == rows[0] for cells in rows) / len(rows) if rows[0] > 1 else 0.0
        return agreeing, rows[0]

    try:
        return max(_DELIMITERS, key=fit)
    except csv.Error:  # a cell beyond the limit: the header decides alone
        return max(_DELIMITERS, key=lines[0].count)


def _header(lines: Sequence[str], delimiter: str) -> Record:
    return next(records(lines, delimiter, None))


def _checked_header(lines: Sequence[str], delimiter: str, place: Place) -> Sequence[str]:
    header = _header(lines, delimiter)
    if header.trouble:
        where = Place(place.file, header.start + 1)
        remedy = "mend the first line of the file"
        raise BookError(Mistake(where, f"the header cannot be read: {header.trouble[1]}", remedy=remedy))
    return [cell.replace(BAD_BYTE, "\ufffd") for cell in header.cells]
