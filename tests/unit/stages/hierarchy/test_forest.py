from __future__ import annotations

import numpy as np
import pytest

from rightful.stages.hierarchy.forest import NO_PARENT, break_cycles, families, roll_up

DEEP = 100_000


def positions(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_a_chain_of_any_depth_is_walked() -> None:
    chain = np.arange(DEEP) - 1
    family = families(chain)
    assert family.tops.tolist() == [0] * DEEP
    assert family.depths.tolist() == list(range(DEEP))
    assert set(family.sizes.tolist()) == {DEEP}


def test_a_chain_in_shuffled_order_is_walked_the_same() -> None:
    order = np.random.default_rng(7).permutation(DEEP)
    parents = np.full(DEEP, NO_PARENT)
    parents[order[1:]] = order[:-1]
    family = families(parents)
    assert (family.tops == order[0]).all()
    assert (family.depths[order] == np.arange(DEEP)).all()


def test_one_link_of_a_large_cycle_is_cut() -> None:
    circle = (np.arange(DEEP) + 1) % DEEP
    mended, cycles = break_cycles(circle, np.zeros(DEEP, dtype=np.int64))
    assert (cycles.broken.tolist(), cycles.lost.tolist(), cycles.sizes.tolist()) == ([0], [1], [DEEP])
    assert (mended != circle).sum() == 1
    assert families(mended).depths.max() == DEEP - 1


def test_the_weakest_link_is_cut_and_of_equal_ones_that_of_the_first_account() -> None:
    parents = positions(1, 2, 0, 4, 3, NO_PARENT)
    mended, cycles = break_cycles(parents, positions(1, 3, 3, 2, 2, 9))
    assert mended.tolist() == [1, NO_PARENT, 0, NO_PARENT, 3, NO_PARENT]
    assert cycles.broken.tolist() == [1, 3]
    assert cycles.sizes.tolist() == [3, 2]


def test_accounts_that_hang_on_a_cycle_are_not_of_it() -> None:
    mended, cycles = break_cycles(positions(1, 0, 0, 2), positions(0, 0, 5, 5))
    assert cycles.broken.tolist() == [0]
    assert mended.tolist() == [NO_PARENT, 0, 0, 2]


def test_an_account_that_is_its_own_parent_is_a_cycle_of_one() -> None:
    mended, cycles = break_cycles(positions(0, 0), positions(0, 0))
    assert (mended.tolist(), cycles.sizes.tolist()) == ([NO_PARENT, 0], [1])


def test_without_accounts_there_is_nothing_to_do() -> None:
    nothing = positions()
    mended, cycles = break_cycles(nothing, nothing)
    assert len(mended) == len(cycles.broken) == len(families(mended).tops) == 0


@pytest.mark.parametrize(
    ("method", "expected"),
    [("own_or_children", 120.0), ("sum", 230.0), ("max", 100.0)],
)
def test_figures_roll_up(method: str, expected: float) -> None:
    # 3 and 4 under 1 make 70, more than the 10 of 1; with the 50 of 2 that is 120, more than the 100 of 0.
    parents = positions(NO_PARENT, 0, 0, 1, 1)
    figures = np.array([100.0, 10.0, 50.0, 60.0, 10.0])
    rolled = roll_up(figures, parents, families(parents), method)  # type: ignore[arg-type]
    assert rolled.tolist() == [expected] * 5


def test_unknown_figures_count_nothing_and_a_family_without_any_stays_unknown() -> None:
    parents = positions(NO_PARENT, 0, NO_PARENT)
    rolled = roll_up(np.array([np.nan, 7.0, np.nan]), parents, families(parents), "own_or_children")
    assert rolled[:2].tolist() == [7.0, 7.0]
    assert np.isnan(rolled[2])
