from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import Served, served


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Served]:
    """Give the interface over a fake desk; it knows the lead L1, with R1, and the exception NOBODY."""
    with served(tmp_path) as made:
        for record_id in ("L1", "NOBODY"):
            assert made.ask("POST", "/v1/leads", json={"lead_id": record_id}).status_code == 200
        yield made
