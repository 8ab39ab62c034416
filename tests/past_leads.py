"""Past records to learn from, as tests of training share them."""

from __future__ import annotations

import random
from typing import Any

__all__ = ["past"]

RATES = {"Referral": 0.6, "Web": 0.3, "List": 0.1}


def past(count: int = 1200, seed: int = 3, **more: Any) -> dict[str, list[Any]]:
    """Make past records: the source moves the outcome, the size does a little, the colour does not."""
    chance = random.Random(seed)  # noqa: S311 chance with a seed is what a test needs
    rows = []
    for number in range(count):
        source = chance.choice(list(RATES))
        size = chance.randint(1, 1000)
        converted = chance.random() < RATES[source] + (0.15 if size > 500 else -0.05)
        rows.append((number, source, size, chance.choice(["red", "blue"]), converted))
    names = ("day", "lead_source", "employees", "product_interest", "is_converted")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return columns | {name: [make(*row) for row in rows] for name, make in more.items()}
