"""Parties: the columns of accounts, leads or contacts that matching compares, made ready once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rightful.stages.matching.hashing import Hashes, Shapes, hash_texts
from rightful.stages.matching.names import MOST_WORDS, Names, Spellings, first_letters, number_words, read_name
from rightful.stages.matching.texts import Texts, together

__all__ = ["ACCOUNT_COLUMNS", "PERSON_COLUMNS", "Domains", "Each", "Field", "Parties", "read_accounts", "read_people"]

_PLACE_COLUMNS = ("phone", "street", "city", "state", "postal_code", "country")
ACCOUNT_COLUMNS = ("core_name", "other_name", "domain", *_PLACE_COLUMNS)
PERSON_COLUMNS = ("core_name", "other_name", "domain", "email_domain", "is_free_email", *_PLACE_COLUMNS)

Columns = Mapping[str, Sequence[Any]]
"""Values by column: what a record or a table of records holds."""

Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""Calls a function for each of several things, as ``map`` does, perhaps in several processes."""

_Reader = Callable[[Columns, npt.NDArray[np.int32]], "Parties"]
_Rows = tuple[pa.Table, npt.NDArray[np.int32]]

# A domain name has at most 253 letters; longer values are not domains. Other fields share the bound.
_MOST_LETTERS = 253
# Records read at a time: bounds memory, and is large enough for array work to pay.
_CHUNK = 16_384

_MARKS = re.compile(r"[\W_]+")
_ZIP_PLUS_FOUR = re.compile(r"\d{5}-?\d{4}")


class Field(IntEnum):
    """What is compared for equality: the columns of ``Parties.fields``."""

    DOMAIN = 0
    MAIL = 1
    """Domain of a business e-mail address where it is another than the web address; accounts have none."""
    LABEL = 2
    """What stands before the first dot of the domain, without hyphens: ``acme`` of ``acme.co.uk``."""
    MAIL_LABEL = 3
    NAME = 4
    """The words of the name without blanks."""
    WRITTEN = 5
    """The name as written without blanks."""
    INITIALS = 6
    PHONE = 7
    PHONE_BLOCK = 8
    """The number without its last four digits: numbers of one switchboard share it."""
    STREET = 9
    CITY = 10
    STATE = 11
    POSTAL_CODE = 12
    """Of a US ZIP+4 the five digits."""
    POSTAL_AREA = 13
    """The first three characters of the postal code."""
    NAME_START = 14
    """The first three letters of the name."""
    COUNTRY = 15


@dataclass(frozen=True, slots=True)
class Domains:
    """Registrable domains, one per record, empty where unknown.

    Attributes:
        text: The domain, such as ``acme.co.uk``.
        label: What stands before the first dot, without hyphens: ``acme``.
        label_shape: Its length and first letters.
        hash_field: The field with its hash.
        label_field: The field with the label's hash.
    """

    text: Texts
    label: Texts
    label_shape: Shapes
    hash_field: Field
    label_field: Field

    def take(self, rows: npt.NDArray[Any]) -> Domains:
        """Give the domains at some rows."""
        return replace(
            self, text=self.text.take(rows), label=self.label.take(rows), label_shape=self.label_shape.take(rows)
        )

    def part(self, begin: int, end: int) -> Domains:
        """Give neighbouring rows; nothing is copied."""
        return replace(
            self,
            text=self.text.part(begin, end),
            label=self.label.part(begin, end),
            label_shape=self.label_shape.part(begin, end),
        )


