"""What all pages share: one HTML file that loads nothing else, with its style and script inside, and tables that end."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rightful.runs.report import charts
from rightful.runs.report.charts import Part
from rightful.runs.summary.figures import count, dollars, number, share, short

__all__ = ["MOST_ROWS", "fill_page", "more", "top"]

MOST_ROWS = 30
"""Rows of a table on a page; the files beside it have them all."""
_Row = TypeVar("_Row")


def fill_page(
    package: str, template: str, content: Mapping[str, Any], filters: Mapping[str, Callable[..., Any]]
) -> str:
    """Fill the template of a page.

    Args:
        package: The package whose folder ``templates`` has the template.
        template: Its file name.
        content: What the template names, beside style, script and program, which all pages have.
        filters: What it may do with values, beside the filters that all pages have.
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": count, "dollars": dollars, "number": number, "short": short, "top": top, **filters}
    environment.globals |= {"charts": charts, "Part": Part, "share": share, "more": more}
    style, script = (_asset(name) for name in ("style.css", "tables.js"))
    return environment.get_template(template).render(
        style=Markup(style),  # noqa: S704  # our own file, nothing from the book
        script=Markup(script),  # noqa: S704  # our own file, nothing from the book
        script_hash=b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        program=f"Rightful {version('rightful')}",
        **content,
    )


def top(rows: Sequence[_Row], most: int = MOST_ROWS) -> Sequence[_Row]:
    """Give the rows that the page shows."""
    return rows[:most]


def more(rows: int, most: int = MOST_ROWS) -> int:
    """Count the rows that the page does not show."""
    return max(rows - most, 0)


def _asset(name: str) -> str:
    return files("rightful.runs.report").joinpath("templates", name).read_text(encoding="utf-8")
