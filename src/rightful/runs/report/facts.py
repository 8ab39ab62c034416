"""What the page shows beside the summary: distributions, families, places and flows."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rightful.runs.report.flows import Link, account_flow, lead_flow
from rightful.runs.run import Run
from rightful.runs.summary.columns import columns, known_sum
from rightful.runs.summary.decisions import PEOPLE, is_review, tally
from rightful.runs.summary.records import Summary, Tally

__all__ = ["Bin", "Facts", "Families", "Family", "Matrix", "Place", "QuarantineGroup", "facts_of"]

BINS = 20
"""Bars of the histogram of match probabilities: five percent each."""
_LARGEST = 10
_MOST_MATRIX_ROWS, _MOST_MATRIX_COLUMNS = 24, 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Records whose best account has a probability within five percent, by what was decided."""

    matched: int = 0
    review: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counts of two things at once: ``cells[row][column]``."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        """The largest cell."""
        return max((cell for row in self.cells for cell in row), default=0)


@dataclass(frozen=True, slots=True)
class Family:
    """Accounts under one ultimate parent; ``owners`` counts the reps who own any of them."""

    ultimate_parent_id: str
    name: str
    accounts: int
    owners: int
    annual_revenue_usd: float | None
    open_pipeline_usd: float | None


@dataclass(frozen=True, slots=True)
class Families:
    """The families of the book: those of two accounts or more.

    Attributes:
        families: How many.
        accounts: Accounts in them.
        one_owner: Families all of whose owned accounts have the same owner.
        depths: Accounts by steps up to their ultimate parent.
        largest: The largest ones.
        findings: What hierarchy found amiss.
    """

    families: int
    accounts: int
    one_owner: int
    depths: tuple[Tally, ...]
    largest: tuple[Family, ...]
    findings: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Accounts of a country or state; revenue is None where none is known."""

    code: str
    accounts: int
    annual_revenue_usd: float | None
    with_owner: int


