"""Score a chunk of a table: the value functions over columns, each distinct case decided once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan.section import rule_fields
from rightful.rules import Condition, Rule, RuleSet, compile_rules
from rightful.stages.scoring.accounts import NO_PEOPLE
from rightful.stages.scoring.grade import NO_PROFILE, CriterionRule, Grade, ProfileRule, State, grade_of
from rightful.stages.scoring.interest import NO_INTEREST, Interest, ScorePart, interest_of
from rightful.stages.scoring.score import OverrideRule, ScoreResult, ScoringRules, conclude
from rightful.stages.scoring.tallies import TALLY_COLUMNS, read_tallies, tally_columns
from rightful.stages.scoring.trained import trained_part

__all__ = ["PARTS_TYPE", "explode_parts", "grades", "parts_column", "score_account_chunk", "score_person_chunk"]

PARTS_TYPE = pa.list_(pa.struct([("part", pa.string()), ("thousandths", pa.int64()), ("detail", pa.string())]))

Positions = npt.NDArray[np.int32]


def score_person_chunk(table: pa.Table, rules: ScoringRules) -> pa.Table:
    """Score leads or contacts.

    Args:
        table: The key, ``rules.fields`` and the columns of ``tallies``, null where a person has no activities.
        rules: Of the table.

    Returns:
        The key, the columns of the contract, and ``parts``.
    """
    interests = _interests(table, rules)
    trained = _trained(table, rules)
    return _results(table, interests, trained, rules)


def score_account_chunk(table: pa.Table, rules: ScoringRules) -> pa.Table:
    """Score accounts.

    Args:
        table: The key, ``rules.fields``, and from the account's people ``thousandths``, ``remark`` and ``parts``, null where
            an account has none.
        rules: Of accounts.
    """
    values = zip(*(table[name].to_pylist() for name in ("thousandths", "remark", "parts")), strict=True)
    interests = [
        NO_PEOPLE if remark is None else Interest(thousandths, tuple(ScorePart(**part) for part in parts), remark)
        for thousandths, remark, parts in values
    ]
    return _results(table, interests, [None] * table.num_rows, rules)


def explode_parts(table: pa.Table, object_name: str, key: str) -> pa.Table:
    """Turn the lists of parts into rows of ``score_parts``."""
    parts = table["parts"].combine_chunks()
    rows = parts.flatten()
    owners = table[key].combine_chunks().take(pc.list_parent_indices(parts))
    points = np.asarray(rows.field("thousandths"), dtype=np.int64) / 1000
    return pa.table(
        {
            "object": pa.array([object_name] * len(rows), pa.string()),
            "record_id": owners,
            "part": rows.field("part"),
            "points": pa.array(points, pa.float64()),
            "detail": rows.field("detail"),
        }
    )


def grades(table: pa.Table, profiles: Sequence[ProfileRule], table_name: str) -> list[Grade]:
    """Grade every row of a table, each distinct answer to the criteria once."""
    found = [NO_PROFILE] * table.num_rows
    if not profiles:
        return found
    applies = _first(tuple(each.when for each in profiles), table_name, table)
    for number, profile in enumerate(profiles):
        rows = np.flatnonzero(applies == number)
        if not len(rows):
            continue
        part = table if len(rows) == table.num_rows else table.take(rows)
        states = np.column_stack(
            [_states(each, table_name, part) for each in profile.criteria] or [np.zeros(len(rows), np.int8)]
        )
        distinct, which = np.unique(states, axis=0, return_inverse=True)
        letters = [
            grade_of(profile, tuple(State(int(state)) for state in each[: len(profile.criteria)])) for each in distinct
        ]
        for row, case in zip(rows.tolist(), which.ravel().tolist(), strict=True):
            found[row] = letters[case]
    return found


def _results(
    table: pa.Table, interests: Sequence[Interest], trained: Sequence[ScorePart | None], rules: ScoringRules
) -> pa.Table:
    """Bring everything together, row by row; rows that share all four share the result."""
    letters = grades(table, rules.profiles, rules.table)
    overrides = _overrides(table, rules)
    known: dict[tuple[int, int, int, int], ScoreResult] = {}
    results = []
    for case in zip(interests, trained, letters, overrides, strict=True):
        key = (id(case[0]), id(case[1]), id(case[2]), id(case[3]))  # all are alive while the lists are
        result = known.get(key)
        if result is None:
            result = known[key] = conclude(*case, rules)
        results.append(result)
    name = OBJECT_OF_TABLE[rules.table].key
    return pa.table(
        {
            name: table[name].cast(pa.string()),
            "score": pa.array([each.score for each in results], pa.float64()),
            "score_reason": pa.array([each.score_reason for each in results], pa.string()),
            "grade": pa.array([each.grade for each in results], pa.string()),
            "grade_reason": pa.array([each.grade_reason for each in results], pa.string()),
            "rating": pa.array([each.rating for each in results], pa.string()),
            "parts": parts_column([each.parts for each in results]),
        }
    )


def parts_column(parts: Sequence[Sequence[ScorePart]]) -> pa.Array:
    """Make the column that holds for each row its list of parts."""
    offsets = np.cumsum([0, *map(len, parts)])
    flat = [part for each in parts for part in each]
    fields = [
        pa.array([part.part for part in flat], pa.string()),
        pa.array([part.thousandths for part in flat], pa.int64()),
        pa.array([part.detail for part in flat], pa.string()),
    ]
    rows = pa.StructArray.from_arrays(fields, fields=list(PARTS_TYPE.value_type))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows)


def _interests(table: pa.Table, rules: ScoringRules) -> list[Interest]:
    """Read the tallies; most people have no activity and share one answer."""
    found = [NO_INTEREST] * table.num_rows
    active = np.flatnonzero(table[TALLY_COLUMNS[0]].is_valid().to_numpy())
    part = table.select(tally_columns(rules.interest)).take(active)
    for row, found_there in zip(active.tolist(), read_tallies(part, rules.interest), strict=True):
        found[row] = interest_of(found_there, rules.interest)
    return found


def _trained(table: pa.Table, rules: ScoringRules) -> list[ScorePart | None]:
    """Read the trained score, each distinct combination of values once."""
    if rules.trained is None:
        return [None] * table.num_rows
    fields = [feature.field for feature in rules.trained.features]
    known: dict[tuple[object, ...], ScorePart] = {}
    parts: list[ScorePart | None] = []
    for values in (
        zip(*(table[field].to_pylist() for field in fields), strict=True) if fields else [()] * table.num_rows
    ):
        part = known.get(values)
        if part is None:
            part = known[values] = trained_part(
                dict(zip(fields, values, strict=True)), rules.trained, rules.trained_points
            )
        parts.append(part)
    return parts


def _overrides(table: pa.Table, rules: ScoringRules) -> list[OverrideRule | None]:
    if not rules.overrides:
        return [None] * table.num_rows
    first = _first(tuple(each.when for each in rules.overrides), rules.table, table)
    return [rules.overrides[number] if number >= 0 else None for number in first.tolist()]


def _states(criterion: CriterionRule, table_name: str, table: pa.Table) -> npt.NDArray[np.int8]:
    """Say for each row whether the criterion is met, missed or unknown: what is sure comes before what is possible."""
    first = _first((criterion.surely, criterion.possibly), table_name, table)
    return np.choose(first + 1, (State.MISSED, State.MET, State.UNKNOWN)).astype(np.int8)


def _first(conditions: tuple[Condition, ...], table_name: str, table: pa.Table) -> Positions:
    """Give for each row the first condition that holds, -1 for none."""
    return np.asarray(_compiled(conditions, table_name).first_table(table), dtype=np.int32)


@lru_cache(maxsize=1024)
def _compiled(conditions: tuple[Condition, ...], table_name: str) -> RuleSet:
    """Compile conditions once per process, not once per chunk."""
    rules = [Rule(f"{number}", condition) for number, condition in enumerate(conditions)]
    return compile_rules(rules, rule_fields(table_name, before="scoring"))
