"""What the desk replies: models that describe the interface. The values are made by the desk, not by these."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "PROBLEM_SCHEMA",
    "AnswerReply", "AnswersReply", "BatchReply", "DecisionReply", "Health", "MessagesReply", "PlanReply", "PoolsReply", "ProblemReply",
    "StatusReply", "TimersReply",
]  # fmt: skip

Instant = str | None
_INSTANT = "2026-06-30T12:00:00.000000Z"


class Reply(BaseModel):
    """What the desk replies."""

    model_config = ConfigDict(extra="allow")


class AnswerReply(Reply):
    """How a record stands: who has it, and why."""

    object: str = Field(description="Kind of record.", examples=["lead"])
    record_id: str = Field(description="Its key.", examples=["L9001"])
    decision_id: str = Field(description="The decision; `GET /v1/decisions/{decision_id}` explains it.")
    status: str = Field(
        description="assigned, accepted, queued (waits for a rep), held (waits for fields), exception, closed or kept (nothing changed).",
        examples=["assigned"],
    )
    rep_id: str | None = Field(description="Who has it; null: nobody.", examples=["R1"])
    territory_id: str | None = Field(description="Its territory.", examples=["NA"])
    account_id: str | None = Field(description="The account it was matched to.", examples=["A1"])
    probability: float | None = Field(description="How likely the match is right, 0 to 1.", examples=[0.998])
    score: float | None = Field(description="Interest, 0 to 100.", examples=[64.0])
    grade: str | None = Field(description="Fit, F to A+.", examples=["B+"])
    rating: str | None = Field(description="Score and grade together, such as B2.", examples=["B2"])
    method: str = Field(description="How it was decided.", examples=["account_owner"])
    reason: str = Field(description="Why, in words.")
    pool_id: str | None = Field(description="The pool that decided.")
    cause: str | None = Field(description="Of an exception, its code.")
    sla_due_at: Instant = Field(description="When the rep has to have responded; UTC.", examples=[_INSTANT])
    plan_version: str = Field(description="The version of the plan that decided.")
    book: str = Field(description="The run whose book was used.")
    decided_at: Instant = Field(description="When; UTC.", examples=[_INSTANT])
    is_replayed: bool = Field(description="True: the same command was carried out before, and this is its answer.")


class ProblemReply(Reply):
    """A problem document of RFC 9457, with the place, what is allowed and what to do."""

    type: str = Field(description="What kind of problem, as a URI.", examples=["urn:rightful:problem:not-found"])
    title: str = Field(description="The kind in words; the same each time.", examples=["There is no such thing"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="What is wrong this time.")
    instance: str = Field(
        description="Identifies the request; logs name it too.", examples=["urn:rightful:request:9f86d081884c7d65"]
    )
    place: str | None = Field(default=None, description="Where it stands.")
    allowed: str | None = Field(default=None, description="What would be right.")
    remedy: str | None = Field(default=None, description="What to do.")
    mistakes: list[dict[str, Any]] | None = Field(default=None, description="All of them, where there are several.")


PROBLEM_SCHEMA = {"$ref": "#/components/schemas/ProblemReply"}
"""Where the description of the interface says what a problem document is."""


class BatchReply(Reply):
    """One reply per record, in their order: its answer, or the problem it had."""

    replies: list[AnswerReply | ProblemReply]


class AnswersReply(Reply):
    """A page of answers; ask on with `after`."""

    answers: list[AnswerReply]
    after: str | None = Field(description="Give this as `after` for the next page; null: there is none.")


class DecisionReply(Reply):
    """The whole explanation of a decision."""

    decision_id: str
    object: str
    record_id: str
    rep_id: str | None = Field(default=None)


class PoolsReply(Reply):
    """Pools with their members' turns."""

    pools: list[dict[str, Any]]


class TimersReply(Reply):
    """What will happen to records, the next first."""

    timers: list[dict[str, Any]]


class MessagesReply(Reply):
    """Messages that could not be delivered."""

    messages: list[dict[str, Any]]


class PlanReply(Reply):
    """The plan in force."""

    name: str
    version: str = Field(description="Decisions name it.", examples=["5f1c2a9be01d7c44"])
    book: str = Field(description="The run whose book is used.")
    loaded_at: Instant = Field(description="Since when it is in force here; UTC.")
    is_changed: bool = Field(description="Of a reload: whether another version came in force.")
    refused: str | None = Field(description="Why the files as they are now could not be put in force; null: they are.")


class StatusReply(Reply):
    """How the desk is doing."""

    is_ready: bool
    plan_version: str
    book: str
    decisions_per_minute: list[int] = Field(description="The last 15 minutes; the last one is running.")
    p50_ms: float | None = Field(description="Latency of the latest decisions, durable commit included.")
    p99_ms: float | None
    waiting: int = Field(description="Commands that wait for their turn.")
    exceptions: int
    queued: int
    held: int
    outbox_pending: int
    outbox_oldest_seconds: float
    dead_letters: int
    timers_armed: int
    timer_late_seconds: float


class Health(Reply):
    """Whether it lives, or takes commands."""

    status: Literal["ok", "draining", "not ready"]
