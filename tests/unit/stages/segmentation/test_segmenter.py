from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

from rightful.plan import plan_from
from rightful.plan.segmentation import SegmentedTable
from rightful.stages.segmentation import Segmenter


def segmenter(table: SegmentedTable, text: str, **files: str) -> Segmenter:
    plan = plan_from({"segmentation.yaml": text, **{name.replace("__", "/"): each for name, each in files.items()}})
    return Segmenter.of(table, plan.segmentation, plan.lists)


ORDERED = """
region:
  - {name: DACH, rule: german_speaking, when: "country IN ('DE', 'AT', 'CH')"}
  - {name: EMEA, country: "DE, FR"}
  - {name: Elsewhere}
"""


def test_the_first_rule_that_holds_wins() -> None:
    accounts = segmenter("accounts", ORDERED)
    for country, region, rule in (("DE", "DACH", "german_speaking"), ("FR", "EMEA", "2"), (None, "Elsewhere", "3")):
        found = accounts.decide({"country": country})
        assert found.region == region
        assert found.reason.startswith(f"region={region}(rule {rule}); ")


def test_lists_go_before_rules_and_rules_before_bands() -> None:
    accounts = segmenter(
        "accounts",
        """
segment:
  lists: [{name: Strategic, list: strategic, field: domain}]
  rules: [{name: Public, industry: Government}]
  bands: {field: employees, edges: {Small: 0, Large: 500}}
""",
        **{"lists__strategic.txt": "acme.com\n"},
    )
    for record, segment, why in (
        ({"domain": "acme.com", "industry": "Government", "employees": 9.0}, "Strategic", "list strategic"),
        ({"domain": "b.com", "industry": "Government", "employees": 9.0}, "Public", "rule 1"),
        ({"domain": "b.com", "employees": 9.0}, "Small", "employees 9 in >=0 <500"),
        ({"domain": "b.com"}, "unknown", "no rule holds, employees blank"),
        ({"employees": -1.0}, "unknown", "no rule holds, employees -1 in no band"),
    ):
        found = accounts.decide(record)
        assert (found.segment, found.reason.split("; ")[2]) == (segment, f"segment={segment}({why})")


def test_several_bands_are_tried_in_order() -> None:
    accounts = segmenter(
        "accounts",
        """
segment:
  bands:
    - {field: employees, edges: {SMB: 0, ENT: 1000}, when_range_spans: unknown}
    - {field: annual_revenue_usd, edges: {SMB: 0, ENT: 1e8}}
""",
    )
    assert accounts.decide({"employees": 5.0, "annual_revenue_usd": 1e9}).segment == "SMB"
    spanning = {"employees": 700.0, "employees_low": 500.0, "employees_high": 1000.0}
    assert accounts.decide({**spanning, "annual_revenue_usd": 1e9}).segment == "ENT"
    assert accounts.decide(spanning).reason.endswith(
        "segment=unknown(employees 500-1,000 spans bands, annual_revenue_usd blank)"
    )


def test_a_later_output_may_use_an_earlier_one() -> None:
    leads = segmenter(
        "leads",
        """
region: [{name: EMEA, country: DE}]
segment: [{name: EMEA public, when: "region = 'EMEA' AND industry_group = 'Government'"}]
persona: [{name: Buyer, region: EMEA, segment: EMEA public}]
""",
    )
    found = leads.decide({"country": "DE", "industry": "Government"})
    assert (found.segment, found.persona) == ("EMEA public", "Buyer")


def test_an_output_that_came_with_the_record_is_not_taken_for_this_plans() -> None:
    accounts = segmenter("accounts", "region: []\nsegment: [{name: X, region: Old}]")
    found = accounts.decide({"region": "Old"})
    assert (found.region, found.segment) == ("unknown", "unknown")
    assert found.reason.startswith("region=unknown(no rules)")


def test_a_block_for_one_object_replaces_the_common_one() -> None:
    text = 'region: [{name: All}]\nleads: {region: [{name: Leads, when: "lead_source IS NOT NULL"}]}'
    assert segmenter("accounts", text).decide({}).region == "All"
    leads = segmenter("leads", text)
    assert leads.decide({"lead_source": "web"}).region == "Leads"
    assert leads.decide({}).region == "unknown"


def test_a_rule_for_all_reads_a_field_that_a_record_lacks_as_blank() -> None:
    text = 'segment: [{name: Big, when: "employees >= 1000"}, {name: Other, when: "industry IS NULL"}]'
    contacts = segmenter("contacts", text)
    assert contacts.decide({}).segment == "Other"
    assert contacts.decide_table(pa.table({"contact_id": ["1"]}))["segment"].to_pylist() == ["Other"]


@pytest.mark.parametrize(
    ("lent", "region", "why"),
    [("APAC", "APAC", "its account"), ("unknown", "EMEA", "rule 1"), (None, "EMEA", "rule 1")],
)
def test_a_contact_takes_what_its_account_knows(lent: str | None, region: str, why: str) -> None:
    contacts = segmenter("contacts", "region: [{name: EMEA, country: DE}]")
    found = contacts.decide({"country": "DE", "account_region": lent})
    assert found.region == region
    assert found.reason.startswith(f"region={region}({why})")


def test_what_a_contact_takes_is_the_plans_to_say() -> None:
    contacts = segmenter("contacts", "region: [{name: EMEA, country: DE}]\ncontacts: {from_account: [segment]}")
    found = contacts.decide({"country": "DE", "account_region": "APAC", "account_segment": "SMB"})
    assert (found.region, found.segment) == ("EMEA", "SMB")


def test_leads_take_nothing_from_an_account() -> None:
    assert segmenter("leads", "").decide({"account_region": "APAC", "account_id": "1"}).region == "unknown"


def test_copies_join_what_is_known() -> None:
    leads = segmenter("leads", "")
    assert leads.decide({"job_level": "VP", "job_function": "Finance"}).persona == "VP Finance"
    found = leads.decide({"job_function": "Finance"})
    assert (found.persona, found.reason.split("; ")[3]) == ("Finance", "persona=Finance(job_function)")


def test_a_table_is_decided_like_its_rows_and_comes_with_the_contracts_columns() -> None:
    accounts = pickle.loads(pickle.dumps(segmenter("accounts", ORDERED)))  # it goes to other processes
    rows = [
        {"account_id": "1", "country": "DE", "industry": "Banking", "employees": 5.0},
        {"account_id": "2", "country": None, "industry": "", "employees": None},
    ]
    kinds = {"account_id": pa.string(), "country": pa.string(), "industry": pa.string(), "employees": pa.float64()}
    table = accounts.decide_table(pa.Table.from_pylist(rows, pa.schema(kinds)))
    assert table.column_names == ["account_id", "region", "industry_group", "segment", "segmentation_reason"]
    for row, given in zip(rows, table.to_pylist(), strict=True):
        found = accounts.decide(row)
        assert given == {
            "account_id": row["account_id"],
            "region": found.region,
            "industry_group": found.industry_group,
            "segment": found.segment,
            "segmentation_reason": found.reason,
        }


def test_an_empty_table_gives_an_empty_table() -> None:
    table = segmenter("accounts", ORDERED).decide_table(pa.table({"account_id": pa.array([], pa.string())}))
    assert table.num_rows == 0
