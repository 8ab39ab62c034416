"""What is going on at the accounts: buying centers, opportunities, orders, tasks, and what people did on the web."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from rightful.sample.accounts import Accounts
from rightful.sample.contacts import Contacts
from rightful.sample.dice import Dice
from rightful.sample.leads import Leads
from rightful.sample.mess import blanked
from rightful.sample.spellings import days_before, instants_before
from rightful.sample.team import SPECIALTIES

__all__ = ["draw_activities", "draw_buying_centers", "draw_opportunities", "draw_orders", "draw_tasks"]

_OPEN = ("Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review")
_CLOSED = ("Closed Won", "Closed Lost")
_TASKS = (
    "Call back",
    "Send proposal",
    "Follow up on demo",
    "Check in",
    "Schedule workshop",
    "Renewal reminder",
    "Send contract",
)
_TASK_STATUSES = ("Not Started", "In Progress", "Waiting on someone else", "Deferred", "Completed", "Completed")
_ACTIVITIES = {
    "email_opened": 30, "page_visited": 18, "email_clicked": 12, "form_filled": 9, "webinar_registered": 6, "webinar_attended": 5,
    "pricing_page_visited": 5, "content_downloaded": 7, "demo_requested": 2, "trial_started": 1, "unsubscribed": 2,
    "email_bounced": 2, "event_attended": 1,
}  # fmt: skip
_SECONDS_PER_DAY = 86_400


def draw_opportunities(accounts: Accounts, as_of: date, dice: Dice) -> pl.DataFrame:
    """Draw opportunities, six for ten accounts, a third of them open; dates are in American notation."""
    count = max(10, round(0.6 * len(accounts.facts)))
    customers = accounts.facts["is_customer"].to_numpy()
    row = dice.weighted(count, 1 + 3 * customers)
    is_open = dice.chance(count, 0.35)
    stage = dice.pick(count, _CLOSED).zip_with(~is_open, dice.pick(count, _OPEN))
    age = 5 + dice.below(count, 700)
    closing = np.where(is_open.to_numpy(), -dice.below(count, 150), dice.below(count, age))
    amount = pl.Series(np.exp(dice.normal(count, np.log(28_000), 1.0)).round(-2)).cast(pl.Int64)
    plain = amount.cast(pl.String)
    flag = pl.Series(["true"]).gather(np.zeros(count, dtype=np.int64)).zip_with(~is_open, pl.Series(["false"]))
    product = dice.pick(count, ("Platform", "Platform", *SPECIALTIES))
    return pl.DataFrame(
        {
            "opportunity_id": _keys("O", count),
            "name": product + dice.pick(count, (" - new business", " expansion", " renewal 2026", "")),
            "amount": blanked(dice.mix(plain, (0.15, "$" + plain), (0.05, plain + ".00"), (0.05, "USD " + plain), (0.03, "EUR " + plain)), 0.06, dice),  # noqa: E501 - one row of a table
            "stage": stage,
            "is_closed": blanked(flag, 0.6, dice),
            "is_won": pl.Series([None], dtype=pl.String).gather(np.zeros(count, dtype=np.int64)),
            "opportunity_type": blanked(dice.pick(count, ("New Business", "New Business", "Expansion", "Renewal")), 0.05, dice),
            "product_line": blanked(product, 0.08, dice),
            "created_on": days_before(as_of, age, "%m/%d/%Y"),
            "close_on": days_before(as_of, closing, "%m/%d/%Y"),
            "account_id": accounts.facts["account_id"].gather(row),
            "owner_id": _inherited(accounts.facts["owner_id"].gather(row), accounts.facts["owner_id"], dice),
        }
    )  # fmt: skip


def draw_orders(opportunities: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Draw an order for most opportunities that were won; dates are in German notation."""
    won = opportunities.filter((pl.col("stage") == "Closed Won") & dice.chance(len(opportunities), 0.85))
    return won.select(
        _keys("ORD", len(won)).alias("order_id"),
        "opportunity_id",
        "amount",
        "product_line",
        pl.col("close_on").str.to_date("%m/%d/%Y").dt.strftime("%d.%m.%Y").alias("ordered_on"),
        "account_id",
        "owner_id",
    )


