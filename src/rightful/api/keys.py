"""API keys: made, listed, rotated, revoked; and checked on every request.

A key is `rightful_<identifier>_<secret>`. The secret has 256 random bits, so a salted SHA-256 of it cannot be searched for, and is
checked in microseconds; a slow hash would protect guessable passwords, which these are not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from rightful.api.roles import SCOPES, Principal, Role, Scope
from rightful.errors import LedgerError, Mistake, Place, near_miss
from rightful.ledger import Ledger
from rightful.ledger.desk_tables import api_keys
from rightful.ledger.shapes import instant_of

__all__ = ["ApiKey", "KeyState", "Keyring", "Wanted", "create_key", "list_keys", "revoke_key", "rotate_key"]

_FRESH_MICROS = 1_000_000
"""How long what was read of the keys is taken as true: a key that is revoked elsewhere dies within this time."""
_TEXT = re.compile(r"rightful_(?P<key_id>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{43})", re.ASCII)

KeyState = Literal["active", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a key is made for.

    Attributes:
        name: What people call it, such as the system that uses it; no secret.
        role: Its role.
        scopes: To which of the role's scopes it is narrowed; empty for all.
        rep_ids: The reps it speaks for; needed for the role rep, and for no other.
        expires_at: When it ends, in microseconds since 1970 UTC; None for never.
    """

    name: str
    role: Role
    scopes: tuple[Scope, ...] = ()
    rep_ids: tuple[str, ...] = ()
    expires_at: int | None = None

    @property
    def words(self) -> str:
        """Write scopes and reps as they are stored."""
        return " ".join([*self.scopes, *(f"rep:{rep_id}" for rep_id in self.rep_ids)])


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; the secret is not. Instants are microseconds since 1970 UTC."""

    key_id: str
    digest: str
    salt: str
    name: str
    role: Role
    scopes: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None

    def state(self, now: int) -> KeyState:
        """Tell whether it is in force."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"

    @property
    def principal(self) -> Principal:
        """Give who calls with it."""
        return Principal.of(self.key_id, self.role, self.scopes.split())

    def is_of(self, secret: str) -> bool:
        """Tell whether a secret is its own; takes the same time for every wrong one."""
        return hmac.compare_digest(_digest(secret, self.salt), self.digest)


def create_key(ledger: Ledger, wanted: Wanted, *, at: int, actor: str) -> str:
    """Make a key and give its text, which is kept nowhere.

    Args:
        ledger: Where it is kept, as a salted digest.
        wanted: What it is for.
        at: When, in microseconds since 1970 UTC.
        actor: Who makes it.

    Raises:
        LedgerError: A scope is not of the role, or the role needs a rep, or has no use for one.
    """
    _refuse_wrong(wanted)
    key_id, text, row = _made(wanted, at)
    with ledger.write("key", at=instant_of(at), actor=actor) as entry:
        entry.execute(sa.insert(api_keys).values(row))
        entry.note(**{f"key:{key_id}": "created"})
    return text


def revoke_key(ledger: Ledger, key_id: str, *, at: int, actor: str) -> None:
    """End a key now.

    Raises:
        LedgerError: There is none of this identifier.
    """
    _found(ledger, key_id)
    with ledger.write("key", at=instant_of(at), actor=actor) as entry:
        entry.execute(_change(key_id, revoked_at=at))
        entry.note(**{f"key:{key_id}": "revoked"})


def rotate_key(ledger: Ledger, key_id: str, *, at: int, overlap_micros: int, actor: str) -> str:
    """Make a key with the name, role and scopes of another, which lasts a while longer; give the new one's text.

    A key with an end keeps its span of life.

    Raises:
        LedgerError: There is none of this identifier, or it is revoked or expired.
    """
    old = _found(ledger, key_id)
    if old.state(at) != "active":
        raise LedgerError(
            Mistake(Place(ledger.store.name), f"the key {key_id} is {old.state(at)}", remedy="make another")
        )
    words = old.scopes.split()
    wanted = Wanted(
        old.name,
        old.role,
        tuple(Scope(word) for word in words if not word.startswith("rep:")),
        tuple(word.removeprefix("rep:") for word in words if word.startswith("rep:")),
        None if old.expires_at is None else at + old.expires_at - old.created_at,
    )
    new_id, text, row = _made(wanted, at)
    ends = at + overlap_micros
    with ledger.write("key", at=instant_of(at), actor=actor) as entry:
        entry.execute(sa.insert(api_keys).values(row))
        entry.execute(_change(key_id, expires_at=ends if old.expires_at is None else min(ends, old.expires_at)))
        entry.note(**{f"key:{new_id}": "created", f"key:{key_id}": "rotated"})
    return text


