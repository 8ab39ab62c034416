"""Findings of a proof, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from rightful.errors import Place

__all__ = ["KINDS", "Candidate", "Finding", "Proof", "Severity", "Stake"]

KINDS: Mapping[str, str] = {
    "gap": "Records for which no rule of a layer holds get no territory",
    "overlap": "Several territories claim the same records, and one wins",
    "shadowed": "The rule holds for records but never decides one",
    "dead": "No record can meet the rule",
    "unreachable": "A value that a rule names does not occur",
    "vacancy": "A territory and role has no rep on some days",
    "absence": "A rep is absent and nobody covers",
    "pool": "Everybody in a pool is away at once",
}
"""What each kind of finding means."""


class Severity(StrEnum):
    """How bad a finding is: errors cost somebody a record, warnings may, notes are worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Give the place of the severity, the worst first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Stake:
    """What of the book a finding concerns.

    Attributes:
        records: Accounts.
        share: Their share of all accounts, 0 to 1.
        open_pipeline_usd: Their open opportunities.
        annual_revenue_usd: Their yearly revenue, as far as known.
        example: The most valuable of them; None where there is none.
    """

    records: int
    share: float
    open_pipeline_usd: float
    annual_revenue_usd: float
    example: str | None

    @classmethod
    def nothing(cls) -> Stake:
        """Give the stake of what concerns no account."""
        return cls(0, 0.0, 0.0, 0.0, None)

    @property
    def order(self) -> tuple[float, float, int]:
        """Rank by value: open pipeline, then revenue, then the number of records."""
        return self.open_pipeline_usd, self.annual_revenue_usd, self.records


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        kind: One of ``KINDS``.
        severity: How bad it is.
        where: The layer, pool or territory concerned.
        message: What is found, in a sentence.
        regions: Which records, in the plan's words; several where one box cannot say it.
        has_more: Whether there are more regions than these.
        witness: A made-up record that shows it; None where no record does.
        stake: What of the book it concerns; None without a book, and where accounts are not concerned.
        places: Where in the plan's files.
        repair: What to do.
        fingerprint: The same as long as the finding is the same, wherever its lines move.
    """

    kind: str
    severity: Severity
    where: str
    message: str
    regions: tuple[str, ...]
    has_more: bool
    witness: Mapping[str, object] | None
    stake: Stake | None
    places: tuple[Place, ...]
    repair: str
    fingerprint: str

    def as_json(self) -> dict[str, Any]:
        """Give the finding as plain data."""
        stake = self.stake
        return {
            "kind": self.kind,
            "severity": str(self.severity),
            "where": self.where,
            "message": self.message,
            "regions": list(self.regions),
            "has_more_regions": self.has_more,
            "witness": None if self.witness is None else {name: _plain(each) for name, each in self.witness.items()},
            "book": None
            if stake is None
            else {
                "records": stake.records,
                "share": round(stake.share, 6),
                "open_pipeline_usd": round(stake.open_pipeline_usd, 2),
                "annual_revenue_usd": round(stake.annual_revenue_usd, 2),
                "example": stake.example,
            },
            "places": [str(place) for place in self.places],
            "repair": self.repair,
            "fingerprint": self.fingerprint,
        }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Told:
    """What a finding says, made when it is shown."""

    message: str
    repair: str
    regions: tuple[str, ...] = ()
    witness: Mapping[str, object] | None = None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finding before it is put into words, which for thousands nobody reads would take long.

    Attributes:
        kind, severity, where, stake, places: See ``Finding``.
        subject: What makes it this finding and no other, for the fingerprint.
        tell: Put it into words.
    """

    kind: str
    severity: Severity
    where: str
    subject: tuple[str, ...]
    tell: Callable[[], Told] = field(compare=False)
    stake: Stake | None = None
    places: tuple[Place, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Give the first 16 hexadecimal digits of the SHA-256 of kind, layer and subject."""
        return sha256("\x1f".join((self.kind, self.where, *self.subject)).encode()).hexdigest()[:16]

    @property
    def order(self) -> tuple[object, ...]:
        """Rank: severity, then value at stake, then as the plan has it."""
        value = self.stake.order if self.stake else (0.0, 0.0, 0)
        kind = list(KINDS).index(self.kind)
        return self.severity.rank, *(-part for part in value), kind

    def finding(self) -> Finding:
        """Put it into words."""
        told = self.tell()
        return Finding(
            self.kind,
            self.severity,
            self.where,
            told.message,
            told.regions,
            told.has_more,
            told.witness,
            self.stake,
            self.places,
            told.repair,
            self.fingerprint,
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof of a plan found.

    Attributes:
        plan_name: Name of the plan.
        plan_version: Version of its files.
        book: Which book the counts are of, in words; empty without one.
        accounts: Accounts of that book.
        candidates: All findings that are not in the baseline, in order, before they are put into words.
        accepted: Findings that the baseline accepts.
        gone: Findings of the baseline that are no longer found.
        unproven: What could not be proven, each with the reason.
    """

    plan_name: str
    plan_version: str
    book: str
    accounts: int
    candidates: tuple[Candidate, ...]
    accepted: int = 0
    gone: int = 0
    unproven: tuple[str, ...] = ()

    def count(self, severity: Severity, kind: str = "") -> int:
        """Count findings of a severity, of one kind or of all."""
        return sum(each.severity is severity and kind in ("", each.kind) for each in self.candidates)

    def at_least(self, severity: Severity) -> int:
        """Count the findings that are as bad as that, or worse."""
        return sum(each.severity.rank <= severity.rank for each in self.candidates)

    def findings(self, most: int = 0, least: Severity = Severity.NOTE) -> Sequence[Finding]:
        """Put the findings into words, the most valuable of the worst first.

        Args:
            most: How many; 0 for all.
            least: Findings of less severity are left out.
        """
        shown = [each for each in self.candidates if each.severity.rank <= least.rank]
        return [each.finding() for each in (shown[:most] if most else shown)]
