"""What a command finds out about its record before its turn: all that is costly and needs no lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rightful.crm import OBJECTS
from rightful.desk.commands import Command, Fire, Reassign, Reject, Resolve, Route
from rightful.desk.explain import parts_of
from rightful.desk.in_force import InForce, table_of
from rightful.desk.pipeline import as_source, understood
from rightful.desk.standing import Standing
from rightful.desk.work import Looked
from rightful.errors import BadRecord, Mistake, near_miss

__all__ = ["ROUTABLE", "Find", "look", "look_at"]

ROUTABLE = ("lead", "contact", "account", "opportunity", "task")
"""Kinds of records that the desk takes."""
Find = Callable[[Command], Standing | None]
"""Gives how the record of a command stands."""


def look(command: Command, now: InForce, moment: int, find: Find) -> Looked | None:
    """Look at the record of a command; None for a command that decides nothing.

    Args:
        command: The command.
        now: The plan in force.
        moment: The moment at which the command came.
        find: Gives how the record stands.

    Raises:
        BadRecord: The record cannot be read.
    """
    if isinstance(command, Route):
        if command.object not in ROUTABLE:
            remedy = near_miss(command.object, [each.name for each in OBJECTS])
            raise BadRecord(Mistake(None, f"no record of kind {command.object!r}", ", ".join(ROUTABLE), remedy))
        table = table_of(command.object)
        source = as_source(table, command.record, now.plan.desk.fields.get(table, {}))
        return look_at(command.object, source, now, moment)
    if isinstance(command, (Reject, Reassign, Resolve, Fire)):
        standing = find(command)
        if standing is not None:
            return look_at(standing.object, standing.source, now, moment)
    return None


def look_at(object_name: str, source: Mapping[str, str | None], now: InForce, moment: int) -> Looked:
    """Look at a record."""
    found = understood(object_name, source, now, moment)
    return Looked(source, found, parts_of(found), now)
