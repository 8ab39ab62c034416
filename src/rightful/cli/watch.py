"""The command ``rightful watch``: how the desk is doing, live in the terminal."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rightful.api.note import read_note
from rightful.cli.options import PlanFolder
from rightful.errors import DeskDown, Mistake, Place

__all__ = ["View", "watch_command", "watch_view"]

View = Mapping[str, Any]
"""What is shown: replies of the desk under the names status, pools and timers."""
_BARS = " ▁▂▃▄▅▆▇█"
_MOST_POOLS = 12
_MOST_MEMBERS = 3
_MOST_TIMERS = 10

_Url = Annotated[
    str,
    typer.Option(
        "--url", help="Where the desk is; by default the one that is served from this folder here.", show_default=False
    ),
]
_Key = Annotated[
    str, typer.Option("--key", envvar="RIGHTFUL_KEY", help="API key; needed with --url.", show_default=False)
]
_Every = Annotated[float, typer.Option("--every", min=0.1, help="Seconds between two looks.")]
_Once = Annotated[bool, typer.Option("--once", help="Look once, print it, and end.")]


def watch_command(plan: PlanFolder, url: _Url = "", key: _Key = "", every: _Every = 1.0, once: _Once = False) -> None:
    """Show how the desk is doing, live: decisions per minute, latency, pools, deadlines."""
    console = Console(highlight=False)
    with _client(plan, url, key) as client:
        if once:
            console.print(watch_view(_looked(client), datetime.now(UTC)))
            return
        with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
            while True:
                live.update(watch_view(_looked(client), datetime.now(UTC)), refresh=True)
                time.sleep(every)


def _client(plan: Path, url: str, key: str) -> httpx.Client:
    if url:
        return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10)
    note = read_note(plan)
    if note is None:
        problem, remedy = (
            "no desk is served from this folder on this computer",
            f"start it: `rightful serve {plan}`; or give --url",
        )
        raise DeskDown(Mistake(Place(str(plan)), problem, remedy=remedy))
    verify = ssl.create_default_context(cafile=note.certificate) if note.certificate else True
    return httpx.Client(base_url=note.url, headers={"Authorization": f"Bearer {note.key}"}, timeout=10, verify=verify)


def _looked(client: httpx.Client) -> View:
    """Ask the desk.

    Raises:
        DeskDown: It does not answer, or not as a desk does.
    """
    try:
        replies = {name: client.get(f"/v1/{name}") for name in ("status", "pools", "timers")}
        for each in replies.values():
            each.raise_for_status()
        return {name: each.json() for name, each in replies.items()}
    except (httpx.HTTPError, ValueError) as error:
        remedy = "look whether it is served, and whether the key is valid"
        raise DeskDown(
            Mistake(Place(str(client.base_url)), f"the desk cannot be asked: {error}", remedy=remedy)
        ) from error


def watch_view(view: View, now: datetime) -> Group:
    """Draw what the desk replied.

    Args:
        view: Its replies.
        now: The moment, for how long is left until deadlines.
    """
    return Group(
        _figures(view["status"]), Text(), _pools(view["pools"]["pools"]), Text(), _timers(view["timers"]["timers"], now)
    )


def _figures(status: Mapping[str, Any]) -> Group:
    counts = status["decisions_per_minute"]
    whole = counts[-2] if len(counts) > 1 else 0
    latency = (
        "no decision yet"
        if status["p50_ms"] is None
        else f"p50 {status['p50_ms']:.1f} ms, p99 {status['p99_ms']:.1f} ms"
    )
    state = "ready" if status["is_ready"] else "not ready"
    waits = ", ".join(
        f"{status[name]:,} {word}"
        for name, word in (
            ("waiting", "waiting"),
            ("queued", "queued"),
            ("held", "held"),
            ("exceptions", "exceptions"),
            ("dead_letters", "dead letters"),
        )
    )
    outbox = f"outbox {status['outbox_pending']:,}, oldest {status['outbox_oldest_seconds']:.0f} s"
    timers = f"timers {status['timers_armed']:,}, latest {status['timer_late_seconds']:.0f} s late"
    return Group(
        Text(
            f"Desk {state}: plan {status['plan_version']}, book {status['book']}",
            "bold" if status["is_ready"] else "bold red",
        ),
        Text(f"per minute {counts[-1]:,} now, {whole:,} before  {_spark(counts)}"),
        Text(f"latency    {latency}"),
        Text(f"records    {waits}"),
        Text(f"others     {outbox}; {timers}"),
    )


def _spark(counts: list[int]) -> str:
    most = max(counts, default=0)
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] if most else _BARS[0] for count in counts)


def _pools(pools: list[Mapping[str, Any]]) -> Table:
    table = Table("pool", "next", "there", "members by position (open of capacity)", box=None, header_style="bold")
    for pool in pools[:_MOST_POOLS]:
        members = sorted(pool["members"], key=lambda each: (not each["is_present"], each["position"]))
        shown = ", ".join(_member(each) for each in members[:_MOST_MEMBERS])
        more = f" and {len(members) - _MOST_MEMBERS} more" if len(members) > _MOST_MEMBERS else ""
        there = sum(each["is_present"] for each in members)
        table.add_row(
            _shown(pool["pool_id"]), _shown(pool["next_rep_id"] or "-"), f"{there}/{len(members)}", _shown(shown + more)
        )
    return table


def _member(member: Mapping[str, Any]) -> str:
    capacity = "" if member["capacity"] is None else f"/{member['capacity']:g}"
    away = "" if member["is_present"] else " away"
    return f"{member['rep_id']} {member['position']:g} ({member['open_records']}{capacity}{away})"


def _timers(timers: list[Mapping[str, Any]], now: datetime) -> Table:
    table = Table("due", "what", "record", box=None, header_style="bold")
    for timer in timers[:_MOST_TIMERS]:
        left = (datetime.fromisoformat(timer["due_at"]) - now).total_seconds()
        due = Text(_span(left), "red" if left < 0 else "yellow" if left < 600 else "")
        table.add_row(due, _shown(timer["kind"]), _shown(f"{timer['object']} {timer['record_id']}"))
    return table


def _shown(text: str) -> Text:
    """Write what others chose as itself: letters that would steer the terminal are left out."""
    return Text("".join(letter if letter.isprintable() else "?" for letter in text))


def _span(seconds: float) -> str:
    """Write a span of time.

    Example:
        >>> _span(3725), _span(-61)
        ('1:02:05', '-0:01:01')
    """
    whole = round(abs(seconds))
    return f"{'-' if seconds < 0 else ''}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
