"""What makes an account a candidate: keys that it shares with a lead or contact.

| key | found by |
|---|---|
| domain | the same registrable domain |
| name | the same name without blanks; a domain label that spells the name; both directions |
| phone | the same phone number |
| initials, short_form | the initials of the one name are the other name or its domain label |
| word | a rare word of the name |
| word_pair | two words of the name, each perhaps common |
| start_place | the same first letters of the name, with the same postal code or city |
| switchboard | the same phone number but for its last four digits |
| postal_code | the same postal code, where few accounts have it |
| street | the same street and number, where few accounts have it |
| letters | rare runs of letters, in names and domain labels: finds misspelt, cut and glued names |
| letters_place | shorter runs of letters, with the same city, postal area or state |
| slip | a short name that is the same but for one letter |
| word_place | a word too common alone, with the same postal code, city or state |
| domain_word, domain_place | a domain that very many accounts share, with a word of the name, or with a place |
| name_place | a name that very many accounts share, with a place |

A key that more accounts share than its cap is skipped, and where the table says so it is narrowed by place or word. So the
work per record is bounded, whatever the book holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.hashing import Hashes, Spelled, mix
from rightful.stages.matching.names import Names
from rightful.stages.matching.parties import Field, Parties
from rightful.stages.matching.texts import Texts, together

__all__ = [
    "KEY_KINDS",
    "WORDS_WITH_KEYS",
    "KeyKind",
    "Keys",
    "account_keys",
    "narrow_keys",
    "people_keys",
    "rarest_words",
]

WORDS_WITH_KEYS = 5
"""How many of a name's words make keys, the rarest first."""

Rarest = Hashes
"""Row x word: hashes of a name's rarest words, 0 where there are fewer."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of records: the n-th key is of the n-th kind and belongs to the n-th row; there is none of what is unknown.

    Attributes:
        hash: The key.
        kind: Position in ``KEY_KINDS``.
        row: Whose key it is.
    """

    hash: Hashes
    kind: npt.NDArray[np.int8]
    row: npt.NDArray[np.int64]


