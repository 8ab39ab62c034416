from __future__ import annotations

import pytest

from rightful.stages.quality.other_names import read_other_names


@pytest.mark.parametrize(
    ("text", "body", "aliases", "owner"),
    [
        ("Foo (formerly Bar Inc.)", "Foo", ("Bar Inc",), None),
        ("Foo dba Bar", "Foo", ("Bar",), None),
        ("Foo f/k/a Bar", "Foo", ("Bar",), None),
        ("Foo vormals Bar", "Foo", ("Bar",), None),
        ("Foo, a division of Zeta", "Foo", (), "Zeta"),
        ("Foo, a wholly owned subsidiary of the Zeta Group", "Foo", (), "Zeta Group"),
        ("Oculus, a Meta company", "Oculus", (), "Meta"),
        ("IBM Germany", "IBM Germany", ("IBM",), None),
        ("ACME NORTH AMERICA", "ACME NORTH AMERICA", ("ACME",), None),
        ("Acme-South Korea", "Acme-South Korea", ("Acme",), None),
        ("Acme (Western Europe)", "Acme (Western Europe)", ("Acme",), None),
        ("Apple (NASDAQ: AAPL)", "Apple", (), None),
        ("International Business Machines (IBM)", "International Business Machines", ("IBM",), None),
    ],
)
def test_other_names_are_split_off(text: str, body: str, aliases: tuple[str, ...], owner: str | None) -> None:
    assert read_other_names(text) == (body, aliases, owner)


@pytest.mark.parametrize(
    "text",
    [
        "Plain",
        "Bank of America",
        "Bank of North America",
        "North America",
        "Division of Labor",
        "Acme (Berlin)",
        "The Company",
    ],
)
def test_names_without_another(text: str) -> None:
    assert read_other_names(text) is None
