"""Read the SQL predicates of a plan: parsed by sqlglot, then translated by an allow-list, never executed.

    country IN ('US', 'CA') AND employees >= 1000 AND NOT industry = 'Banking'

This module is about the text: its bounds, its parsing, the places of its parts. ``translation`` is about the meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError, TokenError

from rightful.errors import Mistake, Place, PlanError
from rightful.rules.conditions import Condition
from rightful.rules.literals import Fields, Lists, Unreadable, shown
from rightful.rules.translation import ALLOWED, Translation

__all__ = ["parse_expression"]

MAX_EXPRESSION_LENGTH = 100_000
MAX_DEPTH = 50
_SIGNS = ("COMMA", "DASH", "DOT", "EQ", "GT", "GTE", "LT", "LTE", "L_PAREN", "NEQ", "R_PAREN")
_VALUES = ("FALSE", "IDENTIFIER", "NULL", "NUMBER", "STRING", "TRUE", "VAR")
_OPERATORS = ("AND", "BETWEEN", "ESCAPE", "IN", "IS", "LIKE", "LIST", "NOT", "OR")
_NEEDED = frozenset(getattr(TokenType, name) for name in (*_SIGNS, *_VALUES, *_OPERATORS))
_QUOTED = re.compile(r"""'(?:[^']|'')*(?:'|\Z)|"(?:[^"]|"")*(?:"|\Z)""")
_NAMES = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
_LEADING = frozenset({TokenType.NOT, TokenType.DASH, TokenType.L_PAREN})


def parse_expression(text: str, fields: Fields, place: Place, lists: Lists) -> Condition:
    """Read a predicate.

    Args:
        text: The predicate; ``TRUE`` for any record.
        fields: The fields it may use, with their kinds.
        place: Where its first character stands. In a table the column is the cell's number, so it does not move on.
        lists: Named lists for ``IN (LIST('name'))``.

    Raises:
        PlanError: It is no predicate, or uses what is not allowed; every such finding with its line and column.

    Example:
        >>> from rightful.rules import RuleKind
        >>> fields = {"country": RuleKind.TEXT, "employees": RuleKind.NUMBER}
        >>> str(parse_expression("country = 'US' AND NOT employees < 50", fields, Place("plan.yaml", 3, 7), {}))
        "country = 'US' AND NOT (employees < 50)"
    """
    source = _Source(text, place)
    try:
        translation = Translation(fields, lists)
        condition = translation.condition(_parsed(text, fields))
    except Unreadable as error:
        raise PlanError(source.mistake(error)) from error
    if translation.findings:
        raise PlanError([source.mistake(finding) for finding in translation.findings])
    return condition


@dataclass(frozen=True, slots=True)
class _Source:
    """The text of an expression, and where it stands."""

    text: str
    place: Place

    def mistake(self, finding: Unreadable) -> Mistake:
        """Put a finding in its place."""
        return Mistake(self._at(finding.offset), finding.problem, finding.allowed, finding.remedy)

    def _at(self, offset: int | None) -> Place:
        place = self.place
        if offset is None or place.line is None or place.file.endswith((".csv", ".tsv")):
            return place
        before = self.text[:offset]
        column = offset - (before.rfind("\n") + 1) + (place.column or 1)
        return Place(place.file, place.line + before.count("\n"), column)


def _parsed(text: str, fields: Fields) -> exp.Expr:
    if len(text) > MAX_EXPRESSION_LENGTH:
        problem = f"the expression has {len(text)} characters"
        raise Unreadable(problem, str(MAX_EXPRESSION_LENGTH), "use a named list, as in IN (LIST('emea'))", offset=0)
    dialect = Dialect.get_or_raise(None)
    try:
        tokens = dialect.tokenize(text)
        _refuse(tokens, fields)
        trees = dialect.parser().parse_into(exp.Condition, tokens, text)
    except ParseError as error:
        raise _unreadable(error, text) from error
    except TokenError as error:
        raise _unclosed(text) from error
    except (SqlglotError, RecursionError) as error:
        raise Unreadable(f"{shown(text)} cannot be read", ALLOWED, "check quotes and parentheses", offset=0) from error
    if len(trees) != 1 or trees[0] is None:
        raise Unreadable("the expression is empty", ALLOWED, "write TRUE for any record", offset=0)
    return trees[0]


def _refuse(tokens: Sequence[Any], fields: Fields) -> None:
    """Refuse words that no rule needs, before the parser makes of them what it likes, and nesting beyond its stack."""
    opened: list[int] = []
    run, follows_name = 0, False
    for token in tokens:
        if token.token_type is TokenType.DOT and follows_name:
            problem = "a field stands by its bare name"
            raise Unreadable(problem, remedy="leave out the table's name and the dot", offset=token.start)
        follows_name = token.token_type in _NAMES
        is_needed = token.token_type in _NEEDED and token.text.upper() != "IF"  # IF is a name, but the parser's own
        if not is_needed and token.text not in fields:
            raise Unreadable(f"{shown(token.text)} is not allowed in a rule", ALLOWED, offset=token.start)
        if token.token_type is TokenType.L_PAREN:
            opened.append(token.start)
        elif token.token_type is TokenType.R_PAREN:
            if not opened:
                raise Unreadable("this parenthesis closes nothing", remedy="leave it out", offset=token.start)
            opened.pop()
        run = run + 1 if token.token_type in _LEADING else 0
        if max(len(opened), run) > MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} deep", remedy="write it flatter", offset=token.start)
    if opened:
        raise Unreadable("this parenthesis is not closed", remedy="write ) where it ends", offset=opened[-1])


def _unreadable(error: ParseError, text: str) -> Unreadable:
    found: dict[str, Any] = error.errors[0] if error.errors else {}
    word = str(found.get("highlight") or "")
    problem = f"cannot be read at {shown(word)}" if word else "cannot be read"
    offset = _offset(text, found.get("line") or 1, found.get("col") or 1) - len(word)
    return Unreadable(problem, ALLOWED, "check operators, quotes and parentheses", offset=max(0, offset))


def _unclosed(text: str) -> Unreadable:
    """Find the quote that nothing closes: the last one opened."""
    quoted = list(_QUOTED.finditer(text))
    if not quoted or (len(quoted[-1][0]) > 1 and quoted[-1][0].endswith(quoted[-1][0][0])):
        return Unreadable(f"{shown(text)} cannot be read", ALLOWED, "check quotes and parentheses", offset=0)
    problem = f"the quote at {shown(quoted[-1][0])} is not closed"
    return Unreadable(problem, "'US'", "write '' for a quote within quotes", offset=quoted[-1].start())


def _offset(text: str, line: int, column: int) -> int:
    """Give the offset behind a line and a column, which sqlglot counts from 1 to the end of the word."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column
