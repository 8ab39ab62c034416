"""Verify a ledger against its own audit chain, write the chain for others to verify, and anchor its end elsewhere.

A chain shows every change within it, but not that its end was cut off: for that, position and hash of an entry have to be kept where
whoever can write the database cannot write. The anchor file is that; kept in git beside the plan, each commit of it is a witness.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import sqlalchemy as sa

from rightful.errors import LedgerError, Mistake, Place
from rightful.ledger.chain import signature
from rightful.ledger.digest import digest_of_rows, digests_by, joined_digest
from rightful.ledger.entry import STEP_CONTENT, Position, digest_of_change_set
from rightful.ledger.ledger import Ledger
from rightful.ledger.requests import unlike_requests
from rightful.ledger.schema import SEAT, entries, ownership, ownership_past, signatures
from rightful.ledger.shapes import HISTORY, OWNERSHIP, in_micros, instant_of
from rightful.ledger.verify_chain import canonical, problems_of

__all__ = ["Audit", "audit", "export_chain", "read_anchor", "write_anchor"]

_NO_ROWS = (0, hashlib.sha256().hexdigest())


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        position: The last entry.
        beliefs: Beliefs that were compared with the chain, those of the past included.
        problems: What is wrong, a sentence each; nothing for a ledger that nobody tampered with.
    """

    position: Position
    beliefs: int
    problems: tuple[str, ...]


def audit(ledger: Ledger, anchor: Position | None = None) -> Audit:
    """Compare everything in a ledger with its audit chain, and the chain with itself.

    Finds every entry that was changed, removed, inserted or moved; ownership, change sets, steps, approvals, signatures and what the
    desk was asked and answered that are not what an entry wrote; timelines with gaps or overlaps; and, given an anchor, that the end of
    the chain was removed.

    Args:
        ledger: The ledger.
        anchor: An entry that is known to have been written.
    """
    with ledger.store.reading() as connection:
        chain = connection.execute(sa.select(entries).order_by(entries.c.position)).all()
        signed = {row.position: row for row in connection.execute(sa.select(signatures))}
        now = ledger.store.select(connection, sa.select(*(ownership.c[name] for name in OWNERSHIP.names)), OWNERSHIP)
        past = ledger.store.select(connection, sa.select(*(ownership_past.c[name] for name in HISTORY.names)), HISTORY)
        contents = [_content_of(row) for row in chain]
        requests = list(unlike_requests(connection, contents))
    anchored = {"position": anchor.number, "hash": anchor.hash} if anchor and anchor.number else None
    problems = [
        *problems_of(_lines(chain), anchored),
        *_unlike_content(chain, contents),
        *_unlike_ownership(contents, chain, now, past),
        *_gaps(now),
        *_unlike_signatures(contents, signed),
        *_unlike_change_sets(ledger, contents),
        *requests,
    ]
    return Audit(_last(chain), now.num_rows + past.num_rows, tuple(problems))


def _lines(chain: Sequence[sa.Row[Any]]) -> Iterator[str]:
    """Write the chain as it is exported, an entry per line."""
    for row in chain:
        yield canonical({**_content_of(row), "hash": row.hash})


def _content_of(row: sa.Row[Any]) -> dict[str, Any]:
    """Read what an entry says; nothing where somebody wrote something else over it."""
    try:
        return dict(json.loads(row.content))
    except (ValueError, TypeError):
        return {}


def _unlike_content(chain: Sequence[sa.Row[Any]], contents: list[dict[str, Any]]) -> Iterator[str]:
    for row, content in zip(chain, contents, strict=True):
        if canonical(content) != row.content:
            yield f"entry {row.position} is not written as entries are"
        for name in ("position", "event", "change_set_id", "previous"):
            if content.get(name) != getattr(row, name):
                yield f"entry {row.position} has {getattr(row, name)!r} beside the {name} {content.get(name)!r} that is hashed"


def _unlike_ownership(
    contents: list[dict[str, Any]], chain: Sequence[sa.Row[Any]], now: pa.Table, past: pa.Table
) -> Iterator[str]:
    """Compare the beliefs that each entry began and ended with the digest that it left."""
    begun = digests_by(in_micros(pa.concat_tables([now, past.select(OWNERSHIP.names)])), "recorded_at")
    ended = digests_by(in_micros(past), "recorded_to")
    for content, row in zip(contents, chain, strict=True):
        (recorded, first), (superseded, second) = (
            begun.pop(row.recorded_at, _NO_ROWS),
            ended.pop(row.recorded_at, _NO_ROWS),
        )
        wrote = (content.get("rows_recorded"), content.get("rows_superseded"), content.get("rows_digest"))
        if (recorded, superseded, joined_digest(first, second)) != wrote:
            yield (
                f"ownership is not what entry {row.position} wrote: it began {wrote[0]} and ended {wrote[1]} beliefs;"
                f" {recorded} and {superseded} are there, or are not the same"
            )
    for instant in sorted({*begun, *ended}):
        yield f"ownership that was recorded at {instant_of(instant).isoformat()} is of no entry"


