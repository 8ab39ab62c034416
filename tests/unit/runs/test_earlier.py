from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from rightful.plan import load_plan
from rightful.runs.earlier import linked, stages_alike
from rightful.runs.run import STAGE_NAMES
from tiny import write_tiny

MOVED = {"geography.csv": 'territory,country\nNA,"US, CA, FR"\nEU,DE\n'}


@pytest.mark.parametrize(
    ("changes", "stages"),
    [
        ({}, STAGE_NAMES),
        ({"plan.yaml": "name: Other\nas_of: 2026-06-30\n"}, STAGE_NAMES),
        ({"geography.csv": 'territory,rule,country\nNA,,"US, CA"\nEU,,"DE, FR"\n'}, STAGE_NAMES),
        (MOVED, STAGE_NAMES[:6]),
        ({"routing.yaml": "methods: [pool]\n"}, STAGE_NAMES[:7]),
        ({"lists/far.txt": "FR\n"}, STAGE_NAMES[:2]),
        ({"quality.yaml": "infer: []\n"}, ()),
        ({"plan.yaml": "as_of: 2026-06-30\ntime_zone: Europe/Berlin\n"}, ()),
    ],
)
def test_stages_are_alike_up_to_the_first_that_reads_other_words(
    changes: Mapping[str, str], stages: tuple[str, ...], tmp_path: Path
) -> None:
    before = load_plan(write_tiny(tmp_path / "tiny"))
    assert stages_alike(before, load_plan(write_tiny(tmp_path / "tiny", changes))) == stages


def test_plans_with_books_in_two_folders_have_nothing_alike(tmp_path: Path) -> None:
    first, second = (load_plan(write_tiny(tmp_path / name)) for name in ("a", "b"))
    assert stages_alike(first, second) == ()


def test_a_file_that_cannot_be_linked_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"rows")

    def refuse(*_: object) -> None:
        raise OSError

    assert linked(source, tmp_path / "x" / "linked").samefile(source)
    monkeypatch.setattr("rightful.runs.earlier.os.link", refuse)
    copy = linked(source, tmp_path / "x" / "copied")
    assert copy.read_bytes() == b"rows"
    assert not copy.samefile(source)
