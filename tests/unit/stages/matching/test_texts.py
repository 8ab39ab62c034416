from __future__ import annotations

import numpy as np
import pytest

from rightful.stages.matching.texts import Texts, together

TEXTS = ["acme", "", "müller", "東京", "a b"]


def test_texts_come_back_at_any_rows() -> None:
    texts = Texts.of(TEXTS)
    assert len(texts) == len(TEXTS)
    assert texts.at(range(len(TEXTS))) == TEXTS
    assert texts.at(np.array([3, 0, 0, 1])) == ["東京", "acme", "acme", ""]
    assert texts.part(1, 4).at([0, 1, 2]) == TEXTS[1:4]


def test_taken_and_joined_texts_lie_in_a_row_with_nothing_between() -> None:
    taken = Texts.of(TEXTS).take(np.array([2, 0]))
    assert bytes(taken.letters) == "mülleracme".encode()
    both = together([taken, Texts.of([]), Texts.of(["x", ""])])
    assert both.at(range(4)) == ["müller", "acme", "x", ""]


@pytest.mark.parametrize("texts", [[], [""], ["", "", ""]])
def test_nothing_is_kept_as_nothing(texts: list[str]) -> None:
    assert Texts.of(texts).at(range(len(texts))) == texts


def test_what_separates_texts_may_stand_in_them() -> None:
    assert Texts.of(["a\0b", "c"]).at([0, 1]) == ["a b", "c"]


def test_what_no_encoding_knows_is_replaced() -> None:
    assert Texts.of(["a\ud800b"]).at([0]) == ["a?b"]


def test_letters_are_counted_not_bytes() -> None:
    assert Texts.of(TEXTS).letters_of_each().tolist() == [4, 0, 6, 2, 3]


def test_many_texts_come_back_as_few_do() -> None:
    texts = Texts.of(TEXTS)
    rows = np.arange(500) % len(TEXTS)
    assert texts.at(rows) == [TEXTS[row] for row in rows.tolist()]
    assert texts.at(np.full(200, 1)) == [""] * 200
    assert Texts.of(TEXTS).take(np.array([1])).at(np.zeros(200, np.int64)) == [""] * 200
