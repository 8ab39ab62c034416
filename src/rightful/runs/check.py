"""Check a plan together with its book: what a run would stumble over, and what it would silently do without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from rightful.connectors import SourceBook, check_sources, read_book
from rightful.crm import OBJECT_OF_TABLE, Kind, raw
from rightful.errors import BookError, Mistake, Place, PlanError, RunError, near_miss
from rightful.plan import Plan, load_plan, plan_from
from rightful.plan.section import place_of
from rightful.runs.matches.gate import GateFound, pass_gate
from rightful.runs.named_records import unknown_records
from rightful.runs.proof import Proof, prove
from rightful.runs.proof.prove import newest_run
from rightful.stages.quality.settings import settings_for
from rightful.stages.quality.stage import clean_chunk
from rightful.stages.routing import check_routing
from rightful.stages.routing.context import members_of

__all__ = ["Checked", "check", "check_folder"]

_SOURCES = "sources.yaml"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        mistakes: Errors and warnings.
        rows: Rows that a run would read, by table that has any.
        quarantined: Rows that it would set aside.
        proof: What a proof of the plan found, see ``rightful prove``; None where the plan has errors.
        gate: What matches are worth by the plan's labels; None where the plan has no gate, or errors.
    """

    mistakes: tuple[Mistake, ...]
    rows: dict[str, int]
    quarantined: int
    proof: Proof | None = None
    gate: GateFound | None = None

    @property
    def errors(self) -> int:
        """How many mistakes stop a run."""
        return sum(mistake.severity == "error" for mistake in self.mistakes)


def check_folder(folder: Path) -> tuple[Plan | None, Checked]:
    """Check the plan in a folder and its book: the book is checked as well where the plan has mistakes.

    Returns:
        The plan, None where it has errors; and what was found.
    """
    try:
        plan = load_plan(folder)
    except PlanError as error:
        return None, Checked((*error.mistakes, *_of_book_alone(folder, error)), {}, 0)
    return plan, replace(check(plan), proof=_proof(plan), gate=pass_gate(plan))


def _proof(plan: Plan) -> Proof:
    """Prove the plan, with the accounts of its newest run where that can be read."""
    try:
        return prove(plan, newest_run(plan.folder))
    except RunError:
        return prove(plan)


def _of_book_alone(folder: Path, error: PlanError) -> tuple[Mistake, ...]:
    """Check the book of a plan with mistakes elsewhere; without its sources nobody can say where the book is."""
    if not folder.is_dir() or any(mistake.place and mistake.place.file == _SOURCES for mistake in error.mistakes):
        return ()
    stated = folder / _SOURCES
    texts = {_SOURCES: stated.read_text("utf-8-sig")} if stated.is_file() else {}
    checked = check(plan_from(texts, folder))
    return tuple(each for each in checked.mistakes if each.place or each.severity == "error")


def check(plan: Plan) -> Checked:
    """Check a loaded plan and its book.

    Errors stop a run: files and columns that are missing, files that cannot be read. Warnings do not: rows for the
    quarantine, columns that are not mapped, ids that point nowhere, reps, pools and territories that do not meet.
    """
    sources = tuple(check_sources(plan))
    try:
        book = read_book(plan)
    except BookError as error:
        return Checked(tuple(dict.fromkeys((*sources, *error.mistakes))), {}, 0)
    reps = _reps(plan, book)
    found = (
        *(*sources, *book.warnings, *_empty(book), *_quarantine(book), *_references(book)),
        *unknown_records(plan, _keys(book)),
        *(*_people(plan, reps), *check_routing(plan, reps)),
    )
    rows = {table: count for table, count in book.rows_read.items() if count}
    return Checked(tuple(dict.fromkeys(found)), rows, book.quarantine.num_rows)


def _keys(book: SourceBook) -> dict[str, frozenset[str]]:
    return {table: frozenset(rows[OBJECT_OF_TABLE[table].key].to_pylist()) for table, rows in book.tables.items()}


def _reps(plan: Plan, book: SourceBook) -> list[dict[str, Any]]:
    """Give the reps as the quality stage cleans them, with their places."""
    rows = book.tables["reps"]
    cleaned = clean_chunk(rows, settings_for("reps", plan, {})).to_pylist()
    places = rows.select(["source_file", "source_line"]).to_pylist()
    return [rep | place for rep, place in zip(cleaned, places, strict=True)]


def _warning(place: Place | None, problem: str, allowed: str = "", remedy: str = "") -> Mistake:
    return Mistake(place, problem, allowed, remedy, "warning")


def _empty(book: SourceBook) -> Iterator[Mistake]:
    if not any(book.rows_read.values()):
        yield _warning(
            None, "the book is empty: no table has a row", remedy="put files such as accounts.csv into book/"
        )


