from __future__ import annotations

import polars as pl
import pytest

from rightful.sample.dice import Dice


def test_the_same_seed_and_name_draw_the_same() -> None:
    assert Dice(7, "names").below(50, 1_000).tolist() == Dice(7, "names").below(50, 1_000).tolist()


@pytest.mark.parametrize("other", [Dice(8, "names"), Dice(7, "streets"), Dice(7, "names").child("x")])
def test_another_seed_or_name_draws_something_else(other: Dice) -> None:
    assert Dice(7, "names").below(50, 1_000).tolist() != other.below(50, 1_000).tolist()


def test_streams_do_not_disturb_each_other() -> None:
    parent = Dice(7, "book")
    before = parent.child("accounts").below(20, 100).tolist()
    parent.below(1_000, 100)
    assert parent.child("accounts").below(20, 100).tolist() == before


def test_weighted_never_draws_what_has_no_weight() -> None:
    drawn = Dice(7, "w").weighted(2_000, [0.0, 3.0, 1.0, 0.0])
    assert set(drawn.tolist()) == {1, 2}
    assert 0.7 < (drawn == 1).mean() < 0.8


def test_mix_replaces_the_shares_that_are_asked_for() -> None:
    usual = pl.Series("v", ["a"] * 10_000)
    counts = dict(Dice(7, "m").mix(usual, (0.2, usual + "b"), (0.1, usual + "c")).value_counts().iter_rows())
    assert 0.18 < counts["ab"] / 10_000 < 0.22
    assert 0.08 < counts["ac"] / 10_000 < 0.12


def test_rework_changes_a_copy() -> None:
    values = pl.Series("v", ["abc"] * 100)
    changed = Dice(7, "r").rework(values, 0.5, lambda value, _number: value.upper())
    assert values.to_list() == ["abc"] * 100
    assert set(changed) == {"abc", "ABC"}


def test_rework_leaves_blanks_alone() -> None:
    values = pl.Series("v", [None, ""], dtype=pl.String)
    assert Dice(7, "r").rework(values, 1.0, lambda value, _number: value + "!").to_list() == [None, ""]
