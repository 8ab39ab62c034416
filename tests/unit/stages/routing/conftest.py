"""A small world for routing: a plan, reps, absences, and a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from rightful.plan import Plan, plan_from
from rightful.stages.routing import Case, Context, Decision, PoolState, Rulings, State, context_of, route
from rightful.stages.routing.hours import moment_of

TUESDAY = datetime(2026, 6, 30, 12, tzinfo=UTC)


class World:
    """Routes records one after another and remembers the state."""

    def __init__(
        self,
        routing: str = "",
        reps: Sequence[Mapping[str, Any]] | str = "R1 R2 R3",
        absences: Sequence[Mapping[str, Any]] = (),
        **files: str,
    ) -> None:
        rows = [{"rep_id": name} for name in reps.split()] if isinstance(reps, str) else list(reps)
        texts = {"routing.yaml": routing, **{f"{name}.yaml": text for name, text in files.items()}}
        self.plan: Plan = plan_from(texts)
        self.context: Context = context_of(self.plan, rows, absences, TUESDAY.date())
        self.rulings = Rulings(self.plan)
        self.state = State()
        self._count = 0

    def case(self, at: datetime = TUESDAY, team: Mapping[str, str] | None = None, **record: Any) -> Case:
        """Make a case of a record's values."""
        self._count += 1
        moment = moment_of(at)
        return Case(
            "lead",
            str(record.get("lead_id", f"L{self._count}")),
            self.rulings.of({"object": "lead", **record}),
            moment,
            moment,
            record.get("owner_id"),
            record.get("matched_account_id"),
            team or {},
            record,
            str(record.get("domain") or f"L{self._count}"),
        )

    def route(self, at: datetime = TUESDAY, team: Mapping[str, str] | None = None, **record: Any) -> Decision:
        """Route a record and remember."""
        decision, self.state = route(self.case(at, team, **record), self.context, self.state)
        return decision

    def reps(self, count: int, at: datetime = TUESDAY, **record: Any) -> str:
        """Give who gets so many records, one after another."""
        return " ".join(self.route(at, **record).rep_id or "-" for _ in range(count))

    def set_positions(self, pool: str, **positions: float) -> None:
        """Say where the members of a pool stand, who all were there before."""
        present = tuple(positions)
        self.state = State({**self.state.pools, pool: PoolState(positions, present)}, self.state.reps, self.state.given)


@pytest.fixture
def world() -> Callable[..., World]:
    """Give the world's maker."""
    return World
