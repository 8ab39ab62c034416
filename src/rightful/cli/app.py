"""The command line: each command a thin function over the Python API, loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

__all__ = ["app"]

_HOMES = {
    "init": "init:init_command",
    "check": "check:check_command",
    "run": "run:run_command",
    "why": "why:why_command",
    "schema": "schema:schema_command",
    "train": "train:train_command",
    "prove": "prove:prove_command",
    "diff": "diff:diff_command",
    "match": "match:match_app",
    "index": "index:index_command",
    "merge": "merge:merge_app",
    "replay": "replay:replay_command",
    "events": "replay:events_command",
    "owner": "ledger:owner_command",
    "ledger": "ledger:ledger_app",
    "audit": "ledger:audit_app",
    "propose": "changes:propose_command",
    "explain": "changes:explain_command",
    "approve": "changes:approve_command",
    "withdraw": "changes:withdraw_command",
    "apply": "changes:apply_command",
    "rollback": "changes:rollback_command",
    "status": "changes:status_command",
    "history": "changes:history_command",
    "route": "route:route_command",
    "serve": "serve:serve_command",
    "watch": "watch:watch_command",
    "desk": "desk:desk_app",
    "keys": "keys:keys_app",
}
"""Where each command lives, in the order in which help lists them."""


class _Commands(TyperGroup):
    """All commands; one is loaded when it is asked for, since each needs a part of the library and all take seconds."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is the library's
        return list(_HOMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in _HOMES and cmd_name not in self.commands:
            self.commands[cmd_name] = _loaded(cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in _HOMES:  # what comes near is looked for among those loaded
            for name in _HOMES:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)


def _loaded(name: str) -> Any:
    module, _, attribute = _HOMES[name].partition(":")
    found = getattr(import_module(f"rightful.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_command(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)


app = typer.Typer(
    name="rightful",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _rightful() -> None:
    """Territory management automation: every revenue record with its rightful owner, and why."""
