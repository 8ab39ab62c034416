from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rightful.errors import EngineError, RunError
from rightful.runs.folder import MANIFEST, folder_of_run, point_at, remove_leftovers


def make_run(final: Path, content: str) -> None:
    with folder_of_run(final) as partial:
        (partial / "result.txt").write_text(content)
        (partial / MANIFEST).write_text("{}")


def fail_to_make_run(final: Path) -> None:
    with folder_of_run(final) as partial:
        (partial / MANIFEST).write_text("{}")
        message = "the last stage failed"
        raise ValueError(message)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed_while_writing(final: Path) -> None:
    """Let another process begin a run and die in it, without a chance to tidy up."""
    program = (
        "import os, sys; from pathlib import Path; from rightful.runs.folder import folder_of_run\n"
        "with folder_of_run(Path(sys.argv[1])) as partial:\n"
        "    (partial / 'manifest.json').write_text('{}'); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(final)], check=False)
    assert done.returncode == -9


def test_a_run_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    final = tmp_path / "runs" / "a"
    with folder_of_run(final) as partial:
        assert not final.exists()
        (partial / "result.txt").write_text("new")
    assert (final / "result.txt").read_text() == "new"
    assert names_in(final.parent) == ["a"]


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the last stage failed"):
        fail_to_make_run(tmp_path / "a")
    assert names_in(tmp_path) == []


def test_an_old_run_is_replaced_by_a_complete_one_alone(tmp_path: Path) -> None:
    final = tmp_path / "a"
    make_run(final, "old")
    with pytest.raises(ValueError, match="the last stage failed"):
        fail_to_make_run(final)
    assert (final / "result.txt").read_text() == "old"
    make_run(final, "new")
    assert (final / "result.txt").read_text() == "new"
    assert names_in(tmp_path) == ["a"]


def test_an_old_run_comes_back_when_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    final = tmp_path / "a"
    make_run(final, "old")
    rename = Path.rename

    def refuse_partial(path: Path, target: Path) -> Path:
        if path.name.endswith(".partial"):
            raise OSError(28, "No space left on device", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_partial)
    with pytest.raises(EngineError, match=r"the run cannot be written: No space left on device\. Check the disk"):
        make_run(final, "new")
    assert (final / "result.txt").read_text() == "old"
    assert names_in(tmp_path) == ["a"]


def test_an_exchange_that_was_cut_short_is_mended(tmp_path: Path) -> None:
    make_run(tmp_path / "a", "old")
    (tmp_path / "a").rename(tmp_path / ".a.old")  # killed between the two renames
    remove_leftovers(tmp_path)
    assert (tmp_path / "a" / "result.txt").read_text() == "old"
    make_run(tmp_path / "b", "new")
    (tmp_path / ".b.old").mkdir()  # killed before the old one was deleted
    remove_leftovers(tmp_path)
    assert names_in(tmp_path) == ["a", "b"]
    assert (tmp_path / "b" / "result.txt").read_text() == "new"


def test_the_leftover_of_a_killed_process_is_removed_by_the_next_run_of_any_name(tmp_path: Path) -> None:
    killed_while_writing(tmp_path / "a")
    assert names_in(tmp_path) == [".a.partial"]
    make_run(tmp_path / "a", "new")
    assert names_in(tmp_path) == ["a"]
    killed_while_writing(tmp_path / "b")
    remove_leftovers(tmp_path)
    assert names_in(tmp_path) == ["a"]


def test_work_in_progress_is_neither_removed_nor_overwritten(tmp_path: Path) -> None:
    with folder_of_run(tmp_path / "a") as partial:
        (partial / "result.txt").write_text("mine")
        remove_leftovers(tmp_path)
        with pytest.raises(RunError, match="another process is writing this run"):
            make_run(tmp_path / "a", "other")
        make_run(tmp_path / "b", "beside")
        assert (partial / "result.txt").read_text() == "mine"
    assert names_in(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_no_run_is_never_replaced(tmp_path: Path, what: str) -> None:
    final = tmp_path / "letters"
    if what == "file":
        final.write_text("Dear Ann")
    else:
        final.mkdir()
        (final / "ann.txt").write_text("Dear Ann")
    with pytest.raises(RunError, match=r"Allowed: a new folder, an empty one, or one with a run to replace\."):
        make_run(final, "new")
    assert "Dear Ann" in (final if what == "file" else final / "ann.txt").read_text()
    assert names_in(tmp_path) == ["letters"]


def test_a_relative_folder_and_an_empty_one_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    make_run(Path("empty"), "new")
    assert (tmp_path / "empty" / "result.txt").read_text() == "new"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(EngineError, match="the run cannot be written: Permission denied"):
            make_run(tmp_path / "runs" / "a", "new")
    finally:
        tmp_path.chmod(0o700)


def test_a_parent_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(EngineError, match="the run cannot be written"):
        make_run(tmp_path / "runs" / "a", "new")


def test_the_pointer_moves_as_a_whole(tmp_path: Path) -> None:
    pointer = tmp_path / "LATEST"
    point_at(tmp_path / "a", pointer)
    point_at(tmp_path / "b", pointer)
    assert pointer.read_text() == "b"
    assert names_in(tmp_path) == ["LATEST"]
    with pytest.raises(EngineError, match="the run is complete, but it cannot be noted as the newest"):
        point_at(tmp_path / "a", tmp_path / "none" / "LATEST")
