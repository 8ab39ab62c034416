"""Values that several processes read, such as an index: stored once, mapped by all, copied by none.

Arrays make up most of such a value. They are written as they are, so a process that opens the file maps them and the machine
holds them once; the rest is pickled. A file is the engine's own, of one run, and is never read by another.
"""

from __future__ import annotations

import mmap
import pickle
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

__all__ = ["StoredValue"]

_T = TypeVar("_T")

_ALIGNED = 64


class StoredValue(Generic[_T]):
    """A value for the functions that an engine runs; goes to another process as the path of a file.

    The file is written when the value first goes to another process, so one process alone pays nothing.

    Args:
        value: Anything that can be pickled. It must not change any more.
        path: The file, of which no other value is.
    """

    def __init__(self, value: _T, path: Path) -> None:
        self.value = value
        self._path = path
        self._is_stored = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Store the value, and pickle how it is opened."""
        if not self._is_stored:
            _write(self.value, self._path)
            self._is_stored = True
        return _opened, (self._path,)


@lru_cache(maxsize=4)
def _opened(path: Path) -> StoredValue[Any]:
    """Open a stored value, once in each process."""
    return StoredValue(_read(path), path)


def _write(value: object, path: Path) -> None:
    buffers: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(rest), *(buffer.raw() for buffer in buffers)]
    sizes = np.array([len(parts), *(part.nbytes for part in parts)], np.int64)
    with path.open("wb") as file:
        for part in (memoryview(sizes.tobytes()), *parts):
            file.write(part)
            file.write(bytes(-file.tell() % _ALIGNED))


def _read(path: Path) -> object:
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    count = int(np.frombuffer(mapped, np.int64, 1)[0])
    parts, place = [], _aligned(8 * (count + 1))
    for size in np.frombuffer(mapped, np.int64, count, 8).tolist():
        parts.append(mapped[place : place + size])
        place += _aligned(size)
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - the engine wrote the file itself, in its own folder


def _aligned(size: int) -> int:
    return size + -size % _ALIGNED
