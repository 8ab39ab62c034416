"""What is worked on at an account: buying centers, opportunities, orders, tasks, and the activities behind scores."""

from __future__ import annotations

from rightful.crm import shared
from rightful.crm.field import CrmObject, Kind, added, key, source

ON_ACCOUNT = source(("account_id", Kind.REFERENCE, "Account it belongs to", "accounts"))
CLEANED_ON_ACCOUNT = added(
    "quality",
    (
        "account_id",
        Kind.REFERENCE,
        "Account it belongs to; a merged account is replaced by its survivor",
        "accounts",
    ),
)

BUYING_CENTER = CrmObject(
    "buying center",
    "buying_centers",
    "buying_center_id",
    (
        key(
            "buying_center_id",
            "Identifier; those that a run finds are `<account_id>/<product line, site or function>`",
        ),
        *source(
            ("name", Kind.TEXT, "Name of the buying center"),
            ("product_line", Kind.TEXT, "Product line it buys"),
            ("site", Kind.TEXT, "Site it buys for"),
            ("job_function", Kind.TEXT, "Function of the people in it"),
        ),
        *ON_ACCOUNT,
        *shared.OWNER,
        *added(
            "quality",
            ("name", Kind.TEXT, "Name of the buying center"),
            ("product_line", Kind.TEXT, "Product line it buys"),
            ("site", Kind.TEXT, "Site it buys for"),
            ("job_function", Kind.TEXT, "Function of the people in it"),
        ),
        *CLEANED_ON_ACCOUNT,
        *shared.CLEANED_OWNER,
        *shared.QUALITY_REASON,
        *shared.ASSIGNED,
    ),
)

OPPORTUNITY = CrmObject(
    "opportunity",
    "opportunities",
    "opportunity_id",
    (
        key("opportunity_id", "Identifier of the opportunity in the CRM"),
        *source(
            ("name", Kind.TEXT, "Name"),
            ("amount", Kind.MONEY, "Value"),
            ("stage", Kind.TEXT, "Sales stage in the CRM's words"),
            ("is_closed", Kind.FLAG, "True when won or lost; blank: read from the stage"),
            ("is_won", Kind.FLAG, "True when won; blank: read from the stage"),
            ("opportunity_type", Kind.TEXT, "New business, expansion, renewal"),
            ("product_line", Kind.TEXT, "Product line"),
            ("created_on", Kind.DATE, "Date of creation"),
            ("close_on", Kind.DATE, "Date closed, or expected to close"),
        ),
        *ON_ACCOUNT,
        *shared.OWNER,
        *added(
            "quality",
            ("name", Kind.TEXT, "Name"),
            ("amount_usd", Kind.MONEY, "Value in US dollars"),
            ("stage", Kind.TEXT, "Sales stage in the CRM's words"),
            ("is_closed", Kind.FLAG, "True when won or lost"),
            ("is_won", Kind.FLAG, "True when won"),
            ("opportunity_type", Kind.TEXT, "New business, expansion, renewal"),
            ("product_line", Kind.TEXT, "Product line"),
            ("created_on", Kind.DATE, "Date of creation"),
            ("close_on", Kind.DATE, "Date closed, or expected to close"),
        ),
        *CLEANED_ON_ACCOUNT,
        *shared.CLEANED_OWNER,
        *shared.QUALITY_REASON,
        *shared.ASSIGNED,
    ),
)

ORDER = CrmObject(
    "order",
    "orders",
    "order_id",
    (
        key("order_id", "Identifier of the order"),
        *source(
            ("opportunity_id", Kind.REFERENCE, "Opportunity it came from", "opportunities"),
            ("amount", Kind.MONEY, "Value"),
            ("product_line", Kind.TEXT, "Product line"),
            ("ordered_on", Kind.DATE, "Order date: its owner is the account's owner on that day"),
        ),
        *ON_ACCOUNT,
        *shared.OWNER,
        *added(
            "quality",
            ("opportunity_id", Kind.REFERENCE, "Opportunity it came from", "opportunities"),
            ("amount_usd", Kind.MONEY, "Value in US dollars"),
            ("product_line", Kind.TEXT, "Product line"),
            ("ordered_on", Kind.DATE, "Order date"),
        ),
        *CLEANED_ON_ACCOUNT,
        *shared.CLEANED_OWNER,
        *shared.QUALITY_REASON,
        *shared.ASSIGNED,
    ),
)

TASK = CrmObject(
    "task",
    "tasks",
    "task_id",
    (
        key("task_id", "Identifier of the task"),
        *source(
            ("subject", Kind.TEXT, "What is to be done"),
            ("status", Kind.TEXT, "Status in the CRM's words"),
            ("is_closed", Kind.FLAG, "True when done; blank: read from the status"),
            ("due_on", Kind.DATE, "Due date"),
            ("created_on", Kind.DATE, "Date of creation"),
            ("lead_id", Kind.REFERENCE, "Lead it is about", "leads"),
            ("contact_id", Kind.REFERENCE, "Contact it is about", "contacts"),
            ("opportunity_id", Kind.REFERENCE, "Opportunity it is about", "opportunities"),
        ),
        *ON_ACCOUNT,
        *shared.OWNER,
        *added(
            "quality",
            ("subject", Kind.TEXT, "What is to be done"),
            ("status", Kind.TEXT, "Status in the CRM's words"),
            ("is_closed", Kind.FLAG, "True when done"),
            ("due_on", Kind.DATE, "Due date"),
            ("created_on", Kind.DATE, "Date of creation"),
            ("lead_id", Kind.REFERENCE, "Lead it is about", "leads"),
            ("contact_id", Kind.REFERENCE, "Contact it is about", "contacts"),
            ("opportunity_id", Kind.REFERENCE, "Opportunity it is about", "opportunities"),
        ),
        *CLEANED_ON_ACCOUNT,
        *shared.CLEANED_OWNER,
        *shared.QUALITY_REASON,
        *shared.ASSIGNED,
        *added(
            "routing",
            (
                "routed_rep_id",
                Kind.REFERENCE,
                "Rep of the lead that an open task is about; null for other tasks",
                "reps",
            ),
            ("routing_reason", Kind.TEXT, "Which lead the task follows"),
        ),
    ),
)

ACTIVITY = CrmObject(
    "activity",
    "activities",
    "activity_id",
    (
        key("activity_id", "Identifier of the activity"),
        *source(
            ("lead_id", Kind.REFERENCE, "Lead who did it", "leads"),
            ("contact_id", Kind.REFERENCE, "Contact who did it", "contacts"),
            ("activity_type", Kind.TEXT, "What was done, such as form_filled or email_opened"),
            ("occurred_at", Kind.INSTANT, "When"),
        ),
        *added(
            "quality",
            (
                "lead_id",
                Kind.REFERENCE,
                "Lead who did it; a merged lead is replaced by its survivor",
                "leads",
            ),
            (
                "contact_id",
                Kind.REFERENCE,
                "Contact who did it; a merged contact is replaced by its survivor",
                "contacts",
            ),
            ("activity_type", Kind.CODE, "What was done, lower case with underscores"),
            ("occurred_at", Kind.INSTANT, "When"),
        ),
        *shared.QUALITY_REASON,
    ),
)
