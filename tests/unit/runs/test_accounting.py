from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw
import pyarrow as pa
import pytest

from rightful.crm import OBJECTS
from rightful.engines import DuckDBEngine
from rightful.errors import RunError
from rightful.runs.accounting import RowCount, check_balance, check_columns, check_placed
from rightful.stages.columns import schema_of
from rightful.stages.exceptions import EXCEPTIONS
from rightful.stages.stage import Book, Stage, StageResult

BookOf = Callable[..., Book]
ACCOUNTS = [{"account_id": "A1"}, {"account_id": "A2"}]


def idle(*_: Any) -> StageResult:
    return StageResult()


HIERARCHY = Stage("hierarchy", "Building families", idle)
SCHEMA = schema_of(next(each for each in OBJECTS if each.table == "accounts"), "hierarchy")


def families(*keys: str, schema: pa.Schema = SCHEMA) -> pa.Table:
    return pa.Table.from_pylist([{"account_id": key} for key in keys], schema)


def told(added: pa.Table | None, book_of: BookOf, engine: DuckDBEngine) -> str:
    """Give what the check says of a hierarchy stage that adds this; empty when it has nothing to say."""
    book = book_of(engine, accounts=ACCOUNTS)
    result = StageResult({} if added is None else {"accounts": engine.bring(added)})
    try:
        check_columns(HIERARCHY, result, book.tables, engine)
    except RunError as error:
        return str(error)
    return ""


def test_a_stage_that_keeps_the_contract_passes(book_of: BookOf, engine: DuckDBEngine) -> None:
    assert told(families("A1", "A2"), book_of, engine) == ""
    assert told(families("A2", "A1"), book_of, engine) == ""


@pytest.mark.parametrize(
    ("added", "says"),
    [
        (families("A1"), "hierarchy/accounts: 1 rows for a table of 2. Allowed: exactly one row per record."),
        (families("A1", "A2", "A9"), "hierarchy/accounts: 1 rows of records that are not in the book."),
        (families("A1", "A2", "A2"), "hierarchy/accounts: 3 rows for 2 records."),
        (families("A1", "A1"), "hierarchy/accounts: 2 rows for 1 records."),
        (families("A1", "A9"), "hierarchy/accounts: 1 rows of records that are not in the book."),
        (families(), "hierarchy/accounts: 0 rows for a table of 2."),
        (None, "hierarchy/accounts: nothing was added, not parent_id"),
    ],
    ids=["loses", "invents", "repeats", "swaps", "replaces", "forgets all", "adds nothing"],
)
def test_a_stage_that_breaks_rows_is_refused(
    added: pa.Table | None, says: str, book_of: BookOf, engine: DuckDBEngine
) -> None:
    message = told(added, book_of, engine)
    assert says in message
    assert message.endswith("Report this as a fault of Rightful; no result was written.")


def test_a_stage_that_breaks_columns_is_refused(book_of: BookOf, engine: DuckDBEngine) -> None:
    renamed = families("A1", "A2").rename_columns(["account_id", "father_id", *SCHEMA.names[2:]])
    message = told(renamed, book_of, engine)
    assert f"column {SCHEMA.names[1]} is missing, not string" in message
    assert "column father_id is not in the contract" in message
    place = SCHEMA.get_field_index("family_size")
    wrong_type = families("A1", "A2", schema=SCHEMA.set(place, pa.field("family_size", pa.string())))
    assert "hierarchy/accounts: column family_size is string, not double." in told(wrong_type, book_of, engine)


@pytest.mark.parametrize(
    ("count", "is_balanced"),
    [
        (RowCount("accounts", read=10, quarantined=1, merged=2, kept=7), True),
        (RowCount("accounts", read=10, quarantined=1, merged=2, kept=6), False),
        (RowCount("accounts", read=10, quarantined=1, merged=2, kept=8), False),
        (RowCount("accounts", read=0, quarantined=0, merged=0, kept=0), True),
    ],
)
def test_rows_that_do_not_add_up_are_refused(count: RowCount, *, is_balanced: bool) -> None:
    if is_balanced:
        check_balance((count,))
        return
    with pytest.raises(RunError) as caught:
        check_balance((RowCount("leads", 1, 0, 0, 1), count))
    assert str(caught.value) == (
        f"accounts: 10 rows read, but {count.kept} kept + 2 merged + 1 quarantined. Allowed: rows read = rows kept + merged + "
        "quarantined. Report this as a fault of Rightful; no result was written."
    )


def exception_for(object_name: str, record_id: str, stage: str) -> dict[str, Any]:
    row = dict.fromkeys(EXCEPTIONS.names)
    return row | {"object": object_name, "record_id": record_id, "stage": stage, "cause": "no_rule"}


def test_a_record_without_rep_and_without_exception_is_refused(book_of: BookOf, engine: DuckDBEngine) -> None:
    rows = [exception_for("account", "A2", "assignment"), exception_for("account", "A3", "quality")]
    book = book_of(
        engine,
        accounts=[{"account_id": "A1", "assigned_rep_id": "R1"}, {"account_id": "A2"}, {"account_id": "A3"}],
        leads=[{"lead_id": "L1", "routed_rep_id": "R1"}, {"lead_id": "A2"}],
    )
    exceptions = engine.bring(pa.Table.from_pylist(rows, EXCEPTIONS))
    with pytest.raises(RunError) as caught:
        check_placed(Book({**book.tables, "exceptions": exceptions}, book.as_of), engine)
    told_of = str(caught.value).splitlines()
    # A3 is in exceptions for another reason than its owner, and the exception of account A2 is none of lead A2.
    assert told_of[0].startswith("accounts: 1 records have neither a rep nor an exception, the first is A3.")
    assert told_of[1].startswith("leads: 1 records have neither a rep nor an exception, the first is A2.")
    assert len(told_of) == 2


def test_a_contact_with_one_kind_of_rep_is_placed(book_of: BookOf, engine: DuckDBEngine) -> None:
    book = book_of(engine, contacts=[{"contact_id": "C1", "routed_rep_id": "R1"}])
    exceptions = engine.bring(EXCEPTIONS.empty_table())
    check_placed(Book({**book.tables, "exceptions": exceptions}, book.as_of), engine)
    assert engine.collect(book["contacts"].select(nw.len()))[0][0].as_py() == 1
