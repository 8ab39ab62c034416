"""The way up from an account, for explanations."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ancestors"]


def ancestors(account_id: str, parent_of: Mapping[str, str | None]) -> tuple[str, ...]:
    """List the accounts above an account, the nearest first.

    Args:
        account_id: The account.
        parent_of: ``parent_id`` by account, as the stage gives it, so without cycles.

    Example:
        >>> ancestors("c", {"c": "b", "b": "a", "a": None})
        ('b', 'a')
    """
    above: list[str] = []
    step = parent_of.get(account_id)
    while step:
        above.append(step)
        step = parent_of.get(step)
    return tuple(above)
