"""The index of accounts: which of them may be the account of a lead or contact.

Built once from columns; then one lead and two hundred thousand are looked up by the same code, a batch of one being a batch.
It is sorted arrays and nothing else, so it can be stored and mapped as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.stages.matching.hashing import Hashes
from rightful.stages.matching.keys import KEY_KINDS, KeyKind, Keys
from rightful.stages.matching.names import Names
from rightful.stages.matching.parties import Parties

__all__ = ["MOST_CANDIDATES", "CandidateIndex", "KeyTable", "Pairs"]

# Candidates compared per record: the ones that share the most telling keys.
MOST_CANDIDATES = 12
_WORDS_WITH_KEYS = 5

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
class KeyTable:
    """Keys with the accounts that have them.

    A key is kept as its leading bits, as many as an account's row number leaves free in 64: so that building is one sort of
    plain numbers. Keys that fall together (one in a million look-ups, with a million accounts) cost a comparison, no more.

    Attributes:
        keys: The distinct keys, ascending, without those over the cap.
        starts: Where the accounts of each key begin in ``rows``; one more entry than ``keys``.
        rows: Accounts, ascending within a key.
        row_bits: Bits that a row number takes.
    """

    keys: Hashes
    starts: npt.NDArray[np.int64]
    rows: Rows
    row_bits: np.uint64

    @classmethod
    def build(cls, entries: Keys, cap: int, accounts: int) -> tuple[KeyTable, Rows]:
        """Make the table; give also the accounts that have a key over the cap (repeated where they have several)."""
        bits = np.uint64(max(1, (accounts - 1).bit_length()))
        packed = (entries.hash >> bits << bits) | entries.row.astype(np.uint64)
        packed.sort()
        packed = packed[_is_new(packed)]
        keys, rows = packed >> bits, (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int32)
        firsts = np.flatnonzero(_is_new(keys))
        counts = np.diff(np.append(firsts, len(keys)))
        fits = counts <= cap
        entry_fits = np.repeat(fits, counts)
        starts = np.concatenate(([0], np.cumsum(counts[fits]))).astype(np.int64)
        return cls(keys[firsts[fits]], starts, rows[entry_fits], bits), rows[~entry_fits]

    def find(self, asked: Keys) -> tuple[Rows, Rows, npt.NDArray[np.int64]]:
        """Find (person, account, number of accounts that share the key) for each key asked for; the table must not be empty."""
        wanted = asked.hash >> self.row_bits
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        hit = self.keys[place] == wanted
        place, person = place[hit], asked.row[hit]
        first, counts = self.starts[place], self.starts[place + 1] - self.starts[place]
        ends = np.cumsum(counts)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
        accounts = self.rows[np.repeat(first, counts) + within]
        return np.repeat(person, counts), accounts, np.repeat(counts, counts)


def _is_new(ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Tell which entries of an ordered array differ from the one before."""
    return np.append(np.ones(min(len(ordered), 1), bool), ordered[1:] != ordered[:-1])