def _quarantine(book: SourceBook) -> Iterator[Mistake]:
    for row in book.quarantine.slice(0, 50).to_pylist():
        place = Place(row["source_file"], row["source_line"])
        yield _warning(
            place, f"{row['object']} row for the quarantine: {row['detail']}", remedy="mend the row, or accept its loss"
        )
    more = book.quarantine.num_rows - 50
    if more > 0:
        yield _warning(
            None, f"{more} more rows are for the quarantine", remedy="a run lists them all in quarantine.csv"
        )


def _references(book: SourceBook) -> Iterator[Mistake]:
    """Find ids that point nowhere, one warning per field with an example."""
    for table, rows in book.tables.items():
        for field in OBJECT_OF_TABLE[table].source_fields:
            if field.kind is not Kind.REFERENCE or rows.num_rows == 0:
                continue
            target = OBJECT_OF_TABLE[field.refers_to]
            ids = pc.utf8_trim_whitespace(rows[raw(field.name)])
            known = pc.is_in(ids, value_set=book.tables[field.refers_to][target.key])
            lost = pc.and_(pc.and_(pc.is_valid(ids), pc.not_equal(ids, "")), pc.invert(known))
            count = pc.sum(lost).as_py() or 0
            if count:
                first = pc.index(lost, value=True).as_py()
                place = Place(rows["source_file"][first].as_py() or table, rows["source_line"][first].as_py())
                more = f", so do {count - 1} more" if count > 1 else ""
                problem = f"{field.name} {ids[first].as_py()!r} points nowhere{more}"
                yield _warning(
                    place, problem, f"a key of {target.table}", "the reference is left blank; mend the source"
                )


def _people(plan: Plan, reps: Sequence[Mapping[str, Any]]) -> Iterator[Mistake]:
    """Find reps and territories that do not meet."""
    known = [str(rep["rep_id"]) for rep in reps]
    section = plan.assignment
    named: list[tuple[str, Place]] = [
        (row.rep_id, place_of(row.rep_id, "assignment.yaml")) for row in section.coverage if row.rep_id
    ]
    named += [(pin.rep_id, place_of(pin.rep_id, "assignment.yaml")) for pin in section.pins]
    others = [row.covers for row in section.coverage if row.covers not in ("", "vacancy")]
    others += [section.fallback_rep_id] if section.fallback_rep_id else []
    named_only = [(rep_id, place_of(rep_id, "assignment.yaml")) for rep_id in others]
    for rep_id, place in dict.fromkeys((*named, *named_only)):
        if rep_id not in known:
            yield _warning(place, f"no rep {str(rep_id)!r} in the book", "a key of reps", near_miss(rep_id, known))
    yield from _uncovered(plan, frozenset(str(rep["rep_id"]) for rep in reps if rep.get("is_active") is not False))
    if section.coverage:
        used = {rep_id for rep_id, _ in named}.union(*(members_of(pool, reps, plan) for pool in plan.routing.pools))
        yield from _idle([rep_id for rep_id in known if rep_id not in used])


def _uncovered(plan: Plan, active: frozenset[str]) -> Iterator[Mistake]:
    """Find territories that accounts can get and nobody active covers, whatever the dates of coverage."""
    section = plan.assignment
    reps_of: dict[str, list[str]] = {}
    for row in section.coverage:
        if row.rep_id:
            reps_of.setdefault(row.territory, []).append(row.rep_id)
    parents = {str(each.parent) for each in section.territories}
    optional = {rule.territory for layer in section.layers if not layer.is_required for rule in layer.rules}
    ruled = [rule.territory for layer in section.layers for rule in layer.rules if rule.kind != "exclude"]
    caught = [layer.catch_all for layer in section.layers if layer.catch_all]
    for territory in dict.fromkeys([*ruled, *caught, *(row.territory for row in section.named_accounts)]):
        reps = reps_of.get(territory, [])
        if territory in parents or not active.isdisjoint(reps):
            continue
        problem = f"territory {str(territory)!r} has no {'active ' if reps else ''}rep"
        who = f": {', '.join(dict.fromkeys(reps))}" if reps else ""
        otherwise = "get nobody from this layer" if territory in optional else "are exceptions"
        remedy = f"add one, or its accounts {otherwise}"
        yield _warning(place_of(territory, "assignment.yaml"), f"{problem}{who}", "a row in coverage", remedy)


def _idle(reps: Sequence[str]) -> Iterator[Mistake]:
    if not reps:
        return
    shown = ", ".join(reps[:10]) + (f" and {len(reps) - 10} more" if len(reps) > 10 else "")
    who = "1 rep is" if len(reps) == 1 else f"{len(reps)} reps are"
    yield _warning(
        None, f"{who} in no territory and in no pool: {shown}", remedy="add them to coverage, or leave it so"
    )
