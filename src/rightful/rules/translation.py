"""Translate sqlglot's tree into conditions by an allow-list: what is not in the table is refused, whatever it is.

Allowed are AND, OR, NOT, comparisons of one field with values, IN with values and ``LIST('name')``, BETWEEN, LIKE with a
prefix, IS NULL, flags, TRUE and FALSE. Functions, subqueries, files, casts and comparisons of two fields are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlglot import exp

from rightful.rules.atoms import begins, blank, compares, equals, listed, merged, spans
from rightful.rules.conditions import ANY, NEVER, Condition, Flag, Not, all_of, any_of
from rightful.rules.literals import Fields, Lists, Unreadable, known_field, shown
from rightful.rules.values import RuleKind

__all__ = ["ALLOWED", "Translation"]

ALLOWED = "AND, OR, NOT, = <> < <= > >=, IN, BETWEEN, LIKE 'x%', IS NULL, TRUE, FALSE"
_SIGNS: dict[type[exp.Expr], str] = {exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
# What the translation reads of a node; a node that says more is refused, so that no word of the parser's is ever lost.
_READ = frozenset({"this", "expression", "expressions", "low", "high", "negate"})
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_WRITTEN = {
    RuleKind.TEXT: "a text in single quotes",
    RuleKind.NUMBER: "a number without quotes",
    RuleKind.DATE: "a date in single quotes, as in '2026-01-31'",
    RuleKind.FLAG: "TRUE or FALSE",
}


class Translation:
    """A walk over the tree that gathers every finding instead of stopping at the first.

    Attributes:
        findings: What cannot be translated; the condition is of no use when there is any.
    """

    def __init__(self, fields: Fields, lists: Lists) -> None:
        self.findings: list[Unreadable] = []
        self._fields, self._lists = fields, lists

    def condition(self, node: exp.Expr) -> Condition:
        """Translate a node."""
        try:
            with _standing_at(node):
                return self._translate(node)
        except Unreadable as finding:
            self.findings.append(finding)
            return NEVER

    def _translate(self, node: exp.Expr) -> Condition:
        match node:
            case exp.And():
                return all_of([self.condition(part) for part in _unrolled(node)])
            case exp.Or():
                return any_of([self.condition(part) for part in _unrolled(node)])
            case exp.Not():
                return Not(self.condition(node.this))
            case exp.Paren():
                return self.condition(node.this)
            case exp.Boolean():
                return ANY if node.this else NEVER
            case exp.Column():
                return self._bare(node)
        translate = _COMPARISONS.get(type(node))
        if translate is None or any(value and name not in _READ for name, value in node.args.items()):
            raise _refused(node)
        return translate(self, node)

    def _bare(self, node: exp.Expr) -> Condition:
        """Translate a flag that stands alone."""
        name, kind = self._field(node)
        if kind is not RuleKind.FLAG:
            raise Unreadable(f"{name!r} stands alone, but is a {kind} and no flag", remedy="compare it with a value")
        return Flag(name, is_set=True)

    def _equal(self, node: exp.Expr) -> Condition:
        column, value = _sides(node)
        return self._equals(column, value)

    def _unequal(self, node: exp.Expr) -> Condition:
        """Translate <> as what it says, not equal: it holds for a blank, as NOT and ``!`` do."""
        return Not(self._equal(node))

    def _compared(self, node: exp.Expr) -> Condition:
        column, value = _sides(node)
        sign = _SIGNS[type(node)]
        name, kind = self._field(column)
        return self._sized(name, kind, sign if column is node.this else _MIRRORED[sign], value)

    def _sized(self, name: str, kind: RuleKind, sign: str, value: exp.Expr) -> Condition:
        if kind not in {RuleKind.NUMBER, RuleKind.DATE}:
            raise Unreadable(f"{name!r} is a {kind} and has no size", "=, <>, IN, LIKE 'x%', IS NULL")
        with _standing_at(value):
            return compares(name, kind, sign, _written(value, name, kind))

    def _between(self, node: exp.Expr) -> Condition:
        name, kind = self._field(node.this)
        low, high = (_written(node.args[end], name, kind) for end in ("low", "high"))
        return spans(name, kind, low, high)

    def _among(self, node: exp.Expr) -> Condition:
        if not node.expressions:
            raise Unreadable("IN needs values", "IN ('US', 'CA') and IN (LIST('emea'))")
        name, kind = self._field(node.this)
        # A list named twice is read once, for it may be long.
        values: dict[object, exp.Expr] = {}
        for value in node.expressions:
            values.setdefault(value.sql() if isinstance(value, exp.List) else id(value), value)
        return merged([self._member(name, kind, value) for value in values.values()])

    def _member(self, name: str, kind: RuleKind, value: exp.Expr) -> Condition:
        with _standing_at(value):
            if not isinstance(value, exp.List):
                return equals(name, kind, _written(value, name, kind))
            entries = value.expressions
            if len(entries) != 1 or not entries[0].is_string:
                raise Unreadable("LIST needs one name in single quotes", "LIST('emea')")
            return listed(name, kind, str(entries[0].this), self._lists)

    def _like(self, node: exp.Expr, escape: str = "") -> Condition:
        name, kind = self._field(node.this)
        with _standing_at(node.expression):
            pattern = _written(node.expression, name, RuleKind.TEXT)
            prefix, rest = _prefix(pattern, escape)
            if rest != "%" or not prefix.strip():
                problem = f"pattern {shown(pattern)} is no prefix"
                raise Unreadable(problem, "one %, at the end, as in '94%', and no _", "write alternatives with OR")
            condition = begins(name, kind, prefix)
        return Not(condition) if node.args.get("negate") else condition

    def _escaped(self, node: exp.Expr) -> Condition:
        if not isinstance(node.this, exp.Like) or not node.expression.is_string or node.expression.this != "\\":
            raise Unreadable("this ESCAPE is not allowed", r"LIKE 'a\_b%' ESCAPE '\'")
        return self._like(node.this, escape="\\")

    def _is(self, node: exp.Expr) -> Condition:
        name, kind = self._field(node.this)
        if isinstance(node.expression, exp.Null):
            return blank(name, kind)
        if isinstance(node.expression, exp.Boolean):
            return self._equals(node.this, node.expression)
        raise Unreadable("this IS is not allowed", "IS NULL, IS NOT NULL, IS TRUE, IS FALSE")

    def _equals(self, column: exp.Expr, value: exp.Expr) -> Condition:
        name, kind = self._field(column)
        with _standing_at(value):
            return equals(name, kind, _written(value, name, kind))

    def _field(self, node: exp.Expr) -> tuple[str, RuleKind]:
        with _standing_at(node):
            if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
                raise _refused(node)
            name = str(node.this.this)
            return name, known_field(name, self._fields)


_COMPARISONS: dict[type[exp.Expr], Callable[[Translation, exp.Expr], Condition]] = {
    exp.EQ: Translation._equal,  # noqa: SLF001 - the table belongs to the class
    exp.NEQ: Translation._unequal,  # noqa: SLF001
    exp.GT: Translation._compared,  # noqa: SLF001
    exp.GTE: Translation._compared,  # noqa: SLF001
    exp.LT: Translation._compared,  # noqa: SLF001
    exp.LTE: Translation._compared,  # noqa: SLF001
    exp.Between: Translation._between,  # noqa: SLF001
    exp.In: Translation._among,  # noqa: SLF001
    exp.Like: Translation._like,  # noqa: SLF001
    exp.Escape: Translation._escaped,  # noqa: SLF001
    exp.Is: Translation._is,  # noqa: SLF001
}


@contextmanager
def _standing_at(node: exp.Expr) -> Iterator[None]:
    """Give findings within the place of this node, unless they know theirs."""
    try:
        yield
    except Unreadable as finding:
        if finding.offset is None:
            finding.offset = _start(node)
        raise


def _start(node: exp.Expr) -> int | None:
    """Find the first character of a node: sqlglot marks names, values and functions."""
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    return min(starts, default=None)


def _unrolled(node: exp.Expr) -> list[exp.Expr]:
    """Unroll a chain of ANDs or ORs, which is as deep as it is long."""
    kind, parts = type(node), []
    while type(node) is kind:
        parts.append(node.expression)
        node = node.this
    return [node, *reversed(parts)]


def _sides(node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Give field and value, in whatever order they were written."""
    left, right = node.this, node.expression
    return (right, left) if isinstance(right, exp.Column) and not isinstance(left, exp.Column) else (left, right)


