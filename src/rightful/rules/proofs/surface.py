"""The surface that regions lie on: the classes of all fields, and which of them a record can have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rightful.rules.proofs.domain import ANYTHING, Domains, example_in
from rightful.rules.proofs.ground import Ground

__all__ = ["Surface"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Surface:
    """The ground of regions: classes, and which of them a record can have.

    Attributes:
        ground: Rules over common classes.
        domains: What values each field can have.
    """

    ground: Ground
    domains: Domains

    @cached_property
    def examples(self) -> tuple[tuple[tuple[bool, object], ...], ...]:
        """Give per field and cell whether a value can fall in it, and such a value."""
        return tuple(
            tuple(example_in(cells, cell, self.domains.get(cells.field, ANYTHING)) for cell in range(cells.size))
            for cells in self.ground.cells
        )

    @cached_property
    def possible_cells(self) -> tuple[Bools, ...]:
        """Give per field and cell whether a value can fall in it."""
        return tuple(np.array([is_possible for is_possible, _ in cells]) for cells in self.examples)

    @cached_property
    def possible(self) -> tuple[Bools, ...]:
        """Give per field and class whether a value can fall in it."""
        return tuple(
            np.bincount(classes.of_cell[able], minlength=classes.count) > 0
            for classes, able in zip(self.ground.classes, self.possible_cells, strict=True)
        )

    @cached_property
    def possible_by_level(self) -> list[Bools]:
        """Give the same by level."""
        return [self.possible[number] for number in self.ground.order]
