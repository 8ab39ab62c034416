"""Read a file of events; what is none is set aside with its line and the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rightful.connectors.columns import ColumnMapping, map_columns
from rightful.connectors.deliver import Part, deliver
from rightful.connectors.extract import Extract, Source
from rightful.connectors.locate import Located, open_source
from rightful.connectors.quarantine import Quarantined, Reason, quarantine_table
from rightful.connectors.text import instants_text
from rightful.crm import OBJECT_OF_TABLE, raw
from rightful.errors import BookError, Mistake, Place, near_miss
from rightful.plan import Plan
from rightful.runs.replay.events import (
    COLUMNS,
    INSTANT,
    KINDS,
    NEVER,
    Absent,
    Change,
    Closed,
    Events,
    Holds,
    Moments,
    NewPlan,
    in_order,
)
from rightful.stages.routing.hours import instant, moment_of

__all__ = ["read_events"]

LEAD = OBJECT_OF_TABLE["leads"]
_EARLIEST, _LATEST = 0, moment_of(datetime(2100, 1, 1, tzinfo=UTC))
_NEEDED = ("kind", "at")


def read_events(path: Path, plan: Plan, reps: frozenset[str]) -> Events:
    """Read a file of events: CSV, Parquet, Excel or JSON lines, with the columns of ``COLUMNS`` and those of leads.

    Args:
        path: The file.
        plan: Its time zone is that of times without one.
        reps: Every rep of the book; what concerns others goes to quarantine.

    Raises:
        BookError: The file cannot be read, lacks a column that it needs, or holds no event.
    """
    source = open_source(Located(LEAD, None, path, path.name, Place(str(path))), plan)
    own, mapping = _columns_of(source)
    extract = source.read(tuple(dict.fromkeys([*own.values(), *mapping.positions])))
    rows = _Rows(source.name, extract, own, mapping, ZoneInfo(plan.general.time_zone), reps)
    events = rows.events(tuple(source.warnings), _digest(path))
    if not events.rows - events.quarantine.num_rows:
        example = f", such as {events.quarantine['detail'][0].as_py()}" if events.quarantine.num_rows else ""
        problem = f"none of its {events.rows:,} rows is an event that can be replayed{example}"
        raise BookError(Mistake(Place(str(path)), problem, f"rows whose kind is one of {', '.join(KINDS)}"))
    return events


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns_of(source: Source) -> tuple[dict[str, int], ColumnMapping]:
    """Find the events' own columns, and those of leads among the others."""
    headers = [header.casefold() for header in source.headers]
    own = {name: headers.index(name) for name in COLUMNS if name in headers}
    named = [header for header in source.headers if header]
    mistakes = [
        Mistake(Place(source.name), f"no column {name!r}", COLUMNS[name], near_miss(name, named))
        for name in _NEEDED
        if name not in own
    ]
    others = ["" if at in own.values() else header for at, header in enumerate(source.headers)]
    mapping, found = map_columns(others, LEAD, None, source.name)
    if mapping.key is None and not any(header in ("lead_id", "id") for header in headers):
        mistakes.append(Mistake(Place(source.name), "no column 'lead_id'", "the key of each lead"))
    elif not mistakes:
        mistakes += [each for each in found if each.severity == "error"]
    if mistakes:
        raise BookError(mistakes)
    # A lead of events is created when it arrives, whatever another column says.
    fields = {name: at for name, at in mapping.fields.items() if name != "created_at"}
    return own, replace(mapping, fields=fields)


