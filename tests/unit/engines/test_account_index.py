from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from matching_book import accounts_of, plan_of
from rightful.engines.account_index import AccountIndex
from rightful.errors import EngineError
from rightful.plan import Plan
from rightful.stages.matching import Matcher

ACME = {"core_name": "acme widgets", "domain": "acme.com", "country": "US", "contacts": 4}
ZETA = {"core_name": "zeta mills", "domain": "zeta.io", "created_on": date(2020, 1, 1)}
LEAD = {"lead_id": "L1", "core_name": "acme widgets", "domain": "acme.com"}
PLAN = plan_of("{}")


def book(**accounts: dict[str, Any]) -> pa.Table:
    return accounts_of(accounts, PLAN)


@pytest.fixture
def index(tmp_path: Path) -> AccountIndex:
    return AccountIndex.create(tmp_path, book(A1=ACME, A2=ZETA), PLAN)


def account_of(index: AccountIndex, **person: Any) -> str | None:
    return index.matcher.match_one("leads", {"lead_id": "L1", **person}).account_id


def test_an_index_answers_as_a_matcher_of_its_accounts(index: AccountIndex) -> None:
    one, other = (
        index.matcher.match_one("leads", LEAD),
        Matcher.of(book(A1=ACME, A2=ZETA), PLAN).match_one("leads", LEAD),
    )
    assert (one, one.reason, one.candidates) == (other, other.reason, other.candidates)
    assert index.accounts == 2


def test_changes_take_effect_and_survive_a_restart(index: AccountIndex) -> None:
    index.upsert({"account_id": "B1", "core_name": "omega labs", "domain": "omega.org", "created_on": date(2021, 5, 4)})
    index.upsert({"account_id": "A2", **ZETA, "domain": "zeta-mills.com"})
    index.remove("A1", "nobody")
    again = AccountIndex(index.folder, PLAN)
    for each in (index, again):
        assert each.accounts == 2
        assert each.changes == 4
        assert account_of(each, domain="omega.org") == "B1"
        assert account_of(each, domain="zeta-mills.com") == "A2"
        assert account_of(each, domain="zeta.io") is None
        assert account_of(each, **ACME) is None


def test_links_to_a_merged_account_lead_to_its_survivor_for_good(index: AccountIndex) -> None:
    index.merge("A1", "A2")
    index.upsert({"account_id": "A3", **ZETA})
    index.merge("A2", "A3")
    for _ in range(2):
        linked = AccountIndex(index.folder, PLAN).matcher.match_one("leads", {**LEAD, "account_id": "A1"})
        assert (linked.account_id, linked.method) == ("A3", "crm_link")
        index.fold()


def test_a_new_edition_answers_as_an_index_built_anew(index: AccountIndex) -> None:
    index.upsert({"account_id": "A15", **ACME, "country": "DE"})
    index.remove("A2")
    index.fold()
    anew = Matcher.of(book(A1=ACME, A15={**ACME, "country": "DE"}), PLAN).match_one("leads", LEAD)
    found = index.matcher.match_one("leads", LEAD)
    assert (index.edition, index.changes, index.accounts) == (2, 0, 2)
    assert (found, found.reason, found.candidates) == (anew, anew.reason, anew.candidates)


def test_another_process_catches_up_with_changes_and_editions(index: AccountIndex) -> None:
    other = AccountIndex(index.folder, PLAN)
    index.upsert({"account_id": "B1", "domain": "omega.org", "core_name": "omega"})
    assert other.catch_up() == 1
    index.fold()
    index.remove("A1")
    assert other.catch_up() == 1
    assert (other.edition, other.accounts) == (2, 2)
    other.upsert({"account_id": "B2", "domain": "psi.org", "core_name": "psi"})
    assert index.catch_up() == 1
    assert account_of(index, domain="psi.org") == "B2"
    assert other.catch_up() == 0


