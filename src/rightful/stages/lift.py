"""Run a value function for one record, or lift the very same function over Arrow columns.

A decision is written once, as a plain function from values to values. A ``Step`` says which columns it reads and which it
adds; ``apply`` is the desk's way to run it, ``lift`` the batch's. Where the values of a column repeat, ``lift`` decides each
distinct combination once.

Example:
    >>> import pyarrow as pa
    >>> steps = [Step(("name",), (("greeting", pa.string()),), lambda name: (f"Hello {name}",))]
    >>> apply(steps, {"name": "Ada"})["greeting"]
    'Hello Ada'
    >>> lift(steps, pa.table({"name": ["Ada", "Ada"]}))["greeting"].to_pylist()
    ['Hello Ada', 'Hello Ada']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

__all__ = ["Step", "apply", "lift"]

# Below this share of distinct values, deciding each once and gathering is cheaper than deciding every row.
_WORTHWHILE_DISTINCT_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Step:
    """One value function with the columns around it.

    Attributes:
        reads: Columns given to the function, by position. Nulls arrive as None.
        adds: Columns it gives, with their Arrow types.
        decide: The function: values in order of ``reads`` to a tuple of values in order of ``adds``. Pure and picklable.
    """

    reads: tuple[str, ...]
    adds: tuple[tuple[str, pa.DataType], ...]
    decide: Callable[..., tuple[Any, ...]]


def apply(steps: Iterable[Step], record: Mapping[str, Any]) -> dict[str, Any]:
    """Run the steps for one record.

    Returns:
        The record with the added values. A column that the record lacks reads as None.
    """
    values = dict(record)
    for step in steps:
        decided = step.decide(*(values.get(name) for name in step.reads))
        values.update(zip((name for name, _ in step.adds), decided, strict=True))
    return values


def lift(steps: Iterable[Step], table: pa.Table) -> pa.Table:
    """Run the steps over the rows of a table.

    Returns:
        The table with the added columns, rows in the same order.

    Raises:
        KeyError: A step reads a column that neither the table nor an earlier step has.
    """
    for step in steps:
        for (name, _), column in zip(step.adds, _columns(step, table), strict=True):
            position = table.schema.get_field_index(name)
            table = table.append_column(name, column) if position < 0 else table.set_column(position, name, column)
    return table


def _columns(step: Step, table: pa.Table) -> list[pa.Array]:
    codes, distinct = _distinct([table[name] for name in step.reads], table.num_rows)
    decided = [step.decide(*values) for values in distinct]
    by_column: Sequence[Sequence[Any]] = list(zip(*decided, strict=True)) or [()] * len(step.adds)
    arrays = [pa.array(values, type=kind) for values, (_, kind) in zip(by_column, step.adds, strict=True)]
    return arrays if codes is None else [array.take(codes) for array in arrays]


def _distinct(columns: Sequence[pa.ChunkedArray], rows: int) -> tuple[pa.Array | None, list[tuple[Any, ...]]]:
    """Give the distinct combinations of the columns' values, and for each row which one it has (None: each row its own)."""
    most = rows * _WORTHWHILE_DISTINCT_SHARE
    encoded = [column.combine_chunks().dictionary_encode("encode") for column in columns if _is_text(column)]
    is_varied = any(len(each.dictionary) > most for each in encoded)  # then their combinations are as many, or more
    if len(columns) == len(encoded) == 1 and not is_varied:
        return encoded[0].indices, [(value,) for value in encoded[0].dictionary.to_pylist()]
    combinations = list(zip(*(column.to_pylist() for column in columns), strict=True))
    if is_varied:
        return None, combinations
    index: dict[tuple[Any, ...], int] = {}
    codes = [index.setdefault(combination, len(index)) for combination in combinations]
    if len(index) <= most:
        return pa.array(codes, pa.int32()), list(index)
    return None, combinations


def _is_text(column: pa.ChunkedArray) -> bool:
    return pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
