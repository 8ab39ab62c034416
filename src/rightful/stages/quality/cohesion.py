"""Guard against chains: A is like B, B is like C, and so on to a Z that is nothing like A.

Groups of records are joined while, on average, the pairs between them are likely enough; pairs without a link count 0.

Source: average linkage (Sokal and Michener 1958).
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["ALWAYS", "NEVER", "cohesive_groups"]

ALWAYS, NEVER = 1e9, -1e12
"""In place of a probability: people decided that two records are one, or that they are not."""

Pair = tuple[int, int]


@dataclass(slots=True)
class _Groups:
    """Groups in the making.

    Attributes:
        members: The records of each group, under the group's smallest one.
        sums: Per group and neighbour the sum of the pairs' probabilities.
        queue: (mean with the sign turned, group, neighbour); an entry is stale when its mean has changed since.
    """

    members: dict[int, list[int]]
    sums: dict[int, dict[int, float]]
    queue: list[tuple[float, int, int]] = field(default_factory=list)

    def mean(self, one: int, other: int) -> float:
        return self.sums[one][other] / (len(self.members[one]) * len(self.members[other]))

    def push(self, one: int, other: int) -> None:
        one, other = min(one, other), max(one, other)
        heapq.heappush(self.queue, (-self.mean(one, other), one, other))

    def is_fresh(self, mean: float, one: int, other: int) -> bool:
        return other in self.sums.get(one, ()) and -self.mean(one, other) == mean

    def join(self, one: int, other: int) -> None:
        """Take the other group into the one with the smaller number, and look at its neighbours anew."""
        self.members[one] += self.members.pop(other)
        gone = self.sums.pop(other)
        self.sums[one].pop(other)
        for neighbour, total in sorted(gone.items()):
            if neighbour != one:
                joined = self.sums[one].get(neighbour, 0.0) + total
                self.sums[one][neighbour] = self.sums[neighbour][one] = joined
                self.sums[neighbour].pop(other)
        for neighbour in sorted(self.sums[one]):
            self.push(one, neighbour)


def cohesive_groups(rows: Sequence[int], links: Mapping[Pair, float], least: float) -> list[list[int]]:
    """Split the records of a cluster where they hang together by single links.

    Args:
        rows: The records.
        links: Probability of each linked pair, the smaller record first; ``ALWAYS`` and ``NEVER`` for decisions.
        least: Least mean probability between two groups that join.

    Returns:
        The groups, each in order, the smallest first record first. Of equally likely joins that of the smallest records comes first.

    Example:
        >>> links = {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.9, (2, 3): 0.6, (3, 4): 0.9, (4, 5): 0.9, (3, 5): 0.9}
        >>> cohesive_groups(range(6), links, 0.15)
        [[0, 1, 2], [3, 4, 5]]
    """
    groups = _Groups({row: [row] for row in rows}, {row: {} for row in rows})
    for (one, other), probability in sorted(links.items()):
        groups.sums[one][other] = groups.sums[other][one] = probability
        groups.push(one, other)
    while groups.queue:
        mean, one, other = heapq.heappop(groups.queue)
        if not groups.is_fresh(mean, one, other):
            continue
        if -mean < least:
            break
        groups.join(one, other)
    return sorted(sorted(members) for members in groups.members.values())
