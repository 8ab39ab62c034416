from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tiny import write_tiny


def rightful(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from rightful.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_good_plan_has_no_errors_and_its_book_is_counted(tmp_path: Path) -> None:
    done = rightful("check", str(write_tiny(tmp_path / "tiny")))
    assert done.returncode == 0
    assert "0 errors" in done.stdout.splitlines()[-1]
    assert "5 accounts, 2 contacts, 3 leads" in done.stdout


def test_a_bad_plan_is_told_with_every_mistake_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("nam: x\ntime_zone: Nowhere\n")
    done = rightful("check", str(tmp_path))
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "plan.yaml:2:12: unknown time zone 'Nowhere'" in said
    assert "plan.yaml:1:1: unknown key 'nam'" in said
    assert "Did you mean 'name'?" in said
    assert "Traceback" not in said


def test_the_schema_describes_every_section() -> None:
    described = json.loads(rightful("schema").stdout)
    assert described["plan.yaml"]["additionalProperties"] is False
    assert "quality.yaml" in described
