"""A record cleaned at the desk has what the batch gives it."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rightful.crm import OBJECTS, CrmObject, Kind
from rightful.stages.columns import schema_of
from rightful.stages.lift import apply
from rightful.stages.quality.settings import ColumnHabits, Settings
from rightful.stages.quality.stage import clean_chunk
from rightful.stages.quality.steps import steps_for

MESS = (
    None, "", " ", "n/a", "test", "-999", "Acme GmbH", "ACME, INC.", "MÃ¼ller &amp; Söhne", "株式会社リコー", "acme.com", "http://www.acme.co.uk/x",
    "facebook.com/acme", "ann@acme.com", "ann@gmail.com", "Ann <ann@acme,com>", "none@none.com", "+49 (0)30 901820", "(415) 555-2671 x5",
    "030 901820", "Deutschland", "USA", "Georgia", "CA", "California", "Boston, MA 02110", "2134", "94105", "SW1A 1AA", "11-50", "1.000",
    "10001+", "$1,500", "€3.7m", "JPY ¥253 billion (US$ 2.2 billion)", "Banking", "5812", "622110", "VP Sales", "Leiter Vertrieb", "DR. ANN",
    "van der ROHE", "Lee, Ann", "2026-01-05", "11/1/2024", "31.12.2025", "2026-01-05 12:00", "yes", "0", "Closed Won", "Completed", "b;a;b",
    "\u200bx\x00", "🙂", "<b>x</b>",
)  # fmt: skip
HABITS = {
    "employees": ColumnHabits(decimal_mark="comma"),
    "industry": ColumnHabits(schemes={4: "sic"}),
    "created_on": ColumnHabits(day_first=True),
}


@pytest.mark.parametrize("crm_object", OBJECTS, ids=lambda crm_object: crm_object.table)
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_one_record_is_cleaned_as_in_the_batch(crm_object: CrmObject, data: st.DataObject) -> None:
    names = [name for name in crm_object.raw_columns if name.endswith("_raw")]
    rows = data.draw(st.lists(st.tuples(*(st.sampled_from(MESS) for _ in names)), min_size=1, max_size=8))
    columns = {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)}
    keys = pa.array([str(number) for number in range(len(rows))])
    chosen = Settings(
        crm_object.table, habits=HABITS, rates={"USD": 1.0, "EUR": 1.1}, keeps=frozenset(data.draw(_kept(crm_object)))
    )
    batch = clean_chunk(pa.table({crm_object.key: keys, **columns}), chosen)
    schema = schema_of(crm_object, "quality")
    assert batch.schema == schema
    steps = steps_for(chosen)
    for place, from_batch in enumerate(batch.to_pylist()):
        record = {crm_object.key: str(place), **dict(zip(names, rows[place], strict=True))}
        at_desk = apply(steps, record)
        assert {name: _utc(at_desk[name]) for name in schema.names} == {
            name: _utc(from_batch[name]) for name in schema.names
        }


def _kept(crm_object: CrmObject) -> st.SearchStrategy[list[str]]:
    source = {field.name for field in crm_object.source_fields}
    names = [
        field.name for field in crm_object.fields_of("quality") if field.name in source and field.kind is not Kind.MONEY
    ]
    return st.lists(st.sampled_from(names), max_size=2) if names else st.just([])


def _utc(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
