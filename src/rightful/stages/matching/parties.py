"""Parties: the columns of accounts, leads or contacts that matching compares, made ready once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from rightful.stages.matching.hashing import Hashes, hash_columns, texts_of
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
        domains: One entry for accounts; two for people (web or business e-mail, then business e-mail where it is another).
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
    return _read(table, synonyms, (_cut(table, "domain"),))


def read_people(table: pa.Table, synonyms: Mapping[str, str]) -> Parties:
    """Make leads or contacts ready: columns ``PERSON_COLUMNS``. Domains of free mail are never used."""
    web, mail = _cut(table, "domain"), _cut(table, "email_domain")
    is_free = table["is_free_email"].to_pylist()
    # A domain column that repeats a free-mail domain is no company's web address.
    web = ["" if free and one == other else one for one, other, free in zip(web, mail, is_free, strict=True)]
    business = ["" if free or one == other else other for one, other, free in zip(web, mail, is_free, strict=True)]
    return _read(table, synonyms, (web, business))


def _read(table: pa.Table, synonyms: Mapping[str, str], domains: tuple[list[str], ...]) -> Parties:
    names = read_names(texts_of(table["core_name"]), synonyms)
    labels = [[domain.partition(".")[0].replace("-", "") for domain in column] for column in domains]
    phone = _cut(table, "phone")
    postal_code = [_postal_code(code) for code in _cut(table, "postal_code")]
    fields = hash_columns(
        (
            phone,
            [number[:-4] for number in phone],
            [_plain(street) for street in _cut(table, "street")],
            [_plain(city) for city in _cut(table, "city")],
            _cut(table, "state"),
            postal_code,
            [code[:3] for code in postal_code],
            [name[:3] for name in names.compact.to_pylist()],
            _cut(table, "country"),
            *domains,
            *labels,
        )
    )
    domain_hashes, label_hashes = fields[9 : 9 + len(domains)], fields[9 + len(domains) :]
    read = tuple(
        Domains(pa.array(texts, pa.large_string()), text_hash, pa.array(label, pa.large_string()), label_hash)
        for texts, text_hash, label, label_hash in zip(domains, domain_hashes, labels, label_hashes, strict=True)
    )
    return Parties(names, read, *fields[:9])


def _cut(table: pa.Table, column: str) -> list[str]:
    return [text[:_MOST_LETTERS] if text else "" for text in table[column].to_pylist()]


def _plain(text: str) -> str:
    return _MARKS.sub("", text.lower()) if text else ""


def _postal_code(code: str) -> str:
    bare = code.replace(" ", "").upper()
    return bare[:5] if _ZIP_PLUS_FOUR.fullmatch(bare) else bare
