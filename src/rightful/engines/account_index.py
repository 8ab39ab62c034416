"""The accounts that leads are matched with, ready on disk: mapped when opened, kept up to date, the same after a restart.

A folder holds one edition (the arrays of a matcher, as they were built over a book) and a journal of the accounts that were added,
changed, merged and removed since. What the edition counted over its book, such as how rare a word is, stays until ``fold`` makes
the next edition of the accounts of now. So answers depend on edition, journal and plan alone: every process that has read as far
answers alike, and an edition answers as a batch run over its accounts does.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from rightful.engines.arrays import check_arrays, read_arrays, write_arrays
from rightful.engines.journal import Journal, locked
from rightful.errors import EngineError, Mistake, Place
from rightful.plan import Plan
from rightful.stages.matching import Matcher
from rightful.stages.matching.keys import KEY_KINDS
from rightful.stages.matching.leaves import leaves, with_leaves
from rightful.stages.matching.live import LiveMatcher
from rightful.stages.matching.matcher import fact_reader
from rightful.stages.matching.room import Prepared, Room, Used
from rightful.stages.matching.stage import account_schema
from rightful.stages.matching.words import FORM_WORDS, SPELLINGS, STOP_WORDS

__all__ = ["AccountIndex", "fingerprint_of"]

_FORMAT = 2
_CURRENT, _JOURNAL, _LOCK, _FOLDING = "current", "journal", "lock", "folding"
_EDITION = "edition-{:06d}"
# An edition is worth folding when one in so many accounts changed, but not before so many changes.
_ACCOUNTS_PER_CHANGE, _LEAST_CHANGES = 16, 1_000


class AccountIndex:
    """Accounts on disk, ready to be matched; one at a time may write, any number may read.

    It is not safe for several threads at once: whoever calls it from several holds a lock.

    Args:
        folder: As ``create`` wrote it.
        plan: Its synonyms and filters must be those that the index was made under.

    Raises:
        EngineError: There is no index, it is damaged, or it was made under other synonyms, filters or another version.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self._plan = plan
        self._open()

    @classmethod
    def create(
        cls, folder: Path, accounts: pa.Table, plan: Plan, survivors: Mapping[str, str] | None = None
    ) -> AccountIndex:
        """Make accounts ready and put them in the place of what the folder held.

        Args:
            folder: Made when missing.
            accounts: As ``stages.matching.stage.account_columns`` gives them.
            plan: Its synonyms, filters and lists are read.
            survivors: Merged account -> survivor.
        """
        cls.store(folder, Matcher.of(accounts, plan), plan, survivors)
        return cls(folder, plan)

    @staticmethod
    def store(folder: Path, matcher: Matcher, plan: Plan, survivors: Mapping[str, str] | None = None) -> None:
        """Write the accounts of a matcher that was just built, in the place of what the folder held."""
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / _FOLDING), locked(folder / _LOCK):
            number = _newest(folder) + 1
            _write(folder, number, Prepared(matcher.index, matcher.facts), plan, dict(survivors or {}))
            _point_at(folder, number)

    @property
    def matcher(self) -> Matcher:
        """The matcher as things stand; ask again after a change."""
        return self._live.matcher

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return len(self.matcher.index)

    @property
    def needs_fold(self) -> bool:
        """Whether so much changed that a new edition is worth making."""
        return self.changes > max(_LEAST_CHANGES, self.accounts // _ACCOUNTS_PER_CHANGE)

    def upsert(self, *accounts: Mapping[str, Any]) -> None:
        """Add accounts, or put them in the place of those with their ids; on disk before they take effect.

        Args:
            accounts: Cleaned values by column: ``account_id`` and those of ``account_schema``; what is missing is unknown, but
                what only a book counts (contacts, open opportunities, whether the owner is active) stays as it was. An account
                that was last put in with the same values is passed over.
        """
        rows = {str(account["account_id"]): _as_json(self._row(account)) for account in accounts}
        changed = [row for account_id, row in rows.items() if self._newest_rows.get(account_id) != _digest(row)]
        if changed:
            self._change([{"do": "upsert", "account": row} for row in changed])

    def remove(self, *account_ids: str) -> None:
        """Take accounts out; ids that no account has are passed over."""
        self._change([{"do": "remove", "account_id": account_id} for account_id in account_ids])

    def merge(self, account_id: str, survivor_id: str) -> None:
        """Take an account out that became part of another, to which links to it lead from now on."""
        self._change([{"do": "merge", "account_id": account_id, "survivor_id": survivor_id}])

    def catch_up(self) -> int:
        """Take in what other processes wrote; give how many entries, or all of a newer edition."""
        if _newest(self.folder) != self.edition:
            self._open()
            return self.changes
        return self._take(self._journal.read())

    def under(self, plan: Plan) -> None:
        """Match by another plan from now on.

        Raises:
            EngineError: Its synonyms or filters are others than the index was made under.
        """
        self._check_plan(plan, self._fingerprint)
        self._plan = plan
        self._live.under(plan)

    def fold(self) -> None:
        """Make the next edition of the accounts of now; others go on with the old one until they catch up.

        Changes that other processes write meanwhile are carried over.
        """
        with locked(self.folder / _FOLDING):
            self.catch_up()
            number, old = self.edition + 1, self._journal
            _write(self.folder, number, self._live.folded(), self._plan, self._survivors)
            with locked(self.folder / _LOCK):
                later = old.read()
                if later:
                    Journal(self.folder / _EDITION.format(number) / _JOURNAL).append(later)
                _point_at(self.folder, number)
        self._open()

    def verify(self) -> None:
        """Read every byte of the edition and of the journal.

        Raises:
            EngineError: Something was changed after it was written.
        """
        check_arrays(self.folder / _EDITION.format(self.edition))
        Journal(self._journal.path).read()

    def _open(self) -> None:
        self.edition = _newest(self.folder)
        if not self.edition:
            problem = Mistake(
                Place(str(self.folder)), "there is no index of accounts", remedy="make it: rightful index PLAN"
            )
            raise EngineError(problem)
        folder = self.folder / _EDITION.format(self.edition)
        arrays, about = read_arrays(folder)
        self._fingerprint = str(about["fingerprint"])
        self._check_plan(self._plan, self._fingerprint)
        empty = Matcher.of(account_schema(self._plan.matching).empty_table(), self._plan)
        prepared = with_leaves(Prepared(empty.index, empty.facts), {**arrays, **about["numbers"]})
        self._survivors: dict[str, str] = dict(about["survivors"])
        matcher = Matcher.under(self._plan, prepared.index, prepared.facts, self._survivors)
        self._live = LiveMatcher(matcher, fact_reader(self._plan), self._survivors, Used(**about["used"]))
        self._journal = Journal(folder / _JOURNAL)
        self.changes = 0
        self._newest_rows: dict[str, str] = {}
        self._take(self._journal.read())

    def _check_plan(self, plan: Plan, fingerprint: str) -> None:
        if fingerprint_of(plan) != fingerprint:
            problem = (
                "the index was made under other synonyms or filters of matching, or by another version of Rightful"
            )
            raise EngineError(Mistake(Place(str(self.folder)), problem, remedy="make it anew: rightful index PLAN"))

    def _row(self, account: Mapping[str, Any]) -> pa.Table:
        """Give an account as a row of the columns that a matcher reads."""
        known = {**self._live.counted(str(account["account_id"])), **account}
        schema = account_schema(self._plan.matching)
        try:
            return pa.table(
                {name: pa.array([known.get(name)], kind) for name, kind in zip(schema.names, schema.types, strict=True)}
            )
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            problem = f"account {account['account_id']!r} has a value of another kind than its column: {error}"
            raise EngineError(Mistake(None, problem, "cleaned values, as the quality stage gives them")) from error

    def _change(self, entries: Sequence[dict[str, Any]]) -> None:
        with locked(self.folder / _LOCK):
            self.catch_up()
            self._journal.append(entries)
        self._take(entries)

    def _take(self, entries: Sequence[Mapping[str, Any]]) -> int:
        for entry in entries:
            if entry["do"] == "upsert":
                account = entry["account"]
                self._live.upsert(_from_json(account, account_schema(self._plan.matching)))
                self._newest_rows[account["account_id"]] = _digest(account)
                continue
            self._newest_rows.pop(entry["account_id"], None)
            if entry["do"] == "remove":
                self._live.remove(entry["account_id"])
            else:
                self._live.merge(entry["account_id"], entry["survivor_id"])
        self.changes += len(entries)
        return len(entries)


def _write(folder: Path, number: int, prepared: Prepared, plan: Plan, survivors: Mapping[str, str]) -> None:
    """Write an edition; it counts when the folder points at it."""
    place = folder / _EDITION.format(number)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    room = Room(prepared)
    arrays = {**room.arrays, **room.with_room()}
    used = {"rows": room.used.rows, "words": room.used.words, "letters": room.used.letters}
    numbers = {path: leaf for path, leaf in leaves(prepared) if not isinstance(leaf, np.ndarray)}
    about = {"fingerprint": fingerprint_of(plan), "used": used, "survivors": dict(survivors), "numbers": numbers}
    write_arrays(place, arrays, about)


def _newest(folder: Path) -> int:
    """Give the number of the edition that counts; 0 when there is none."""
    path = folder / _CURRENT
    return int(path.read_text(encoding="ascii")) if path.is_file() else 0


def _point_at(folder: Path, number: int) -> None:
    """Let an edition count from now on, and delete those before the one before it."""
    waiting = folder / f"{_CURRENT}.new"
    with waiting.open("w", encoding="ascii") as file:
        file.write(f"{number}\n")
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(folder / _CURRENT)
    kept = {_EDITION.format(number), _EDITION.format(number - 1)}
    for old in folder.glob("edition-*"):
        if old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)


