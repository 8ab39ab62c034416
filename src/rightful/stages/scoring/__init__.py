"""Score (interest) and grade (fit) of leads, contacts and accounts, with what they are made of.

Adds ``score, score_reason, grade, grade_reason, rating`` to the three tables, and the table ``score_parts``: ``object,
record_id, part, points, detail``, whose points add up to the score. The desk calls ``score_person`` and ``score_account``.
"""

from __future__ import annotations

from functools import partial

import narwhals as nw

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.stages.scoring.accounts import PersonScore
from rightful.stages.scoring.chunks import explode_parts, score_account_chunk, score_person_chunk
from rightful.stages.scoring.interest import Activity
from rightful.stages.scoring.people import account_interests, people_of
from rightful.stages.scoring.score import (
    ScoreResult,
    ScoringRules,
    score_account,
    score_person,
    scoring_rules,
)
from rightful.stages.scoring.tallies import tallies
from rightful.stages.stage import Book, Engine, Frame, Stage, StageResult

__all__ = [
    "STAGE",
    "Activity",
    "PersonScore",
    "ScoreResult",
    "ScoringRules",
    "score_account",
    "score_person",
    "scoring_rules",
]

_LINKS = {"contacts": ("account_id", "matched_account_id"), "leads": ("is_converted", "matched_account_id")}


def run(book: Book, plan: Plan, engine: Engine) -> StageResult:
    """Score and grade leads, contacts and accounts."""
    scored = {table: _people(book, plan, engine, table) for table in ("contacts", "leads")}
    linked = {
        table: frame.join(book[table].select(key, *_LINKS[table]), on=key, how="left")
        for table, frame in scored.items()
        for key in (OBJECT_OF_TABLE[table].key,)
    }
    scored["accounts"] = _accounts(book, plan, engine, people_of(linked["contacts"], linked["leads"]))
    parts = nw.concat([_parts(frame, table, engine) for table, frame in scored.items()])
    return StageResult({table: frame.drop("parts") for table, frame in scored.items()}, {"score_parts": parts})


def _people(book: Book, plan: Plan, engine: Engine, table: str) -> Frame:
    rules = scoring_rules(plan, table)
    key = OBJECT_OF_TABLE[table].key
    found = tallies(book["activities"], key, rules.interest, book.as_of)
    columns = dict.fromkeys((key, *rules.fields))
    frame = book[table].select(*columns).join(found, on=key, how="left")
    return engine.map(frame, partial(score_person_chunk, rules=rules), table)


def _accounts(book: Book, plan: Plan, engine: Engine, people: Frame) -> Frame:
    rules = scoring_rules(plan, "accounts")
    interests = account_interests(people, rules.account_score, engine)
    columns = dict.fromkeys(("account_id", *rules.fields))
    frame = book["accounts"].select(*columns).join(interests, on="account_id", how="left")
    return engine.map(frame, partial(score_account_chunk, rules=rules), "accounts")


def _parts(scored: Frame, table: str, engine: Engine) -> Frame:
    crm_object = OBJECT_OF_TABLE[table]
    frame = scored.select(crm_object.key, "parts")
    function = partial(explode_parts, object_name=crm_object.name, key=crm_object.key)
    return engine.map(frame, function, f"parts of {table}")


STAGE = Stage("scoring", "Scoring interest and fit", run)
