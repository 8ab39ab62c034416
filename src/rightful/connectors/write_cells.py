"""Keep spreadsheets from running what a cell says.

Rule: a text whose first character that is no blank is ``=``, ``+``, ``-`` or ``@`` (or their full-width forms), or that starts with a
tab or a line break, is written with an apostrophe before it, unless it is a plain number (``-5``, ``+3.2%``, ``-1,234.50``, ``1e-5``) or a
phone number of ``+`` with digits and blanks (``+49 89 123456``). Anything else after a sign can be a formula: ``+49-89`` would be shown as
-40, so it gets the apostrophe as well.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["escaped", "is_risky"]

_RISKY = r"^(?:[\t\r\n]|\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
_HARMLESS = r"^(?:[+\-]?[0-9][0-9.,]*(?:[eE][+\-]?[0-9]+)?%?|\+[0-9][0-9 ]*)$"
_RISKY_HERE = re.compile(re.sub(r"\\x\{(\w+)\}", r"\\u\1", _RISKY))
_HARMLESS_HERE = re.compile(_HARMLESS)


def is_risky(text: str) -> bool:
    r"""Say whether a spreadsheet might run a text.

    Example:
        >>> [is_risky(text) for text in ("=1+1", "-5", "+49 89 123456", "+49-89", "Smith - Sons", "@SUM(A1)")]
        [True, False, False, True, False, True]
    """
    return bool(_RISKY_HERE.match(text)) and not _HARMLESS_HERE.fullmatch(text)


def escaped(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Put an apostrophe before every risky text of a column."""
    risky = pc.match_substring_regex(column, _RISKY)
    if not pc.any(risky).as_py():
        return column
    risky = pc.and_(risky, pc.invert(pc.match_substring_regex(column, _HARMLESS)))
    return pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
