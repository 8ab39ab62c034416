"""The stage: matching over whole tables."""

from __future__ import annotations

import re
from functools import partial

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.matching import MatchingSection, filter_fields
from rightful.stages.columns import arrow_type
from rightful.stages.matching.facts import COUNTED, FACT_COLUMNS
from rightful.stages.matching.matcher import Matcher
from rightful.stages.matching.outcome import CANDIDATE_SCHEMA
from rightful.stages.matching.parties import ACCOUNT_COLUMNS, PERSON_COLUMNS
from rightful.stages.stage import Book, Engine, Frame, Shared, Stage, StageResult
from rightful.stages.survivors import survivors_of_accounts

__all__ = ["STAGE", "account_columns", "account_schema"]

_COUNTED_TYPES = {"open_opportunities": pa.int64(), "contacts": pa.int64(), "owner_is_active": pa.bool_()}
_CANDIDATES = "candidates"
_KEYS = {"leads": "lead_id", "contacts": "contact_id"}


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Match leads and contacts to accounts.

    Reads accounts, leads and contacts as the stages before left them; opportunities and contacts for their numbers per
    account, reps for who is active, ``merges`` for accounts that links name by an old id.

    Returns:
        ``matched_account_id``, ``match_probability``, ``match_method`` and ``match_reason`` for each lead and contact, and
        the table ``match_candidates``.
    """
    engine.progress("Indexing accounts", 0, 1)
    matcher = Matcher.of(
        engine.collect(account_columns(book, plan.matching)), plan, survivors_of_accounts(book, engine), engine.each
    )
    engine.progress("Indexing accounts", 1, 1)
    shared = engine.share(matcher)
    added: dict[str, Frame] = {}
    candidates: list[pa.Table] = []
    for table, key in _KEYS.items():
        people = book[table].select(key, "account_id", *PERSON_COLUMNS)
        found = engine.map(people, partial(match_chunk, table=table, matcher=shared), f"Matching {table}")
        added[table] = found.drop(_CANDIDATES)
        nested = engine.collect(found.filter(~nw.col(_CANDIDATES).is_null()).select(_CANDIDATES))
        candidates.append(nested[_CANDIDATES].combine_chunks().flatten())
    rows = pa.Table.from_struct_array(pa.chunked_array(candidates, pa.struct(CANDIDATE_SCHEMA)))
    return StageResult(added, {"match_candidates": engine.keep(engine.bring(rows))})


def match_chunk(people: pa.Table, table: str, matcher: Shared[Matcher]) -> pa.Table:
    """Match some rows of ``leads`` or ``contacts``; each row keeps its candidates as a list, null where it has none."""
    found = matcher.value.match(table, people)
    person = pc.index_in(found.candidates["record_id"], value_set=people[OBJECT_OF_TABLE[table].key].combine_chunks())
    counts = np.bincount(np.asarray(person), minlength=len(people))
    ends = pa.array(np.concatenate(([0], np.cumsum(counts))), pa.int32())
    rows = found.candidates.to_struct_array().combine_chunks()
    nested = pa.ListArray.from_arrays(ends, rows, mask=pa.array(counts == 0))
    return found.matches.append_column(_CANDIDATES, nested)


def account_columns(book: Book, section: MatchingSection) -> Frame:
    """Give the columns of accounts that a ``Matcher`` is made of, one row per account."""
    cleaned = [name for name in account_schema(section).names if name not in COUNTED]
    open_now = book["opportunities"].filter(~nw.col("is_closed").fill_null(value=False))
    accounts = book["accounts"].select(*dict.fromkeys((*cleaned, "owner_id")))
    accounts = accounts.join(_counted(open_now, "open_opportunities"), on="account_id", how="left")
    accounts = accounts.join(_counted(book["contacts"], "contacts"), on="account_id", how="left")
    return accounts.join(_active_reps(book), on="owner_id", how="left")


def account_schema(section: MatchingSection) -> pa.Schema:
    """Give the columns of accounts that a matcher reads, with those that the plan's filters name."""
    fields = OBJECT_OF_TABLE["accounts"].rule_fields
    named = [name for name in filter_fields() if any(_names(section, name))]
    names = dict.fromkeys(("account_id", *ACCOUNT_COLUMNS, *FACT_COLUMNS, *named))
    return pa.schema([(name, _COUNTED_TYPES.get(name) or arrow_type(fields[name].kind)) for name in names])


def _names(section: MatchingSection, field: str) -> list[bool]:
    """Tell for each filter whether its text names a field; one too many costs a column, no more."""
    return [bool(re.search(rf"\b{field}\b", each.when.text, re.IGNORECASE)) for each in section.filters]


def _counted(frame: Frame, name: str) -> Frame:
    """Count rows per account."""
    return frame.filter(~nw.col("account_id").is_null()).group_by("account_id").agg(nw.len().alias(name))


def _active_reps(book: Book) -> Frame:
    """Give for each rep, as ``owner_id``, whether they work at the book's as-of date."""
    today = nw.lit(book.as_of.date())
    has_begun = nw.col("starts_on").is_null() | (nw.col("starts_on") <= today)
    has_ended = ~nw.col("ends_on").is_null() & (nw.col("ends_on") < today)
    is_active = nw.col("is_active").fill_null(value=True) & has_begun & ~has_ended
    return book["reps"].select(nw.col("rep_id").alias("owner_id"), is_active.alias("owner_is_active"))


STAGE = Stage("matching", "Matching leads and contacts to accounts", run)
