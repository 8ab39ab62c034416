from __future__ import annotations

from collections.abc import Callable

import polars as pl
from polars.testing import assert_frame_equal

from rightful.runs.run import Run, side_by_side
from rightful.runs.summary.columns import columns, known_sum

RunOf = Callable[..., Run]


def test_a_sum_is_the_same_in_any_order() -> None:
    amounts = pl.DataFrame({"usd": [0.1, 0.2, 0.3, 1e9]})
    forth, back = (each.select(known_sum("usd")).item() for each in (amounts, amounts.reverse()))
    assert forth == back == 1_000_000_000.6


def test_a_sum_of_nothing_known_is_unknown() -> None:
    assert pl.DataFrame({"usd": [None]}, schema={"usd": pl.Float64}).select(known_sum("usd")).item() is None


def test_stages_side_by_side_are_what_a_join_gives() -> None:
    one = pl.LazyFrame({"id": ["a", "b"], "n": [1, 2]})
    other = pl.LazyFrame({"id": ["a", "b"], "m": [3, 4]})
    assert_frame_equal(side_by_side("id", [one, other]), one.join(other, on="id"))


def test_columns_of_any_stage_belong_to_the_same_record(run_of: RunOf) -> None:
    accounts = [
        {"account_id": "A1", "name_raw": " One ", "name": "One", "assigned_rep_id": "R1"},
        {"account_id": "A2", "name_raw": "TWO", "name": "Two", "assigned_rep_id": None},
    ]
    run = run_of(accounts=accounts)
    wanted = ("account_id", "name_raw", "name", "assigned_rep_id")
    assert columns(run, "accounts", *wanted[1:]).select(wanted).sort("account_id").collect().to_dicts() == accounts
    assert run.scan("accounts").select(wanted).collect().to_dicts() == accounts
    assert columns(run, "accounts", "name_raw").collect()["name_raw"].to_list() == [" One ", "TWO"]
    assert columns(run, "accounts").collect()["account_id"].to_list() == ["A1", "A2"]