def draw_tasks(
    accounts: Accounts, leads: Leads, contacts: Contacts, opportunities: pl.DataFrame, as_of: date, dice: Dice
) -> pl.DataFrame:
    """Draw tasks, one for two accounts: each about a lead, a contact, an opportunity or an account."""
    count = max(10, len(accounts.facts) // 2)
    about = pl.Series(dice.weighted(count, (0.35, 0.3, 0.2, 0.15)))
    nothing = pl.Series([None], dtype=pl.String)
    columns: dict[str, pl.Series] = {}
    owner = nothing.gather(np.zeros(count, dtype=np.int64))
    sources = (
        ("lead_id", leads.facts), ("contact_id", contacts.facts), ("opportunity_id", opportunities), ("account_id", accounts.facts),
    )  # fmt: skip
    for number, (key, table) in enumerate(sources):
        row = dice.below(count, len(table))
        columns[key] = table[key].gather(row).zip_with(about == number, nothing)
        owner = table["owner_id"].gather(row).zip_with(about == number, owner)
    due = dice.below(count, 160) - 60
    return pl.DataFrame(
        {
            "task_id": _keys("T", count),
            "subject": dice.pick(count, _TASKS),
            "status": dice.pick(count, _TASK_STATUSES),
            "is_closed": nothing.gather(np.zeros(count, dtype=np.int64)),
            "due_on": blanked(days_before(as_of, due, "%Y/%m/%d"), 0.1, dice),
            "created_on": days_before(as_of, np.maximum(due, 0) + dice.child("created").below(count, 45), "%Y/%m/%d"),
            **columns,
            "owner_id": owner,
        }
    )


def draw_activities(leads: Leads, contacts: Contacts, as_of: date, dice: Dice) -> pl.DataFrame:
    """Draw what leads and contacts did over the last 180 days; some did much, most did little."""
    of_leads, of_contacts = 5 * len(leads.facts), round(0.4 * len(contacts.facts))
    parts = []
    for key, facts, count in (("lead_id", leads.facts, of_leads), ("contact_id", contacts.facts, of_contacts)):
        row = dice.weighted(count, dice.uniform(len(facts)) ** 3)
        longest = np.minimum(facts["age_seconds"].gather(row).to_numpy(), 180 * _SECONDS_PER_DAY)
        seconds = dice.below(count, longest)
        kind = dice.weighted(count, list(_ACTIVITIES.values()))
        name = pl.Series(list(_ACTIVITIES)).gather(kind)
        words = name.str.replace_all("_", " ").str.to_titlecase()
        parts.append(
            pl.DataFrame(
                {
                    key: facts[key].gather(row),
                    "activity_type": dice.mix(name, (0.1, words)),
                    "occurred_at": instants_before(as_of, seconds, "%Y-%m-%dT%H:%M:%SZ"),
                }
            )
        )
    both = pl.concat(parts, how="diagonal").sort("occurred_at", maintain_order=True)
    return both.select(
        _keys("V", len(both)).alias("activity_id"), "lead_id", "contact_id", "activity_type", "occurred_at"
    )


def draw_buying_centers(companies: pl.DataFrame, accounts: Accounts, dice: Dice) -> pl.DataFrame:
    """Draw the buying centers that somebody has entered already, for one in twenty of the larger accounts."""
    size = companies["size"].gather(accounts.facts["company"])
    large = accounts.facts.filter((size >= 200) & ~accounts.facts["is_copy"]).gather_every(20)
    count = len(large)
    product = dice.pick(count, SPECIALTIES)
    function = dice.pick(count, ("Information Technology", "Operations", "Finance"))
    site = companies["city"].gather(large["company"])
    return pl.DataFrame(
        {
            "buying_center_id": _keys("B", count),
            "name": product + " - " + function,
            "product_line": product,
            "site": blanked(site, 0.4, dice),
            "job_function": function,
            "account_id": large["account_id"],
            "owner_id": blanked(large["owner_id"], 0.3, dice),
        }
    )


def _keys(letter: str, count: int) -> pl.Series:
    return pl.Series(np.arange(1, count + 1)).cast(pl.String).str.zfill(7).str.replace("^", letter)


def _inherited(owner: pl.Series, others: pl.Series, dice: Dice) -> pl.Series:
    """Let most work have its account's owner, some that of an earlier owner."""
    return dice.mix(owner, (0.12, dice.pick(len(owner), others.drop_nulls())))
