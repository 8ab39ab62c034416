"""Set up everything in ``.venv`` and do the main job: ``python3 start.py``; or run the tests: ``python3 start.py test``.

Needs Python 3.11 or newer with pip, nothing else. Any other word is a recipe of the justfile, such as ``lint``.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
LOCK = HERE / "requirements.lock"
PROJECT = HERE / "pyproject.toml"
SAMPLE = HERE / "acme"
IS_WINDOWS = sys.platform == "win32"
SCRIPTS = ENVIRONMENT / ("Scripts" if IS_WINDOWS else "bin")
SUFFIX = ".exe" if IS_WINDOWS else ""


class SetUpError(Exception):
    """Setting up failed; the message says what a person can do."""


def main() -> int:
    """Set up, then do what the command line names."""
    words = sys.argv[1:]
    try:
        set_up()
    except SetUpError as error:
        print(f"start.py: {error}", file=sys.stderr)
        return 2
    if words in ([], ["demo"]):
        return demo(SAMPLE)
    return run([program("just"), *words])


def set_up() -> None:
    """Make the environment with the locked dependencies; do nothing when it is up to date.

    The stamp is written last, so that an environment that is half made is made again.
    """
    if sys.version_info < (3, 11):
        raise SetUpError(f"this is Python {sys.version.split()[0]}. Rightful needs Python 3.11 or newer.")
    stamp = ENVIRONMENT / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes() + PROJECT.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Setting up .venv with the locked dependencies; the first time this takes some minutes ...", flush=True)
    stamp.unlink(missing_ok=True)
    _make_environment()
    pip("--require-hashes", "--requirement", str(LOCK))
    pip("--no-deps", "--no-build-isolation", "--editable", str(HERE))
    stamp.write_text(wanted)


def _make_environment() -> None:
    works = run([program("python"), "-m", "pip", "--version"], quiet=True) == 0
    if works:
        return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    try:
        venv.create(ENVIRONMENT, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(
            f"{ENVIRONMENT} cannot be made: {error}. Python's venv module and a writable folder are needed;"
            " on Debian and Ubuntu: apt install python3-venv."
        ) from error


def pip(*arguments: str) -> None:
    """Install with the environment's own pip."""
    command = [program("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    if run(command):
        raise SetUpError(
            "pip could not install the dependencies; what it said stands above. It needs a package index (the network,"
            " or a mirror in pip's settings) and some 2 GB of disk. Run the same command again to go on."
        )


def program(name: str) -> str:
    """Give the path of a program of the environment."""
    return str(SCRIPTS / f"{name}{SUFFIX}")


def run(command: list[str], *, quiet: bool = False) -> int:
    """Run a program in the repository and give its exit code; 127 when it is not there."""
    silence = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} if quiet else {}
    try:
        return subprocess.run(command, cwd=HERE, check=False, **silence).returncode
    except OSError:
        return 127


def demo(plan: Path) -> int:
    """Write the sample unless it is there, run it, and say where to look."""
    if not (plan / "plan.yaml").exists() and run([program("rightful"), "init", str(plan)]):
        return 1
    if run([program("rightful"), "run", str(plan)]):
        return 1
    folder = plan / "runs" / (plan / "runs" / "LATEST").read_text().strip()
    print(f"""
Open the report:          {folder / "report.html"}
Ask who owns a lead:      {program("rightful")} why {plan} {interesting_lead(folder)}
Change a rule, run again: edit {plan / "geography.csv"}, then {program("rightful")} run {plan}
""")
    return 0


def interesting_lead(folder: Path) -> str:
    """Give the first lead of a run that was matched by evidence and went to its account's owner; any lead when none was."""
    with (folder / "leads.csv").open(encoding="utf-8-sig", newline="") as lines:
        leads = list(csv.DictReader(lines))
    told = [lead for lead in leads if (lead["match_method"], lead["routing_method"]) == ("evidence", "account_owner")]
    return (told or leads or [{"lead_id": "ID"}])[0]["lead_id"]


if __name__ == "__main__":
    sys.exit(main())
