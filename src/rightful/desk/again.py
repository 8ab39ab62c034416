"""Tell the desk everything again that it was told, and compare the answers: a decision is what its inputs make it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rightful.desk.answers import Answer
from rightful.desk.checkpoints import Checkpoint, checkpoints, restore
from rightful.desk.commands import command_from
from rightful.desk.desk import Desk
from rightful.errors import DeskError, Mistake, NoSuchRecord
from rightful.ledger import Ledger, open_ledger
from rightful.ledger.desk_tables import desk_requests
from rightful.ledger.requests import DROPPED_TO
from rightful.ledger.schema import entries
from rightful.plan import Plan
from rightful.runs.run import Run
from rightful.stages.routing.hours import instant

__all__ = ["Told", "tell_again"]

_ROWS = 1_000
_AFTER = (
    sa.select(desk_requests, entries.c.content)
    .join(entries, entries.c.position == desk_requests.c.position)
    .where(desk_requests.c.position > sa.bindparam("after"))
    .order_by(desk_requests.c.position, desk_requests.c.number)
)
_RETAINED = sa.select(entries.c.content).where(entries.c.event == "retain")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of telling everything again.

    Attributes:
        commands: How many were told.
        differences: Where the answer is another one than it was; nothing where all is well.
        since: Moment of the checkpoint from which they were told: those before are kept no longer. None where all are there.
    """

    commands: int
    differences: tuple[str, ...]
    since: datetime | None = None


class _Clock:
    """Gives the moment at which the command that is told came."""

    now = 0

    def __call__(self) -> int:
        return self.now


def tell_again(ledger: Ledger, run: Run, plan: Plan, earlier: Sequence[Plan] = ()) -> Told:
    """Tell a new desk every command that a ledger keeps in its order, each at its moment and by the plan that was in force.

    Args:
        ledger: The ledger; it is only read.
        run: The run whose book the desk had when it began.
        plan: The plan in force now; commands that a plan decided which is not given are told to the one before.
        earlier: Plans that were in force before.

    Raises:
        NoSuchRecord: Commands were dropped, and the checkpoint is missing from which the others could be told.
    """
    plans = {each.version: each for each in (*earlier, plan)}
    with tempfile.TemporaryDirectory(prefix="rightful-") as folder, ledger.store.reading() as connection:
        begin = _begin(connection)
        again = open_ledger(Path(folder) / "again.sqlite")
        if begin is not None:
            restore(connection, begin.position, again)
        rows = connection.execute(
            _AFTER, {"after": begin.position if begin else 0}, execution_options={"yield_per": _ROWS}
        )
        clock, count, differences = _Clock(), 0, list[str]()
        desk: Desk | None = None
        for row in rows:
            count += 1
            clock.now = row.received_at
            version = json.loads(row.content)["plan_version"]
            if desk is None:
                desk = Desk(again, run, plans.get(version, plan), clock)
            elif version != desk.plan.version and version in plans:
                desk.use(plans[version])
            differences.extend(_differences(desk, row))
        if desk is not None:
            desk.close()
        return Told(count, tuple(differences), instant(begin.moment) if begin else None)


def _begin(connection: sa.Connection) -> Checkpoint | None:
    """Give the checkpoint from which to begin; None where no command was dropped."""
    contents: list[Mapping[str, Any]] = [json.loads(content) for (content,) in connection.execute(_RETAINED)]
    dropped = max((content["facts"].get(DROPPED_TO, 0) for content in contents), default=0)
    if not dropped:
        return None
    found = next((each for each in checkpoints(connection) if each.position == dropped), None)
    if found is None:
        raise NoSuchRecord(
            Mistake(None, f"the checkpoint at entry {dropped} is missing, and what was asked before it is gone")
        )
    return found


def _differences(desk: Desk, row: Any) -> Iterator[str]:
    try:
        found = desk.do(command_from(row.body), key=row.key, actor=row.actor)
    except DeskError as error:
        yield f"{row.key}: {row.kind} was answered then, and is refused now: {error}"
        return
    then = Answer.from_text(row.answer)
    if found != then:
        named = [name for name, value in then.as_json().items() if found.as_json()[name] != value]
        yield f"{row.key}: {row.kind} has another {', '.join(named)} than then"
