"""A digest of rows that is the same on every database and for every order of the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.ledger.schema import BELIEF

__all__ = ["digest_of_beliefs", "digest_of_rows", "digests_by", "joined_digest", "rows_as_bytes"]


def digest_of_rows(table: pa.Table, columns: Sequence[str] = BELIEF) -> str:
    """Give the SHA-256 of the rows of a table, in hexadecimal.

    Args:
        table: The rows, in any order.
        columns: What of them counts, in this order.

    Example:
        >>> forth, back = pa.table({"a": ["x", "y"]}), pa.table({"a": ["y", "x"]})
        >>> digest_of_rows(forth, ["a"]) == digest_of_rows(back, ["a"])
        True
    """
    lines = rows_as_bytes(table, columns)
    ordered = lines.take(pc.array_sort_indices(lines))
    return hashlib.sha256(_data_of(ordered)).hexdigest()


def digests_by(table: pa.Table, column: str, columns: Sequence[str] = BELIEF) -> dict[int, tuple[int, str]]:
    """Give, per instant in a column, how many rows have it and their ``digest_of_rows``.

    Args:
        table: The rows, in any order.
        column: The instants, as microseconds.
        columns: What of the rows counts, in this order.
    """
    lines, instants = rows_as_bytes(table, columns), table[column].combine_chunks()
    order = pc.sort_indices(
        pa.table([instants, lines], names=["at", "line"]), [("at", "ascending"), ("line", "ascending")]
    )
    ordered, sorted_instants = lines.take(order), instants.take(order).to_numpy(zero_copy_only=False)
    begins = np.flatnonzero(np.diff(sorted_instants, prepend=sorted_instants[:1] - 1))
    ends = [*begins[1:], len(sorted_instants)]
    return {
        int(sorted_instants[begin]): (int(end - begin), hashlib.sha256(_data_of(ordered[begin:end])).hexdigest())
        for begin, end in zip(begins, ends, strict=False)
    }


def digest_of_beliefs(recorded: pa.Table, superseded: pa.Table) -> str:
    """Give the digest of the beliefs that an entry began and ended."""
    return joined_digest(digest_of_rows(recorded), digest_of_rows(superseded))


def joined_digest(recorded: str, superseded: str) -> str:
    """Give the digest of two digests: of the beliefs that an entry began, and of those that it ended."""
    return hashlib.sha256(f"{recorded} {superseded}".encode()).hexdigest()


def rows_as_bytes(table: pa.Table, columns: Sequence[str] = BELIEF) -> pa.Array:
    """Give each row as bytes: per column ``<bytes in the value>:<value>,``, or ``-,`` for a null; instants as microseconds.

    No two different rows give the same bytes, whatever characters their values hold.

    Source: D. J. Bernstein, "Netstrings" (1997).
    """
    if table.num_rows == 0:
        return pa.array([], pa.large_binary())
    parts = [_netstrings(table[name].combine_chunks()) for name in columns]
    return pc.binary_join_element_wise(*parts, pa.scalar(b"", pa.large_binary()))


def _netstrings(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    texts = column.cast(pa.string()).cast(pa.large_binary())
    lengths = pc.binary_length(texts).cast(pa.string()).cast(pa.large_binary())
    comma, colon, nothing = (pa.scalar(part, pa.large_binary()) for part in (b",", b":", b""))
    joined = pc.binary_join_element_wise(lengths, colon, texts, comma, nothing)
    return pc.fill_null(joined, pa.scalar(b"-,", pa.large_binary()))


def _data_of(lines: pa.Array) -> memoryview | bytes:
    """Give the bytes of all lines, one behind another, without copying them."""
    if len(lines) == 0:
        return b""
    _, offsets, data = lines.buffers()
    ends = np.frombuffer(offsets, np.int64)
    return memoryview(data)[ends[lines.offset] : ends[lines.offset + len(lines)]]
