"""A small sample, drawn and written once for all tests of the package."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rightful.sample import SampleSummary, write_sample
from rightful.sample.book import SampleBook, Size, draw_book

AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="session")
def small_book() -> SampleBook:
    return draw_book(Size(accounts=2_000, leads=600, reps=40, seed=7, as_of=AS_OF))


@pytest.fixture(scope="session")
def written_sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleSummary]:
    folder = tmp_path_factory.mktemp("sample") / "acme"
    return folder, write_sample(folder, accounts=600, leads=200, reps=20)
