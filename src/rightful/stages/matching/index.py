"""The index of accounts: which of them may be the account of a lead or contact.

Built once from columns; then one lead and two hundred thousand are looked up by the same code, a batch of one being a batch.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.hashing import Hashes
from rightful.stages.matching.key_table import CAPS, KeyTable, KeyTableParts
from rightful.stages.matching.keys import KEY_KINDS, Keys, account_keys, narrow_keys, people_keys, rarest_words
from rightful.stages.matching.names import Names
from rightful.stages.matching.parties import Field, Parties
from rightful.stages.matching.texts import Texts

__all__ = ["MOST_CANDIDATES", "CandidateIndex", "Pairs"]

# Candidates compared per record: the ones that share the most telling keys.
MOST_CANDIDATES = 12
# Accounts whose keys are made at a time.
_CHUNK = 32_768
_NARROWED = sorted({kind.narrows for kind in KEY_KINDS if kind.narrows})
_MOST_SHARED = int(CAPS.max())
# How much a key says, by kind and by the number of accounts that share it.
_TRUST = np.maximum(
    0.2,
    np.array([[kind.trust] for kind in KEY_KINDS]) * (1.0 - np.log(np.maximum(1, np.arange(_MOST_SHARED + 1))) / 9.0),
)

Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs to compare, ordered by person and account.

    Attributes:
        person: The record asked for.
        account: The record of the index.
        person_row: The row of the ``Parties`` asked for: the person under one of the company names they gave.
        account_row: The row of the index's ``Parties``: the account under one of its names.
    """

    person: Rows
    account: Rows
    person_row: Rows
    account_row: Rows

    def take(self, at: npt.NDArray[np.int64]) -> Pairs:
        """Give the pairs at some positions."""
        return Pairs(self.person[at], self.account[at], self.person_row[at], self.account_row[at])


