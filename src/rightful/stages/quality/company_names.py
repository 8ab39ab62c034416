"""Clean company names: a tidy name to show, a core name to compare, the legal form, other names.

Nothing is thrown away: the shown name keeps legal form, country words and remarks; only the core name leaves
them out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from anyascii import anyascii

from rightful.stages.quality.legal_forms import LegalForm, LegalForms, form_key, legal_forms
from rightful.stages.quality.letter_case import tidy_company_case
from rightful.stages.quality.other_names import OtherNames, read_other_names
from rightful.stages.quality.text import REASONS as TEXT_REASONS
from rightful.stages.quality.text import clean_text

__all__ = ["REASONS", "CompanyName", "clean_company_name", "core_of"]

REASONS: dict[str, str] = {
    **TEXT_REASONS,
    "case_repaired": "The name was all in capitals or all in small letters; capitals were set as usual.",
    "other_names_split": ("Another name of the company, such as `formerly` or `doing business as`, was split off."),
    "legal_form_split": "The legal form was split off for comparing; the name keeps it.",
    "no_letters": "The text holds no letter and no digit, so it is not a name.",
}

# Longer texts are no names; what lies beyond is cut, which bounds the time.
_MOST_LETTERS = 400
_MARKS: dict[int, str | None] = {code: " " for code in range(128) if not chr(code).isalnum()}
_MARKS.update({ord("'"): None, ord("`"): None})
_WIDE_SCRIPT = re.compile(r"[\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
_SPACELESS_SCRIPT = re.compile(r"[\u0e00-\u0e7f\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
_DANGLING = frozenset(("&", "and", "und", "u.", "et", "y", "e", "+", "-", ",", "–", ""))


class CompanyName(NamedTuple):
    """A cleaned company name.

    Attributes:
        name: The name to show, tidy, with its legal form; None when the text is no name.
        core: The name to compare: small letters without accents and marks, no legal form, other scripts than
            CJK in Latin letters. Not empty when ``name`` is not.
        legal_form: Common way of writing of the legal form, such as ``GmbH``; None when none was found.
        legal_form_class: Its class, such as ``private_limited``.
        aliases: Other names: former, trading and short names, the name without a trailing country.
        part_of: The company this one says it belongs to (``a division of X``).
        reason: The most telling change, a key of ``REASONS``; empty when nothing changed.
    """

    name: str | None
    core: str | None
    legal_form: str | None
    legal_form_class: str | None
    aliases: tuple[str, ...]
    part_of: str | None
    reason: str


_NOTHING = CompanyName(None, None, None, None, (), None, "")


def clean_company_name(text: str | None, country: str | None = None) -> CompanyName:
    """Clean a company name.

    Args:
        text: The name as it stands in the source.
        country: ISO code of the record's country, when known: it decides whether letters such as ``AB`` or
            ``SA`` in front are a legal form.

    Example:
        >>> clean_company_name("MÜLLER MASCHINENBAU GMBH & CO. KG")[:3]
        ('Müller Maschinenbau GmbH & Co. KG', 'muller maschinenbau', 'GmbH & Co. KG')
        >>> clean_company_name("Zeta Inc. d/b/a Roadrunner").aliases
        ('Roadrunner',)
    """
    cleaned, reason = clean_text(text)
    if cleaned is None:
        return _NOTHING if not reason else _NOTHING._replace(reason=reason)
    if len(cleaned) > _MOST_LETTERS:
        cleaned = cleaned[:_MOST_LETTERS].rstrip()
    name = tidy_company_case(cleaned)
    others = read_other_names(name)
    body, form = _without_form(others.body if others else name, country)
    core = core_of(body)
    if not core:
        core, form = core_of(name), None
        if not core:
            return _NOTHING._replace(reason="no_letters")
    reason = reason or ("case_repaired" if name != cleaned else _reason(others, form))
    aliases, part_of = (others.aliases, others.part_of) if others else ((), None)
    if form is None:
        return CompanyName(name, core, None, None, aliases, part_of, reason)
    return CompanyName(name, core, form.form, form.kind, aliases, part_of, reason)


def _reason(others: OtherNames | None, form: LegalForm | None) -> str:
    if others is not None and (others.aliases or others.part_of):
        return "other_names_split"
    return "legal_form_split" if form else ""


def core_of(body: str) -> str:
    """Fold a name for comparing, legal form already removed.

    Example:
        >>> core_of("The I.B.M. & Söhne")
        'ibm and sohne'
    """
    folded = body.lower() if body.isascii() else _fold(body)
    if "&" in folded:
        folded = folded.replace("&", " and ")
    words = folded.translate(_MARKS).split()
    if len(words) > 1:
        if words[0] == "the":
            del words[0]
        if len(words) > 1 and words[-1] == "the":
            del words[-1]
        if 1 in map(len, words):
            words = _joined_initials(words)
    return " ".join(words)


def _fold(body: str) -> str:
    """Write small Latin letters without accents; CJK characters stay, since their readings differ by language."""
    folded = unicodedata.normalize("NFKC", body).casefold().replace("’", "").replace("´", "")
    if folded.isascii():
        return folded
    if max(folded) > "\u2000":
        folded = "".join(letter if unicodedata.category(letter)[0] not in "SPC" else " " for letter in folded)
    if not _WIDE_SCRIPT.search(folded):
        return anyascii(folded).lower()
    return "".join(_fold_letter(letter) for letter in unicodedata.normalize("NFC", folded))


def _fold_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    return letter if _WIDE_SCRIPT.match(letter) else anyascii(letter).lower()


def _joined_initials(words: list[str]) -> list[str]:
    joined: list[str] = []
    is_open = False
    for word in words:
        is_initial = len(word) == 1 and word.isascii() and word.isalpha()
        if is_initial and is_open:
            joined[-1] += word
        else:
            joined.append(word)
        is_open = is_initial
    return joined


def _without_form(text: str, country: str | None) -> tuple[str, LegalForm | None]:
    """Take the legal form off the edges of a name; the outermost one names the form."""
    table = legal_forms()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        glued = table.split_glued(text.strip()) if _SPACELESS_SCRIPT.search(text) else None
        if glued and core_of(glued[1]):
            again = table.split_glued(glued[1])
            # Of two forms, such as Thai's around the name, the one at the end says more.
            return (again[1], again[0]) if again and core_of(again[1]) else (glued[1], glued[0])
    words = (text.replace(",", ", ") if "," in text else text).split()
    if len(words) < 2:
        return text, None
    keys = [form_key(word) for word in words]
    if keys[-1] == "the":
        words, keys = words[:-1], keys[:-1]
    form: LegalForm | None = None
    for _ in range(3):
        found = table.split_end(words, keys, country) if len(words) > 1 else None
        if found is None:
            break
        rest = _undangled(found.rest)
        if not "".join(keys[: len(rest)]).strip("&"):
            break
        form = form or found.form
        words, keys = rest, keys[: len(rest)]
    return _without_other_places(table, words, keys, form, country)


def _without_other_places(
    table: LegalForms, words: list[str], keys: list[str], form: LegalForm | None, country: str | None
) -> tuple[str, LegalForm | None]:
    hint = country or _only_country(form)
    found = table.split_start(words, keys, hint) if len(words) > 1 else None
    if found is None and form is None and len(words) > 2:
        found = table.split_inside(words, keys, country)
    if found:
        form, words = form or found.form, found.rest
    return " ".join(words), form


def _only_country(form: LegalForm | None) -> str | None:
    """Give the country of a form that only one country has: ``PT X Tbk`` is Indonesian, so ``PT`` is a form."""
    return next(iter(form.countries)) if form and len(form.countries) == 1 else None


def _undangled(words: list[str]) -> list[str]:
    while len(words) > 1 and words[-1].lower().strip(",") in _DANGLING:
        words = words[:-1]
    return words
