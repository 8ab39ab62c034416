"""Requests made from the description of the interface, right and wrong ones: no failure, and answers as described."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from serving import Served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 2


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_as_described(lasting: Served, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {lasting.admin}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", lasting.app, headers=headers)
    tried = 0

    def check(case: Case) -> None:
        nonlocal tried
        lasting.passed += 1.0  # so that the key may ask again
        case.call_and_validate(headers=headers, checks=CHECKS)
        tried += 1

    for found in schema.get_all_operations():
        operation = found.ok()
        quiet = settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        try:
            quiet(given(case=operation.as_strategy(generation_mode=mode))(check))()
        except Unsatisfiable:  # there is nothing to get wrong, such as in GET /healthz
            assert mode is GenerationMode.NEGATIVE, operation.label
    assert tried > 60
