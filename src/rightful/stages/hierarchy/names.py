"""Find an account by the name that another record gives it, legal forms aside.

Which endings are legal forms is read off the book: where an account's name is its core name and something more, that something
is an ending. So the same endings fall off a parent's name as fell off the names of accounts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rightful.stages.hierarchy.forest import NO_PARENT

__all__ = ["NamedAccounts", "fold"]

_WORDS = re.compile(r"[^\W_]+")
_ASCII_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}


def fold(text: str) -> str:
    """Give the words of a name in lower case without accents and signs.

    Example:
        >>> fold("Société Générale, S.A.")
        'societe generale s a'
    """
    lower = text.casefold()
    if lower.isascii():  # nearly all names, and several times faster
        return " ".join(lower.translate(_ASCII_SIGNS).split())
    # Styled letters become plain capitals only when taken apart, and small letters may come apart once more.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", lower).casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(bare))


@dataclass(frozen=True, slots=True)
class NamedAccounts:
    """The book's accounts by name.

    Attributes:
        by_core: Positions of the accounts of each folded core name.
        full_names: Folded whole name of each account.
        endings: Folded legal forms seen in the book.
    """

    by_core: Mapping[str, Sequence[int]]
    full_names: Sequence[str]
    endings: frozenset[str]

    @classmethod
    def of(cls, names: Sequence[str | None], core_names: Sequence[str | None]) -> NamedAccounts:
        """Index accounts by their names.

        Example:
            >>> accounts = NamedAccounts.of(["Acme Inc.", "Zeta GmbH"], ["acme", "zeta"])
            >>> accounts.find("ACME GmbH", 1), accounts.find("Acme Holding", 1)
            (0, -1)
        """
        by_core: dict[str, list[int]] = {}
        full_names = [fold(name or "") for name in names]
        endings = set()
        for position, (name, core_name) in enumerate(zip(full_names, core_names, strict=True)):
            core = fold(core_name or "") or name
            if core:
                by_core.setdefault(core, []).append(position)
            if name.startswith(f"{core} "):
                endings.add(name[len(core) + 1 :])
        return cls(by_core, full_names, frozenset(endings))

    def find(self, name: str, asking: int) -> int:
        """Find the one account that a name means, other than the one that asks.

        Returns:
            Its position; ``NO_PARENT`` when no account or more than one has the name. Of several with one core name, the only one
            with the whole name counts.
        """
        folded = fold(name)
        for key in dict.fromkeys((self._core(folded), folded)):
            found = [position for position in self.by_core.get(key, ()) if position != asking]
            if len(found) > 1:
                found = [position for position in found if self.full_names[position] == folded]
            if len(found) == 1:
                return found[0]
        return NO_PARENT

    def _core(self, folded: str) -> str:
        """Take the longest known ending off a name."""
        words = folded.split()
        for count in range(1, len(words)):
            if " ".join(words[count:]) in self.endings:
                return " ".join(words[:count])
        return folded
