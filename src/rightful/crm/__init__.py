"""The nouns: every CRM object with its columns, kinds and units. This is the contract between the stages.

A connector delivers the key under its own name, each other source field as text under ``<field>_raw``, and the place of
the row. Stages add columns and never rewrite one of another stage.
"""

from __future__ import annotations

from rightful.crm.account import ACCOUNT
from rightful.crm.contact import CONTACT
from rightful.crm.field import STAGE_ORDER, CrmObject, Field, Kind, raw
from rightful.crm.lead import LEAD
from rightful.crm.rep import ABSENCE, REP
from rightful.crm.work import ACTIVITY, BUYING_CENTER, OPPORTUNITY, ORDER, TASK

__all__ = ["OBJECTS", "OBJECT_OF_TABLE", "STAGE_ORDER", "CrmObject", "Field", "Kind", "raw"]

OBJECTS: tuple[CrmObject, ...] = (
    ACCOUNT, CONTACT, LEAD, BUYING_CENTER, OPPORTUNITY, ORDER, TASK, ACTIVITY, REP, ABSENCE,
)  # fmt: skip
OBJECT_OF_TABLE: dict[str, CrmObject] = {crm_object.table: crm_object for crm_object in OBJECTS}
