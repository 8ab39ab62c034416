"""Compare who covers which territory in which role, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rightful.plan.territories import Coverage
from rightful.runs.difference.choices import Comparison
from rightful.runs.difference.records import Change

__all__ = ["coverage_that_differs"]

_VACANT = "a vacancy"


def coverage_that_differs(comparison: Comparison) -> Iterator[Change]:
    """Say which seats change hands, are added or dropped, or have other weights and dates; the order of rows decides nothing."""
    before, after = (_by_seat(plan.assignment.coverage) for plan in (comparison.before, comparison.after))
    for seat in dict.fromkeys((*after, *before)):
        first, second = before.get(seat, []), after.get(seat, [])
        went = [row for row in first if _key(row) not in map(_key, second)]
        came = [row for row in second if _key(row) not in map(_key, first)]
        yield from _seat(seat, went, came)


def _by_seat(rows: Sequence[Coverage]) -> dict[tuple[str, str], list[Coverage]]:
    seats: dict[tuple[str, str], list[Coverage]] = {}
    for row in rows:
        seats.setdefault((str(row.territory), str(row.role)), []).append(row)
    return seats


def _key(row: Coverage) -> tuple[object, ...]:
    return row.rep_id, row.weight, row.starts_on, row.ends_on, row.covers


def _seat(seat: tuple[str, str], went: list[Coverage], came: list[Coverage]) -> Iterator[Change]:
    subject = f"coverage of {seat[0]} as {seat[1]}"
    for row in list(came):
        old = next((each for each in went if each.rep_id == row.rep_id and each.covers == row.covers), None)
        if old:
            went.remove(old)
            came.remove(row)
            words = f"{_rep(row)} works it {_terms(row)} instead of {_terms(old)}"
            yield Change("assignment", subject, words, f"{_rep(old)} {_terms(old)}", f"{_rep(row)} {_terms(row)}")
    for old, row in zip(went, came, strict=False):
        words = f"{_whole(row)} instead of {_whole(old)}"
        yield Change("assignment", subject, words, _whole(old), _whole(row))
    for old in went[len(came) :]:
        yield Change("assignment", subject, f"{_whole(old)} is no longer there", _whole(old), "nobody")
    for row in came[len(went) :]:
        yield Change("assignment", subject, f"{_whole(row)} joins", "nobody", _whole(row))


def _rep(row: Coverage) -> str:
    return row.rep_id or _VACANT


def _whole(row: Coverage) -> str:
    terms = _terms(row)
    return _rep(row) + ("" if terms == _ALWAYS else f" ({terms})")


_ALWAYS = "always"


def _terms(row: Coverage) -> str:
    parts = [f"with weight {row.weight:g}"] if row.weight != 1 else []
    parts += [f"from {row.starts_on}"] if row.starts_on else []
    parts += [f"until {row.ends_on}"] if row.ends_on else []
    parts += [f"in place of {row.covers}"] if row.covers else []
    return " ".join(parts) or _ALWAYS
