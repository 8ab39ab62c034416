"""What differs between two plans, as records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Affected", "Change", "Note", "PlanDifference", "PlanNamed", "RegionWords"]


@dataclass(frozen=True, slots=True)
class Affected:
    """The book's records in a region.

    Attributes:
        records: How many.
        share: Their share of the table's records.
        annual_revenue_usd: Their known yearly revenue; None where none is known, or the table has none.
        open_pipeline_usd: Value of their open opportunities; None for records without any kind of pipeline.
        examples: Keys of some of them, smallest first.
    """

    records: int
    share: float
    annual_revenue_usd: float | None
    open_pipeline_usd: float | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionWords:
    """A region of field values in which something changes.

    Attributes:
        table: Table of the records that it speaks of.
        boxes: Its parts, each in the plan's words; a record in any of them is in the region.
        witness: Values by field of a record in it.
        affected: The book's records in it; None where no book was read.
    """

    table: str
    boxes: tuple[str, ...]
    witness: tuple[tuple[str, str], ...]
    affected: Affected | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the second plan decides otherwise than the first.

    Attributes:
        section: Section of the plan, such as assignment.
        subject: What it concerns: ``layer geography``, ``pool sdr_amer``.
        words: What is different, in a sentence without a full stop.
        before: What the first plan gives, where the change is from one thing to another; else empty.
        after: What the second plan gives.
        region: The field values for which it holds; None where it holds for all records.
        parts: Where many things become one, each of them as a change of its own.
    """

    section: str
    subject: str
    words: str
    before: str = ""
    after: str = ""
    region: RegionWords | None = None
    parts: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something written differently that decides nothing: a name, a description, an order without effect."""

    section: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class PlanNamed:
    """Which plan: how it was called on the command line, its own name, and the version of its files."""

    called: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What differs between two plans in what they decide.

    Attributes:
        before: The first plan.
        after: The second plan.
        changes: What is decided otherwise, by section in the order of the pipeline.
        notes: What is only written otherwise.
        renamed: Territories that only have another name: the old one and the new one.
    """

    before: PlanNamed
    after: PlanNamed
    changes: tuple[Change, ...]
    notes: tuple[Note, ...]
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def is_same(self) -> bool:
        """True where both plans decide every record alike."""
        return not self.changes

    def by_subject(self) -> Iterator[tuple[str, str, tuple[Change, ...]]]:
        """Give section, subject and changes, subjects in the order in which they come up."""
        subjects: dict[tuple[str, str], list[Change]] = {}
        for change in self.changes:
            subjects.setdefault((change.section, change.subject), []).append(change)
        for (section, subject), changes in subjects.items():
            yield section, subject, tuple(changes)

    def as_json(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**asdict(self), "is_same": self.is_same}
