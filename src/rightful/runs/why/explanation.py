"""What an explanation is: parts, each a heading with lines for people and facts for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from html import escape
from typing import Any

__all__ = ["Explanation", "Part", "Record"]

Record = Mapping[str, Any]
"""A record of a run, or a row of one of its tables: values by column."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one stage did with a record.

    Attributes:
        topic: Heading, such as ``Match``.
        lines: What a person reads.
        facts: The same as data, for machines.
    """

    topic: str
    lines: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole way of a record through a run.

    Attributes:
        object: Kind of record: ``lead``.
        record_id: Its key; of a merged record, that of the one that stands for it.
        asked_for: The id that was asked for.
        name: What people call it.
        parts: What was done, in order.
        plan_version: Version of the plan that decided.
        as_of: The instant at which the book was read.
        also: Other kinds of records with the same id.
    """

    object: str
    record_id: str
    asked_for: str
    name: str
    parts: tuple[Part, ...]
    plan_version: str
    as_of: datetime
    also: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give it as plain data: instants and dates as ISO text."""
        return _plain(asdict(self))

    def lines(self) -> Iterator[str]:
        """Give it as text, a line at a time."""
        yield f"{self.object} {self.record_id}" + (f": {self.name}" if self.name else "")
        if self.asked_for != self.record_id:
            yield f"  ({self.asked_for} was merged into it)"
        if self.also:
            ways = " or ".join(f'"{kind} {self.asked_for}"' for kind in self.also)
            yield f"  (other records have this id as well: ask for {ways})"
        for part in self.parts:
            yield ""
            yield part.topic
            yield from (f"  {line}" for line in part.lines)

    def _repr_html_(self) -> str:
        """Show it as text in notebooks, whatever the book's values hold."""
        return f"<pre>{escape(chr(10).join(self.lines()))}</pre>"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value
