"""How alike two company names are: shared words weighted by rarity and place, misspelt words forgiven, and the letters.

The first words of a company name say most of which company it is, the last ones say what it does and where.

Source: Jaro-Winkler (Winkler 1990) for words and for whole names, normalised Levenshtein for the letters of whole names,
both by RapidFuzz; words weighted by inverse document frequency as in soft TF-IDF (Cohen, Ravikumar, Fienberg 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.names import MOST_WORDS, Names

__all__ = ["Likeness", "compare_names"]

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float32]

# Words this alike by Jaro-Winkler count as one word misspelt or shortened, from half to nearly whole.
_WORD_CUTOFF = 0.88
# Each word weighs this share of the one before it.
_LATER_WORD = 0.8
# How much the likeness of how names begin counts beside words and letters.
_BEGINNING = 0.3
# Names with the same words in another order are the same.
_SAME_WORDS = 0.999


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike the names of pairs are, one entry per pair.

    Attributes:
        of_person: Share of the person's company name, by weight of words, that the account's name has, 0 to 1.
        of_account: Share of the account's name that the person's company name has.
        letters: Likeness of the letters without blanks, 0 to 1.
        beginning: Likeness of the letters without blanks, those at the beginning counting more, 0 to 1.
        rarity: Weight of the words that both have (natural logarithm of how rare they are together).
        has_first_word: Whether both begin with the same word.
    """

    of_person: Floats
    of_account: Floats
    letters: Floats
    beginning: Floats
    rarity: Floats
    has_first_word: npt.NDArray[np.bool_]

    @property
    def overall(self) -> Floats:
        """Likeness of the names, 0 to 1: shared words or letters, whichever is more, and how they begin."""
        words = (self.of_person + self.of_account) / 2
        alike = np.maximum(words, self.letters)
        return np.where(alike > _SAME_WORDS, 1.0, (1 - _BEGINNING) * alike + _BEGINNING * self.beginning)


def compare_names(people: Names, index: CandidateIndex, pairs: Pairs) -> Likeness:
    """Compare the names of pairs; unknown names give zeros."""
    own = index.accounts.names
    translation = index.known_words(people)
    mine, theirs = people.words[pairs.person_row], own.words[pairs.account_row]
    shared = _shared_words(people, own, mine.T.copy(), theirs.T.copy(), translation)
    by_place = _LATER_WORD ** np.arange(MOST_WORDS)
    mine_rarity, their_rarity = index.rarity(translation)[mine], index.own_rarity[theirs]
    mine_weights, their_weights = mine_rarity * by_place, their_rarity * by_place
    best_mine, best_theirs = shared.max(axis=1).T, shared.max(axis=0).T
    mine_shared = (best_mine * mine_weights).sum(axis=1)
    their_shared = (best_theirs * their_weights).sum(axis=1)
    letters, beginning = _alike(people, own, pairs)
    return Likeness(
        of_person=mine_shared / np.maximum(mine_weights.sum(axis=1), 1e-9),
        of_account=their_shared / np.maximum(their_weights.sum(axis=1), 1e-9),
        letters=letters,
        beginning=beginning,
        rarity=(best_theirs * their_rarity).sum(axis=1),
        has_first_word=shared[0, 0] == 1.0,
    )


def _shared_words(people: Names, own: Names, mine: Words, theirs: Words, translation: Numbers) -> Shares:
    """Say how alike each word of the one name is to each of the other; word x pair in, word x word x pair out.

    Pairs come last, for what is done to neighbours in memory is done to several at once.
    """
    known = translation[mine]
    # Words of people that no account has are told apart from blanks: -1 is a blank on the account's side only.
    equal = (known[:, None] == theirs[None]) & (known >= 0)[:, None]
    shared = equal.astype(np.float32)
    _forgive(shared, equal, people, own, mine, theirs)
    return shared


def _forgive(
    shared: Shares,
    equal: npt.NDArray[np.bool_],
    people: Names,
    own: Names,
    mine: Words,
    theirs: Words,
) -> None:
    """Enter the likeness of words that are no word of the other side as they stand but start with the same letter."""
    mine_start = np.where(equal.any(axis=1), 0, people.starts[mine])
    their_start = own.starts[np.where(equal.any(axis=0), -1, theirs)]
    left, right, pair = np.nonzero((mine_start[:, None] == their_start[None]) & (mine_start > 0)[:, None])
    if not len(pair):
        return
    code = mine[left, pair].astype(np.int64) * len(own.vocabulary) + theirs[right, pair]
    distinct, place = np.unique(code, return_inverse=True)
    first, second = np.divmod(distinct, len(own.vocabulary))
    near = process.cpdist(
        people.vocabulary.at(first),
        own.vocabulary.at(second),
        scorer=JaroWinkler.similarity,
        score_cutoff=_WORD_CUTOFF,
        dtype=np.float32,
    )
    value = np.where(near > 0, 0.5 + 0.5 * (near - _WORD_CUTOFF) / (1 - _WORD_CUTOFF), 0)
    shared[left, right, pair] = value[place]


def _alike(mine: Names, theirs: Names, pairs: Pairs) -> tuple[Floats, Floats]:
    left, right = mine.compact.at(pairs.person_row), theirs.compact.at(pairs.account_row)
    is_known = (mine.compact.length[pairs.person_row] > 0) & (theirs.compact.length[pairs.account_row] > 0)
    letters, beginning = (
        process.cpdist(left, right, scorer=scorer, dtype=np.float64)
        for scorer in (Levenshtein.normalized_similarity, JaroWinkler.similarity)
    )
    return np.where(is_known, letters, 0.0), np.where(is_known, beginning, 0.0)
