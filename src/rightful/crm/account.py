"""Account: a company or site that one can sell to."""

from __future__ import annotations

from rightful.crm import shared
from rightful.crm.field import CrmObject, Kind, added, key, source

ACCOUNT = CrmObject(
    "account",
    "accounts",
    "account_id",
    (
        key("account_id", "Identifier of the account in the CRM"),
        *source(
            ("name", Kind.TEXT, "Company name"),
            ("website", Kind.TEXT, "Web address"),
            ("phone", Kind.TEXT, "Main phone number"),
        ),
        *shared.ADDRESS,
        *shared.FIRMOGRAPHICS,
        *source(
            ("account_type", Kind.CODE, "customer, prospect, partner, former_customer or competitor"),
            ("parent_account_id", Kind.REFERENCE, "Parent account in the CRM", "accounts"),
            ("parent_name", Kind.TEXT, "Parent company by name, where the source has no id"),
            ("company_number", Kind.TEXT, "Identifier of a data provider, such as a DUNS number"),
            ("parent_company_number", Kind.TEXT, "Company number of the parent"),
            ("ultimate_company_number", Kind.TEXT, "Company number of the ultimate parent"),
            ("product_lines", Kind.TEXT, "Product lines in use or of interest, separated by `;`"),
            ("tags", Kind.TEXT, "Free tags, separated by `;`"),
            ("created_on", Kind.DATE, "Date of creation"),
            ("last_activity_on", Kind.DATE, "Date of the newest activity"),
        ),
        *shared.OWNER,
        *added(
            "quality",
            ("name", Kind.TEXT, "Company name, tidied"),
            ("core_name", Kind.TEXT, "Name without legal form, case and accents: the key for comparing"),
            (
                "other_name",
                Kind.TEXT,
                "Another name that stood in it, such as a trading or former name, written like `core_name`",
            ),
            ("legal_form", Kind.CODE, "Legal form split off the name, such as GmbH"),
            ("domain", Kind.CODE, "Registrable domain of the web address"),
            ("phone", Kind.CODE, "Phone number in E.164 form"),
        ),
        *shared.CLEANED_ADDRESS,
        *shared.CLEANED_FIRMOGRAPHICS,
        *added(
            "quality",
            ("account_type", Kind.CODE, "customer, prospect, partner, former_customer or competitor"),
            (
                "parent_account_id",
                Kind.REFERENCE,
                "Parent account; a merged parent is replaced by its survivor",
                "accounts",
            ),
            ("parent_name", Kind.TEXT, "Parent company by name"),
            ("company_number", Kind.CODE, "Identifier of a data provider, digits and letters only"),
            ("parent_company_number", Kind.CODE, "Company number of the parent"),
            ("ultimate_company_number", Kind.CODE, "Company number of the ultimate parent"),
            ("product_lines", Kind.TEXT, "Product lines, sorted, separated by `;`"),
            ("tags", Kind.TEXT, "Tags, sorted, separated by `;`"),
            ("created_on", Kind.DATE, "Date of creation"),
            ("last_activity_on", Kind.DATE, "Date of the newest activity"),
        ),
        *shared.CLEANED_OWNER,
        *shared.QUALITY_REASON,
        *shared.SEGMENTED,
        *added(
            "hierarchy",
            (
                "parent_id",
                Kind.REFERENCE,
                "Parent account after overrides, proposals and broken cycles",
                "accounts",
            ),
            (
                "ultimate_parent_id",
                Kind.REFERENCE,
                "Top of the family; the account itself when it has no parent",
                "accounts",
            ),
            ("hierarchy_depth", Kind.NUMBER, "Steps up to the ultimate parent; 0 at the top"),
            ("family_size", Kind.NUMBER, "Accounts under the same ultimate parent, itself included"),
            ("family_employees", Kind.NUMBER, "Employees of the family"),
            ("family_annual_revenue_usd", Kind.MONEY, "Yearly revenue of the family"),
            ("family_open_pipeline_usd", Kind.MONEY, "Open opportunities of the family"),
            ("hierarchy_reason", Kind.TEXT, "Where the parent comes from, or why it was refused"),
        ),
        *shared.SCORED,
        *shared.ASSIGNED,
    ),
)
