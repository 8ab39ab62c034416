"""Write the sample: a plan folder as a company would have it, with a book full of real-life disorder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rightful.errors import Mistake, Place, PlanError
from rightful.sample.book import BROKEN, Size, draw_book, write_book
from rightful.sample.history import write_history
from rightful.sample.plan_files import write_plan

__all__ = ["DEFAULT_AS_OF", "SampleSummary", "write_sample"]

DEFAULT_AS_OF = date(2026, 6, 30)
_LEAST = {"accounts": 200, "leads": 50, "reps": 15}
_MOST = {"accounts": 5_000_000, "leads": 5_000_000, "reps": 50_000}


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written.

    Attributes:
        folder: The plan folder.
        rows: Records of each table, without broken rows.
        broken_rows: Rows that belong in quarantine.
        duplicates: Records that repeat another one.
        leads_with_account: Leads whose company has an account.
        territories: Territories of the plan.
    """

    folder: Path
    rows: dict[str, int]
    broken_rows: int
    duplicates: int
    leads_with_account: int
    territories: int


def write_sample(
    folder: Path,
    *,
    accounts: int = 5000,
    leads: int = 2000,
    reps: int = 60,
    seed: int = 7,
    as_of: date = DEFAULT_AS_OF,
) -> SampleSummary:
    """Write a plan folder with a sample book.

    The same options give the same bytes.

    Args:
        folder: Where; made if it does not exist.
        accounts: Account records, the duplicates among them included.
        leads: Lead records, the duplicates among them included.
        reps: People in the sales team.
        seed: Another seed, another book.
        as_of: Today, in the sample: absences, tasks and activities lie around it.

    Raises:
        PlanError: The folder is not empty, or a number is too small or too large.
    """
    size = Size(accounts, leads, reps, seed, as_of)
    if mistakes := [*_wrong_numbers(size), *_taken(folder)]:
        raise PlanError(mistakes)
    book = draw_book(size)
    write_book(book, folder)
    write_history(folder, seed, as_of)
    territories = write_plan(book, folder, as_of)
    return SampleSummary(
        folder,
        {name: len(table) for name, table in book.tables.items()},
        sum(len(rows) for rows in BROKEN.values()),
        len(book.truth["duplicates"]),
        book.truth["lead_matches"]["account_id"].drop_nulls().len(),
        territories,
    )


def _wrong_numbers(size: Size) -> list[Mistake]:
    wrong = [
        Mistake(
            None, f"a sample with {getattr(size, name)} {name}", f"{least} to {_MOST[name]}", "choose another number"
        )
        for name, least in _LEAST.items()
        if not least <= getattr(size, name) <= _MOST[name]
    ]
    if size.seed < 0:
        wrong.append(Mistake(None, f"seed {size.seed}", "0 or more", "choose another number"))
    return wrong


def _taken(folder: Path) -> list[Mistake]:
    place = Place(str(folder))
    if folder.is_dir():
        found = next((each.name for each in sorted(folder.iterdir())), None)
        problem = f"the folder is not empty: it holds {found!r}"
        return [Mistake(place, problem, "a new or an empty folder", "choose another name")] if found else []
    return (
        [Mistake(place, "a file has this name", "a new or an empty folder", "choose another name")]
        if folder.exists()
        else []
    )
