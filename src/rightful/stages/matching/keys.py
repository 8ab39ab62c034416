"""What makes an account a candidate: keys that it shares with a lead or contact.

| key | found by |
|---|---|
| domain | the same registrable domain |
| name | the same name without blanks; a domain label that spells the name; both directions |
| phone | the same phone number |
| initials | the initials of the one name are the other name or its domain label |
| word | a rare word of the name |
| word_pair | two words of the name, each perhaps common |
| word_place | a word too common alone, with the same postal code, city or state |
| domain_word, domain_place | a domain that very many accounts share, with a word of the name, or with a place |
| name_place | a name that very many accounts share, with a place |
| letters | rare runs of letters, in names and domain labels: finds misspelt, cut and glued names |
| letters_place | shorter runs of letters, with the same city, postal area or state |
| slip | a short name that is the same but for one letter |
| start_place | the same first letters of the name, with the same postal code or city |
| switchboard | the same phone number but for its last four digits |
| postal_code | the same postal code, where few accounts have it |

A key that more accounts share than its cap is skipped, and where the table says so it is narrowed by place or word. So the
work per record is bounded, whatever the book holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.matching.hashing import Hashes, combine, hash_slips, letters_of
from rightful.stages.matching.parties import Parties

__all__ = ["KEY_KINDS", "KeyKind", "Keys"]

# How many of a name's words make keys, the rarest first.
_WORDS_WITH_KEYS = 5


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of records: the n-th key belongs to the n-th row; unknown keys (0) are left out."""

    hash: Hashes
    row: npt.NDArray[np.int32]

    @classmethod
    def of(cls, *columns: Hashes) -> Keys:
        """Collect keys from columns with one entry per record."""
        rows = np.arange(len(columns[0]), dtype=np.int32)
        return cls(np.concatenate(columns), np.tile(rows, len(columns))).known()

    def known(self) -> Keys:
        """Leave unknown keys out."""
        kept = self.hash != 0
        return Keys(self.hash[kept], self.row[kept])


Rarest = Hashes
"""Row x word: hashes of a name's rarest words, 0 where there are fewer."""


@dataclass(frozen=True, slots=True)
class KeyKind:
    """One way to find candidates.

    Attributes:
        name: As in the table above.
        cap: Most accounts that may share a key of this kind.
        trust: How much sharing the key says, to order candidates before they are compared.
        of_accounts: Keys that find an account.
        of_people: Keys by which a lead or contact looks.
        narrows: Only accounts whose key of that kind is over its cap get this one; empty: all.
    """

    name: str
    cap: int
    trust: float
    of_accounts: Callable[[Parties, Rarest], Keys]
    of_people: Callable[[Parties, Rarest], Keys]
    narrows: str = ""


def _domain(parties: Parties, _: Rarest) -> Keys:
    return Keys.of(*(domains.hash for domains in parties.domains))


def _name(parties: Parties, _: Rarest) -> Keys:
    names = parties.names
    return Keys.of(names.compact_hash, names.written_hash, *(domains.label_hash for domains in parties.domains))


def _phone(parties: Parties, _: Rarest) -> Keys:
    return Keys.of(parties.phone)


def _initials(parties: Parties, _: Rarest) -> Keys:
    return Keys.of(parties.names.initials_hash)


def _short_forms(parties: Parties, _: Rarest) -> Keys:
    return Keys.of(parties.names.compact_hash, *(domains.label_hash for domains in parties.domains))


def _words(_: Parties, rarest: Rarest) -> Keys:
    return Keys.of(*rarest.T)


def _word_pairs(_: Parties, rarest: Rarest) -> Keys:
    one, other = np.triu_indices(rarest.shape[1], 1)
    first, second = rarest[:, one], rarest[:, other]
    return Keys.of(*combine(np.minimum(first, second), np.maximum(first, second)).T)


def _word_places(parties: Parties, rarest: Rarest) -> Keys:
    return _crossed(rarest, _places(parties))


def _domain_words(parties: Parties, rarest: Rarest) -> Keys:
    return _crossed(_domain_columns(parties), rarest)


def _domain_places(parties: Parties, _: Rarest) -> Keys:
    return _crossed(_domain_columns(parties), _places(parties))


def _name_places(parties: Parties, _: Rarest) -> Keys:
    return _crossed(parties.names.compact_hash[:, None], _places(parties))


