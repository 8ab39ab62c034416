from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest

from ledgers import day
from rightful.ledger.digest import digest_of_rows, digests_by, rows_as_bytes


def test_a_row_is_written_so_that_it_can_be_read_in_one_way_only() -> None:
    table = pa.table({"a": ["x", None, ""], "n": pa.array([1, 22, None], pa.int64())})
    assert rows_as_bytes(table, ["a", "n"]).to_pylist() == [b"1:x,1:1,", b"-,2:22,", b"0:,-,"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": ["x"], "b": ["yz"]}, {"a": ["xy"], "b": ["z"]}),
        ({"a": [None], "b": ["x"]}, {"a": [""], "b": ["x"]}),
        ({"a": ["-,"], "b": ["x"]}, {"a": ["-"], "b": [",x"]}),
        ({"a": ["x", "y"], "b": ["1", "2"]}, {"a": ["x", "y"], "b": ["2", "1"]}),
        ({"a": ["x", "x"], "b": ["1", "1"]}, {"a": ["x"], "b": ["1"]}),
    ],
)
def test_other_rows_have_another_digest(one: dict[str, list[str]], other: dict[str, list[str]]) -> None:
    tables = (pa.table({name: pa.array(values, pa.string()) for name, values in each.items()}) for each in (one, other))
    first, second = (digest_of_rows(table, ["a", "b"]) for table in tables)
    assert first != second


def test_instants_are_microseconds_and_text_is_utf8() -> None:
    table = pa.table({"at": pa.array([day(0)], pa.timestamp("us", "UTC")), "name": ["é"]})
    written = b"16:1767225600000000,2:\xc3\xa9,"
    assert rows_as_bytes(table, ["at", "name"]).to_pylist() == [written]
    assert digest_of_rows(table, ["at", "name"]) == hashlib.sha256(written).hexdigest()


def test_digests_per_instant_are_those_of_their_rows() -> None:
    table = pa.table({"at": pa.array([7, 5, 7], pa.int64()), "a": ["z", "y", "x"]})
    assert digests_by(table, "at", ["a"]) == {
        5: (1, digest_of_rows(table.slice(1, 1), ["a"])),
        7: (2, digest_of_rows(pa.concat_tables([table.slice(0, 1), table.slice(2, 1)]), ["a"])),
    }
    assert digests_by(table.slice(0, 0), "at", ["a"]) == {}