@dataclass(frozen=True, slots=True)
class CandidateIndex:
    """Accounts ready to be found and compared.

    Attributes:
        accounts: The accounts, ordered by id, and those that have another name once more: the rows that tables hold.
        account_ids: Their ids, once each.
        tables: One table of keys per kind.
        book_size: Number of accounts, rounded up to a power of two: so one account more changes no rarity.
        word_counts: Per word of ``accounts.names.vocabulary``: how many accounts have it; then 0, for words that none has.
        word_order: Order of the vocabulary by hash, to look words up.
        own_rarity: How telling each word of that vocabulary is: the logarithm of book size over accounts that have it, at
            least 1; then 0, for places of a name without a word.
        domain_sharers: Per row: how many accounts have its domain.
        name_sharers: Per row: how many rows have its name.
    """

    accounts: Parties
    account_ids: pa.LargeStringArray
    tables: Mapping[str, KeyTable]
    book_size: int
    word_counts: npt.NDArray[np.int64]
    word_order: npt.NDArray[np.int64]
    own_rarity: npt.NDArray[np.float64]
    domain_sharers: npt.NDArray[np.int64]
    name_sharers: npt.NDArray[np.int64]

    @classmethod
    def build(cls, account_ids: pa.LargeStringArray, accounts: Parties) -> CandidateIndex:
        """Build the index over accounts that are ordered by id."""
        names = accounts.names
        known = names.words[names.words >= 0]
        word_counts = np.bincount(known, minlength=len(names.vocabulary) + 1)
        rarest = _rarest(names, word_counts, names.vocabulary_hash)
        tables: dict[str, KeyTable] = {}
        over: dict[str, npt.NDArray[np.bool_]] = {}
        for kind in KEY_KINDS:
            entries = kind.of_accounts(accounts, rarest)
            if kind.narrows:
                kept = over[kind.narrows][entries.row]
                entries = Keys(entries.hash[kept], entries.row[kept])
            tables[kind.name], rows = KeyTable.build(entries, kind.cap, len(accounts))
            over[kind.name] = np.bincount(rows, minlength=len(accounts)) > 0
        book_size = 1 << max(0, len(account_ids) - 1).bit_length()
        return cls(
            accounts=accounts,
            account_ids=account_ids,
            tables=tables,
            book_size=book_size,
            word_counts=word_counts,
            word_order=np.argsort(names.vocabulary_hash, kind="stable"),
            own_rarity=_rarity(word_counts, book_size) * np.append(np.ones(len(word_counts) - 1), 0.0),
            domain_sharers=_sharers(accounts.domains[0].hash[: len(account_ids)])[accounts.record],
            name_sharers=_sharers(names.compact_hash),
        )

    def __len__(self) -> int:
        """Give the number of accounts."""
        return len(self.account_ids)

    def known_words(self, names: Names) -> npt.NDArray[np.int64]:
        """Number the words of other names as in this index; -1 for words that no account has, and once more at the end."""
        own = self.accounts.names.vocabulary_hash
        numbers = np.full(len(names.vocabulary) + 1, -1)
        if len(own):
            place = np.searchsorted(own, names.vocabulary_hash, sorter=self.word_order)
            found = self.word_order[np.minimum(place, len(own) - 1)]
            numbers[:-1] = np.where(own[found] == names.vocabulary_hash, found, -1)
        return numbers

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
        rarest = _rarest(names, np.where(counts > 0, counts, np.iinfo(np.int64).max), names.vocabulary_hash)
        nothing = np.zeros(0, np.int32)
        persons, accounts, weights = [nothing], [nothing], [np.zeros(0)]
        for kind in KEY_KINDS:
            table = self.tables[kind.name]
            if not len(table.keys):
                continue
            person, account, shared = table.find(kind.of_people(people, rarest))
            persons.append(person)
            accounts.append(account)
            weights.append(_weights(kind, shared))
        weight = np.concatenate(weights)
        person, account = _best(np.concatenate(persons), np.concatenate(accounts), weight, len(self.accounts))
        pairs = Pairs(people.record[person], self.accounts.record[account], person, account)
        if len(people) == people.record.max(initial=-1) + 1 and len(self.accounts) == len(self):
            return pairs
        return pairs.take(np.lexsort((account, person, pairs.account, pairs.person)))


def _rarity(counts: npt.NDArray[np.int64], book_size: int) -> npt.NDArray[np.float64]:
    return np.maximum(1.0, np.log((book_size + 1.0) / (counts + 1.0)))


def _sharers(hashes: Hashes) -> npt.NDArray[np.int64]:
    _, place, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    return counts[place]


def _weights(kind: KeyKind, shared: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.maximum(0.2, kind.trust * (1.0 - np.log(shared) / 9.0))


def _best(person: Rows, account: Rows, weight: npt.NDArray[np.float64], size: int) -> tuple[Rows, Rows]:
    code = person.astype(np.int64) * max(size, 1) + account
    distinct, place = np.unique(code, return_inverse=True)
    total = np.bincount(place, weights=weight, minlength=len(distinct))
    person, account = np.divmod(distinct, max(size, 1))
    starts = np.flatnonzero(_is_new(person))
    counts = np.diff(np.append(starts, len(person)))
    is_crowded = np.repeat(counts > MOST_CANDIDATES, counts)
    crowd = np.flatnonzero(is_crowded)
    order = crowd[np.lexsort((-np.round(total[crowd], 6), person[crowd]))]  # a stable order: then by account
    place = np.arange(len(order)) - np.searchsorted(person[order], person[order])
    kept = ~is_crowded
    kept[order[place < MOST_CANDIDATES]] = True
    return person[kept].astype(np.int32), account[kept].astype(np.int32)


def _rarest(names: Names, counts: npt.NDArray[Any], hashes: Hashes) -> Hashes:
    """Give the hashes of each name's rarest words, rarest first; ties in the order of the name."""
    if not len(counts):
        return np.zeros((len(names.words), _WORDS_WITH_KEYS), np.uint64)
    most = np.iinfo(np.int64).max
    by_word = np.where(names.words >= 0, counts[names.words], most)
    order = np.argsort(by_word, axis=1, kind="stable")[:, :_WORDS_WITH_KEYS]
    words = np.take_along_axis(names.words, order, axis=1)
    return np.where(words >= 0, hashes[words], np.uint64(0))
