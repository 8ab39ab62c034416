"""Rep: a person who owns records; and when a rep is away."""

from __future__ import annotations

from rightful.crm import shared
from rightful.crm.field import CrmObject, Kind, added, key, source

_REP_COLUMNS = (
    ("name", Kind.TEXT, "Name"),
    ("email", Kind.TEXT, "E-mail address"),
    ("team", Kind.TEXT, "Team"),
    ("role", Kind.CODE, "Role, such as account_executive"),
    ("manager_id", Kind.REFERENCE, "Manager", "reps"),
    ("country", Kind.CODE, "Country the rep works in"),
    ("time_zone", Kind.CODE, "IANA time zone, such as Europe/Berlin; null: the plan's"),
    ("working_hours", Kind.TEXT, "Working hours such as `Mon-Fri 09:00-12:30 13:30-18:00`; null: the plan's"),
    ("skills", Kind.TEXT, "Skills and languages, separated by `;`"),
    ("capacity", Kind.NUMBER, "Open records the rep can hold; null: no limit"),
    ("weight", Kind.NUMBER, "Share in pools relative to others; null: 1"),
    ("is_active", Kind.FLAG, "False: gets nothing; null: active"),
    ("starts_on", Kind.DATE, "First working day; null: always"),
    ("ends_on", Kind.DATE, "Last working day; null: open"),
)

REP = CrmObject(
    "rep",
    "reps",
    "rep_id",
    (
        key("rep_id", "Identifier of the rep in the CRM"),
        *source(*_REP_COLUMNS),
        *added("quality", *_REP_COLUMNS),
        *shared.QUALITY_REASON,
    ),
)

_ABSENCE_COLUMNS = (
    ("rep_id", Kind.REFERENCE, "Who is away", "reps"),
    ("starts_at", Kind.INSTANT, "First moment away; a bare date means its start in the rep's time zone"),
    ("ends_at", Kind.INSTANT, "First moment back; a bare date means its end in the rep's time zone"),
    ("cover_rep_id", Kind.REFERENCE, "Who covers; null: the plan's policy", "reps"),
    ("absence_type", Kind.TEXT, "Vacation, sick leave, ..."),
)

ABSENCE = CrmObject(
    "absence",
    "absences",
    "absence_id",
    (
        key("absence_id", "Identifier of the absence"),
        *source(*_ABSENCE_COLUMNS),
        *added("quality", *_ABSENCE_COLUMNS),
        *shared.QUALITY_REASON,
    ),
)