def list_keys(ledger: Ledger) -> tuple[ApiKey, ...]:
    """Give all keys that were ever made, the oldest first."""
    query = sa.select(api_keys).order_by(api_keys.c.created_at, api_keys.c.key_id)
    with ledger.store.reading() as connection:
        return tuple(_api_key(row) for row in connection.execute(query))


class Keyring:
    """The keys as a server needs them: read again when older than a second, and checked without the database.

    Args:
        ledger: Where they are kept.
        clock: Gives the moment, in microseconds since 1970 UTC.
    """

    def __init__(self, ledger: Ledger, clock: Callable[[], int]) -> None:
        self._ledger, self._clock = ledger, clock
        self._keys: Mapping[str, ApiKey] = {}
        self._read_at: int | None = None
        self._lock = threading.Lock()
        self._own: dict[str, ApiKey] = {}

    def issue(self, wanted: Wanted) -> str:
        """Make a key that is kept in this process alone, and ends with it."""
        key_id, text, row = _made(wanted, self._clock())
        self._own[key_id] = ApiKey(**{**row, "role": wanted.role})
        return text

    def is_fresh(self) -> bool:
        """Tell whether what was read is still taken as true, so that ``check`` does not read."""
        return self._read_at is not None and 0 <= self._clock() - self._read_at < _FRESH_MICROS

    def refresh(self) -> None:
        """Read the keys, where what was read is not fresh."""
        with self._lock:
            if not self.is_fresh():
                self._keys = {key.key_id: key for key in list_keys(self._ledger)}
                self._read_at = self._clock()

    def check(self, text: str) -> Principal | None:
        """Give who calls with a key; None for one that is unknown, wrong, expired or revoked. ``refresh`` before."""
        parts = _TEXT.fullmatch(text)
        if parts is None:
            return None
        key = self._own.get(parts["key_id"]) or self._keys.get(parts["key_id"])
        if key is None or not key.is_of(parts["secret"]) or key.state(self._clock()) != "active":
            return None
        return key.principal


def _refuse_wrong(wanted: Wanted) -> None:
    allowed = ", ".join(sorted(SCOPES[wanted.role]))
    mistakes = [
        Mistake(
            None,
            f"a {wanted.role} has no scope {scope.value!r}",
            allowed,
            near_miss(scope, sorted(SCOPES[wanted.role])),
        )
        for scope in wanted.scopes
        if scope not in SCOPES[wanted.role]
    ]
    if wanted.role is Role.REP and not wanted.rep_ids:
        mistakes.append(Mistake(None, "a key of role rep speaks for nobody", remedy="say for whom: `--rep R1`"))
    if wanted.role is not Role.REP and wanted.rep_ids:
        mistakes.append(Mistake(None, f"a key of role {wanted.role} speaks for no rep", remedy="leave out `--rep`"))
    wrong = [rep_id for rep_id in wanted.rep_ids if not rep_id or any(letter.isspace() for letter in rep_id)]
    mistakes += [Mistake(None, f"{rep_id!r} is no identifier of a rep", "text without blanks") for rep_id in wrong]
    if mistakes:
        raise LedgerError(mistakes)


def _made(wanted: Wanted, at: int) -> tuple[str, str, dict[str, Any]]:
    key_id, secret, salt = secrets.token_hex(6), secrets.token_urlsafe(32), secrets.token_hex(16)
    row = {
        "key_id": key_id,
        "digest": _digest(secret, salt),
        "salt": salt,
        "name": wanted.name,
        "role": wanted.role.value,
        "scopes": wanted.words,
        "created_at": at,
        "expires_at": wanted.expires_at,
        "revoked_at": None,
    }
    return key_id, f"rightful_{key_id}_{secret}", row


def _digest(secret: str, salt: str) -> str:
    return hashlib.sha256(f"{salt}\n{secret}".encode()).hexdigest()


def _change(key_id: str, **values: int) -> sa.Update:
    return sa.update(api_keys).where(api_keys.c.key_id == key_id).values(values)


def _found(ledger: Ledger, key_id: str) -> ApiKey:
    known = {key.key_id: key for key in list_keys(ledger)}
    if key_id not in known:
        names: Iterable[str] = list(known)
        problem, listed = f"there is no key {key_id!r}", ", ".join(names) or "none was made yet"
        raise LedgerError(Mistake(Place(ledger.store.name), problem, listed, near_miss(key_id, list(known))))
    return known[key_id]


def _api_key(row: sa.Row[Any]) -> ApiKey:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row by column
    return ApiKey(**{**values, "role": Role(values["role"])})
