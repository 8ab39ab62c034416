"""What a change set comes to: figures that people decide by, and what is held back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import polars as pl

from rightful.plan import Plan
from rightful.runs.changes.steps import CHANGES_HANDS, Proposal
from rightful.runs.run import Run

__all__ = ["Held", "RepMoves", "Summary", "summary_of"]

_HELD_AT_MOST = 200
_REPS_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A record that stays though one might expect otherwise, see ``Proposal.held``."""

    object: str
    record_id: str
    role: str
    rep_id: str | None
    would_rep_id: str | None
    cause: str
    reason: str


@dataclass(frozen=True, slots=True)
class RepMoves:
    """What a rep gains and loses.

    Attributes:
        rep_id: The rep.
        gains: Records that the rep gets for good; who only stands in gains nothing.
        loses: Records that the rep gives away for good.
        gains_usd: Open pipeline that the rep gets.
        loses_usd: Open pipeline that the rep gives away.
    """

    rep_id: str
    gains: int
    loses: int
    gains_usd: float
    loses_usd: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What a change set comes to.

    Attributes:
        run: Name of the run's folder.
        records: Records that change hands.
        accounts: Accounts among them.
        pipeline_usd: Open pipeline that changes hands.
        kinds: Steps by kind.
        groups: Transactions: accounts, or families, with all that belongs to them.
        reps: What each rep gains and loses, those with most first.
        held_causes: Records that are held back, by cause.
        held: The first of them, of each cause.
    """

    run: str
    records: int
    accounts: int
    pipeline_usd: float
    kinds: Mapping[str, int]
    groups: int
    reps: tuple[RepMoves, ...]
    held_causes: Mapping[str, int]
    held: tuple[Held, ...]

    def as_text(self) -> str:
        """Write it as JSON, as the ledger keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Summary:
        """Read what ``as_text`` gave."""
        content = json.loads(text)
        reps = tuple(RepMoves(**each) for each in content.pop("reps"))
        held = tuple(Held(**each) for each in content.pop("held"))
        return cls(**content, reps=reps, held=held)


def summary_of(proposal: Proposal, run: Run, plan: Plan) -> Summary:
    """Count a proposal."""
    steps = proposal.steps.with_columns(action=pl.col("kind").str.split(" ").list.first())
    changing = steps.filter(pl.col("action").is_in(CHANGES_HANDS), pl.col("role") == plan.assignment.roles[0])
    records = changing.unique(["object", "record_id"], maintain_order=True)
    held = proposal.held
    first = held.group_by("cause", maintain_order=True).head(_HELD_AT_MOST)
    return Summary(
        run=run.folder.name,
        records=records.height,
        accounts=records.filter(pl.col("object") == "account").height,
        pipeline_usd=_pipeline(records),
        kinds=_counts(steps, "kind"),
        groups=steps["group_id"].n_unique(),
        reps=_reps(changing),
        held_causes=_counts(held, "cause"),
        held=tuple(Held(**row) for row in first.select(list(Held.__slots__)).iter_rows(named=True)),
    )


def _pipeline(records: pl.DataFrame) -> float:
    return round(float(records.filter(pl.col("object") == "opportunity")["value_usd"].sum()), 2)


def _counts(frame: pl.DataFrame, name: str) -> dict[str, int]:
    counted = frame.group_by(name).len().sort("len", name, descending=[True, False])
    return dict(counted.iter_rows())


def _reps(changing: pl.DataFrame) -> tuple[RepMoves, ...]:
    lasting = changing.filter(pl.col("action") != "stand_in")
    worth = pl.when(pl.col("object") == "opportunity").then(pl.col("value_usd")).sum().fill_null(0.0).round(2)
    gains = lasting.group_by(rep="rep_id").agg(gains=pl.len(), gains_usd=worth)
    loses = lasting.group_by(rep="rep_id_before").agg(loses=pl.len(), loses_usd=worth)
    both = gains.join(loses, on="rep", how="full", coalesce=True).filter(pl.col("rep").is_not_null())
    both = both.with_columns(pl.exclude("rep").fill_null(0))
    ranked = both.with_columns(most=pl.col("gains") + pl.col("loses")).sort("most", "rep", descending=[True, False])
    return tuple(
        RepMoves(row["rep"], row["gains"], row["loses"], row["gains_usd"], row["loses_usd"])
        for row in ranked.head(_REPS_AT_MOST).iter_rows(named=True)
    )
