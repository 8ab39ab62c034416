"""Decide the teams of all accounts. Accounts that the same rules place, and that share no seat, have the same team."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.assignment.accounts import PlacedLayer
from rightful.stages.assignment.families import POLICIES
from rightful.stages.assignment.team import Member, TeamRules
from rightful.stages.territories import Placement

__all__ = ["AccountTeams", "decide_teams"]

Placed = tuple[tuple[str, Placement], ...]


@dataclass(frozen=True, slots=True)
class AccountTeams:
    """Territories and team of every account, by its row.

    Attributes:
        account_ids: Keys of the accounts.
        placements: (layer, placement) of each account, in the order of the layers.
        teams: Members of each account's team; the owner's role first.
        heads: Row of the account that each one follows; its own where it follows nobody.
        policies: Number in ``POLICIES`` by which it follows.
    """

    account_ids: pa.Array
    placements: Sequence[Placed]
    teams: Sequence[tuple[Member, ...]]
    heads: npt.NDArray[np.int64]
    policies: npt.NDArray[np.int64]
    _ids: list[str] = field(default_factory=list)

    def rows_of(self, account_ids: pa.Array | pa.ChunkedArray) -> list[int | None]:
        """Give the row of each account id; None for null and for unknown ids."""
        return pc.index_in(account_ids, self.account_ids).to_pylist()

    def id_of(self, row: int) -> str:
        """Give the key of a row."""
        return self._ids[row]

    def member(self, row: int, role: str) -> Member | None:
        """Give the member of an account's team in a role."""
        return next((member for member in self.teams[row] if member.role == role), None)


def decide_teams(accounts: pa.Table, layers: Sequence[PlacedLayer], rules: TeamRules) -> AccountTeams:
    """Decide the team of every account.

    Args:
        accounts: account_id and owner_id, one row per account.
        layers: Territories by layer, in the same row order.
        rules: What decides teams on the day.
    """
    ids = accounts["account_id"].combine_chunks()
    rows = accounts.num_rows
    heads = layers[0].following.source if layers else np.arange(rows)
    policies = layers[0].following.policy if layers else np.zeros(rows, dtype=np.int64)
    codes = np.stack([layer.outcome for layer in layers], axis=1) if layers else np.zeros((rows, 1), dtype=np.int64)
    distinct, code = np.unique(codes, axis=0, return_inverse=True)
    placed = [_placed(layers, outcome) for outcome in distinct.tolist()]
    shared = [None if _shares_a_seat(each, rules) else rules.team("", None, each) for each in placed]
    names, owners = ids.to_pylist(), accounts["owner_id"].to_pylist()
    pinned = {account_id for account_id, _ in rules.pins}
    placements, teams = [], []
    for row, (number, head) in enumerate(zip(code.reshape(-1).tolist(), heads.tolist(), strict=True)):
        placements.append(placed[number])
        team = shared[number]
        if team is None or names[row] in pinned or names[head] in pinned:
            decider = row if names[row] in pinned else head
            team = rules.team(names[decider], owners[decider], placed[number])
        teams.append(team)
    return AccountTeams(ids, placements, teams, heads, policies, names)


def _placed(layers: Sequence[PlacedLayer], outcome: Sequence[int]) -> Placed:
    return tuple(
        (layer.layer.layer, placement)
        for layer, number in zip(layers, outcome, strict=False)
        for placement in layer.outcomes[number]
    )


def _shares_a_seat(placed: Placed, rules: TeamRules) -> bool:
    territories = {placement.territory_id for _, placement in placed}
    return any(len(seats) > 1 for (territory, _), seats in rules.coverage.seats.items() if territory in territories)


def territory_reasons(
    teams: AccountTeams, layer: str, values: Mapping[str, Sequence[object]]
) -> Iterator[tuple[str | None, str | None]]:
    """Give the first territory of each account in a layer, and why, with the values that its rule saw.

    Args:
        teams: The teams.
        layer: Name of the layer.
        values: Values of the fields that rules read, by field, in row order.
    """
    for row, placements in enumerate(teams.placements):
        placement = next((each for name, each in placements if name == layer), None)
        if placement is None:
            yield None, f"no rule of layer {layer} holds"
        else:
            yield placement.territory_id, placement_reason(teams, row, placement, layer, values)


def placement_reason(
    teams: AccountTeams, row: int, placement: Placement, layer: str, values: Mapping[str, Sequence[object]]
) -> str:
    """Say why an account has a territory."""
    head = int(teams.heads[row])
    if head != row and layer == teams.placements[row][0][0]:
        return f"follows {teams.id_of(head)} of its family ({POLICIES[int(teams.policies[row])]}), placed by {_rule(placement, head, layer, values)}"
    return _rule(placement, row, layer, values)


def _rule(placement: Placement, row: int, layer: str, values: Mapping[str, Sequence[object]]) -> str:
    if placement.method == "catch_all":
        return f"catch-all of layer {layer}: no rule holds"
    if placement.method == "named":
        return f"named account: {placement.rule}"
    seen = ", ".join(f"{name} {_shown(values[name][row])}" for name in placement.fields)
    kind = "override" if placement.method == "override" else "rule"
    return f"{kind} {placement.rule} of layer {layer}" + (f": {seen}" if seen else "")


def _shown(value: object) -> str:
    if value is None:
        return "blank"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
