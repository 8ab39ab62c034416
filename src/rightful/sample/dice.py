"""Chance with a seed: every choice of the sample book is drawn here, so that the same seed gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["Dice", "Ints"]

Ints = npt.NDArray[np.int64]


class Dice:
    """A named stream of chance; streams of different names do not disturb each other.

    So a new draw for contacts leaves accounts as they were.

    Example:
        >>> Dice(7, "accounts").below(3, 10).tolist() == Dice(7, "accounts").below(3, 10).tolist()
        True
    """

    def __init__(self, seed: int, name: str) -> None:
        self._seed = seed
        self._name = name
        self._chance = np.random.default_rng([seed, crc32(name.encode())])

    def child(self, name: str) -> Dice:
        """Start a stream of its own."""
        return Dice(self._seed, f"{self._name}/{name}")

    def uniform(self, count: int) -> npt.NDArray[np.float64]:
        """Draw numbers from 0 up to 1."""
        return self._chance.random(count)

    def normal(self, count: int, middle: float, spread: float) -> npt.NDArray[np.float64]:
        """Draw from a normal distribution."""
        return self._chance.normal(middle, spread, count)

    def below(self, count: int, limit: int | Ints) -> Ints:
        """Draw whole numbers from 0 up to the limit, which may differ per draw."""
        return np.floor(self._chance.random(count) * np.maximum(limit, 1)).astype(np.int64)

    def shuffled(self, count: int) -> Ints:
        """Give the numbers from 0 up to the count in random order."""
        return self._chance.permutation(count)

    def weighted(self, count: int, weights: Sequence[float] | npt.NDArray[np.float64]) -> Ints:
        """Draw positions in proportion to their weights."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        places = np.searchsorted(edges, self._chance.random(count) * edges[-1], side="right")
        return np.minimum(places, len(edges) - 1).astype(np.int64)

    def chance(self, count: int, share: float) -> pl.Series:
        """Draw True with a probability."""
        return pl.Series(self._chance.random(count) < share)

    def pick(self, count: int, values: Sequence[str] | pl.Series) -> pl.Series:
        """Draw values, each with the same probability."""
        series = values if isinstance(values, pl.Series) else pl.Series(values, dtype=pl.String)
        return series.gather(self.below(count, len(series)))

    def mix(self, usual: pl.Series, *others: tuple[float, pl.Series]) -> pl.Series:
        """Replace shares of a column by other spellings of it: ``mix(names, (0.04, names_in_capitals))``."""
        drawn = pl.Series("drawn", self._chance.random(len(usual)))
        frame = pl.DataFrame([drawn, usual.alias("usual")])
        edge = 1.0
        result = pl.col("usual")
        for number, (share, spelling) in enumerate(others):
            frame = frame.with_columns(spelling.alias(f"other{number}"))
            low, edge = edge - share, edge - share
            high = low + share
            result = (
                pl.when(pl.col("drawn").is_between(low, high, closed="left"))
                .then(pl.col(f"other{number}"))
                .otherwise(result)
            )
        return frame.select(result.alias(usual.name)).to_series()

    def rework(self, values: pl.Series, share: float, change: Callable[[str, int], str]) -> pl.Series:
        """Change a share of a column one value at a time; the function gets the value and a random number."""
        chosen = np.flatnonzero(self._chance.random(len(values)) < share)
        numbers = self._chance.integers(0, 2**31, len(chosen))
        old = values.gather(chosen).to_list()
        new = [change(value, int(number)) if value else value for value, number in zip(old, numbers, strict=True)]
        return values.clone().scatter(chosen, pl.Series(new, dtype=pl.String)) if len(chosen) else values
