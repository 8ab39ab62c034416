"""Functions over tables that other processes can import, as they cannot import a test's own module."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.stage import Shared

__all__ = ["add_one", "add_shared"]


def add_one(table: pa.Table) -> pa.Table:
    """Give every row the number that follows its ``n``."""
    return table.append_column("next", pc.add(table["n"], 1))


def add_shared(chunk: pa.Table, shared: Shared[npt.NDArray[np.int64]]) -> pa.Table:
    """Add the sum of a shared array to each number."""
    return pa.table({"n": pc.add(chunk["n"], int(shared.value.sum()))})
