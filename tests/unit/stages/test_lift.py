from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.stages.lift import Step, apply, lift

CALLS: list[object] = []


def _double(number: int | None) -> tuple[int | None, str]:
    CALLS.append(number)
    return (None, "blank") if number is None else (number * 2, "doubled")


DOUBLE = Step(("number",), (("twice", pa.int64()), ("why", pa.string())), _double)
SUM = Step(("number", "twice"), (("thrice", pa.int64()),), lambda a, b: (None if a is None else a + b,))


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=30))
def test_one_record_and_many_read_the_same(numbers: list[int | None]) -> None:
    table = lift([DOUBLE, SUM], pa.table({"number": pa.array(numbers, pa.int64())}))
    assert table.to_pylist() == [apply([DOUBLE, SUM], {"number": number}) for number in numbers]


def test_repeated_values_are_decided_once() -> None:
    CALLS.clear()
    lift([DOUBLE], pa.table({"number": [1, 1, None, 1, None, 1]}))
    assert sorted(CALLS, key=str) == [1, None]


def test_an_empty_table_gets_typed_columns() -> None:
    table = lift([DOUBLE], pa.table({"number": pa.array([], pa.int64())}))
    assert table.schema.field("twice").type == pa.int64()
    assert table.num_rows == 0


def test_a_missing_column_is_an_error_in_a_table_and_blank_in_a_record() -> None:
    with pytest.raises(KeyError):
        lift([DOUBLE], pa.table({"other": [1]}))
    assert apply([DOUBLE], {})["why"] == "blank"
