"""Fields that several CRM objects have, so that one name means one thing everywhere."""

from __future__ import annotations

from rightful.crm.field import Field, Kind, added, source

ADDRESS = source(
    ("street", Kind.TEXT, "Street and number"),
    ("city", Kind.TEXT, "City"),
    ("state", Kind.TEXT, "State, province or region in any spelling"),
    ("postal_code", Kind.TEXT, "Postal code; text, leading zeros matter"),
    ("country", Kind.TEXT, "Country in any spelling or language"),
)
FIRMOGRAPHICS = source(
    ("employees", Kind.NUMBER, "Number of employees: a number, a range or words"),
    ("annual_revenue", Kind.MONEY, "Yearly revenue: an amount, a range or words, with or without currency"),
    ("industry", Kind.TEXT, "Industry in words, or a NAICS, SIC, ISIC or NACE code"),
)
PERSON = source(
    ("first_name", Kind.TEXT, "Given name"),
    ("last_name", Kind.TEXT, "Family name"),
    ("full_name", Kind.TEXT, "Whole name, where the source does not split it"),
    ("title", Kind.TEXT, "Job title"),
    ("email", Kind.TEXT, "E-mail address"),
    ("phone", Kind.TEXT, "Phone number"),
)

CLEANED_ADDRESS = added(
    "quality",
    ("street", Kind.TEXT, "Street and number, tidied"),
    ("city", Kind.TEXT, "City, tidied"),
    ("state", Kind.CODE, "Part of the ISO 3166-2 code after the hyphen, such as CA for US-CA"),
    ("postal_code", Kind.CODE, "Postal code in its country's own form"),
    ("country", Kind.CODE, "ISO 3166-1 alpha-2 code, such as US"),
)
CLEANED_FIRMOGRAPHICS = added(
    "quality",
    (
        "employees",
        Kind.NUMBER,
        "Employees; of a range the middle on a logarithmic scale, of an open one its known end, which quality_reason then says",
    ),
    ("employees_low", Kind.NUMBER, "Smallest number of employees that the source allows"),
    (
        "employees_high",
        Kind.NUMBER,
        "Largest number of employees that the source allows; null when open-ended",
    ),
    (
        "annual_revenue_usd",
        Kind.MONEY,
        "Yearly revenue in US dollars; of a range the middle, of an open one its known end, which quality_reason then says",
    ),
    ("annual_revenue_low_usd", Kind.MONEY, "Smallest yearly revenue that the source allows"),
    (
        "annual_revenue_high_usd",
        Kind.MONEY,
        "Largest yearly revenue that the source allows; null when open-ended",
    ),
    (
        "annual_revenue_currency",
        Kind.CODE,
        "ISO 4217 code of the currency in which the source states revenue",
    ),
    ("industry", Kind.CODE, "Industry in Rightful's own scheme"),
)
CLEANED_PERSON = added(
    "quality",
    ("first_name", Kind.TEXT, "Given name, tidied"),
    ("last_name", Kind.TEXT, "Family name, tidied"),
    ("title", Kind.TEXT, "Job title, tidied"),
    ("job_function", Kind.CODE, "What the person works on, read from the title, such as Finance"),
    ("job_level", Kind.CODE, "How senior the person is, read from the title, such as VP"),
    ("email", Kind.TEXT, "E-mail address, checked for its form"),
    ("email_domain", Kind.CODE, "Registrable domain of the e-mail address"),
    ("is_free_email", Kind.FLAG, "True for addresses of free-mail providers"),
    ("is_disposable_email", Kind.FLAG, "True for throw-away addresses"),
    ("phone", Kind.CODE, "Phone number in E.164 form"),
)

QUALITY_REASON: tuple[Field, ...] = added(
    "quality",
    (
        "quality_reason",
        Kind.TEXT,
        "What was changed and why, as `field=code` joined by `; `; null when nothing changed",
    ),
)
OWNER = source(("owner_id", Kind.REFERENCE, "Rep who owns the record in the CRM today", "reps"))
CLEANED_OWNER = added("quality", ("owner_id", Kind.REFERENCE, "Rep who owns the record in the CRM today", "reps"))

ASSIGNED = added(
    "assignment",
    ("territory_id", Kind.REFERENCE, "Territory of the record in the primary layer; null when none matched"),
    ("territory_reason", Kind.TEXT, "Why: rule, pin, named account, family or the record it follows"),
    (
        "assigned_rep_id",
        Kind.REFERENCE,
        "Rep who should own the record; null when it is in exceptions",
        "reps",
    ),
    ("assignment_reason", Kind.TEXT, "Why this rep: role, territory, cover, split or policy"),
)
MATCHED = added(
    "matching",
    (
        "matched_account_id",
        Kind.REFERENCE,
        "Account the person belongs to; null when none is likely enough",
        "accounts",
    ),
    (
        "match_probability",
        Kind.NUMBER,
        "Probability that the match is right, 0 to 1; null without candidates",
    ),
    ("match_method", Kind.CODE, "manual_link, crm_link, affiliation, evidence, or none"),
    ("match_reason", Kind.TEXT, "Evidence per field, filters and the tie-breaker that decided"),
)
SEGMENTED = added(
    "segmentation",
    ("region", Kind.CODE, "Sales region of the plan; `unknown` when no rule holds"),
    ("industry_group", Kind.CODE, "Industry group of the plan; `unknown` when no rule holds"),
    ("segment", Kind.CODE, "Segment of the plan; `unknown` when no rule holds"),
    ("segmentation_reason", Kind.TEXT, "Which rule gave region, industry group, segment (and persona)"),
)
PERSONA = added("segmentation", ("persona", Kind.CODE, "Persona of the plan; `unknown` when no rule holds"))
SCORED = added(
    "scoring",
    ("score", Kind.NUMBER, "Interest, 0 to 100, decayed to the run's as-of time"),
    ("score_reason", Kind.TEXT, "Parts of the score"),
    ("grade", Kind.CODE, "Fit, F to A+"),
    ("grade_reason", Kind.TEXT, "Criteria met, missed and unknown"),
    ("rating", Kind.CODE, "Grade and score band in one, such as A1"),
)
ROUTED = added(
    "routing",
    ("routed_rep_id", Kind.REFERENCE, "Rep who should act now; null when it is in exceptions", "reps"),
    ("routing_method", Kind.CODE, "account_owner, current_owner, territory, pool, sticky, fallback, queue, or none"),
    ("pool_id", Kind.REFERENCE, "Pool that gave the rep; null when none did"),
    ("routing_reason", Kind.TEXT, "Why this rep, with the state of the pool"),
    ("sla_due_at", Kind.INSTANT, "When the first response is due by the plan's SLA; null without one"),
)
