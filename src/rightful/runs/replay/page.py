"""Put a replay onto one page that loads nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rightful.runs.replay.compare import Comparison, Week
from rightful.runs.replay.text import figures_of
from rightful.runs.report.charts import Column, Part
from rightful.runs.report.sheet import fill_page
from rightful.runs.summary.figures import count, number, share, short

__all__ = ["write_page"]

_MOST_COLUMNS = 27


def write_page(found: Comparison, path: Path) -> None:
    """Write the page of a replay."""
    names = {rep.rep_id: rep.name for rep in found.reps}

    def rep(rep_id: str | None) -> str:
        return short(names.get(rep_id) or rep_id) if rep_id else "nobody"

    page = fill_page("rightful.runs.replay", "replay.html.j2", _content(found), {"none_as_blank": _blank, "rep": rep})
    path.write_text(page, encoding="utf-8")


def _content(found: Comparison) -> dict[str, Any]:
    return {
        "found": found,
        "cards": _cards(found),
        "figures": figures_of(found),
        "most": max((max(rep.before, rep.after) for rep in found.reps), default=0),
        "weeks": _columns(found.weeks),
        "methods": _methods(found),
    }


def _cards(found: Comparison) -> list[tuple[str, str, str]]:
    """Give the cards on top: what, its figure, and what stands below."""
    after, before = found.after, found.before
    cards = [
        ("Leads with a rep", share(after.with_rep, found.leads), f"{count(after.with_rep)} of {count(found.leads)}")
    ]
    if before:
        differs = found.changed + found.gained + found.lost
        cards.append(("Leads with another rep", share(differs, found.leads), f"{count(found.gained)} of them had none"))
    in_time = share(before.in_time, before.with_deadline) if before and before.with_deadline else "not known"
    below = f"{in_time} before" if before else f"of {count(after.with_deadline)} with a deadline"
    cards.append(("Answered in time", share(after.in_time, after.with_deadline), below))
    known = before is not None and before.answer_minutes is not None
    below = f"{number(before.answer_minutes)} before" if before and known else "median"
    cards.append(("Minutes until the answer", number(after.answer_minutes), below))
    fallback = share(before.fallback, found.leads) if before and before.fallback is not None else "not known"
    below = f"{fallback} before" if before else "of all leads"
    cards.append(("By fallback", share(after.fallback or 0, found.leads), below))
    return cards


def _columns(weeks: Sequence[Week]) -> tuple[Column, ...]:
    """Give a column per week; of long times several weeks share one."""
    step = -(-len(weeks) // _MOST_COLUMNS) or 1
    columns = []
    for start in range(0, len(weeks), step):
        some = weeks[start : start + step]
        changed = sum(week.changed for week in some)
        same = sum(week.leads for week in some) - changed
        monday = some[0].monday.isoformat()
        edge = monday[2:] if start // step % 4 == 0 else ""
        columns.append(Column(f"from {monday}", (Part("same rep", same, "a"), Part("other rep", changed, "c")), edge))
    return tuple(columns)


def _methods(found: Comparison) -> dict[str, Any]:
    before = found.before.methods if found.before else {}
    names = dict.fromkeys([*found.after.methods, *before])
    return {
        "with_before": bool(before),
        "rows": [(name, before.get(name, 0), found.after.methods.get(name, 0)) for name in names],
    }


def _blank(text: str | None) -> str:
    return text or ""
