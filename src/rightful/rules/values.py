"""Read the values that rules compare: one reading for a record, for a column and for the plan's own words.

Blank is None, an empty text and NaN. A value of another kind than its field is an error and never a silent "no".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from math import inf, isnan
from numbers import Real

import numpy as np

from rightful.errors import BookError, Mistake

__all__ = ["EPOCH", "Reader", "RuleKind", "day_of", "read_date", "read_flag", "read_number", "read_text", "reader_of"]


class RuleKind(StrEnum):
    """What a rule can compare a field with."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


EPOCH = date(1970, 1, 1).toordinal()

Reader = Callable[[object, str], object]


def read_text(value: object, field: str) -> str | None:
    """Read a text; None when blank.

    Example:
        >>> read_text("", "country") is None
        True
    """
    if isinstance(value, str):
        return value or None
    if _is_blank(value):
        return None
    raise _wrong(value, field, RuleKind.TEXT)


def read_number(value: object, field: str) -> float | None:
    """Read a number as a float; None when blank. Whole numbers beyond a float's reach read as infinite."""
    if _is_blank(value):
        return None
    if isinstance(value, (Real, Decimal)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            return inf if value > 0 else -inf  # type: ignore[operator]  # any Real orders against 0
        except ValueError:  # a signalling NaN of decimal
            return None
        return None if isnan(number) else number
    raise _wrong(value, field, RuleKind.NUMBER)


def read_date(value: object, field: str) -> int | None:
    """Read a date, an instant (its day in UTC) or ISO text as days since 1970-01-01; None when blank."""
    if isinstance(value, datetime):
        return day_of(value.astimezone(UTC) if value.tzinfo else value)
    if isinstance(value, date):
        return day_of(value)
    if _is_blank(value):
        return None
    if isinstance(value, str):
        try:
            return read_date(datetime.fromisoformat(value), field)
        except (ValueError, OverflowError) as error:
            raise _wrong(value, field, RuleKind.DATE) from error
    raise _wrong(value, field, RuleKind.DATE)


def read_flag(value: object, field: str) -> bool | None:
    """Read a flag; None when blank."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if _is_blank(value):
        return None
    raise _wrong(value, field, RuleKind.FLAG)


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value) or (isinstance(value, float) and isnan(value))


def day_of(day: date) -> int:
    """Count the days since 1970-01-01."""
    return day.toordinal() - EPOCH


def reader_of(kind: RuleKind) -> Reader:
    """Give the function that reads values of a kind."""
    return _READERS[kind]


_READERS: dict[RuleKind, Reader] = {
    RuleKind.TEXT: read_text,
    RuleKind.NUMBER: read_number,
    RuleKind.DATE: read_date,
    RuleKind.FLAG: read_flag,
}

_ALLOWED = {
    RuleKind.TEXT: "text",
    RuleKind.NUMBER: "a number",
    RuleKind.DATE: "a date, an instant or ISO text such as '2026-01-31'",
    RuleKind.FLAG: "true or false",
}


def _wrong(value: object, field: str, kind: RuleKind) -> BookError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    problem = f"field {field!r} holds {shown}, which rules cannot compare as a {kind}"
    return BookError(Mistake(None, problem, f"{_ALLOWED[kind]}, or blank", "clean the column first"))
