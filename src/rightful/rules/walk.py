"""Decide one record in microseconds: closures over plain dicts, tuples and views, made once per process."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from rightful.rules.classes import Classes
from rightful.rules.diagram import Diagram
from rightful.rules.field_cells import BLANK, Cells, NumberCells, TextCells
from rightful.rules.matches import Outcome

__all__ = ["Match", "class_finder", "walk_of"]

Match = Callable[[Sequence[int]], Outcome]


def class_finder(cells: Cells, classes: Classes) -> Callable[[object], int]:
    """Make the function from a value to its class.

    It gives what ``cells.cell_of`` gives; values that need no second look are found without it.
    """
    of_cell = classes.of_cell.tolist()
    if isinstance(cells, TextCells):
        return _text_finder(cells, of_cell)
    if isinstance(cells, NumberCells):
        return _number_finder(cells, of_cell)
    return lambda value: of_cell[cells.cell_of(value)]


def walk_of(diagram: Diagram, outcomes: Sequence[Outcome]) -> Match:
    """Make the walk of one record through a diagram, over views that give plain integers."""
    view: Callable[[Any], Any] = memoryview
    steps = [(number, view(edges)) for number, edges in zip(diagram.order, diagram.levels, strict=True)]

    def walk(classes: Sequence[int]) -> Outcome:
        node = 0
        for number, edges in steps:
            node = edges[node, classes[number]]
        return outcomes[node]

    return walk


def _text_finder(cells: TextCells, of_cell: list[int]) -> Callable[[object], int]:
    known: dict[object, int] = {None: of_cell[BLANK], "": of_cell[BLANK]}
    known.update((value, of_cell[cell]) for value, cell in cells.cell_of_value.items())
    find = known.get

    def class_of(value: object) -> int:
        if value.__class__ is str or value is None:
            found = find(value)
            if found is not None:
                return found
        return of_cell[cells.cell_of(value)]

    return class_of


def _number_finder(cells: NumberCells, of_cell: list[int]) -> Callable[[object], int]:
    cuts, of_number = cells.cuts, of_cell[1:]
    blank = of_cell[BLANK]

    def class_of(value: object) -> int:
        if value is None:
            return blank
        if value.__class__ is float and value == value:  # noqa: PLR0124 - only NaN differs from itself
            return of_number[bisect_right(cuts, value)]
        return of_cell[cells.cell_of(value)]

    return class_of
