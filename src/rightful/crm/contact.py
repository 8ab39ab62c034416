"""Contact: a person at an account."""

from __future__ import annotations

from rightful.crm import shared
from rightful.crm.field import CrmObject, Kind, added, key, source

CONTACT = CrmObject(
    "contact",
    "contacts",
    "contact_id",
    (
        key("contact_id", "Identifier of the contact in the CRM"),
        *shared.PERSON,
        *source(
            ("company", Kind.TEXT, "Company name, where the contact has no account"),
            ("department", Kind.TEXT, "Department in the company"),
        ),
        *shared.ADDRESS,
        *source(
            ("account_id", Kind.REFERENCE, "Account of the contact", "accounts"),
            ("created_at", Kind.INSTANT, "When the contact was created"),
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
            ("department", Kind.TEXT, "Department in the company"),
            ("domain", Kind.CODE, "Registrable domain of a business e-mail address"),
        ),
        *shared.CLEANED_ADDRESS,
        *added(
            "quality",
            (
                "account_id",
                Kind.REFERENCE,
                "Account of the contact; a merged account is replaced by its survivor",
                "accounts",
            ),
            ("created_at", Kind.INSTANT, "When the contact was created"),
        ),
        *shared.CLEANED_OWNER,
        *shared.QUALITY_REASON,
        *shared.SEGMENTED,
        *shared.PERSONA,
        *shared.MATCHED,
        *shared.SCORED,
        *added(
            "assignment",
            (
                "buying_center_id",
                Kind.REFERENCE,
                "Buying center the contact belongs to; null when none",
                "buying_centers",
            ),
        ),
        *shared.ASSIGNED,
        *shared.ROUTED,
    ),
)
