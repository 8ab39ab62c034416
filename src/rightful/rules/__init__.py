"""Rules: conditions in two notations, compiled to a decision diagram that decides a record in microseconds.

    parse_cell, parse_expression    text of the plan to a Condition
    compile_rules                   rules, in order of priority, to a RuleSet
    RuleSet                         decide, decide_table, first_table, explain

Knows nothing of CRM. A Condition's own ``holds`` is the slow, obvious reading that the diagram must agree with.
"""

from rightful.rules.conditions import (
    ANY,
    NEVER,
    And,
    Blank,
    Condition,
    Flag,
    Not,
    OneOf,
    Or,
    Period,
    Prefix,
    Range,
    all_of,
    any_of,
)
from rightful.rules.expressions import parse_expression
from rightful.rules.literals import Fields, Lists
from rightful.rules.reasons import FieldReason
from rightful.rules.rule import Rule
from rightful.rules.ruleset import RuleSet, compile_rules
from rightful.rules.table_cells import parse_cell
from rightful.rules.values import RuleKind

__all__ = [
    "ANY",
    "NEVER",
    "And",
    "Blank",
    "Condition",
    "FieldReason",
    "Fields",
    "Flag",
    "Lists",
    "Not",
    "OneOf",
    "Or",
    "Period",
    "Prefix",
    "Range",
    "Rule",
    "RuleKind",
    "RuleSet",
    "all_of",
    "any_of",
    "compile_rules",
    "parse_cell",
    "parse_expression",
]
