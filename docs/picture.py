"""Take the picture of a report, in headless Chromium: `python docs/picture.py PLAN NAME HEIGHT SECTION`.

The newest run of PLAN becomes `docs/images/NAME.png`, HEIGHT points of it, with SECTION alone where one is named.
`just picture` takes the picture of README.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLAN = HERE.parent / "acme"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH = 1280


def main() -> int:
    """Take the picture that the command line asks for, by default that of README."""
    given = sys.argv[1:] + [str(PLAN), "report", "1500", ""][len(sys.argv) - 1 :]
    plan, picture = Path(given[0]), HERE / "images" / f"{given[1]}.png"
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    pointer = plan / "runs" / "LATEST"
    if browser is None or not pointer.exists():
        print("needs Chromium or Chrome, and a run: `just demo`", file=sys.stderr)
        return 1
    report = plan.resolve() / "runs" / pointer.read_text("utf-8").strip() / "report.html"
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        shot = f"--screenshot={picture}"
        page = Path(profile) / "page.html"
        page.write_text(_section(report.read_text("utf-8"), given[3]), "utf-8")
        command = [browser, *options, f"--window-size={WIDTH},{given[2]}", shot, page.as_uri()]
        return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode  # noqa: S603 - a browser of the path


def _section(page: str, name: str) -> str:
    """Leave one section of a report, or all."""
    return re.sub(rf'<section id="(?!{name}").*?</section>', "", page, flags=re.DOTALL) if name else page


if __name__ == "__main__":
    sys.exit(main())
