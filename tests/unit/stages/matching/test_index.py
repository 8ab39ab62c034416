from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rightful.stages.matching import parties
from rightful.stages.matching.index import MOST_CANDIDATES, CandidateIndex
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.parties import ACCOUNT_COLUMNS, PERSON_COLUMNS, read_accounts, read_people

PLAIN = Spellings.of({})


def index_of(*accounts: dict[str, Any]) -> CandidateIndex:
    columns = {name: pa.array([account.get(name) for account in accounts], pa.string()) for name in ACCOUNT_COLUMNS}
    ids = [f"A{number:04d}" for number in range(len(accounts))]
    return CandidateIndex.build(ids, read_accounts(pa.table(columns), PLAIN))


def found_by(index: CandidateIndex, **person: Any) -> list[int]:
    kinds = {name: pa.bool_() if name == "is_free_email" else pa.string() for name in PERSON_COLUMNS}
    table = pa.table({name: pa.array([person.get(name)], kind) for name, kind in kinds.items()})
    return index.candidates(read_people(table, PLAIN)).account.tolist()


@pytest.mark.parametrize(
    ("account", "person"),
    [
        ({"domain": "acme.com"}, {"domain": "acme.com"}),
        ({"domain": "acme.com"}, {"email_domain": "acme.com", "is_free_email": False}),
        ({"domain": "acme.com"}, {"domain": "acme.de"}),
        ({"core_name": "acme widgets"}, {"core_name": "acmewidgets"}),
        ({"core_name": "acme widgets"}, {"domain": "acme-widgets.io"}),
        ({"domain": "acmewidgets.com"}, {"core_name": "acme widgets"}),
        ({"phone": "+4930123456"}, {"phone": "+4930123456"}),
        ({"core_name": "international business machines"}, {"core_name": "ibm"}),
        ({"core_name": "international business machines"}, {"domain": "ibm.com"}),
        ({"core_name": "ibm"}, {"core_name": "international business machines"}),
        ({"core_name": "acme widgets", "postal_code": "10115"}, {"core_name": "acmi", "postal_code": "10115"}),
        ({"core_name": "acme widgets"}, {"core_name": "acme holding"}),
        ({"core_name": "mclennan companies"}, {"core_name": "mclenan companies"}),
        ({"core_name": "goxean"}, {"core_name": "gocean"}),
        ({"core_name": "somec"}, {"core_name": "soec"}),
        ({"core_name": "barizo medical financial"}, {"domain": "barizomedical.com"}),
        ({"core_name": "wesco bank", "city": "Arkansas City"}, {"core_name": "wess banc", "city": "Arkansas City"}),
        ({"core_name": "acme", "phone": "+4930123456"}, {"core_name": "zeta", "phone": "+4930129999"}),
        ({"core_name": "acme", "postal_code": "10115"}, {"postal_code": "10115"}),
        ({"core_name": "acme widgets"}, {"core_name": "zeta ventures", "other_name": "acme widgets"}),
        ({"core_name": "zeta ventures", "other_name": "acme widgets"}, {"core_name": "acme widgets"}),
        ({"core_name": "삼성전자"}, {"core_name": "samseongjeonja"}),
    ],
)
def test_a_shared_key_finds_the_account(account: dict[str, Any], person: dict[str, Any]) -> None:
    assert 0 in found_by(index_of(account, {"core_name": "quite another firm"}), **person)


def test_free_mail_finds_nobody() -> None:
    index = index_of({"domain": "gmail.com", "core_name": "google mail"})
    assert found_by(index, email_domain="gmail.com", domain="gmail.com", is_free_email=True) == []


def test_the_unknown_finds_nobody() -> None:
    assert found_by(index_of({}, {"core_name": ""}, {"domain": ""})) == []


def test_a_domain_of_thousands_is_narrowed_by_name_and_place() -> None:
    shared = [
        {"domain": "uni.edu", "core_name": f"uni faculty {number}", "city": f"town {number}"} for number in range(500)
    ]
    index = index_of(*shared, {"domain": "uni.edu", "core_name": "uni faculty astronomy", "city": "rome"})
    assert found_by(index, domain="uni.edu") == []
    assert 500 in found_by(index, domain="uni.edu", core_name="dept astronomy")
    assert 500 in found_by(index, domain="uni.edu", city="rome")


def test_thousands_of_one_name_are_narrowed_by_place() -> None:
    index = index_of(*({"core_name": "shell station", "city": f"town {number}"} for number in range(1_000)))
    assert found_by(index, core_name="shell station") == []
    assert found_by(index, core_name="shell station", city="Town 77") == [77]


def test_candidates_are_bounded_and_the_most_telling_stay() -> None:
    index = index_of(
        *({"core_name": f"nordwind {number}"} for number in range(55)),
        {"core_name": "nordwind 99", "phone": "+4911111"},
    )
    found = found_by(index, core_name="nordwind", phone="+4911111")
    assert len(found) == MOST_CANDIDATES
    assert 55 in found


def test_accounts_read_in_parts_by_others_are_as_those_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["acme widgets", "zeta", "acme", None, "müller bau"] * 5
    others = [None, "zeta holding", None, "nameless", None] * 5
    columns = {name: pa.array([None] * len(names), pa.string()) for name in ACCOUNT_COLUMNS}
    table = pa.table({**columns, "core_name": names, "other_name": others})
    whole = read_accounts(table, PLAIN)
    monkeypatch.setattr(parties, "_CHUNK", 4)
    parted = read_accounts(table, PLAIN, lambda read, rows: map(*pickle.loads(pickle.dumps((read, [*rows])))))
    assert parted.record.tolist() == whole.record.tolist()
    assert (parted.fields == whole.fields).all()
    rows = np.arange(len(whole))
    assert parted.names.texts_at(rows) == whole.names.texts_at(rows)
    assert max(len(pickle.dumps(part)) for part, _ in parties._rows(table, np.arange(25, dtype=np.int32))) < len(
        pickle.dumps(table)
    )


def test_an_empty_book_has_no_candidates() -> None:
    assert found_by(index_of(), core_name="acme", domain="acme.com", phone="+491") == []
