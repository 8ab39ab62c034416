"""Records that nobody meant: bounded work, sensible answers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rightful.stages.linkage import ACCOUNT_FIELDS, OTHER_NAME, PERSON_FIELDS, alike_accounts, alike_people
from rightful.stages.linkage.accounts import _worth_comparing
from rightful.stages.linkage.called import Called
from rightful.stages.linkage.evidence import texts_of
from rightful.stages.quality.readings import read_company_core

ACCOUNT = [*(field.name for field in ACCOUNT_FIELDS), OTHER_NAME]
PERSON = [field.name for field in PERSON_FIELDS]
ODD = [
    None,
    "",
    " ",
    "GmbH",
    "x" * 10_000,
    "acme " * 2_000,
    "👩‍🚀🇩🇪",
    "<b>acme</b>",
    "株式会社日立製作所",
    "ООО Ромашка",
    "مكتبة",
    "'; DROP TABLE accounts; --",
    "\ud7ff\u0000a",
]


def table(columns: list[str], rows: list[dict[str, str | None]]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns})


def test_values_of_every_kind_are_compared_in_every_field() -> None:
    rows = [{name: value} | {"core_name": value or "acme"} for value in ODD for name in ACCOUNT]
    rows += [dict.fromkeys(ACCOUNT, value) for value in ODD for _ in range(2)]
    found = alike_accounts(table(ACCOUNT, rows), {"acme": "zeta"})
    assert np.all((found.probability >= 0.2) & (found.probability <= 1))
    people = [{name: value} for value in ODD for name in PERSON] + [dict.fromkeys(PERSON, value) for value in ODD * 2]
    assert np.all(alike_people(table(PERSON, people)).probability <= 1)


def test_blank_records_and_bare_legal_forms_are_nobody_s_duplicates() -> None:
    names = [None, "GmbH", "Inc.", "SA de CV", "n/a", "-"] * 5
    rows = [{"core_name": read_company_core("name", name)[1], "country": "DE"} for name in names]
    assert not (alike_accounts(table(ACCOUNT, rows)).probability >= 0.95).any()
    nobody: list[dict[str, str | None]] = [{"country": "DE"}, {}] * 20
    assert len(alike_accounts(table(ACCOUNT, nobody))) == len(alike_people(table(PERSON, [{}] * 20))) == 0


@pytest.mark.parametrize("shared", [("core_name",), ("phone", "domain"), ("street", "city", "postal_code"), ACCOUNT])
def test_what_thousands_share_makes_no_more_pairs_than_records_times_a_constant(shared: tuple[str, ...]) -> None:
    count = 4_000
    values = dict.fromkeys(shared, "shared value")
    rows = [{"core_name": f"name{number * 7919 % 104729}"} | values for number in range(count)]
    records = table(ACCOUNT, rows)
    texts = texts_of(records, ACCOUNT)
    left, _ = _worth_comparing(texts, Called.of(texts, {}))
    assert len(left) <= count * 20
    people = table(PERSON, [dict.fromkeys(PERSON, "shared value") for _ in range(count)])
    assert len(alike_people(people)) == 0


def test_sites_at_one_shared_domain_and_phone_are_not_one() -> None:
    words = [f"{one}a{two}u{one}i{two}o" for one in "bdfgk" for two in "lmnprst"]
    hosted = {"domain": "hosting.com", "phone": "+14155552671", "country": "US"}
    rows: list[dict[str, str | None]] = [{"core_name": f"{word} bakery", "city": word, **hosted} for word in words]
    assert len(alike_accounts(table(ACCOUNT, rows))) == 0
