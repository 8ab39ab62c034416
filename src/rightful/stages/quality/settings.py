"""What cleaning needs to know beside the record: the plan's choices, and how each column writes numbers and dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rightful.crm import Field, Kind
from rightful.plan import Plan
from rightful.stages.quality.dates import majority_day_first
from rightful.stages.quality.email import EmailLists, default_lists
from rightful.stages.quality.industries import Scheme, majority_schemes
from rightful.stages.quality.numbers import majority_separator

__all__ = ["ColumnHabits", "Settings", "habits_of", "settings_for"]


@dataclass(frozen=True, slots=True)
class ColumnHabits:
    """How one column writes what can be read in two ways; None where its values do not show it.

    Attributes:
        decimal_mark: ``comma`` or ``point``.
        day_first: True for 31/12, False for 12/31.
        schemes: Scheme of industry codes by their number of digits.
    """

    decimal_mark: str | None = None
    day_first: bool | None = None
    schemes: Mapping[int, Scheme] = field(default_factory=dict)


def habits_of(source: Field, values: Sequence[str | None], day_first: bool | None = None) -> ColumnHabits:  # noqa: FBT001 - None is a third value
    """See how a column writes what can be read in two ways.

    Args:
        source: The source field.
        values: The column's distinct values.
        day_first: What the plan says of dates; None lets the column decide.

    Example:
        >>> habits_of(Field("close_on", Kind.DATE, ""), ["31/12/2024", "1/2/2025"]).day_first
        True
    """
    if source.name == "industry":
        return ColumnHabits(schemes=majority_schemes(values))
    if source.kind in (Kind.NUMBER, Kind.MONEY):
        return ColumnHabits(decimal_mark=majority_separator(values))
    if source.kind in (Kind.DATE, Kind.INSTANT):
        return ColumnHabits(day_first=majority_day_first(values) if day_first is None else day_first)
    return ColumnHabits()


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
        infers: Fields that may be filled from other fields of the record where they are blank.
        keeps: Fields that cleaning may not change beyond trimming.
        corrections: Right values by (record key, source field); they stand for the source's.
    """

    table: str
    habits: Mapping[str, ColumnHabits] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=lambda: {"USD": 1.0})
    default_currency: str = "USD"
    time_zone: str = "UTC"
    email_lists: EmailLists = field(default_factory=default_lists)
    infers: frozenset[str] = frozenset({"country", "state", "domain", "postal_code"})
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
        infers=(frozenset(section.infer) | {"domain", "postal_code"}) - without["inference"],
        keeps=without["cleaning"],
        corrections={
            (each.record_id, each.field.text): each.value
            for each in section.corrections
            if each.table == table and each.field.text not in without["correction"]
        },
    )


def _edited(domains: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> frozenset[str]:
    return (frozenset(domains) | frozenset(add)) - frozenset(remove)
