"""What a record is worth, so that exceptions can be ranked: the money that waits for somebody to take it up."""

from __future__ import annotations

from collections.abc import Collection

import narwhals as nw
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.stages.stage import Book, Engine, Frame

__all__ = ["worth_of"]

_OWN = {"opportunities": "amount_usd", "orders": "amount_usd", "leads": "annual_revenue_usd"}
_THROUGH = {
    "buying_centers": (("account_id", "accounts"),),
    "contacts": (("matched_account_id", "accounts"),),
    "leads": (("matched_account_id", "accounts"),),
    "tasks": (
        ("opportunity_id", "opportunities"),
        ("account_id", "accounts"),
        ("lead_id", "leads"),
        ("contact_id", "contacts"),
    ),
}
"""Through which references a record has its worth, the most telling one first; its own figure comes last."""


def worth_of(book: Book, engine: Engine, table: str, keys: Collection[str]) -> dict[str, float]:
    """Give the worth in US dollars of some records.

    An account is worth its open opportunities, else its yearly revenue; an opportunity or an order its amount; a buying center
    or a contact its account; a lead its account, else the yearly revenue that it states; a task the record that it is about.

    Args:
        book: The book, cleaned and matched.
        engine: Where its tables live.
        table: Table of the records.
        keys: Their keys.

    Returns:
        The worth by key; records about whose worth nothing is known are left out.
    """
    if not keys:
        return {}
    if table == "accounts":
        return _worth_of_accounts(book, engine, keys)
    key, own, through = OBJECT_OF_TABLE[table].key, _OWN.get(table), _THROUGH.get(table, ())
    columns = [key, *([own] if own else []), *(column for column, _ in through)]
    rows = engine.collect(_those(book[table], engine, key, keys).select(*columns))
    ids = rows[key].to_pylist()
    worth = _known(ids, rows[own].to_pylist()) if own else {}
    for column, other in reversed(through):
        referred = {record: to for record, to in zip(ids, rows[column].to_pylist(), strict=True) if to}
        values = worth_of(book, engine, other, set(referred.values()))
        worth |= {record: values[to] for record, to in referred.items() if to in values}
    return worth


def _worth_of_accounts(book: Book, engine: Engine, keys: Collection[str]) -> dict[str, float]:
    accounts = _those(book["accounts"], engine, "account_id", keys).select("account_id", "annual_revenue_usd")
    rows = engine.collect(accounts)
    worth = _known(rows["account_id"].to_pylist(), rows["annual_revenue_usd"].to_pylist())
    is_open = ~nw.col("is_closed").fill_null(value=False)
    work = _those(book["opportunities"].filter(is_open), engine, "account_id", keys)
    # Added in the order of the keys, so that the sum is the same to the last bit.
    amounts = engine.collect(work.select("opportunity_id", "account_id", "amount_usd")).sort_by("opportunity_id")
    pipeline: dict[str, float] = {}
    for account_id, amount in zip(amounts["account_id"].to_pylist(), amounts["amount_usd"].to_pylist(), strict=True):
        pipeline[account_id] = pipeline.get(account_id, 0.0) + (amount or 0.0)
    return worth | {account_id: amount for account_id, amount in pipeline.items() if amount > 0}


def _those(frame: Frame, engine: Engine, column: str, keys: Collection[str]) -> Frame:
    wanted = engine.bring(pa.table({column: pa.array(sorted(keys), pa.string())}))
    return frame.join(wanted, on=column, how="semi")


def _known(ids: list[str], values: list[float | None]) -> dict[str, float]:
    return {record: value for record, value in zip(ids, values, strict=True) if value is not None}
