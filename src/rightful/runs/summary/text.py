"""The summary as a person reads it at the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rightful.runs.summary.figures import count, dollars, duration, number, share, short
from rightful.runs.summary.records import MatchCount, Summary, Tally, TeamBalance, Unplaced

__all__ = ["lines_of"]

_MARGIN = 13
_WIDTH = 100
_MOST_CAUSES = 6
_MOST_TEAMS = 12


def lines_of(summary: Summary) -> tuple[str, ...]:
    """Give the summary as lines of at most 100 columns; long lists end in how many more there are."""
    blocks = (_rows, _cells, _matches, _grades, _owners, _routing, _exceptions, _balance, _times)
    head = f"{summary.plan_name}, plan version {summary.plan_version[:8]}, as of {summary.as_of:%Y-%m-%d %H:%M} UTC"
    lines = [head, "", *(line for block in blocks for line in block(summary))]
    return tuple(short(_printable(line).rstrip(), _WIDTH) for line in lines)


def _printable(line: str) -> str:
    """Blank out control characters: names in a CRM may hold them, and a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in line)


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Put a title in the margin of the first line."""
    for index, line in enumerate(lines):
        yield f"{title if index == 0 else '':<{_MARGIN}}{line}"


def _rows(summary: Summary) -> Iterator[str]:
    yield f"{'Rows':<{_MARGIN}}{'':<16}{'read':>12}{'kept':>12}{'merged':>12}{'quarantined':>13}"
    for row in summary.rows:
        if row.read:
            cells = f"{count(row.read):>12}{count(row.kept):>12}{count(row.merged):>12}{count(row.quarantined):>13}"
            yield f"{'':<{_MARGIN}}{row.table:<16}{cells}"
    if not any(row.read for row in summary.rows):
        yield f"{'':<{_MARGIN}}the book is empty"


def _cells(summary: Summary) -> Iterator[str]:
    tidied, filled, discarded = (
        sum(getattr(each, part) for each in summary.fields) for part in ("tidied", "filled_in", "discarded")
    )
    what = (
        f"{count(tidied)} tidied, {count(filled)} filled in, {count(discarded)} discarded as meaningless or unreadable"
    )
    return _block("Cells", [what])


def _matches(summary: Summary) -> Iterator[str]:
    return _block("Matched", [_matched(each) for each in summary.matches if each.records])


def _matched(found: MatchCount) -> str:
    review = f", {count(found.review)} to review" if found.review else ""
    return f"{_part(found.table, found.matched, found.records)} to an account{review}"


def _part(what: str, part: int, whole: int) -> str:
    return f"{what} {count(part)} of {count(whole)} ({share(part, whole)})"


def _grades(summary: Summary) -> Iterator[str]:
    return _block("Graded", [f"{each.table} {_letters(each.grades)}" for each in summary.grades if each.records])


def _letters(grades: Sequence[Tally]) -> str:
    """Give the counts by letter alone: A+, A and A- are one."""
    letters = dict.fromkeys("ABCDF", 0)
    for grade in grades:
        if grade.name[0] in letters:
            letters[grade.name[0]] += grade.records
    return ", ".join(f"{letter} {count(records)}" for letter, records in letters.items())


def _owners(summary: Summary) -> Iterator[str]:
    shown = [each for each in summary.placed if each.records]
    return _block("With a rep", _wrapped([_part(_plain(each.table), each.with_rep, each.records) for each in shown]))


def _routing(summary: Summary) -> Iterator[str]:
    lines: list[str] = []
    for table, methods in summary.routing.items():
        counts = [f"{_plain(method.name)} {count(method.records)}" for method in methods]
        if counts:
            lines += _wrapped([f"{table} by {counts[0]}", *counts[1:]])
    return _block("Routed", lines)


def _exceptions(summary: Summary) -> Iterator[str]:
    if not summary.exceptions:
        return _block("Exceptions", ["none: every record has a rep"])
    shown = [_cause(each) for each in summary.exceptions[:_MOST_CAUSES]]
    return _block("Exceptions", [*shown, *_more(len(summary.exceptions) - _MOST_CAUSES, "causes")])


def _cause(group: Unplaced) -> str:
    value = f", {dollars(group.value_usd)}" if group.value_usd else ""
    return f"{count(group.records)} x {group.object}: {_plain(group.cause)}{value}. {group.repair[:1].upper()}{group.repair[1:]}"


def _balance(summary: Summary) -> Iterator[str]:
    if not summary.teams:
        return
    yield ""
    yield f"{'Balance':<{_MARGIN}}{'':<34}{'reps':>6}{'accounts: least':>17}{'middle':>9}{'most':>9}{'uneven':>9}"
    shown = sorted(summary.teams, key=lambda team: (-team.reps, team.team))[:_MOST_TEAMS]
    for team in sorted(shown, key=lambda team: team.team):
        yield f"{'':<{_MARGIN}}{_team(team)}"
    for line in _more(len(summary.teams) - _MOST_TEAMS, "teams"):
        yield f"{'':<{_MARGIN}}{line}"


def _team(team: TeamBalance) -> str:
    spread = team.accounts
    uneven = "–" if spread.variation is None else f"{spread.variation:.0%}"
    figures = f"{number(spread.lowest):>17}{number(spread.median):>9}{number(spread.highest):>9}{uneven:>9}"
    return f"{short(team.team, 33):<34}{count(team.reps):>6}{figures}"


def _times(summary: Summary) -> Iterator[str]:
    if not summary.times:
        return
    yield ""
    total = duration(sum(each.seconds for each in summary.times))
    parts = [f"{each.stage} {duration(each.seconds)}" for each in summary.times]
    yield from _block("Took", _wrapped([total, *parts]))


def _wrapped(parts: Iterable[str]) -> list[str]:
    """Join parts by semicolons into lines that fit."""
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]}; {part}" if lines[-1] else part
        if lines[-1] and len(longer) > _WIDTH - _MARGIN:
            lines.append(part)
        else:
            lines[-1] = longer
    return [line for line in lines if line]


def _more(left: int, what: str) -> list[str]:
    return [f"and {count(left)} more {what}"] if left > 0 else []


def _plain(code: str) -> str:
    """Write a code as words."""
    return code.replace("_", " ")
