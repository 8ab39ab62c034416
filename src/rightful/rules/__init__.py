"""Rules: conditions people write, compiled to one decision diagram. Pure, and knows nothing of CRM."""

from __future__ import annotations

from rightful.rules.cells import parse_cell
from rightful.rules.conditions import Condition, all_of, any_of
from rightful.rules.expressions import parse_expression
from rightful.rules.literals import Fields, Lists
from rightful.rules.rule import Rule
from rightful.rules.values import RuleKind

__all__ = ["Condition", "Fields", "Lists", "Rule", "RuleKind", "all_of", "any_of", "parse_cell", "parse_expression"]
