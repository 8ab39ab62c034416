"""Set up everything in ``.venv`` and run Rightful: ``python3 start.py``; or its tests: ``python3 start.py test``.

Needs Python 3.11 or newer with pip, nothing else.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
LOCK = HERE / "requirements.lock"
SCRIPTS = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")


def set_up() -> None:
    """Make the environment with the locked dependencies; do nothing when it is up to date."""
    stamp = ENVIRONMENT / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Setting up .venv with the locked dependencies ...", flush=True)
    venv.create(ENVIRONMENT, with_pip=True)
    pip = [str(SCRIPTS / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", str(LOCK)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(HERE)], check=True)
    stamp.write_text(wanted)


def main() -> int:
    """Set up, then run the recipe named on the command line."""
    if sys.version_info < (3, 11):
        print("Rightful needs Python 3.11 or newer; this is", sys.version.split()[0])
        return 2
    set_up()
    recipe = sys.argv[1:] or ["demo"]
    return subprocess.run([str(SCRIPTS / "just"), *recipe], cwd=HERE, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
