from __future__ import annotations

import numpy as np

from rightful.stages.matching.hashing import Shapes, Spelled, hash_texts, mix
from rightful.stages.matching.texts import Texts

TEXTS = ["", "a", "acme.com", "ab", "x" * 300, "straße", "ab"]


def test_hashes_are_the_same_on_every_machine() -> None:
    # Written down once: a stored index depends on it.
    assert hash_texts(Texts.of(["acme", "ünïcode"])).tolist() == [926783583347229677, 17392381392542806569]


def test_one_text_hashes_as_among_many_and_wherever_its_letters_lie() -> None:
    whole = hash_texts(Texts.of(TEXTS)).tolist()
    assert [int(hash_texts(Texts.of([text]))[0]) for text in TEXTS] == whole
    rows = np.array([5, 2, 0, 6])
    assert hash_texts(Texts.of(TEXTS).take(rows)).tolist() == [whole[row] for row in rows]
    assert whole[0] == 0
    assert len(set(whole)) == 6


def test_absurdly_long_texts_are_hashed_in_bounded_memory() -> None:
    one, other = hash_texts(Texts.of(["x" * 100_000, "x" * 100_001]))
    assert one != other


def test_a_run_hashes_the_same_wherever_it_stands() -> None:
    hashes, texts = Spelled.of(Texts.of(["acme", "", "an acme", "ac"])).runs(4)
    assert texts.tolist() == [0, 2, 2, 2, 2]
    assert mix(hashes)[0] == mix(hashes)[-1] == hash_texts(Texts.of(["acme"]))[0]
    assert len(set(hashes.tolist())) == 4


def test_a_slip_leaves_what_hashing_the_rest_gives() -> None:
    texts = ["acme", "", "b", "strasse"]
    hashes, rows = Spelled.of(Texts.of(["left out", *texts]).part(1, 5)).slips()
    rests = [(row, text[:at] + text[at + 1 :]) for row, text in enumerate(texts) for at in range(len(text))]
    assert rows.tolist() == [row for row, _ in rests]
    has_rest = np.array([bool(rest) for _, rest in rests])
    assert (mix(hashes) * has_rest).tolist() == hash_texts(Texts.of([rest for _, rest in rests])).tolist()


def test_mixed_numbers_are_never_unknown() -> None:
    numbers = np.arange(1_000, dtype=np.uint64)
    assert mix(numbers).all()
    assert len(set(mix(numbers).tolist())) == 1_000


def test_texts_that_begin_alike_show_the_same_start() -> None:
    shapes = Shapes.of(Texts.of(["acmeworks", "acmew", "acme", "üüx", "", ""]))
    assert shapes.length.tolist() == [9, 5, 4, 3, 0, 0]
    assert shapes.start[0] == shapes.start[1] != shapes.start[2]
    assert shapes.start[4] == shapes.start[5] == 0


def test_the_shape_of_one_text_is_that_among_many() -> None:
    texts = ["ab", "acme.com", "", "ünïcode", "x"]
    starts = Shapes.of(Texts.of(texts)).start.tolist()
    assert [int(Shapes.of(Texts.of([text])).start[0]) for text in texts] == starts
