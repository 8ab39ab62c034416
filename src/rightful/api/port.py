"""The desk as the API sees it, so that tests can put another in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rightful.desk.answers import Answer, DecisionView, Figures, MessageView, PoolView, TimerView
from rightful.desk.commands import Command
from rightful.errors import DeskError
from rightful.plan import Plan

__all__ = ["Desk"]


class Desk(Protocol):
    """Decides records durably; thread-safe."""

    @property
    def plan(self) -> Plan:
        """The plan in force."""

    @property
    def book(self) -> str:
        """Name of the run whose book is used."""

    @property
    def is_ready(self) -> bool:
        """Whether it takes commands."""

    @property
    def waiting(self) -> int:
        """Commands that wait for their turn."""

    def do(self, command: Command, *, key: str, actor: str) -> Answer:
        """Carry out a command; durable when it returns."""

    def do_many(self, commands: Sequence[tuple[Command, str]], *, actor: str) -> tuple[Answer | DeskError, ...]:
        """Carry out commands with their keys, together."""

    def tick(self) -> int:
        """Fire the timers that are due."""

    def next_due_seconds(self) -> float:
        """How long until one is due, at most a second."""

    def use(self, plan: Plan) -> None:
        """Put a plan in force."""

    def decision(self, decision_id: str) -> DecisionView | None:
        """Give a decision."""

    def record(self, object: str, record_id: str) -> Answer | None:  # noqa: A002 - the desk's own word
        """Give the newest answer of a record."""

    def exceptions(self, *, cause: str = "", limit: int = 100, after: str = "") -> tuple[Answer, ...]:
        """Give records that are exceptions."""

    def pools(self) -> tuple[PoolView, ...]:
        """Give the pools."""

    def sla(self, limit: int = 100) -> tuple[TimerView, ...]:
        """Give armed timers, the next first."""

    def dead_letters(self, limit: int = 100) -> tuple[MessageView, ...]:
        """Give messages that were given up."""

    def figures(self) -> Figures:
        """Give the counts of the moment."""

    def deliver_due(self) -> int:
        """Send messages that are due."""

    def retain(self) -> object:
        """Drop what the plan keeps no longer."""

    def close(self) -> None:
        """Take no new commands, and finish what waits."""
