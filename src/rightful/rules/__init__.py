from rightful.rules.values import RuleKind
from rightful.rules.cells import parse_cell
from rightful.rules.expressions import parse_expression
from rightful.rules.rule import Rule
