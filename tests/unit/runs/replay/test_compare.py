from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from rightful.runs.replay.compare import Comparison, Move, RepWeeks, compare, with_both
from rightful.runs.replay.page import write_page
from rightful.runs.replay.text import lines_of

START = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")
PEOPLE = pl.DataFrame({"rep_id": ["R1", "R2"], "name": ["Rita <b>Roe</b>", "Rolf Ritter"], "team": ["East", None]})


def hours(values: Sequence[float | None]) -> pl.Series:
    return pl.Series([None if value is None else START + timedelta(hours=value) for value in values], dtype=INSTANT)


def replayed(
    reps: Sequence[str | None], due: Sequence[float | None], answer: Sequence[float | None], **more: Any
) -> pl.DataFrame:
    methods = more.get("methods") or ["pool" if rep else "none" for rep in reps]
    return pl.DataFrame(
        {
            "rep_id": pl.Series(reps, dtype=pl.String),
            "method": methods,
            "decided_at": hours(more.get("decided") or [0] * len(reps)),
            "sla_due_at": hours(due),
            "answer_at": hours(answer),
            "has_deadline": more.get("deadlines") or [True] * len(reps),
        }
    )


def actual(reps: Sequence[str | None], due: Sequence[float | None], answer: Sequence[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"rep_id": pl.Series(reps, dtype=pl.String), "sla_due_at": hours(due), "answer_at": hours(answer)}
    )


def compared(
    before: pl.DataFrame | None, after: pl.DataFrame, names: tuple[str | None, str] = ("facts", "tried")
) -> Comparison:
    leads = pl.DataFrame({"lead_id": [f"L{at}" for at in range(len(after))], "arrived_at": hours([0] * len(after))})
    both = with_both(leads, before, after, "Europe/Berlin")
    last = START + timedelta(hours=10)
    return Comparison(first_at=START, last_at=last, events={"lead": len(after)}, **compare(both, names, PEOPLE, last))


def test_who_has_another_rep_who_gains_one_and_who_loses_one() -> None:
    before, after = ["R1", "R1", None, "R2", None, "R1"], ["R1", "R2", "R2", None, None, "R2"]
    none: list[float | None] = [None] * 6
    found = compared(actual(before, none, none), replayed(after, none, none))
    assert (found.same, found.changed, found.gained, found.lost) == (2, 2, 1, 1)
    assert found.moves == (Move("R1", "R2", 2), Move("R2", None, 1), Move(None, "R2", 1))
    assert found.reps == (
        RepWeeks("R2", "Rolf Ritter", None, 1, 3, 1, 3),
        RepWeeks("R1", "Rita <b>Roe</b>", "East", 3, 1, 3, 1),
    )


def test_weeks_are_those_of_the_plans_time_zone_and_of_the_decision() -> None:
    # Sunday at half past eleven in the evening in UTC is Monday in Berlin; six days later the week is over.
    none: list[float | None] = [None, None]
    found = compared(actual(["R1", "R1"], none, none), replayed(["R1", "R1"], none, none, decided=[0, 24 * 7]))
    assert [(week.monday, week.leads, week.changed) for week in found.weeks] == [(date(2026, 3, 2), 2, 0)]
    assert (found.reps[0].busiest_before, found.reps[0].busiest_after) == (2, 1)


def test_answers_in_time_count_the_leads_that_somebody_had_in_fact() -> None:
    before = actual(["R1", "R1", "R1", "R1", None], [2, 2, 2, 12, None], [1, 3, None, None, None])
    after = replayed(["R2"] * 5, [2, 2, 2, 2, 2], [1, 1, 4, 1, 1])
    found = compared(before, after)
    assert found.before is not None
    # L0 in time, L1 late, L2 never answered; L3 is not due yet, and L4 had nobody.
    assert (found.before.in_time, found.before.with_deadline, found.before.answer_minutes) == (1, 3, 120.0)
    assert (found.after.in_time, found.after.with_deadline, found.after.answer_minutes) == (3, 4, 60.0)


def test_two_replays_count_all_leads_but_those_that_wait_or_have_no_deadline() -> None:
    methods = ["pool", "fallback", "none", "queue", "pool"]
    side = replayed(
        ["R1", "R1", None, None, "R2"],
        [2, 2, None, None, None],
        [1, 3, None, None, 1],
        methods=methods,
        deadlines=[True] * 4 + [False],
    )
    found = compared(side, side)
    assert found.before is not None
    for one in (found.before, found.after):
        assert (one.with_rep, one.waiting, one.without, one.fallback) == (3, 1, 1, 1)
        assert (one.in_time, one.with_deadline) == (1, 3)
    assert [week.fallback_after for week in found.weeks] == [1]
    assert list(found.after.methods) == ["pool", "fallback", "none", "queue"]


def test_where_nothing_is_known_of_the_past_there_is_only_what_would_have_happened(tmp_path: Path) -> None:
    found = compared(None, replayed(["R1"], [2], [1]), (None, "tried"))
    assert found.before is None
    assert (found.changed, found.moves) == (0, ())
    text = "\n".join(lines_of(found))
    assert "nothing to compare with" in text
    assert "before" not in text
    write_page(found, tmp_path / "page.html")
    assert 'id="moves"' not in (tmp_path / "page.html").read_text()


def test_the_page_shows_what_differs_and_runs_no_word_of_the_book(tmp_path: Path) -> None:
    none: list[float | None] = [None] * 3
    found = compared(actual(["R1", None, "R2"], none, none), replayed(["R2", "R1", "R2"], [2] * 3, [1] * 3))
    write_page(found, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "Rita &lt;b&gt;Roe&lt;/b&gt;" in page
    assert "<b>Roe" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count('<svg class="chart histogram"') == 1
    cards: Mapping[str, str] = {"Leads with another rep": "66.7%", "Answered in time": "100%"}
    for what, figure in cards.items():
        assert f'<dt>{what}</dt><dd class="figure">{figure}</dd>' in page
    assert "not known before" in page
