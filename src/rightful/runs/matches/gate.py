"""Hold a plan's matching against its labels, as the plan stands now, on the records of its newest run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import RightfulError
from rightful.plan import Plan
from rightful.plan.matching import MatchGate
from rightful.runs.matches.figures import Score, score_of
from rightful.runs.matches.labels import TABLES, Label, read_labels, survivors_of_run
from rightful.runs.run import Run
from rightful.stages.matching import Matcher
from rightful.stages.matching.links import LINK_METHODS
from rightful.stages.matching.parties import PERSON_COLUMNS
from rightful.stages.matching.stage import account_columns
from rightful.stages.stage import Book

__all__ = ["GateFound", "pass_gate"]

_READ = ("accounts", "contacts", "opportunities", "reps")


@dataclass(frozen=True, slots=True)
class GateFound:
    """What a gate found.

    Attributes:
        file: The labels.
        score: What matches are worth, over labelled records that no link decides; None where nobody could judge them.
        failures: What is not as the plan wants it; none where the gate is passed.
    """

    file: str
    score: Score | None
    failures: tuple[str, ...]


def pass_gate(plan: Plan) -> GateFound | None:
    """Match the labelled records anew and judge the matches; None where the plan has no gate.

    Records and accounts are those of the newest run, cleaned: without one the gate is not passed.
    """
    gate = plan.matching.gate
    if gate is None:
        return None
    try:
        run = Run.latest(plan.folder)
        labels = read_labels(plan.folder / gate.file, plan, run).labels
    except RightfulError as error:
        return GateFound(gate.file, None, tuple(str(mistake) for mistake in error.mistakes))
    score = _score(plan, run, labels)
    return GateFound(gate.file, score, tuple(_failures(gate, score)))


def _failures(gate: MatchGate, score: Score) -> list[str]:
    if not score.records:
        return ["links decide every labelled record, so the evidence cannot be judged"]
    return [
        f"{name} is {value:.3f}, below {least:g}"
        for name, value, least in (
            ("precision", score.precision, gate.precision),
            ("recall", score.recall, gate.recall),
        )
        if value < least
    ]


def _score(plan: Plan, run: Run, labels: Sequence[Label]) -> Score:
    book = Book({name: nw.from_native(run.scan(name)) for name in _READ if name in run.names}, run.manifest.as_of)
    accounts = account_columns(book, plan.matching).collect("pyarrow").to_native()
    matcher = Matcher.of(accounts, plan, survivors_of_run(run))
    right = {(label.object, label.record_id): label.account_ids for label in labels}
    judged = []
    for name, table in TABLES.items():
        key = OBJECT_OF_TABLE[table].key
        wanted = [record_id for about, record_id in right if about == name]
        people = run.scan(table).filter(pl.col(key).is_in(wanted)).select(key, "account_id", *PERSON_COLUMNS)
        matches = matcher.match(table, people.collect().to_arrow()).matches
        for record_id, account_id, method in zip(
            *(matches[column].to_pylist() for column in (key, "matched_account_id", "match_method")), strict=True
        ):
            if method not in LINK_METHODS:
                accounts_of = right[name, record_id]
                judged.append((bool(accounts_of), account_id is not None, account_id in accounts_of))
    return score_of("all", *np.array(judged, bool).reshape(-1, 3).T)
