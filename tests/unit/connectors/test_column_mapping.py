from __future__ import annotations

import pytest

from rightful.connectors.columns import map_columns
from rightful.connectors.headers import _USUAL, usual_headers
from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Place
from rightful.plan.section import Written
from rightful.plan.sources import TableSource

PLACE = Place("sources.yaml", 3, 9)


def source(key: str | None = None, constants: dict[str, str] | None = None, **columns: str | None) -> TableSource:
    return TableSource(
        file=Written("a.csv", PLACE),
        key=Written(key, PLACE) if key else None,
        columns={field: Written(header, PLACE) if header is not None else None for field, header in columns.items()},
        constants={field: Written(value, PLACE) for field, value in (constants or {}).items()},
    )


def mapped(headers: list[str], table: str = "accounts", declared: TableSource | None = None) -> dict[str, str]:
    mapping, mistakes = map_columns(headers, OBJECT_OF_TABLE[table], declared, "a.csv")
    assert [str(mistake) for mistake in mistakes if mistake.severity == "error"] == []
    assert mapping.key is not None
    return {"key": headers[mapping.key], **{field: headers[at] for field, at in mapping.fields.items()}}


def errors(headers: list[str], declared: TableSource | None = None) -> list[str]:
    return [str(mistake) for mistake in map_columns(headers, OBJECT_OF_TABLE["accounts"], declared, "a.csv")[1]]


def test_every_usual_header_is_of_a_field_that_exists() -> None:
    for table, crm_object in OBJECT_OF_TABLE.items():
        fields = {field.name for field in crm_object.source_fields} | {crm_object.key}
        assert set(_USUAL[table]) <= fields


def test_every_object_is_recognised_by_its_own_names() -> None:
    for table, crm_object in OBJECT_OF_TABLE.items():
        names = [crm_object.key, *(field.name for field in crm_object.source_fields)]
        assert mapped(names, table) == {"key": crm_object.key, **{name: name for name in names[1:]}}


def test_salesforce_api_names() -> None:
    headers = [
        "Id",
        "Name",
        "Type",
        "ParentId",
        "BillingStreet",
        "BillingCity",
        "BillingState",
        "BillingPostalCode",
        "BillingCountry",
        "ShippingCountry",
        "Phone",
        "Website",
        "Industry",
        "AnnualRevenue",
        "NumberOfEmployees",
        "OwnerId",
        "CreatedDate",
        "LastActivityDate",
        "DunsNumber",
    ]
    assert mapped(headers) == {
        "key": "Id",
        "name": "Name",
        "website": "Website",
        "phone": "Phone",
        "street": "BillingStreet",
        "city": "BillingCity",
        "state": "BillingState",
        "postal_code": "BillingPostalCode",
        "country": "BillingCountry",
        "employees": "NumberOfEmployees",
        "annual_revenue": "AnnualRevenue",
        "industry": "Industry",
        "account_type": "Type",
        "parent_account_id": "ParentId",
        "company_number": "DunsNumber",
        "created_on": "CreatedDate",
        "last_activity_on": "LastActivityDate",
        "owner_id": "OwnerId",
    }


def test_salesforce_report_labels_of_leads() -> None:
    headers = [
        "Lead ID", "First Name", "Last Name", "Company / Account", "Title", "Email", "Zip/Postal Code", "State/Province", "Country",
        "Lead Source", "Lead Status", "No. of Employees", "Annual Revenue", "Lead Owner", "Created Date", "Product Interest__c",
    ]  # fmt: skip
    found = mapped(headers, "leads")
    assert found["key"] == "Lead ID"
    assert found["company"] == "Company / Account"
    assert found["employees"] == "No. of Employees"
    assert found["owner_id"] == "Lead Owner"
    assert found["product_interest"] == "Product Interest__c"
    assert found["postal_code"] == "Zip/Postal Code"
    assert len(found) == len(headers)


