"""Routes about the process: whether it lives and takes commands, and the plan in force."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response

from rightful.api.front import instance_of
from rightful.api.problems import problem_of
from rightful.api.reload import Reloaded, Reloader
from rightful.api.replies import Health, PlanReply
from rightful.api.roles import Scope
from rightful.api.routing import Serving, StrictRoute, needs, problems, reply
from rightful.api.service import Service

__all__ = ["state_routes"]


@cache
def state_routes() -> APIRouter:
    """Give the routes about the process."""
    router = APIRouter(route_class=StrictRoute)
    _add_health(router)
    _add_plan(router)
    return router


def _add_health(router: APIRouter) -> None:
    @router.get("/healthz", response_model=Health, summary="Whether the process lives", tags=["state"])
    async def healthz(request: Request) -> Response:
        """Asks for no key."""
        return reply(request, {"status": "ok"})

    @router.get(
        "/readyz",
        response_model=Health,
        responses={503: {"model": Health, "description": "It takes no new commands"}},
        summary="Whether the desk takes commands",
        tags=["state"],
    )
    async def readyz(request: Request, service: Serving) -> Response:
        """Asks for no key. Turns to 503 when the process is told to end, before it stops to listen."""
        if service.is_ready:
            return reply(request, {"status": "ok"})
        response = reply(request, {"status": "draining" if service.is_draining else "not ready"})
        response.status_code = 503
        return response


def _add_plan(router: APIRouter) -> None:
    @router.get(
        "/v1/plan",
        dependencies=[needs(Scope.LISTS)],
        response_model=PlanReply,
        responses=problems(),
        summary="The plan in force",
        tags=["state"],
    )
    async def plan(request: Request, service: Serving) -> Response:
        """Its version stands in each decision."""
        reloader: Reloader = request.app.state.reloader
        return reply(request, _plan(service, reloader, reloader.last))

    @router.post(
        "/v1/plan:reload",
        dependencies=[needs(Scope.PLAN)],
        response_model=PlanReply,
        responses=problems("bad-plan"),
        summary="Put the plan as its files are now in force",
        tags=["state"],
    )
    async def reload(request: Request, service: Serving) -> Response:
        """Atomically: each decision is by the plan before or by the new one. With mistakes, the one before stays in force."""
        reloader: Reloader = request.app.state.reloader
        done = await service.call(reloader.reload)
        if done.error is not None:
            return problem_of(done.error).response(instance_of(request.scope))
        return reply(request, _plan(service, reloader, done))


def _plan(service: Service, reloader: Reloader, done: Reloaded) -> dict[str, Any]:
    return {
        "name": service.desk.plan.name,
        "version": service.desk.plan.version,
        "book": service.desk.book,
        "loaded_at": reloader.loaded_at,
        "is_changed": done.is_changed,
        "refused": str(done.error) if done.error else None,
    }
