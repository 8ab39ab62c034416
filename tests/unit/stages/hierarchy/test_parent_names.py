from __future__ import annotations

import pytest

from rightful.stages.hierarchy.forest import NO_PARENT
from rightful.stages.hierarchy.names import NamedAccounts, fold

ACCOUNTS = NamedAccounts.of(
    ["Siemens AG", "Siemens Inc.", "Müller & Söhne KG", "Texinc", "Acme Ltd", None],
    ["siemens", "siemens", "muller sohne", "texinc", "acme", None],
)


@pytest.mark.parametrize(
    ("name", "asking", "expected"),
    [
        ("acme", 3, 4),
        ("ACME, Inc.", 3, 4),  # an ending that another account's name has
        ("Acme Bermuda", 3, NO_PARENT),
        ("Muller & Sohne", 0, 2),
        ("Siemens", 4, NO_PARENT),  # two accounts
        ("Siemens AG", 4, 0),  # two of that core name, but one of that whole name
        ("Siemens KG", 1, 0),  # the account that asks does not count
        ("Siemens GmbH", 1, NO_PARENT),  # no account's name has this ending
        ("Tex Inc", 0, NO_PARENT),
        ("", 0, NO_PARENT),
    ],
)
def test_a_name_finds_one_account_or_none(name: str, asking: int, expected: int) -> None:
    assert ACCOUNTS.find(name, asking) == expected


def test_an_ending_is_learnt_from_any_account() -> None:
    accounts = NamedAccounts.of(["Siemens AG", "Siemens Inc.", "Zeta GmbH"], ["siemens", "siemens", "zeta"])
    assert accounts.find("Siemens GmbH", 1) == 0


def test_fold_drops_case_accents_and_signs() -> None:
    assert fold("  L'Oréal—S.A. ") == "l oreal s a"
    assert fold("𝘈cme") == "acme"
