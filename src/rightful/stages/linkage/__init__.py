"""Linkage: how likely two records of a book are one and the same, and why.

Read in this order: ``kinds`` (how values of one kind are compared), ``pairs`` (which records are compared at all), ``weights``
(what agreement is worth in this book), ``evidence`` (pairs that are likely enough, in words), ``people`` (contacts and leads),
``company_names``, ``called`` (by which names), ``alone`` (names that tell alone) and ``accounts``.
"""

from __future__ import annotations

from rightful.stages.linkage.accounts import ACCOUNT_FIELDS, OTHER_NAME, alike_accounts
from rightful.stages.linkage.alike import Alike
from rightful.stages.linkage.people import PERSON_FIELDS, alike_people
from rightful.stages.linkage.weights import Field

__all__ = ["ACCOUNT_FIELDS", "OTHER_NAME", "PERSON_FIELDS", "Alike", "Field", "alike_accounts", "alike_people"]
