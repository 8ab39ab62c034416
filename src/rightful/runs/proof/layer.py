"""A layer under proof: its rules, who wins where, and which accounts lie there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rightful.errors import Place
from rightful.plan import Plan
from rightful.plan.section import place_of
from rightful.plan.territories import Layer
from rightful.rules.matches import Outcome
from rightful.rules.proofs import Domains, Precedence, winner_chart
from rightful.rules.proofs.chart import Chart
from rightful.rules.proofs.ground import Ground, ground_of
from rightful.rules.proofs.standing import Standing, standings
from rightful.rules.proofs.surface import Surface
from rightful.runs.proof.accounts import Accounts
from rightful.runs.proof.finding import Stake
from rightful.stages.territories import LayerRules

__all__ = ["LayerProof", "layer_proof"]

Bools = npt.NDArray[np.bool_]
_FILE = "assignment.yaml"
_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Holding:
    """Which rules hold for the accounts of a book.

    Attributes:
        ids: Per account the place in ``outcomes``.
        outcomes: Rules that hold together, in order.
        accounts: The accounts.
        counted: Per account whether rules decide it, and no list.
    """

    ids: npt.NDArray[np.int64]
    outcomes: tuple[Outcome, ...]
    accounts: Accounts
    counted: Bools

    @cached_property
    def occurring(self) -> list[int]:
        """Give the outcomes that some account has."""
        return list(np.unique(self.ids[self.counted]).tolist())

    @cached_property
    def _sums(self) -> tuple[list[int], list[float], list[float], dict[int, int]]:
        """Count and weigh the accounts of each outcome, and find the most valuable one of each."""
        rows = np.flatnonzero(self.counted)
        ids, size = self.ids[rows], len(self.outcomes)
        pipeline, revenue = self.accounts.open_pipeline_usd[rows], self.accounts.annual_revenue_usd[rows]
        ranked = np.lexsort((-rows, revenue, pipeline))  # of equals the first; what is written last stays
        best = dict(zip(ids[ranked].tolist(), rows[ranked].tolist(), strict=True))
        return (
            np.bincount(ids, minlength=size).tolist(),
            np.bincount(ids, pipeline, size).tolist(),
            np.bincount(ids, revenue, size).tolist(),
            best,
        )

    @cached_property
    def of_rule(self) -> dict[int, list[int]]:
        """Give per rule the outcomes in which it holds."""
        found: dict[int, list[int]] = {}
        for number in self.occurring:
            for rule in self.outcomes[number]:
                found.setdefault(rule, []).append(number)
        return found

    def stake(self, numbers: Iterable[int]) -> Stake:
        """Count and weigh the accounts that have one of these outcomes."""
        records, pipeline, revenue, best = self._sums
        chosen = list(numbers)
        total = sum(records[number] for number in chosen)
        rows = [best[number] for number in chosen if number in best]
        worth = self.accounts.open_pipeline_usd, self.accounts.annual_revenue_usd
        first = max(rows, key=lambda row: (worth[0][row], worth[1][row], -row), default=None)
        return Stake(
            total,
            total / self.accounts.table.num_rows if total else 0.0,
            sum(pipeline[number] for number in chosen),
            sum(revenue[number] for number in chosen),
            None if first is None else self.accounts.table["account_id"][first].as_py(),
        )


@dataclass(frozen=True)
class LayerProof:
    """A layer under proof.

    Attributes:
        layer: The layer of the plan.
        rules: Its rules, ready to decide.
        surface: The classes of values that they tell apart.
        accounts: The book's accounts; None without a book.
        named: Accounts that the list of named accounts places in this layer, before all rules.
    """

    layer: Layer
    rules: LayerRules
    surface: Surface
    accounts: Accounts | None
    named: Bools | None

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

    @property
    def has_several(self) -> bool:
        """Tell whether a record may have several territories of the layer."""
        return self.layer.winners > 1

    @cached_property
    def combinations(self) -> tuple[Chart, tuple[Outcome, ...]]:
        """Chart all rules that hold together, needed where a record may have several territories.

        Raises:
            ChartTooLargeError: There are too many cases.
        """
        return self.ground.outcomes()

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Give what each rule comes to."""
        if not self.has_several:
            return standings(self.surface, self.winners, self.precedence)
        chart, outcomes = self.combinations
        chosen = [np.array(self.rules.ranked(each)[: self.layer.winners], dtype=np.int64) for each in outcomes]
        found = standings(self.surface, chart)
        return tuple(
            Standing(each.rule, np.unique(np.concatenate([*(chosen[value] for value in each.winners.tolist()), _NONE])))
            for each in found
        )

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

    @cached_property
    def holding(self) -> Holding | None:
        """Give which rules hold for each account; None without a book."""
        if self.accounts is None or self.named is None:
            return None
        ids = self.rules.rules.decide_table(self.accounts.table).astype(np.int64)
        return Holding(ids, self.rules.rules.outcomes, self.accounts, ~self.named)


def layer_proof(plan: Plan, rules: LayerRules, domains: Domains, accounts: Accounts | None) -> LayerProof:
    """Put a compiled layer under proof."""
    layer = next(each for each in plan.assignment.layers if each.layer == rules.layer)
    return LayerProof(layer, rules, Surface(ground_of(rules.rules), domains), accounts, _named(plan, layer, accounts))


def _named(plan: Plan, layer: Layer, accounts: Accounts | None) -> Bools | None:
    if accounts is None:
        return None
    first = plan.assignment.layers[0].layer
    rows = [row for row in plan.assignment.named_accounts if (row.layer or first) == layer.layer]
    ids = {row.account_id for row in rows if row.account_id}
    domains = {row.domain for row in rows if row.domain}
    keys, owned = accounts.table["account_id"].to_pylist(), accounts.table["domain"].to_pylist()
    return np.array([key in ids or domain in domains for key, domain in zip(keys, owned, strict=True)], dtype=np.bool_)
