from __future__ import annotations

import pytest

from rightful.stages.quality.email import EmailLists, clean_email, default_lists


@pytest.mark.parametrize(
    ("written", "address", "reason"),
    [
        ("ann@acme.com", "ann@acme.com", ""),
        ("Ann.Lee@Acme.com", "Ann.Lee@acme.com", "domain_normalised"),
        ("ann@müller.de", "ann@xn--mller-kva.de", "domain_normalised"),
        ("Ann <ann@acme.com>", "ann@acme.com", "address_extracted"),
        ("mailto:ann@acme.com", "ann@acme.com", "address_extracted"),
        ("ann@acme.com.", "ann@acme.com", "address_extracted"),
        ("ann@acme,com", "ann@acme.com", "address_repaired"),
        ("ann at acme dot com", "ann@acme.com", "address_repaired"),
        ("ann@@acme.com", "ann@acme.com", "address_repaired"),
        ("ann@acme..com", "ann@acme.com", "address_repaired"),
        ("ann@acme.con", "ann@acme.com", "domain_typo_repaired"),
        ("a@b.co; c@d.com", "a@b.co", "first_of_several"),
        ("ann@gamil.com", "ann@gamil.com", "provider_misspelt"),
    ],
)
def test_addresses_are_read(written: str, address: str, reason: str) -> None:
    found = clean_email(written)
    assert (found.address, found.reason) == (address, reason)


@pytest.mark.parametrize(
    "text",
    [
        "ann@acme",
        "@acme.com",
        "ann lee@acme.com",
        "ann.@acme.com",
        "ann@[1.2.3.4]",
        "ann@localhost",
        "n/a",
        "a@b.local",
        "@",
        "ann",
    ],
)
def test_what_is_no_address_gives_none(text: str) -> None:
    found = clean_email(text)
    assert found.address is None
    assert found.reason == "not_an_address"


@pytest.mark.parametrize(
    "text", ["none@none.com", "test@test.com", "noemail@noemail.com", "ann@example.com", "NA@NA.com"]
)
def test_fillers_are_no_mailboxes(text: str) -> None:
    assert clean_email(text)[:3] == (None, None, None)
    assert clean_email(text).reason == "filler_address"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("ann@acme.com", (False, False, False)),
        ("ann@gmail.com", (True, False, False)),
        ("ann@mailinator.com", (False, True, False)),
        ("info@acme.com", (False, False, True)),
        ("sales+de@acme.com", (False, False, True)),
        ("ann@yaho.com", (True, False, False)),
    ],
)
def test_kinds_of_mailboxes(text: str, kinds: tuple[bool, bool, bool]) -> None:
    assert clean_email(text)[3:6] == kinds


def test_the_registrable_domain_is_what_somebody_registered() -> None:
    assert clean_email("ann@mail.acme.co.uk")[1:3] == ("mail.acme.co.uk", "acme.co.uk")


def test_the_plan_may_add_and_remove_domains() -> None:
    usual = default_lists()
    lists = EmailLists(free=(usual.free | {"acme.com"}) - {"gmail.com"}, disposable=usual.disposable)
    assert clean_email("ann@acme.com", lists).is_free is True
    assert clean_email("ann@gmail.com", lists).is_free is False


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.b+crm@gmail.com", "ab@googlemail.com"), ("Ann@Acme.com", "ann+x@acme.com"), ("ann@acme.com", "ann@ACME.COM")],
)
def test_one_mailbox_has_one_key(one: str, other: str) -> None:
    assert clean_email(one).match_key == clean_email(other).match_key
