"""Lead: a person of interest who is not yet tied to an account."""

from __future__ import annotations

from rightful.crm import shared
from rightful.crm.field import CrmObject, Kind, added, key, source

LEAD = CrmObject(
    "lead",
    "leads",
    "lead_id",
    (
        key("lead_id", "Identifier of the lead in the CRM"),
        *shared.PERSON,
        *source(
            ("company", Kind.TEXT, "Company name as the person gave it"),
            ("website", Kind.TEXT, "Web address"),
        ),
        *shared.ADDRESS,
        *shared.FIRMOGRAPHICS,
        *source(
            ("lead_source", Kind.TEXT, "Where the lead came from"),
            ("status", Kind.TEXT, "Status in the CRM"),
            ("product_interest", Kind.TEXT, "Product line of interest"),
            ("is_converted", Kind.FLAG, "True when the lead became a contact"),
            ("account_id", Kind.REFERENCE, "Account linked by hand or by conversion", "accounts"),
            ("created_at", Kind.INSTANT, "When the lead arrived"),
        ),
        *shared.OWNER,
        *shared.CLEANED_PERSON,
        *added(
            "quality",
            ("company", Kind.TEXT, "Company name, tidied"),
            (
                "core_name",
                Kind.TEXT,
                "Company name without legal form, case and accents: the key for comparing",
            ),
            (
                "other_name",
                Kind.TEXT,
                "Another name that stood in it, such as a trading or former name, written like `core_name`",
            ),
            ("legal_form", Kind.CODE, "Legal form split off the company name"),
            ("domain", Kind.CODE, "Registrable domain of the web address, else of a business e-mail address"),
        ),
        *shared.CLEANED_ADDRESS,
        *shared.CLEANED_FIRMOGRAPHICS,
        *added(
            "quality",
            ("lead_source", Kind.TEXT, "Where the lead came from"),
            ("status", Kind.TEXT, "Status in the CRM"),
            ("product_interest", Kind.TEXT, "Product line of interest"),
            ("is_converted", Kind.FLAG, "True when the lead became a contact"),
            ("account_id", Kind.REFERENCE, "Account linked by hand or by conversion", "accounts"),
            ("created_at", Kind.INSTANT, "When the lead arrived"),
        ),
        *shared.CLEANED_OWNER,
        *shared.QUALITY_REASON,
        *shared.SEGMENTED,
        *shared.PERSONA,
        *shared.MATCHED,
        *shared.SCORED,
        *shared.ROUTED,
    ),
)