Columns = tuple[tuple[int, int], ...]
"""Pairs of columns whose values together make a key; the columns are those of ``_columns``."""


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One way to find candidates.

    Attributes:
        name: As in the table above.
        cap: Most accounts that may share a key of this kind.
        trust: How much sharing the key says, to order candidates before they are compared.
        accounts: What makes the keys that find an account.
        people: What makes the keys by which a lead or contact looks.
        letters: Makes keys of both, before they are mixed, from the letters of names instead.
        narrows: Only accounts whose key of that kind is over its cap get this one; empty: all.
    """

    name: str
    cap: int
    trust: float
    accounts: Columns = ()
    people: Columns = ()
    letters: Callable[[_Letters], tuple[Hashes, npt.NDArray[np.int64]]] | None = None
    narrows: str = ""


_WORDS = tuple(range(len(Field), len(Field) + WORDS_WITH_KEYS))
_ALWAYS = len(Field) + WORDS_WITH_KEYS
_PLACES = (Field.POSTAL_CODE, Field.CITY, Field.STATE)
_PLACES_OF_LETTERS = (Field.CITY, Field.POSTAL_AREA, Field.STATE)
_LONG_RUN, _SHORT_RUN = 5, 4
_SHORTEST_SLIP, _LONGEST_SLIP = 4, 12


def _columns(parties: Parties, rarest: Rarest) -> Hashes:
    """Give all that keys of columns are made of: the fields, the rarest words, and a column that is always the same."""
    return np.concatenate((parties.fields, rarest, np.ones((len(parties), 1), np.uint64)), axis=1)


def _alone(*columns: int) -> Columns:
    return tuple((column, _ALWAYS) for column in columns)


def _crossed(left: Iterable[int], right: Iterable[int]) -> Columns:
    others = tuple(right)
    return tuple((one, other) for one in left for other in others)


@dataclass(frozen=True, slots=True)
class _Letters:
    """Names and labels letter by letter: the names of all rows, then their labels, one kind after the other."""

    parties: Parties
    spelled: Spelled

    @classmethod
    def of(cls, parties: Parties) -> _Letters:
        texts = (parties.names.compact, *(domains.label for domains in parties.domains))
        return cls(parties, Spelled.of(_stacked(texts)))

    def runs(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """Give the runs of names and labels."""
        hashes, numbers = self.spelled.runs(_LONG_RUN)
        return hashes, numbers % max(len(self.parties), 1)

    def places(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """Give shorter runs of names, each with a place."""
        hashes, rows = self.spelled.part(len(self.parties)).runs(_SHORT_RUN)
        places = self.parties.fields[:, _PLACES_OF_LETTERS][rows]
        at, which = places.nonzero()
        return hashes[at] + places[at, which], rows[at]

    def slips(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """Give short names, whole and with a letter left out."""
        length = self.parties.names.compact.length
        is_short = (length >= _SHORTEST_SLIP) & (length <= _LONGEST_SLIP)
        names = self.spelled.part(len(self.parties))
        hashes, rows = names.slips()
        kept = is_short[rows]
        return np.concatenate((hashes[kept], names.wholes()[is_short])), np.concatenate(
            (rows[kept], is_short.nonzero()[0])
        )


def _stacked(texts: tuple[Texts, ...]) -> Texts:
    """Put texts in one row without copying letters where they are of one reading."""
    if any(each.letters is not texts[0].letters for each in texts):
        return together(texts)
    start, length = (
        np.concatenate(parts) for parts in zip(*((each.start, each.length) for each in texts), strict=True)
    )
    return Texts(texts[0].letters, start, length)


_LABELS = (Field.LABEL, Field.MAIL_LABEL)
_NAMES = (Field.NAME, Field.WRITTEN, Field.LABEL)
_START_PLACE = _crossed((Field.NAME_START,), (Field.POSTAL_CODE, Field.CITY))
_WORD_PAIRS = tuple(combinations(_WORDS, 2))
_NAME_PLACES = _crossed((Field.NAME,), _PLACES)

KEY_KINDS: tuple[KeyKind, ...] = (
    KeyKind("domain", 100, 8, _alone(Field.DOMAIN), _alone(Field.DOMAIN, Field.MAIL)),
    KeyKind("name", 100, 7, _alone(*_NAMES), _alone(*_NAMES, Field.MAIL_LABEL)),
    KeyKind("phone", 50, 6, _alone(Field.PHONE), _alone(Field.PHONE)),
    KeyKind("initials", 30, 3, _alone(Field.INITIALS), _alone(Field.NAME, *_LABELS)),
    KeyKind("short_form", 30, 3, _alone(Field.NAME, Field.LABEL), _alone(Field.INITIALS)),
    KeyKind("word", 60, 4, _alone(*_WORDS), _alone(*_WORDS)),
    KeyKind("word_pair", 60, 5, _WORD_PAIRS, _WORD_PAIRS),
    KeyKind("start_place", 30, 2, _START_PLACE, _START_PLACE),
    KeyKind("switchboard", 20, 2, _alone(Field.PHONE_BLOCK), _alone(Field.PHONE_BLOCK)),
    KeyKind("postal_code", 20, 1, _alone(Field.POSTAL_CODE), _alone(Field.POSTAL_CODE)),
    KeyKind("street", 20, 3, _alone(Field.STREET), _alone(Field.STREET)),
    KeyKind("letters", 40, 1, letters=_Letters.runs),
    KeyKind("letters_place", 15, 0.7, letters=_Letters.places),
    KeyKind("slip", 30, 3, letters=_Letters.slips),
    KeyKind("word_place", 60, 4, _crossed(_WORDS, _PLACES), _crossed(_WORDS, _PLACES), narrows="word"),
    KeyKind(
        "domain_word",
        60,
        5,
        _crossed((Field.DOMAIN,), _WORDS),
        _crossed((Field.DOMAIN, Field.MAIL), _WORDS),
        narrows="domain",
    ),
    KeyKind(
        "domain_place",
        60,
        5,
        _crossed((Field.DOMAIN,), _PLACES),
        _crossed((Field.DOMAIN, Field.MAIL), _PLACES),
        narrows="domain",
    ),
    KeyKind("name_place", 60, 6, _NAME_PLACES, _NAME_PLACES, narrows="name"),
)
_SALTS = mix(np.arange(1, len(KEY_KINDS) + 1, dtype=np.uint64))


_Unmixed = tuple[Hashes, npt.NDArray[np.int8], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class _Recipe:
    """Keys of columns of several kinds, made at once: key n is of ``left[n]`` and ``right[n]``."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    salt: Hashes

    @classmethod
    def of(cls, columns_of: Callable[[KeyKind], Columns], wanted: Callable[[KeyKind], bool]) -> _Recipe:
        made = [
            (left, right, number)
            for number, kind in enumerate(KEY_KINDS)
            if wanted(kind)
            for left, right in columns_of(kind)
        ]
        left, right, kinds = np.array(made, np.int64).T.copy()
        return cls(left, right, kinds.astype(np.int8), _SALTS[kinds])

    def keys(self, columns: Hashes) -> _Unmixed:
        """Give keys before they are mixed, their kinds and rows."""
        left, right = columns[:, self.left], columns[:, self.right]
        is_known = (left != 0) & (right != 0)
        row, at = is_known.nonzero()
        # A sum is the same for either order of the two, and the salt tells kinds apart.
        return (left + right + self.salt)[is_known], self.kind[at], row


