from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rightful.stages.linkage import ACCOUNT_FIELDS, OTHER_NAME, PERSON_FIELDS, Alike, alike_accounts, alike_people
from rightful.stages.linkage.kinds import Kind, Level, compare_values
from rightful.stages.linkage.pairs import coded, pairs_sharing, rows_of_crowds


def table(fields: Any, rows: list[dict[str, str]]) -> pa.Table:
    names = [*(field.name for field in fields), OTHER_NAME]
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def people(*rows: dict[str, str]) -> pa.Table:
    """Put people beside forty others, for what is rare shows in a crowd."""
    others = [
        {
            "first_name": f"{name}",
            "last_name": f"{name[::-1]}",
            "email": f"{name}@{name}.com",
            "core_name": name,
            "city": "berlin",
        }
        for name in (f"{one}{two}{one}o" for one in "bcdfg" for two in "aeiouyrl")
    ]
    return table(PERSON_FIELDS, [*rows, *others])


def pairs(alike: Alike, least: float = 0.95) -> list[tuple[int, int]]:
    return [
        (left, right)
        for left, right, probability in zip(alike.left.tolist(), alike.right.tolist(), alike.probability, strict=True)
        if probability >= least
    ]


ANN = {
    "first_name": "ann",
    "last_name": "smith",
    "email": "ann.smith@acme.com",
    "phone": "+14155552671",
    "core_name": "acme",
}


def test_a_person_written_a_little_otherwise_is_the_same() -> None:
    found = alike_people(people(ANN, ANN | {"first_name": "anne", "email": "asmith@acme.com"}))
    assert pairs(found) == [(0, 1)]
    assert "first_name: 'ann' is near 'anne'" in found.evidence[0]


def test_a_first_name_typed_as_the_last_name_is_found() -> None:
    swapped = ANN | {"first_name": "smith", "last_name": "ann", "email": "a.smith@home.net"}
    found = alike_people(people(ANN, swapped))
    assert pairs(found) == [(0, 1)]
    assert "first_name: stands as last_name in the other" in found.evidence[0]
    assert pairs(alike_people(people(ANN, swapped), since=1)) == [(0, 1)]
    assert pairs(alike_people(people(ANN, swapped | {"first_name": "jones"})), 0.5) == []


def test_namesakes_whose_mailboxes_are_made_of_their_name_are_not_one() -> None:
    employers = ("acme", "zeta", "globex", "initech", "umbrella", "hooli", "wayne", "stark", "oscorp", "cyberdyne")
    smiths = [
        {"first_name": "john", "last_name": "smith", "email": f"{box}@{employer}.com", "core_name": employer}
        for employer, box in zip(employers, ("john.smith", "jsmith") * 5, strict=True)
    ]
    assert pairs(alike_people(people(*smiths)), 0.5) == []
    typed = smiths[0] | {"email": "john.smith@acme.co"}
    assert pairs(alike_people(people(*smiths, typed)), 0.5) == [(0, 10)]


def test_bob_is_robert_where_the_rest_agrees() -> None:
    robert = ANN | {"first_name": "robert", "email": "robert.smith@acme.com"}
    assert pairs(alike_people(people(robert, robert | {"first_name": "bob", "email": "bob@home.net"}))) == [(0, 1)]
    assert pairs(alike_people(people(robert, robert | {"first_name": "carl", "email": "c@home.net"})), 0.5) == []


def test_colleagues_are_not_one_person_whatever_they_share() -> None:
    at_work = {
        "core_name": "acme",
        "street": "1 main street",
        "city": "bonn",
        "postal_code": "53111",
        "phone": "+49228123456",
    }
    found = alike_people(
        people(
            at_work | {"first_name": "ann", "last_name": "smith", "email": "info@acme.com"},
            at_work | {"first_name": "bob", "last_name": "jones", "email": "info@acme.com"},
            at_work | {"first_name": "carl", "last_name": "smith", "email": "info@acme.com"},
        )
    )
    assert pairs(found, 0.5) == []


def test_a_common_name_alone_makes_nobody_the_same() -> None:
    employers = ("acme", "zeta", "globex", "initech", "umbrella", "hooli", "wayne", "stark", "oscorp", "cyberdyne")
    smiths = [{"first_name": "john", "last_name": "smith", "core_name": employer} for employer in employers]
    assert pairs(alike_people(people(*smiths)), 0.5) == []


def test_across_two_tables_only_pairs_of_both_are_compared() -> None:
    assert pairs(alike_people(people(ANN, ANN, ANN), since=1)) == [(0, 1), (0, 2)]


ACME = {"core_name": "acme hospital", "domain": "acme.com", "street": "1 main street", "city": "bonn", "country": "DE"}


def accounts(*rows: dict[str, str]) -> pa.Table:
    words = [f"{one}{two}{one}o" for one in "bcdfg" for two in "aeiouyrl"]
    others = [{"core_name": f"{word} hospital {side}", "city": word} for word in words for side in ("east", "west")]
    return table(ACCOUNT_FIELDS, [*rows, *others])


@pytest.mark.parametrize(
    ("name", "is_same"),
    [
        ("acme hospital", True),
        ("acme hosptial", True),
        ("acme hospital group", True),
        ("acme hospital east", False),
        ("acme hospital ii", False),
        ("zeta hospital", False),
    ],
)
def test_accounts_of_one_place_are_one_where_their_names_say_the_same(name: str, *, is_same: bool) -> None:
    assert bool(pairs(alike_accounts(accounts(ACME, ACME | {"core_name": name})))) is is_same


