from __future__ import annotations

from datetime import date
from pathlib import Path

from rightful.plan.scoring import Training
from rightful.plan.section import rule_fields
from rightful.runs.train import train_on
from rightful.sample.dice import Dice
from rightful.sample.history import PAST_LEADS, draw_history, write_history

TODAY = date(2026, 6, 30)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    written = [write_history(tmp_path / name, seed, TODAY) for name, seed in (("a", 7), ("b", 7), ("c", 8))]
    first, second, other = ((tmp_path / name / PAST_LEADS).read_bytes() for name in "abc")
    assert first == second != other
    assert written == [4_000] * 3


def test_what_was_written_afterwards_is_found_and_the_rest_teaches() -> None:
    drawn = draw_history(Dice(7, "history"), TODAY, 2_000)
    training = Training(file=PAST_LEADS, time="created_at")
    record = train_on(PAST_LEADS, {name: drawn[name].to_list() for name in drawn.columns}, training)
    assert {finding.column for finding in record.leaks} == {"status", "last_activity", "deal_value_usd"}
    assert record.evaluation.auc_low > 0.6
    assert {feature.field for feature in record.score.features} <= set(rule_fields("leads", before="scoring"))
