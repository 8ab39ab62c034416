"""Tell a person what a replay found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rightful.runs.replay.compare import Comparison, Side
from rightful.runs.summary.figures import count, number, share, short

__all__ = ["figures_of", "lines_of"]

_MOST_SHOWN = 10


def lines_of(found: Comparison) -> Iterator[str]:
    """Write a comparison as lines of text."""
    events = ", ".join(f"{count(how_many)} {_plural(kind, how_many)}" for kind, how_many in found.events.items())
    aside = f"; {count(found.quarantined)} rows in quarantine" if found.quarantined else ""
    yield f"{events}, {found.first_at:%Y-%m-%d} to {found.last_at:%Y-%m-%d}{aside}"
    if found.before:
        yield f"Before: {found.before.name}. After: {found.after.name}."
    else:
        yield f"Nobody knows who got the leads in fact, so there is nothing to compare with. After: {found.after.name}."
    yield ""
    yield from _aligned(figures_of(found))
    if found.before:
        yield ""
        yield (
            f"Leads: {count(found.same)} ({share(found.same, found.leads)}) as before, {count(found.changed)} with another rep,"
            f" {count(found.gained)} that had none, {count(found.lost)} that have none now"
        )
        yield from _moves(found)
    yield from _reps(found)


def figures_of(found: Comparison) -> list[list[str]]:
    """Give what both courses come to, as rows of a table with a head."""
    sides = [side for side in (found.before, found.after) if side]
    return [
        ["", *(["before"] if found.before else []), "after"],
        ["Leads with a rep", *(f"{count(side.with_rep)} ({share(side.with_rep, found.leads)})" for side in sides)],
        ["Still waiting", *(_known(side.waiting) for side in sides)],
        ["Nobody", *(_known(side.without) for side in sides)],
        ["By fallback", *(_fallback(side, found.leads) for side in sides)],
        ["Answered in time", *(_in_time(side) for side in sides)],
        ["Minutes until the answer (median)", *(number(side.answer_minutes) for side in sides)],
    ]


def _known(figure: int | None) -> str:
    return "–" if figure is None else count(figure)


def _fallback(side: Side, leads: int) -> str:
    return "–" if side.fallback is None else f"{count(side.fallback)} ({share(side.fallback, leads)})"


def _in_time(side: Side) -> str:
    if not side.with_deadline:
        return "–"
    return f"{share(side.in_time, side.with_deadline)} of {count(side.with_deadline)}"


def _moves(found: Comparison) -> Iterator[str]:
    if not found.moves:
        return
    yield ""
    yield "From whom to whom"
    names = {rep.rep_id: rep.name for rep in found.reps}
    rows = [
        [_rep(move.before, names), _rep(move.after, names), count(move.leads)] for move in found.moves[:_MOST_SHOWN]
    ]
    yield from _aligned([["before", "after", "leads"], *rows], left=2)
    yield from _rest(len(found.moves), "pairs", "changed.csv")


def _reps(found: Comparison) -> Iterator[str]:
    yield ""
    yield f"Load of reps, in {count(len(found.weeks))} weeks"
    head = ["rep", "team", *(["before"] if found.before else []), "after", "busiest week"]
    rows = [
        [
            short(rep.name or rep.rep_id, 24),
            short(rep.team or "", 24),
            *([count(rep.before)] if found.before else []),
            count(rep.after),
            f"{count(rep.busiest_before)} > {count(rep.busiest_after)}" if found.before else count(rep.busiest_after),
        ]
        for rep in found.reps[:_MOST_SHOWN]
    ]
    yield from _aligned([head, *rows], left=2)
    yield from _rest(len(found.reps), "reps", "load.csv")


def _rest(rows: int, what: str, file: str) -> Iterator[str]:
    if rows > _MOST_SHOWN:
        yield f"  and {count(rows - _MOST_SHOWN)} more {what}, see {file}"


def _rep(rep_id: str | None, names: dict[str, str | None]) -> str:
    return short(names.get(rep_id) or rep_id, 24) if rep_id else "nobody"


def _plural(kind: str, how_many: int) -> str:
    if kind == "closed":
        return kind
    plural = "capacities" if kind == "capacity" else f"{kind}s"
    return kind if how_many == 1 else plural


def _aligned(rows: Sequence[Sequence[str]], left: int = 1) -> Iterator[str]:
    """Put cells under one another: the first columns to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if at < left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}".rstrip()
