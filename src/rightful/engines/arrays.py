"""Arrays in one file, mapped when it is opened: what several processes read is in memory once."""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.errors import EngineError, Mistake, Place

__all__ = ["check_arrays", "read_arrays", "write_arrays"]

_ALIGNED = 64
_CONTENTS, _BYTES = "contents.json", "arrays.bin"
_CHUNK = 1 << 22


def write_arrays(folder: Path, arrays: Mapping[str, npt.NDArray[Any]], about: Mapping[str, Any]) -> None:
    """Write arrays and what is to be known about them into a folder.

    Args:
        folder: Must exist.
        arrays: By name; of an array that stands under several names one copy is kept.
        about: What ``read_arrays`` gives back: values that JSON knows.
    """
    places: dict[int, tuple[int, int]] = {}
    contents = {}
    checksum, size = 0, 0
    with (folder / _BYTES).open("wb") as file:
        for name, array in arrays.items():
            if id(array) not in places:
                data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
                part = bytes(-size % _ALIGNED)
                file.write(part)
                checksum = zlib.crc32(data, zlib.crc32(part, checksum))
                places[id(array)] = (size + len(part), data.nbytes)
                file.write(data)
                size = file.tell()
            contents[name] = [array.dtype.str, list(array.shape), places[id(array)][0]]
        file.flush()
        os.fsync(file.fileno())
    body = json.dumps({"arrays": contents, "bytes": size, "checksum": checksum, "about": dict(about)}, sort_keys=True)
    with (folder / _CONTENTS).open("w", encoding="utf-8") as text:
        text.write(f"{_seal(body)}\n{body}\n")
        text.flush()
        os.fsync(text.fileno())


def read_arrays(folder: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Map the arrays of a folder; give them and what is known about them. They may be written: nobody else sees it.

    Raises:
        EngineError: A file is missing, cut short or changed.
    """
    contents = _contents(folder)
    path = folder / _BYTES
    size = path.stat().st_size if path.is_file() else 0
    if size != contents["bytes"]:
        raise _damaged(path, f"has {size:,} bytes instead of {contents['bytes']:,}")
    if not size:
        return {name: np.zeros(shape, kind) for name, (kind, shape, _) in contents["arrays"].items()}, contents["about"]
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    arrays = {}
    for name, (kind, shape, begin) in contents["arrays"].items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(mapped, kind, count, begin if count else 0).reshape(shape)
    return arrays, contents["about"]


def check_arrays(folder: Path) -> None:
    """Read every byte and compare the checksum.

    Raises:
        EngineError: A file is missing, cut short or changed.
    """
    contents, checksum = _contents(folder), 0
    path = folder / _BYTES
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            checksum = zlib.crc32(part, checksum)
    if checksum != contents["checksum"]:
        raise _damaged(path, "was changed after it was written: its checksum is another")


def _contents(folder: Path) -> dict[str, Any]:
    path = folder / _CONTENTS
    try:
        seal, _, body = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(path, "cannot be read") from error
    if seal != _seal(body.rstrip("\n")):
        raise _damaged(path, "was cut short or changed after it was written")
    return json.loads(body)


def _seal(body: str) -> str:
    return sha256(body.encode()).hexdigest()


def _damaged(path: Path, problem: str) -> EngineError:
    return EngineError(Mistake(Place(str(path)), f"the file {problem}", remedy="make it anew"))
