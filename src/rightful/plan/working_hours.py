"""Working hours as people write them: ``Mon-Thu 09:00-12:30 13:30-18:00; Fri 09:00-15:00``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rightful.errors import Mistake, Place, PlanError

__all__ = ["ALWAYS", "Block", "WorkingHours", "read_hours"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MINUTES_OF_DAY = 1440
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})")
_ALLOWED = "days and times such as `Mon-Fri 09:00-12:30 13:30-18:00; Sat 10:00-14:00`, or `24/7`"


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A stretch of work in local time.

    Attributes:
        weekday: Day on which it starts; 0 is Monday.
        start_minute: Minutes after midnight.
        end_minute: Minutes after the same midnight; above 1440 where the block runs into the next day.
    """

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The working hours of a week, in order.

    Attributes:
        text: As a person wrote them.
        blocks: Their blocks; no two overlap.
    """

    text: str
    blocks: tuple[Block, ...]


ALWAYS = WorkingHours("24/7", tuple(Block(day, 0, _MINUTES_OF_DAY) for day in range(7)))
"""Every hour of every day."""


def read_hours(text: str, place: Place | None = None) -> WorkingHours:
    """Read working hours.

    Groups are separated by ``;``. Days are names of three letters or whole ones, as a range or a list; a group without days
    holds for every day. A block that ends at or before its start runs into the next day.

    Args:
        text: What a person wrote.
        place: Where it stands, for the error.

    Raises:
        PlanError: A day or a time cannot be read, or blocks overlap.

    Example:
        >>> read_hours("Mon-Tue 09:00-12:30 13:30-18:00").blocks[1]
        Block(weekday=0, start_minute=810, end_minute=1080)
    """
    if text.strip() == ALWAYS.text:
        return ALWAYS
    blocks = sorted(block for group in text.split(";") if group.strip() for block in _group(group, place))
    if not blocks:
        raise _unreadable(f"no working hours in {text!r}", place)
    _refuse_overlaps(blocks, text, place)
    return WorkingHours(text, tuple(blocks))


def _group(group: str, place: Place | None) -> list[Block]:
    times = list(_TIMES.finditer(group))
    days_text = group[: times[0].start()] if times else group
    rest = _TIMES.sub(" ", group[len(days_text) :]).replace(",", " ").strip()
    if not times or rest:
        raise _unreadable(f"times in {group.strip()!r} cannot be read", place)
    spans = [_span(match, group, place) for match in times]
    return [Block(day, start, end) for day in _days(days_text, place) for start, end in spans]


def _span(match: re.Match[str], group: str, place: Place | None) -> tuple[int, int]:
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in match.groups())
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if max(from_minute, to_minute) > 59 or start >= _MINUTES_OF_DAY or end > _MINUTES_OF_DAY:
        raise _unreadable(f"{match.group()!r} in {group.strip()!r} is no time of day", place)
    return start, end if end > start else end + _MINUTES_OF_DAY


def _days(text: str, place: Place | None) -> list[int]:
    found: list[int] = []
    for part in text.replace("\u2013", "-").replace(",", " ").replace(" - ", "-").split():
        first, dash, last = part.partition("-")
        start = _day(first, place)
        end = _day(last, place) if dash else start
        found.extend((start + step) % 7 for step in range((end - start) % 7 + 1))
    return list(dict.fromkeys(found)) or list(range(7))


def _day(name: str, place: Place | None) -> int:
    folded = name.strip().casefold()
    for names in (_DAYS, _FULL_NAMES):
        if folded in names:
            return names.index(folded)
    raise _unreadable(f"{name!r} is no day of the week", place)


def _refuse_overlaps(blocks: list[Block], text: str, place: Place | None) -> None:
    """Compare neighbours over the week, the last block with the first of the next week."""
    spans = sorted((block.weekday * _MINUTES_OF_DAY + block.start_minute, block) for block in blocks)
    week = 7 * _MINUTES_OF_DAY
    around = [*spans, (spans[0][0] + week, spans[0][1])]
    for (start, block), (next_start, _) in pairwise(around):
        if start + block.end_minute - block.start_minute > next_start:
            raise _unreadable(f"blocks of {text!r} overlap", place)


def _unreadable(problem: str, place: Place | None) -> PlanError:
    return PlanError(Mistake(place, problem, _ALLOWED))
