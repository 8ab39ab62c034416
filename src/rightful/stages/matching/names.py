"""Read company names as words: tidy, drop what says nothing, bring spellings together, number the words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from rightful.stages.matching.hashing import Hashes, Shapes, hash_texts
from rightful.stages.matching.words import SPELLINGS, STOP_WORDS

__all__ = ["MOST_LETTERS", "MOST_WORDS", "Names", "read_names"]

# What lies beyond is not read: it bounds time and memory for absurd names, and no real name needs it.
MOST_LETTERS = 160
MOST_WORDS = 8

_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Company names as words, one row per record.

    Attributes:
        text: The words in their common spelling, joined by blanks; empty when the name is unknown.
        compact: The same without blanks.
        compact_hash: Hash of ``compact``; 0 when unknown.
        compact_shape: Length and first letters of ``compact``.
        written_hash: Hash of the name as written without marks and blanks; what a web address is often made of.
        initials_hash: Hash of the first letters of at least three words; 0 for shorter names.
        words: Row x ``MOST_WORDS``: number of the word in ``vocabulary``, -1 where there is none.
        vocabulary: The distinct words.
        vocabulary_hash: Their hashes.
        starts: Their first letters as Unicode numbers; 0 for words under three letters, which are not forgiven misspellings.
            One entry more than words, 0: the one that -1 points to.
    """

    text: pa.LargeStringArray
    compact: pa.LargeStringArray
    compact_hash: Hashes
    compact_shape: Shapes
    written_hash: Hashes
    initials_hash: Hashes
    words: npt.NDArray[np.int32]
    vocabulary: pa.LargeStringArray
    vocabulary_hash: Hashes
    starts: npt.NDArray[np.int32]


def read_names(core_names: pa.LargeStringArray, synonyms: Mapping[str, str]) -> Names:
    """Read cleaned core names, with the plan's synonyms (whole names and single words) applied.

    Example:
        >>> import pyarrow as pa
        >>> read_names(pa.array(["bank of acme intl"], pa.large_string()), {}).text[0].as_py()
        'bank acme international'
    """
    written = pa.array([_written(name[:MOST_LETTERS]) for name in core_names.to_pylist()], pa.large_string())
    whole = {name: means for name, means in synonyms.items() if " " in name}
    if whole:
        written = _replaced(written, whole)
    lists = pc.split_pattern(written, " ")
    lengths = np.diff(np.asarray(lists.offsets))
    numbers, vocabulary = _vocabulary(lists.flatten(), {**SPELLINGS, **synonyms})
    rows = np.repeat(np.arange(len(written)), lengths)
    rows, numbers = _telling(rows, numbers, vocabulary, len(written))
    words = _matrix(rows, numbers, len(written))
    lists = _lists(words, vocabulary)
    compact = _joined(lists, "")
    return Names(
        text=_joined(lists, " "),
        compact=compact,
        compact_hash=hash_texts(compact),
        compact_shape=Shapes.of(compact),
        written_hash=hash_texts(pc.replace_substring(written, " ", "")),
        initials_hash=_initials(words, vocabulary),
        words=words,
        vocabulary=vocabulary,
        vocabulary_hash=hash_texts(vocabulary),
        starts=np.array([*(ord(word[0]) if len(word) >= 3 else 0 for word in vocabulary.to_pylist()), 0], np.int32),
    )


def _written(name: str) -> str:
    """Write a name without marks and in Latin letters, so that one company in two scripts is comparable."""
    words = _MARKS.sub(" ", name).strip()
    return words if words.isascii() else _MARKS.sub(" ", anyascii(words)).strip().lower()


def _replaced(names: pa.LargeStringArray, whole: Mapping[str, str]) -> pa.LargeStringArray:
    position = pc.index_in(names, value_set=pa.array(list(whole), pa.large_string()))
    return pc.coalesce(pa.array(list(whole.values()), pa.large_string()).take(position), names)


def _vocabulary(
    written: pa.LargeStringArray, spellings: Mapping[str, str]
) -> tuple[npt.NDArray[np.int32], pa.LargeStringArray]:
    """Number the words so that spellings of one word share a number."""
    encoded = written.dictionary_encode()
    common = [spellings.get(word, word) for word in encoded.dictionary.to_pylist()]
    again = pa.array(common, pa.large_string()).dictionary_encode()
    renumbered = np.asarray(again.indices, dtype=np.int32)
    return renumbered[np.asarray(encoded.indices)], again.dictionary


def _telling(
    rows: npt.NDArray[np.int64], numbers: npt.NDArray[np.int32], vocabulary: pa.LargeStringArray, count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Drop stop words, but not where a name has nothing else; and drop empty words everywhere."""
    texts = vocabulary.to_pylist()
    is_stop = np.fromiter((text in STOP_WORDS for text in texts), bool, len(texts))[numbers]
    is_blank = np.fromiter((text == "" for text in texts), bool, len(texts))[numbers]
    has_other = np.bincount(rows[~is_stop & ~is_blank], minlength=count) > 0
    kept = ~is_blank & ~(is_stop & has_other[rows])
    return rows[kept], numbers[kept]


def _matrix(rows: npt.NDArray[np.int64], numbers: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int32]:
    starts = np.searchsorted(rows, np.arange(count))
    place = np.arange(len(rows)) - starts[rows]
    kept = place < MOST_WORDS
    words = np.full((count, MOST_WORDS), -1, np.int32)
    words[rows[kept], place[kept]] = numbers[kept]
    return words


def _lists(words: npt.NDArray[np.int32], vocabulary: pa.LargeStringArray) -> pa.ListArray:
    known = words >= 0
    offsets = np.concatenate(([0], np.cumsum(known.sum(axis=1))))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), vocabulary.take(pa.array(words[known])))


def _joined(lists: pa.ListArray, between: str) -> pa.LargeStringArray:
    return pc.binary_join(lists, pa.scalar(between, pa.large_string()))


def _initials(words: npt.NDArray[np.int32], vocabulary: pa.LargeStringArray) -> Hashes:
    lists = _lists(words, pc.utf8_slice_codeunits(vocabulary, 0, 1))
    return np.where((words >= 0).sum(axis=1) >= 3, hash_texts(_joined(lists, "")), np.uint64(0))
