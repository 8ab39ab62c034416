"""Spellings that are rare and yet in every CRM: a record for each, so that the sample has every kind of disorder."""

from __future__ import annotations

import polars as pl

from rightful.sample.dice import Dice
from rightful.sample.words import rows, split

__all__ = ["with_rarities"]


def with_rarities(table: str, written: pl.DataFrame, duplicates: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Write each row of ``data/rarities.csv`` into a record of a table, as far as there are records.

    Args:
        table: Name of the table.
        written: Its rows; the first column is the key.
        duplicates: Duplicates by ``record_id`` and ``duplicate_of``; these records stay, for a merge could hide a rarity.
        dice: Chance.
    """
    keys = written.to_series(0)
    is_twin = keys.is_in(duplicates["record_id"].implode()) | keys.is_in(duplicates["duplicate_of"].implode())
    free = [place for place in dice.shuffled(len(written)).tolist() if not is_twin[place]]
    changes: dict[str, dict[int, str | None]] = {}
    for place, row in zip(free, (row for row in rows("rarities") if row["table"] == table), strict=False):
        for cell in split(row["cells"]):
            column, _, value = cell.partition("=")
            changes.setdefault(column, {})[place] = value or None
    columns = [
        written[column].scatter(list(cells), pl.Series(list(cells.values()), dtype=pl.String))
        for column, cells in changes.items()
    ]
    return written.with_columns(columns)
