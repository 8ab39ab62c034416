from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serving import Served, served


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Served]:
    """Give the interface over a fake desk; it knows the lead L1, with R1, and the exception NOBODY."""
    with _known(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give the same for many tests that do not care what was asked before."""
    with _known(tmp_path_factory.mktemp("lasting")) as made:
        yield made


@contextmanager
def _known(folder: Path) -> Iterator[Served]:
    with served(folder) as made:
        for record_id in ("L1", "NOBODY"):
            assert made.ask("POST", "/v1/leads", json={"lead_id": record_id}).status_code == 200
        yield made
