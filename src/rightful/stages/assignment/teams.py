"""Decide the teams of all accounts. Accounts that the same rules place, and that share no seat, have the same team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.assignment.accounts import PlacedLayer
from rightful.stages.assignment.families import POLICIES, Following
from rightful.stages.assignment.team import Member, TeamRules
from rightful.stages.territories import Placement

__all__ = ["AccountTeams", "Reasons", "decide_teams"]

Placed = tuple[tuple[str, Placement], ...]


@dataclass(frozen=True, slots=True)
class AccountTeams:
    """Territories and team of every account, by its row.

    Attributes:
        account_ids: Keys of the accounts.
        placements: (layer, placement) of each account, in the order of the layers.
        teams: Members of each account's team; the owner's role first.
        followings: Whom each account follows, by layer.
    """

    account_ids: pa.Array
    placements: Sequence[Placed]
    teams: Sequence[tuple[Member, ...]]
    followings: Mapping[str, Following]
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
    followings = {layer.layer.layer: layer.following for layer in layers}
    return AccountTeams(ids, placements, teams, followings, names)


def _placed(layers: Sequence[PlacedLayer], outcome: Sequence[int]) -> Placed:
    return tuple(
        (layer.layer.layer, placement)
        for layer, number in zip(layers, outcome, strict=False)
        for placement in layer.outcomes[number]
    )


def _shares_a_seat(placed: Placed, rules: TeamRules) -> bool:
    territories = {placement.territory_id for _, placement in placed}
    return any(len(seats) > 1 for (territory, _), seats in rules.coverage.seats.items() if territory in territories)


class Reasons:
    """Says why accounts have their territories, with the values that the rules saw; equal reasons are worded once.

    Args:
        teams: The teams.
        values: Values of the fields that rules read, by field, in row order.
    """

    def __init__(self, teams: AccountTeams, values: Mapping[str, Sequence[object]]) -> None:
        self._teams = teams
        self._values = values
        self._worded: dict[tuple[object, ...], str] = {}
        self._sources = {layer: following.source.tolist() for layer, following in teams.followings.items()}

    def is_follower(self, row: int, layer: str) -> bool:
        """Tell whether an account takes its territory in a layer from another one of its family."""
        return bool(self._sources[layer][row] != row)

    def why(self, row: int, layer: str, placement: Placement) -> str:
        """Say why an account has a territory."""
        head = self._sources[layer][row]
        if head == row:
            return self._rule(row, layer, placement)
        policy = POLICIES[int(self._teams.followings[layer].policy[row])]
        return f"follows {self._teams.id_of(head)} of its family ({policy}), placed by {self._rule(head, layer, placement)}"

    def _rule(self, row: int, layer: str, placement: Placement) -> str:
        seen = tuple(self._values[name][row] for name in placement.fields)
        key = (layer, id(placement), *seen)
        worded = self._worded.get(key)
        if worded is None:
            worded = self._worded[key] = _worded(layer, placement, seen)
        return worded


def _worded(layer: str, placement: Placement, seen: Sequence[object]) -> str:
    if placement.method == "catch_all":
        return f"catch-all of layer {layer}: no rule holds"
    if placement.method == "named":
        return f"named account: {placement.rule}"
    values = ", ".join(f"{name} {_shown(value)}" for name, value in zip(placement.fields, seen, strict=True))
    return f"{placement.method} {placement.rule} of layer {layer}" + (f": {values}" if values else "")


def _shown(value: object) -> str:
    if value is None:
        return "blank"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
