from __future__ import annotations

import gc

import pytest

from rightful.engines import paused_collector


def test_the_collector_rests_and_goes_on() -> None:
    with paused_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), paused_collector():
        raise ValueError("broken")
    assert gc.isenabled()


def test_an_inner_pause_does_not_end_the_outer_one() -> None:
    with paused_collector():
        with paused_collector():
            pass
        assert not gc.isenabled()


def test_a_collection_by_hand_leaves_what_was_there_before_alone() -> None:
    with paused_collector():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
