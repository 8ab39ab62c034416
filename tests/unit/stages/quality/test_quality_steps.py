from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from rightful.crm import OBJECT_OF_TABLE, OBJECTS, CrmObject
from rightful.errors import PlanError
from rightful.plan import Plan, plan_from
from rightful.stages.columns import schema_of
from rightful.stages.lift import apply
from rightful.stages.quality.settings import Settings, habits_of, settings_for
from rightful.stages.quality.stage import clean_chunk
from rightful.stages.quality.steps import steps_for


def empty(crm_object: CrmObject) -> pa.Table:
    kinds = {name: pa.int64() if name == "source_line" else pa.string() for name in crm_object.raw_columns}
    return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})


@pytest.mark.parametrize("crm_object", OBJECTS, ids=lambda crm_object: crm_object.table)
def test_steps_add_exactly_the_contracts_columns(crm_object: CrmObject) -> None:
    schema = schema_of(crm_object, "quality")
    assert clean_chunk(empty(crm_object), Settings(crm_object.table)).schema == schema
    steps = steps_for(Settings(crm_object.table))
    added = {name for step in steps for name, _ in step.adds if not name.startswith("_")}
    assert added == set(schema.names) - {crm_object.key}
    assert pickle.loads(pickle.dumps(steps)) is not None


def rightful_plan(quality: str, **files: str) -> Plan:
    return plan_from({"quality.yaml": quality, **files})


def cleaned(plan: Plan, table: str = "accounts", **raws: str) -> dict[str, object]:
    record = {f"{name}_raw": value for name, value in raws.items()}
    return apply(steps_for(settings_for(table, plan, {})), record)


def test_a_field_without_cleaning_keeps_its_source_value_trimmed() -> None:
    plan = rightful_plan("writers: [{table: accounts, field: industry, writers: [merge]}]")
    found = cleaned(plan, industry=" Banking & more ", city="BERLIN")
    assert found["industry"] == "Banking & more"
    assert found["quality_reason"] == "city=case_repaired"


def test_a_number_without_cleaning_must_be_plain() -> None:
    plan = rightful_plan("writers: [{table: accounts, field: employees, writers: [merge]}]")
    assert cleaned(plan, employees="120")["employees"] == 120.0
    found = cleaned(plan, employees="about 120")
    assert (found["employees"], found["quality_reason"]) == (None, "employees=kept_blank")


def test_a_table_with_kept_fields_keeps_its_types() -> None:
    accounts = OBJECT_OF_TABLE["accounts"]
    settings = Settings("accounts", keeps=frozenset({"employees", "created_on", "industry", "country"}))
    assert clean_chunk(empty(accounts), settings).schema == schema_of(accounts, "quality")


def test_a_field_without_inference_stays_blank() -> None:
    plan = rightful_plan("writers: [{table: accounts, field: country, writers: [cleaning, merge]}]")
    assert cleaned(plan, phone="+49 30 901820")["country"] is None
    assert cleaned(rightful_plan(""), phone="+49 30 901820")["country"] == "DE"
    assert cleaned(rightful_plan("infer: [state]"), phone="+49 30 901820")["country"] is None


def test_a_domain_is_inferred_unless_the_plan_forbids_it() -> None:
    forbidding = rightful_plan("writers: [{table: leads, field: domain, writers: [cleaning]}]")
    assert cleaned(rightful_plan(""), "leads", email="ann@acme.com")["domain"] == "acme.com"
    assert cleaned(forbidding, "leads", email="ann@acme.com")["domain"] is None
    assert cleaned(forbidding, "leads", email="ann@acme.com", website="zeta.com")["domain"] == "zeta.com"


def test_the_plan_adds_and_removes_domains() -> None:
    plan = rightful_plan("free_domains: {add: [acme.com], remove: [gmail.com]}")
    assert cleaned(plan, "leads", email="a@acme.com")["is_free_email"] is True
    assert cleaned(plan, "leads", email="a@gmail.com")["is_free_email"] is False


def test_corrections_stand_for_the_source_and_are_cleaned_like_it() -> None:
    plan = rightful_plan(
        "corrections: [{table: accounts, record_id: A, field: country, value: Deutschland}, {table: accounts, record_id: B, field: country}]"
    )
    accounts = OBJECT_OF_TABLE["accounts"]
    rows = {name: [None, None, None] for name in accounts.raw_columns}
    table = pa.table(
        {**rows, "account_id": ["A", "B", "C"], "country_raw": ["US", "US", "US"]}, schema=empty(accounts).schema
    )
    assert clean_chunk(table, settings_for("accounts", plan, {}))["country"].to_pylist() == ["DE", None, "US"]


def test_a_column_shows_its_habits() -> None:
    fields = {field.name: field for field in OBJECT_OF_TABLE["accounts"].source_fields}
    assert habits_of(fields["employees"], ["1.000", "2.500,5"]).decimal_mark == "comma"
    assert habits_of(fields["created_on"], ["31/12/2024", "1/2/2025"]).day_first is True
    assert habits_of(fields["created_on"], ["31/12/2024"], day_first=False).day_first is False
    assert habits_of(fields["industry"], ["7371", "3559", "6141"]).schemes == {4: "sic"}
    assert habits_of(fields["name"], ["x"]).decimal_mark is None


def test_a_field_that_cleaning_makes_cannot_be_kept_from_it() -> None:
    with pytest.raises(PlanError, match="cleaning makes 'core_name' of other fields"):
        rightful_plan("writers: [{table: accounts, field: core_name, writers: [merge]}]")
    rightful_plan("writers: [{table: accounts, field: core_name, writers: [cleaning]}]")
