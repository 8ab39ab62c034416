from __future__ import annotations

import itertools

import numpy as np
from rapidfuzz.distance import OSA

from rightful.stages.matching.compare import _LABEL_CUTOFF, _SHORTEST_LABEL, _begins, _near, _Side
from rightful.stages.matching.hashing import Shapes
from rightful.stages.matching.texts import Texts

TEXTS = [
    "", "acme", "acmee", "acmes", "acmeworks", "acmework", "amceworks", "acmeworksgroup", "zetaworks", "zetawork",
    "müllerag", "müller", "muellerag", "internationalbusiness", "internationalbusines", "intrnationalbusnes",
]  # fmt: skip


def sides() -> tuple[_Side, _Side]:
    texts = Texts.of(TEXTS)
    left, right = (
        np.array(rows, np.int32) for rows in zip(*itertools.product(range(len(TEXTS)), repeat=2), strict=True)
    )
    return _Side(texts, Shapes.of(texts), left), _Side(texts, Shapes.of(texts), right)


def test_what_lengths_rule_out_is_not_near() -> None:
    left, right = sides()
    every = zip(left.texts_at(np.arange(len(left.rows))), right.texts_at(np.arange(len(left.rows))), strict=True)
    expected = [
        pair
        for pair, (one, other) in enumerate(every)
        if min(len(one), len(other)) >= _SHORTEST_LABEL and OSA.normalized_similarity(one, other) >= _LABEL_CUTOFF
    ]
    assert _near(left, right).tolist() == expected
    assert len(expected) > len(TEXTS)


def test_what_starts_otherwise_does_not_begin_the_name() -> None:
    left, right = sides()
    every = zip(left.texts_at(np.arange(len(left.rows))), right.texts_at(np.arange(len(left.rows))), strict=True)
    expected = [
        pair for pair, (label, name) in enumerate(every) if len(label) >= _SHORTEST_LABEL and name.startswith(label)
    ]
    assert _begins(left, right).tolist() == expected
