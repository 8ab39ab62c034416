"""What cleaning needs to know beside the record: the plan's choices, and how each column writes numbers and dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rightful.plan import Plan
from rightful.stages.quality.email import EmailLists, default_lists

__all__ = ["ColumnHabits", "Settings", "settings_for"]


@dataclass(frozen=True, slots=True)
class ColumnHabits:
    """How one column writes what can be read in two ways; None where its values do not show it.

    Attributes:
        decimal_mark: ``comma`` or ``point``.
        day_first: True for 31/12, False for 12/31.
    """

    decimal_mark: str | None = None
    day_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What cleaning one table needs to know.

    Attributes:
        table: The table.
        habits: How each raw column writes numbers and dates.
        rates: US dollars for one unit of each currency.
        default_currency: Currency of amounts that name none.
        time_zone: Zone of instants that name none.
        email_lists: Free-mail and disposable domains.
        infers: Fields that may be inferred where blank.
        keeps: Fields that cleaning may not change beyond trimming.
        corrections: Right values by (record key, source field); they stand for the source's.
    """

    table: str
    habits: Mapping[str, ColumnHabits] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=lambda: {"USD": 1.0})
    default_currency: str = "USD"
    time_zone: str = "UTC"
    email_lists: EmailLists = field(default_factory=default_lists)
    infers: frozenset[str] = frozenset({"country", "state"})
    keeps: frozenset[str] = frozenset()
    corrections: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def habit(self, name: str) -> ColumnHabits:
        """Give the habits of a source field's column."""
        return self.habits.get(name, ColumnHabits())


def settings_for(table: str, plan: Plan, habits: Mapping[str, ColumnHabits]) -> Settings:
    """Read what the plan says of cleaning a table."""
    section = plan.quality
    without = {
        writer: frozenset(
            each.field.text for each in section.writers if each.table == table and writer not in each.writers
        )
        for writer in ("cleaning", "inference", "correction")
    }
    usual = default_lists()
    return Settings(
        table=table,
        habits=habits,
        rates=plan.general.currency_rates,
        default_currency=plan.general.default_currency,
        time_zone=plan.general.time_zone,
        email_lists=EmailLists(
            free=_edited(usual.free, section.free_domains.add, section.free_domains.remove),
            disposable=_edited(usual.disposable, section.disposable_domains.add, section.disposable_domains.remove),
        ),
        infers=frozenset(section.infer) - without["inference"],
        keeps=without["cleaning"],
        corrections={
            (each.record_id, each.field.text): each.value
            for each in section.corrections
            if each.table == table and each.field.text not in without["correction"]
        },
    )


def _edited(domains: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> frozenset[str]:
    return (frozenset(domains) | frozenset(add)) - frozenset(remove)
