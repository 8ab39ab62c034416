from __future__ import annotations

import numpy as np
import pytest

from rightful.stages.matching.hashing import mix
from rightful.stages.matching.key_table import CAPS, KeyTable, KeyTableParts
from rightful.stages.matching.keys import KEY_KINDS, Keys


def keys(*entries: tuple[int, int, int]) -> Keys:
    """Make keys of (number that stands for the key, kind, row)."""
    numbers, kinds, rows = np.array(entries, np.int64).reshape(-1, 3).T
    return Keys(mix(numbers.astype(np.uint64)), kinds, rows)


def table_of(*entries: tuple[int, int, int]) -> KeyTable:
    parts = KeyTableParts(1_000)
    parts.add(keys(*entries))
    return parts.table()


def found(table: KeyTable, *asked: tuple[int, int]) -> list[tuple[int, int]]:
    """Give (position of the key asked for, account)."""
    positions, places = table.find(keys(*((number, kind, 0) for number, kind in asked)))
    which, accounts = table.accounts(places)
    return list(zip(positions[which].tolist(), accounts.tolist(), strict=True))


def test_keys_find_their_accounts_in_order_and_repeats_count_once() -> None:
    table = table_of((7, 0, 5), (7, 0, 2), (7, 0, 5), (8, 0, 1))
    assert found(table, (8, 0), (9, 0), (7, 0)) == [(0, 1), (2, 2), (2, 5)]


def test_kinds_do_not_mix() -> None:
    table = table_of((7, 0, 5), (7, 1, 2))
    assert found(table, (7, 1)) == [(0, 2)]
    assert found(table, (7, 2)) == []


def test_an_empty_table_finds_nothing() -> None:
    assert found(table_of(), (7, 0), (8, 3)) == []
    assert found(table_of((7, 0, 5))) == []


@pytest.mark.parametrize("kind", [0, 11])
def test_a_key_over_its_cap_is_known_and_finds_nobody(kind: int) -> None:
    cap = int(CAPS[kind])
    parts = KeyTableParts(1_000)
    parts.add(keys(*((7, kind, row) for row in range(cap + 1)), *((8, kind, row) for row in range(cap))))
    over = parts.crowded([kind], cap + 2)
    table = parts.table()
    assert over[:, kind].tolist() == [True] * (cap + 1) + [False]
    assert found(table, (7, kind)) == []
    assert len(found(table, (8, kind))) == cap
    assert len(table.find(keys((7, kind, 0)))[1]) == 1


def test_every_one_of_many_keys_is_found() -> None:
    entries = [(number, number % len(KEY_KINDS), number % 500) for number in range(1, 20_000)]
    asked = [(number, kind) for number, kind, _ in entries]
    assert found(table_of(*entries), *asked) == [(place, row) for place, (_, _, row) in enumerate(entries)]
