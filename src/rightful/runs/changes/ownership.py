"""Who should own what by a run, and the records behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.runs.run import Run
from rightful.runs.summary.columns import TABLE_OF_OBJECT, columns

__all__ = ["Desired", "desired"]

_ROUTED = ("leads", "contacts", "tasks")
_UNDECIDED = ("none", "queue")
_WORTH = {"opportunities": "amount_usd", "accounts": "annual_revenue_usd"}


@dataclass(frozen=True, slots=True)
class Desired:
    """What a run wants, and of which records.

    Attributes:
        seats: One row per record and role that the run gives a rep: object, record_id, role, territory_id, rep_id, method,
            reason, ends_on (last day, null for open), next_rep_id (who is next then).
        records: One row per record that the book had: object, record_id, account_id (null for none), group_id (what moves in one
            transaction), owner_id (in the CRM today), value_usd, fate (present, merged or quarantined), fate_detail.
    """

    seats: pl.DataFrame
    records: pl.DataFrame


def desired(run: Run, primary_role: str, objects: Iterable[str]) -> Desired:
    """Read from a run who should own what.

    Assignment decides; leads, and contacts and open tasks that assignment left without a rep, are owned by whom routing gave them
    to. Where a rep only stands in on an account, the records that follow the account come back with it.

    Args:
        run: The run.
        primary_role: Role that owns a record.
        objects: Kinds of records that are wanted.
    """
    chosen = frozenset(objects)
    wanted = [name for name in TABLE_OF_OBJECT if name in chosen]
    records = pl.concat([_records(run, TABLE_OF_OBJECT[name]) for name in wanted] + [_found_centers(run), _lost(run)])
    records = records.filter(pl.col("object").is_in(wanted)).unique(["object", "record_id"], keep="first")
    assigned = run.scan("assignments").with_columns(pl.col("role").fill_null(primary_role)).drop("is_primary").collect()
    assigned = assigned.filter(pl.col("object").is_in(wanted))
    routed = [_routed(run, TABLE_OF_OBJECT[name], primary_role) for name in wanted if TABLE_OF_OBJECT[name] in _ROUTED]
    key = ["object", "record_id", "role"]
    seats = pl.concat([assigned, *(each.select(assigned.columns) for each in routed)]).unique(key, keep="first")
    return Desired(_with_returns(seats, records), _grouped(run, records))


def _records(run: Run, table: str) -> pl.DataFrame:
    crm_object = OBJECT_OF_TABLE[table]
    fields = crm_object.rule_fields
    account = next(name for name in ("matched_account_id", "account_id") if name in fields)
    worth = _WORTH.get(table)
    names = [name for name in (account, "owner_id", worth) if name and name != crm_object.key]
    frame = columns(run, table, *names)
    return frame.select(
        object=pl.lit(crm_object.name),
        record_id=pl.col(crm_object.key),
        account_id=pl.col(account),
        owner_id=pl.col("owner_id"),
        value_usd=pl.col(worth) if worth else pl.lit(None, pl.Float64),
        fate=pl.lit("present"),
        fate_detail=pl.lit(""),
    ).collect()


def _found_centers(run: Run) -> pl.DataFrame:
    """Give the buying centers that the run found; the CRM does not have them, so nobody owns them there."""
    return (
        run.scan("found_buying_centers")
        .select(
            object=pl.lit("buying center"),
            record_id=pl.col("buying_center_id"),
            account_id=pl.col("account_id"),
            owner_id=pl.lit(None, pl.String),
            value_usd=pl.lit(None, pl.Float64),
            fate=pl.lit("found"),
            fate_detail=pl.lit(""),
        )
        .collect()
    )


def _lost(run: Run) -> pl.DataFrame:
    """Give the records that the book had but the run has not: merged into others, or rows that could not be read."""
    merged = run.scan("merges").select("object", "record_id", fate=pl.lit("merged"), fate_detail=pl.col("survivor_id"))
    unread = run.scan("quarantine").select(
        "object", "record_id", fate=pl.lit("quarantined"), fate_detail=pl.col("reason")
    )
    lost = pl.concat([merged, unread]).filter(pl.col("record_id").is_not_null()).collect()
    empty = pl.lit(None, pl.String)
    return lost.select(
        "object",
        "record_id",
        account_id=empty,
        owner_id=empty,
        value_usd=pl.lit(None, pl.Float64),
        fate=pl.col("fate"),
        fate_detail=pl.col("fate_detail"),
    )


def _routed(run: Run, table: str, primary_role: str) -> pl.DataFrame:
    crm_object = OBJECT_OF_TABLE[table]
    names = [name for name in ("routed_rep_id", "routing_method", "routing_reason") if name in crm_object.rule_fields]
    method = pl.col("routing_method") if "routing_method" in names else pl.lit("follows")
    frame = columns(run, table, *names).filter(pl.col("routed_rep_id").is_not_null(), method.is_in(_UNDECIDED).not_())
    return frame.select(
        object=pl.lit(crm_object.name),
        record_id=pl.col(crm_object.key),
        role=pl.lit(primary_role),
        territory_id=pl.lit(None, pl.String),
        rep_id=pl.col("routed_rep_id"),
        method=method,
        reason=pl.col("routing_reason").fill_null(""),
        ends_on=pl.lit(None, pl.Date),
        next_rep_id=pl.lit(None, pl.String),
    ).collect()


def _with_returns(seats: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Let records come back with their account from whoever stands in on it."""
    stand_ins = seats.filter(
        pl.col("object") == "account", pl.col("ends_on").is_not_null(), pl.col("next_rep_id").is_not_null()
    )
    if stand_ins.is_empty():
        return seats
    of_account = stand_ins.select(
        account_id="record_id", rep_id="rep_id", account_ends_on="ends_on", account_next="next_rep_id"
    ).unique(["account_id", "rep_id"], keep="first", maintain_order=True)
    accounts = records.select("object", "record_id", "account_id")
    follows = pl.col("method").is_in(["follows", "role"]) & pl.col("ends_on").is_null()
    return (
        seats.join(accounts, on=["object", "record_id"], how="left")
        .join(of_account, on=["account_id", "rep_id"], how="left")
        .with_columns(
            ends_on=pl.when(follows).then("account_ends_on").otherwise("ends_on"),
            next_rep_id=pl.when(follows).then("account_next").otherwise("next_rep_id"),
        )
        .select(seats.columns)
    )


def _grouped(run: Run, records: pl.DataFrame) -> pl.DataFrame:
    """Say what changes in one transaction: an account with all that belongs to it; a family of which one follows another as a whole."""
    families = columns(run, "accounts", "ultimate_parent_id").collect()
    followers = run.scan("account_territories").filter(pl.col("method") == "family").select("account_id").collect()
    following = families.join(followers, on="account_id", how="semi")["ultimate_parent_id"].unique()
    is_whole = pl.col("ultimate_parent_id").is_in(following.implode())
    groups = families.select(
        "account_id", group_id=pl.when(is_whole).then("ultimate_parent_id").otherwise("account_id")
    )
    alone = pl.coalesce("group_id", "account_id", pl.format("{} {}", "object", "record_id"))
    return records.join(groups, on="account_id", how="left").with_columns(group_id=alone)
