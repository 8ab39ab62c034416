"""Write what differs between two plans as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rightful.runs.difference.effects import BookEffect, Holding, Measure, MovedShare, TeamChange
from rightful.runs.difference.records import Affected, Change, PlanDifference, RegionWords
from rightful.runs.summary.figures import count, dollars, share, short

__all__ = ["affected_words", "difference_lines", "effect_lines", "records_of"]

_WIDTH = 100
_MOST_CHANGES, _MOST_BOXES, _MOST_HOLDINGS = 25, 4, 12
_TITLES = {"general": "plan", "assignment": "assignment: territories, coverage, ownership"}


def difference_lines(difference: PlanDifference) -> Iterator[str]:
    """Say what differs in what the plans decide, subject by subject; long lists end in how many more there are."""
    first, second = (f"{plan.called} (version {plan.version[:8]})" for plan in (difference.before, difference.after))
    yield f"From {first} to {second}"
    if difference.is_same:
        yield ""
        yield "no change in behaviour"
    told = ""
    for section, subject, changes in difference.by_subject():
        if section != told:
            yield ""
            yield _TITLES.get(section, section).upper()
            told = section
        yield from _subject(subject, changes)
    if difference.notes:
        yield ""
        yield "Written otherwise, decides the same:"
        notes = [f"{note.subject}: {note.words}" for note in difference.notes]
        yield from _cut((line for note in notes for line in _wrapped(note, 2)), _MOST_CHANGES, "lines", 2)


def _subject(subject: str, changes: Sequence[Change]) -> Iterator[str]:
    if len(changes) == 1 and changes[0].region is None:
        yield from _wrapped(f"{subject}: {changes[0].words}", 2)
        return
    yield f"  {subject}"
    for change in _by_weight(changes)[:_MOST_CHANGES]:
        yield from _wrapped(change.words, 4)
        if change.region:
            yield from _region(change.region)
    yield from _more(len(changes) - _MOST_CHANGES, "changes", 4)


def _by_weight(changes: Sequence[Change]) -> list[Change]:
    """Put what concerns most records first; without a book the order stays."""
    return sorted(changes, key=lambda change: -records_of(change))


def records_of(change: Change) -> int:
    """Count the book's records that a change concerns; 0 where that is not known."""
    return change.region.affected.records if change.region and change.region.affected else 0


def _region(region: RegionWords) -> Iterator[str]:
    for box in region.boxes[:_MOST_BOXES]:
        yield from _wrapped(box, 6)
    yield from _more(len(region.boxes) - _MOST_BOXES, "regions like these", 6)
    if region.affected:
        yield from _wrapped(affected_words(region.table, region.affected), 6)


def affected_words(table: str, affected: Affected) -> str:
    """Say which of the book's records are in a region.

    Example:
        >>> affected_words("accounts", Affected(12, 0.006, 3.1e6, None, ("A1", "A2")))
        '12 accounts (0.6%), revenue $3.10 M, such as A1, A2'
    """
    if not affected.records:
        return f"none of the book's {table}"
    parts = [f"{count(affected.records)} {table} ({share(affected.share, 1)})"]
    if affected.annual_revenue_usd is not None:
        parts.append(f"revenue {dollars(affected.annual_revenue_usd)}")
    if affected.open_pipeline_usd is not None:
        parts.append(f"open pipeline {dollars(affected.open_pipeline_usd)}")
    return f"{', '.join(parts)}, such as {', '.join(short(each, 30) for each in affected.examples)}"


def effect_lines(effect: BookEffect) -> Iterator[str]:
    """Say what the change does to the book: what changes hands, who gains and loses, how even it is."""
    yield ""
    yield f"ON THE BOOK, as of {effect.as_of[:16].replace('T', ' ')} UTC"
    yield f"  {'changes hands':<40}{'moved':>12}{'of':>12}{'share':>9}"
    for moved in effect.disruption:
        yield f"  {moved.what:<40}{_amount(moved.moved, moved):>12}{_amount(moved.total, moved):>12}{_share(moved):>9}"
    before, after = effect.exceptions
    yield f"  {'records without a rep':<40}{f'{count(before)} before':>12}{f'{count(after)} after':>12}"
    for title, holdings in (
        ("reps", effect.reps),
        ("teams", effect.teams),
        ("territories", effect.territories),
    ):
        yield from _holdings(title, [each for each in holdings if each.has_moved])
    yield from _balance(effect.balance)


def _amount(value: float, moved: MovedShare) -> str:
    return dollars(value) if moved.is_usd else count(value)


def _share(moved: MovedShare) -> str:
    return share(moved.moved, moved.total)


def _holdings(title: str, holdings: Sequence[Holding]) -> Iterator[str]:
    if not holdings:
        return
    yield ""
    yield f"  {title:<34}{'accounts':>20}{'revenue':>16}{'pipeline':>15}{'leads/week':>13}"
    for each in holdings[:_MOST_HOLDINGS]:
        name = short(each.name if each.name == each.key else f"{each.name} ({each.key})", 33)
        accounts = f"{count(each.accounts.after)} ({_signs(each.accounts)})"
        yield (
            f"  {name:<34}{accounts:>20}{_net(each.annual_revenue_usd):>16}{_net(each.open_pipeline_usd):>15}"
            f"{_leads(each.leads_per_week):>13}"
        )
    yield from _more(len(holdings) - _MOST_HOLDINGS, title, 2)


def _signs(measure: Measure) -> str:
    return f"+{count(measure.gained)} -{count(measure.lost)}"


def _net(measure: Measure) -> str:
    change = measure.after - measure.before
    return f"{'+' if change > 0 else ''}{dollars(change)}" if round(change) else "–"


def _leads(measure: Measure) -> str:
    change = measure.after - measure.before
    return f"{change:+.1f}" if round(change, 1) else "–"


def _balance(changes: Sequence[TeamChange]) -> Iterator[str]:
    rows = [(change.team, _uneven(change)) for change in changes if _uneven(change)]
    if not rows:
        return
    yield ""
    yield "  how uneven teams are: accounts, revenue, open pipeline, leads (0% is an even share)"
    for team, words in rows[:_MOST_HOLDINGS]:
        yield f"  {short(team, 33):<34}{words}"
    yield from _more(len(rows) - _MOST_HOLDINGS, "teams", 2)


def _uneven(change: TeamChange) -> str:
    """Say the variation before and after of what changes; empty where nothing does."""
    if change.before is None or change.after is None:
        return "new" if change.before is None else "gone"
    words = []
    for name in ("accounts", "annual_revenue_usd", "open_pipeline_usd", "leads"):
        was, is_now = getattr(change.before, name).variation, getattr(change.after, name).variation
        words.append("–" if _percent(was) == _percent(is_now) else f"{_percent(was)} to {_percent(is_now)}")
    return "" if all(word == "–" for word in words) else ", ".join(words)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _wrapped(words: str, indent: int) -> Iterator[str]:
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    yield from textwrap.wrap(
        printable,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_on_hyphens=False,
    )


def _cut(lines: Iterable[str], most: int, what: str, indent: int) -> Iterator[str]:
    listed = list(lines)
    yield from listed[:most]
    yield from _more(len(listed) - most, what, indent)


def _more(left: int, what: str, indent: int) -> Iterator[str]:
    if left > 0:
        yield f"{' ' * indent}and {count(left)} more {what}"
