"""Write what the documentation says of the code from the code: references, and the outputs below commands.

`just reference` and `just outputs`; the tests fail where a page and the code differ.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from rightful.api.reference import http_reference
from rightful.cli.app import app
from rightful.crm import OBJECTS, STAGE_ORDER, CrmObject, Field
from rightful.plan.reference import plan_reference

DOCS = Path(__file__).resolve().parent
MADE = "Made from the code by `just reference`; do not edit."
_HOW_TO = """# How to

Each page does one thing and can be read alone. `rightful init acme` writes a plan in which all of it is used.

"""
_DECISIONS = """# Decisions

One page per decision that took thought: why, what was decided, what follows. No numbers in the names: pages are found by topic, and
a decision that no longer holds is rewritten, not overruled by a later page.

"""


def references() -> dict[Path, str]:
    """Give every page that is made from the code."""
    folder = DOCS / "reference"
    return {
        folder / "plan.md": plan_reference(),
        folder / "commands.md": commands_reference(),
        folder / "records.md": records_reference(),
        folder / "http.md": http_reference(),
        DOCS / "how-to" / "README.md": index(DOCS / "how-to", _HOW_TO),
        DOCS / "decisions" / "README.md": index(DOCS / "decisions", _DECISIONS),
    }


def index(folder: Path, head: str) -> str:
    """List the pages of a folder by their titles."""
    pages = [page for page in sorted(folder.glob("*.md")) if page.name != "README.md"]
    titles = {page.name: page.read_text("utf-8").partition("\n")[0].removeprefix("# ") for page in pages}
    return head + "".join(f"- [{title}]({name})\n" for name, title in titles.items())


def pages_with_outputs() -> tuple[Path, ...]:
    """Give the pages whose commands are run one after another in one folder, beginning with that which makes `acme`."""
    return (DOCS / "tutorial.md", DOCS.parent / "README.md", *sorted((DOCS / "how-to").glob("*.md")))


def commands_reference() -> str:
    """Write the reference of the commands from the command line itself."""
    group: Any = typer.main.get_command(app)
    parts = [f"# Commands\n\n{MADE} `rightful COMMAND --help` says the same.\n"]
    for name, command in all_commands(group):
        parts.append(f"## rightful {name}\n\n{command.help}\n\n    {_usage(name, command)}\n")
        if rows := list(_parameters(command)):
            parts.append("\n".join(["| argument or option | default | meaning |", "|---|---|---|", *rows]) + "\n")
    parts.append(
        "## Exit codes\n\n| code | meaning |\n|---|---|\n"
        "| 0 | all well |\n| 1 | mistakes in the plan or the book, or in the ledger that was verified |\n| 2 | wrong use of the command line |\n"
        "| 3 | a run or record is not there, or a run or a change of the ledger was refused |\n| 4 | no memory or disk |\n| 130 | interrupted |\n"
    )
    return "\n".join(parts)


def all_commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Give every command with its whole name, such as audit verify."""
    context: Any = None
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if hasattr(command, "commands"):
            yield from all_commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


def _usage(name: str, command: Any) -> str:
    arguments = [_argument(each) for each in command.params if each.param_type_name == "argument"]
    has_options = any(each.param_type_name == "option" and each.name != "help" for each in command.params)
    return " ".join(["rightful", name, *arguments, *(["[OPTIONS]"] if has_options else [])])


def _argument(parameter: Any) -> str:
    shown = (parameter.metavar or parameter.name).upper()
    return shown if parameter.required else f"[{shown}]"


def _parameters(command: Any) -> Iterator[str]:
    for each in command.params:
        if each.name == "help":
            continue
        named = _argument(each) if each.param_type_name == "argument" else ", ".join(each.opts)
        is_shown = each.default not in (None, False, "") and not each.required
        default = f"`{each.default}`" if is_shown else "must be given" if each.required else ""
        yield f"| `{named}` | {default} | {each.help} |"


def records_reference() -> str:
    """Write the reference of the CRM objects and their columns."""
    head = f"""# Records, column by column

{MADE}

Every table below is in a run, one row per record that stays. Source fields are delivered as text under `<field>_raw` and stay beside
the cleaned ones; `source_file` and `source_line` say where the row stood. A null always means unknown or none, as the meaning says.
`run.frame("accounts")` gives all columns of a table; a stage's own are in its folder, such as `quality/accounts.parquet`.

| kind | values |
|---|---|
| key, reference | text; an identifier |
| text, code | text; a code has normalised values such as `US` |
| number | decimal number |
| money | decimal number in US dollars |
| date | calendar date |
| instant | moment in UTC |
| flag | true or false |
"""
    return "\n".join([head, *(_records(each) for each in OBJECTS)])


def _records(crm_object: CrmObject) -> str:
    rows = [
        f"| `{field.name}` | {field.kind} | {stage} | {_meaning(field)} |"
        for stage in STAGE_ORDER
        for field in crm_object.fields_of(stage)
    ]
    return "\n".join(
        [
            f"## {crm_object.table}",
            "",
            f"One row per {crm_object.name}; the key is `{crm_object.key}`.",
            "",
            "| field | kind | from | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _meaning(field: Field) -> str:
    return field.meaning + (f" → `{field.refers_to}`" if field.refers_to else "")


def with_outputs(markdown: str, folder: Path) -> str:
    """Run the commands of a page in a folder, and put what each block prints into the `text` block below it.

    Blocks of commands without a `text` block are run as well, for those after them.
    """
    parts: list[str] = []
    at = 0
    for block in re.finditer(r"```sh\n(?P<commands>.*?)```\n(?:\n```text\n(?P<output>.*?)```\n)?", markdown, re.DOTALL):
        parts.append(markdown[at : block.start()])
        at = block.end()
        if "start.py" in block["commands"]:  # the first block of README: the continuous integration runs it
            parts.append(block[0])
            continue
        printed = run_commands(block["commands"], folder)
        shown = f"\n```text\n{printed}```\n" if block["output"] is not None else ""
        parts.append(f"```sh\n{block['commands']}```\n{shown}")
    return "".join([*parts, markdown[at:]])


def run_commands(commands: str, folder: Path) -> str:
    """Run lines of a shell in a folder and give what they print.

    Raises:
        RuntimeError: A command failed; with what it said.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "COLUMNS": "120", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(  # noqa: S603 - the documentation's own commands
        ["bash", "-euo", "pipefail", "-c", commands],  # noqa: S607 - whichever shell the reader has
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"{commands}\n{done.stdout}\n{done.stderr}"
        raise RuntimeError(message)
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def main() -> None:
    """Write the references that differ; with the word `outputs`, the outputs below commands."""
    if sys.argv[1:] != ["outputs"]:
        for path, text in references().items():
            _write(path, text)
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in pages_with_outputs():
            _write(path, with_outputs(path.read_text("utf-8"), Path(folder)))


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8", newline="\n")
        sys.stdout.write(f"wrote {path.relative_to(DOCS.parent)}\n")


if __name__ == "__main__":
    main()
