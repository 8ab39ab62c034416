"""What one source says of the parents of all accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.stages.hierarchy.forest import NO_PARENT, Positions

__all__ = ["IS_TOP", "Claims"]

IS_TOP = -2
"""In place of a parent: the source says that the account has none."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What one source says.

    Attributes:
        source: The field or method that says it, for explanations: ``parent_company_number``.
        parents: Position of the parent; ``NO_PARENT`` where the source says nothing, ``IS_TOP`` where it says there is none.
        said: The value behind it, for explanations: the parent's id, its number, the domain. Null where there is none.
        is_missing: True where the source names a parent that is not in the book, or more than one.
        problem: What ``is_missing`` means here, in words.
        is_ultimate: True when the claim is on the ultimate parent and not on the next one up.
        is_proposal: True when nobody stated the link: it is inferred.
    """

    source: str
    parents: Positions
    said: pa.Array
    is_missing: npt.NDArray[np.bool_]
    problem: str = "is not in the book"
    is_ultimate: bool = False
    is_proposal: bool = False

    @property
    def links(self) -> npt.NDArray[np.bool_]:
        """Where the source names a parent."""
        return self.parents > NO_PARENT
