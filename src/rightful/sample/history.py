"""Leads of past years whose outcome is known: what ``rightful train`` learns from, as an export from a CRM gives them.

Conversion depends on source, level, function, size, industry and address as it might in a company that sells to industry. Three
columns were written after the outcome and tell it: ``status``, ``last_activity`` and ``deal_value_usd``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from rightful.sample.dice import Dice
from rightful.sample.mess import blanked
from rightful.sample.spellings import instants_before
from rightful.sample.team import SPECIALTIES

__all__ = ["PAST_LEADS", "draw_history", "write_history"]

PAST_LEADS = "history/past_leads.csv"

_COUNT = 4_000
_SECONDS_PER_DAY = 86_400
_NEWEST_DAYS, _OLDEST_DAYS = 60, 3 * 365
_AVERAGE = -2.1
_UNSEEN_SPREAD = 0.7

Weights = Mapping[str, float]

_SOURCES: Weights = {
    "Web": 0.0,
    "Trade Show": 0.2,
    "Webinar": 0.0,
    "Content Download": -0.5,
    "Partner Referral": 1.1,
    "Purchased List": -1.8,
    "Demo Request": 1.5,
    "Chat": 0.3,
}
_LEVELS: Weights = {
    "C-Level": 0.7,
    "VP": 0.6,
    "Director": 0.5,
    "Head": 0.3,
    "Manager": 0.0,
    "Specialist": -0.6,
    "Staff": -1.0,
}
_FUNCTIONS: Weights = {
    "Operations": 0.6,
    "IT": 0.4,
    "Engineering": 0.4,
    "Purchasing": 0.2,
    "Finance": 0.0,
    "Sales": -0.3,
    "Marketing": -0.5,
    "Human Resources": -0.9,
}
_INDUSTRIES: Weights = {
    "Manufacturing": 0.7,
    "Automotive": 0.6,
    "Energy": 0.4,
    "Healthcare": 0.1,
    "Software & Internet": -0.1,
    "Professional Services": -0.4,
    "Retail": -0.8,
    "Education": -0.9,
}
_COUNTRIES: Weights = {"US": 0.2, "DE": 0.3, "GB": 0.1, "FR": 0.0, "CA": 0.1, "ES": -0.2, "IT": -0.2, "IN": -0.7}


def write_history(folder: Path, seed: int, as_of: date) -> int:
    """Write ``history/past_leads.csv`` into a plan's folder.

    Returns:
        How many leads it holds.
    """
    drawn = draw_history(Dice(seed, "history"), as_of)
    path = folder / PAST_LEADS
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_csv(path, line_terminator="\n")
    return len(drawn)


def draw_history(dice: Dice, as_of: date, count: int = _COUNT) -> pl.DataFrame:
    """Draw past leads in the order of their numbers, oldest first; fields have the names and values that runs give them."""
    span = (_OLDEST_DAYS - _NEWEST_DAYS) * _SECONDS_PER_DAY
    seconds = (
        _NEWEST_DAYS * _SECONDS_PER_DAY + np.sort((dice.child("age").uniform(count) * span).astype(np.int64))[::-1]
    )
    log_odds = np.full(count, _AVERAGE) + dice.child("unseen").normal(count, 0.0, _UNSEEN_SPREAD)
    columns = {}
    for name, weights in (
        ("lead_source", _SOURCES),
        ("job_level", _LEVELS),
        ("job_function", _FUNCTIONS),
        ("industry", _INDUSTRIES),
        ("country", _COUNTRIES),
    ):
        columns[name], added = _drawn(weights, count, dice.child(name))
        log_odds += added
    employees = np.round(np.exp(dice.child("size").normal(count, 4.6, 1.6))).clip(1, 50_000).astype(np.int64)
    log_odds += 0.9 * np.tanh((np.log10(employees) - 2) * 1.2)
    is_free = dice.child("address").chance(count, 0.2)
    log_odds += np.where(is_free.to_numpy(), -1.2, 0.2)
    converted = dice.child("outcome").uniform(count) < 1 / (1 + np.exp(-log_odds))
    return pl.DataFrame(
        {
            "lead_id": pl.Series(range(1, count + 1)).cast(pl.String).str.zfill(7).str.replace("^", "00Q3h000"),
            "created_at": instants_before(as_of, seconds, "%Y-%m-%dT%H:%M:%SZ"),
            **{name: blanked(values, 0.08, dice.child(f"blank {name}")) for name, values in columns.items()},
            "employees": blanked(pl.Series(employees).cast(pl.String), 0.3, dice.child("blank size")),
            "is_free_email": is_free.cast(pl.String),
            "product_interest": blanked(dice.pick(count, ("Platform", *SPECIALTIES)), 0.4, dice),
            **_written_afterwards(converted, dice.child("afterwards")),
            "is_converted": pl.Series(converted).cast(pl.String),
        }
    )


def _drawn(weights: Weights, count: int, dice: Dice) -> tuple[pl.Series, npt.NDArray[np.float64]]:
    places = dice.below(count, len(weights))
    return pl.Series(list(weights)).gather(places), np.array(list(weights.values()))[places]


def _written_afterwards(converted: npt.NDArray[np.bool_], dice: Dice) -> dict[str, pl.Series]:
    """Give what reps and tools wrote when the outcome was known."""
    count = len(converted)
    happened = pl.Series(converted)
    status = dice.pick(count, ("Qualified", "Qualified", "Working - Contacted")).zip_with(
        happened, dice.pick(count, ("Closed - Not Converted", "Nurturing", "Working - Contacted"))
    )
    last = dice.pick(count, ("meeting_held", "call_connected", "email_replied")).zip_with(
        happened, dice.pick(count, ("email_opened", "page_visited", "unsubscribed", "call_connected"))
    )
    value = pl.Series((5_000 + dice.below(count, 95) * 1_000).astype(str))
    return {
        "status": status,
        "last_activity": last,
        "deal_value_usd": value.zip_with(happened, pl.Series([None], dtype=pl.String)),
    }
