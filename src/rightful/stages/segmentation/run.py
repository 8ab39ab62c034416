"""The stage: accounts first, then leads by their own fields, then contacts with what their account lends."""

from __future__ import annotations

from functools import partial

import narwhals as nw
import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.segmentation import SegmentedTable
from rightful.stages.segmentation.decide import Segmenter
from rightful.stages.segmentation.outputs import ACCOUNT_PREFIX
from rightful.stages.stage import Book, Engine, Frame, Stage, StageResult

__all__ = ["STAGE"]


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Give accounts, leads and contacts their region, industry group, segment and persona."""

    def segment(table: SegmentedTable, frame: Frame, *lent: str) -> Frame:
        segmenter = Segmenter.of(table, plan.segmentation, plan.lists)
        key = OBJECT_OF_TABLE[table].key
        columns = dict.fromkeys((key, *segmenter.reads, *lent))
        return engine.map(frame.select(*columns), partial(_segment, segmenter=segmenter), f"Segmenting {table}")

    accounts = segment("accounts", book["accounts"])
    outputs = plan.segmentation.contacts.from_account
    lent = [ACCOUNT_PREFIX + name for name in outputs]
    lenders = accounts.select(
        "account_id", *(nw.col(name).alias(column) for name, column in zip(outputs, lent, strict=True))
    )
    contacts = book["contacts"].join(lenders, on="account_id", how="left")
    return StageResult(
        {
            "accounts": accounts,
            "leads": segment("leads", book["leads"]),
            "contacts": segment("contacts", contacts, *lent),
        }
    )


def _segment(table: pa.Table, segmenter: Segmenter) -> pa.Table:
    return segmenter.decide_table(table)


STAGE = Stage("segmentation", "Segmenting records", run)
