"""Tell the desk everything again that it was told, from the beginning, and compare the answers: a decision is what its inputs make it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from rightful.desk.answers import Answer
from rightful.desk.commands import command_from
from rightful.desk.desk import Desk
from rightful.errors import DeskError
from rightful.ledger import Ledger, open_ledger
from rightful.ledger.desk_tables import desk_requests
from rightful.plan import Plan
from rightful.runs.run import Run

__all__ = ["Told", "tell_again"]

_ALL = sa.select(desk_requests).order_by(desk_requests.c.position, desk_requests.c.number)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of telling everything again.

    Attributes:
        commands: How many were told.
        differences: Where the answer is another one than it was; nothing where all is well.
    """

    commands: int
    differences: tuple[str, ...]


class _Clock:
    """Gives the moment at which the command that is told came."""

    now = 0

    def __call__(self) -> int:
        return self.now


def tell_again(ledger: Ledger, run: Run, plan: Plan) -> Told:
    """Tell a new desk every command of a ledger in its order, each at its moment.

    Args:
        ledger: The ledger; it is only read.
        run: The run whose book the desk had when it began.
        plan: The plan that it had; commands that another plan decided are differences.
    """
    with ledger.store.reading() as connection:
        rows = list(connection.execute(_ALL))
    with tempfile.TemporaryDirectory(prefix="rightful-") as folder:
        clock = _Clock()
        clock.now = rows[0].received_at if rows else 0
        with Desk(open_ledger(Path(folder) / "again.sqlite"), run, plan, clock) as desk:
            return Told(len(rows), tuple(_differences(desk, rows, clock)))


def _differences(desk: Desk, rows: list[sa.Row[tuple[object, ...]]], clock: _Clock) -> Iterator[str]:
    for row in rows:
        clock.now = row.received_at
        try:
            found = desk.do(command_from(row.body), key=row.key, actor=row.actor)
        except DeskError as error:
            yield f"{row.key}: {row.kind} was answered then, and is refused now: {error}"
            continue
        then = Answer.from_text(row.answer)
        if found != then:
            named = [name for name, value in then.as_json().items() if found.as_json()[name] != value]
            yield f"{row.key}: {row.kind} has another {', '.join(named)} than then"
