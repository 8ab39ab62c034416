"""PostgreSQL is stopped under load: clients are told when to come back, nothing acknowledged is lost, the desk goes on by itself.

More often: ``python tests/stopping.py --times 20``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from desks import DeskScene
from ledgers import SERVER
from stopping import stopped_under_load

pytestmark = [
    pytest.mark.xdist_group("api process"),
    pytest.mark.skipif(
        not os.environ.get(SERVER) or os.name != "posix",
        reason=f"NO POSTGRESQL: where {SERVER} is set, its programs are there, with which the test makes a server of its own",
    ),
]


@pytest.fixture
def cluster() -> Iterator[Path]:
    """Give a folder that PostgreSQL's own account may look into."""
    folder = Path(tempfile.mkdtemp(prefix="stopping-"))
    folder.chmod(0o755)
    yield folder / "cluster"
    shutil.rmtree(folder, ignore_errors=True)


def test_what_was_acknowledged_outlives_a_database_that_stops(desk_scene: DeskScene, cluster: Path) -> None:
    seen = stopped_under_load(desk_scene, cluster)
    assert seen.faults == []
    assert seen.problems == []
    assert seen.refused > 0
    assert len(seen.journal.acknowledged) >= 40
