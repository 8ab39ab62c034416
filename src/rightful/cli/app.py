"""The command line: one function per command, thin over the Python API."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from rightful.cli.changes import (
    apply_command,
    approve_command,
    explain_command,
    history_command,
    propose_command,
    rollback_command,
    status_command,
)
from rightful.cli.diff import diff_command
from rightful.cli.ledger import audit_app, ledger_app, owner_command
from rightful.cli.match import match_app
from rightful.cli.progress import shown_progress
from rightful.cli.prove import prove_command
from rightful.cli.replay import events_command, replay_command
from rightful.cli.show import echo_json, print_checked, print_explanation, print_run
from rightful.cli.train import train_command
from rightful.plan import load_plan
from rightful.plan.schema import plan_schema
from rightful.runs.check import check_folder
from rightful.runs.pipeline import Output, run_plan
from rightful.runs.run import Run
from rightful.runs.summary import summarise
from rightful.runs.why import explain
from rightful.sample import write_sample

__all__ = ["app"]

app = typer.Typer(
    name="rightful",
    help="Territory management automation: every revenue record with its rightful owner, and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help="Folder of the plan.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
RunFolder = Annotated[
    Path | None, typer.Option("--run", help="Folder of a run; the newest by default.", show_default=False)
]


@app.command()
def init(
    folder: PlanFolder,
    accounts: Annotated[int, typer.Option(help="Accounts in the sample book, 200 or more.")] = 5_000,
    leads: Annotated[int, typer.Option(help="Leads in the sample book, 50 or more.")] = 2_000,
    reps: Annotated[int, typer.Option(help="Reps in the sample book, 15 or more.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed gives the same book.")] = 7,
) -> None:
    """Write a plan folder with a sample book, to try things on and to start from."""
    made = write_sample(folder, accounts=accounts, leads=leads, reps=reps, seed=seed)
    counts = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in made.rows.items())
    typer.echo(f"{folder}: a plan with {made.territories} territories and a book of {counts}")
    typer.echo(f"Next: rightful run {quote(str(folder))}")


@app.command()
def check(plan: PlanFolder, as_json: AsJson = False) -> None:
    """Check plan and book: all mistakes at once, each with its place, what is allowed and what to do."""
    loaded, checked = check_folder(plan)
    print_checked(loaded, checked, plan, as_json=as_json)
    if checked.errors:
        raise typer.Exit(1)


@app.command()
def run(
    plan: PlanFolder,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            help="UTC instant at which the book is read; by default the plan's, else now.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; by default below runs/ of the plan.", show_default=False)
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write workbooks beside the CSV files.")] = False,
    memory: Annotated[str, typer.Option(help="Most memory of the tables before they spill to disk.")] = "3GB",
    as_json: AsJson = False,
) -> None:
    """Run the plan over its book: clean, segment, match, score, assign and route every record."""
    loaded = load_plan(plan)
    output = Output(("csv", "xlsx") if xlsx else ("csv",))
    with shown_progress() as tell:
        done = run_plan(loaded, out=out, as_of=as_of, output=output, on_progress=tell, memory=memory)
    print_run(done, summarise(done), plan, as_json=as_json)


@app.command()
def why(
    plan: PlanFolder,
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Key of any record.", show_default=False)],
    run_folder: RunFolder = None,
    as_json: AsJson = False,
) -> None:
    """Explain a record of the newest run: what was cleaned, segment, match, score, territory and rep, and why."""
    found = Run.open(run_folder) if run_folder else Run.latest(plan)
    print_explanation(explain(found, record_id), as_json=as_json)


@app.command()
def schema(
    section: Annotated[str, typer.Argument(help="Section, such as quality; all sections when left out.")] = "",
) -> None:
    """Print the JSON Schema of the plan's files, for completion in editors."""
    echo_json(plan_schema(section))


app.command("train")(train_command)
app.command("prove")(prove_command)
app.command("diff")(diff_command)
app.add_typer(match_app, name="match")
app.command("replay")(replay_command)
app.command("events")(events_command)
app.command("owner")(owner_command)
app.add_typer(ledger_app, name="ledger")
app.add_typer(audit_app, name="audit")
app.command("propose")(propose_command)
app.command("explain")(explain_command)
app.command("approve")(approve_command)
app.command("apply")(apply_command)
app.command("rollback")(rollback_command)
app.command("status")(status_command)
app.command("history")(history_command)
