"""Gather the people of each account with their scores, and bring them together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import narwhals as nw
import pyarrow as pa

from rightful.plan.scoring import AccountScore
from rightful.stages.scoring.accounts import PersonScore, account_interest
from rightful.stages.scoring.chunks import parts_column
from rightful.stages.scoring.interest import Interest
from rightful.stages.stage import Engine, Frame

__all__ = ["account_interests", "people_of"]


def people_of(contacts: Frame, leads: Frame) -> Frame:
    """Give every person who belongs to an account.

    A contact belongs to the account it has in the CRM, else to the matched one; a lead to the matched one. A converted
    lead goes on as a contact and is not counted twice.

    Args:
        contacts: Contacts with ``contact_id``, ``account_id``, ``matched_account_id``, ``score``.
        leads: Leads with ``lead_id``, ``is_converted``, ``matched_account_id``, ``score``.

    Returns:
        ``account_id, object, record_id, score``, one row per person.
    """
    owner = nw.coalesce(nw.col("account_id"), nw.col("matched_account_id"))
    both = [
        contacts.select(
            owner.alias("account_id"),
            nw.lit("contact").alias("object"),
            nw.col("contact_id").alias("record_id"),
            "score",
        ),
        leads.filter(~nw.coalesce(nw.col("is_converted"), nw.lit(value=False))).select(
            nw.col("matched_account_id").alias("account_id"),
            nw.lit("lead").alias("object"),
            nw.col("lead_id").alias("record_id"),
            "score",
        ),
    ]
    return nw.concat(both).filter(~nw.col("account_id").is_null())


def account_interests(people: Frame, rule: AccountScore, engine: Engine) -> Frame:
    """Bring the people of each account together; those without interest are only counted.

    Returns:
        One row per account with people: ``account_id, thousandths, remark, parts``.
    """
    counts = engine.collect(
        people.group_by("account_id").agg(
            nw.len().alias("people"), nw.when(nw.col("score") > 0).then(1).otherwise(0).sum().alias("interested")
        )
    )
    rows = engine.collect(people.filter(nw.col("score") > 0).sort("account_id"))
    interested = {
        account: [PersonScore(*row[1:]) for row in group]
        for account, group in groupby(_rows(rows, ("account_id", "object", "record_id", "score")), itemgetter(0))
    }
    accounts = counts["account_id"].to_pylist()
    silent = zip(accounts, _rows(counts, ("people", "interested")), strict=True)
    found = [account_interest(interested.get(account, ()), rule, all_ - some) for account, (all_, some) in silent]
    return engine.bring(_table(accounts, found))


def _rows(table: pa.Table, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def _table(accounts: Sequence[str], found: Sequence[Interest]) -> pa.Table:
    return pa.table(
        {
            "account_id": pa.array(accounts, pa.string()),
            "thousandths": pa.array([each.thousandths for each in found], pa.int64()),
            "remark": pa.array([each.remark for each in found], pa.string()),
            "parts": parts_column([each.parts for each in found]),
        }
    )
