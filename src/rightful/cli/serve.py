"""The command ``rightful serve``: the desk over HTTP."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from rightful.api.keys import Keyring, Wanted, create_key, list_keys
from rightful.api.logs import Log
from rightful.api.note import Note, announced
from rightful.api.reload import Reloader
from rightful.api.roles import Role, Scope
from rightful.api.server import Address, bound, serve, warning_of
from rightful.api.service import Limits, Service
from rightful.cli.ledger import LedgerUrl
from rightful.cli.options import PlanFolder, RunFolder
from rightful.desk.desk import Desk, now_micros, open_desk
from rightful.plan import load_plan

__all__ = ["serve_command"]

_Host = Annotated[str, typer.Option(help="Address to listen at; by default only this computer reaches it.")]
_Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen at; 0 for any that is free.")]
_Certificate = Annotated[
    Path | None, typer.Option(help="File of the TLS certificate, with its chain.", exists=True, show_default=False)
]
_PrivateKey = Annotated[
    Path | None, typer.Option(help="File of the certificate's private key.", exists=True, show_default=False)
]
_Rate = Annotated[float, typer.Option(min=1, help="Records, and other requests, that a key may send each second.")]
_Drain = Annotated[
    float,
    typer.Option(min=0, help="Seconds in which requests are still taken after the signal to end, with /readyz red."),
]


def serve_command(  # noqa: PLR0913, PLR0917 - the library makes an option of each parameter
    plan: PlanFolder,
    host: _Host = "127.0.0.1",
    port: _Port = 8090,
    run_folder: RunFolder = None,
    ledger: LedgerUrl = "",
    tls_certificate: _Certificate = None,
    tls_key: _PrivateKey = None,
    rate: _Rate = 2_000,
    drain: _Drain = 0,
) -> None:
    """Serve the desk: decide one record at a time over HTTP, durably, by the plan and with the book of the newest run."""
    if (tls_certificate is None) != (tls_key is None):
        raise typer.BadParameter("--tls-certificate and --tls-key come together")
    address = Address(host, port, tls_certificate, tls_key, drain)
    if warning := warning_of(address):
        typer.echo(warning, err=True)
    try:
        listener = bound(address)
    except OSError as error:
        raise typer.BadParameter(f"{host}:{port} cannot be listened at: {error.strerror or error}") from error
    with listener, open_desk(plan, ledger=ledger, run=run_folder) as desk:
        _serve(desk, plan, address, listener, Limits(per_second=rate, burst=2 * rate))


def _serve(desk: Desk, plan: Path, address: Address, listener: socket.socket, limits: Limits) -> None:
    log, keyring = Log(now_micros), Keyring(desk.ledger, now_micros)
    service = Service(desk, keyring, log, clock=now_micros, limits=limits)
    reloader = Reloader(desk, plan, load_plan, service.instant)
    port = listener.getsockname()[1]
    if not list_keys(desk.ledger):
        wanted = Wanted("made at the first start", Role.ADMIN)
        text = create_key(desk.ledger, wanted, at=now_micros(), actor=getpass.getuser())
        typer.echo(f"The first key, of role admin, is shown this once: {text}")
    typer.echo(f"{desk.plan.name}: {address.url(port)} (plan {desk.plan.version}, book {desk.book})")
    typer.echo(f"Watch it: rightful watch {quote(str(plan))}")
    watching = keyring.issue(Wanted("watch", Role.VIEWER, (Scope.LISTS, Scope.METRICS)))
    note = Note(address.url(port), watching, str(address.certificate or ""), os.getpid())
    with announced(plan, note):
        serve(service, reloader, address, listener)
