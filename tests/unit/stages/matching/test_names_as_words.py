from __future__ import annotations

import pytest

from rightful.stages.matching.names import MOST_LETTERS, MOST_WORDS, Spellings, number_words, read_name


def words(written: str, **synonyms: str) -> str:
    return " ".join(read_name(written, Spellings.of(synonyms)).words)


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
        ("gmbh and co kg", ""),
        ("spa", "spa"),
    ],
)
def test_names_are_read_as_words_in_their_common_spelling(written: str, read: str) -> None:
    assert words(written) == read


def test_synonyms_replace_words_and_whole_names() -> None:
    synonyms = {"big blue": "ibm", "fb": "meta platforms"}
    assert words("big blue", **synonyms) == "ibm"
    assert words("blue sky", **synonyms) == "blue sky"
    assert words("fb ads", **synonyms) == "meta platforms ads"


def test_initials_need_three_words() -> None:
    plain = Spellings.of({})
    assert read_name("international business machines", plain).initials == "ibm"
    assert read_name("acme widgets", plain).initials == ""


@pytest.mark.parametrize("name", ["x" * 10_000, " ".join(f"w{n}" for n in range(1_000)), "株" * 10_000])
def test_absurd_names_are_cut(name: str) -> None:
    read = read_name(name, Spellings.of({}))
    assert len(read.written) <= MOST_LETTERS
    assert len(read.compact) <= MOST_LETTERS
    assert len(read.words) <= MOST_WORDS


def test_words_are_numbered_as_they_come() -> None:
    plain = Spellings.of({})
    vocabulary, numbers = number_words([read_name(name, plain) for name in ("acme bank", "", "bank zeta")])
    assert vocabulary == ["acme", "bank", "zeta"]
    assert numbers[:, :3].tolist() == [[0, 1, -1], [-1, -1, -1], [1, 2, -1]]
    assert numbers.shape == (3, MOST_WORDS)
