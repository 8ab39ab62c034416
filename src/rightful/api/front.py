"""What every request passes first: its identity, its size, who calls, how often; then it is measured and logged.

Default deny: without a valid key there are two addresses, and all else is refused before anything looks at it.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from rightful.api.problems import KINDS, Problem, problem_of
from rightful.api.roles import Principal
from rightful.api.service import Service
from rightful.errors import Mistake, RightfulError

__all__ = ["OPEN", "Front", "instance_of", "principal_of"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = frozenset({"/healthz", "/readyz"})
"""What anybody may ask: whether it lives, and whether it takes commands."""
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_UNMATCHED = "(none)"


def instance_of(scope: Scope) -> str:
    """Give the URI that names a request in problem documents and logs."""
    return f"urn:rightful:request:{scope['state']['request_id']}"


def principal_of(scope: Scope) -> Principal:
    """Give who calls."""
    return scope["state"]["principal"]


class Front:
    """Stands before the routes.

    Args:
        app: The routes.
        service: What they share.
    """

    def __init__(self, app: App, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service, started = self._service, self._service.seconds()
        scope["state"] = {**scope.get("state", {}), "request_id": secrets.token_hex(8)}
        sent = _Sent(send)
        service.in_flight += 1
        try:
            await self._answer(scope, receive, sent)
        except Exception as error:  # noqa: BLE001 - the outermost loop: a caller gets a problem document, the log says where
            service.log.fail("failed", error, request_id=scope["state"]["request_id"])
            if sent.status is None:
                await Problem(KINDS["internal"]).response(instance_of(scope))(scope, receive, sent)
        finally:
            service.in_flight -= 1
            self._note(scope, sent.status or 0, service.seconds() - started)

    async def _answer(self, scope: Scope, receive: Receive, sent: _Sent) -> None:
        try:
            refusal = await self._refusal(scope)
        except RightfulError as error:
            self._service.log.fail("failed", error, request_id=scope["state"]["request_id"])
            refusal = problem_of(error)
        if refusal is None:
            body = await _body(receive, self._service.limits.most_bytes)
            if body is not None:
                await self._app(scope, _replay(body), sent)
                return
            most = f"at most {self._service.limits.most_bytes:,} bytes"
            refusal = Problem(
                KINDS["too-large"], (Mistake(None, "the body is too large", most, "send fewer records at a time"),)
            )
        await _refused(scope, receive, sent, refusal)

    async def _refusal(self, scope: Scope) -> Problem | None:
        """Say why a request is refused before its body is read; None where it is not."""
        service, headers = self._service, dict(scope["headers"])
        if scope["path"] in OPEN:
            return None
        if service.in_flight > service.limits.most_in_flight:
            mistake = Mistake(None, "too many requests are under way", remedy="ask again after the time in Retry-After")
            return Problem(KINDS["busy"], (mistake,), 1)
        principal = await self._caller(headers)
        if principal is None:
            return self._no_key(scope)
        scope["state"]["principal"] = principal
        if waits := service.rates.take(principal.key_id):
            mistake = Mistake(
                None, f"the key {principal.key_id} asks too often", f"{service.limits.per_second:g} a second"
            )
            return Problem(KINDS["too-many"], (mistake,), waits)
        return _size_problem(headers, service.limits.most_bytes) or _content_problem(scope["method"], headers)

    async def _caller(self, headers: dict[bytes, bytes]) -> Principal | None:
        scheme, _, text = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if not self._service.keyring.is_fresh():
            await self._service.call(self._service.keyring.refresh)
        return self._service.keyring.check(text.strip())

    def _no_key(self, scope: Scope) -> Problem:
        address = (scope.get("client") or ("", 0))[0]
        if waits := self._service.wrong_keys.take(address):
            return Problem(KINDS["too-many"], (Mistake(None, "too many requests without a valid key"),), waits)
        remedy = "send `Authorization: Bearer KEY`; `rightful keys create` makes one"
        return Problem(
            KINDS["no-key"], (Mistake(None, "the key is missing, unknown, expired or revoked", remedy=remedy),)
        )

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route, state = getattr(scope.get("route"), "path", _UNMATCHED), scope["state"]
        method = scope["method"] if route != _UNMATCHED else "(any)"
        self._service.metrics.answered(method, route, status, seconds)
        if scope["path"] in OPEN and status < 400:
            return
        principal = state.get("principal")
        self._service.log.tell(
            "request",
            request_id=state["request_id"],
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            key_id=principal.key_id if principal else None,
            **state.get("told", {}),
        )


class _Sent:
    """Passes an answer on with the headers that each has, and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await self._send(message)


def _size_problem(headers: dict[bytes, bytes], most: int) -> Problem | None:
    told = headers.get(b"content-length", b"0")
    if told.isdigit() and len(told) < 20 and int(told) <= most:
        return None
    mistake = Mistake(None, "the body is too large", f"at most {most:,} bytes", "send fewer records at a time")
    return Problem(KINDS["too-large"], (mistake,))


def _content_problem(method: str, headers: dict[bytes, bytes]) -> Problem | None:
    """Refuse a body that is not plain JSON; none is JSON too where there is nothing to say."""
    has_body = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
    if method not in {"POST", "PUT", "PATCH"} or not has_body:
        return None
    kind = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if kind == "application/json" and headers.get(b"content-encoding", b"identity").lower() == b"identity":
        return None
    mistake = Mistake(None, "the body is not plain JSON", "Content-Type: application/json, without Content-Encoding")
    return Problem(KINDS["wrong-content"], (mistake,))


async def _refused(scope: Scope, receive: Receive, send: Send, problem: Problem) -> None:
    headers = [("Connection", "close")] if problem.kind.status == 413 else []  # the rest of the body is not read
    headers += [("WWW-Authenticate", 'Bearer realm="rightful"')] if problem.kind.status == 401 else []
    await problem.response(instance_of(scope), headers)(scope, receive, send)


async def _body(receive: Receive, most: int) -> bytes | None:
    """Read a body; None where it is larger than it may be."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    return receive
