"""Registrable domains, offline: which part of a host name somebody registered.

The public suffix list comes with tldextract, so the version of that package is the version of the list.
Private suffixes
count: ``acme.github.io`` and ``zeta.github.io`` are two tenants and not one domain.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import idna
from tldextract import TLDExtract

__all__ = ["Domain", "ascii_host", "read_domain"]

_SIMPLE = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.ASCII)
_extract = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class Domain(NamedTuple):
    """What the public suffix list says about a host.

    Attributes:
        registrable: The registrable domain, such as ``acme.co.uk``; None when the host is itself a suffix or
            has none.
        suffix: The public suffix, such as ``co.uk``; empty when unknown.
        is_tenant: True under a private suffix such as ``github.io``: the domain names a tenant of a hosting
            service.
    """

    registrable: str | None
    suffix: str
    is_tenant: bool


@lru_cache(maxsize=131_072)
def read_domain(host: str) -> Domain:
    """Find the registrable domain of a lower-case host name.

    Example:
        >>> read_domain("shop.acme.co.uk")
        Domain(registrable='acme.co.uk', suffix='co.uk', is_tenant=False)
    """
    listed = _by_list(host)
    if listed:
        return listed
    found = _extract.extract_str(host)
    if not found.suffix or not found.domain:
        return Domain(None, found.suffix, found.is_private)
    return Domain(f"{found.domain}.{found.suffix}", found.suffix, found.is_private)


class _Suffixes(NamedTuple):
    """The list, as sets: all suffixes, those of registries, and those below which every name is a suffix (``*.ck``)."""

    every: frozenset[str]
    public: frozenset[str]
    starred: frozenset[str]


@lru_cache(maxsize=1)
def _suffixes() -> _Suffixes:
    every = frozenset(_extract.tlds)
    starred = frozenset(suffix.removeprefix("*.") for suffix in every if suffix.startswith("*."))
    public = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False).tlds
    return _Suffixes(every, frozenset(public), starred)


def _by_list(host: str) -> Domain | None:
    """Find the longest suffix in the list itself; None where the list has more than names, so that the library must be asked."""
    every, public, starred = _suffixes()
    labels = host.split(".")
    if labels[-1] not in every or not _SIMPLE.fullmatch(host) or "xn--" in host:
        return None
    ends = [".".join(labels[place:]) for place in range(len(labels))]
    if not starred.isdisjoint(ends):
        return None
    place = next(place for place, end in enumerate(ends) if end in every)
    return Domain(ends[place - 1] if place else None, ends[place], ends[place] not in public)


def ascii_host(host: str) -> str | None:
    """Give a host name as DNS writes it: lower case, international labels as ``xn--``.

    Returns:
        The name; None when it cannot be one.

    Example:
        >>> ascii_host("Müller.de")
        'xn--mller-kva.de'
    """
    host = host.lower()
    if host.isascii() and "xn--" not in host:
        return host if _is_host(host) else None
    try:
        encoded = idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
    return encoded if _is_host(encoded) else None


def _is_host(host: str) -> bool:
    if not 3 < len(host) < 254:
        return False
    labels = host.split(".")
    return len(labels) > 1 and all(
        0 < len(label) < 64
        and label[0] != "-"
        and label[-1] != "-"
        and label.replace("-", "a").replace("_", "a").isalnum()
        for label in labels
    )
