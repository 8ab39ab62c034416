"""Parties: the columns of accounts, leads or contacts that matching compares, made ready once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.matching.hashing import Hashes, Shapes, hash_columns, texts_of
from rightful.stages.matching.names import Names, read_names

__all__ = ["ACCOUNT_COLUMNS", "PERSON_COLUMNS", "Domains", "Parties", "read_accounts", "read_people"]

_PLACE_COLUMNS = ("phone", "street", "city", "state", "postal_code", "country")
ACCOUNT_COLUMNS = ("core_name", "other_name", "domain", *_PLACE_COLUMNS)
PERSON_COLUMNS = ("core_name", "other_name", "domain", "email_domain", "is_free_email", *_PLACE_COLUMNS)

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
        label_shape: Its length and first letters.
    """

    text: pa.LargeStringArray
    hash: Hashes
    label: pa.LargeStringArray
    label_hash: Hashes
    label_shape: Shapes


@dataclass(frozen=True, slots=True)
class Parties:
    """Records ready to be compared, one row per name of a record; a hash of 0 means unknown.

    Attributes:
        record: Which record a row is of. Records have one row each, in their order; then come those that have another
            name once more, under that name.
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

    record: npt.NDArray[np.int32]
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
        """Give the number of rows."""
        return len(self.phone)


def read_accounts(table: pa.Table, synonyms: Mapping[str, str]) -> Parties:
    """Make accounts ready: columns ``ACCOUNT_COLUMNS`` as cleaned by the quality stage."""
    table, record = _under_each_name(table)
    return _read(table, record, synonyms, (_cut(table, "domain"),))


def read_people(table: pa.Table, synonyms: Mapping[str, str]) -> Parties:
    """Make leads or contacts ready: columns ``PERSON_COLUMNS``. Domains of free mail are never used."""
    table, record = _under_each_name(table)
    web, mail = _cut(table, "domain"), _cut(table, "email_domain")
    is_free = table["is_free_email"].to_pylist()
    # A domain column that repeats a free-mail domain is no company's web address.
    web = ["" if free and one == other else one for one, other, free in zip(web, mail, is_free, strict=True)]
    business = ["" if free or one == other else other for one, other, free in zip(web, mail, is_free, strict=True)]
    return _read(table, record, synonyms, (web, business))


def _under_each_name(table: pa.Table) -> tuple[pa.Table, npt.NDArray[np.int32]]:
    """Append the records that have another name, under that name; give also which record each row is of."""
    record = np.arange(len(table), dtype=np.int32)
    if table["other_name"].null_count == len(table):
        return table, record
    again = table.filter(pc.is_valid(table["other_name"]))
    renamed = again.set_column(again.column_names.index("core_name"), "core_name", again["other_name"])
    others = np.flatnonzero(np.asarray(pc.is_valid(table["other_name"]))).astype(np.int32)
    return pa.concat_tables((table, renamed)), np.concatenate((record, others))


def _read(
    table: pa.Table,
    record: npt.NDArray[np.int32],
    synonyms: Mapping[str, str],
    domains: tuple[list[str], ...],
) -> Parties:
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
    label_arrays = [pa.array(label, pa.large_string()) for label in labels]
    read = tuple(
        Domains(pa.array(texts, pa.large_string()), text_hash, label, label_hash, Shapes.of(label))
        for texts, text_hash, label, label_hash in zip(domains, domain_hashes, label_arrays, label_hashes, strict=True)
    )
    return Parties(record, names, read, *fields[:9])


def _cut(table: pa.Table, column: str) -> list[str]:
    return [text[:_MOST_LETTERS] if text else "" for text in table[column].to_pylist()]


def _plain(text: str) -> str:
    return _MARKS.sub("", text.lower()) if text else ""


def _postal_code(code: str) -> str:
    bare = code.replace(" ", "").upper()
    return bare[:5] if _ZIP_PLUS_FOUR.fullmatch(bare) else bare