def test_changes_written_while_an_edition_is_made_are_carried_over(
    index: AccountIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded = type(index._live).folded

    def folded_late(live: Any) -> Any:
        made = folded(live)
        AccountIndex(index.folder, PLAN).upsert({"account_id": "B1", "domain": "omega.org", "core_name": "omega"})
        return made

    monkeypatch.setattr(type(index._live), "folded", folded_late)
    index.fold()
    assert (index.edition, index.changes) == (2, 1)
    assert account_of(index, domain="omega.org") == "B1"


def test_what_only_a_book_counts_stays(index: AccountIndex) -> None:
    index.upsert({"account_id": "B1", **ACME, "contacts": 2})
    index.upsert({"account_id": "A1", **ACME, "contacts": 9, "city": "Ulm"})
    del (renamed := dict(ACME))["contacts"]
    index.upsert({"account_id": "A1", **renamed, "city": "Rome"})
    match = index.matcher.match_one("leads", LEAD)
    assert match.account_id == "A1"
    assert "most_contacts decided" in match.reason


def test_a_plan_changes_without_building_anew_but_for_synonyms_and_filters(index: AccountIndex) -> None:
    index.under(plan_of("{strong: 0.99999999, weak: 0.1}"))
    assert account_of(index, **ACME) is None
    for other in ("synonyms: [{name: acme, means: zeta}]", "filters: [{name: us, when: \"country = 'US'\"}]"):
        with pytest.raises(EngineError, match="other synonyms or filters"):
            AccountIndex(index.folder, plan_of(other))
        with pytest.raises(EngineError, match="other synonyms or filters"):
            index.under(plan_of(other))


def test_filters_hold_for_accounts_that_come_later(tmp_path: Path) -> None:
    plan: Plan = plan_of("filters: [{name: us only, when: \"country = 'US'\"}]")
    index = AccountIndex.create(tmp_path, accounts_of({"A1": ACME}, plan), plan)
    index.upsert({"account_id": "B1", **ACME, "country": "DE"}, {"account_id": "A1", "core_name": "gone"})
    match = index.matcher.match_one("leads", LEAD)
    assert match.account_id is None
    assert [row["filtered_by"] for row in match.candidates if row["account_id"] == "B1"] == ["us only"]


def test_a_value_of_another_kind_is_refused_and_nothing_is_written(index: AccountIndex) -> None:
    with pytest.raises(EngineError, match="'B1' has a value of another kind"):
        index.upsert({"account_id": "B0", "core_name": "x"}, {"account_id": "B1", "contacts": "many"})
    assert (index.changes, AccountIndex(index.folder, PLAN).changes) == (0, 0)


def test_where_there_is_no_index_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="rightful index PLAN"):
        AccountIndex(tmp_path, PLAN)


def test_old_editions_go_but_the_one_before_stays_for_its_readers(index: AccountIndex) -> None:
    for _ in range(3):
        index.fold()
    assert sorted(path.name for path in index.folder.glob("edition-*")) == ["edition-000003", "edition-000004"]
    index.verify()


def test_an_index_grows_beyond_its_room(index: AccountIndex) -> None:
    many = [{"account_id": f"C{n:05d}", "core_name": f"firm number{n}", "domain": f"firm{n}.com"} for n in range(1_100)]
    index.upsert(*many)
    assert index.needs_fold
    for each in (index, AccountIndex(index.folder, PLAN)):
        assert account_of(each, domain="firm1099.com") == "C01099"
        assert account_of(each, domain="firm3.com") == "C00003"
        assert account_of(each, **ACME) == "A1"


def test_the_same_account_put_in_again_is_no_change(index: AccountIndex) -> None:
    for _ in range(2):
        index.upsert({"account_id": "B1", **ZETA})
    AccountIndex(index.folder, PLAN).upsert({"account_id": "B1", **ZETA})
    assert AccountIndex(index.folder, PLAN).changes == 1
    index.remove("B1")
    index.upsert({"account_id": "B1", **ZETA})
    assert (index.changes, index.accounts) == (3, 3)
