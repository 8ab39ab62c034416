"""The review queue: records whose match is uncertain, for people to answer; the answers are labels."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from rightful.connectors.write import write_table
from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Mistake, Place, RunError
from rightful.plan.matching import MatchingSection
from rightful.runs.matches.labels import TABLES
from rightful.runs.run import Run

__all__ = ["Doubt", "review_queue", "write_review"]

# Matches up to this probability are worth a look, too: a rival or a weak field lowered them.
_CERTAIN = 0.9


@dataclass(frozen=True, slots=True)
class Doubt:
    """A record whose match is uncertain.

    Attributes:
        object: ``lead`` or ``contact``.
        record_id: Its key.
        company: Company as the person gave it.
        email_domain: Domain of the e-mail address.
        city: City.
        country: Country.
        decided: The account it was matched to; None where it is waiting for an answer.
        likeliest_account_id: The likeliest account.
        likeliest_name: Its name.
        probability: How likely.
        evidence: Why, field by field.
        others: The runners-up with their names and probabilities.
    """

    object: str
    record_id: str
    company: str | None
    email_domain: str | None
    city: str | None
    country: str | None
    decided: str | None
    likeliest_account_id: str
    likeliest_name: str | None
    probability: float
    evidence: str
    others: str


def review_queue(run: Run, section: MatchingSection, most: int) -> tuple[Doubt, ...]:
    """List the records whose likeliest account is neither sure nor out of the question, nearest to the threshold first.

    Args:
        run: Its candidates.
        section: From ``weak`` on a candidate is worth a look; distances are from ``strong``.
        most: Most records to list; 0 lists all.
    """
    names = dict(run.frame("accounts").select("account_id", "name").iter_rows())
    free = run.scan("match_candidates").filter(pl.col("filtered_by").is_null()).sort("object", "record_id", "rank")
    rows = free.collect()
    best = rows.unique(["object", "record_id"], keep="first", maintain_order=True)
    doubtful = best.filter(pl.col("probability").is_between(section.weak, _CERTAIN))
    ordered = doubtful.with_columns(distance=(pl.col("probability") - section.strong).abs().round(6)).sort(
        "distance", "object", "record_id"
    )
    picked = ordered.head(most) if most else ordered
    people = _people(run, picked)
    others = _others(rows.join(picked.select("object", "record_id"), on=["object", "record_id"], how="semi"), names)
    doubts = []
    for row in picked.iter_rows(named=True):
        key = row["object"], row["record_id"]
        company, email_domain, city, country, decided = people[key]
        doubts.append(
            Doubt(
                *key,
                company,
                email_domain,
                city,
                country,
                decided,
                row["account_id"],
                names.get(row["account_id"]),
                row["probability"],
                row["evidence"],
                others.get(key, ""),
            )
        )
    return tuple(doubts)


def write_review(doubts: tuple[Doubt, ...], path: Path) -> None:
    """Write the queue as CSV, with a blank column ``account_id`` for the answers: an account, or ``none``.

    Raises:
        RunError: The file is there already: it may hold answers.
    """
    if path.exists():
        problem = "is there already, and may hold answers"
        raise RunError(Mistake(Place(str(path)), problem, remedy="name another file, or move this one away"))
    rows = [
        {"object": doubt.object, "record_id": doubt.record_id, "account_id": None, **asdict(doubt)} for doubt in doubts
    ]
    fields = [
        "object",
        "record_id",
        "account_id",
        *(name for name in Doubt.__slots__ if name not in ("object", "record_id")),
    ]
    kinds = {name: pa.float64() if name == "probability" else pa.string() for name in fields}
    table = pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})
    write_table(table, path)


def _people(run: Run, picked: pl.DataFrame) -> dict[tuple[str, str], tuple[str | None, ...]]:
    found = {}
    for name, table in TABLES.items():
        key = OBJECT_OF_TABLE[table].key
        wanted = picked.filter(pl.col("object") == name)["record_id"].implode()
        columns = ("company", "email_domain", "city", "country", "matched_account_id")
        rows = run.scan(table).filter(pl.col(key).is_in(wanted)).select(key, *columns).collect()
        found.update({(name, record_id): tuple(values) for record_id, *values in rows.iter_rows()})
    return found


def _others(rows: pl.DataFrame, names: dict[str, str | None]) -> dict[tuple[str, str], str]:
    others: dict[tuple[str, str], list[str]] = {}
    for row in rows.iter_rows(named=True):
        said = f"{row['account_id']} {names.get(row['account_id']) or ''} ({row['probability']:.2f})"
        others.setdefault((row["object"], row["record_id"]), []).append(said)
    return {key: "; ".join(said[1:]) for key, said in others.items()}
