"""Routes for those who work: reps accept and reject, managers reassign and resolve, both say who can take how much."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, Request, Response

from rightful.api.bodies import AcceptBody, Availability, Capacity, OutcomeBody, ReasonBody, ResolveBody, text_of
from rightful.api.records import ROUTED_TABLES
from rightful.api.replies import AnswerReply
from rightful.api.roles import Principal, Role, Scope
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
from rightful.api.service import Service
from rightful.crm import OBJECT_OF_TABLE
from rightful.desk.commands import Accept, Command, Outcome, Reassign, Reject, Resolve, Upsert
from rightful.errors import Mistake

__all__ = ["work_routes"]

_CHANGES = problems(
    "not-found", "refused", "in-progress", "key-conflict", "busy", "wrong-content", "disk-full", "bad-record"
)


@cache
def work_routes() -> APIRouter:
    """Give the routes about records that were decided, and about reps."""
    router = APIRouter(route_class=StrictRoute)
    for table in ROUTED_TABLES:
        _add_work(router, table)
    _add_reps(router)
    return router


async def _done(request: Request, service: Service, command: Command, of: tuple[Principal, str]) -> Response:
    caller, key = of
    answer = await service.do(command, key, caller.key_id)
    return reply(request, answer.as_json(), decision_id=answer.decision_id)


def _own(caller: Principal, rep_id: str | None) -> None:
    """Refuse what a rep's key would do for another rep."""
    if not caller.speaks_for(rep_id):
        allowed = ", ".join(sorted(caller.rep_ids))
        raise ProblemError("not-allowed", Mistake(None, f"the key does not speak for rep {rep_id!r}", allowed))


async def _own_record(service: Service, caller: Principal, name: str, record_id: str) -> None:
    """Refuse what a rep's key would do to a record of somebody else."""
    if caller.role is Role.REP:
        answer = await service.call(service.desk.record, name, record_id)
        _own(caller, answer.rep_id if answer else None)


def _add_work(router: APIRouter, table: str) -> None:
    name = OBJECT_OF_TABLE[table].name

    def add(
        action: str, scope: Scope, endpoint: object, summary: str, path: str = f"/v1/{table}/{{record_id}}/"
    ) -> None:
        router.add_api_route(
            path + action,
            endpoint,  # type: ignore[arg-type]
            methods=["POST"],
            dependencies=[needs(scope)],
            response_model=AnswerReply,
            responses=_CHANGES,
            operation_id=f"{action}_{name}",
            summary=summary,
            tags=["work"],
        )

    async def accept(
        request: Request, record_id: RecordId, body: AcceptBody, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        _own(caller, body.rep_id)
        return await _done(request, service, Accept(name, record_id, body.rep_id), (caller, key))

    async def reject(
        request: Request, record_id: RecordId, body: ReasonBody, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        _own(caller, body.rep_id)
        return await _done(request, service, Reject(name, record_id, body.rep_id, body.reason), (caller, key))

    async def reassign(
        request: Request, record_id: RecordId, body: ReasonBody, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        return await _done(request, service, Reassign(name, record_id, body.rep_id, body.reason), (caller, key))

    async def outcome(
        request: Request, record_id: RecordId, body: OutcomeBody, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        await _own_record(service, caller, name, record_id)
        return await _done(request, service, Outcome(name, record_id, body.outcome), (caller, key))

    async def resolve(
        request: Request, record_id: RecordId, body: ResolveBody, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        return await _done(request, service, Resolve(name, record_id, body.rep_id), (caller, key))

    add("accept", Scope.WORK, accept, f"The rep takes the {name}")
    add("reject", Scope.WORK, reject, f"The rep does not take the {name}: somebody else gets it")
    add("reassign", Scope.REASSIGN, reassign, f"Give the {name} to another rep")
    add("outcome", Scope.WORK, outcome, f"Say what became of the {name}")
    exceptions = f"/v1/exceptions/{table}/{{record_id}}/"
    add("resolve", Scope.RESOLVE, resolve, f"Resolve the exception of the {name}", exceptions)


def _add_reps(router: APIRouter) -> None:
    async def availability(
        request: Request, rep_id: RecordId, body: Availability, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        _own(caller, rep_id)
        rep = {"is_active": text_of(body.is_active), "working_hours": body.working_hours}
        changed = {name: value for name, value in rep.items() if value is not None}
        if body.away is None:
            return await _done(request, service, Upsert("reps", ({"rep_id": rep_id, **changed},)), (caller, key))
        if changed:
            await service.do(Upsert("reps", ({"rep_id": rep_id, **changed},)), f"{key}/rep", caller.key_id)
        away = body.away
        absence = {
            "absence_id": away.absence_id or f"desk-{key}",
            "rep_id": rep_id,
            "starts_at": away.starts_at.isoformat(),
            "ends_at": away.ends_at.isoformat(),
            "cover_rep_id": away.cover_rep_id,
            "absence_type": away.absence_type,
        }
        return await _done(request, service, Upsert("absences", (absence,)), (caller, key))

    async def capacity(
        request: Request, rep_id: RecordId, body: Capacity, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        _own(caller, rep_id)
        rep = {"rep_id": rep_id, "capacity": text_of(body.capacity)}
        return await _done(request, service, Upsert("reps", (rep,)), (caller, key))

    for name, endpoint, summary in (
        ("availability", availability, "Say when a rep can take records"),
        ("capacity", capacity, "Say how many open records a rep can hold"),
    ):
        router.add_api_route(
            f"/v1/reps/{{rep_id}}/{name}",
            endpoint,
            methods=["PUT"],
            dependencies=[needs(Scope.TEAM)],
            response_model=AnswerReply,
            responses=_CHANGES,
            operation_id=f"put_{name}",
            summary=summary,
            tags=["reps"],
        )
