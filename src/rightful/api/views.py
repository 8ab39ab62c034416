"""Routes that show: decisions, records, exceptions, pools, timers, dead letters, the plan, and how the desk is doing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from rightful.api.bodies import ID_PATTERN
from rightful.api.metrics import CONTENT_TYPE
from rightful.api.records import ROUTED_TABLES
from rightful.api.replies import (
    AnswerReply,
    AnswersReply,
    DecisionReply,
    MessagesReply,
    PoolsReply,
    StatusReply,
    TimersReply,
)
from rightful.api.roles import Scope
from rightful.api.routing import (
    Caller,
    IdempotencyKey,
    ProblemError,
    RecordId,
    Serving,
    StrictRoute,
    needs,
    problems,
    reply,
)
from rightful.crm import OBJECT_OF_TABLE
from rightful.desk.answers import MessageView, PoolView, TimerView
from rightful.desk.commands import Requeue
from rightful.errors import Mistake

__all__ = ["view_routes"]

DecisionId = Annotated[str, Path(pattern=ID_PATTERN, description="Identifier of the decision.")]
MessageId = Annotated[str, Path(pattern=ID_PATTERN, description="Identifier of the message.")]
Limit = Annotated[int, Query(ge=1, le=1_000, description="Most that are given.")]
Cause = Annotated[str, Query(max_length=100, description="Only those of this cause, such as no_pool.")]
After = Annotated[str, Query(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$", description="Go on after this record.")]


@cache
def view_routes() -> APIRouter:
    """Give the routes that show."""
    router = APIRouter(route_class=StrictRoute)
    _add_decisions(router)
    _add_lists(router)
    _add_dead_letters(router)
    _add_state(router)
    return router


def _add_decisions(router: APIRouter) -> None:
    @router.get(
        "/v1/decisions/{decision_id}",
        dependencies=[needs(Scope.DECISIONS)],
        response_model=DecisionReply,
        responses=problems("not-found"),
        summary="Explain a decision",
        tags=["decisions"],
    )
    async def decision(request: Request, decision_id: DecisionId, service: Serving, caller: Caller) -> Response:
        """What each stage made of the record, who got it and why; a rep's key sees the rep's own."""
        found = await service.call(service.desk.decision, decision_id)
        if found is None or not caller.speaks_for(found.rep_id):
            raise ProblemError("not-found", Mistake(None, f"there is no decision {decision_id!r}"))
        return reply(request, found.as_json(), decision_id=decision_id)

    for table in ROUTED_TABLES:
        _add_record(router, table)


def _add_record(router: APIRouter, table: str) -> None:
    name = OBJECT_OF_TABLE[table].name

    @router.get(
        f"/v1/{table}/{{record_id}}",
        dependencies=[needs(Scope.DECISIONS)],
        response_model=AnswerReply,
        responses=problems("not-found"),
        operation_id=f"get_{name}",
        summary=f"How the {name} stands",
        tags=["decisions"],
    )
    async def record(request: Request, record_id: RecordId, service: Serving, caller: Caller) -> Response:
        """The newest answer about it; a rep's key sees the rep's own."""
        answer = await service.call(service.desk.record, name, record_id)
        if answer is None or not caller.speaks_for(answer.rep_id):
            raise ProblemError("not-found", Mistake(None, f"the desk has decided no {name} {record_id!r}"))
        return reply(request, answer.as_json(), decision_id=answer.decision_id)


def _add_lists(router: APIRouter) -> None:
    @router.get(
        "/v1/exceptions",
        dependencies=[needs(Scope.LISTS)],
        response_model=AnswersReply,
        responses=problems(),
        summary="Records that nobody got",
        tags=["lists"],
    )
    async def exceptions(
        request: Request, service: Serving, cause: Cause = "", limit: Limit = 100, after: After = ""
    ) -> Response:
        """With a cause each; `POST /v1/exceptions/{table}/{record_id}/resolve` gives one to a rep, or decides it again."""
        found = await service.call(service.desk.exceptions, cause=cause, limit=limit, after=after)
        following = found[-1].record_id if len(found) == limit else None
        return reply(request, {"answers": [each.as_json() for each in found], "after": following})

    @router.get(
        "/v1/pools",
        dependencies=[needs(Scope.LISTS)],
        response_model=PoolsReply,
        responses=problems(),
        summary="Pools, and whose turn it is",
        tags=["lists"],
    )
    async def pools(request: Request, service: Serving) -> Response:
        """Members with their positions (the lowest is next), who is there, and open records."""
        return reply(request, {"pools": _plain(await service.call(service.desk.pools))})

    @router.get(
        "/v1/timers",
        dependencies=[needs(Scope.LISTS)],
        response_model=TimersReply,
        responses=problems(),
        summary="Deadlines, reminders and holds",
        tags=["lists"],
    )
    async def timers(request: Request, service: Serving, limit: Limit = 100) -> Response:
        """What will happen to records, the next first."""
        return reply(request, {"timers": _plain(await service.call(service.desk.sla, limit))})


def _add_dead_letters(router: APIRouter) -> None:
    @router.get(
        "/v1/dead-letters",
        dependencies=[needs(Scope.MESSAGES)],
        response_model=MessagesReply,
        responses=problems(),
        summary="Messages that were given up",
        tags=["messages"],
    )
    async def dead_letters(request: Request, service: Serving, limit: Limit = 100) -> Response:
        """Webhooks and notifications whose every attempt failed."""
        return reply(request, {"messages": _plain(await service.call(service.desk.dead_letters, limit))})

    @router.post(
        "/v1/dead-letters/{message_id}/retry",
        dependencies=[needs(Scope.MESSAGES)],
        response_model=AnswerReply,
        responses=problems("not-found", "refused", "in-progress", "key-conflict", "busy", "disk-full"),
        summary="Send a message again",
        tags=["messages"],
    )
    async def retry(
        request: Request, message_id: MessageId, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        """Its attempts begin anew."""
        answer = await service.do(Requeue(message_id), key, caller.key_id)
        return reply(request, answer.as_json())


def _add_state(router: APIRouter) -> None:
    @router.get(
        "/v1/status",
        dependencies=[needs(Scope.LISTS)],
        response_model=StatusReply,
        responses=problems(),
        summary="How the desk is doing",
        tags=["state"],
    )
    async def status(request: Request, service: Serving) -> Response:
        """Decisions per minute, latency, what waits: what `rightful watch` shows."""
        figures = await service.call(service.desk.figures)
        latency = service.pulse.latency()
        content = {
            "is_ready": service.is_ready,
            "plan_version": service.desk.plan.version,
            "book": service.desk.book,
            "decisions_per_minute": list(service.pulse.per_minute()),
            "p50_ms": latency.p50_ms,
            "p99_ms": latency.p99_ms,
            "waiting": service.desk.waiting,
            **figures.as_json(),
        }
        return reply(request, content)

    @router.get(
        "/metrics",
        dependencies=[needs(Scope.METRICS)],
        responses={200: {"content": {CONTENT_TYPE.partition(";")[0]: {"schema": {"type": "string"}}}}, **problems()},
        response_class=Response,
        summary="Metrics for Prometheus",
        tags=["state"],
    )
    async def metrics(service: Serving) -> Response:
        """Latency histograms, queue depth, exceptions, outbox lag and more, in Prometheus' text format."""
        return Response(await service.call(service.metrics.text), media_type=CONTENT_TYPE)


def _plain(views: Sequence[PoolView | TimerView | MessageView]) -> list[dict[str, Any]]:
    return [view.as_json() for view in views]
