from __future__ import annotations

import pytest

from rightful.errors import PlanError
from rightful.plan import plan_from
from rightful.plan.routing import routing_fields
from rightful.plan.working_hours import ALWAYS, Block, read_hours


def mistakes(routing: str, **files: str) -> list[str]:
    with pytest.raises(PlanError) as caught:
        plan_from({"routing.yaml": routing, **files})
    return [str(mistake) for mistake in caught.value.mistakes]


def test_an_empty_plan_tries_owner_territory_and_pool() -> None:
    section = plan_from({}).routing
    assert section.methods == ("account_owner", "territory", "pool")
    assert section.decide_at == "arrival"
    assert section.pools == ()


def test_rules_may_be_tables_and_know_the_fields_of_the_account() -> None:
    files = {
        "routing.yaml": "pool_rules: rules.csv\npools: [{pool: emea, members: [{rep_id: R1}]}]\nholidays: days.csv",
        "rules.csv": "pool,country,account_segment,when\nemea,\"DE, AT\",Enterprise,object = 'lead'\n",
        "days.csv": 'on,name,countries\n2026-12-25,Christmas,"DE, AT"\n',
    }
    section = plan_from(files).routing
    assert set(section.pool_rules[0].cells) == {"country", "account_segment"}
    assert section.holidays[0].countries == ("DE", "AT")


def test_fields_are_the_records_own_and_those_of_its_account() -> None:
    fields = routing_fields()
    assert {"object", "rating", "department", "account_type", "account_segment", "account_id"} <= set(fields)
    assert "account_account_type" not in fields
    assert "routed_rep_id" not in fields


def test_all_mistakes_are_found_at_once_with_their_place() -> None:
    found = mistakes(
        """
methods: [account_owner, pools]
pool_rules: [{pool: emea, contry: DE}]
"""
    )
    assert any("methods" in each or "'pools'" in each for each in found)
    found = mistakes(
        """
pools:
  - {pool: a, fallback_pool: b, members: [{rep_id: R1}, {rep_id: R1}], sticky_by: [domian], time_zone: Berlin}
  - {pool: b, fallback_pool: a}
  - {pool: d, members_when: "rol = 'x'"}
  - {pool: d, members: [{rep_id: R2}]}
pool_rules: [{pool: c, contry: DE}]
working_hours: Mon-Fri 9-17
account_owner: {roles: [ceo]}
closed: {when: employees >}
"""
    )
    for words in (
        "routing.yaml:7:32: unknown field or key 'contry'",
        "Did you mean 'country'?",
        "unknown pool 'c'. Allowed: a, b, d",
        "pool 'd' is there twice",
        "unknown role 'ceo'. Allowed: account_executive",
        "rep 'R1' is twice in pool 'a'",
        "unknown text field 'domian'",
        "unknown time zone 'Berlin'",
        "pool 'b' has nobody",
        "pools fall back in a circle: a > b > a",
        "times in 'Mon-Fri 9-17' cannot be read",
        "'rol'",
    ):
        assert any(words in each for each in found), (words, found)


def test_working_hours_are_read_as_people_write_them() -> None:
    assert read_hours("Mon-Tue 09:00-12:30 13:30-18:00").blocks == (
        Block(0, 540, 750), Block(0, 810, 1080), Block(1, 540, 750), Block(1, 810, 1080),
    )  # fmt: skip
    assert [block.weekday for block in read_hours("Fri-Mon 10:00-11:00").blocks] == [0, 4, 5, 6]
    assert [block.weekday for block in read_hours("monday, Wed 10:00-11:00").blocks] == [0, 2]
    assert read_hours("Sun 22:00-06:00").blocks == (Block(6, 1320, 1800),)
    assert read_hours("00:00-24:00").blocks == ALWAYS.blocks == read_hours("24/7").blocks


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no working hours"),
        ("Mon-Fri", "cannot be read"),
        ("Mo 09:00-10:00", "'Mo' is no day"),
        ("Mon 09:00-25:00", "no time of day"),
        ("Mon 09:00-12:00 11:00-13:00", "overlap"),
        ("Sun 22:00-06:00; Mon 05:00-07:00", "overlap"),
        ("Mon 09:00-10:00 lunch", "cannot be read"),
    ],
)
def test_working_hours_that_make_no_sense_are_refused(text: str, words: str) -> None:
    with pytest.raises(PlanError, match=words):
        read_hours(text)
