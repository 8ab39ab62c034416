"""Put a difference between two plans, and what it does to the book, onto one page that loads nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from rightful.runs.difference.effects import BookEffect, Holding, Measure, MovedShare
from rightful.runs.difference.records import Change, PlanDifference
from rightful.runs.difference.text import records_of
from rightful.runs.report.flows import Link
from rightful.runs.report.sheet import MOST_ROWS, fill_page
from rightful.runs.summary.figures import count, dollars, number, share

__all__ = ["write_page"]

_ON_CARDS = frozenset(
    {
        "accounts with another owner", "their annual revenue", "their open pipeline", "customers with another owner",
        "opportunities near closing", "open renewals",
    }
)  # fmt: skip


def write_page(difference: PlanDifference, effect: BookEffect, moves: pl.DataFrame, path: Path) -> None:
    """Write the page of a difference.

    Args:
        difference: What the plans decide otherwise.
        effect: What that does to the book.
        moves: The list of moves, most valuable first; the page shows the first rows.
        path: Where the page goes.
    """
    filters: dict[str, Callable[..., Any]] = {"kept": kept, "net": net, "signed": signed, "uneven": uneven}
    content = _content(difference, effect, moves)
    path.write_text(fill_page("rightful.runs.difference", "difference.html.j2", content, filters), encoding="utf-8")


def _content(difference: PlanDifference, effect: BookEffect, moves: pl.DataFrame) -> dict[str, Any]:
    return {
        "difference": difference,
        "effect": effect,
        "moves": moves.head(MOST_ROWS).to_dicts(),
        "cards": _cards(effect),
        "sections": _sections(difference),
        "holders": [
            ("Reps", "Team", [each for each in effect.reps if each.has_moved]),
            ("Teams", "", [each for each in effect.teams if each.has_moved]),
            ("Territories", "Layer", [each for each in effect.territories if each.has_moved]),
        ],
        "links": [Link(0, each.before, each.after, each.accounts) for each in effect.flows],
        "dots": _dots(effect.reps),
    }


def _sections(difference: PlanDifference) -> dict[str, list[Change]]:
    """Give the changes of each section; of one subject those first that concern most records."""
    sections: dict[str, list[Change]] = {}
    for section, _, changes in difference.by_subject():
        ranked = sorted(changes, key=lambda change: -records_of(change))
        sections.setdefault(section, []).extend(ranked)
    return sections


def _cards(effect: BookEffect) -> tuple[tuple[str, str, str], ...]:
    """Give the cards on top: what, its figure, and what stands below."""
    before, after = effect.exceptions
    shown = [moved for moved in effect.disruption if moved.what in _ON_CARDS]
    shares = [(_short(moved), share(moved.moved, moved.total), _of(moved)) for moved in shown]
    return (*shares, ("Records without a rep", count(after), f"{count(before)} before"))


def _short(moved: MovedShare) -> str:
    return moved.what[:1].upper() + moved.what[1:]


def _of(moved: MovedShare) -> str:
    write = dollars if moved.is_usd else count
    return f"{write(moved.moved)} of {write(moved.total)}"


def _dots(reps: Sequence[Holding]) -> dict[str, tuple[list[float], list[float]]]:
    """Give the accounts of each team's reps before and after."""
    teams: dict[str, tuple[list[float], list[float]]] = {}
    for rep in reps:
        before, after = teams.setdefault(rep.group, ([], []))
        before.append(rep.accounts.before)
        after.append(rep.accounts.after)
    return teams


def net(measure: Measure) -> float:
    """Give what is added in all."""
    return measure.after - measure.before


def kept(measure: Measure) -> float:
    """Give what stays."""
    return measure.before - measure.lost


def signed(value: float, write: str = "count") -> str:
    """Write a change with its sign; nothing is a dash.

    Example:
        >>> signed(12), signed(-2e6, "dollars"), signed(0)
        ('+12', '-$2.00 M', '–')
    """
    if not round(value, 1):
        return "–"
    words = {"count": count, "dollars": dollars, "number": number}[write](value)
    return f"+{words}" if value > 0 else words


def uneven(variation: float | None) -> str:
    """Write a variation in percent; a team of one has none."""
    return "–" if variation is None else f"{variation:.0%}"
