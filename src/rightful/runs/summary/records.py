"""The figures of a run, as records."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rightful.runs.accounting import RowCount
from rightful.runs.run import StageTime
from rightful.stages.exceptions import NOTHING_TO_DO

__all__ = [
    "Cleaning",
    "FieldQuality",
    "Grades",
    "MatchCount",
    "Placed",
    "RepLoad",
    "Spread",
    "Summary",
    "Tally",
    "TeamBalance",
    "TerritoryCoverage",
    "Unplaced",
]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records have a value."""

    name: str
    records: int


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How many cells of a field were changed or read for one reason; ``reason`` is a code of ``quality_reason``."""

    table: str
    field: str
    reason: str
    cells: int


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """What became of the cells of one source field, among the records that stay.

    ``as_it_was + tidied + discarded`` are the cells that were filled before, ``as_it_was + tidied + filled_in`` those
    that are filled now.

    Attributes:
        table: Table of ``crm``.
        field: Source field.
        records: Records that stay.
        as_it_was: Cells whose value was usable as it stood.
        tidied: Cells whose value was rewritten, or taken from a merged duplicate.
        filled_in: Blank cells that were inferred or taken from a merged duplicate.
        discarded: Cells whose value means nothing (junk) or could not be read; the original stays beside.
        reasons: The most frequent codes of ``quality_reason`` for the field.
    """

    table: str
    field: str
    records: int
    as_it_was: int
    tidied: int
    filled_in: int
    discarded: int
    reasons: tuple[Tally, ...]

    @property
    def filled_before(self) -> int:
        """Cells that held any text in the source."""
        return self.as_it_was + self.tidied + self.discarded

    @property
    def filled_after(self) -> int:
        """Cells that hold a value rules can use."""
        return self.as_it_was + self.tidied + self.filled_in


@dataclass(frozen=True, slots=True)
class MatchCount:
    """Leads or contacts by whether they belong to an account; ``review`` are likely ones that a person should look at."""

    table: str
    records: int
    matched: int
    review: int
    unmatched: int
    methods: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Grades:
    """Fit and interest in one table: records per grade from A+ to F, and per band of ten points of score."""

    table: str
    records: int
    grades: tuple[Tally, ...]
    scores: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """How many records of a table have a rep, from assignment or from routing."""

    table: str
    records: int
    with_rep: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Records without a rep, of one kind and for one cause.

    Attributes:
        object: Kind of record.
        stage: Who found no rep.
        cause: Code of the cause.
        records: How many.
        value_usd: Their value together; None when none has a known value.
        median_age_days: Their median age; None when no age is known.
        most_age_days: The age of the oldest; None when no age is known.
        repair: What would repair it.
        examples: Keys of the most valuable ones.
    """

    object: str
    stage: str
    cause: str
    records: int
    value_usd: float | None
    median_age_days: float | None
    most_age_days: float | None
    repair: str
    examples: tuple[str, ...]

    @property
    def needs_somebody(self) -> bool:
        """False for closed or disqualified records, which have no rep and need none."""
        return self.cause not in NOTHING_TO_DO


@dataclass(frozen=True, slots=True)
class RepLoad:
    """What one rep holds after the run.

    Attributes:
        rep_id: The rep.
        name: The rep's name, else the key.
        team: The rep's team, else an empty text.
        role: The rep's role, else an empty text.
        is_active: False: the rep gets nothing new.
        capacity: Open records the rep can hold; None: no limit.
        accounts: Accounts on whose team the rep is, in any role.
        annual_revenue_usd: Known yearly revenue of these accounts; None where none is known.
        open_opportunities: Open opportunities the rep owns.
        open_pipeline_usd: Known value of these opportunities; None where none is known.
        leads: Leads routed to the rep.
    """

    rep_id: str
    name: str
    team: str
    role: str
    is_active: bool
    capacity: float | None
    accounts: int
    annual_revenue_usd: float | None
    open_opportunities: int
    open_pipeline_usd: float | None
    leads: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly something is shared among the reps of a team; None where it is known of no rep.

    Attributes:
        lowest: Of the rep who has least.
        median: The middle rep's.
        highest: Of the rep who has most.
        variation: Standard deviation over mean (coefficient of variation): 0 is an even share; None when nobody
            has any, or for one rep alone.
    """

    lowest: float | None
    median: float | None
    highest: float | None
    variation: float | None


@dataclass(frozen=True, slots=True)
class TeamBalance:
    """How evenly a team's active reps share their work."""

    team: str
    reps: int
    accounts: Spread
    annual_revenue_usd: Spread
    open_pipeline_usd: Spread
    leads: Spread


@dataclass(frozen=True, slots=True)
class TerritoryCoverage:
    """What lies in a territory and who covers it.

    Attributes:
        layer: Layer of the territory; the primary layer comes first.
        territory_id: The territory.
        accounts: Accounts in it.
        customers: Those of them that are customers.
        annual_revenue_usd: Known yearly revenue of its accounts; None where none is known.
        open_pipeline_usd: Known value of their open opportunities; None where there are some and none is known.
        reps: Reps who hold accounts of it, by role.
    """

    layer: str
    territory_id: str
    accounts: int
    customers: int
    annual_revenue_usd: float | None
    open_pipeline_usd: float | None
    reps: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to, in figures.

    Attributes:
        plan_name: Name of the plan.
        plan_version: Version of its files.
        as_of: UTC instant at which the book was read.
        rows: Where the rows of each table went.
        cleaning: Cleaned cells per table, field and reason, most first.
        fields: What became of each source field.
        matches: Leads and contacts by match.
        grades: Grades and scores of leads, contacts and accounts.
        placed: Records with and without a rep.
        exceptions: Records without a rep by cause: most valuable first, then most records.
        reps: What each rep holds, by team, then most accounts first.
        teams: Balance of each team, by name.
        territories: Coverage, by layer, then most accounts first.
        routing: Methods by which leads and contacts got a rep, by table; ``kept`` is a rep whom routing left in place.
        times: How long the stages took.
    """

    plan_name: str
    plan_version: str
    as_of: datetime
    rows: tuple[RowCount, ...]
    cleaning: tuple[Cleaning, ...]
    fields: tuple[FieldQuality, ...]
    matches: tuple[MatchCount, ...]
    grades: tuple[Grades, ...]
    placed: tuple[Placed, ...]
    exceptions: tuple[Unplaced, ...]
    reps: tuple[RepLoad, ...]
    teams: tuple[TeamBalance, ...]
    territories: tuple[TerritoryCoverage, ...]
    routing: dict[str, tuple[Tally, ...]]
    times: tuple[StageTime, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the summary as values that JSON has."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}