def test_hubspot_exports() -> None:
    companies = [
        "Record ID - Company", "Company name", "Company Domain Name", "Company owner", "Lifecycle Stage", "State/Region",
        "Country/Region", "Number of Employees", "Annual Revenue", "Create Date",
    ]  # fmt: skip
    found = mapped(companies)
    assert found["website"] == "Company Domain Name"
    assert found["account_type"] == "Lifecycle Stage"
    assert len(found) == len(companies)
    contacts = [
        "Record ID - Contact", "First Name", "Last Name", "Job Title", "Email", "Phone Number", "Associated Company IDs", "Contact owner",
    ]  # fmt: skip
    found = mapped(contacts, "contacts")
    assert found["account_id"] == "Associated Company IDs"
    assert len(found) == len(contacts)


def test_the_owners_id_wins_over_the_owners_name() -> None:
    assert mapped(["Account Owner", "Id", "OwnerId"])["owner_id"] == "OwnerId"
    assert mapped(["Account Owner", "Id"])["owner_id"] == "Account Owner"


def test_the_account_id_is_key_of_accounts_and_reference_elsewhere() -> None:
    assert mapped(["Account ID"])["key"] == "Account ID"
    assert mapped(["Contact ID", "Account ID"], "contacts")["account_id"] == "Account ID"


def test_stated_columns_win_and_blanks_are_not_looked_for() -> None:
    found = mapped(["Id", "Industry", "Vertical", "Name"], declared=source(industry="Vertical", name=None))
    assert found == {"key": "Id", "industry": "Vertical"}


def test_a_column_that_the_plan_uses_is_not_guessed_for_another_field() -> None:
    assert mapped(["Id", "Industry"], declared=source(tags="Industry")) == {"key": "Id", "tags": "Industry"}


def test_stated_columns_are_found_despite_case_and_blanks() -> None:
    assert mapped(["Id", "  Yearly   REVENUE "], declared=source(annual_revenue="yearly revenue")) == {
        "key": "Id",
        "annual_revenue": "  Yearly   REVENUE ",
    }


def test_a_stated_column_that_is_missing() -> None:
    assert errors(["Id", "Revenue"], source(annual_revenue="Revenu")) == [
        "sources.yaml:3:9: a.csv has no column 'Revenu'. Allowed: Id, Revenue. Did you mean 'Revenue'?"
    ]


def test_a_missing_key() -> None:
    (error,) = errors(["Name", "acount_id"])
    assert error.startswith("a.csv: no column for account_id among Name, acount_id. Allowed: account_id, Account ID, ")
    assert "Did you mean 'acount_id'? Write `key: HEADER` into sources.yaml, or `key: row_number`" in error
    assert errors(["Name"], source(key="Nr")) == ["sources.yaml:3:9: a.csv has no column 'Nr'. Allowed: Name."]


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (["Id", "Name", "Name"], "a.csv: name can be 'Name' (column 2) and 'Name' (column 3) of a.csv. Rename one"),
        (["Id", "Annual Revenue", "AnnualRevenue"], "a.csv: annual_revenue can be 'Annual Revenue' (column 2) and"),
    ],
)
def test_columns_between_which_nothing_decides(headers: list[str], message: str) -> None:
    (error,) = errors(headers)
    assert error.startswith(message)


def test_duplicate_headers_that_nobody_uses_do_no_harm() -> None:
    assert mapped(["Id", "Note", "Note", "", ""]) == {"key": "Id"}


def test_a_stated_header_that_is_there_twice() -> None:
    (error,) = errors(["Id", "Nm", "Nm"], source(name="Nm"))
    assert error.startswith("sources.yaml:3:9: column 'Nm' can be 'Nm' (column 2) and 'Nm' (column 3)")


def test_an_exact_own_name_wins_over_a_like_header() -> None:
    assert mapped(["Id", "Annual Revenue", "annual_revenue"])["annual_revenue"] == "annual_revenue"


def test_usual_headers_start_with_the_own_name() -> None:
    assert usual_headers("reps", "email")[0] == "email"
