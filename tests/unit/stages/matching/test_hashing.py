from __future__ import annotations

import numpy as np
import pyarrow as pa

from rightful.stages.matching.hashing import Shapes, combine, hash_columns, hash_slips, hash_texts, texts_of


def test_hashes_are_the_same_on_every_machine() -> None:
    # Written down once: a stored index depends on it.
    assert hash_texts(pa.array(["acme", "ünïcode"], pa.large_string())).tolist() == [
        5771196643375532759,
        6959654629376784558,
    ]


def test_one_text_hashes_as_in_a_column_and_in_a_slice() -> None:
    texts = pa.array(["", "a", "acme.com", None, "ab", "x" * 300], pa.string())
    whole = hash_texts(texts_of(texts))
    each = [hash_texts(texts_of(texts.slice(place, 1)))[0] for place in range(len(texts))]
    assert whole.tolist() == each
    assert whole[0] == whole[3] == 0
    assert len(set(whole.tolist())) == 5


def test_columns_are_hashed_as_one_by_one() -> None:
    one, other = ["a", ""], ["b", "a"]
    hashed = hash_columns([one, other])
    assert hashed[0][0] == hashed[1][1]
    assert hashed[0][1] == 0


def test_a_combination_with_an_unknown_is_unknown() -> None:
    known, unknown = np.array([5], np.uint64), np.array([0], np.uint64)
    assert combine(known, unknown)[0] == combine(unknown, known)[0] == 0
    assert combine(known, np.array([6], np.uint64))[0] != combine(np.array([6], np.uint64), known)[0]


def test_a_slip_leaves_what_hashing_the_rest_gives() -> None:
    texts = ["acme", "", "b", "straße"]
    hashes, rows = hash_slips(texts_of(pa.array(["left out", *texts], pa.string()).slice(1)))
    rests = [
        (row, text.encode()[:at] + text.encode()[at + 1 :])
        for row, text in enumerate(texts)
        for at in range(len(text.encode()))
    ]
    expected = hash_texts(
        texts_of(pa.array([rest for _, rest in rests], pa.binary()).cast(pa.large_binary()).view(pa.large_string()))
    )
    assert rows.tolist() == [row for row, _ in rests]
    assert hashes.tolist() == expected.tolist()


def test_texts_that_begin_alike_show_the_same_start() -> None:
    shapes = Shapes.of(texts_of(pa.array(["acmeworks", "acmew", "acme", "üüx", "", None], pa.string())))
    assert shapes.length.tolist() == [9, 5, 4, 3, 0, 0]
    assert shapes.start[0] == shapes.start[1] != shapes.start[2]
    assert shapes.start[4] == shapes.start[5] == 0


def test_the_shape_of_one_text_is_that_in_a_column_and_in_a_slice() -> None:
    texts = texts_of(pa.array(["ab", "acme.com", "", "ünïcode", "x"], pa.string()))
    starts = Shapes.of(texts).start
    assert [int(Shapes.of(texts.slice(place, 1)).start[0]) for place in range(len(texts))] == starts.tolist()
