"""Quality: clean every record, merge duplicates, keep what was delivered beside what was made of it."""

from __future__ import annotations

from rightful.stages.quality.reasons import REASONS, explain_code
from rightful.stages.quality.stage import STAGE

__all__ = ["REASONS", "STAGE", "explain_code"]
