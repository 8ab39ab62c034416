from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer

from pages import DOCS, module_at
from rightful.cli.app import app
from rightful.crm import OBJECT_OF_TABLE
from rightful.plan.plan import SECTIONS
from rightful.plan.reference import undescribed_keys
from rightful.runs.run import Run

GENERATE = module_at(DOCS / "generate.py")


@pytest.mark.parametrize("path", GENERATE.references(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_references_say_what_the_code_says(path: Path) -> None:
    assert path.read_text("utf-8") == GENERATE.references()[path], "run `just reference`"


def test_every_key_of_the_plan_is_described() -> None:
    assert undescribed_keys() == []


def test_every_section_and_its_keys_are_in_the_plan_reference() -> None:
    text = (DOCS / "reference" / "plan.md").read_text("utf-8")
    for name, section in SECTIONS.items():
        chapter = text.partition(f"\n## {name}.yaml\n")[2].partition("\n## ")[0]
        assert all(f"| `{field.alias or key}` |" in chapter for key, field in section.model_fields.items())


def test_every_command_and_option_has_help_and_is_in_the_readme() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    for name, command in GENERATE.all_commands(typer.main.get_command(app)):
        assert command.help, f"{name} has no help"
        assert f"| `rightful {name}" in readme
        assert [each.name for each in command.params if not each.help] == []


def test_every_table_and_column_that_a_run_writes_is_described(sample_run: Run) -> None:
    text = (DOCS / "reference" / "results.md").read_text("utf-8")
    for table in set(sample_run.names) - set(OBJECT_OF_TABLE):
        chapter = text.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
        assert chapter, f"results.md has no table {table}"
        cells = re.findall(r"^\| (.*?) \| [^|]*\|$", chapter, re.MULTILINE)
        described = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
        columns = set(pq.read_schema(sample_run.paths(table)[-1]).names)
        assert columns - described == set(), f"results.md misses columns of {table}"


def test_every_cause_of_an_exception_and_every_file_is_described(sample_run: Run) -> None:
    text = (DOCS / "reference" / "results.md").read_text("utf-8")
    causes = set(sample_run.exceptions["cause"]) | set(sample_run.quarantine["reason"])
    assert {cause for cause in causes if f"`{cause}`" not in text} == set()
    files = {path.name for path in sample_run.folder.iterdir() if path.suffix in {".json", ".html"}}
    assert {name for name in files if f"`{name}`" not in text} == set()