@dataclass(frozen=True, slots=True)
class Parties:
    """Records ready to be compared, one row per name of a record.

    Attributes:
        record: Which record a row is of. Records have one row each, in their order; then come those that have another
            name once more, under that name.
        fields: Row x ``Field``: hashes; 0 means unknown.
        names: Company names as words.
        domains: One entry for accounts; two for people (web or business e-mail, then business e-mail where it is another).
    """

    record: npt.NDArray[np.int32]
    fields: Hashes
    names: Names
    domains: tuple[Domains, ...]

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.fields)

    def take(self, rows: npt.NDArray[Any], other_rows: npt.NDArray[Any]) -> Parties:
        """Give the records at some rows, and those of them that have another row (not 0) once more under that name."""
        doubled = other_rows.nonzero()[0]
        record = np.concatenate((np.arange(len(rows)), doubled)).astype(np.int32)
        at = np.concatenate((rows, other_rows[doubled]))
        words, number = np.unique(np.append(self.names.words[at], np.int32(-1)), return_inverse=True)
        numbers = (number[:-1] - 1).astype(np.int32).reshape(len(at), MOST_WORDS)
        known = words[1:]
        names = Names(
            compact=self.names.compact.take(at),
            compact_shape=self.names.compact_shape.take(at),
            words=numbers,
            vocabulary=self.names.vocabulary.take(known),
            vocabulary_hash=np.append(self.names.vocabulary_hash[known], np.uint64(0)),
            starts=np.append(self.names.starts[known], np.int32(0)),
        )
        return Parties(record, self.fields[at], names, tuple(domains.take(at) for domains in self.domains))

    def part(self, begin: int, end: int) -> Parties:
        """Give neighbouring rows; nothing is copied."""
        rows = slice(begin, end)
        names = replace(
            self.names,
            compact=self.names.compact.part(begin, end),
            compact_shape=self.names.compact_shape.part(begin, end),
            words=self.names.words[rows],
        )
        return Parties(
            self.record[rows], self.fields[rows], names, tuple(domains.part(begin, end) for domains in self.domains)
        )


def read_accounts(table: pa.Table | Columns, spellings: Spellings, each: Each = map) -> Parties:
    """Make accounts ready: columns ``ACCOUNT_COLUMNS`` as cleaned by the quality stage; ``each`` reads the parts of a table."""
    return _read(table, ACCOUNT_COLUMNS, partial(_read_accounts, spellings=spellings), each)


def read_people(table: pa.Table | Columns, spellings: Spellings) -> Parties:
    """Make leads or contacts ready: columns ``PERSON_COLUMNS``. Domains of free mail are never used."""
    return _read(table, PERSON_COLUMNS, partial(_read_people, spellings=spellings), map)


def _read(table: pa.Table | Columns, names: tuple[str, ...], read: _Reader, each: Each) -> Parties:
    """Read records, so many at a time, and then those that have another name once more under that name."""
    if not isinstance(table, pa.Table):
        columns = {name: table[name] for name in names}
        parts = [read(columns, np.arange(len(columns["core_name"]), dtype=np.int32))]
        others = [row for row, other in enumerate(columns["other_name"]) if other is not None]
        if others:
            again = {name: [values[row] for row in others] for name, values in columns.items()}
            parts.append(read({**again, "core_name": again["other_name"]}, np.array(others, np.int32)))
        return parts[0] if len(parts) == 1 else _joined(parts)
    record = np.arange(len(table), dtype=np.int32)
    rows: Iterable[_Rows] = _rows(table.select(names), record)
    has_other = pc.is_valid(table["other_name"])
    if pc.any(has_other).as_py():
        again = table.select(names).filter(has_other)
        again = again.set_column(names.index("core_name"), "core_name", again["other_name"])
        rows = chain(rows, _rows(again, record[np.asarray(has_other)]))
    parts = list(each(partial(_read_rows, read), rows))
    return parts[0] if len(parts) == 1 else _joined(parts)


def _rows(table: pa.Table, record: npt.NDArray[np.int32]) -> Iterator[_Rows]:
    """Cut a table; each part is a copy, for a mere view would take the whole table along to another process."""
    for begin in range(0, max(len(table), 1), _CHUNK):
        of_part = record[begin : begin + _CHUNK]
        yield table.take(pa.array(np.arange(begin, begin + len(of_part)))), of_part


def _read_rows(read: _Reader, rows: _Rows) -> Parties:
    part, record = rows
    return read({name: part[name].to_pylist() for name in part.column_names}, record)


def _read_accounts(columns: Columns, record: npt.NDArray[np.int32], spellings: Spellings) -> Parties:
    nowhere = [""] * len(record)
    return _read_part(columns, record, spellings, (_cut(columns["domain"]), nowhere), 1)


def _read_people(columns: Columns, record: npt.NDArray[np.int32], spellings: Spellings) -> Parties:
    web, mail = _cut(columns["domain"]), _cut(columns["email_domain"])
    is_free = columns["is_free_email"]
    # A domain column that repeats a free-mail domain is no company's web address.
    web = ["" if free and one == other else one for one, other, free in zip(web, mail, is_free, strict=True)]
    business = ["" if free or one == other else other for one, other, free in zip(web, mail, is_free, strict=True)]
    return _read_part(columns, record, spellings, (web, business), 2)


