"""What the pages show is what happens: commands print it, plans load, Python runs."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

import pytest

from pages import DOCS, PAGES, REPOSITORY, Block, blocks_of, module_at, name_of
from rightful.crm import OBJECTS
from rightful.errors import Place
from rightful.plan import plan_from
from rightful.plan.section import rule_fields
from rightful.rules import parse_expression

GENERATE = module_at(DOCS / "generate.py")
WITH_PLANS = [page for page in PAGES if blocks_of(page, "yaml")]
FIELDS = {name: kind for crm_object in OBJECTS for name, kind in rule_fields(crm_object.table).items()}

pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[Path, str]]:
    """Run the commands of all pages in one folder; give it, and each page with what its commands print now."""
    folder = tmp_path_factory.mktemp("reader")
    pages = GENERATE.pages_with_outputs()
    return folder, {page: GENERATE.with_outputs(page.read_text("utf-8"), folder) for page in pages}


@pytest.mark.parametrize("page", GENERATE.pages_with_outputs(), ids=name_of)
def test_commands_print_what_the_page_shows(page: Path, printed: tuple[Path, dict[Path, str]]) -> None:
    assert _without_versions(printed[1][page]) == _without_versions(page.read_text("utf-8")), (
        "run `just outputs` and read what changed"
    )


def _without_versions(text: str) -> str:
    """Leave plan versions out: every comment in the sample's plan changes them."""
    return re.sub(r"(?<=version )[0-9a-f]{8,16}", "...", text)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page, "python")], ids=name_of)
def test_python_runs(page: Path, printed: tuple[Path, dict[Path, str]]) -> None:
    names: dict[str, object] = {"__name__": "page"}
    with contextlib.chdir(printed[0]), contextlib.redirect_stdout(io.StringIO()):
        for block in blocks_of(page, "python"):
            exec(compile(block.text, str(page), "exec"), names)  # noqa: S102 - the page's own example


@pytest.mark.parametrize("page", WITH_PLANS, ids=name_of)
def test_plans_load_with_the_tables_that_the_page_shows(page: Path) -> None:
    tables = {block.file: block.text for block in blocks_of(page, "csv") if block.file}
    plans: list[dict[str, str]] = [{}]
    for block in blocks_of(page, "yaml"):
        assert block.file.endswith(".yaml"), f"the first line names the file, such as # quality.yaml: {block.text}"
        if block.file in plans[-1]:
            plans.append({})  # another way to write a file begins another plan
        plans[-1][block.file] = block.text
    for plan in plans:
        plan_from(_with_named_tables(plan, tables))


def _with_named_tables(plan: dict[str, str], tables: dict[str, str]) -> dict[str, str]:
    """Add the tables that the page shows; one that a plan names without showing it may be any of its kind, so it is empty."""
    named = {word.strip("[]{},") for text in plan.values() for word in text.split() if ".csv" in word}
    lists = {name: text for name, text in tables.items() if name.startswith("lists/")}
    return plan | lists | {name: tables.get(name, "") for name in named if name.endswith(".csv")}


@pytest.mark.parametrize("page", [page for page in PAGES if blocks_of(page, "sql")], ids=name_of)
def test_expressions_can_be_read(page: Path) -> None:
    lists = {"strategic_domains": ("acme.com",)}
    for block in blocks_of(page, "sql"):
        for line in block.text.splitlines():
            parse_expression(line, FIELDS, Place(page.name), lists)


def test_the_readme_opens_with_two_commands_that_start_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first: Block = blocks_of(REPOSITORY / "README.md", "sh")[0]
    commands = [line.partition("#")[0].split() for line in first.text.splitlines()]
    assert commands == [["python3", "start.py"], ["python3", "start.py", "test"]]
    start = module_at(REPOSITORY / "start.py")
    asked: list[list[str]] = []
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(start, "SAMPLE", tmp_path)
    monkeypatch.setattr(start, "run", lambda command, **_: asked.append([Path(command[0]).stem, *command[1:]]) or 1)
    for command in commands:
        monkeypatch.setattr(start.sys, "argv", command[1:])
        start.main()
    assert asked == [["rightful", "init", str(tmp_path)], ["just", "test"]]


def test_start_does_the_main_job_and_says_where_to_look(
    printed: tuple[Path, dict[Path, str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start = module_at(REPOSITORY / "start.py")
    monkeypatch.setattr(start, "run", lambda _command, **_: 0)
    plan = printed[0] / "acme"
    assert start.demo(plan) == 0
    said = capsys.readouterr().out
    report = next(word for word in said.split() if word.endswith("report.html"))
    assert Path(report).exists()
    lead = said.split(f" why {plan} ")[1].split()[0]
    assert GENERATE.run_commands(f"rightful why {plan} {lead}", printed[0]).startswith(f"lead {lead}")
    assert os.sep + "acme" in report