def test_sisters_with_east_and_west_are_two() -> None:
    east, west = ACME | {"core_name": "acme hospital east"}, ACME | {"core_name": "acme hospital west"}
    assert pairs(alike_accounts(accounts(east, west)), 0.2) == []


def test_one_name_in_two_towns_is_two_accounts() -> None:
    berlin = {"core_name": "acme hospital", "domain": "acme-berlin.de", "street": "9 side alley", "city": "berlin"}
    assert pairs(alike_accounts(accounts(ACME, berlin)), 0.5) == []


def test_a_former_name_finds_the_account_under_it() -> None:
    old, new = {"core_name": "roadrunner"}, {"core_name": "zeta", "other_name": "roadrunner"}
    place = {"street": "1 main street", "city": "bonn", "country": "DE"}
    found = alike_accounts(accounts(place | old, place | new))
    assert pairs(found) == [(0, 1)]
    assert "core_name: 'roadrunner' and 'zeta' are both 'roadrunner'" in found.evidence[0]
    assert pairs(alike_accounts(accounts(place | old, place | {"core_name": "zeta"})), 0.2) == []


@pytest.mark.parametrize(
    "synonyms", [{"ibm": "international business machines"}, {"ibm": "i b m", "machines": "machine"}]
)
def test_what_a_name_stands_for_finds_the_account_under_it(synonyms: dict[str, str]) -> None:
    place = {"street": "1 main street", "city": "bonn", "country": "DE"}
    rows = accounts(place | {"core_name": "ibm"}, place | {"core_name": "international business machines"})
    assert bool(pairs(alike_accounts(rows, synonyms))) is ("international" in synonyms["ibm"])
    assert pairs(alike_accounts(rows)) == []


def names(*rows: str) -> pa.Table:
    return table(ACCOUNT_FIELDS, [{"core_name": row} for row in rows])


WORDS = [f"{one}{two}{one}o {three}" for one in "bcdfgh" for two in "aeiouyrl" for three in ("labs", "hospital")]


def test_where_a_book_tells_no_more_than_names_a_rare_one_is_likely_but_never_certain() -> None:
    found = alike_accounts(names("agilent technologies", "agilent technologies", "agilennt technologies", *WORDS))
    assert pairs(found, 0.5) == [(0, 1), (0, 2), (1, 2)]
    assert pairs(found, 0.95) == []


def test_a_name_of_common_words_alone_says_nothing() -> None:
    hospitals = [f"{word.split()[0]} memorial hospital" for word in WORDS[::2]]
    assert pairs(alike_accounts(names("memorial hospital", "memorial hospital", *hospitals)), 0.5) == []


def test_a_name_that_stands_at_two_places_says_nothing_alone() -> None:
    here, there = {"city": "bonn", "postal_code": "53111"}, {"city": "kiel", "postal_code": "24103"}
    name = {"core_name": "baylor emergency", "country": "US"}
    others = [{"core_name": word} for word in WORDS]
    found = alike_accounts(table(ACCOUNT_FIELDS, [name, name, name | here, name | there, *others]))
    assert pairs(found, 0.5) == []
    assert pairs(alike_accounts(table(ACCOUNT_FIELDS, [name, name, name | here, *others])), 0.5) != []


def test_streets_are_compared_by_their_words_and_numbers() -> None:
    street = "133 new bridge road, chinatown point"
    assert compare_values(Kind.STREET, [street], ["chinatown point, 133 new bridge road"]).tolist() == [Level.NEAR]
    assert compare_values(Kind.STREET, [street], ["135 new bridge road"]).tolist() == [Level.DIFFERS]
    assert compare_values(Kind.STREET, ["hauptstrasse 87"], ["hauptstraße 87"]).tolist() == [Level.NEAR]


def test_the_same_book_gives_the_same_answer() -> None:
    book = accounts(ACME, ACME)
    first, second = alike_accounts(book), alike_accounts(book)
    assert first.evidence == second.evidence
    assert np.array_equal(first.probability, second.probability)


def test_an_empty_table_has_no_pairs() -> None:
    assert len(alike_people(table(PERSON_FIELDS, []))) == len(alike_accounts(table(ACCOUNT_FIELDS, []))) == 0


def test_a_key_that_too_many_share_finds_nothing() -> None:
    parts = [coded(["a", "a", "a", "b", "b", ""])]
    left, right = pairs_sharing([parts], most=2)
    assert (left.tolist(), right.tolist()) == ([3], [4])
    assert rows_of_crowds(parts, 2).tolist() == [0, 1, 2]


def test_values_of_each_kind_are_compared_by_its_measure() -> None:
    assert compare_values(Kind.CODE, ["12345"], ["12354"]).tolist() == [Level.NEAR]
    assert compare_values(Kind.EMAIL, ["ann@acme.com"], ["ann@gmail.com"]).tolist() == [Level.NEAR]
    assert compare_values(Kind.WORD, ["de"], ["at"]).tolist() == [Level.DIFFERS]
    assert compare_values(Kind.DATE, ["1971-06-24"], ["1971-05-24"]).tolist() == [Level.NEAR]
