"""The command ``rightful route``: one record through the desk, from the command line."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rightful.cli.ledger import LedgerUrl
from rightful.cli.options import AsJson, PlanFolder, RunFolder
from rightful.cli.show import echo_json
from rightful.desk.answers import Answer
from rightful.desk.commands import Route, digest_of, text_of
from rightful.desk.desk import open_desk
from rightful.desk.look import ROUTABLE
from rightful.errors import BadRecord, Mistake, Place

__all__ = ["route_command"]


def route_command(  # noqa: PLR0913, PLR0917 - the library makes an option of each parameter
    plan: PlanFolder,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON object with the record's fields; - reads it from the input.")
    ],
    kind: Annotated[str, typer.Option("--object", help=f"Kind of record: {', '.join(ROUTABLE)}.")] = "lead",
    key: Annotated[
        str,
        typer.Option(help="Idempotency key; by default the record itself, so that the same record is decided once."),
    ] = "",
    run_folder: RunFolder = None,
    ledger: LedgerUrl = "",
    as_json: AsJson = False,
) -> None:
    """Decide one record as the desk does: who acts on it now, and why. What it answers is in the ledger."""
    command = Route(kind, _record(file))
    with open_desk(plan, ledger=ledger, run=run_folder) as desk:
        answer = desk.do(command, key=key or f"cli:{digest_of(text_of(command))}", actor=getpass.getuser())
    if as_json:
        echo_json(answer.as_json())
        return
    for line in _lines(answer):
        typer.echo(line)


def _record(file: Path) -> dict[str, str | None]:
    """Read the record; numbers and flags become texts as a file of the book would hold them."""
    place = Place("the input" if str(file) == "-" else str(file))
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        values = json.loads(text)
    except (OSError, ValueError) as error:
        raise BadRecord(Mistake(place, f"no JSON can be read: {error}", "an object of fields and values")) from error
    if not isinstance(values, dict):
        raise BadRecord(Mistake(place, f"a {type(values).__name__} is no record", "an object of fields and values"))
    return {str(name): _text(name, value, place) for name, value in values.items()}


def _text(name: str, value: Any, place: Place) -> str | None:
    if isinstance(value, (dict, list)):
        raise BadRecord(Mistake(place, f"the value of {name!r} is a {type(value).__name__}", "texts, numbers, flags"))
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def _lines(answer: Answer) -> list[str]:
    repeated = " (decided before)" if answer.is_replayed else ""
    lines = [f"{answer.object} {answer.record_id}: {answer.status}, {answer.rep_id or 'nobody'}{repeated}"]
    likely = f" ({answer.probability:.2f})" if answer.probability is not None else ""
    shown = {
        "why": answer.reason,
        "account": f"{answer.account_id}{likely}" if answer.account_id else None,
        "territory": answer.territory_id,
        "score": f"{answer.score:g}, grade {answer.grade} ({answer.rating})" if answer.score is not None else None,
        "respond by": f"{answer.sla_due_at:%Y-%m-%d %H:%M} UTC" if answer.sla_due_at else None,
        "decision": answer.decision_id,
    }
    return lines + [f"  {name:<11}{value}" for name, value in shown.items() if value]
