"""Routes that take records in: to be decided, one or many, and into the book.

Annotations here are not postponed: those of bodies name models that are made per kind of record.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response

from rightful.api.bodies import RecordFields, batch_body, record_body
from rightful.api.front import instance_of
from rightful.api.problems import problem_of
from rightful.api.replies import AnswerReply, BatchReply
from rightful.api.roles import Principal, Scope
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
from rightful.crm import OBJECT_OF_TABLE, CrmObject
from rightful.desk.commands import Route, Upsert
from rightful.errors import DeskError, Mistake

__all__ = ["BOOK_TABLES", "ROUTED_TABLES", "record_routes"]

ROUTED_TABLES = ("leads", "contacts", "accounts", "opportunities", "tasks")
"""What can be sent to be decided."""
BOOK_TABLES = ("accounts", "contacts", "reps", "absences")
"""What can be put into the book, and is seen by the next decision."""
_MOST_RECORDS = 1_000
"""Records of a batch."""
_DECIDES = problems("bad-record", "refused", "in-progress", "key-conflict", "busy", "wrong-content", "disk-full")


@cache
def record_routes() -> APIRouter:
    """Give the routes that take records in."""
    router = APIRouter(route_class=StrictRoute)
    for table in ROUTED_TABLES:
        _add_routing(router, OBJECT_OF_TABLE[table])
    for table in BOOK_TABLES:
        _add_upsert(router, OBJECT_OF_TABLE[table])
    return router


def _add_routing(router: APIRouter, crm_object: CrmObject) -> None:
    record: Any = record_body(crm_object)
    batch: Any = batch_body(record, _MOST_RECORDS)
    name = crm_object.name

    async def route_one(
        request: Request, body: record, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        answer = await service.do(Route(name, body.as_texts()), key, caller.key_id)
        return reply(request, answer.as_json(), decision_id=answer.decision_id)

    async def route_many(
        request: Request, body: batch, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        return reply(request, {"replies": await _decided(request, body.records, service, (name, caller, key))})

    router.add_api_route(
        f"/v1/{crm_object.table}",
        route_one,
        methods=["POST"],
        dependencies=[needs(Scope.ROUTE)],
        response_model=AnswerReply,
        responses=_DECIDES,
        operation_id=f"route_{name}",
        summary=f"Decide {_a(name)}",
        description=f"Cleans, matches, scores and routes {_a(name)}. The answer comes when it is stored durably.",
        tags=["records"],
    )
    router.add_api_route(
        f"/v1/{crm_object.table}:batch",
        route_many,
        methods=["POST"],
        dependencies=[needs(Scope.ROUTE)],
        response_model=BatchReply,
        responses=_DECIDES,
        operation_id=f"route_{crm_object.table}",
        summary=f"Decide several {crm_object.table}",
        description="In their order, with one commit. A record that cannot be read has a problem in its place, and the others are decided. "
        "Record n has the idempotency key `KEY/n`, from 0.",
        tags=["records"],
    )


async def _decided(
    request: Request, records: Sequence[RecordFields], service: Service, of: tuple[str, Principal, str]
) -> list[dict[str, Any]]:
    name, caller, key = of
    if waits := service.rates.take(caller.key_id, len(records) - 1):
        allowed = f"{service.limits.per_second:g} records a second, {service.limits.burst:g} at once"
        raise ProblemError("too-many", Mistake(None, "the key sends too many records", allowed, f"wait {waits:.0f} s"))
    commands = [(Route(name, record.as_texts()), f"{key}/{number}") for number, record in enumerate(records)]
    replies = await service.do_many(commands, caller.key_id)
    instance = instance_of(request.scope)
    return [problem_of(each).as_json(instance) if isinstance(each, DeskError) else each.as_json() for each in replies]


def _add_upsert(router: APIRouter, crm_object: CrmObject) -> None:
    values: Any = record_body(crm_object, has_key=False)
    name = crm_object.name

    async def upsert(
        request: Request, record_id: RecordId, body: values, service: Serving, caller: Caller, key: IdempotencyKey
    ) -> Response:
        record = {**body.as_texts(), crm_object.key: record_id}
        answer = await service.do(Upsert(crm_object.table, (record,)), key, caller.key_id)
        return reply(request, answer.as_json())

    router.add_api_route(
        f"/v1/{crm_object.table}/{{record_id}}",
        upsert,
        methods=["PUT"],
        dependencies=[needs(Scope.BOOK)],
        response_model=AnswerReply,
        responses=_DECIDES,
        operation_id=f"put_{name}",
        summary=f"Put {_a(name)} into the book",
        description="Fields that are left out stay as they are. The next decision sees it.",
        tags=["book"],
    )


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
