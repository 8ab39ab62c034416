"""Tell rules that are exceptions to others: every record that meets the one meets the other as well."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rightful.rules.arrays import IntArray
from rightful.rules.proofs.standing import chain_of
from rightful.rules.proofs.surface import Surface
from rightful.rules.sets import Borders

__all__ = ["Narrower"]

Bools = npt.NDArray[np.bool_]
_AT_ONCE = 1 << 22


class Narrower:
    """Compares the tests of rules that join them by AND; rules that branch are narrower than those without tests alone."""

    def __init__(self, surface: Surface) -> None:
        ground = surface.ground
        chains = [chain_of(formula) for formula in ground.formulas]
        self._is_plain = np.array([chain is not None for chain in chains], dtype=np.bool_)
        self._is_open = np.array([chain == {} for chain in chains], dtype=np.bool_)
        self._test = np.zeros((len(chains), len(ground.cells)), dtype=np.int64)
        # A rule can only be narrower than one that tests no field which it does not test: most pairs are settled by that.
        self._tested = np.array([sum(1 << number for number in chain or ()) for chain in chains], dtype=np.int64)
        self._classes: list[Bools] = []
        for number, (classes, able) in enumerate(zip(ground.classes, surface.possible, strict=True)):
            known: dict[Borders, int] = {}
            rows = [able]
            for rule, chain in enumerate(chains):
                inside = chain.get(number) if chain else None
                if inside is not None:
                    if inside not in known:
                        known[inside] = len(rows)
                        row = np.zeros(classes.count, dtype=np.bool_)
                        for start, stop in classes.spans(inside):
                            row[start:stop] = True
                        rows.append(row & able)
                    self._test[rule, number] = known[inside]
            self._classes.append(np.array(rows))

    def are_narrower(self, rules: IntArray, than: IntArray) -> Bools:
        """Tell for pairs of rules whether the first is an exception to the second."""
        found = self._is_open[than].copy()
        is_possible = self._is_plain[rules] & self._is_plain[than] & ~found
        asked = np.flatnonzero(is_possible & ((self._tested[than] & ~self._tested[rules]) == 0))
        for number, classes in enumerate(self._classes):
            asked = asked[self._within(self._test[rules[asked], number], self._test[than[asked], number], classes)]
        found[asked] = True
        return found

    @staticmethod
    def _within(ours: IntArray, theirs: IntArray, classes: Bools) -> Bools:
        is_within = theirs == 0  # no test: everything is within
        open_places = np.flatnonzero(~is_within & (ours != 0))
        pairs, inverse = np.unique(ours[open_places] * len(classes) + theirs[open_places], return_inverse=True)
        answers = np.zeros(len(pairs), dtype=np.bool_)
        step = max(1, _AT_ONCE // classes.shape[1])
        for start in range(0, len(pairs), step):
            some = pairs[start : start + step]
            inside, outside = classes[some // len(classes)], ~classes[some % len(classes)]
            answers[start : start + step] = ~(inside & outside).any(axis=1)
        is_within[open_places] = answers[inverse.reshape(-1)]
        return is_within
