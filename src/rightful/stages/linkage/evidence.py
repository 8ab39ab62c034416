"""The pairs that are likely enough, with what speaks for and against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from rightful.stages.linkage.alike import Alike
from rightful.stages.linkage.kinds import Level
from rightful.stages.linkage.pairs import Rows
from rightful.stages.linkage.weights import Column, Weighed

__all__ = ["LEAST", "likely_pairs", "texts_of"]

LEAST = 0.2
"""Pairs that are less probable are not given."""

_WORDS = {
    Level.EQUAL: "'{mine}' in both",
    Level.NEAR: "'{mine}' is near '{theirs}'",
    Level.LOOSE: "'{mine}' resembles '{theirs}'",
    Level.DIFFERS: "'{mine}' differs from '{theirs}'",
}


def texts_of(records: pa.Table, names: Sequence[str]) -> dict[str, list[str]]:
    """Give columns as texts ready to be compared: lower case, trimmed, empty where unknown."""
    return {name: [(text or "").strip().lower() for text in records[name].to_pylist()] for name in names}


def likely_pairs(columns: Sequence[Column], weighed: Weighed, left: Rows, right: Rows) -> Alike:
    """Keep the likely ones of weighed pairs."""
    probability = weighed.probability
    kept = np.flatnonzero(probability >= LEAST)
    evidence = _evidence(columns, weighed, {"left": left[kept], "right": right[kept], "pair": kept})
    return Alike(left[kept], right[kept], probability[kept], evidence)


def _evidence(columns: Sequence[Column], weighed: Weighed, kept: Mapping[str, Rows]) -> tuple[str, ...]:
    lines: list[list[str]] = [[] for _ in range(len(kept["pair"]))]
    lefts, rights = kept["left"].tolist(), kept["right"].tolist()
    for column in columns:
        weights = weighed.weights[column.field.name][kept["pair"]].tolist()
        levels = column.levels[kept["pair"]].tolist()
        said = column.said or {}
        pairs = zip(lines, levels, weights, lefts, rights, kept["pair"].tolist(), strict=True)
        for line, level, weight, left, right, pair in pairs:
            if level != Level.UNKNOWN:
                words = said.get(pair) or _WORDS[Level(level)].format(
                    mine=column.texts[left], theirs=column.texts[right]
                )
                line.append(f"{column.field.name}: {words}: {weight:+.1f}")
    return tuple("; ".join(line) for line in lines)