class _Rows:
    """The rows of a file on their way into events: what cannot be one is set aside."""

    def __init__(
        self,
        name: str,
        extract: Extract,
        own: Mapping[str, int],
        mapping: ColumnMapping,
        zone: ZoneInfo,
        reps: frozenset[str],
    ) -> None:
        self._name, self._extract, self._mapping = name, extract, mapping
        self._zone, self._reps = zone, reps
        self._own = {column: _stripped(extract.columns[at]) for column, at in own.items()}
        self._size = len(extract.lines)
        self._aside: list[Quarantined] = []

    def events(self, warnings: tuple[Mistake, ...], digest: str) -> Events:
        """Make the events of all rows."""
        kinds = [(kind or "").casefold() for kind in self._column("kind")]
        moments = [self._when("at", row) for row in range(self._size)]
        arrivals = [row for row, kind in enumerate(kinds) if kind == "lead" and moments[row] is not None]
        responded = self._responses(arrivals, moments)
        arrivals = [row for row in arrivals if row in responded or not self._value("first_response_at", row)]
        leads, rows, duplicates = self._leads(arrivals)
        at = np.array([moments[row] for row in rows], np.int64)
        order = _order(at, leads[LEAD.key])
        leads, rows, at = leads.take(pa.array(order)), rows[order], at[order]
        leads = leads.set_column(
            leads.schema.get_field_index(raw("created_at")),
            raw("created_at"),
            instants_text(pa.chunked_array([pa.array(at, INSTANT)])),
        )
        arrived = dict(zip(leads[LEAD.key].to_pylist(), at.tolist(), strict=True))
        changes = [each for row, kind in enumerate(kinds) for each in self._change(kind, row, moments[row], arrived)]
        aside = [*self._extract.unreadable, *self._aside, *duplicates]
        aside.sort(key=lambda each: each.source_line)
        return Events(
            leads=leads,
            moments=at,
            actual=pa.chunked_array([self._column("actual_rep_id")], pa.string()).take(pa.array(rows)),
            responded=np.array([responded.get(row, NEVER) for row in rows.tolist()], np.int64),
            changes=in_order(changes),
            quarantine=quarantine_table(("event", each) for each in aside),
            rows=self._size + len(self._extract.unreadable),
            digest=digest,
            warnings=warnings,
        )

    def _column(self, name: str) -> Sequence[str | None]:
        return self._own.get(name) or [None] * self._size

    def _value(self, name: str, row: int) -> str | None:
        column = self._own.get(name)
        return column[row] if column else None

    def _set_aside(self, row: int, reason: Reason, detail: str) -> None:
        line, text = int(self._extract.lines[row]), self._extract.row_text(row)
        self._aside.append(Quarantined(self._name, line, reason, detail, text))

    def _when(self, name: str, row: int) -> int | None:
        """Read a time; what is none sets the row aside, a blank one only where the event needs it."""
        text = self._value(name, row)
        if text is None:
            if name in _NEEDED:
                self._set_aside(row, Reason.MISSING_VALUE, f"{name} is blank")
            return None
        try:
            stated = datetime.fromisoformat(text)
            moment = moment_of(stated if stated.tzinfo else stated.replace(tzinfo=self._zone))
        except (ValueError, OverflowError):
            moment = NEVER
        if _EARLIEST <= moment < _LATEST:
            return moment
        allowed = "ISO 8601 such as 2026-03-02T09:15:00+01:00, from 1970 to 2099"
        self._set_aside(row, Reason.UNREADABLE_VALUE, f"{name} {text!r} is no time: {allowed}")
        return None

    def _responses(self, arrivals: Iterable[int], moments: Sequence[int | None]) -> dict[int, int]:
        """Give the moment of the first answer by row, where it is known."""
        found: dict[int, int] = {}
        for row in arrivals if "first_response_at" in self._own else ():
            responded, arrived = self._when("first_response_at", row), moments[row]
            if responded is None or arrived is None:
                continue
            if responded < arrived:
                self._set_aside(row, Reason.UNREADABLE_VALUE, "first_response_at lies before at")
                continue
            found[row] = responded
        return found

    def _leads(self, arrivals: Sequence[int]) -> tuple[pa.Table, Moments, tuple[Quarantined, ...]]:
        """Deliver the rows of leads; give the row of each, and those whose key is blank or there already."""
        rows = np.array(arrivals, np.int64)
        columns = {at: self._extract.columns[at].take(pa.array(rows)) for at in self._mapping.positions}
        lines = self._extract.lines[rows]
        part = Extract(columns, lines, lambda row: self._extract.row_text(int(rows[row])))
        delivery = deliver(LEAD, [Part(self._name, self._mapping, part)])
        kept = np.searchsorted(lines, delivery.table["source_line"].to_numpy())
        return delivery.table, rows[kept], delivery.quarantined

    def _change(self, kind: str, row: int, moment: int | None, arrived: Mapping[str, int]) -> Iterator[Change]:
        if moment is None or kind == "lead":
            return
        line = int(self._extract.lines[row])
        made: Change | None = None
        if kind == "plan":
            folder = self._needed("plan", row)
            made = NewPlan(moment, line, Path(folder)) if folder else None
        elif kind == "closed":
            made = self._closed(row, moment, line, arrived)
        elif kind in ("absence", "capacity"):
            made = self._of_rep(kind, row, moment, line)
        else:
            stated = self._value("kind", row)
            hint = near_miss(stated, KINDS) if stated else ""
            detail = f"kind {stated!r} is none of {', '.join(KINDS)}{f'; {hint}' if hint else ''}"
            self._set_aside(row, Reason.UNKNOWN_KIND, detail)
        if made:
            yield made

    def _needed(self, name: str, row: int) -> str | None:
        value = self._value(name, row)
        if not value:
            self._set_aside(row, Reason.MISSING_VALUE, f"{name} is blank")
        return value

    def _closed(self, row: int, moment: int, line: int, arrived: Mapping[str, int]) -> Closed | None:
        key = self._mapping.key
        lead_id = (self._extract.columns[key][row].as_py() or "").strip() if key is not None else ""
        if lead_id not in arrived:
            self._set_aside(row, Reason.UNKNOWN_RECORD, f"lead {lead_id!r} is closed, but never arrives")
        elif moment < arrived[lead_id]:
            self._set_aside(row, Reason.UNREADABLE_VALUE, f"lead {lead_id!r} is closed before it arrives")
        else:
            return Closed(moment, line, lead_id)
        return None

    def _of_rep(self, kind: str, row: int, moment: int, line: int) -> Change | None:
        rep_id = self._needed("rep_id", row)
        if not rep_id:
            return None
        if rep_id not in self._reps:
            self._set_aside(row, Reason.UNKNOWN_RECORD, f"the book has no rep {rep_id!r}")
            return None
        before = len(self._aside)
        made = self._absent(row, moment, line, rep_id) if kind == "absence" else self._holds(row, moment, line, rep_id)
        return made if len(self._aside) == before else None

    def _absent(self, row: int, moment: int, line: int, rep_id: str) -> Absent:
        starts, ends = self._when("starts_at", row), self._when("ends_at", row)
        starts = moment if starts is None else starts
        if ends is not None and ends <= starts:
            self._set_aside(row, Reason.UNREADABLE_VALUE, "ends_at does not lie after starts_at")
        return Absent(
            moment,
            line,
            rep_id,
            instant(starts),
            None if ends is None else instant(ends),
            self._value("cover_rep_id", row),
        )

    def _holds(self, row: int, moment: int, line: int, rep_id: str) -> Holds:
        text = self._value("capacity", row)
        try:
            capacity = float(text) if text else None
        except ValueError:
            capacity = NEVER
        if capacity is not None and not 0 <= capacity < float("inf"):
            self._set_aside(row, Reason.UNREADABLE_VALUE, f"capacity {text!r} is no number from 0 on")
        return Holds(moment, line, rep_id, capacity)


def _stripped(column: pa.ChunkedArray) -> list[str | None]:
    trimmed = pc.utf8_trim_whitespace(column)
    return list(pc.if_else(pc.equal(trimmed, ""), None, trimmed).to_pylist())


def _order(at: Moments, keys: pa.ChunkedArray) -> Moments:
    table = pa.table({"at": at, "key": keys})
    order: Moments = pc.sort_indices(table, sort_keys=[("at", "ascending"), ("key", "ascending")]).to_numpy()
    return order.astype(np.int64)
