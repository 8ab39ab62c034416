from __future__ import annotations

import pyarrow as pa
import pytest

from rightful.stages.matching.names import MOST_LETTERS, MOST_WORDS, Names, read_names


def names(*core_names: str, **synonyms: str) -> Names:
    return read_names(pa.array(core_names, pa.large_string()), synonyms)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("acme technologies", "acme technology"),
        ("acme tech", "acme technology"),
        ("the bank of acme", "bank acme"),
        ("the who", "who"),
        ("of the", "of the"),
        ("acme-widgets & co.", "acme widgets company"),
        ("", ""),
        ("  ", ""),
        ("東京 電力", "dongjing dianli"),
        ("🙂", ""),
    ],
)
def test_names_are_read_as_words_in_their_common_spelling(written: str, read: str) -> None:
    assert names(written).text[0].as_py() == read


def test_synonyms_replace_words_and_whole_names() -> None:
    read = names("big blue", "blue sky", "fb ads", **{"big blue": "ibm", "fb": "meta"})
    assert read.text.to_pylist() == ["ibm", "blue sky", "meta ads"]


def test_initials_need_three_words() -> None:
    read = names("international business machines", "ibm", "acme widgets")
    assert read.initials_hash[0] == read.compact_hash[1]
    assert read.initials_hash[2] == 0


def test_absurd_names_are_cut() -> None:
    read = names("x" * 10_000, " ".join(f"w{n}" for n in range(1_000)))
    assert len(read.compact[0].as_py()) == MOST_LETTERS
    assert read.words.shape == (2, MOST_WORDS)


def test_nothing_is_read_from_nothing() -> None:
    assert len(names().text) == 0
