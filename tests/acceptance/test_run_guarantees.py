"""A run is absent or complete, the same input gives the same bytes, and nothing is left behind."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from command import call, start
from rightful.errors import RunError
from rightful.runs.run import Run
from tiny import MESS

TinyPlan = Callable[..., Path]


def hashes(run: Run) -> dict[str, str]:
    """Give the hash of every file of a run, but for the one that says how long it took."""
    return {
        str(path.relative_to(run.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(run.folder.rglob("*"))
        if path.is_file() and path.name != "timings.json"
    }


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def stopped_at(process: subprocess.Popen[str], words: str, number: int) -> str:
    """Send a signal when progress shows these words, and wait for the end; give what was said on standard error."""
    assert process.stderr is not None
    said = ""
    while words not in said:
        character = process.stderr.read(1)
        assert character, f"the run ended before {words!r}: {said}"
        said += character
    process.send_signal(number)
    return said + process.communicate()[1]


def test_killed_runs_leave_no_run_and_the_next_one_tidies_up(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan()
    # Every moment has another plan version, so another name: leftovers are found all the same.
    for day, moment in enumerate(("Cleaning", "Writing results ..."), start=1):
        (folder / "plan.yaml").write_text(f"name: Tiny\nas_of: 2026-06-{day:02}\n")
        process = start("run", folder)
        stopped_at(process, moment, signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        left = names_in(folder / "runs")
        assert [name for name in left if not name.startswith(".")] == []
        with pytest.raises(RunError, match="this plan has no run yet"):
            Run.latest(folder)
        for name in left:
            with pytest.raises(RunError, match="no complete run is here"):
                Run.open(folder / "runs" / name)
    (folder / "plan.yaml").write_text("name: Tiny\nas_of: 2026-06-30\n")
    done = call("run", folder)
    assert done.code == 0, done.err
    assert names_in(folder / "runs") == sorted(["LATEST", Run.latest(folder).folder.name])


def test_an_interrupted_run_says_so_and_leaves_nothing(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan()
    process = start("run", folder)
    said = stopped_at(process, "Segmenting", signal.SIGINT)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "interrupted; nothing was written"
    assert "Traceback" not in said
    assert names_in(folder / "runs") == []


def test_runs_at_once_are_whole_and_the_same_input_gives_the_same_bytes(messy_run: Run, tmp_path: Path) -> None:
    folder = messy_run.folder.parents[1]
    processes = [start("run", folder, "--out", tmp_path / name) for name in ("one", "two")]
    ends = [(process.communicate()[1], process.returncode) for process in processes]
    assert [code for _, code in ends] == [0, 0], ends
    first, second, third = (hashes(run) for run in (messy_run, *(Run.open(tmp_path / name) for name in ("one", "two"))))
    assert [name for name in first if not first[name] == second[name] == third[name]] == []
    assert first.keys() == second.keys() == third.keys()
    assert any(name.endswith(".parquet") for name in first)
    assert {"accounts.csv", "assignments.csv", "manifest.json", "report.html"} <= first.keys()


def test_a_full_disk_ends_in_a_sentence_and_leaves_nothing(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan(MESS)

    def no_file_above_20_kilobytes() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    command = [sys.executable, "-c", "from rightful.cli import main; main()", "run", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=no_file_above_20_kilobytes)
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr.splitlines()[-1]
    assert names_in(folder / "runs") == []


@pytest.mark.parametrize("where", ["/proc/rightful/run", "/dev/null/run"])
def test_a_place_that_cannot_be_written_is_told(where: str, tiny_plan: TinyPlan) -> None:
    done = call("run", tiny_plan(), "--out", where)
    assert done.code == 4
    assert f"{Path(where).parent}" in done.err
    assert done.err.endswith("Check the disk's space and rights.\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_plan_is_told(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan()
    folder.chmod(0o500)
    try:
        done = call("run", folder)
    finally:
        folder.chmod(0o700)
    assert done.code == 4
    assert "Permission denied. Check the disk's space and rights." in done.err


def test_a_folder_with_other_things_is_never_replaced(tiny_plan: TinyPlan) -> None:
    folder = tiny_plan()
    done = call("run", folder, "--out", folder / "book")
    assert done.code == 3
    assert "this folder holds other things than a run. Allowed: a new folder" in done.err
    assert (folder / "book" / "accounts.csv").exists()