def _written(value: exp.Expr, name: str, kind: RuleKind) -> str:
    """Give the words of a literal of the right kind."""
    literal, sign = (value.this, "-") if isinstance(value, exp.Neg) else (value, "")
    if isinstance(literal, exp.Literal) and not (sign and literal.is_string):
        if literal.is_string is (kind in {RuleKind.TEXT, RuleKind.DATE}) and kind is not RuleKind.FLAG:
            return sign + str(literal.this)
    elif isinstance(value, exp.Boolean) and kind is RuleKind.FLAG:
        return "true" if value.this else "false"
    remedy = ""
    if isinstance(value, exp.Null):
        remedy = f"write {name} IS NULL"
    elif isinstance(value, exp.Column):
        remedy = "fields are not compared with each other; texts stand in single quotes"
    raise Unreadable(f"{name!r} is a {kind} and cannot be compared with {_named(value)}", _WRITTEN[kind], remedy)


def _prefix(pattern: str, escape: str) -> tuple[str, str]:
    """Split a pattern into its plain beginning and the rest from its first wild card on."""
    plain: list[str] = []
    pieces = re.finditer(r"\\.|.", pattern, re.DOTALL) if escape else re.finditer(r".", pattern, re.DOTALL)
    for piece in pieces:
        if piece[0] in {"%", "_"}:
            return "".join(plain), pattern[piece.start() :]
        plain.append(piece[0][-1])
    return "".join(plain), ""


def _refused(node: exp.Expr) -> Unreadable:
    return Unreadable(f"{_named(node)} is not allowed in a rule", ALLOWED)


def _named(node: exp.Expr) -> str:
    """Name what was written, in few words."""
    match node:
        case exp.Literal():
            return shown(str(node.this)) if node.is_string else str(node.this)[:60]
        case exp.Column():
            return f"field {shown(node.name)}"
        case exp.Null():
            return "NULL"
        case exp.Boolean():
            return "TRUE" if node.this else "FALSE"
        case exp.Anonymous():
            return f"function {shown(str(node.this))}"
        case exp.Func():
            return f"function {node.sql_name()}"
        case exp.Binary() | exp.Unary() | exp.Predicate():
            return "this comparison"
    return type(node).__name__.upper()
