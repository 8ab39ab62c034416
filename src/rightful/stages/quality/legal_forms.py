"""Legal forms of companies in many countries: find one at the edge of a name.

The table ``data/legal_forms.csv`` says of each form its common way of writing, its class, the countries that
have it, the spellings, and where it may stand:

- ``suffix`` / ``prefix``: at that end of the name;
- ``suffix?`` / ``prefix?``: there too, but these letters are also common words or names (``AB InBev``, ``SA
Recycling``). Such
  a prefix counts when the record's country has that form or the rest is quoted; such a suffix when it is
  written with dots or slashes, or the record's country has that form;
- ``infix``: also in the middle of the name; any suffix may stand there too before a comma, dash or bracket;
- ``marked``: only in exactly the letters given (``SpA``, but not ``Day spa`` in lower case);
- ``cjk``: at either end without a word boundary.

Facts about which forms exist: ISO 20275 (Entity Legal Forms, CC0); the choice of spellings and places is our
own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rightful.stages.quality.data import read_rows, read_words

__all__ = ["LegalForm", "LegalForms", "Split", "form_key", "legal_forms"]

_DROPPED = str.maketrans("", "", " .,'’`´\"“”«»()[]-‐‑–/:;·")
_MOST_WORDS = 8
_QUOTES = ('"', "“", "„", "«", "'", "‘", "»")
# Before these words "SPA" in a name all in capitals is a bath.
_BATHS = read_words("bath_words.txt")


@dataclass(frozen=True, slots=True, eq=False)
class LegalForm:
    """One row of the table; equal to itself alone.

    Attributes:
        form: The common way of writing, such as ``GmbH & Co. KG``.
        kind: Class of forms, such as ``private_limited``.
        countries: ISO codes of the countries that have it.
        places: Where it may stand, see the module.
        spellings: Ways of writing, without blanks, case kept.
    """

    form: str
    kind: str
    countries: frozenset[str]
    places: frozenset[str]
    spellings: frozenset[str]


class Split(NamedTuple):
    """A name without its legal form.

    Attributes:
        form: The legal form found.
        rest: The words that remain, at least one.
        start: Position of the first word of the form among the words given.
        length: How many words it has.
    """

    form: LegalForm
    rest: list[str]
    start: int
    length: int


@lru_cache(maxsize=65_536)
def form_key(text: str) -> str:
    """Fold a spelling: case, accents, blanks and marks do not count, but scripts do.

    Example:
        >>> form_key("S.à r.l."), form_key("GmbH & Co. KG")
        ('sarl', 'gmbh&cokg')
    """
    folded = text.casefold().translate(_DROPPED).replace("+", "&")
    if folded.isascii():
        return folded
    plain = unicodedata.normalize("NFKD", folded).translate(_DROPPED)
    return "".join(letter for letter in plain if not "\u0300" <= letter <= "\u036f").replace("ı", "i")


class LegalForms:
    """The table, indexed by folded spelling for each place."""

    def __init__(self, rows: Sequence[dict[str, str]]) -> None:
        self._at_end: dict[str, tuple[LegalForm, ...]] = {}
        self._at_start: dict[str, tuple[LegalForm, ...]] = {}
        self._inside: dict[str, tuple[LegalForm, ...]] = {}
        self._glued: list[tuple[str, LegalForm]] = []
        # Folded words that end (begin) a form -> how many words the longest such form has.
        self._last_words: dict[str, int] = {}
        self._first_words: dict[str, int] = {}
        self._inside_words: set[str] = set()
        self._end_starts: set[str] = set()
        for row in rows:
            self._add(row)
        self._glued.sort(key=lambda pair: (-len(pair[0]), pair[0]))
        self._glued_spellings = tuple(spelling for spelling, _ in self._glued)

    def _add(self, row: dict[str, str]) -> None:
        spellings = row["spellings"].split("|")
        form = LegalForm(
            row["form"],
            row["class"],
            frozenset(row["jurisdictions"].split()),
            frozenset(row["place"].split()),
            frozenset(_unspaced(spelling) for spelling in spellings),
        )
        for spelling in spellings:
            key, words = form_key(spelling), _word_keys(spelling)
            if "cjk" in form.places:
                glued = unicodedata.normalize("NFKC", spelling)
                self._glued += [(written, form) for written in dict.fromkeys((glued, glued.replace(" ", "")))]
            if form.places & {"suffix", "suffix?"}:
                self._at_end[key] = (*self._at_end.get(key, ()), form)
                _raise_lengths(self._last_words, words[1])
                self._end_starts.update(words[0])
            if form.places & {"prefix", "prefix?"}:
                self._at_start[key] = (*self._at_start.get(key, ()), form)
                _raise_lengths(self._first_words, words[0])
            if "infix" in form.places and len(key) > 3:
                self._inside[key] = (*self._inside.get(key, ()), form)
                self._inside_words.update(words[0])

    def split_end(self, words: Sequence[str], keys: Sequence[str], country: str | None) -> Split | None:
        """Find the longest form at the end of a name of several words; ``keys`` are the words folded."""
        longest = self._last_words.get(keys[-1])
        if longest is None:
            return None
        for length in range(min(longest, len(words) - 1), 0, -1):
            start = len(words) - length
            forms = self._at_end.get("".join(keys[start:]))
            form = forms and _choose(forms, "".join(words[start:]), country, "suffix")
            if form and any(keys[:start]) and not _is_bath(form, keys[start - 1], words[start]):
                return Split(form, list(words[:start]), start, length)
        return None

    def split_start(self, words: Sequence[str], keys: Sequence[str], country: str | None) -> Split | None:
        """Find the longest form at the start of a name of several words."""
        longest = self._first_words.get(keys[0])
        if longest is None:
            return None
        for length in range(min(longest, len(words) - 1), 0, -1):
            forms = self._at_start.get("".join(keys[:length]))
            if forms and any(keys[length:]):
                is_quoted = words[length].startswith(_QUOTES)
                form = _choose(forms, "".join(words[:length]), country, "prefix", is_quoted=is_quoted)
                if form:
                    return Split(form, list(words[length:]), 0, length)
        return None

    def split_inside(self, words: Sequence[str], keys: Sequence[str], country: str | None) -> Split | None:
        """Find a form in the middle of a name, such as ``Miller GmbH Machines``."""
        inner = keys[1:-1]
        if self._inside_words.isdisjoint(inner) and self._end_starts.isdisjoint(inner):
            return None
        for start in range(1, len(words) - 1):
            key = keys[start]
            if key not in self._inside_words and key not in self._end_starts:
                continue
            for length in range(min(_MOST_WORDS, len(words) - 1 - start), 0, -1):
                end = start + length
                form = self._inside_form("".join(keys[start:end]), words[start:end], words[end], country)
                if form:
                    return Split(form, [*words[:start], *words[end:]], start, length)
        return None

    def _inside_form(self, key: str, written: Sequence[str], after: str, country: str | None) -> LegalForm | None:
        forms = self._inside.get(key)
        if forms:
            return _choose(forms, "".join(written), country, "infix")
        is_set_off = written[-1].endswith(",") or after.startswith(("(", "-", "–"))
        forms = self._at_end.get(key) if is_set_off else None
        return _choose(forms, "".join(written), country, "suffix") if forms else None

    def split_glued(self, text: str) -> tuple[LegalForm, str] | None:
        """Find a form at either end of a name in a script without word boundaries."""
        if not text.startswith(self._glued_spellings) and not text.endswith(self._glued_spellings):
            return None
        for spelling, form in self._glued:
            if text.startswith(spelling) and len(text) > len(spelling):
                return form, text[len(spelling) :].strip()
            if text.endswith(spelling) and len(text) > len(spelling):
                return form, text[: -len(spelling)].strip()
        return None

    def known(self, spelling: str) -> bool:
        """Tell whether the table has a spelling, at any place."""
        key = form_key(spelling)
        glued = unicodedata.normalize("NFKC", spelling)
        return key in self._at_end or key in self._at_start or any(glued == known for known, _ in self._glued)


@lru_cache(maxsize=1)
def legal_forms() -> LegalForms:
    """Give the table of ``data/legal_forms.csv``, read once."""
    return LegalForms(read_rows("legal_forms.csv"))


def _unspaced(text: str) -> str:
    return text.replace(" ", "").rstrip(",")


def _word_keys(spelling: str) -> tuple[dict[str, int], dict[str, int]]:
    """Give the folded first and last words of a spelling for each way it may be cut, with the number of words."""
    cuts = (spelling, spelling.replace(".", ". "), spelling.replace(" ", ""), re.sub(r"([&(])", r" \1 ", spelling))
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for cut in cuts:
        words = [form_key(word) for word in cut.split()]
        filled = [word for word in words if word]
        _raise_lengths(first, {filled[0]: len(words)} if filled else {})
        _raise_lengths(last, {filled[-1]: len(words)} if filled else {})
    return first, last


def _raise_lengths(lengths: dict[str, int], others: dict[str, int]) -> None:
    for word, length in others.items():
        lengths[word] = max(length, lengths.get(word, 0))


@lru_cache(maxsize=16_384)
def _choose(
    forms: tuple[LegalForm, ...], joined: str, country: str | None, place: str, *, is_quoted: bool = False
) -> LegalForm | None:
    """Choose among forms of one key: exact spelling first, then the record's country, then the table's order.

    Names end in a few ways of writing, over and over, so what was chosen is remembered.
    """
    if len(forms) == 1 and place in forms[0].places and "marked" not in forms[0].places:
        return forms[0]
    written = joined.strip(",;")
    fit = [form for form in forms if _may_stand(form, written, country, place, is_quoted=is_quoted)]
    if len(fit) < 2:
        return fit[0] if fit else None
    return min(fit, key=lambda form: (country not in form.countries, written not in form.spellings))


def _may_stand(form: LegalForm, written: str, country: str | None, place: str, *, is_quoted: bool) -> bool:
    is_exact = written in form.spellings
    if "marked" in form.places and not is_exact:
        return False
    if place in form.places:
        return True
    is_dotted = "." in written or "/" in written
    return f"{place}?" in form.places and (is_quoted or is_dotted or country in form.countries)


def _is_bath(form: LegalForm, before: str, written: str) -> bool:
    return form.form == "S.p.A." and before in _BATHS and written.upper() == "SPA"
