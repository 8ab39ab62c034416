from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.leaves import leaves, with_leaves, with_room


@dataclass(frozen=True, slots=True)
class Part:
    numbers: npt.NDArray[np.int64]
    size: int
    name: str = "part"


@dataclass(frozen=True, slots=True)
class Whole:
    parts: tuple[Part, ...]
    by_name: dict[str, npt.NDArray[np.int64]]
    is_ready: bool


WHOLE = Whole((Part(np.arange(2), 2), Part(np.arange(3), 3)), {"a": np.ones(1, np.int64)}, is_ready=True)


def test_leaves_have_paths_and_go_back_where_they_were() -> None:
    found = dict(leaves(WHOLE))
    assert list(found) == [
        "parts.0.numbers",
        "parts.0.size",
        "parts.1.numbers",
        "parts.1.size",
        "by_name.a",
        "is_ready",
    ]
    other = with_leaves(WHOLE, {"parts.1.numbers": np.zeros(4), "by_name.a": np.arange(7), "is_ready": False})
    assert len(other.parts[1].numbers) == 4
    assert len(other.by_name["a"]) == 7
    assert not other.is_ready
    assert other.parts[0].numbers is WHOLE.parts[0].numbers
    assert (other.parts[1].size, other.parts[1].name) == (3, "part")


def test_room_is_zero_and_behind() -> None:
    assert with_room(np.ones((2, 2)), 3).tolist() == [[1, 1], [1, 1], [0, 0]]