def _gaps(now: pa.Table) -> Iterator[str]:
    """Find seats whose timeline has a gap or an overlap, or does not last for ever."""
    frame = pl.DataFrame(now.select([*SEAT, "valid_from", "valid_to"])).sort(*SEAT, "valid_from")
    following = pl.col("valid_from").shift(-1).over(*SEAT)
    wrong = frame.filter(pl.col("valid_to").ne_missing(following)).unique(list(SEAT), maintain_order=True)
    for seat in wrong.select("object", "record_id", "role", "seat").iter_rows():
        yield f"the timeline of {seat[0]} {seat[1]} as {seat[2]} ({seat[3]}) has a gap or an overlap"


def _unlike_signatures(contents: list[dict[str, Any]], signed: Mapping[int, sa.Row[Any]]) -> Iterator[str]:
    """Compare the names that are still kept with the digests in the chain."""
    positions = {content.get("position"): content for content in contents}
    for position, row in signed.items():
        if position not in positions or positions[position].get("actor") != signature(row.actor, row.salt):
            yield f"the signature of entry {position} is not the one that was given"


def _unlike_change_sets(ledger: Ledger, contents: list[dict[str, Any]]) -> Iterator[str]:
    """Compare change sets, their steps and approvals with what entries say of them."""
    facts: dict[str, Any] = {}
    approved: set[tuple[str, int]] = set()
    for content in contents:
        facts |= content.get("facts", {})
        approved |= {
            (name.removeprefix("approved:"), content["position"])
            for name in content.get("facts", {})
            if name.startswith("approved:")
        }
    known = {each.change_set_id: each for each in ledger.change_sets()}
    for identifier, change_set in known.items():
        rows = ledger.steps(identifier)
        found = {
            f"state:{identifier}": str(change_set.state),
            f"change_set_digest:{identifier}": digest_of_change_set(change_set),
            f"steps:{identifier}": rows.num_rows,
            f"steps_digest:{identifier}": digest_of_rows(rows, STEP_CONTENT),
        }
        for name, value in found.items():
            if facts.get(name) != value:
                what = name.partition(":")[0].replace("_digest", "").replace("_", " ")
                yield f"the {what} of the change set {identifier} is not what was recorded"
    stated = {name.removeprefix("state:") for name in facts if name.startswith("state:")}
    yield from (f"the change set {identifier} was removed" for identifier in sorted(stated - set(known)))
    kept = {(identifier, each.position) for identifier in known for each in ledger.approvals(identifier)}
    for identifier, position in sorted(approved ^ kept):
        yield f"the approval of the change set {identifier} in entry {position} was removed or inserted"


def export_chain(ledger: Ledger, path: Path) -> Position:
    """Write the audit chain as JSON lines, which ``verify_chain.py`` reads; give its last entry."""
    with ledger.store.reading() as connection:
        chain = connection.execute(sa.select(entries).order_by(entries.c.position)).all()
    _replace(path, "".join(f"{line}\n" for line in _lines(chain)))
    return _last(chain)


def _last(chain: Sequence[sa.Row[Any]]) -> Position:
    if not chain:
        return Position(0, "", None)
    return Position(chain[-1].position, chain[-1].hash, instant_of(chain[-1].recorded_at))


def read_anchor(path: Path) -> Position:
    """Read an anchor file.

    Raises:
        LedgerError: It cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        return Position(int(content["position"]), str(content["hash"]), None)
    except (OSError, ValueError, KeyError, TypeError) as error:
        allowed = 'a file such as {"hash":"...","position":7}, which `rightful audit` writes'
        raise LedgerError(Mistake(Place(str(path)), "no anchor of an audit chain is here", allowed)) from error


def write_anchor(path: Path, position: Position) -> None:
    """Write an anchor file: the last entry of a chain that was found right."""
    _replace(path, canonical({"position": position.number, "hash": position.hash}) + "\n")


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    half = path.with_name(path.name + ".part")
    with half.open("w", encoding="ascii", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
