"""The commands ``owner``, ``ledger`` and ``audit``: who owned what, begin a ledger, verify it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import polars as pl
import typer
from rich.console import Console

from rightful.cli.options import AsJson, PlanFolder
from rightful.cli.show import echo_json
from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger import Ledger, ledger_url, open_ledger
from rightful.ledger.audit import audit, export_chain, read_anchor, write_anchor
from rightful.plan import load_plan
from rightful.runs.current import import_current
from rightful.runs.run import Run

__all__ = ["Actor", "LedgerUrl", "audit_app", "ledger_app", "owner_command", "print_history"]

LedgerUrl = Annotated[
    str,
    typer.Option(
        "--ledger",
        envvar="RIGHTFUL_LEDGER",
        help="URL of the ledger's database; by default ledger.sqlite in the plan's folder.",
        show_default=False,
    ),
]
Actor = Annotated[
    str, typer.Option("--as", help="Who does it; by default the user of this computer.", show_default=False)
]
_OnDay = typer.Option(
    metavar="DATE",
    show_default=False,
    help="Who owned it at the end of this date, or at this instant; in the plan's time zone. By default now.",
)
_KnownOnDay = typer.Option(
    metavar="DATE",
    show_default=False,
    help="As the ledger knew it at the end of this date, or at this instant. By default as it knows it now.",
)

ledger_app = typer.Typer(
    help="Begin a ledger: who owns what, from when to when, as known when.", no_args_is_help=True, rich_markup_mode=None
)
audit_app = typer.Typer(
    help="Verify that nobody has rewritten the ledger.", no_args_is_help=True, rich_markup_mode=None
)


@ledger_app.command("init")
def init_command(plan: PlanFolder, ledger: LedgerUrl = "") -> None:
    """Make the ledger of a plan, or bring its tables to this version."""
    with open_ledger(ledger_url(plan, ledger)) as opened:
        position = opened.position
        typer.echo(f"{opened.store.name}: {_entries(position.number)}")
        if opened.is_empty:
            typer.echo(f"Next: rightful ledger import {plan}")


@ledger_app.command("import")
def import_command(
    plan: PlanFolder,
    run_folder: Annotated[
        Path | None,
        typer.Option("--run", help="Folder of the run whose book is read; the newest by default.", show_default=False),
    ] = None,
    ledger: LedgerUrl = "",
    actor: Actor = "",
) -> None:
    """Record the owners of today, as the newest run read them from the book; for a ledger that knows none yet."""
    loaded, run = load_plan(plan), Run.open(run_folder) if run_folder else Run.latest(plan)
    with open_ledger(ledger_url(plan, ledger)) as opened:
        count = import_current(opened, run, loaded, at=datetime.now(UTC), actor=actor or getpass.getuser())
        typer.echo(f"{opened.store.name}: owners of {count:,} records as of {run.manifest.as_of:%Y-%m-%d %H:%M} UTC")


def owner_command(
    plan_or_record: Annotated[
        str, typer.Argument(metavar="PLAN", help="Folder of the plan; left out, this folder.", show_default=False)
    ],
    record: Annotated[str, typer.Argument(metavar="ID", help="Key of any record.", show_default=False)] = "",
    on: Annotated[str | None, _OnDay] = None,
    as_known_on: Annotated[str | None, _KnownOnDay] = None,
    ledger: LedgerUrl = "",
    as_json: AsJson = False,
) -> None:
    """Tell who owns a record, or owned it on a date, as known then or now; since when, why and by which change."""
    plan, record_id = (Path(plan_or_record), record) if record else (Path(), plan_or_record)
    zone = ZoneInfo(load_plan(plan).general.time_zone)
    with open_ledger(ledger_url(plan, ledger)) as opened:
        moment, known = _instant(on, zone) or datetime.now(UTC), _instant(as_known_on, zone)
        rows = opened.ownership(moment, known, record_ids=[record_id])
        if not rows.num_rows:
            raise _unknown(opened, record_id, zone, moment, known)
    if as_json:
        echo_json([_plain(row) for row in rows.to_pylist()])
        return
    for row in rows.to_pylist():
        _print_owner(row, zone)


def print_history(ledger: Ledger, record_id: str, *, as_json: bool) -> None:
    """Print everything that the ledger ever knew of a record.

    Raises:
        LedgerError: It never knew anything of it.
    """
    rows = ledger.history(record_id)
    if not rows.num_rows:
        raise _unknown(ledger, record_id, ZoneInfo("UTC"))
    if as_json:
        echo_json([_plain(row) for row in rows.to_pylist()])
        return
    console = Console(highlight=False)
    console.print(f"{rows['object'][0]} {record_id}, times in UTC", markup=False)
    for row in rows.to_pylist():
        for line in _belief_lines(row):
            console.print(line, markup=False, soft_wrap=True)


def _belief_lines(row: dict[str, Any]) -> Iterator[str]:
    seat = "" if row["seat"] == 1 else f" (seat {row['seat']})"
    where = f" for {row['territory_id']}" if row["territory_id"] else ""
    until = f" until {_day(row['valid_to'])}" if row["valid_to"] else ""
    yield f"{row['role']}{seat}: {row['rep_id'] or 'nobody'}{where} from {_day(row['valid_from'])}{until}"
    yield f"  {row['method']}: {row['reason']}"
    by = f", by {row['change_set_id']}" if row["change_set_id"] else ""
    superseded = f", superseded {_day(row['recorded_to'])}" if row["recorded_to"] else ""
    yield f"  recorded {_day(row['recorded_at'])}{superseded}{by}"


def _instant(given: str | None, zone: ZoneInfo) -> datetime | None:
    """Read a date as its last microsecond, and an instant as what it says, in the plan's time zone unless it has its own.

    Raises:
        typer.BadParameter: It is neither.
    """
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        problem = f"{given!r} is neither a date such as 2026-03-01 nor an instant such as 2026-03-01T14:30"
        raise typer.BadParameter(problem) from error
    if len(given) == len("2026-03-01"):
        moment += timedelta(days=1) - timedelta(microseconds=1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _unknown(
    ledger: Ledger, record_id: str, zone: ZoneInfo, moment: datetime | None = None, known: datetime | None = None
) -> LedgerError:
    rows = ledger.history(record_id)
    if not rows.num_rows:
        problem = f"the ledger knows nothing of a record {record_id!r}"
        remedy = "look at the key: capitals and zeros matter"
        if ledger.is_empty:
            remedy = "it is empty: `rightful ledger import PLAN` records the owners of today"
        return LedgerError(Mistake(Place(ledger.store.name), problem, remedy=remedy))
    first = pl.DataFrame(rows).select(pl.min("valid_from"), pl.min("recorded_at")).row(0)
    asked = f" on {_minute(moment, zone)}" if moment else ""
    seen = f", as known on {_minute(known, zone)}" if known else ""
    problem = f"the ledger knows nothing of {record_id!r}{asked}{seen}"
    allowed = f"from {_minute(first[0], zone)} on, as known since {_minute(first[1], zone)}, in {zone.key} time"
    return LedgerError(Mistake(Place(ledger.store.name), problem, allowed))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def _minute(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _day(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """Write an instant, without the time of day where it is midnight; empty for none."""
    if moment is None:
        return ""
    there = moment.astimezone(zone or UTC)
    return f"{there:%Y-%m-%d}" if (there.hour, there.minute) == (0, 0) else _minute(moment, zone or ZoneInfo("UTC"))


def _print_owner(row: dict[str, Any], zone: ZoneInfo) -> None:
    console = Console(highlight=False)
    seat = "" if row["seat"] == 1 else f" (seat {row['seat']})"
    share = "" if row["share"] == 1 else f", share {row['share']:g}"
    until = f" until {_day(row['valid_to'], zone)}" if row["valid_to"] else ""
    where = f" for {row['territory_id']}" if row["territory_id"] else ""
    by = f" by {row['change_set_id']}" if row["change_set_id"] else ""
    version = f", plan version {row['plan_version']}" if row["plan_version"] else ""
    lines = (
        f"{row['object']} {row['record_id']}, {row['role']}{seat}: {row['rep_id'] or 'nobody'}{where}{share}",
        f"  since {_day(row['valid_from'], zone)}{until}, in {zone.key} time",
        f"  {row['method']}: {row['reason']}",
        f"  recorded {_minute(row['recorded_at'], zone)}{by}{version}",
    )
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


@audit_app.command("verify")
def verify_command(
    plan: PlanFolder,
    anchor: Annotated[
        Path | None,
        typer.Option(
            help="File that names an entry known to be right; ledger.anchor beside the ledger.", show_default=False
        ),
    ] = None,
    ledger: LedgerUrl = "",
    as_json: AsJson = False,
) -> None:
    """Find out whether anything in the ledger was changed, removed, inserted or moved; then anchor its end."""
    with open_ledger(ledger_url(plan, ledger)) as opened:
        path = anchor or _anchor_of(opened, plan)
        known = read_anchor(path) if anchor or path.exists() else None
        found = audit(opened, known)
    if not found.problems:
        write_anchor(path, found.position)
    if as_json:
        echo_json(
            {
                "entries": found.position.number,
                "hash": found.position.hash,
                "beliefs": found.beliefs,
                "problems": found.problems,
            }
        )
    else:
        for problem in found.problems:
            typer.echo(problem)
        against = f", and follow on entry {known.number:,} of {path.name}" if known and known.number else ""
        sound = (
            f"hold together{against}; the anchor is {path}"
            if not found.problems
            else f"have {len(found.problems)} problems"
        )
        typer.echo(f"{_entries(found.position.number)} and {found.beliefs:,} beliefs {sound}")
    if found.problems:
        raise typer.Exit(1)


def _anchor_of(ledger: Ledger, plan: Path) -> Path:
    """Give the anchor file of a ledger: beside an SQLite file, else in the plan's folder."""
    return Path(ledger.store.name).with_suffix(".anchor") if ledger.store.is_sqlite else plan / "ledger.anchor"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


@audit_app.command("export")
def export_command(
    plan: PlanFolder,
    to: Annotated[Path, typer.Option("--to", help="File to write, JSON lines.", show_default=False)],
    ledger: LedgerUrl = "",
) -> None:
    """Write the audit chain for others to verify, with an anchor beside it."""
    with open_ledger(ledger_url(plan, ledger)) as opened:
        last = export_chain(opened, to)
    beside = to.with_name(to.name + ".anchor")
    write_anchor(beside, last)
    typer.echo(f"{to}: {_entries(last.number)}; anchor: {beside}")