@dataclass(frozen=True, slots=True)
class QuarantineGroup:
    """Rows set aside for one reason, with the place and the detail of the first one."""

    object: str
    reason: str
    rows: int
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page shows beside the summary.

    Attributes:
        probabilities: Histogram of match probabilities of leads and contacts, by table.
        without_candidate: Leads and contacts to which no account came near, by table.
        segments: Accounts by region (rows) and segment (columns).
        ratings: Leads by letter of the grade (rows) and band of the score (columns).
        families: Families.
        countries: Countries, most accounts first; a blank country is ``unknown``.
        us_states: States of the United States, most accounts first.
        quarantine: Rows set aside, most first.
        account_flow: Where accounts went.
        lead_flow: Where leads went.
    """

    probabilities: dict[str, tuple[Bin, ...]]
    without_candidate: dict[str, int]
    segments: Matrix
    ratings: Matrix
    families: Families
    countries: tuple[Place, ...]
    us_states: tuple[Place, ...]
    quarantine: tuple[QuarantineGroup, ...]
    account_flow: tuple[Link, ...]
    lead_flow: tuple[Link, ...]


def facts_of(run: Run, summary: Summary) -> Facts:
    """Collect what the page shows beside the summary."""
    probabilities = {table: _probabilities(run, table) for table in PEOPLE}
    places = columns(run, "accounts", "country", "state", "annual_revenue_usd", "assigned_rep_id").collect()
    return Facts(
        probabilities={table: bins for table, (bins, _) in probabilities.items()},
        without_candidate={table: missing for table, (_, missing) in probabilities.items()},
        segments=matrix(columns(run, "accounts", "region", "segment").collect(), "region", "segment"),
        ratings=_ratings(run),
        families=_families(run),
        countries=_places(places, "country"),
        us_states=_places(places.filter(pl.col("country") == "US"), "state"),
        quarantine=_quarantine(run),
        account_flow=account_flow(run, summary),
        lead_flow=lead_flow(run, summary),
    )


def _probabilities(run: Run, table: str) -> tuple[tuple[Bin, ...], int]:
    frame = columns(run, table, "match_probability", "matched_account_id", "match_reason")
    outcome = (
        pl.when(pl.col("matched_account_id").is_not_null())
        .then(pl.lit("matched"))
        .when(is_review())
        .then(pl.lit("review"))
        .otherwise(pl.lit("unmatched"))
    )
    step = (pl.col("match_probability") * BINS).floor().clip(0, BINS - 1).cast(pl.Int64)
    counts = frame.group_by(step.alias("step"), outcome.alias("outcome")).agg(pl.len()).collect()
    found: dict[int | None, dict[str, int]] = {}
    for at, name, records in counts.iter_rows():
        found.setdefault(at, {})[name] = records
    return tuple(Bin(**found.get(at, {})) for at in range(BINS)), sum(found.get(None, {}).values())


def matrix(frame: pl.DataFrame, row: str, column: str) -> Matrix:
    """Count two columns at once; most first, then those that are rare as ``other``, ``unknown`` last."""
    known = frame.select(pl.col(row, column).fill_null("unknown"))
    for name, most in ((row, _MOST_MATRIX_ROWS), (column, _MOST_MATRIX_COLUMNS)):
        rare = [each.name for each in tally(known, name, "unknown") if each.name != "unknown"][most:]
        known = known.with_columns(pl.col(name).replace(rare, ["other"] * len(rare)))
    counts = {(one, two): records for one, two, records in known.group_by(row, column).agg(pl.len()).iter_rows()}
    rows, names = (
        tuple(
            sorted(
                (each.name for each in tally(known, name, "unknown")),
                key=lambda value: (value == "unknown", value == "other"),
            )
        )
        for name in (row, column)
    )
    return Matrix(rows, names, tuple(tuple(counts.get((one, two), 0) for two in names) for one in rows))


def _ratings(run: Run) -> Matrix:
    """Count leads by letter and band of their rating, such as A and 1."""
    rated = columns(run, "leads", "rating").collect().drop_nulls("rating")
    parts = rated.select(pl.col("rating").str.slice(0, 1).alias("letter"), pl.col("rating").str.slice(1).alias("band"))
    found = matrix(parts, "letter", "band")
    rows, names = tuple(sorted(found.rows)), tuple(sorted(found.columns))
    at = {row: dict(zip(found.columns, cells, strict=True)) for row, cells in zip(found.rows, found.cells, strict=True)}
    return Matrix(rows, names, tuple(tuple(at[row][name] for name in names) for row in rows))


def _families(run: Run) -> Families:
    wanted = ("ultimate_parent_id", "hierarchy_depth", "family_annual_revenue_usd", "family_open_pipeline_usd")
    accounts = columns(run, "accounts", "name", "assigned_rep_id", *wanted).collect()
    families = (
        accounts.drop_nulls("ultimate_parent_id")
        .group_by("ultimate_parent_id")
        .agg(
            pl.len().alias("accounts"),
            pl.col("assigned_rep_id").drop_nulls().n_unique().alias("owners"),
            pl.col("family_annual_revenue_usd", "family_open_pipeline_usd").first(),
        )
        .filter(pl.col("accounts") > 1)
        .sort("accounts", "ultimate_parent_id", descending=[True, False])
    )
    names = dict(
        accounts.join(families.head(_LARGEST), left_on="account_id", right_on="ultimate_parent_id", how="semi")
        .select("account_id", "name")
        .iter_rows()
    )
    largest = tuple(Family(key, names.get(key) or key, *rest) for key, *rest in families.head(_LARGEST).iter_rows())
    depths = accounts.select(pl.col("hierarchy_depth").fill_null(0).cast(pl.Int64).cast(pl.String).alias("depth"))
    return Families(
        families=families.height,
        accounts=int(families["accounts"].sum()),
        one_owner=families.filter(pl.col("owners") == 1).height,
        depths=tuple(sorted(tally(depths, "depth", "0"), key=lambda each: int(each.name))),
        largest=largest,
        findings=tally(run.frame("hierarchy_findings"), "finding", "other"),
    )


def _places(accounts: pl.DataFrame, column: str) -> tuple[Place, ...]:
    found = accounts.group_by(pl.col(column).fill_null("unknown").alias("code")).agg(
        pl.len().alias("accounts"),
        known_sum("annual_revenue_usd"),
        pl.col("assigned_rep_id").count().alias("with_owner"),
    )
    return tuple(Place(*row) for row in found.sort("accounts", "code", descending=[True, False]).iter_rows())


def _quarantine(run: Run) -> tuple[QuarantineGroup, ...]:
    first = pl.col("source_file", "source_line", "detail").sort_by("source_file", "source_line").first()
    groups = run.scan("quarantine").group_by("object", "reason").agg(pl.len().alias("rows"), first)
    return tuple(
        QuarantineGroup(
            row["object"] or "",
            row["reason"] or "",
            row["rows"],
            ":".join(str(part) for part in (row["source_file"], row["source_line"]) if part is not None),
            row["detail"] or "",
        )
        for row in groups.sort("rows", "object", "reason", descending=[True, False, False]).collect().to_dicts()
    )
