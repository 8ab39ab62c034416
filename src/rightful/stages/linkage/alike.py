"""Pairs of records that may be one and the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Alike"]


@dataclass(frozen=True, slots=True)
class Alike:
    """Pairs of rows that may be one record, each pair once, ordered by left and right row.

    Attributes:
        left: The earlier row.
        right: The later row.
        probability: How sure that is, 0 to 1.
        evidence: What speaks for and against it, field by field, in words and numbers (natural log-odds).
    """

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    probability: npt.NDArray[np.float64]
    evidence: tuple[str, ...]

    def __len__(self) -> int:
        """Give the number of pairs."""
        return len(self.left)
