"""Write the reference of the interface from its own description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rightful.api.app import described_app, guarded_routes, openapi_document
from rightful.api.problems import KINDS
from rightful.api.roles import MEANINGS, SCOPES, Role
from rightful.api.routing import scope_of

__all__ = ["http_reference"]

_HEAD = """# The desk over HTTP

Made from the code by `just reference`; do not edit. `GET /openapi.json` gives the same for programs, with every field.

"""


def http_reference() -> str:
    """Give the page, as Markdown."""
    app = described_app()
    document = openapi_document(app)
    scopes = {(method, route.path): scope_of(route) for route in guarded_routes(app) for method in route.methods or ()}
    return "\n".join(
        [
            _HEAD + document["info"]["description"],
            *("", "## Addresses", "", "| address | scope | what it does |", "|---|---|---|"),
            *_operations(document, scopes),
            *("", "## Bodies", ""),
            *_bodies(document),
            *("## Replies", ""),
            *_schemas(document, ("AnswerReply", "PlanReply", "StatusReply", "ProblemReply")),
            *("## Scopes and roles", "", "| scope | may | roles |", "|---|---|---|"),
            *(f"| `{scope}` | {meaning} | {_roles(scope)} |" for scope, meaning in MEANINGS.items()),
            *(
                "",
                "A key of role rep does and sees the rep's own alone: records, decisions, availability and capacity.",
                "",
            ),
            *(
                "## Problems",
                "",
                "`type` is `urn:rightful:problem:` and the kind.",
                "",
                "| kind | status | title |",
                "|---|---|---|",
            ),
            *(f"| `{kind.name}` | {kind.status} | {kind.title} |" for kind in KINDS.values()),
            "",
        ]
    )


def _operations(document: dict[str, Any], scopes: dict[tuple[str, str], Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            scope = scopes.get((method.upper(), path))
            asked = f"`{scope}`" if scope else "no key"
            yield f"| `{method.upper()} {path}` | {asked} | {operation['summary']} |"


def _bodies(document: dict[str, Any]) -> Iterator[str]:
    yield "Records are objects of texts, numbers, true, false and null, by the [fields of records](records.md) or the names that"
    yield "`desk.yaml` maps to them; a lead for example:"
    yield "\n```json\n" + json.dumps(document["components"]["schemas"]["Lead"]["examples"][0], indent=2) + "\n```\n"
    names = ("LeadBatch", "AcceptBody", "ReasonBody", "OutcomeBody", "ResolveBody", "Availability", "Away", "Capacity")
    yield from _schemas(document, names)


def _schemas(document: dict[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        schema = document["components"]["schemas"][name]
        needed = set(schema.get("required", ()))
        yield f"### {name}\n\n{schema['description']}\n\n| key | needed | meaning |\n|---|---|---|"
        for key, about in schema["properties"].items():
            yield f"| `{key}` | {'yes' if key in needed else ''} | {about.get('description', '')} |"
        yield ""


def _roles(scope: Any) -> str:
    return ", ".join(role.value for role in Role if scope in SCOPES[role])
