"""What the desk was asked and answered is held by the audit chain, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from desks import Clock, DeskScene, lead
from ledgers import day, store_url, tampering
from rightful.ledger import open_ledger
from rightful.ledger.audit import audit
from rightful.ledger.desk_tables import desk_requests
from rightful.ledger.requests import DROPPED_TO


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with store_url(request.param, tmp_path) as made:
        yield made


def problems(url: str) -> list[str]:
    with open_ledger(url) as ledger:
        return list(audit(ledger).problems)


def changed(url: str, statement: Any) -> None:
    with open_ledger(url) as ledger, tampering(ledger) as connection:
        connection.execute(statement)


def test_the_audit_finds_requests_that_were_changed_added_or_removed(desk_scene: DeskScene, url: str) -> None:
    with desk_scene.desk(url, Clock()) as desk:
        asked = [(lead(number), f"k{number}") for number in range(3)]
        answered = desk.do_many(asked, actor="ann")
        desk.do(lead(7), key="k7", actor="ann")
        last = desk.ledger.position.number
    together = last - 1
    assert problems(url) == []

    row = desk_requests.c
    said = answered[1].as_text()  # type: ignore[union-attr]
    changed(url, sa.update(desk_requests).where(row.key == "k1").values(answer=said.replace("R", "Z")))
    wrong = f"what the desk was asked and answered is not what entry {together} wrote: 3 requests are there"
    assert problems(url) == [wrong]
    changed(url, sa.update(desk_requests).where(row.key == "k1").values(answer=said))
    assert problems(url) == []

    changed(url, sa.update(desk_requests).where(row.key == "k7").values(position=1))
    found = problems(url)
    assert f"what the desk was asked and answered in entry {last} is gone" in found
    assert "what the desk was asked and answered is not what entry 1 wrote: 1 requests are there" in found
    changed(url, sa.delete(desk_requests).where(row.key == "k7"))
    assert problems(url) == [f"what the desk was asked and answered in entry {last} is gone"]

    with open_ledger(url) as ledger, ledger.write("tidy", at=day(400), actor="ann") as entry:
        entry.note(**{DROPPED_TO: last})
    assert problems(url) == []
