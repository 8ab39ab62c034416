"""The timeline of one seat: who owns it when, without gap and without overlap, for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

__all__ = ["Belief", "Changes", "assigned", "changes_between"]


@dataclass(frozen=True, slots=True)
class Belief:
    """Who owns a seat in a period, and since when that is recorded.

    Attributes:
        valid_from: Begin of the period, in microseconds since 1970 UTC.
        valid_to: Its end, which is no part of it; None for ever.
        territory_id: Territory that gives the rep.
        rep_id: The rep; None for nobody.
        share: Part of the seat that is the rep's, above 0, at most 1.
        recorded_at: When this was recorded.
        change_set_id: Change set that decided it.
        plan_version: Version of the plan that decided it.
        method: How it was decided.
        reason: Why.
    """

    valid_from: int
    valid_to: int | None
    territory_id: str | None
    rep_id: str | None
    share: float
    recorded_at: int
    change_set_id: str | None
    plan_version: str | None
    method: str
    reason: str

    @property
    def end(self) -> float:
        """End of the period as a number."""
        return inf if self.valid_to is None else self.valid_to

    def is_same_owner(self, other: Belief) -> bool:
        """Tell whether two beliefs name the same territory, rep and share."""
        return (self.territory_id, self.rep_id, self.share) == (other.territory_id, other.rep_id, other.share)


@dataclass(frozen=True, slots=True)
class Changes:
    """What has to be written to turn one timeline into another; each list is in the order of time.

    Attributes:
        removed: Beliefs that no longer begin where they did.
        altered: Beliefs as they are now, whose beginning is that of an older one.
        added: Beliefs that begin where none did.
    """

    removed: tuple[Belief, ...]
    altered: tuple[Belief, ...]
    added: tuple[Belief, ...]


def assigned(timeline: Sequence[Belief], new: Belief) -> tuple[Belief, ...]:
    """Give the timeline after a new belief holds in its period: others end where it begins, and go on where it ends.

    A belief that names no other territory, rep or share anywhere in its period changes nothing. Where nothing was known, nobody
    owns the seat.

    Args:
        timeline: Beliefs in order of time, without gap, the last for ever; empty for a seat not known yet.
        new: What is to hold.

    Example:
        >>> first = Belief(0, None, "T", "ann", 1.0, 5, None, None, "rule", "")
        >>> cover = replace(first, valid_from=10, valid_to=20, rep_id="bob")
        >>> [(each.rep_id, each.valid_from, each.valid_to) for each in assigned([first], cover)]
        [('ann', 0, 10), ('bob', 10, 20), ('ann', 20, None)]
    """
    within = [each for each in timeline if each.valid_from < new.end and new.valid_from < each.end]
    is_known = bool(within) and within[0].valid_from <= new.valid_from
    if is_known and all(each.is_same_owner(new) for each in within):
        return tuple(timeline)
    before, after = [], []
    for each in timeline:
        if each.valid_from < new.valid_from:
            before.append(_cut(each, each.valid_from, min(each.end, new.valid_from), new))
        if each.end > new.end:
            after.append(_cut(each, int(max(each.valid_from, new.end)), each.end, new))
    if new.valid_to is not None and (not after or after[0].valid_from > new.valid_to):
        nobody = replace(new, territory_id=None, rep_id=None, share=1.0, method="none", reason="nothing is known of it")
        end = after[0].valid_from if after else None
        after.insert(0, replace(nobody, valid_from=new.valid_to, valid_to=end))
    return (*before, new, *after)


def _cut(belief: Belief, begin: int, end: float, new: Belief) -> Belief:
    """Give the part of a belief in a period; a part is recorded when it was cut."""
    if (begin, end) == (belief.valid_from, belief.end):
        return belief
    return replace(belief, valid_from=begin, valid_to=None if end == inf else int(end), recorded_at=new.recorded_at)


def changes_between(before: Iterable[Belief], after: Iterable[Belief]) -> Changes:
    """Compare two timelines of a seat; what differs only in when it was recorded stays as it was.

    Args:
        before: The timeline as it is stored.
        after: The timeline as it should be.
    """
    old = {each.valid_from: each for each in before}
    new = {each.valid_from: each for each in after}
    return Changes(
        tuple(each for begin, each in old.items() if begin not in new),
        tuple(
            each
            for begin, each in new.items()
            if begin in old and replace(each, recorded_at=old[begin].recorded_at) != old[begin]
        ),
        tuple(each for begin, each in new.items() if begin not in old),
    )
