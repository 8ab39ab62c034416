"""Stale matches: what an earlier run matched on evidence that no longer holds, and links that stay though their evidence has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Mistake, Place, RunError
from rightful.runs.matches.labels import TABLES
from rightful.runs.run import Manifest, Run
from rightful.stages.matching.links import LINK_METHODS

__all__ = ["StaleMatch", "run_before", "stale_matches"]

_PERSON = (
    "core_name",
    "other_name",
    "domain",
    "email_domain",
    "phone",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
)
_ACCOUNT = ("core_name", "other_name", "domain", "phone", "street", "city", "state", "postal_code", "country")
_MATCHED = ("matched_account_id", "match_probability", "match_method")
# The sections of the plan that decide which account a lead or contact is matched to, and how it and its evidence are read.
_READ = ("matching", "quality", "sources", "segmentation", "hierarchy", "lists", "plan")
_WRITTEN_IN = {"lists": "its lists"}


@dataclass(frozen=True, slots=True)
class StaleMatch:
    """A match of an earlier run that should be looked at.

    Attributes:
        object: ``lead`` or ``contact``.
        record_id: Its key.
        state: ``moved`` to another account, ``lost`` (no account any more), or ``kept`` (a link stays, but what it rested on changed).
        account_before: The account it was matched to.
        account_now: The account now; None where lost.
        probability_before: Of the earlier match; None for links.
        probability_now: Of the match now, or of the likeliest account; None without candidates and for links.
        changes: What changed since, in words.
    """

    object: str
    record_id: str
    state: str
    account_before: str
    account_now: str | None
    probability_before: float | None
    probability_now: float | None
    changes: tuple[str, ...]


def run_before(run: Run) -> Run:
    """Open the run of the same plan's folder that was read last before a run.

    Raises:
        RunError: There is none.
    """
    folders = [path for path in run.folder.parent.iterdir() if path.is_dir() and path.name != run.folder.name]
    earlier: list[tuple[str, str, Path]] = []
    for folder in folders:
        try:
            found = Run.open(folder)
        except RunError:  # an unfinished run
            continue
        key = found.manifest.as_of.isoformat(), folder.name
        if key < (run.manifest.as_of.isoformat(), run.folder.name):
            earlier.append((*key, folder))
    if not earlier:
        problem = "no run comes before this one"
        raise RunError(Mistake(Place(str(run.folder)), problem, remedy="name the earlier run with --before"))
    return Run.open(max(earlier)[2])


def stale_matches(now: Run, before: Run) -> tuple[StaleMatch, ...]:
    """List the earlier run's matches that no longer hold, by object and record.

    Args:
        now: The newer run; its matches are decided anew, nothing is kept but links.
        before: The earlier run.
    """
    survivors = {row["record_id"]: row["survivor_id"] for row in now.rows_of("merges", object="account")}
    accounts = _accounts(now, before)
    plan = _plan_changes(before.manifest, now.manifest)
    found = []
    for name, table in TABLES.items():
        for row in _both(now, before, table).iter_rows(named=True):
            old, new = row["matched_account_id_before"], row["matched_account_id"]
            changes = (*_differences(row, name, _PERSON), *_account_changes(old, accounts, survivors))
            is_link = row["match_method"] in LINK_METHODS
            if survivors.get(old, old) != new:
                state = "moved" if new else "lost"
                reasons = (*changes, *plan) or ("another account came, went or changed",)
            elif is_link and changes:
                state, reasons = "kept", changes
            else:
                continue
            probabilities = row["match_probability_before"], row["match_probability"]
            found.append(StaleMatch(name, row["record_id"], state, old, new, *probabilities, reasons))
    return tuple(found)


def _plan_changes(before: Manifest, now: Manifest) -> tuple[str, ...]:
    """Name the sections of the plan that say something else now and that matches may rest on."""
    if not before.section_versions:
        versions = before.plan_version[:8], now.plan_version[:8]
        return () if versions[0] == versions[1] else (f"the plan changed: {versions[0]} to {versions[1]}",)
    changed = [name for name in _READ if before.section_versions.get(name) != now.section_versions.get(name)]
    return tuple(f"the plan changed: {_WRITTEN_IN.get(name, f'{name}.yaml')}" for name in changed)


def _both(now: Run, before: Run, table: str) -> pl.DataFrame:
    """Give the records that the earlier run matched and that are still there, with both runs' values."""
    key = OBJECT_OF_TABLE[table].key
    columns = [key, *_MATCHED, *_PERSON]
    earlier = before.scan(table).select(columns).filter(pl.col("matched_account_id").is_not_null())
    joined = now.scan(table).select(columns).join(earlier, on=key, suffix="_before")
    return joined.rename({key: "record_id"}).sort("record_id").collect()


def _accounts(now: Run, before: Run) -> dict[str, tuple[str, ...]]:
    """Say for each account of the earlier run what changed in its identity; accounts that did not change are left out."""
    columns = ["account_id", *_ACCOUNT]
    newer = now.scan("accounts").select(columns).with_columns(is_there=pl.lit(value=True))
    joined = newer.join(before.scan("accounts").select(columns), on="account_id", how="right", suffix="_before")
    changed: dict[str, tuple[str, ...]] = {}
    for row in joined.collect().iter_rows(named=True):
        words = tuple(_differences(row, f"account {row['account_id']}", _ACCOUNT)) if row["is_there"] else ("gone",)
        if words:
            changed[row["account_id"]] = words
    return changed


def _account_changes(
    account_id: str, accounts: dict[str, tuple[str, ...]], survivors: dict[str, str]
) -> tuple[str, ...]:
    words = accounts.get(account_id, ())
    if words == ("gone",):
        into = survivors.get(account_id)
        return (f"account {account_id} was merged into {into}" if into else f"account {account_id} is gone",)
    return words


def _differences(row: dict[str, object], owner: str, fields: tuple[str, ...]) -> Iterator[str]:
    for field in fields:
        old, new = row[f"{field}_before"], row[field]
        if old != new:
            yield f"{owner}'s {field} was {old or '(blank)'}, is {new or '(blank)'}"
