"""Read labels: records whose account people have told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rightful.connectors.locate import Located, open_source
from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import BookError, Mistake, Place, near_miss
from rightful.plan import Plan
from rightful.runs.run import Run

__all__ = ["NOBODY", "TABLES", "Label", "Labels", "read_labels", "survivors_of_run"]

TABLES: Mapping[str, str] = {"lead": "leads", "contact": "contacts"}
"""Tables of the objects that are matched."""
NOBODY = "none"
"""What stands in a label instead of an account: the record belongs to no account of the book."""

_COLUMNS = ("object", "record_id", "account_id")


@dataclass(frozen=True, slots=True)
class Label:
    """What people say of a record: the accounts that are right; none of them where it belongs to no account."""

    object: str
    record_id: str
    account_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Labels:
    """A file of labels, held against a run.

    Attributes:
        labels: Those whose record is in the run, each record once.
        unanswered: Rows without an answer.
        unknown: Rows whose record, or whose account, is not in the run.
    """

    labels: tuple[Label, ...]
    unanswered: int
    unknown: int


def read_labels(path: Path, plan: Plan, run: Run) -> Labels:
    """Read labels from CSV, Parquet, Excel or JSON lines.

    Columns: ``record_id``; ``account_id``: an account, several separated by semicolons where each would be right, ``none``
    where the record belongs to no account of the book, blank where nobody has answered; ``object``: ``lead`` (where the
    column is missing or blank) or ``contact``. Other columns are ignored, so a review file with its answers is one. Accounts
    that were merged stand for their survivors.

    Raises:
        BookError: The file cannot be read, lacks a column, or answers one record in two ways; all such places at once.
    """
    rows = _rows(path, plan)
    kept = {name: set(run.frame(table)[_key(name)].to_list()) for name, table in TABLES.items()}
    accounts = set(run.frame("accounts")["account_id"].to_list())
    survivors = survivors_of_run(run)
    labels: dict[tuple[str, str], Label] = {}
    mistakes: list[Mistake] = []
    unanswered = unknown = 0
    for line, (name, record_id, answer) in rows:
        place = Place(path.name, line)
        if name not in TABLES:
            mistakes.append(Mistake(place, f"object is {name!r}", ", ".join(TABLES), near_miss(name, tuple(TABLES))))
            continue
        if not answer:
            unanswered += 1
            continue
        named = frozenset() if answer == NOBODY else _accounts(answer, survivors)
        if record_id not in kept[name] or not named <= accounts:
            unknown += 1
            continue
        label = Label(name, record_id, named)
        if labels.setdefault((name, record_id), label) != label:
            problem = f"{name} {record_id!r} has two answers"
            mistakes.append(Mistake(place, problem, remedy="keep the right one"))
    if mistakes:
        raise BookError(mistakes)
    if not labels:
        problem = f"no row labels a record of run {run.folder.name}"
        remedy = f"fill the column account_id: an account, or `{NOBODY}`"
        raise BookError(Mistake(Place(str(path)), problem, remedy=remedy))
    return Labels(tuple(labels.values()), unanswered, unknown)


def _rows(path: Path, plan: Plan) -> list[tuple[int, tuple[str, str, str]]]:
    """Give line, object, record and answer of each row."""
    lead = OBJECT_OF_TABLE["leads"]
    source = open_source(Located(lead, None, path, path.name, Place(str(path))), plan)
    headers = [header.casefold().strip() for header in source.headers]
    missing = [name for name in _COLUMNS[1:] if name not in headers]
    if missing:
        problem = f"lacks the column {' and '.join(missing)}"
        raise BookError(Mistake(Place(str(path)), problem, ", ".join(_COLUMNS), near_miss(missing[0], tuple(headers))))
    positions = [headers.index(name) if name in headers else None for name in _COLUMNS]
    extract = source.read([position for position in positions if position is not None])
    if extract.unreadable:
        raise BookError(Mistake(Place(path.name, each.source_line), each.detail) for each in extract.unreadable)
    columns = [
        [""] * len(extract.lines) if position is None else extract.columns[position].to_pylist()
        for position in positions
    ]
    cells = zip(*([(value or "").strip() for value in column] for column in columns), strict=True)
    return [
        (line, (name.casefold() or "lead", record_id, answer))
        for line, (name, record_id, answer) in zip(extract.lines.tolist(), cells, strict=True)
        if record_id
    ]


def _accounts(answer: str, survivors: Mapping[str, str]) -> frozenset[str]:
    named = (account_id.strip() for account_id in answer.split(";"))
    return frozenset(survivors.get(account_id, account_id) for account_id in named if account_id)


def survivors_of_run(run: Run) -> dict[str, str]:
    """Give the survivor of each account that a run merged."""
    return {row["record_id"]: row["survivor_id"] for row in run.rows_of("merges", object="account")}


def _key(name: str) -> str:
    return OBJECT_OF_TABLE[TABLES[name]].key
