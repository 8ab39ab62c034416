from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import plan_from
from rightful.stages.columns import arrow_type
from rightful.stages.matching import Matcher
from rightful.stages.matching.facts import FACT_COLUMNS
from rightful.stages.matching.parties import ACCOUNT_COLUMNS

MatcherOf = Callable[..., Matcher]

_COUNTED = {"open_opportunities": pa.int64(), "contacts": pa.int64(), "owner_is_active": pa.bool_()}


def make_matcher(
    accounts: Sequence[Mapping[str, Any]], survivors: Mapping[str, str] | None = None, **files: str
) -> Matcher:
    """Make a matcher of a few accounts; plan files by name without ending: ``matching="strong: 0.9"``."""
    fields = OBJECT_OF_TABLE["accounts"].rule_fields
    names = dict.fromkeys(("account_id", *ACCOUNT_COLUMNS, *FACT_COLUMNS, "employees"))
    columns = {}
    for name in names:
        kind = _COUNTED[name] if name in _COUNTED else arrow_type(fields[name].kind)
        columns[name] = pa.array([account.get(name) for account in accounts], kind)
    plan = plan_from({(name if "." in name else f"{name}.yaml"): text for name, text in files.items()})
    return Matcher.of(pa.table(columns), plan, survivors)


@pytest.fixture(scope="session")
def matcher_of() -> MatcherOf:
    return make_matcher
