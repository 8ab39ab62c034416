"""What every route is made of: strict JSON, the scope it asks for, and who calls."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request, Response, Security
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from rightful.api.bodies import ID_PATTERN
from rightful.api.front import principal_of
from rightful.api.json_body import BadJson, read_json
from rightful.api.problems import KINDS, PROBLEM_JSON, Problem
from rightful.api.replies import PROBLEM_SCHEMA
from rightful.api.roles import MEANINGS, Principal, Scope
from rightful.api.service import Service
from rightful.errors import Mistake

__all__ = [
    "Caller",
    "IdempotencyKey",
    "Key",
    "ProblemError",
    "RecordId",
    "Serving",
    "StrictRoute",
    "needs",
    "problems",
    "reply",
    "scope_of",
]

_BEARER = HTTPBearer(auto_error=False, scheme_name="API key", description="A key that `rightful keys create` made.")

RecordId = Annotated[str, Path(pattern=ID_PATTERN, description="Key of the record.", examples=["L9001"])]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="Names the command: sent again with the same body it gives the same answer, and nothing is done twice. "
        "1 to 255 visible ASCII letters. Left out, one is made, and told in the answer's header.",
        examples=["form-7f3c"],
    ),
]


class ProblemError(Exception):
    """Ends a request with a problem document."""

    def __init__(self, kind: str, *mistakes: Mistake) -> None:
        self.problem = Problem(KINDS[kind], mistakes)
        super().__init__(kind)


class _StrictRequest(Request):
    async def json(self) -> Any:
        limits = self.app.state.service.limits
        try:
            return read_json(await self.body(), limits.most_depth)
        except BadJson as error:
            raise ProblemError("bad-request", Mistake(None, f"the body: {error}")) from error


class StrictRoute(APIRoute):
    """A route whose body is read strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler, with requests that read strictly."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            try:
                return await handle(_StrictRequest(request.scope, request.receive))
            except Exception as error:
                if isinstance(
                    error.__cause__, ProblemError
                ):  # the framework wraps what goes wrong while it reads a body
                    raise error.__cause__ from None
                raise

        return strictly


class _Needs:
    """Lets a request through whose key has a scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self, request: Request, _bearer: Annotated[object, Security(_BEARER)]) -> Principal:
        principal = principal_of(request.scope)
        if principal.may(self.scope):
            return principal
        problem = f"a key of role {principal.role} may not {MEANINGS[self.scope]}"
        raise ProblemError("not-allowed", Mistake(None, problem, f"keys with the scope {self.scope}"))


def needs(scope: Scope) -> Any:
    """Ask for a scope."""
    return Depends(_Needs(scope))


def scope_of(route: APIRoute) -> Scope | None:
    """Give the scope that a route asks for; None where it asks for none, which only a mistake does."""
    for each in route.dependencies:
        if isinstance(each, Dependency) and isinstance(each.dependency, _Needs):
            return each.dependency.scope
    return None


async def _service(request: Request) -> Service:
    return request.app.state.service


async def _caller(request: Request) -> Principal:
    return principal_of(request.scope)


async def _idempotency_key(request: Request, key: Key = None) -> str:
    request.state.key = key or f"made-{secrets.token_hex(16)}"
    return request.state.key


Serving = Annotated[Service, Depends(_service)]
Caller = Annotated[Principal, Depends(_caller)]
IdempotencyKey = Annotated[str, Depends(_idempotency_key)]


def reply(request: Request, content: Mapping[str, Any], *, decision_id: str = "") -> Response:
    """Answer with JSON; the log is told the decision, and the caller the key that names the command."""
    body = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    response = Response(body, media_type="application/json")
    if decision_id:
        request.state.told = {"decision_id": decision_id}
    if key := getattr(request.state, "key", None):
        response.headers["Idempotency-Key"] = key
    return response


def problems(*names: str) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, beside those of every route."""
    kinds = [KINDS[name] for name in ("bad-request", "no-key", "not-allowed", "too-large", "too-many", "down", *names)]
    by_status: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        known = by_status.setdefault(
            kind.status, {"description": kind.title, "content": {PROBLEM_JSON: {"schema": PROBLEM_SCHEMA}}}
        )
        if kind.title not in known["description"]:
            known["description"] += f"; or: {kind.title[:1].lower()}{kind.title[1:]}"
    return by_status
