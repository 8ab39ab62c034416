"""Books made of a few files, read through a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from rightful.connectors import SourceBook, read_book
from rightful.plan import load_plan

Files = Mapping[str, bytes | str]


@dataclass(frozen=True, slots=True)
class ReadBook:
    """A book that was read, with short ways to what tests look at."""

    book: SourceBook

    @property
    def names(self) -> dict[str, str | None]:
        """Key and name of every account."""
        accounts: pa.Table = self.book.tables["accounts"]
        return dict(zip(accounts["account_id"].to_pylist(), accounts["name_raw"].to_pylist(), strict=True))

    @property
    def lines(self) -> list[int]:
        """Line of every account."""
        return list(self.book.tables["accounts"]["source_line"].to_pylist())

    @property
    def aside(self) -> list[tuple[int, str]]:
        """Line and reason of every row in quarantine."""
        return [(row["source_line"], row["reason"]) for row in self.book.quarantine.to_pylist()]

    @property
    def warnings(self) -> list[str]:
        """Warnings as people read them."""
        return [str(warning) for warning in self.book.warnings]


ReadFiles = Callable[..., ReadBook]


@pytest.fixture
def read_files(tmp_path: Path) -> ReadFiles:
    """Give a function that reads a book of files: name -> content, with an optional sources.yaml."""

    def read(files: Files, sources: str = "") -> ReadBook:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        if sources:
            (tmp_path / "sources.yaml").write_text(sources)
        return ReadBook(read_book(load_plan(tmp_path)))

    return read


@pytest.fixture
def read_accounts(read_files: ReadFiles) -> ReadFiles:
    """Give a function that reads the content of one accounts.csv."""

    def read(content: bytes | str, sources: str = "") -> ReadBook:
        return read_files({"book/accounts.csv": content}, sources)

    return read
