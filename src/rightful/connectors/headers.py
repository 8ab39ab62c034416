"""Headers that CRM exports use, by table and field: Salesforce (API names and report labels) and HubSpot (exports and properties).

A field's own name always counts and need not be listed. Headers are compared without case, blanks, punctuation and the ``__c`` of
custom fields, so ``Annual Revenue`` is ``annual_revenue``. Where several are there, the one listed first is taken.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["squeezed", "usual_headers"]

_Names = dict[str, tuple[str, ...]]

_BILLING: _Names = {
    "street": ("Billing Street", "Billing Address Line 1", "Street Address", "Address", "Shipping Street", "Mailing Street"),
    "city": ("Billing City", "Shipping City", "Mailing City"),
    "state": (
        "Billing State/Province", "Billing State", "BillingStateCode", "State/Region", "State/Province", "Shipping State/Province",
        "Shipping State", "Mailing State/Province", "Mailing State", "Province",
    ),
    "postal_code": (
        "Billing Zip/Postal Code", "Billing Postal Code", "Zip/Postal Code", "Zip", "Zip Code", "Postcode", "Shipping Zip/Postal Code",
        "Shipping Postal Code", "Mailing Zip/Postal Code", "Mailing Postal Code",
    ),
    "country": (
        "Billing Country", "BillingCountryCode", "Country/Region", "Shipping Country", "Mailing Country", "CountryCode",
    ),
}  # fmt: skip
_FIRMOGRAPHICS: _Names = {
    "employees": ("Number of Employees", "No. of Employees", "NumberOfEmployees", "Employee Count"),
    "annual_revenue": ("AnnualRevenue", "Revenue", "Total Revenue"),
}
_PERSON: _Names = {
    "full_name": ("Name", "Contact Name", "Lead Name"),
    "title": ("Job Title",),
    "email": ("Email Address", "Work Email", "E-mail"),
    "phone": ("Phone Number", "Business Phone", "MobilePhone", "Mobile", "Mobile Phone Number"),
}
_CREATED = ("Created Date", "Create Date", "createdate", "Created At", "Creation Date")
_ACCOUNT_ID = (
    "AccountId", "Account ID 18", "Associated Company IDs (Primary)", "Primary Associated Company ID", "Associated Company ID",
    "Associated Company IDs", "associatedcompanyid",
)  # fmt: skip


def _owner(label: str) -> tuple[str, ...]:
    """Give the headers of an owner; the id wins over the name that reports show."""
    return ("OwnerId", f"{label} Owner ID", "hubspot_owner_id", f"{label} Owner", "Owner", "Record Owner")


def _key(*labels: str) -> tuple[str, ...]:
    return (
        *(f"{label} ID" for label in labels),
        "Id",
        "Record ID",
        *(f"Record ID - {label}" for label in labels),
        "hs_object_id",
    )


_USUAL: dict[str, _Names] = {
    "accounts": {
        "account_id": _key("Account", "Company"),
        "name": ("Account Name", "Company Name", "Company"),
        "website": ("Website URL", "Company Domain Name", "Domain", "URL"),
        "phone": ("Phone Number", "Account Phone"),
        **_BILLING,
        **_FIRMOGRAPHICS,
        "account_type": ("Type", "Lifecycle Stage"),
        "parent_account_id": ("ParentId", "Parent ID", "Parent Company ID", "hs_parent_company_id"),
        "parent_name": ("Parent Account", "Parent Account Name", "Parent Company"),
        "company_number": ("DunsNumber", "D-U-N-S Number", "DUNS"),
        "parent_company_number": ("Parent DUNS Number", "Parent D-U-N-S Number"),
        "ultimate_company_number": ("Global Ultimate DUNS Number", "Global Ultimate D-U-N-S Number"),
        "product_lines": ("Products", "Product Line"),
        "created_on": _CREATED,
        "last_activity_on": ("LastActivityDate", "Last Activity", "Last Activity Date", "notes_last_updated"),
        "owner_id": (*_owner("Account"), "Company Owner"),
    },
    "contacts": {
        "contact_id": _key("Contact"),
        **_PERSON,
        "company": ("Company Name", "Account Name"),
        **_BILLING,
        "account_id": _ACCOUNT_ID,
        "created_at": _CREATED,
        "owner_id": _owner("Contact"),
    },
    "leads": {
        "lead_id": _key("Lead", "Contact"),
        **_PERSON,
        "company": ("Company / Account", "Company Name", "Account Name"),
        "website": ("Website URL", "Company Domain Name"),
        **_BILLING,
        **_FIRMOGRAPHICS,
        "lead_source": ("Original Source", "Original Traffic Source", "Latest Source", "hs_analytics_source"),
        "status": ("Lead Status", "hs_lead_status", "Lifecycle Stage"),
        "product_interest": ("Product Interest", "Product of Interest", "Product"),
        "is_converted": ("IsConverted", "Converted"),
        "account_id": ("ConvertedAccountId", "Converted Account ID", *_ACCOUNT_ID),
        "created_at": _CREATED,
        "owner_id": (*_owner("Lead"), "Contact Owner"),
    },
    "buying_centers": {
        "buying_center_id": _key("Buying Center"),
        "name": ("Buying Center Name", "Buying Center"),
        "account_id": _ACCOUNT_ID,
        "owner_id": _owner("Buying Center"),
    },
    "opportunities": {
        "opportunity_id": _key("Opportunity", "Deal"),
        "name": ("Opportunity Name", "Deal Name", "dealname"),
        "amount": ("Value", "Amount in company currency"),
        "stage": ("StageName", "Deal Stage", "dealstage"),
        "is_closed": ("IsClosed", "Closed", "Is Deal Closed?", "hs_is_closed"),
        "is_won": ("IsWon", "Won", "Is Closed Won", "hs_is_closed_won"),
        "opportunity_type": ("Type", "Deal Type", "dealtype"),
        "product_line": ("Product", "Product Family"),
        "created_on": _CREATED,
        "close_on": ("CloseDate", "Close Date", "closedate"),
        "account_id": _ACCOUNT_ID,
        "owner_id": (*_owner("Opportunity"), "Deal Owner"),
    },
    "orders": {
        "order_id": _key("Order"),
        "opportunity_id": ("OpportunityId",),
        "amount": ("TotalAmount", "Order Amount", "Total Amount"),
        "product_line": ("Product", "Product Family"),
        "ordered_on": ("EffectiveDate", "Order Start Date", "Order Date"),
        "account_id": _ACCOUNT_ID,
        "owner_id": _owner("Order"),
    },
    "tasks": {
        "task_id": _key("Task", "Activity"),
        "subject": ("Task Title", "Task Name"),
        "status": ("Task Status",),
        "is_closed": ("IsClosed", "Closed"),
        "due_on": ("ActivityDate", "Due Date", "Due Date Only", "Date"),
        "created_on": _CREATED,
        "opportunity_id": ("OpportunityId", "Associated Deal IDs"),
        "contact_id": ("Associated Contact IDs",),
        "account_id": _ACCOUNT_ID,
        "owner_id": (*_owner("Task"), "Assigned To", "Assigned To ID", "Assigned"),
    },
    "activities": {
        "activity_id": _key("Activity"),
        "contact_id": ("Associated Contact IDs",),
        "activity_type": ("Type", "Event Type"),
        "occurred_at": ("Activity Date", "Timestamp", "Occurred At", "CreatedDate", "Date"),
    },
    "reps": {
        "rep_id": _key("User", "Owner", "Rep"),
        "name": ("Full Name", "User Name"),
        "email": ("Email Address",),
        "team": ("Department", "Division"),
        "role": ("UserRole.Name", "Role Name", "UserRole"),
        "manager_id": ("ManagerId", "Manager ID"),
        "time_zone": ("TimeZoneSidKey", "TimeZone"),
        "skills": ("Languages",),
        "is_active": ("IsActive", "Active"),
        "starts_on": ("Start Date",),
        "ends_on": ("End Date",),
    },
    "absences": {
        "absence_id": _key("Absence"),
        "rep_id": ("User ID", "Owner ID", "OwnerId"),
        "starts_at": ("Start", "Starts On", "Start Date"),
        "ends_at": ("End", "Ends On", "End Date"),
        "absence_type": ("Type",),
    },
}


@cache
def usual_headers(table: str, name: str) -> tuple[str, ...]:
    """Give the headers by which a field is recognised, its own name first.

    Example:
        >>> usual_headers("opportunities", "close_on")
        ('close_on', 'CloseDate', 'Close Date', 'closedate')
    """
    return (name, *_USUAL[table].get(name, ()))


def squeezed(header: str) -> str:
    """Reduce a header to what is compared: letters and digits, without case.

    Example:
        >>> squeezed("Product Interest__c") == squeezed("product_interest")
        True
    """
    return re.sub(r"[\W_]+", "", re.sub(r"__[cr]$", "", header.strip()).casefold())
