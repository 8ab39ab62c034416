"""The index of accounts: which of them may be the account of a lead or contact.

Built from columns; then one lead and two hundred thousand are looked up by the same code, a batch of one being a batch. What was
counted over the book when it was built (how rare a word is, which keys too many share) stays until it is built again: an
edition. ``live`` says how accounts come and go meanwhile.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.fresh import Fresh, Sharers
from rightful.stages.matching.hashing import Hashes, hash_texts
from rightful.stages.matching.key_table import CAPS, KeyTable, KeyTableParts
from rightful.stages.matching.keys import KEY_KINDS, Keys, account_keys, narrow_keys, people_keys, rarest_words
from rightful.stages.matching.names import Names
from rightful.stages.matching.parties import Field, Parties
from rightful.stages.matching.texts import Texts

__all__ = ["MOST_CANDIDATES", "NARROWED", "ORDER_BITS", "CandidateIndex", "Pairs", "rarity_of"]

# Candidates compared per record: the ones that share the most telling keys.
MOST_CANDIDATES = 12
NARROWED = tuple(number for number, kind in enumerate(KEY_KINDS) if kind.name in {other.narrows for other in KEY_KINDS})
"""Kinds of keys that others narrow."""
ORDER_BITS = 20
"""How many numbers lie between the order of one account and the next, as bits: room for accounts that come later."""

# Accounts whose keys are made at a time.
_CHUNK = 32_768
_ROW_BITS, _TRUST_BITS, _PERSON_BITS = 28, 12, 44
_ROW, _TRUSTED = (1 << _ROW_BITS) - 1, (1 << _TRUST_BITS) - 1
_MOST_SHARED = int(CAPS.max())
# How much a key says, by kind and by the number of accounts that share it: whole numbers, whose sums depend on no order.
_TRUST = np.rint(
    256
    * np.maximum(
        0.2,
        np.array([[kind.trust] for kind in KEY_KINDS])
        * (1.0 - np.log(np.maximum(1, np.arange(_MOST_SHARED + 1))) / 9.0),
    )
).astype(np.int64)

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
        accounts: The accounts, ordered by id, and those that have another name once more: the rows that tables hold. Rows of
            accounts that came later follow, and there may be room for more.
        account_ids: Per row of an account: its id.
        table: The keys that find them.
        book_size: Number of accounts, rounded up to a power of two: so one account more changes no rarity.
        word_counts: Per word of ``accounts.names.vocabulary``: how many accounts have it; then 0, for words that none has.
        word_order: Order of the vocabulary by hash, to look words up.
        own_rarity: How telling each word of that vocabulary is: the logarithm of book size over accounts that have it, at
            least 1; then 0, for places of a name without a word.
        domains: Domains that several accounts have.
        names: Names that several rows have.
        domain_sharers: Per row: how many accounts have its domain.
        name_sharers: Per row: how many rows have its name.
        order: Per row: a number that grows with the account's id.
        other_row: Per row of an account: its row under its other name; 0 where it has none.
        is_alive: Per row: whether its account still is one.
        has_other_names: Whether any of the accounts that the index was built of has another name.
        id_hash: Hashes of account ids, ascending.
        id_row: The rows of those accounts.
        fresh: Accounts that came later.
    """

    accounts: Parties
    account_ids: Texts
    table: KeyTable
    book_size: int
    word_counts: npt.NDArray[np.int64]
    word_order: npt.NDArray[np.int64]
    own_rarity: npt.NDArray[np.float64]
    domains: Sharers
    names: Sharers
    domain_sharers: npt.NDArray[np.int64]
    name_sharers: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    other_row: Rows
    is_alive: npt.NDArray[np.bool_]
    has_other_names: bool
    id_hash: Hashes
    id_row: Rows
    fresh: Fresh

    @classmethod
    def build(cls, account_ids: Sequence[str], accounts: Parties) -> CandidateIndex:
        """Build the index over accounts that are ordered by id."""
        names, count = accounts.names, len(account_ids)
        known = names.words[names.words >= 0]
        word_counts = np.bincount(known, minlength=len(names.vocabulary) + 1)
        book_size = 1 << max(0, count - 1).bit_length()
        own_rarity = rarity_of(word_counts, book_size)
        own_rarity[-1] = 0.0
        ids = Texts.of([*account_ids, *[""] * (len(accounts) - count)])
        id_hash = hash_texts(ids.part(0, count))
        id_row = id_hash.argsort(kind="stable")
        domains = Sharers.of(accounts.fields[:count, Field.DOMAIN])
        same_names = Sharers.of(accounts.fields[:, Field.NAME])
        other_row = np.zeros(len(accounts), np.int32)
        other_row[accounts.record[count:]] = np.arange(count, len(accounts))
        return cls(
            accounts=accounts,
            account_ids=ids,
            table=_key_table(accounts, rarest_words(names, word_counts)),
            book_size=book_size,
            word_counts=word_counts,
            word_order=names.vocabulary_hash[:-1].argsort(kind="stable"),
            own_rarity=own_rarity,
            domains=domains,
            names=same_names,
            domain_sharers=domains.count(accounts.fields[:, Field.DOMAIN]),
            name_sharers=same_names.count(accounts.fields[:, Field.NAME]),
            order=(accounts.record.astype(np.int64) + 1) << ORDER_BITS,
            other_row=other_row,
            is_alive=np.ones(len(accounts), bool),
            has_other_names=len(accounts) > count,
            id_hash=id_hash[id_row],
            id_row=id_row.astype(np.int32),
            fresh=Fresh(),
        )

    def __len__(self) -> int:
        """Give the number of accounts."""
        return len(self.id_row) + self.fresh.accounts

    def rows_of(self, account_ids: Sequence[str]) -> list[int]:
        """Give the rows of accounts by their ids; -1 for ids that no account has."""
        built = zip(account_ids, self.built_rows(account_ids), strict=True)
        return [self.fresh.rows.get(account_id, row) for account_id, row in built]

    def built_rows(self, account_ids: Sequence[str]) -> list[int]:
        """Give the rows of accounts that the index was built of, whatever became of them; -1 for other ids."""
        if not len(self.id_hash):
            return [-1] * len(account_ids)
        hashes = hash_texts(Texts.of(account_ids))
        place = np.minimum(self.id_hash.searchsorted(hashes), len(self.id_hash) - 1)
        rows = self.id_row[place]
        same_hash = self.id_hash[place] == hashes
        found = zip(account_ids, rows.tolist(), same_hash.tolist(), self.account_ids.at(rows), strict=True)
        return [row if is_found and text == wanted else -1 for wanted, row, is_found, text in found]

    def known_words(self, names: Names) -> npt.NDArray[np.int64]:
        """Number the words of other names as in this index; -1 for words that no account has, and once more at the end."""
        own, wanted = self.accounts.names.vocabulary_hash, names.vocabulary_hash
        if len(self.word_order):
            place = own[: len(self.word_order)].searchsorted(wanted, sorter=self.word_order)
            found = self.word_order[np.minimum(place, len(self.word_order) - 1)]
            # The 0 at the end is no word's hash.
            numbers = np.where(own[found] == wanted, found, -1)
        else:
            numbers = np.full(len(wanted), -1)
        if self.fresh.words:
            for at in (numbers[:-1] < 0).nonzero()[0].tolist():
                numbers[at] = self.fresh.words.get(int(wanted[at]), -1)
        return numbers

    def rarity(self, known_words: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Say how telling words are that ``known_words`` has numbered, as ``own_rarity`` does; the last is 0 again."""
        rarity = rarity_of(self.word_counts[known_words], self.book_size)
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
        asked, row, shared = self._found(keys)
        person, row = self._best(keys.row[asked], row, _TRUST[keys.kind, shared][asked])
        pairs = Pairs(people.record[person], self.accounts.record[row], person, row)
        if len(people) == people.record.max(initial=-1) + 1 and not self._doubles:
            return pairs
        return pairs.take(np.lexsort((row, person, self.order[row], pairs.person)))

    @property
    def _doubles(self) -> bool:
        return self.has_other_names or self.fresh.has_other_names

    def _found(self, keys: Keys) -> tuple[npt.NDArray[np.int64], Rows, npt.NDArray[np.int64]]:
        """Give the accounts that have keys, as (position of the key, row), and per key how many they are."""
        asked, places = self.table.find(keys)
        which, row = self.table.accounts(places)
        asked = asked[which]
        if not self.fresh.has_changes:
            return asked, row, np.minimum(np.bincount(asked, minlength=len(keys.row)), _MOST_SHARED)
        is_alive = self.is_alive[row]
        fresh_asked, fresh_row = self.fresh.find(self.table.codes(keys).tolist())
        asked = np.concatenate((asked[is_alive], np.array(fresh_asked, np.int64)))
        row = np.concatenate((row[is_alive], np.array(fresh_row, np.int32)))
        shared = np.bincount(asked, minlength=len(keys.row))
        fits = (shared <= CAPS[keys.kind])[asked]
        return asked[fits], row[fits], np.minimum(shared, _MOST_SHARED)

    def _best(self, person: npt.NDArray[np.int64], row: Rows, trust: npt.NDArray[np.int64]) -> tuple[Rows, Rows]:
        """Give the best few accounts of each person, ordered by person and account id, each once."""
        # Sorting plain numbers takes a fraction of the time of sorting positions.
        code = (((person << _ROW_BITS) | row) << _TRUST_BITS) | trust
        code.sort()
        pair = code >> _TRUST_BITS
        first = _is_new(pair).nonzero()[0]
        total = np.add.reduceat(code & _TRUSTED, first) if len(first) else code
        pair = pair[first]
        person, row = pair >> _ROW_BITS, (pair & _ROW).astype(np.int32)
        if self._doubles or self.fresh.has_changes:  # rows of other names and of fresh accounts come last
            order = ((person << _PERSON_BITS) | self.order[row]).argsort(kind="stable")
            person, row, total = person[order], row[order], total[order]
        kept = _most(person, total)
        return person[kept].astype(np.int32), row[kept]


def _most(person: npt.NDArray[np.int64], total: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give the positions of the ``MOST_CANDIDATES`` of each person with the highest totals, the earlier among equals."""
    counts = np.bincount(person)
    crowd = (counts[person] > MOST_CANDIDATES).nonzero()[0]
    if not len(crowd):
        return np.arange(len(person))
    place_bits = len(person).bit_length()
    total_bits = int(total.max()).bit_length()
    behind = (1 << total_bits) - 1 - total[crowd]
    code = (((person[crowd] << total_bits) | behind) << place_bits) | crowd
    code.sort()
    of_person = code >> (total_bits + place_bits)
    is_one_too_many = np.arange(len(code)) - of_person.searchsorted(of_person) >= MOST_CANDIDATES
    kept = np.ones(len(person), bool)
    kept[code[is_one_too_many] & ((1 << place_bits) - 1)] = False
    return kept.nonzero()[0]


def _key_table(accounts: Parties, rarest: Hashes) -> KeyTable:
    """Make the table of an index; the work on arrays leaves the interpreter free, so threads share it."""
    parts = KeyTableParts(len(accounts))
    chunks = [slice(begin, begin + _CHUNK) for begin in range(0, len(accounts), _CHUNK)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        deque(
            threads.map(
                lambda rows: parts.add(account_keys(accounts.part(rows.start, rows.stop), rarest[rows]), rows.start),
                chunks,
            ),
            maxlen=0,
        )
        crowded = parts.crowded(NARROWED, len(accounts))
        deque(
            threads.map(
                lambda rows: parts.add(
                    narrow_keys(accounts.part(rows.start, rows.stop), rarest[rows], crowded[rows]), rows.start
                ),
                chunks,
            ),
            maxlen=0,
        )
        return parts.table(threads.map)


def rarity_of(counts: npt.NDArray[np.int64], book_size: int) -> npt.NDArray[np.float64]:
    """Say how telling words are that so many accounts have."""
    return np.maximum(1.0, np.log((book_size + 1.0) / (counts + 1.0)))


def _is_new(ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Tell which entries of an ordered array differ from the one before."""
    is_new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return is_new