def _read_part(
    columns: Columns,
    record: npt.NDArray[np.int32],
    spellings: Spellings,
    domains: tuple[list[str], list[str]],
    used: int,
) -> Parties:
    names = [read_name(name, spellings) for name in columns["core_name"]]
    compact = [name.compact for name in names]
    labels = [[_label(domain) for domain in column] for column in domains]
    phone, street, city, state, postal_code, country = (_cut(columns[name]) for name in _PLACE_COLUMNS)
    postal_code = [_postal_code(code) for code in postal_code]
    by_field: tuple[list[str], ...] = (
        *domains,
        *labels,
        compact,
        [name.written for name in names],
        [name.initials for name in names],
        phone,
        [number[:-4] for number in phone],
        [_plain(text) for text in street],
        [_plain(text) for text in city],
        state,
        postal_code,
        [code[:3] for code in postal_code],
        [name[:3] for name in compact],
        country,
    )
    vocabulary, words = number_words(names)
    count = len(record)
    texts = Texts.of([*(text for column in by_field for text in column), *vocabulary])
    hashes = hash_texts(texts)

    def of_field(field: int) -> Texts:
        return texts.part(field * count, (field + 1) * count)

    # Labels and names lie side by side.
    shapes = Shapes.of(texts.part(Field.LABEL * count, (Field.NAME + 1) * count))
    of_label, of_mail_label, of_name = (shapes.part(part * count, (part + 1) * count) for part in range(3))
    return Parties(
        record=record,
        fields=np.ascontiguousarray(hashes[: len(Field) * count].reshape(len(Field), count).T),
        names=Names(
            compact=of_field(Field.NAME),
            compact_shape=of_name,
            words=words,
            vocabulary=texts.part(len(Field) * count, len(texts)),
            vocabulary_hash=np.append(hashes[len(Field) * count :], np.uint64(0)),
            starts=first_letters(vocabulary),
        ),
        domains=tuple(
            Domains(of_field(field), of_field(label), shape, field, label)
            for field, label, shape in (
                (Field.DOMAIN, Field.LABEL, of_label),
                (Field.MAIL, Field.MAIL_LABEL, of_mail_label),
            )[:used]
        ),
    )


def _joined(parts: Sequence[Parties]) -> Parties:
    """Put records that were read in parts in one table, with one vocabulary, ordered by hash."""
    hashes, first, number = np.unique(
        np.concatenate([part.names.vocabulary_hash[:-1] for part in parts]), return_index=True, return_inverse=True
    )
    begins = np.cumsum([0, *(len(part.names.vocabulary) for part in parts)])
    words = [
        np.where(part.names.words < 0, -1, np.append(number, 0)[begin + part.names.words])
        for part, begin in zip(parts, begins[:-1].tolist(), strict=True)
    ]
    starts = np.concatenate([part.names.starts[:-1] for part in parts])[first]
    return Parties(
        record=np.concatenate([part.record for part in parts]),
        fields=np.concatenate([part.fields for part in parts]),
        names=Names(
            compact=together([part.names.compact for part in parts]),
            compact_shape=_shapes([part.names.compact_shape for part in parts]),
            words=np.concatenate(words).astype(np.int32),
            vocabulary=together([part.names.vocabulary for part in parts]).take(first),
            vocabulary_hash=np.append(hashes, np.uint64(0)),
            starts=np.append(starts, np.int32(0)),
        ),
        domains=tuple(_joined_domains(columns) for columns in zip(*(part.domains for part in parts), strict=True)),
    )


def _joined_domains(parts: Sequence[Domains]) -> Domains:
    return Domains(
        together([part.text for part in parts]),
        together([part.label for part in parts]),
        _shapes([part.label_shape for part in parts]),
        parts[0].hash_field,
        parts[0].label_field,
    )


def _shapes(parts: Sequence[Shapes]) -> Shapes:
    return Shapes(np.concatenate([part.length for part in parts]), np.concatenate([part.start for part in parts]))


def _label(domain: str) -> str:
    label = domain.partition(".")[0]
    return label.replace("-", "") if "-" in label else label


def _cut(column: Sequence[str | None]) -> list[str]:
    return [text[:_MOST_LETTERS] if text else "" for text in column]


def _plain(text: str) -> str:
    return _MARKS.sub("", text.lower()) if text else ""


def _postal_code(code: str) -> str:
    bare = code.replace(" ", "").upper()
    return bare[:5] if _ZIP_PLUS_FOUR.fullmatch(bare) else bare
