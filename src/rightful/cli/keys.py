"""The commands ``rightful keys``: who may call the desk."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from rightful.api.keys import ApiKey, Wanted, create_key, list_keys, revoke_key, rotate_key
from rightful.api.roles import SCOPES, Role, Scope
from rightful.cli.ledger import Actor, LedgerUrl
from rightful.cli.options import AsJson, PlanFolder
from rightful.cli.show import echo_json
from rightful.ledger import ledger_url, open_ledger
from rightful.ledger.shapes import instant_of, micros_of

__all__ = ["keys_app"]

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_KeyId = Annotated[
    str, typer.Argument(metavar="KEY_ID", help="Identifier of the key, as `keys list` shows it.", show_default=False)
]
_RoleOf = Annotated[Role, typer.Option("--role", help="What its holder is.", show_default=False)]
_Name = Annotated[
    str, typer.Option("--name", help="What people call it, such as the system that uses it.", show_default=False)
]
_Scopes = Annotated[
    list[Scope] | None,
    typer.Option("--scope", help="Narrow it to this scope of its role; may be repeated.", show_default=False),
]
_Reps = Annotated[
    list[str] | None,
    typer.Option("--rep", help="Rep that a key of role rep speaks for; may be repeated.", show_default=False),
]
_Days = Annotated[int, typer.Option("--days", min=0, help="Days it lasts; 0 for ever.")]
_Overlap = Annotated[int, typer.Option("--overlap-hours", min=0, help="Hours in which the old key is still taken.")]

keys_app = typer.Typer(
    help="Make, list, rotate and revoke API keys of the desk.", no_args_is_help=True, rich_markup_mode=None
)


@keys_app.command("create")
def create_command(  # noqa: PLR0913, PLR0917 - the library makes an option of each parameter
    plan: PlanFolder,
    role: _RoleOf,
    name: _Name,
    scopes: _Scopes = None,
    reps: _Reps = None,
    days: _Days = 365,
    ledger: LedgerUrl = "",
    actor: Actor = "",
) -> None:
    """Make an API key and print it, this once: only a salted digest of it is kept."""
    now = _now()
    expires_at = now + days * _DAY if days else None
    wanted = Wanted(name, role, tuple(scopes or ()), tuple(reps or ()), expires_at)
    with open_ledger(ledger_url(plan, ledger)) as opened:
        typer.echo(create_key(opened, wanted, at=now, actor=actor or getpass.getuser()))


@keys_app.command("list")
def list_command(plan: PlanFolder, ledger: LedgerUrl = "", as_json: AsJson = False) -> None:
    """List the keys: who has which role, until when."""
    now = _now()
    with open_ledger(ledger_url(plan, ledger)) as opened:
        keys = list_keys(opened)
    if as_json:
        echo_json([_plain(key, now) for key in keys])
        return
    rows = [("key", "name", "role", "scopes", "created", "expires", "state")]
    for key in keys:
        scopes, expires = " ".join(key.scopes.split()) or "all", _day(key.expires_at) or "never"
        rows.append((key.key_id, key.name, key.role.value, scopes, _day(key.created_at), expires, key.state(now)))
    _print_rows(rows)


@keys_app.command("rotate")
def rotate_command(
    plan: PlanFolder, key_id: _KeyId, overlap_hours: _Overlap = 24, ledger: LedgerUrl = "", actor: Actor = ""
) -> None:
    """Make a key in the place of another, which is taken a while longer; print it, this once."""
    overlap = int(timedelta(hours=overlap_hours).total_seconds()) * _SECOND
    with open_ledger(ledger_url(plan, ledger)) as opened:
        who = actor or getpass.getuser()
        typer.echo(rotate_key(opened, key_id, at=_now(), overlap_micros=overlap, actor=who))


@keys_app.command("revoke")
def revoke_command(plan: PlanFolder, key_id: _KeyId, ledger: LedgerUrl = "", actor: Actor = "") -> None:
    """End a key: a desk that is served refuses it within a second."""
    with open_ledger(ledger_url(plan, ledger)) as opened:
        revoke_key(opened, key_id, at=_now(), actor=actor or getpass.getuser())
    typer.echo(f"{key_id} is revoked")


@keys_app.command("roles")
def roles_command(as_json: AsJson = False) -> None:
    """List the roles and their scopes."""
    if as_json:
        echo_json({role.value: sorted(SCOPES[role]) for role in Role})
        return
    scopes = {role: " ".join(scope.value for scope in Scope if scope in SCOPES[role]) for role in Role}
    _print_rows([("role", "scopes"), *((role.value, scopes[role]) for role in Role)])


def _print_rows(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with their columns below each other, one per line however narrow the terminal."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _plain(key: ApiKey, now: int) -> dict[str, str | list[str] | None]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "role": key.role.value,
        "scopes": key.scopes.split(),
        "created_at": instant_of(key.created_at).isoformat(),
        "expires_at": instant_of(key.expires_at).isoformat() if key.expires_at is not None else None,
        "state": key.state(now),
    }


def _now() -> int:
    return micros_of(datetime.now(UTC))


def _day(moment: int | None) -> str:
    return "" if moment is None else f"{datetime.fromtimestamp(moment / _SECOND, UTC):%Y-%m-%d}"
