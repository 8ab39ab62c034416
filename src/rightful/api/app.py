"""The application: all routes behind the front, and every error as a problem document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException

from rightful.api.front import OPEN, Front, instance_of
from rightful.api.problems import KINDS, Problem, problem_of
from rightful.api.records import record_routes
from rightful.api.reload import Reloader
from rightful.api.replies import ProblemReply
from rightful.api.roles import Scope
from rightful.api.routing import ProblemError, StrictRoute, needs, scope_of
from rightful.api.service import Service
from rightful.api.state import state_routes
from rightful.api.views import view_routes
from rightful.api.work import work_routes
from rightful.errors import Mistake, RightfulError

__all__ = ["described_app", "guarded_routes", "make_app", "openapi_document"]

_TITLE = "Rightful desk"
_VERSION = "1"
_DESCRIPTION = """Decides one record at a time, by the plan and with the book of the newest run, durably.

Every command may carry an `Idempotency-Key`: sent again with the same body it gives the same answer, with another body a problem of the
kind `key-conflict`. Errors are problem documents of RFC 9457. Times are UTC."""
_MOST_TOLD = 30
_SCHEMAS = "#/components/schemas/{model}"
_STATUS_KINDS = {404: "not-found", 405: "wrong-method", 413: "too-large", 415: "wrong-content"}


def make_app(service: Service, reloader: Reloader) -> Front:
    """Make the application: the routes, behind the front."""
    app = described_app()
    app.state.service, app.state.reloader = service, reloader
    return Front(app, service)


def described_app() -> FastAPI:
    """Make the routes alone; they answer once they have what they share.

    Raises:
        RuntimeError: A route asks for no scope: somebody forgot to say who may use it.
    """
    app = FastAPI(
        title=_TITLE,
        version=_VERSION,
        description=_DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.include_router(record_routes())
    app.include_router(work_routes())
    app.include_router(view_routes())
    app.include_router(state_routes())
    _add_openapi(app)
    _add_errors(app)
    unguarded = [route.path for route in guarded_routes(app) if scope_of(route) is None]
    if unguarded:
        message = f"these routes ask for no scope: {', '.join(unguarded)}"
        raise RuntimeError(message)
    return app


def guarded_routes(app: FastAPI) -> list[APIRoute]:
    """Give the routes that need a key."""
    return [route for route in _api_routes(app.routes) if route.path not in OPEN]


def _api_routes(routes: Sequence[Any]) -> list[APIRoute]:
    """Give the routes, those of routers that were included among them."""
    found: list[APIRoute] = []
    for route in routes:
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            found += _api_routes(getattr(getattr(route, "original_router", route), "routes", ()))
    return found


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """Give the description of the interface."""
    document = app.openapi()
    for path in document["paths"].values():
        for operation in path.values():
            _without_framework(operation["responses"])
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    document["components"]["schemas"].update(
        models_json_schema([(ProblemReply, "serialization")], ref_template=_SCHEMAS)[1]["$defs"]
    )
    return document


def _without_framework(responses: dict[str, Any]) -> None:
    """Leave out the framework's own answer to what it cannot validate; ours is a problem document."""
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]


def _add_openapi(app: FastAPI) -> None:
    async def openapi() -> Response:
        body = json.dumps(openapi_document(app), ensure_ascii=False).encode()
        return Response(body, media_type="application/json")

    app.router.route_class = StrictRoute
    app.add_api_route(
        "/openapi.json", openapi, methods=["GET"], dependencies=[needs(Scope.OPENAPI)], include_in_schema=False
    )


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    async def told(request: Request, error: ProblemError) -> Response:
        return error.problem.response(instance_of(request.scope))

    @app.exception_handler(RightfulError)
    async def ours(request: Request, error: RightfulError) -> Response:
        problem = problem_of(error)
        if problem.kind.status >= 500:
            request.app.state.service.log.fail("failed", error, request_id=request.state.request_id)
        return problem.response(instance_of(request.scope))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        found = [_mistake(each) for each in error.errors()]
        return Problem(KINDS["bad-request"], found[:_MOST_TOLD]).response(instance_of(request.scope))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, _error: Exception) -> Response:  # it goes on to the front, which logs it
        return Problem(KINDS["internal"]).response(instance_of(request.scope))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        kind = KINDS[_STATUS_KINDS.get(error.status_code, "bad-request")]
        headers = [(name, value) for name, value in (error.headers or {}).items() if name.lower() == "allow"]
        return Problem(kind).response(instance_of(request.scope), headers)


def _mistake(error: Any) -> Mistake:
    """Write what pydantic found as one of our mistakes; what was sent is not repeated."""
    place = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    return Mistake(None, f"{place}: {message[:1].lower()}{message[1:]}")
