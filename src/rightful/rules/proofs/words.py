"""Write sets of values in the plan's own words: ``country = CA``, ``employees 200..499``, ``postal_code 94* but not 9410*``."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

from rightful.rules.conditions import date_of, number_words
from rightful.rules.field_cells import BLANK, Cells, DateCells, FlagCells, NumberCells, TextCells, bound_of
from rightful.rules.proofs.domain import ANYTHING, Domain

__all__ = ["set_words"]

Bools = npt.NDArray[np.bool_]
_MOST_NAMED = 8


def set_words(
    cells: Cells, inside: Bools, possible: Bools, *, domain: Domain = ANYTHING, most: int = _MOST_NAMED
) -> str:
    """Say which values of a field a set of cells holds; empty where it holds all that are possible.

    Args:
        cells: The field's cells.
        inside: Per cell whether it is in the set.
        possible: Per cell whether a value can fall in it; those which cannot are left out or passed over, as is shorter.
        domain: What values the field can have.
        most: How many values are named before the rest is counted.
    """
    if (inside | ~possible).all():
        return ""
    inside = inside & possible
    has_blank, has_all = bool(inside[BLANK]), bool((inside | ~possible)[1:].all())
    if not inside[1:].any():
        return f"{cells.field} blank"
    if has_all:
        return f"{cells.field} not blank"
    if isinstance(cells, TextCells):
        words = _text_words(cells, inside, possible, domain.values, most)
    elif isinstance(cells, FlagCells):
        words = "= yes" if inside[2] else "= no"
    else:
        words = _listed(_spans(cells, inside, possible, is_whole=domain.is_whole), most, " or ")
    if has_blank:
        return f"{cells.field} blank or {words}"
    # Where only exceptions are named, a blank would seem to be in.
    is_doubtful = words.startswith("not ") and bool(possible[BLANK])
    return f"{cells.field} {words}{', not blank' if is_doubtful else ''}"


def _listed(words: Sequence[str], most: int, last: str = ", ") -> str:
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _text_words(cells: TextCells, inside: Bools, possible: Bools, values: tuple[str, ...] | None, most: int) -> str:
    if values is not None:
        named = sorted(value for value in values if inside[cells.cell_of(value)])
        out = sorted(set(values) - set(named))
        if len(named) <= min(most, len(out)):
            return f"in ({', '.join(named)})" if len(named) > 1 else f"= {named[0]}"
        if len(out) <= most:
            return f"not in ({', '.join(out)})" if len(out) > 1 else f"not {out[0]}"
    tree = _Tree(cells, inside, possible)
    if inside[1]:  # texts that no rule names are in: name what is out
        out = tree.words(1, is_in=False)
        return f"not {out[0]}" if len(out) == 1 and " but " not in out[0] else f"not in ({_listed(out, most)})"
    named = tree.words(1, is_in=True)
    if len(named) > 1:
        return f"in ({_listed(named, most)})"
    return named[0] if "*" in named[0] else f"= {named[0]}"


class _Tree:
    """Values and prefixes as a tree: each stands below the longest prefix that begins it."""

    def __init__(self, cells: TextCells, inside: Bools, possible: Bools) -> None:
        self._entries = cells.entries
        # Counts before each cell, so that runs of thousands of values are judged at once.
        self._possible = [0, *np.cumsum(possible).tolist()]
        self._inside = [0, *np.cumsum(inside & possible).tolist()]

    def words(self, cell: int, *, is_in: bool) -> list[str]:
        """Name what below an entry is in the set, or is out of it, in as few words as do."""
        text, is_value = self._entries[cell - 1]
        stop = cell + 1 if is_value else self._stop(cell)
        able, wanted = self._count(cell, stop, is_in=is_in)
        if not wanted:
            return []
        if wanted == able:
            return [text if is_value else f"{text}*"]
        below = self._children(cell, stop)
        if text and self._count(cell, cell + 1, is_in=is_in)[1]:
            others = [word for child in below for word in self.words(child, is_in=not is_in)]
            return [f"{text}* but not {_listed(others, _MOST_NAMED, ' or ')}"]
        return [word for child in below for word in self.words(child, is_in=is_in)]

    def _count(self, start: int, stop: int, *, is_in: bool) -> tuple[int, int]:
        """Count the cells of a run that values can fall in, and those of them that are in the set, or out of it."""
        able = self._possible[stop] - self._possible[start]
        inside = self._inside[stop] - self._inside[start]
        return able, inside if is_in else able - inside

    def _stop(self, cell: int) -> int:
        """Find where the entries that begin with an entry end."""
        text = self._entries[cell - 1][0]
        if not text:
            return len(self._entries) + 1
        beyond = range(cell, len(self._entries) + 1)
        return cell + bisect_left(beyond, True, key=lambda each: not self._entries[each - 1][0].startswith(text))  # noqa: FBT003 - what is sought

    def _children(self, cell: int, stop: int) -> list[int]:
        children = []
        child = cell + 1
        while child < stop:
            children.append(child)
            child = child + 1 if self._entries[child - 1][1] else self._stop(child)
        return children


def _spans(cells: Cells, inside: Bools, possible: Bools, *, is_whole: bool) -> list[str]:
    """Give the runs of cells as ranges; cells between them that nothing can fall in do not part them."""
    able = [cell for cell in range(1, cells.size) if possible[cell]]
    runs: list[tuple[int, int]] = []
    for place, cell in enumerate(able):
        if inside[cell]:
            if runs and place and runs[-1][1] == able[place - 1]:
                runs[-1] = (runs[-1][0], cell)
            else:
                runs.append((cell, cell))
    first, last = able[0], able[-1]
    words = []
    for start, stop in runs:
        low = None if start == first else start
        high = None if stop == last else stop
        if isinstance(cells, NumberCells):
            words.append(_number_span(cells, low, high, is_whole=is_whole))
        else:
            words.append(_date_span(cells, low, high))
    return words


def _number_span(cells: NumberCells, start: int | None, stop: int | None, *, is_whole: bool) -> str:
    """Write the span from the beginning of one cell to the end of another; None is no bound."""
    if is_whole and start is not None and stop is not None:
        first, last = ceil(cells.cuts[start - 2]), ceil(cells.cuts[stop - 1]) - 1
        return f"{first}" if first == last else f"{first}..{last}"
    low = bound_of(cells.cuts[start - 2]) if start is not None else None
    high = bound_of(cells.cuts[stop - 1]) if stop is not None else None
    if low and high and low.starts_cell and not high.starts_cell:
        ends = number_words(low.bound), number_words(high.bound)
        return ends[0] if low.bound == high.bound else f"{ends[0]}..{ends[1]}"
    above = f"{'>=' if low.starts_cell else '>'}{number_words(low.bound)}" if low else ""
    below = f"{'<' if high.starts_cell else '<='}{number_words(high.bound)}" if high else ""
    return " and ".join(filter(None, (above, below)))


def _date_span(cells: Cells, start: int | None, stop: int | None) -> str:
    if not isinstance(cells, DateCells):
        message = f"no such cells: {cells!r}"
        raise TypeError(message)
    first = date_of(cells.cuts[start - 2]) if start is not None else None
    last = date_of(cells.cuts[stop - 1] - 1) if stop is not None else None
    if first is None:
        return f"<={last}"
    if last is None:
        return f">={first}"
    return f"{first}" if first == last else f"{first}..{last}"