@dataclass(frozen=True, slots=True)
class CandidateIndex:
    """Accounts ready to be found and compared.

    Attributes:
        accounts: The accounts, ordered by id, and those that have another name once more: the rows that tables hold.
        account_ids: Their ids, once each.
        table: The keys that find them.
        book_size: Number of accounts, rounded up to a power of two: so one account more changes no rarity.
        word_counts: Per word of ``accounts.names.vocabulary``: how many accounts have it; then 0, for words that none has.
        word_order: Order of the vocabulary by hash, to look words up.
        own_rarity: How telling each word of that vocabulary is: the logarithm of book size over accounts that have it, at
            least 1; then 0, for places of a name without a word.
        domain_sharers: Per row: how many accounts have its domain.
        name_sharers: Per row: how many rows have its name.
    """

    accounts: Parties
    account_ids: Texts
    table: KeyTable
    book_size: int
    word_counts: npt.NDArray[np.int64]
    word_order: npt.NDArray[np.int64]
    own_rarity: npt.NDArray[np.float64]
    domain_sharers: npt.NDArray[np.int64]
    name_sharers: npt.NDArray[np.int64]

    @classmethod
    def build(cls, account_ids: Sequence[str], accounts: Parties) -> CandidateIndex:
        """Build the index over accounts that are ordered by id."""
        names = accounts.names
        known = names.words[names.words >= 0]
        word_counts = np.bincount(known, minlength=len(names.vocabulary) + 1)
        book_size = 1 << max(0, len(account_ids) - 1).bit_length()
        own_rarity = _rarity(word_counts, book_size)
        own_rarity[-1] = 0.0
        return cls(
            accounts=accounts,
            account_ids=Texts.of(account_ids),
            table=_key_table(accounts, rarest_words(names, word_counts)),
            book_size=book_size,
            word_counts=word_counts,
            word_order=names.vocabulary_hash[:-1].argsort(kind="stable"),
            own_rarity=own_rarity,
            domain_sharers=_sharers(accounts.fields[: len(account_ids), Field.DOMAIN])[accounts.record],
            name_sharers=_sharers(accounts.fields[:, Field.NAME]),
        )

    def __len__(self) -> int:
        """Give the number of accounts."""
        return len(self.account_ids)

    def known_words(self, names: Names) -> npt.NDArray[np.int64]:
        """Number the words of other names as in this index; -1 for words that no account has, and once more at the end."""
        own = self.accounts.names.vocabulary_hash
        if len(own) == 1:
            return np.full(len(names.vocabulary) + 1, -1)
        # The 0 at the end, which no word has, is found nowhere.
        place = own[:-1].searchsorted(names.vocabulary_hash, sorter=self.word_order)
        found = self.word_order[np.minimum(place, len(own) - 2)]
        return np.where(own[found] == names.vocabulary_hash, found, -1)

    def rarity(self, known_words: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Say how telling words are that ``known_words`` has numbered, as ``own_rarity`` does; the last is 0 again."""
        rarity = _rarity(self.word_counts[known_words], self.book_size)
        rarity[-1] = 0.0
        return rarity

    def candidates(self, people: Parties) -> Pairs:
        """Find the accounts worth comparing with each person, at most ``MOST_CANDIDATES`` for each name of theirs.

        Candidates are ordered by the keys they share (trust of the kind less the logarithm of how many share the key),
        then by account id.
        """
        names = people.names
        counts = self.word_counts[self.known_words(names)]
        # A word that no account has finds nothing.
        rarest = rarest_words(names, np.where(counts > 0, counts, np.iinfo(np.int64).max))
        keys = people_keys(people, rarest)
        asked, account = self._found(keys)
        shared = np.bincount(asked, minlength=len(keys.row))
        weight = _TRUST[keys.kind, shared][asked]
        person, account = _best(keys.row[asked], account, weight, len(self.accounts))
        pairs = Pairs(people.record[person], self.accounts.record[account], person, account)
        if len(people) == people.record.max(initial=-1) + 1 and len(self.accounts) == len(self):
            return pairs
        return pairs.take(np.lexsort((account, person, pairs.account, pairs.person)))

    def _found(self, keys: Keys) -> tuple[npt.NDArray[np.int64], Rows]:
        """Give the accounts that have keys: (position of the key, account)."""
        asked, places = self.table.find(keys)
        which, account = self.table.accounts(places)
        return asked[which], account


def _key_table(accounts: Parties, rarest: Hashes) -> KeyTable:
    """Make the table of an index; the work on arrays leaves the interpreter free, so threads share it."""
    parts = KeyTableParts(len(accounts))
    begins = range(0, len(accounts), _CHUNK)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        made = threads.map(
            lambda begin: account_keys(accounts.part(begin, begin + _CHUNK), rarest[begin : begin + _CHUNK]), begins
        )
        for begin, keys in zip(begins, made, strict=True):
            parts.add(keys, begin)
        crowded = parts.crowded([kind for kind, each in enumerate(KEY_KINDS) if each.name in _NARROWED], len(accounts))
        made = threads.map(
            lambda begin: narrow_keys(
                accounts.part(begin, begin + _CHUNK), rarest[begin : begin + _CHUNK], crowded[begin : begin + _CHUNK]
            ),
            begins,
        )
        for begin, keys in zip(begins, made, strict=True):
            parts.add(keys, begin)
        return parts.table(threads.map)


def _rarity(counts: npt.NDArray[np.int64], book_size: int) -> npt.NDArray[np.float64]:
    return np.maximum(1.0, np.log((book_size + 1.0) / (counts + 1.0)))


def _sharers(hashes: Hashes) -> npt.NDArray[np.int64]:
    _, place, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    return counts[place]


def _best(
    person: npt.NDArray[np.int64], account: Rows, weight: npt.NDArray[np.float64], size: int
) -> tuple[Rows, Rows]:
    code = person * max(size, 1) + account
    distinct, place = np.unique(code, return_inverse=True)
    total = np.bincount(place, weights=weight, minlength=len(distinct))
    person, account = np.divmod(distinct, max(size, 1))
    starts = _is_new(person).nonzero()[0]
    counts = np.diff(np.append(starts, len(person)))
    crowd = (counts > MOST_CANDIDATES).repeat(counts).nonzero()[0]
    if len(crowd):
        order = crowd[np.lexsort((-total[crowd].round(6), person[crowd]))]  # a stable order: then by account
        place = np.arange(len(order)) - person[order].searchsorted(person[order])
        kept = np.ones(len(person), bool)
        kept[order[place >= MOST_CANDIDATES]] = False
        person, account = person[kept], account[kept]
    return person.astype(np.int32), account.astype(np.int32)


def _is_new(ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Tell which entries of an ordered array differ from the one before."""
    return np.append(np.ones(min(len(ordered), 1), bool), ordered[1:] != ordered[:-1])
