"""A layer under proof: its rules, who wins where, and which accounts lie there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, starmap

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.errors import Place
from rightful.plan import Plan
from rightful.plan.assignment import AssignmentSection
from rightful.plan.section import place_of
from rightful.plan.territories import Layer
from rightful.rules import Lists
from rightful.rules.arrays import IntArray
from rightful.rules.matches import Outcome
from rightful.rules.proofs import Domains, Precedence, winner_chart
from rightful.rules.proofs.chart import Chart
from rightful.rules.proofs.ground import Ground, ground_of
from rightful.rules.proofs.leaders import Leaders
from rightful.rules.proofs.standing import Standing, claimed_numbers, standings
from rightful.rules.proofs.surface import Surface
from rightful.runs.proof.accounts import Accounts
from rightful.runs.proof.finding import Stake
from rightful.stages.assignment.accounts import place_in_layer
from rightful.stages.territories import LayerRules

__all__ = ["Holding", "LayerProof", "holding_of", "layer_proof"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_FILE = "assignment.yaml"


@dataclass(frozen=True)
class Holding:
    """Which rules decide the accounts of a book: those that hold for it, or for the account of its family that it follows.

    Attributes:
        ids: Per account the place in ``outcomes``; beyond them where no rule decides but the list of named accounts.
        outcomes: Rules that hold together, in order.
        source: Per account the row of the account that it follows; its own where it follows nobody.
        accounts: The accounts.
    """

    ids: IntArray
    outcomes: tuple[Outcome, ...]
    source: IntArray
    accounts: Accounts

    @cached_property
    def counted(self) -> Bools:
        """Tell per account whether rules decide it, and no list."""
        return self.ids < len(self.outcomes)

    @cached_property
    def occurring(self) -> list[int]:
        """Give the outcomes that some account has."""
        return list(np.unique(self.ids[self.counted]).tolist())

    @cached_property
    def of_rules(self) -> Mapping[int, Stake]:
        """Count and weigh the accounts for which each rule holds; rules that hold for none are left out."""
        held = [self.outcomes[number] for number in self.occurring]
        sizes = np.array([len(outcome) for outcome in held], dtype=np.int64)
        rules = np.fromiter(chain.from_iterable(held), dtype=np.int64, count=int(sizes.sum()))
        return self.stakes(rules, np.repeat(np.array(self.occurring, dtype=np.int64), sizes))

    def where(self, inside: Callable[[pa.Table], Bools]) -> Stake:
        """Count and weigh the accounts that are decided by values of a region."""
        return self.accounts.stake(inside(self.accounts.table)[self.source] & self.counted)

    def stakes(self, groups: IntArray, numbers: IntArray) -> Mapping[int, Stake]:
        """Count and weigh the accounts of outcomes, group by group.

        Args:
            groups: The groups of outcomes.
            numbers: Beside each group one of its outcomes; each pair once.
        """
        records, pipeline, revenue, rank = self._sums
        keys, group = np.unique(groups, return_inverse=True)
        best = np.full(len(keys), -1, dtype=np.int64)
        np.maximum.at(best, group, rank[numbers])
        sums = [np.bincount(group, each[numbers], len(keys)).tolist() for each in (records, pipeline, revenue)]
        examples = self.accounts.table["account_id"].take(pa.array(self._ranked[best])).to_pylist()
        total = self.accounts.table.num_rows
        return {
            key: Stake(int(count), count / total, worth, yearly, example)
            for key, count, worth, yearly, example in zip(keys.tolist(), *sums, examples, strict=True)
        }

    @cached_property
    def _ranked(self) -> IntArray:
        """Give the rows of the accounts that count, the most valuable last; of equals the first."""
        rows = np.flatnonzero(self.counted)
        pipeline, revenue = self.accounts.open_pipeline_usd[rows], self.accounts.annual_revenue_usd[rows]
        return rows[np.lexsort((-rows, revenue, pipeline))]

    @cached_property
    def _sums(self) -> tuple[IntArray, Floats, Floats, IntArray]:
        """Count and weigh the accounts of each outcome, and give the place in ``_ranked`` of its most valuable one."""
        rows, size = np.flatnonzero(self.counted), len(self.outcomes)
        ids = self.ids[rows]
        best = np.full(size, -1, dtype=np.int64)
        np.maximum.at(best, self.ids[self._ranked], np.arange(len(rows)))
        worth = self.accounts.open_pipeline_usd[rows], self.accounts.annual_revenue_usd[rows]
        pipeline, revenue = (np.asarray(np.bincount(ids, each, size), dtype=np.float64) for each in worth)
        return np.asarray(np.bincount(ids, minlength=size), dtype=np.int64), pipeline, revenue, best


@dataclass(frozen=True)
class LayerProof:
    """A layer under proof.

    Attributes:
        layer: The layer of the plan.
        rules: Its rules, ready to decide.
        surface: The classes of values that they tell apart.
        holding: Which rules decide each account of the book; None without a book.
    """

    layer: Layer
    rules: LayerRules
    surface: Surface
    holding: Holding | None

    @property
    def name(self) -> str:
        """Give the layer's name."""
        return self.layer.layer

    @property
    def ground(self) -> Ground:
        """Give the rules over common classes."""
        return self.surface.ground

    @cached_property
    def precedence(self) -> Precedence:
        """Give which rules win over which."""
        return self.rules.precedence()

    @cached_property
    def winners(self) -> Chart:
        """Chart the rule that wins, see ``winner_chart``.

        Raises:
            ChartTooLargeError: There are too many cases.
        """
        return winner_chart(self.ground, self.precedence)

    @cached_property
    def leaders(self) -> Leaders | None:
        """Chart the rules that win together where a record may have several territories; None where it has one at most."""
        if self.layer.winners == 1:
            return None
        territories = number_of_each(str(entry.territory) for entry in self.rules.entries)
        return Leaders(self.ground, self.precedence, territories, self.layer.winners)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Give what each rule comes to.

        Raises:
            ChartTooLargeError: There are too many cases.
        """
        if self.leaders is None:
            return standings(self.surface, self.winners, self.precedence)
        return tuple(starmap(Standing, enumerate(self.leaders.rules_of(self._cases))))

    @cached_property
    def contested(self) -> Sequence[IntArray]:
        """Give per rule the rules that have the last place where it claims a record and finds no room."""
        leaders = self.leaders
        if leaders is None:
            return [standing.winners for standing in self.standings]
        yields_to = self.precedence.yields_to
        return [leaders.last_of(numbers, rule, yields_to.get(rule, ())) for rule, numbers in enumerate(self._cases)]

    @cached_property
    def _cases(self) -> Sequence[IntArray]:
        """Give per rule the cases of ``leaders`` in which it claims a record."""
        assert self.leaders is not None  # noqa: S101 - for the type checker: only asked for where there are several
        return claimed_numbers(self.surface, self.leaders.chart, self.precedence)

    def place(self, rule: int) -> Place:
        """Give where a rule stands in the plan's files."""
        return place_of(self.rules.entries[rule].territory, _FILE)

    def subject(self, rule: int) -> tuple[str, str, str]:
        """Give what makes a rule this one: territory, kind and condition, wherever it stands."""
        entry = self.rules.entries[rule]
        return str(entry.territory), entry.kind, self._conditions[rule]

    @cached_property
    def _conditions(self) -> tuple[str, ...]:
        return tuple(str(rule.when) for rule in self.ground.rules)

    def called(self, rule: int) -> str:
        """Name a rule as people find it: its name, else its territory, with its line."""
        entry, place = self.rules.entries[rule], self.place(rule)
        territory = str(entry.territory)
        about = [territory] if entry.rule and entry.rule != territory else []
        about += [f"{place.file}:{place.line}"] if place.line else []
        return f"{str(entry.rule or territory)!r}" + (f" ({', '.join(about)})" if about else "")


def number_of_each(names: Iterable[str]) -> tuple[int, ...]:
    """Number names by first appearance, equal ones alike."""
    known: dict[str, int] = {}
    return tuple(known.setdefault(name, len(known)) for name in names)


def layer_proof(plan: Plan, rules: LayerRules, domains: Domains, accounts: Accounts | None) -> LayerProof:
    """Put a compiled layer under proof."""
    layer = next(each for each in plan.assignment.layers if each.layer == rules.layer)
    holding = None if accounts is None else holding_of(accounts, rules, layer, plan.assignment, plan.lists)
    return LayerProof(layer, rules, Surface(ground_of(rules.rules), domains), holding)


def holding_of(
    accounts: Accounts, rules: LayerRules, layer: Layer, section: AssignmentSection, lists: Lists
) -> Holding:
    """Decide the accounts of a book in a layer, as a run does."""
    placed = place_in_layer(accounts.table, rules, layer, section, lists)
    return Holding(placed.outcome, rules.rules.outcomes, placed.following.source, accounts)
