"""Every way of writing owners back keeps the same promises."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rightful.connectors.writeback import OWNER_CHANGES, Batch, FilesWriteBack, MemoryWriteBack, WriteBack

AT = datetime(2026, 6, 30, 12, tzinfo=UTC)


class Crm(Protocol):
    """A CRM behind a way of writing back."""

    write_back: WriteBack

    def load(self, batch: Batch, refused: dict[str, str], stops_after: int | None) -> None:
        """Send a batch and let the CRM work on it."""

    def owner(self, record_id: str) -> str | None:
        """Give who owns an account in the CRM."""


class Memory:
    def __init__(self, _folder: Path) -> None:
        self.write_back = MemoryWriteBack()

    def load(self, batch: Batch, refused: dict[str, str], stops_after: int | None) -> None:
        self.write_back.refused, self.write_back.stops_after = refused, stops_after
        self.write_back.send(batch)

    def owner(self, record_id: str) -> str | None:
        return self.write_back.owners.get(("accounts", record_id, ""))


class Loader:
    """A bulk loader: reads the file of a batch, and answers with three lists beside it."""

    def __init__(self, folder: Path, file_format: str = "csv") -> None:
        self.write_back = FilesWriteBack(folder, file_format)
        self._owners: dict[str, str | None] = {}

    def load(self, batch: Batch, refused: dict[str, str], stops_after: int | None) -> None:
        self.write_back.send(batch)
        path = self.write_back.path_of(batch)
        rows = self._rows(path)
        taken = rows[:stops_after]
        good = [row for row in taken if row["account_id"] not in refused]
        self._owners |= {row["account_id"]: row["owner_id"] or None for row in good}
        bad = [row | {"sf__Error": refused[row["account_id"]]} for row in taken if row["account_id"] in refused]
        for kind, answer in (("success", good), ("error", bad), ("unprocessed", rows[len(taken) :])):
            with path.with_suffix(f".{kind}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, [*rows[0], "sf__Error"])
                writer.writeheader()
                writer.writerows(answer)

    @staticmethod
    def _rows(path: Path) -> list[dict[str, str]]:
        if path.suffix == ".parquet":
            return [{name: str(value or "") for name, value in row.items()} for row in pq.read_table(path).to_pylist()]
        with path.open(newline="") as file:
            return list(csv.DictReader(file))

    def owner(self, record_id: str) -> str | None:
        return self._owners.get(record_id)


WAYS: dict[str, Callable[[Path], Crm]] = {
    "memory": Memory,
    "csv": Loader,
    "parquet": lambda folder: Loader(folder, "parquet"),
}


@pytest.fixture(params=WAYS)
def crm(request: pytest.FixtureRequest, tmp_path: Path) -> Crm:
    return WAYS[request.param](tmp_path)


def batch(*owners: tuple[str, str | None], name: str = "CS-1/accounts-1") -> Batch:
    rows = [
        {
            "change_id": f"CS-1-{number}", "record_id": record_id, "role": "", "owner_id": owner, "previous_owner_id": "R1",
            "territory_id": "WEST", "effective_at": AT, "reason": 'a, "quoted" reason',
        }
        for number, (record_id, owner) in enumerate(owners, 1)
    ]  # fmt: skip
    return Batch(name, "accounts", pa.Table.from_pylist(rows, OWNER_CHANGES))


def test_what_is_sent_is_written_and_confirmed(crm: Crm) -> None:
    sent = batch(("A1", "R2"), ("A2", None))
    crm.load(sent, {}, None)
    assert (crm.owner("A1"), crm.owner("A2")) == ("R2", None)
    receipt = crm.write_back.receipt(sent)
    assert receipt.confirmed == {"CS-1-1", "CS-1-2"}
    assert not receipt.failed
    assert not receipt.unprocessed


def test_sending_twice_is_sending_once(crm: Crm) -> None:
    sent = batch(("A1", "R2"))
    crm.load(sent, {}, None)
    crm.load(sent, {}, None)
    assert crm.owner("A1") == "R2"
    assert crm.write_back.receipt(sent).confirmed == {"CS-1-1"}


def test_both_lists_are_read_what_failed_and_what_was_not_looked_at(crm: Crm) -> None:
    sent = batch(("A1", "R2"), ("A2", "R2"), ("A3", "R2"))
    crm.load(sent, {"A1": "the owner is inactive"}, 2)
    receipt = crm.write_back.receipt(sent)
    assert receipt.confirmed == {"CS-1-2"}
    assert dict(receipt.failed) == {"CS-1-1": "the owner is inactive"}
    assert receipt.unprocessed == {"CS-1-3"}
    assert crm.owner("A3") is None


def test_what_failed_can_be_sent_again(crm: Crm) -> None:
    crm.load(batch(("A1", "R2")), {"A1": "locked"}, None)
    again = batch(("A1", "R2"), name="CS-1/accounts-1-again")
    crm.load(again, {}, None)
    assert crm.owner("A1") == "R2"
    assert crm.write_back.receipt(again).confirmed == {"CS-1-1"}


def test_what_nobody_answered_is_under_way(crm: Crm) -> None:
    receipt = crm.write_back.receipt(batch(("A1", "R2"), name="CS-1/never-sent"))
    assert not receipt.confirmed
    assert not receipt.failed
    assert not receipt.unprocessed


def test_a_loader_may_answer_with_the_record_alone(tmp_path: Path) -> None:
    files = FilesWriteBack(tmp_path)
    sent = batch(("A1", "R2"), ("A2", "R2"))
    files.send(sent)
    first = files.path_of(sent).read_bytes()
    files.send(sent)
    assert files.path_of(sent).read_bytes() == first
    files.path_of(sent).with_suffix(".success.csv").write_text("﻿Id,Status\nA2,updated\nA9,not ours\n", "utf-8")
    assert files.receipt(sent).confirmed == {"CS-1-2"}
