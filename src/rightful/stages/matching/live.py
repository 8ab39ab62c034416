"""Accounts that come, change and go between one edition of an index and the next.

A change writes new rows behind the old ones, and lets the keys of fresh accounts stand in a dictionary beside the table. What the
edition counted over its book stays: so a change never moves the match of a lead that has nothing to do with the account, and the
answers depend on the accounts and the edition alone, not on the order in which changes came.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.plan import Plan
from rightful.stages.matching.facts import COUNTED, FactReader
from rightful.stages.matching.index import ORDER_BITS, CandidateIndex, rarity_of
from rightful.stages.matching.keys import KEY_KINDS, account_keys, narrow_keys, rarest_words
from rightful.stages.matching.leaves import leaves, with_leaves
from rightful.stages.matching.matcher import Matcher
from rightful.stages.matching.parties import Field, Parties, read_accounts
from rightful.stages.matching.room import Prepared, Room, Used
from rightful.stages.matching.texts import Texts

__all__ = ["LiveMatcher"]

_GAP = 1 << ORDER_BITS
_FAR = 1 << 43
# How far apart new ids are put where there is room: ids mostly come in ascending order.
_STEP = 256


class LiveMatcher:
    """A matcher whose accounts change.

    Args:
        matcher: The accounts of an edition; nobody else may change them.
        reader: Reads what filters and tie-breakers know of an account.
        survivors: Merged account -> survivor, as the matcher's links have it; merges are entered there.
        used: How much of the matcher's arrays is in use; None: all.
    """

    def __init__(
        self, matcher: Matcher, reader: FactReader, survivors: dict[str, str], used: Used | None = None
    ) -> None:
        self._matcher = matcher
        self._reader = reader
        self._survivors = survivors
        self._room = Room(Prepared(matcher.index, matcher.facts), used)
        self._new_ids: list[str] = []
        self._orders: dict[str, int] = {}
        self._codes: dict[int, list[int]] = {}

    @property
    def matcher(self) -> Matcher:
        """The matcher as things stand; ask again after a change."""
        return self._matcher

    @property
    def used(self) -> Used:
        """How much of the matcher's arrays is in use."""
        return self._room.used

    def upsert(self, account: pa.Table) -> None:
        """Add an account, or put it in the place of the one with its id.

        Args:
            account: One row: ``account_id``, ``ACCOUNT_COLUMNS``, ``FACT_COLUMNS`` and the columns that filters name.
        """
        account_id = str(account["account_id"][0])
        parties = read_accounts(account, self._matcher.spellings)
        numbers = self._number_words(parties)
        codes = self._codes_of(parties, numbers)
        order = self._order_of(account_id)
        self.remove(account_id)
        row = self._write(account, parties, numbers, order)
        fresh = self._matcher.index.fresh
        for at, of_row in enumerate(codes):
            self._codes[row + at] = of_row
            fresh.add(of_row, row + at)
        fresh.rows[account_id] = row
        fresh.accounts += 1
        fresh.has_changes = True
        self._survivors.pop(account_id, None)

    def counted(self, account_id: str) -> dict[str, Any]:
        """Give what the book counts of an account, as far as tie-breakers know it; nothing of an account that is none."""
        row = self._matcher.index.rows_of([account_id])[0]
        if row < 0:
            return {}
        known = {name: float(self._matcher.facts.preference[breaker][row]) for name, breaker in COUNTED.items()}
        return {
            name: bool(value) if name == "owner_is_active" else int(value) for name, value in known.items() if value
        }

    def under(self, plan: Plan) -> None:
        """Match by another plan, whose synonyms and filters are those that the accounts were made ready under."""
        self._matcher = Matcher.under(plan, self._matcher.index, self._matcher.facts, self._survivors)

    def remove(self, account_id: str) -> bool:
        """Take an account out; tell whether there was one."""
        index = self._matcher.index
        row = index.rows_of([account_id])[0]
        if row < 0:
            return False
        for each in {row, int(index.other_row[row]) or row}:
            index.is_alive[each] = False
            index.fresh.drop(self._codes.pop(each, ()), each)
        index.fresh.rows[account_id] = -1
        index.fresh.accounts -= 1
        index.fresh.has_changes = True
        return True

    def merge(self, account_id: str, survivor_id: str) -> None:
        """Take an account out that became part of another: links to it lead to that one."""
        self.remove(account_id)
        for merged, survivor in self._survivors.items():
            if survivor == account_id:
                self._survivors[merged] = survivor_id
        self._survivors[account_id] = survivor_id

    def folded(self) -> Prepared:
        """Build the accounts of now anew: what a new edition is made of."""
        index, used = self._matcher.index, self._room.used.rows
        is_account = index.is_alive[:used] & (index.accounts.record[:used] == np.arange(used))
        rows = is_account.nonzero()[0]
        rows = rows[index.order[rows].argsort()]
        facts = {path: array[rows] for path, array in self._room.arrays.items() if path.startswith("facts.")}
        return Prepared(
            CandidateIndex.build(index.account_ids.at(rows), index.accounts.take(rows, index.other_row[rows])),
            with_leaves(Prepared(index, self._matcher.facts), facts).facts,
        )

    def _number_words(self, parties: Parties) -> npt.NDArray[np.int64]:
        """Number the words of new names as in the index, to which new words are added."""
        index, names = self._matcher.index, parties.names
        numbers = index.known_words(names)
        new = (numbers[:-1] < 0).nonzero()[0]
        if len(new):
            count = np.zeros(len(new), np.int64)
            numbers[new] = np.arange(len(new)) + self._room.used.words
            values: dict[str, npt.NDArray[Any]] = {
                "index.accounts.names.vocabulary_hash": names.vocabulary_hash[new],
                "index.accounts.names.starts": names.starts[new],
                "index.word_counts": count,
                "index.own_rarity": rarity_of(count, index.book_size),
            }
            self._room.add_words(values, names.vocabulary.take(new))
            index.fresh.words.update(zip(names.vocabulary_hash[new].tolist(), numbers[new].tolist(), strict=True))
            self._renew()
        return numbers

    def _codes_of(self, parties: Parties, numbers: npt.NDArray[np.int64]) -> list[list[int]]:
        """Give for each row of a new account the keys that find it, as the edition has it: none that too many share."""
        index = self._matcher.index
        rarest = rarest_words(parties.names, index.word_counts[numbers])
        keys = account_keys(parties, rarest)
        is_crowded = index.table.is_crowded(keys)
        crowded = np.zeros((len(parties), len(KEY_KINDS)), bool)
        crowded[keys.row[is_crowded], keys.kind[is_crowded]] = True
        narrow = narrow_keys(parties, rarest, crowded)
        codes: list[list[int]] = [[] for _ in range(len(parties))]
        for each in (keys, narrow):
            fits = ~index.table.is_crowded(each)
            for row, code in zip(each.row[fits].tolist(), index.table.codes(each)[fits].tolist(), strict=True):
                codes[row].append(code)
        return [list(dict.fromkeys(of_row)) for of_row in codes]

    def _write(self, account: pa.Table, parties: Parties, numbers: npt.NDArray[np.int64], order: int) -> int:
        """Write the rows of a new account; give the first, which is the account's."""
        index, names, domains = self._matcher.index, parties.names, parties.domains[0]
        first, count = self._room.used.rows, len(parties)
        facts = leaves(self._reader.read(account), "facts")
        values = {
            "index.accounts.record": np.full(count, first),
            "index.accounts.fields": parties.fields,
            "index.accounts.names.words": np.where(names.words < 0, -1, numbers[names.words]),
            "index.accounts.names.compact_shape.length": names.compact_shape.length,
            "index.accounts.names.compact_shape.start": names.compact_shape.start,
            "index.accounts.domains.0.label_shape.length": domains.label_shape.length,
            "index.accounts.domains.0.label_shape.start": domains.label_shape.start,
            "index.domain_sharers": index.domains.count(parties.fields[:, Field.DOMAIN]),
            "index.name_sharers": index.names.count(parties.fields[:, Field.NAME]),
            "index.order": np.full(count, order),
            "index.other_row": np.array([first + 1, 0])[:count] if count > 1 else np.zeros(1, np.int32),
            "index.is_alive": np.ones(count, bool),
            **{path: np.repeat(values, count) for path, values in facts if isinstance(values, np.ndarray)},
        }
        texts = {
            "index.account_ids": Texts.of([str(account["account_id"][0]), *[""] * (count - 1)]),
            "index.accounts.names.compact": names.compact,
            "index.accounts.domains.0.text": domains.text,
            "index.accounts.domains.0.label": domains.label,
        }
        row = self._room.add_rows(values, texts)
        self._renew()
        if count > 1:
            self._matcher.index.fresh.has_other_names = True
        return row

    def _renew(self) -> None:
        """Take the arrays that have room where others were full."""
        prepared = self._room.prepared
        if prepared.index is not self._matcher.index:
            self._matcher = replace(self._matcher, index=prepared.index, facts=prepared.facts)

    def _order_of(self, account_id: str) -> int:
        """Give the place of an account id among the others as a number: that of the index, or a new one between two."""
        index = self._matcher.index
        built = index.built_rows([account_id])[0]
        if built >= 0:
            return int(index.order[built])
        if account_id not in self._orders:
            self._orders[account_id] = self._new_order(account_id)
        return self._orders[account_id]

    def _new_order(self, account_id: str) -> int:
        index = self._matcher.index
        count = len(index.id_row)
        gap = bisect_left(range(count), account_id, key=lambda row: index.account_ids.at([row])[0])
        low, high = _bounds(gap, count)
        place = bisect_left(self._new_ids, account_id)
        self._new_ids.insert(place, account_id)
        if place:
            low = max(low, self._orders[self._new_ids[place - 1]])
        if place + 1 < len(self._new_ids):
            high = min(high, self._orders[self._new_ids[place + 1]])
        if high - low < 2:
            self._spread(gap, account_id)
            return self._orders[account_id]
        return low + min((high - low) // 2, _STEP)

    def _spread(self, gap: int, newest: str) -> None:
        """Put the new ids of one gap at equal distances."""
        index = self._matcher.index
        low, high = _bounds(gap, len(index.id_row))
        self._orders[newest] = low + 1  # its place among the new ids is known, its number not yet
        ids = [each for each in self._new_ids if low < self._orders[each] < high]
        step = min((high - low) // (len(ids) + 1), _STEP)
        for number, each in enumerate(ids, start=1):
            self._orders[each] = low + number * step
            row = index.fresh.rows.get(each, -1)
            if row >= 0:
                index.order[[row, index.other_row[row] or row]] = self._orders[each]


def _bounds(gap: int, accounts: int) -> tuple[int, int]:
    """Give the numbers between which new ids of a gap lie; behind all accounts of the edition there is no end."""
    return gap * _GAP, (gap + 1) * _GAP if gap < accounts else _FAR
