"""Overlaps: regions that several territories claim where the layer allows fewer, and what decides between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from itertools import chain

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray, distinct, offsets, runs
from rightful.rules.proofs.chart import Chart, all_combined, lowest, paired
from rightful.rules.proofs.ground import NOTHING
from rightful.rules.proofs.narrower import Narrower
from rightful.rules.proofs.precedence import claim_chart
from rightful.rules.proofs.regions import Region
from rightful.runs.proof.finding import Candidate, Severity, Stake, Told
from rightful.runs.proof.layer import LayerProof, number_of_each

__all__ = ["overlaps"]

Judged = tuple[IntArray, IntArray, npt.NDArray[np.int8]]
"""Winners, losers, and what decides between each two."""
_PAIRS_AT_ONCE = 4_000_000
_MOST_LOSERS = 20
_MOST_NAMED = 3
_MOST_BOXES = 3


class _By(IntEnum):
    """What decides between two rules that claim the same record."""

    ROW = 0
    NARROWER = 1
    PRIORITY = 2
    OVERRIDE = 3


@dataclass(slots=True)
class _Contest:
    """The rules that one rule beats where both hold, by what decides."""

    count: int = 0
    losers: list[int] = field(default_factory=list)


def overlaps(proof: LayerProof) -> Iterator[Candidate]:
    """Find the overlaps of a layer, one finding per winning rule and what decides.

    Where a record may have several territories, the last of them contests with those for which there is no room.
    A territory does not contest with those above it, before which it wins by design; an override above it does.

    Raises:
        ChartTooLargeError: There are too many cases.
    """
    judge = _Judge(proof)
    contests: dict[tuple[int, _By], _Contest] = {}
    for judged in judge.contests():
        _gather(contests, *judged)
    stakes = _stakes(proof, judge)
    for (winner, by), contest in sorted(contests.items()):
        severity = Severity.WARNING if by is _By.ROW else Severity.NOTE
        stake = None if stakes is None else stakes.get(winner * len(_By) + by) or Stake.nothing()
        yield Candidate(
            "overlap",
            severity,
            proof.name,
            (*proof.subject(winner), by.name, *(proof.subject(each)[-1] for each in contest.losers)),
            partial(_told, proof, (winner, by), contest),
            stake,
            (proof.place(winner), *(proof.place(each) for each in contest.losers[:_MOST_NAMED])),
        )


def _gather(
    contests: dict[tuple[int, _By], _Contest], winner: IntArray, loser: IntArray, decided: npt.NDArray[np.int8]
) -> None:
    key = number_of(winner, decided)
    # Losers come in rising order and stay so; keys of few bits are sorted without comparing them.
    narrow = key.astype(np.uint16) if key.max(initial=0) < 1 << 16 else key
    ranked = np.argsort(narrow, kind="stable")
    ordered = key[ranked]
    first = np.flatnonzero(np.append(len(key) > 0, ordered[1:] != ordered[:-1]))
    found, counts = ordered[first], np.diff(np.append(first, len(key)))
    for each, start, count in zip(found.tolist(), first.tolist(), counts.tolist(), strict=True):
        contest = contests.setdefault((each // len(_By), _By(each % len(_By))), _Contest())
        contest.count += count
        some = loser[ranked[start : start + min(count, _MOST_LOSERS)]].tolist()
        contest.losers = sorted((*contest.losers, *some))[:_MOST_LOSERS]


class _Judge:
    """Says of pairs of rules whether they contest, and what decides."""

    def __init__(self, proof: LayerProof) -> None:
        self._proof = proof
        entries = proof.rules.entries
        territories = [str(entry.territory) for entry in entries]
        self._territory = np.array(number_of_each(territories), dtype=np.int64)
        number_of = dict(zip(territories, self._territory.tolist(), strict=True))
        self._priority = np.array([entry.priority for entry in entries], dtype=np.int64)
        self._is_override = np.array([entry.kind == "override" for entry in entries], dtype=np.bool_)
        self._count = len(number_of)
        below = {
            (number_of[lower], number_of[upper])
            for lower in number_of
            for upper in proof.rules.ancestors.get(lower, ())
            if upper in number_of
        }
        self._below = np.array(sorted(lower * self._count + upper for lower, upper in below), dtype=np.int64)
        self._narrower = Narrower(proof.surface)

    def contests(self) -> Iterator[Judged]:
        """Give winner, loser and what decides for all pairs that contest, some at a time."""
        winners: list[IntArray] = []
        losers: list[IntArray] = []
        waiting = 0
        for rule, beating in enumerate(self._proof.contested):
            if rule in self._proof.precedence.silent:
                continue
            winners.append(beating)
            losers.append(np.full(len(beating), rule, dtype=np.int64))
            waiting += len(beating)
            if waiting > _PAIRS_AT_ONCE:
                yield self.judged(np.concatenate(winners), np.concatenate(losers))
                winners, losers, waiting = [], [], 0
        if winners:
            yield self.judged(np.concatenate(winners), np.concatenate(losers))

    def judged(self, winner: IntArray, loser: IntArray) -> Judged:
        """Keep the pairs that contest; say what decides each."""
        kept, decided = self._judged(winner, loser)
        return winner[kept], loser[kept], decided

    def _judged(self, winner: IntArray, loser: IntArray) -> tuple[IntArray, npt.NDArray[np.int8]]:
        """Give the places of the pairs that contest, and what decides each."""
        contests = self._territory[winner] != self._territory[loser]
        if len(self._below):
            key = self._territory[winner] * self._count + self._territory[loser]
            contests &= ~np.isin(key, self._below)
        kept = np.flatnonzero(contests)
        winner, loser = winner[kept], loser[kept]
        decided = np.zeros(len(kept), dtype=np.int8)
        by_priority = self._priority[winner] != self._priority[loser]
        by_override = self._is_override[winner] & ~self._is_override[loser]
        open_pairs = np.flatnonzero(~by_priority & ~by_override)
        is_narrower = self._narrower.are_narrower(winner[open_pairs], loser[open_pairs])
        decided[open_pairs[is_narrower]] = _By.NARROWER
        decided[by_priority] = _By.PRIORITY
        decided[by_override] = _By.OVERRIDE
        return kept, decided

    def of_outcomes(self, outcomes: Sequence[Sequence[int]]) -> tuple[IntArray, IntArray]:
        """Find the contests in some sets of rules that hold together.

        Returns:
            The numbers of contests, see ``number_of``, and beside each the place of a set in which it occurs; each pair once.
        """
        room = self._proof.layer.winners
        ranked = [self._proof.rules.ranked(holding) for holding in outcomes]
        sizes = np.array([len(each) for each in ranked], dtype=np.int64)
        rules = np.fromiter(chain.from_iterable(ranked), dtype=np.int64, count=int(sizes.sum()))
        first, left = offsets(sizes)[:-1], np.maximum(sizes - room, 0)
        place = np.repeat(np.arange(len(ranked)), left)
        winner, loser = rules[np.repeat(first + room - 1, left)], rules[runs(first + room, left)]
        kept, decided = self._judged(winner, loser)
        pairs = distinct(number_of(winner[kept], decided) * max(1, len(ranked)) + place[kept])
        return pairs // max(1, len(ranked)), pairs % max(1, len(ranked))


def number_of(winner: IntArray, decided: npt.NDArray[np.int8]) -> IntArray:
    """Number contests by the rule that wins and what decides."""
    return winner * len(_By) + decided


def _stakes(proof: LayerProof, judge: _Judge) -> Mapping[int, Stake] | None:
    holding = proof.holding
    if holding is None:
        return None
    contests, places = judge.of_outcomes([holding.outcomes[number] for number in holding.occurring])
    return holding.stakes(contests, np.array(holding.occurring, dtype=np.int64)[places])


def _told(proof: LayerProof, key: tuple[int, _By], contest: _Contest) -> Told:
    winner, by = key
    chart = _contested(proof, winner, contest.losers)
    region = Region(winner, proof.surface, chart, _MOST_BOXES)
    named = "; ".join(proof.called(each) for each in contest.losers[:_MOST_NAMED])
    more = f" and {contest.count - _MOST_NAMED} more" if contest.count > _MOST_NAMED else ""
    message = f"rule {proof.called(winner)} wins over {named}{more} {_why(proof, winner, by)}"
    words = tuple(str(box) for box in region.boxes)
    has_more = not region.is_complete or contest.count > len(contest.losers)
    return Told(message, _REPAIR[by], words, region.witness(), has_more)


def _contested(proof: LayerProof, winner: int, losers: Sequence[int]) -> Chart:
    """Chart where a rule has the last place while one of the others claims the record too and finds no room."""
    where = proof.ground.where(proof.ground.formulas[winner], inside=0, outside=NOTHING)
    leaders = proof.leaders
    if leaders is None:
        return _claimed(proof, _restricted(proof.winners, where).renamed(lambda value: int(value == winner)), losers)
    lasting = {value for value in leaders.chart.values.tolist() if leaders.winners(value)[-1:] == (winner,)}
    full = frozenset(filter(leaders.is_full, lasting))
    wins = leaders.chart.renamed(lambda value: value if value in full else NOTHING)
    by_cases: dict[frozenset[int], list[int]] = {}
    for loser in losers:
        above = proof.precedence.yields_to.get(loser, frozenset())
        cases = frozenset(value for value in full if leaders.competes(leaders.winners(value), loser, above))
        by_cases.setdefault(cases, []).append(loser)
    found = [_claimed(proof, wins.renamed(partial(_is_in, cases)), some) for cases, some in by_cases.items()]
    return all_combined(found, lambda one, other: paired(one, other, max))


def _is_in(cases: frozenset[int], value: int) -> int:
    return int(value in cases)


def _claimed(proof: LayerProof, wins: Chart, losers: Sequence[int]) -> Chart:
    """Cut a chart of 1 and 0 to where one of some rules claims the record."""
    claims = claim_chart(proof.ground, proof.precedence, losers).renamed(lambda value: int(value != NOTHING))
    return lowest(wins, claims)


def _restricted(chart: Chart, outside: Chart) -> Chart:
    """Cut a chart to where another one is 0; elsewhere nothing wins."""
    return lowest(
        chart.renamed(lambda value: -value), outside.renamed(lambda value: NOTHING if value == 0 else -NOTHING)
    ).renamed(lambda value: -value)


def _why(proof: LayerProof, winner: int, by: _By) -> str:
    entry = proof.rules.entries[winner]
    return {
        _By.ROW: f"only because it stands above, all at priority {entry.priority}",
        _By.NARROWER: "as the narrower rule, standing above",
        _By.PRIORITY: f"by its priority {entry.priority}",
        _By.OVERRIDE: "as an override",
    }[by]


_REPAIR = {
    _By.ROW: "give the one that shall win a smaller priority, or narrow the others",
    _By.NARROWER: "nothing, if it is meant so",
    _By.PRIORITY: "nothing, if it is meant so",
    _By.OVERRIDE: "nothing, if it is meant so",
}
