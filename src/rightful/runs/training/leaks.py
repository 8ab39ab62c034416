"""Find columns that tell the outcome instead of foretelling it, and those that cannot teach anything.

A past record is exported as it is today, and much in it was written after, and because of, the outcome. A score trained on
such columns looks splendid and fails on a fresh record, where they are empty. No test proves a leak without the history of
each field; these look for its traces, and name what they saw, so that a person can judge:

* it ranks the outcome better than a single fact known beforehand does,
* values of it settle the outcome: nearly all, or nearly none of the records with them converted,
* it is filled far more often in records that converted: people fill it on the way,
* its name says that it is kept up to date: last, status, tags,
* its name says that a rep or a tool judges the record: quality, score, index. Such a judgement follows what the record does,
  up to the outcome.

Only the older records are looked at, so that the newest stay unseen for the evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from rightful.runs.training.bins import cells_of
from rightful.runs.training.measure import auc_interval
from rightful.runs.training.records import Column, Flags, Floats, PastRecords

__all__ = ["Cause", "Finding", "find_unusable"]

LARGEST_AUC = 0.85
PURE_SHARE = 0.97
LARGEST_PURE_SHARE = 0.10
LARGEST_FILL_GAP = 0.25
_FEWEST_PURE_ROWS = 30
_MANY_VALUES_SHARE = 0.5
_SMOOTHING_ROWS = 5

_AFTERWARDS = frozenset((
    "last", "latest", "recent", "recently", "modified", "updated", "status", "stage", "tag", "tags", "outcome",
    "result", "disposition", "closed", "won", "lost", "converted", "conversion", "notable", "reason",
))  # fmt: skip
_JUDGEMENTS = frozenset((
    "quality", "score", "index", "rating", "grade", "rank", "profile", "probability", "likelihood",
    "temperature", "priority",
))  # fmt: skip


class Cause(StrEnum):
    """Why a column is not used."""

    EXCLUDED = "excluded by the plan"
    CONSTANT = "always the same"
    TOO_MANY_VALUES = "too many values"
    PREDICTS_TOO_WELL = "predicts too well"
    SETTLES_OUTCOME = "settles the outcome"
    FILLED_AFTERWARDS = "filled because of the outcome"
    NAMED_AFTERWARDS = "kept up to date"
    JUDGEMENT = "a judgement that moves with the record"


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a column is not used, or would not be had the plan not kept it.

    Attributes:
        column: Its name.
        cause: What speaks against it.
        evidence: What was seen, with the figures.
        is_kept: True when the plan keeps the column all the same.
    """

    column: str
    cause: Cause
    evidence: str
    is_kept: bool = False

    @property
    def is_leak(self) -> bool:
        """True when the column seems to tell the outcome; else it merely teaches nothing, or the plan excludes it."""
        return self.cause not in (Cause.EXCLUDED, Cause.CONSTANT, Cause.TOO_MANY_VALUES)


def find_unusable(records: PastRecords, exclude: tuple[str, ...], keep: tuple[str, ...]) -> tuple[Finding, ...]:
    """Find the columns that should not be used, with every reason, in the order of the columns.

    Args:
        records: The older records, oldest first.
        exclude: Columns that the plan excludes.
        keep: Columns that the plan keeps; what speaks against them is still told.
    """
    findings = []
    for column in records.columns:
        if column.name in exclude:
            findings.append(Finding(column.name, Cause.EXCLUDED, "named under training.exclude"))
            continue
        for cause, evidence in _against(column, records.converted):
            findings.append(Finding(column.name, cause, evidence, is_kept=column.name in keep))
    return tuple(findings)


def _against(column: Column, converted: Flags) -> Iterator[tuple[Cause, str]]:
    idle = _idle(column)
    if idle:
        yield idle
        return
    words = set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.name).casefold()))
    for cause, telling in ((Cause.NAMED_AFTERWARDS, _AFTERWARDS), (Cause.JUDGEMENT, _JUDGEMENTS)):
        if words & telling:
            yield cause, f"its name says so: {', '.join(sorted(words & telling))}"
    auc = _auc(column, converted)
    if auc > LARGEST_AUC:
        yield Cause.PREDICTS_TOO_WELL, f"alone it ranks with AUC {auc:.3f}, more than {LARGEST_AUC}"
    yield from _settled(column, converted)
    yield from _filled(column, converted)


def _idle(column: Column) -> tuple[Cause, str] | None:
    if column.numbers is not None:
        known = column.numbers[~np.isnan(column.numbers)]
        if len(np.unique(known)) + bool(len(known) < len(column.numbers)) < 2:
            return Cause.CONSTANT, "one value in all records"
        return None
    texts = column.texts or ()
    values = set(texts)
    if len(values) < 2:
        return Cause.CONSTANT, "one value in all records"
    filled = sum(text is not None for text in texts)
    if len(values - {None}) > _MANY_VALUES_SHARE * filled and len(values) > _FEWEST_PURE_ROWS:
        return Cause.TOO_MANY_VALUES, f"{len(values - {None})} values in {filled} records"
    return None


def _auc(column: Column, converted: Flags) -> float:
    """Rank the later half of the records by the shares seen in the earlier half, cell by cell."""
    half = len(converted) // 2
    cells = cells_of(column)
    codes = cells.codes(column)
    shares = _shares(codes[:half], converted[:half], cells.size)
    later = converted[half:]
    return auc_interval(later, shares[codes[half:]])[0] if 0 < later.sum() < len(later) else 0.5


def _shares(codes: np.ndarray, converted: Flags, size: int) -> Floats:
    """Give the share that converted in each cell, drawn to the average where records are few."""
    rows = np.bincount(codes, minlength=size)
    conversions = np.bincount(codes, weights=converted, minlength=size)
    mean = float(converted.mean()) if len(converted) else 0.0
    shares: Floats = (conversions + _SMOOTHING_ROWS * mean) / (rows + _SMOOTHING_ROWS)
    return shares


def _settled(column: Column, converted: Flags) -> Iterator[tuple[Cause, str]]:
    """Look for values of a text with which nearly all or nearly no record converted."""
    if column.numbers is not None:
        return
    cells = cells_of(column)
    codes = cells.codes(column)
    settled: list[tuple[int, str]] = []
    for code, level in enumerate(cells.levels, start=2):
        here = converted[codes == code]
        share = float(here.mean()) if len(here) >= _FEWEST_PURE_ROWS else 0.5
        if share >= PURE_SHARE or share <= 1 - PURE_SHARE:
            settled.append((len(here), f"{level!r} {share:.0%} of {len(here)}"))
    rows = sum(count for count, _ in settled)
    if rows > LARGEST_PURE_SHARE * len(converted):
        largest = ", ".join(words for _, words in sorted(settled, key=lambda each: (-each[0], each[1]))[:3])
        yield (
            Cause.SETTLES_OUTCOME,
            f"{rows / len(converted):.0%} of the records have a value that settles it: {largest}",
        )


def _filled(column: Column, converted: Flags) -> Iterator[tuple[Cause, str]]:
    filled = ~column.is_blank
    yes, no = float(filled[converted].mean()), float(filled[~converted].mean())
    if yes - no > LARGEST_FILL_GAP:
        yield Cause.FILLED_AFTERWARDS, f"filled in {yes:.0%} of the records that converted, {no:.0%} of the others"
