"""Linkage: how likely two records of a book are one and the same, and why.

Read in this order: ``kinds`` (how values of one kind are compared), ``pairs`` (which records are compared at all), ``weights``
(what agreement is worth in this book), ``evidence`` (pairs that are likely enough, in words); ``people`` (contacts and leads) with
``nicknames``, ``swaps`` (a first name typed as the last name) and ``mailboxes`` (addresses made of names); ``accounts`` with
``company_names``, ``called`` (by which names) and ``alone`` (names that tell alone).
"""

from __future__ import annotations

from rightful.stages.linkage.accounts import ACCOUNT_FIELDS, OTHER_NAME, alike_accounts
from rightful.stages.linkage.alike import Alike
from rightful.stages.linkage.people import PERSON_FIELDS, alike_people
from rightful.stages.linkage.weights import Field

__all__ = ["ACCOUNT_FIELDS", "OTHER_NAME", "PERSON_FIELDS", "Alike", "Field", "alike_accounts", "alike_people"]
