"""What a change of plan does to a book, as records."""

from __future__ import annotations

from dataclasses import dataclass

from rightful.runs.summary.records import TeamBalance

__all__ = ["BookEffect", "Holding", "Measure", "MovedShare", "TeamChange", "TerritoryFlow"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What somebody holds of something: before, what came, what went, and after."""

    before: float
    gained: float
    lost: float
    after: float


@dataclass(frozen=True, slots=True)
class Holding:
    """What a rep, a team or a territory holds under both plans.

    Attributes:
        key: Key of the rep or territory, name of the team.
        name: Name for people.
        group: Team of a rep, layer of a territory; empty for a team.
        accounts: Accounts, of a rep and a team in any role.
        annual_revenue_usd: Known yearly revenue of these accounts.
        open_pipeline_usd: Known value of open opportunities, of those that the rep owns or that lie in the territory.
        leads_per_week: Leads in an average week of the book: those routed to the rep, or those of the territory's accounts.
    """

    key: str
    name: str
    group: str
    accounts: Measure
    annual_revenue_usd: Measure
    open_pipeline_usd: Measure
    leads_per_week: Measure

    @property
    def has_moved(self) -> bool:
        """True where anything came or went."""
        parts = (self.accounts, self.annual_revenue_usd, self.open_pipeline_usd, self.leads_per_week)
        return any(part.gained or part.lost for part in parts)


@dataclass(frozen=True, slots=True)
class MovedShare:
    """How much of something changes hands.

    Attributes:
        what: What it is, such as ``customers``.
        moved: How much of it changes hands.
        total: How much there is.
        is_usd: True for values, False for counts.
    """

    what: str
    moved: float
    total: float
    is_usd: bool = False

    @property
    def share(self) -> float | None:
        """Share that moves; None where there is nothing."""
        return self.moved / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class TeamChange:
    """How evenly a team's active reps share their work under both plans; None where the team has none."""

    team: str
    before: TeamBalance | None
    after: TeamBalance | None


@dataclass(frozen=True, slots=True)
class TerritoryFlow:
    """Accounts that pass from one territory of the first layer to another; ``none`` where they have no territory."""

    before: str
    after: str
    accounts: int


@dataclass(frozen=True, slots=True)
class BookEffect:
    """What the second plan does to the book, against the first.

    Attributes:
        as_of: UTC instant at which both read the book, as ISO text.
        moves: Rows of the list of moves: a record and role with another rep.
        disruption: How much changes hands, of each kind.
        reps: What reps hold, most moved revenue and accounts first.
        teams: What teams hold.
        territories: What territories hold, by layer.
        flows: Accounts that change their territory, most first; the rest is one flow between ``other`` and ``other``.
        balance: Balance of each team, by name.
        exceptions: Records without a rep, before and after.
        taken_over: Stages that were worked out once for both plans.
    """

    as_of: str
    moves: int
    disruption: tuple[MovedShare, ...]
    reps: tuple[Holding, ...]
    teams: tuple[Holding, ...]
    territories: tuple[Holding, ...]
    flows: tuple[TerritoryFlow, ...]
    balance: tuple[TeamChange, ...]
    exceptions: tuple[int, int]
    taken_over: tuple[str, ...]