def fingerprint_of(plan: Plan) -> str:
    """Name what the arrays of an index depend on beside the accounts: synonyms, filters with their lists, and our own words."""
    section = plan.matching
    filters = [(each.name, each.when.text) for each in section.filters]
    lists = {name: sorted(map(str, values)) for name, values in plan.lists.items()} if filters else {}
    kinds = [(kind.name, kind.cap, kind.trust, kind.accounts, kind.narrows) for kind in KEY_KINDS]
    made_of = (
        _FORMAT,
        sorted(section.spellings.items()),
        filters,
        lists,
        sorted(SPELLINGS.items()),
        sorted(STOP_WORDS),
        sorted(FORM_WORDS),
        kinds,
    )
    return sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def _digest(row: Mapping[str, Any]) -> str:
    return sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _as_json(account: pa.Table) -> dict[str, Any]:
    """Write a row so that JSON knows it; unknown values are left out."""
    (row,) = account.to_pylist()
    plain = (str, int, float, bool)
    return {name: value if isinstance(value, plain) else str(value) for name, value in row.items() if value is not None}


def _from_json(account: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    columns = {}
    for name, kind in zip(schema.names, schema.types, strict=True):
        value = account.get(name)
        is_text = isinstance(value, str) and not pa.types.is_string(kind)
        columns[name] = pa.array([value], pa.string()).cast(kind) if is_text else pa.array([value], kind)
    return pa.table(columns)
