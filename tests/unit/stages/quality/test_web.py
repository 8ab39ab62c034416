from __future__ import annotations

import pytest

from rightful.stages.quality.domains import ascii_host, read_domain
from rightful.stages.quality.web import clean_web_address


@pytest.mark.parametrize(
    ("written", "domain", "reason"),
    [
        ("acme.com", "acme.com", ""),
        ("http://www.Acme.co.uk/about?x=1", "acme.co.uk", "host_taken"),
        ("HTTPS//ACME.COM", "acme.com", "host_taken"),
        ("http:/acme.com", "acme.com", "host_taken"),
        ("htp://acme.com", "acme.com", "host_taken"),
        ("acme.com:8080", "acme.com", "host_taken"),
        ("shop.acme.com.au", "acme.com.au", ""),
        ("müller.de", "xn--mller-kva.de", "host_taken"),
        ("www,acme,com", "acme.com", "address_repaired"),
        ("acme dot com", "acme.com", "address_repaired"),
        ("acme.com, zeta.com", "acme.com", "first_of_several"),
        ("ann@acme.com", "acme.com", "taken_from_email"),
    ],
)
def test_the_registrable_domain_is_found(written: str, domain: str, reason: str) -> None:
    found = clean_web_address(written)
    assert (found.registrable_domain, found.reason) == (domain, reason)
    assert not found.is_shared


@pytest.mark.parametrize("host", ["acme.github.io", "acme.myshopify.com", "acme.blogspot.com", "acme.herokuapp.com"])
def test_tenants_of_hosts_are_domains_of_their_own(host: str) -> None:
    found = clean_web_address(f"https://{host}/index.html")
    assert (found.registrable_domain, found.is_tenant, found.is_shared) == (host, True, False)


@pytest.mark.parametrize(
    "text",
    [
        *("facebook.com/acme", "https://www.linkedin.com/company/acme", "sites.google.com/acme", "twitter.com"),
        *("github.io", "acme.wordpress.com", "youtube.com/@acme"),
    ],
)
def test_shared_hosts_name_no_company(text: str) -> None:
    found = clean_web_address(text)
    assert (found.is_shared, found.reason) == (True, "shared_host")


@pytest.mark.parametrize(
    "text", ["acme", "co.uk", "www.acme", "n/a", "http://", "acme.invalidtld", "not a site", "www."]
)
def test_what_is_no_address_gives_none(text: str) -> None:
    assert clean_web_address(text)[:2] == (None, None)
    assert clean_web_address(text).reason == "not_a_web_address"


def test_an_ip_address_has_no_registrable_domain() -> None:
    assert clean_web_address("http://192.168.1.1/x")[:2] == ("192.168.1.1", None)


@pytest.mark.parametrize(
    ("host", "registrable", "is_tenant"),
    [
        ("acme.co.uk", "acme.co.uk", False),
        ("a.b.acme.com.br", "acme.com.br", False),
        ("acme.github.io", "acme.github.io", True),
        ("github.io", None, True),
        ("localhost", None, False),
    ],
)
def test_the_public_suffix_list(host: str, registrable: str | None, is_tenant: bool) -> None:  # noqa: FBT001 - a table's column
    found = read_domain(host)
    assert (found.registrable, found.is_tenant) == (registrable, is_tenant)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Müller.de", "xn--mller-kva.de"),
        ("ACME.com", "acme.com"),
        ("-a.com", None),
        ("a..com", None),
        ("acme", None),
        ("x" * 300, None),
    ],
)
def test_hosts_as_dns_writes_them(host: str, name: str | None) -> None:
    assert ascii_host(host) == name
