from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rightful.engines.arrays import check_arrays, read_arrays, write_arrays
from rightful.errors import EngineError


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    once = np.arange(5, dtype=np.uint64)
    arrays = {"a": once, "again": once, "b": np.ones((3, 2), bool), "none": np.zeros((0, 8), np.int32)}
    write_arrays(tmp_path, arrays, {"name": "acme", "rows": 3})
    found, about = read_arrays(tmp_path)
    assert about == {"name": "acme", "rows": 3}
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].tolist() == array.tolist()
    check_arrays(tmp_path)


def test_what_is_written_into_mapped_arrays_stays_with_the_reader(tmp_path: Path) -> None:
    write_arrays(tmp_path, {"a": np.arange(5)}, {})
    read_arrays(tmp_path)[0]["a"][0] = 9
    assert read_arrays(tmp_path)[0]["a"][0] == 0


@pytest.mark.parametrize("name", ["arrays.bin", "contents.json"])
@pytest.mark.parametrize("keep", [1, -3])
def test_files_cut_short_are_told(tmp_path: Path, name: str, keep: int) -> None:
    write_arrays(tmp_path, {"a": np.arange(5)}, {})
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[:keep])
    with pytest.raises(EngineError, match="Make it anew"):
        read_arrays(tmp_path)


def test_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        read_arrays(tmp_path)


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    write_arrays(tmp_path, {"a": np.arange(5)}, {})
    content = bytearray((tmp_path / "arrays.bin").read_bytes())
    content[3] ^= 1
    (tmp_path / "arrays.bin").write_bytes(content)
    read_arrays(tmp_path)
    with pytest.raises(EngineError, match="checksum"):
        check_arrays(tmp_path)
