"""Every error that Rightful raises on purpose.

    RightfulError
    ├── PlanError        the plan cannot be read or does not make sense
    ├── BookError        the book (the CRM's records) cannot be read
    ├── EngineError      tables cannot be stored or computed
    ├── LedgerError      the ledger cannot be opened, moved meanwhile, or refuses what it was told
    ├── RunError         a run cannot be found, or a record in it
    └── DeskError        the desk does not do what it is asked
        ├── KeyConflict  the key was used for another command
        ├── InProgress   a command with this key is being carried out
        ├── NoSuchRecord the desk knows no such record, decision, message or rep
        ├── Refused      the record is not in a state, or not with the rep, for this
        ├── BadRecord    the record cannot be read
        ├── DeskBusy     too many commands wait
        ├── DeskDown     the desk, or the database under it, takes nothing now
        └── DiskFull     the database has no room

Each says: *place: what is wrong, with the value. What is allowed. What to do.* A ``Mistake`` is one such finding as data;
an error carries all mistakes found at once, so that a person mends a plan in one go and not one error at a time.
Bad rows are not errors: they go to quarantine with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

__all__ = [
    "BadRecord",
    "BookError",
    "DeskBusy",
    "DeskDown",
    "DeskError",
    "DiskFull",
    "EngineError",
    "InProgress",
    "KeyConflict",
    "LedgerError",
    "Mistake",
    "NoSuchRecord",
    "Place",
    "PlanError",
    "Refused",
    "RightfulError",
    "RunError",
    "near_miss",
]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file, and the line and column in it when known (both count from 1)."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Write the place as editors and compilers do: ``file:line:column``."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong, as data: where, what, what is allowed, what to do.

    Attributes:
        place: Where it stands; None only where no file is involved.
        problem: What is wrong, with the value: ``unknown field 'employes'``.
        allowed: What would be right: ``fields of account: country, employees, ...``; may be empty.
        remedy: What to do: ``did you mean 'employees'?``; may be empty.
        severity: ``error`` stops a run, ``warning`` does not.
    """

    place: Place | None
    problem: str
    allowed: str = ""
    remedy: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Write the mistake as one line: *place: problem. Allowed. Remedy.* and nothing else."""
        sentences = [part.rstrip(".") + "." if not part.endswith("?") else part for part in self._parts() if part]
        prefix = f"{self.place}: " if self.place else ""
        return prefix + " ".join(sentences)

    def _parts(self) -> tuple[str, ...]:
        allowed = f"Allowed: {self.allowed}" if self.allowed else ""
        return (self.problem, allowed, self.remedy[:1].upper() + self.remedy[1:])


class RightfulError(Exception):
    """Base of all errors that Rightful raises on purpose; carries every mistake found."""

    def __init__(self, mistakes: Mistake | Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = (mistakes,) if isinstance(mistakes, Mistake) else tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class PlanError(RightfulError):
    """The plan cannot be read or does not make sense."""


class BookError(RightfulError):
    """The book cannot be read: a file is missing, a column is missing, an encoding is unknown."""


class EngineError(RightfulError):
    """Tables cannot be stored or computed."""


class LedgerError(RightfulError):
    """The ledger cannot be opened or read, has moved meanwhile, or refuses what it was told."""


class RunError(RightfulError):
    """A run cannot be found or read, or holds no such record."""


class DeskError(RightfulError):
    """The desk does not do what it is asked; nothing was changed.

    Attributes:
        retry_after_seconds: When the same may be asked again; 0 where that would change nothing.
    """

    retry_after_seconds: float = 0


class KeyConflict(DeskError):  # noqa: N818 - the field's own words say that it is an error
    """The idempotency key was used for a command that says something else."""


class InProgress(DeskError):  # noqa: N818 - as above
    """A command with this idempotency key is being carried out."""

    retry_after_seconds = 1


class NoSuchRecord(DeskError):  # noqa: N818 - as above
    """The desk knows no such record, decision, message or rep."""


class Refused(DeskError):  # noqa: N818 - as above
    """The record is in a state, or with a rep, that does not allow this."""


class BadRecord(DeskError):  # noqa: N818 - as above
    """The record cannot be read: its key is missing, or a field is unknown."""


class DeskBusy(DeskError):  # noqa: N818 - as above
    """Too many commands wait for their turn."""

    retry_after_seconds = 1


class DeskDown(DeskError):  # noqa: N818 - as above
    """The desk is closing, or the database under it cannot be reached."""

    retry_after_seconds = 1


class DiskFull(DeskError):  # noqa: N818 - as above
    """The database has no room to write."""

    retry_after_seconds = 30


def near_miss(word: str, choices: Sequence[str], cutoff: float = 70) -> str:
    """Suggest the choice that a mistyped word most likely meant.

    Returns:
        ``did you mean 'employees'?``, or an empty string when nothing is near.

    Example:
        >>> near_miss("employes", ["country", "employees"])
        "did you mean 'employees'?"
    """
    found = process.extractOne(
        word.casefold(), list(choices), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=cutoff
    )
    return f"did you mean {found[0]!r}?" if found else ""
