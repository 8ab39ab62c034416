from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rightful.connectors import read_book
from rightful.errors import PlanError
from rightful.plan import load_plan
from rightful.sample import SampleSummary, write_sample
from rightful.sample.book import BROKEN


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_options_give_the_same_bytes(written_sample: tuple[Path, SampleSummary], tmp_path: Path) -> None:
    folder, _summary = written_sample
    write_sample(tmp_path / "again", accounts=600, leads=200, reps=20)
    assert _bytes_of(folder) == _bytes_of(tmp_path / "again")


def test_another_seed_gives_another_book(written_sample: tuple[Path, SampleSummary], tmp_path: Path) -> None:
    folder, _summary = written_sample
    write_sample(tmp_path / "other", accounts=600, leads=200, reps=20, seed=8)
    first, other = _bytes_of(folder), _bytes_of(tmp_path / "other")
    assert set(first) == set(other)
    assert first["book/accounts.csv"] != other["book/accounts.csv"]
    assert first["quality.yaml"] == other["quality.yaml"]


def test_today_moves_the_dates(tmp_path: Path) -> None:
    write_sample(tmp_path / "later", accounts=200, leads=50, reps=15, as_of=date(2027, 3, 1))
    assert "as_of: 2027-03-01" in (tmp_path / "later" / "plan.yaml").read_text("utf-8")
    assert str(load_plan(tmp_path / "later").general.as_of).startswith("2027-03-01")


def test_the_plan_loads(written_sample: tuple[Path, SampleSummary]) -> None:
    folder, summary = written_sample
    plan = load_plan(folder)
    assert plan.name == "Acme"
    assert len(plan.assignment.territory_ids) == summary.territories
    assert {"strategic_domains", "public_sector", "competitors", "regulated"} <= set(plan.lists)


def test_every_territory_with_rules_is_covered_or_openly_vacant(written_sample: tuple[Path, SampleSummary]) -> None:
    section = load_plan(written_sample[0]).assignment
    covered = {(row.territory, row.role) for row in section.coverage}
    for layer in section.layers:
        for rule in layer.rules:
            assert (rule.territory, layer.roles[0]) in covered


def test_coverage_has_a_vacancy_a_stand_in_and_an_end(written_sample: tuple[Path, SampleSummary]) -> None:
    coverage = load_plan(written_sample[0]).assignment.coverage
    assert any(not row.rep_id for row in coverage)
    assert {"vacancy"} < {row.covers for row in coverage if row.covers}
    assert any(row.ends_on for row in coverage if not row.covers)
    assert len({row.weight for row in coverage}) > 1


def test_the_book_is_read_whole_and_only_the_broken_rows_are_not(written_sample: tuple[Path, SampleSummary]) -> None:
    folder, summary = written_sample
    book = read_book(load_plan(folder))
    assert {name: table.num_rows for name, table in book.tables.items()} == summary.rows
    reasons = sorted(book.quarantine["reason"].to_pylist())
    assert reasons == ["blank_id", "duplicate_id", "duplicate_id", "nul_character", "ragged_row", "ragged_row"]
    assert len(reasons) == summary.broken_rows == sum(len(rows) for rows in BROKEN.values())


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("leads", "product_interest_raw"),
        ("leads", "postal_code_raw"),
        ("leads", "account_id_raw"),
        ("leads", "created_at_raw"),
        ("contacts", "title_raw"),
        ("contacts", "account_id_raw"),
        ("contacts", "state_raw"),
        ("contacts", "owner_id_raw"),
        ("orders", "ordered_on_raw"),
    ],
)
def test_the_headers_of_exports_are_recognised(
    written_sample: tuple[Path, SampleSummary], table: str, column: str
) -> None:
    values = read_book(load_plan(written_sample[0])).tables[table][column]
    assert values.null_count < len(values)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(PlanError, match=r"not empty: it holds 'notes.txt'"):
        write_sample(tmp_path, accounts=200, leads=50, reps=15)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert write_sample(tmp_path, accounts=200, leads=50, reps=15).rows["accounts"] == 200


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("mine")
    with pytest.raises(PlanError, match="a file has this name"):
        write_sample(tmp_path / "acme")


def test_all_wrong_numbers_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        write_sample(tmp_path / "acme", accounts=5, leads=0, reps=3, seed=-1)
    assert len(caught.value.mistakes) == 4
    assert "a sample with 5 accounts" in str(caught.value)
    assert not (tmp_path / "acme").exists()