_PEOPLE = _Recipe.of(lambda kind: kind.people, lambda _: True)
_ACCOUNTS = _Recipe.of(lambda kind: kind.accounts, lambda kind: not kind.narrows)
_NARROW = {
    name: _Recipe.of(lambda kind: kind.accounts, lambda kind, name=name: kind.narrows == name)  # type: ignore[misc]
    for name in dict.fromkeys(kind.narrows for kind in KEY_KINDS if kind.narrows)
}
_OF_LETTERS = tuple((number, kind.letters) for number, kind in enumerate(KEY_KINDS) if kind.letters)


def people_keys(people: Parties, rarest: Rarest) -> Keys:
    """Give the keys by which people look."""
    return _with_letters(people, _PEOPLE.keys(_columns(people, rarest)))


def account_keys(accounts: Parties, rarest: Rarest) -> Keys:
    """Give the keys that find accounts, but those of kinds that narrow others."""
    return _with_letters(accounts, _ACCOUNTS.keys(_columns(accounts, rarest)))


def narrow_keys(accounts: Parties, rarest: Rarest, crowded: npt.NDArray[np.bool_]) -> Keys:
    """Give the keys that narrow others; ``crowded`` says (row x kind) which accounts have a key over its cap."""
    columns = _columns(accounts, rarest)
    parts: list[_Unmixed] = []
    for number, kind in enumerate(KEY_KINDS):
        if kind.name in _NARROW:
            rows = crowded[:, number].nonzero()[0]
            hashes, kinds, at = _NARROW[kind.name].keys(columns[rows])
            parts.append((hashes, kinds, rows[at]))
    return _mixed(parts)


def _with_letters(parties: Parties, of_columns: _Unmixed) -> Keys:
    parts = [of_columns]
    spelled = _Letters.of(parties)
    for number, letters in _OF_LETTERS:
        sums, row = letters(spelled)
        parts.append((sums + _SALTS[number], np.full(len(row), number, np.int8), row))
    return _mixed(parts)


def _mixed(parts: Iterable[_Unmixed]) -> Keys:
    sums, kinds, rows = zip(*parts, strict=True)
    return Keys(mix(np.concatenate(sums)), np.concatenate(kinds), np.concatenate(rows))


def rarest_words(names: Names, counts: npt.NDArray[np.int64]) -> Rarest:
    """Give the hashes of each name's rarest words, ties in the order of the name; ``counts`` is per word of the vocabulary.

    Of names with no more words than make keys, those are given in the order of the name.
    """
    words = names.words
    if words[:, WORDS_WITH_KEYS:].max(initial=-1) >= 0:
        by_word = np.where(words >= 0, counts[words], np.iinfo(np.int64).max)
        words = np.take_along_axis(words, by_word.argsort(axis=1, kind="stable"), axis=1)
    return names.vocabulary_hash[words[:, :WORDS_WITH_KEYS]]
