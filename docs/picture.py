"""Take the picture of a report that README shows: the newest run of `acme`, in headless Chromium. `just picture`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLAN = HERE.parent / "acme"
PICTURE = HERE / "images" / "report.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WINDOW = "1280,1500"


def main() -> int:
    """Take the picture of the plan named on the command line, by default `acme`."""
    plan = Path(sys.argv[1]) if sys.argv[1:] else PLAN
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    pointer = plan / "runs" / "LATEST"
    if browser is None or not pointer.exists():
        print("needs Chromium or Chrome, and a run: `just demo`", file=sys.stderr)
        return 1
    report = plan.resolve() / "runs" / pointer.read_text("utf-8").strip() / "report.html"
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        shot = f"--screenshot={PICTURE}"
        command = [browser, *options, f"--window-size={WINDOW}", shot, report.as_uri()]
        return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode  # noqa: S603 - a browser of the path


if __name__ == "__main__":
    sys.exit(main())
