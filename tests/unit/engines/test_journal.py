from __future__ import annotations

from pathlib import Path

import pytest

from rightful.engines.journal import Journal
from rightful.errors import EngineError

ENTRIES = [{"do": "one"}, {"do": "two", "name": "müller\n"}]


def test_entries_are_read_once_in_their_order(tmp_path: Path) -> None:
    writer, reader = Journal(tmp_path / "journal"), Journal(tmp_path / "journal")
    assert reader.read() == []
    writer.append(ENTRIES)
    assert reader.read() == ENTRIES
    assert reader.read() == []
    writer.append([{"do": "three"}])
    assert reader.read() == [{"do": "three"}]
    assert Journal(tmp_path / "journal").read() == [*ENTRIES, {"do": "three"}]


@pytest.mark.parametrize("torn", [1, 5, 20])
def test_an_entry_that_was_torn_is_not_there_and_the_next_writer_cuts_it_off(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "journal"
    Journal(path).append(ENTRIES)
    path.write_bytes(path.read_bytes()[:-torn])
    after = Journal(path)
    assert after.read() == ENTRIES[:1]
    after.append([{"do": "three"}])
    assert Journal(path).read() == [ENTRIES[0], {"do": "three"}]


def test_damage_before_the_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    Journal(path).append(ENTRIES)
    path.write_bytes(path.read_bytes().replace(b"one", b"ona"))
    with pytest.raises(EngineError, match="byte 0 is damaged"):
        Journal(path).read()
