"""Clean web addresses: the host, the registrable domain, and whether many organisations share it."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple

from rightful.stages.quality.data import read_words
from rightful.stages.quality.domains import ascii_host, read_domain

__all__ = ["REASONS", "SHARED_DOMAINS", "WebAddress", "clean_web_address"]

REASONS: dict[str, str] = {
    "host_taken": "Scheme, www and path were cut off the web address.",
    "address_repaired": "A mistyped web address was repaired, such as `www,acme,com` or `acme dot com`.",
    "first_of_several": "The field held several web addresses; the first valid one was taken.",
    "taken_from_email": "The field held an e-mail address; its domain was taken.",
    "ip_address": "The web address is an IP address, so it has no registrable domain.",
    "shared_host": "Many organisations share this domain, so it does not say which company it is.",
    "not_a_web_address": "The text is not a web address with a known public suffix.",
}

SHARED_DOMAINS: frozenset[str] = read_words("shared_domains.txt")

_PLAIN = re.compile(
    r"(?:https?://)?(?:www\.)*([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)/?",
    re.ASCII,
)
_SCHEME = re.compile(r"^(?:(?:h[tx]{1,4}ps{0,2}|ftp)\s*[:;]?\s*[/\\]{1,3}\s*|https?:(?=[^/]))+|^//+", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[(]\s*dot\s*[\])]\s*|\s+dot\s+|\s*[。．｡]\s*|\s+\.(?=\w)", re.IGNORECASE)
_SEPARATORS = re.compile(
    r"\s*[;|\n\t]\s*|\s*,\s+|\s+(?:or|and|und|et|oder|y|/|,|&)\s+|\s+(?=www\.|https?:)", re.IGNORECASE
)
_HOST_END = re.compile(r"[/\\?#\s]")
_WWW = re.compile(r"^(?:ww{1,3}w?\d?[.,]+)+(?=[^.,]+[.,])", re.IGNORECASE)
# Longer texts than any real address are not searched beyond this.
_MOST_LETTERS = 2048
_MOST_PARTS = 10


class WebAddress(NamedTuple):
    """A cleaned web address.

    Attributes:
        host: Host name in lower case without ``www.``, international names as ``xn--``; None when there is
            none.
        registrable_domain: What somebody registered, such as ``acme.co.uk``; of a hosting service the tenant,
            such as ``acme.github.io``; None for IP addresses and unknown suffixes.
        is_shared: True when the registrable domain is a network, marketplace, page builder or the like, so
            that it does not tell which company it is.
        is_tenant: True when the registrable domain is a tenant of a hosting service; it does tell which
            company it is.
        reason: A key of ``REASONS``; empty when nothing changed.
    """

    host: str | None
    registrable_domain: str | None
    is_shared: bool
    is_tenant: bool
    reason: str


_NOTHING = WebAddress(None, None, is_shared=False, is_tenant=False, reason="")
_INVALID = _NOTHING._replace(reason="not_a_web_address")


def clean_web_address(text: str | None, shared: frozenset[str] = SHARED_DOMAINS) -> WebAddress:
    """Read a web address as people type it into a CRM.

    Args:
        text: The field's text.
        shared: Registrable domains that many organisations share.

    Example:
        >>> clean_web_address("http://www.Acme.co.uk/about?x=1")[:2]
        ('acme.co.uk', 'acme.co.uk')
        >>> clean_web_address("acme dot com").reason
        'address_repaired'
    """
    if not text:
        return _NOTHING
    plain = _PLAIN.fullmatch(text.lower()) if len(text) < 254 else None
    if plain:
        host = plain[1]
        domain = read_domain(host)
        if domain.registrable and (plain[0] == host or not host.startswith("ww")):
            return _found(host, "" if text == host else "host_taken", shared)
    return _read_closely(text, shared)


def _found(host: str, reason: str, shared: frozenset[str]) -> WebAddress:
    domain = read_domain(host)
    if domain.registrable is None:
        is_bare_service = host in shared
        return (
            WebAddress(host, host, is_shared=True, is_tenant=False, reason="shared_host")
            if is_bare_service
            else _INVALID
        )
    is_shared = domain.registrable in shared or host in shared
    return WebAddress(host, domain.registrable, is_shared, domain.is_tenant, "shared_host" if is_shared else reason)


def _read_closely(text: str, shared: frozenset[str]) -> WebAddress:
    text = text[:_MOST_LETTERS].strip().strip("<>\"'`()[]{}")
    if not text:
        return _NOTHING
    parts = [part for part in _SEPARATORS.split(_DOT.sub(".", text), maxsplit=_MOST_PARTS) if part]
    for part in parts:
        found = _read_one(part, text, shared)
        if found.host is not None:
            return found._replace(reason="first_of_several") if len(parts) > 1 and not found.is_shared else found
    return _INVALID


def _read_one(part: str, whole: str, shared: frozenset[str]) -> WebAddress:
    rest = _SCHEME.sub("", part.strip())
    if rest.lower().startswith("mailto:"):
        rest = rest[7:]
    host = _HOST_END.split(rest, maxsplit=1)[0]
    host, is_email = _without_user(host)
    host = _without_port(host)
    address = _read_ip(host)
    if address:
        return _NOTHING._replace(host=address, reason="ip_address")
    repaired = _WWW.sub("", re.sub(r"[.,]+", ".", host).strip(".-:")) if "@" not in host else host
    name = ascii_host(repaired)
    if name is None:
        return _INVALID
    if is_email:
        return _found(name, "taken_from_email", shared)
    is_repaired = bool(_DOT.search(whole)) or "," in host or ".." in host
    reason = "address_repaired" if is_repaired else "" if name == whole else "host_taken"
    return _found(name, reason, shared)


def _without_user(host: str) -> tuple[str, bool]:
    user, at, name = host.rpartition("@")
    return (name, ":" not in user) if at else (host, False)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and (port.isdecimal() or not port) and ":" not in name else host


def _read_ip(host: str) -> str | None:
    bare = host.strip("[]")
    if not (bare[:1].isdecimal() or ":" in bare):
        return None
    try:
        return str(ip_address(bare))
    except ValueError:
        return None
