"""A change costs a few lines of the plan, however many reps there are; and each edit is a plan that loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages import REPOSITORY, module_at
from rightful.plan import load_plan
from rightful.runs.check import check

COST = module_at(REPOSITORY / "benchmarks" / "cost_of_change.py")


@pytest.fixture(scope="module", params=[10, 60])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """Write the plan with few reps, and with many."""
    return request.param, COST.base_plan(tmp_path_factory.mktemp("cost"), request.param, 200)


def test_the_edits_are_few_and_do_not_grow_with_the_reps(base: tuple[int, Path], tmp_path: Path) -> None:
    reps, plan = base
    assert len(COST.rows_of(plan / "book" / "reps.csv")) == reps
    most = {"a rep leaves": 4, "a territory splits": 3, "a product launches": 4, "a region reorganises": 2}
    for what, edit in COST.CHANGES.items():
        changed = tmp_path / what.replace(" ", "_")
        COST.shutil.copytree(plan, changed)
        edit(changed)
        lines = COST.edited_lines(plan, changed)
        assert 1 <= lines <= (most[what] if reps == 10 or what != "a rep leaves" else 1)
        assert load_plan(changed).version != load_plan(plan).version
        assert check(load_plan(changed)).errors == 0


def test_lines_that_are_added_deleted_or_rewritten_count_once(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, text in ((before, "a\nb\nc\nd\n"), (after, "a\nB\nc\nd\ne\nf\n")):
        folder.mkdir()
        (folder / "plan.yaml").write_text(text)
    assert COST.edited_lines(before, after) == 3
    assert COST.edited_lines(after, before) == 3