def _places(parties: Parties) -> Hashes:
    return np.stack((parties.postal_code, parties.city, parties.state), axis=1)


def _domain_columns(parties: Parties) -> Hashes:
    return np.stack([domains.hash for domains in parties.domains], axis=1)


def _crossed(left: Hashes, right: Hashes) -> Keys:
    """Combine each column of the one side with each of the other."""
    pairs = combine(left[:, :, None], right[:, None, :])
    return Keys.of(*pairs.reshape(len(left), left.shape[1] * right.shape[1]).T)


def _letters(parties: Parties, _: Rarest) -> Keys:
    texts = (parties.names.compact, *(domains.label for domains in parties.domains))
    return _together(*(_runs(text, _LONG_RUN) for text in texts))


def _letters_places(parties: Parties, _: Rarest) -> Keys:
    runs = _runs(parties.names.compact, _SHORT_RUN)
    places = (parties.city, parties.postal_area, parties.state)
    return _together(*(Keys(combine(runs.hash, place[runs.row]), runs.row).known() for place in places))


def _runs(texts: pa.LargeStringArray, length: int) -> Keys:
    """Give every run of so many neighbouring bytes of each text."""
    letters, ends = letters_of(texts)
    if len(letters) < length:
        return Keys(np.zeros(0, np.uint64), np.zeros(0, np.int32))
    runs = np.zeros(len(letters) - length + 1, np.uint64)
    for place in range(length):
        runs |= letters[place : place + len(runs)].astype(np.uint64) << np.uint64(56 - 8 * place)
    rows = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(ends))
    is_whole = rows[: len(runs)] == rows[length - 1 :]
    return Keys(runs[is_whole], rows[: len(runs)][is_whole])


def _slips(parties: Parties, _: Rarest) -> Keys:
    names = parties.names
    lengths = np.asarray(pc.binary_length(names.compact))
    is_short = (lengths >= _SHORTEST_SLIP) & (lengths <= _LONGEST_SLIP)
    rows = np.flatnonzero(is_short).astype(np.int32)
    hashes, within = hash_slips(names.compact.filter(pa.array(is_short)))
    return _together(Keys(hashes, rows[within]), Keys(names.compact_hash[rows], rows))


def _start_places(parties: Parties, _: Rarest) -> Keys:
    return _crossed(parties.name_start[:, None], np.stack((parties.postal_code, parties.city), axis=1))


def _switchboard(parties: Parties, _: Rarest) -> Keys:
    return Keys.of(parties.phone_block)


def _postal_code(parties: Parties, _: Rarest) -> Keys:
    return Keys.of(parties.postal_code)


def _together(*several: Keys) -> Keys:
    return Keys(np.concatenate([keys.hash for keys in several]), np.concatenate([keys.row for keys in several]))


_LONG_RUN, _SHORT_RUN = 5, 4
_SHORTEST_SLIP, _LONGEST_SLIP = 4, 12

KEY_KINDS: tuple[KeyKind, ...] = (
    KeyKind("domain", 100, 8, _domain, _domain),
    KeyKind("name", 100, 7, _name, _name),
    KeyKind("phone", 50, 6, _phone, _phone),
    KeyKind("initials", 30, 3, _initials, _short_forms),
    KeyKind("short_form", 30, 3, _short_forms, _initials),
    KeyKind("word", 60, 4, _words, _words),
    KeyKind("word_pair", 60, 5, _word_pairs, _word_pairs),
    KeyKind("word_place", 60, 4, _word_places, _word_places, narrows="word"),
    KeyKind("domain_word", 60, 5, _domain_words, _domain_words, narrows="domain"),
    KeyKind("domain_place", 60, 5, _domain_places, _domain_places, narrows="domain"),
    KeyKind("name_place", 60, 6, _name_places, _name_places, narrows="name"),
    KeyKind("letters", 40, 1, _letters, _letters),
    KeyKind("letters_place", 15, 0.7, _letters_places, _letters_places),
    KeyKind("slip", 30, 3, _slips, _slips),
    KeyKind("start_place", 30, 2, _start_places, _start_places),
    KeyKind("switchboard", 20, 2, _switchboard, _switchboard),
    KeyKind("postal_code", 20, 1, _postal_code, _postal_code),
)
