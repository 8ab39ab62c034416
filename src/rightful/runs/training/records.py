"""Past records to learn from: columns as texts or numbers, the outcome, oldest record first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.errors import BookError, Mistake, Place, near_miss

__all__ = ["Column", "Floats", "PastRecords", "past_records"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_YES = frozenset({"1", "true", "yes", "y", "won", "converted", "1.0"})
_NO = frozenset({"0", "false", "no", "n", "lost", "", "0.0"})
_FEWEST_NUMBERS = 8
_FEWEST_OF_EACH = 50


@dataclass(frozen=True)
class Column:
    """A column of past records: numbers with NaN for blank, or texts with None for blank; the other is None."""

    name: str
    numbers: Floats | None = None
    texts: tuple[str | None, ...] | None = None

    @property
    def is_blank(self) -> Flags:
        """True where nothing stands."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return np.array([text is None for text in self.texts or ()], dtype=bool)

    def rows(self, chosen: npt.NDArray[np.intp]) -> Column:
        """Give the column for some rows, in their order."""
        if self.numbers is not None:
            return replace(self, numbers=self.numbers[chosen])
        texts = self.texts or ()
        return replace(self, texts=tuple(texts[row] for row in chosen.tolist()))


@dataclass(frozen=True)
class PastRecords:
    """Records whose outcome is known, oldest first.

    Attributes:
        source: Where they come from, as people call it.
        columns: All columns but the label and the one that orders.
        converted: Whether each converted.
        order: What they are ordered by.
        without_label: Records left out because their outcome is blank.
    """

    source: str
    columns: tuple[Column, ...]
    converted: Flags
    order: str
    without_label: int

    def __len__(self) -> int:
        """Count the records."""
        return len(self.converted)

    def part(self, start: int, stop: int) -> PastRecords:
        """Give the records from ``start`` to before ``stop``."""
        chosen = np.arange(start, stop)
        return replace(
            self, columns=tuple(column.rows(chosen) for column in self.columns), converted=self.converted[start:stop]
        )


def past_records(
    source: str, values: Mapping[str, Sequence[Any]], label: str, time: str, blanks: Sequence[str]
) -> PastRecords:
    """Make past records of plain columns.

    Args:
        source: Where they come from, as people call it.
        values: Columns by name, all equally long; None is blank. Texts that are all numbers become numbers.
        label: Column that says whether a record converted.
        time: Column that orders them; blank: ``created_at`` where it is there, else their own order.
        blanks: Texts that mean that nothing was chosen.

    Raises:
        BookError: A column is missing, a label or time cannot be read, or there are too few records to learn from.
    """
    _require(source, values, [label, *([time] if time else [])])
    time = time or ("created_at" if "created_at" in values else "")
    known = [row for row, value in enumerate(values[label]) if value is not None]
    converted = np.array([_outcome(values[label][row], source, label) for row in known], dtype=bool)
    if min(int(converted.sum()), int((~converted).sum())) < _FEWEST_OF_EACH:
        problem = (
            f"{source} has {int(converted.sum())} records that converted and {int((~converted).sum())} that did not"
        )
        raise BookError(
            Mistake(Place(source), problem, f"at least {_FEWEST_OF_EACH} of each", "collect more records first")
        )
    ranks = [_instant(values[time][row], source, time) for row in known] if time else list(range(len(known)))
    order = np.argsort(np.array(ranks), kind="stable")
    chosen = [known[row] for row in order.tolist()]
    ignored = {each.casefold() for each in blanks}
    columns = tuple(
        _column(name, [column[row] for row in chosen], ignored)
        for name, column in values.items()
        if name not in (label, time) and name.strip()
    )
    return PastRecords(source, columns, converted[order], time or "the file's order", len(values[label]) - len(known))


def _require(source: str, values: Mapping[str, Sequence[Any]], names: Sequence[str]) -> None:
    missing = [name for name in names if name not in values]
    if missing:
        raise BookError(
            Mistake(
                Place(source),
                f"column {name!r} is missing",
                ", ".join(values),
                near_miss(name, list(values)) or "name the right column in scoring.yaml under training",
            )
            for name in missing
        )


def _outcome(value: Any, source: str, label: str) -> bool:
    text = str(value).strip().casefold()
    if text in _YES or text in _NO:
        return text in _YES
    problem = f"column {label!r} holds {value!r}, which says neither converted nor not"
    raise BookError(
        Mistake(Place(source), problem, "yes/no, true/false, 1/0", "name another column under training.label")
    )


def _instant(value: Any, source: str, time: str) -> float:
    """Read what orders the records: a number, a date or an instant; a blank is oldest."""
    try:
        if value is None:
            return float("-inf")
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
        return (
            _number(str(value))
            if _is_number(str(value))
            else _instant(datetime.fromisoformat(str(value)), source, time)
        )
    except ValueError as error:
        problem = f"column {time!r} holds {value!r}, which orders nothing"
        allowed = "a number, or a date or instant such as 2026-01-31"
        raise BookError(Mistake(Place(source), problem, allowed, "name another column under training.time")) from error


def _column(name: str, values: Sequence[Any], ignored: set[str]) -> Column:
    if all(value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)) for value in values):
        return Column(name, numbers=np.array([np.nan if value is None else float(value) for value in values]))
    texts = [_text(value, ignored) for value in values]
    filled = [text for text in texts if text is not None]
    if len(set(filled)) >= _FEWEST_NUMBERS and all(map(_is_number, filled)):
        return Column(name, numbers=np.array([np.nan if text is None else _number(text) for text in texts]))
    return Column(name, texts=tuple(texts))


def _text(value: Any, ignored: set[str]) -> str | None:
    text = "" if value is None else ("true" if value else "false") if isinstance(value, bool) else str(value).strip()
    return None if not text or text.casefold() in ignored else text


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _number(text: str) -> float:
    return float(text)
