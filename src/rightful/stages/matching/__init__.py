"""Matching: which account a lead or contact belongs to, how sure that is, and why.

Read in this order: ``words`` and ``names`` (company names as words), ``parties`` (records ready to be compared), ``keys`` and
``index`` (candidates), ``similarity``, ``evidence``, ``weighing`` and ``compare`` (evidence), ``links``, ``facts`` and ``decide``
(the plan's policies), ``explain`` and ``outcome`` (reasons and tables), ``matcher`` (all of it, for one record or many), ``stage``.
"""

from __future__ import annotations

from rightful.stages.matching.matcher import Match, Matcher
from rightful.stages.matching.stage import STAGE

__all__ = ["STAGE", "Match", "Matcher"]
