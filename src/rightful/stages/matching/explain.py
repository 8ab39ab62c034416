"""Say in words and numbers what speaks for a pair: ``domain: acme.de equals the account's: +7.5; name: ...``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rightful.stages.matching.compare import Compared
from rightful.stages.matching.evidence import Evidence, Finding
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.parties import Parties

__all__ = ["evidence_texts"]

_PLAIN: dict[int, str] = {
    Finding.EQUAL: "equals the account's",
    Finding.DIFFERS: "differs from the account's",
    Finding.SAME_BLOCK: "is of the account's number block",
    Finding.SAME_AREA: "begins like the account's",
    Finding.RIVALLED: "another company fits about as well",
    Finding.UNRIVALLED: "no other company fits nearly as well",
}
# Of these the words or the weight are the pair's own; of all others what was found decides both.
_OWN_FIELDS = (Evidence.DOMAIN, Evidence.NAME, Evidence.RIVAL)
_PLAIN_FIELDS = tuple(field for field in Evidence if field not in _OWN_FIELDS)
_DOMAIN: dict[int, str] = {
    Finding.EQUAL: "{mine} equals the account's",
    Finding.LABEL_EQUAL: "{mine} has the label of {theirs}",
    Finding.LABEL_NEAR: "{mine} is nearly {theirs}",
    Finding.SPELLS_NAME: "{mine} spells the account's name",
    Finding.BEGINS_NAME: "{mine} begins the account's name",
    Finding.SPELLS_NAME_AGAINST_DOMAIN: "{mine} spells the account's name, but its domain is {theirs}",
    Finding.BEGINS_NAME_AGAINST_DOMAIN: "{mine} begins the account's name, but its domain is {theirs}",
    Finding.DIFFERS: "{mine} differs from {theirs}",
    Finding.ACCOUNT_HAS_NONE: "{mine}, the account has none",
    Finding.PERSON_HAS_NONE: "none of a company, the account has {theirs}",
}
_NAME: dict[int, str] = {
    Finding.EQUAL: "'{mine}' equals the account's",
    Finding.SPELLS_NAME: "'{mine}' is the label of the account's domain",
    Finding.INITIALS: "'{mine}' and '{theirs}': the one is the initials of the other",
}


@dataclass(frozen=True, slots=True)
class _Column:
    """Values of pairs: text on the person's side, text on the account's."""

    mine: list[str]
    theirs: list[str]


def evidence_texts(
    people: Parties, index: CandidateIndex, pairs: Pairs, compared: Compared, at: npt.NDArray[np.int64]
) -> list[str]:
    """Write the evidence of the pairs at some positions, fields in the order of ``Evidence``, unknown ones left out."""
    person, account = pairs.person_row[at], pairs.account_row[at]
    domains = _domains(people, index, person, account, compared.domain_used[at])
    names = _Column(
        people.names.texts_at(person),
        index.accounts.names.texts_at(account),
    )
    rare_words = _rarest_shared(people, index, person, account)
    findings = {field: compared.findings[field][at].tolist() for field in _OWN_FIELDS}
    weights = {field: compared.weights[field][at].tolist() for field in _OWN_FIELDS}
    plain = _plain_parts(compared, at)
    texts = []
    for number in range(len(at)):
        parts = []
        found = findings[Evidence.DOMAIN][number]
        if found:
            words = _DOMAIN[found].format(mine=domains.mine[number], theirs=domains.theirs[number])
            parts.append(_part(Evidence.DOMAIN, words, weights[Evidence.DOMAIN][number]))
        found = findings[Evidence.NAME][number]
        if found:
            weight = weights[Evidence.NAME][number]
            words = _name_words(found, names.mine[number], names.theirs[number], rare_words[number], weight)
            parts.append(_part(Evidence.NAME, words, weight))
        if plain[number]:
            parts.append(plain[number])
        found = findings[Evidence.RIVAL][number]
        if found:
            parts.append(_part(Evidence.RIVAL, _PLAIN[found], weights[Evidence.RIVAL][number]))
        texts.append("; ".join(parts))
    return texts


def _plain_parts(compared: Compared, at: npt.NDArray[np.int64]) -> list[str]:
    """Write the evidence of the plain fields, each combination of findings once."""
    code = np.zeros(len(at), np.int64)
    for field in _PLAIN_FIELDS:
        code = code * len(Finding) + compared.findings[field][at]
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    texts = [
        "; ".join(
            _part(field, _PLAIN[compared.findings[field][pair]], compared.weights[field][pair])
            for field in _PLAIN_FIELDS
            if compared.findings[field][pair]
        )
        for pair in at[first].tolist()
    ]
    return [texts[number] for number in which.tolist()]


def _part(field: Evidence, words: str, weight: float) -> str:
    return f"{field.value}: {words}: {weight:+.1f}"


def _name_words(found: int, mine: str, theirs: str, rare_word: str, weight: float) -> str:
    if found not in {Finding.ALIKE, Finding.FIRST_WORD}:
        return _NAME[found].format(mine=mine, theirs=theirs)
    nearness = "is near" if weight > 0 else "is unlike"
    shared = f", both have '{rare_word}'" if rare_word else ""
    return f"'{mine}' {nearness} '{theirs}'{shared}"


def _domains(
    people: Parties,
    index: CandidateIndex,
    person: npt.NDArray[np.int32],
    account: npt.NDArray[np.int32],
    used: npt.NDArray[np.int8],
) -> _Column:
    columns = [domains.text.at(person) for domains in people.domains]
    mine = [columns[which][number] for number, which in enumerate(used.tolist())]
    return _Column(mine, index.accounts.domains[0].text.at(account))


def _rarest_shared(
    people: Parties, index: CandidateIndex, person: npt.NDArray[np.int32], account: npt.NDArray[np.int32]
) -> list[str]:
    """Give the rarest word that both names have; empty where they share none."""
    mine = index.known_words(people.names)[people.names.words[person]]
    theirs = index.accounts.names.words[account]
    is_shared = ((theirs[:, :, None] == mine[:, None, :]) & (theirs[:, :, None] >= 0)).any(axis=2)
    rarity = np.where(is_shared, index.own_rarity[theirs], 0.0)
    best = rarity.argmax(axis=1)[:, None]
    word = np.take_along_axis(np.where(is_shared, theirs, -1), best, axis=1)[:, 0]
    texts = iter(index.accounts.names.vocabulary.at(word[word >= 0]))
    return [next(texts) if number >= 0 else "" for number in word.tolist()]
