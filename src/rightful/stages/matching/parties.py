"""Parties: the columns of accounts, leads or contacts that matching compares, made ready once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.matching.hashing import Hashes, hash_texts, texts_of
from rightful.stages.matching.names import Names, read_names

__all__ = ["ACCOUNT_COLUMNS", "PERSON_COLUMNS", "Domains", "Parties", "read_accounts", "read_people"]

_PLACE_COLUMNS = ("phone", "street", "city", "state", "postal_code", "country")
ACCOUNT_COLUMNS = ("core_name", "domain", *_PLACE_COLUMNS)
PERSON_COLUMNS = ("core_name", "domain", "email_domain", "is_free_email", *_PLACE_COLUMNS)

# A domain name has at most 253 letters; longer values are not domains. Other fields share the bound.
_MOST_LETTERS = 253

_MARKS = re.compile(r"[\W_]+")
_ZIP_PLUS_FOUR = re.compile(r"\d{5}-?\d{4}")


@dataclass(frozen=True, slots=True)
class Domains:
    """Registrable domains, one per record; empty and 0 where unknown.

    Attributes:
        text: The domain, such as ``acme.co.uk``.
        hash: Its hash.
        label: What stands before the first dot, without hyphens: ``acme``.
        label_hash: Its hash.
    """

    text: pa.LargeStringArray
    hash: Hashes
    label: pa.LargeStringArray
    label_hash: Hashes


@dataclass(frozen=True, slots=True)
class Parties:
    """Records ready to be compared, one row per record; a hash of 0 means unknown.

    Attributes:
        names: Company names as words.
        domains: One entry for accounts; two for people (web or business e-mail, then business e-mail).
        phone: Hash of the E.164 number.
        phone_block: Hash of the number without its last four digits: numbers of one switchboard share it.
        street: Hash of the street and number, letters and digits only.
        city: Hash of the city, letters only.
        state: Hash of the state.
        postal_code: Hash of the postal code; of a US ZIP+4 the five digits.
        postal_area: Hash of the first three characters of the postal code.
        name_start: Hash of the first three letters of the name.
        country: Hash of the country.
    """

    names: Names
    domains: tuple[Domains, ...]
    phone: Hashes
    phone_block: Hashes
    street: Hashes
    city: Hashes
    state: Hashes
    postal_code: Hashes
    postal_area: Hashes
    name_start: Hashes
    country: Hashes

    def __len__(self) -> int:
        """Give the number of records."""
        return len(self.phone)


def read_accounts(table: pa.Table, synonyms: Mapping[str, str]) -> Parties:
    """Make accounts ready: columns ``ACCOUNT_COLUMNS`` as cleaned by the quality stage."""
    return _read(table, synonyms, (_domains(_cut(table, "domain")),))


def read_people(table: pa.Table, synonyms: Mapping[str, str]) -> Parties:
    """Make leads or contacts ready: columns ``PERSON_COLUMNS``. Domains of free mail are never used."""
    mail = _cut(table, "email_domain")
    is_free = pc.coalesce(table["is_free_email"], pa.scalar(False))
    is_free = is_free.combine_chunks() if isinstance(is_free, pa.ChunkedArray) else is_free
    business = pc.if_else(is_free, "", mail)
    web = _cut(table, "domain")
    # A domain column that repeats a free-mail domain is no company's web address.
    web = pc.if_else(pc.and_(is_free, pc.equal(web, mail)), "", web)
    return _read(table, synonyms, (_domains(web), _domains(business)))


def _read(table: pa.Table, synonyms: Mapping[str, str], domains: tuple[Domains, ...]) -> Parties:
    names = read_names(texts_of(table["core_name"]), synonyms)
    phone = _cut(table, "phone")
    postal_code = _lifted(_postal_code, _cut(table, "postal_code"))
    return Parties(
        names=names,
        domains=domains,
        phone=hash_texts(phone),
        phone_block=hash_texts(pc.utf8_slice_codeunits(phone, 0, -4)),
        street=hash_texts(_lifted(_plain, _cut(table, "street"))),
        city=hash_texts(_lifted(_plain, _cut(table, "city"))),
        state=hash_texts(_cut(table, "state")),
        postal_code=hash_texts(postal_code),
        postal_area=hash_texts(pc.utf8_slice_codeunits(postal_code, 0, 3)),
        name_start=hash_texts(pc.utf8_slice_codeunits(names.compact, 0, 3)),
        country=hash_texts(_cut(table, "country")),
    )


def _cut(table: pa.Table, column: str) -> pa.LargeStringArray:
    return pc.utf8_slice_codeunits(texts_of(table[column]), 0, _MOST_LETTERS)


def _domains(domains: pa.LargeStringArray) -> Domains:
    label = _lifted(_label, domains)
    return Domains(domains, hash_texts(domains), label, hash_texts(label))


def _label(domain: str) -> str:
    return domain.partition(".")[0].replace("-", "")


def _plain(text: str) -> str:
    return _MARKS.sub("", text.lower())


def _postal_code(code: str) -> str:
    bare = code.replace(" ", "").upper()
    return bare[:5] if _ZIP_PLUS_FOUR.fullmatch(bare) else bare


def _lifted(function: Callable[[str], str], texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Apply a function of one text; Arrow's own expressions are compiled per call, too slow for one record."""
    return pa.array([function(text) for text in texts.to_pylist()], pa.large_string())
