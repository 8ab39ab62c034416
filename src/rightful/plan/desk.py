"""The plan's section ``desk.yaml``: what the desk waits for, whom it reminds and tells, and what it calls the fields of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, get_args

from pydantic import Field

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Mistake, PlanError, near_miss
from rightful.plan.routing import RoutingRule, routing_condition, routing_fields
from rightful.plan.section import LONGEST_DAYS, Name, RestOfPlan, Section, place_of

__all__ = ["EVENTS", "DeskSection", "Event", "Hold", "Keep", "Notification", "SlaPolicy", "Webhook"]

Event = Literal[
    "record.assigned", "record.accepted", "record.rejected", "record.queued", "record.held", "record.exception",
    "record.closed", "sla.reminder", "sla.expired", "sla.unanswered",
]  # fmt: skip
EVENTS: tuple[str, ...] = get_args(Event)

_FILE = "desk.yaml"
_MOST_MINUTES = LONGEST_DAYS * 1440


class Hold(RoutingRule):
    """Records that wait until fields are filled or a time has passed; conditions as in pool rules."""

    until: tuple[Name, ...] = Field(
        min_length=1, description="Fields that must be filled, such as `[country, domain]`."
    )
    minutes: float = Field(
        gt=0, le=_MOST_MINUTES, description="Minutes after which the record is decided with what is known."
    )


class SlaPolicy(Section):
    """What happens around the deadline that `sla` in routing.yaml gives a record."""

    reminders: tuple[float, ...] = Field(
        default=(), description="Minutes before the deadline at which the rep is reminded, such as `[30, 10]`."
    )
    on_expiry: Literal["keep", "reroute"] = Field(
        default="keep",
        description="keep: the record stays with its rep. reroute: it goes to somebody else, and the reason says why.",
    )
    most_reroutes: int = Field(
        default=3, ge=0, description="How often a record is rerouted; after that it stays where it is."
    )
    follow_ups: tuple[float, ...] = Field(
        default=(),
        description="Minutes after a deadline that was missed at which is told that there still is no response.",
    )


class Webhook(Section):
    """An address that is told of events, signed to the Standard Webhooks specification."""

    url: str = Field(pattern=r"^https?://", description="The address.")
    secret: str = Field(
        default="", description="Name of the environment variable that holds the signing secret (`whsec_...`)."
    )
    events: tuple[Event, ...] = Field(default=(), description="Events it is told of; left out, all.")
    allows_private: bool = Field(
        default=False, description="Yes: the address may be in a private network or on this machine."
    )


class Notification(Section):
    """People who are told of events in Slack, Teams, by e-mail or otherwise."""

    url: str = Field(description="Name of the environment variable that holds the Apprise URL, such as `slack://...`.")
    events: tuple[Event, ...] = Field(default=(), description="Events they are told of; left out, all.")


class Keep(Section):
    """How long the desk keeps what it has written; `rightful serve` and `rightful desk retain` drop the rest."""

    requests_days: float | None = Field(
        default=None,
        gt=0,
        le=LONGEST_DAYS,
        description="Days for which commands and their answers are kept at least, and half as long again at most: until then the"
        " same key has the same answer, and `rightful desk verify` tells them again. Left out, for ever.",
    )
    decisions_days: float | None = Field(
        default=None, gt=0, le=LONGEST_DAYS, description="Days for which explanations are kept. Left out, for ever."
    )
    messages_days: float | None = Field(
        default=None,
        gt=0,
        le=LONGEST_DAYS,
        description="Days for which messages are kept that were delivered; those that were given up stay. Left out, for ever.",
    )
    timers_days: float | None = Field(
        default=None,
        gt=0,
        le=LONGEST_DAYS,
        description="Days for which timers are kept that fired or were cancelled. Left out, for ever.",
    )


class DeskSection(Section):
    """The desk: what it waits for, whom it reminds and tells, and what others call its fields."""

    fields: Mapping[str, Mapping[str, str]] = Field(
        default={},
        description="Names that a CRM uses for fields, by table, such as `leads: {Company__c: company}`.",
    )
    hold: tuple[Hold, ...] = Field(default=(), description="Records that wait for fields; the first rule decides.")
    sla: SlaPolicy = Field(default=SlaPolicy(), description="Reminders, and what happens when a deadline is missed.")
    webhooks: tuple[Webhook, ...] = Field(default=(), description="Addresses that are told of events.")
    notifications: tuple[Notification, ...] = Field(default=(), description="People who are told of events.")
    keep: Keep = Field(default=Keep(), description="How long what was written is kept.")
    most_waiting: int = Field(
        default=1000,
        ge=1,
        description="Most commands that wait for their turn; the desk asks further ones to come back.",
    )
    most_attempts: int = Field(
        default=3,
        ge=1,
        description="How often a record may fail for reasons of our own before it becomes an exception.",
    )

    def mistakes(self, plan: RestOfPlan) -> Iterator[Mistake]:
        """Check rules, and that fields and tables that are named exist."""
        for rule in self.hold:
            try:
                routing_condition(rule, plan.lists)
            except PlanError as error:
                yield from error.mistakes
            yield from _unknown(rule.until, routing_fields(), "field")
        yield from _unknown(self.fields, OBJECT_OF_TABLE, "table")
        for table, names in self.fields.items():
            if table in OBJECT_OF_TABLE:
                crm_object = OBJECT_OF_TABLE[table]
                known = [crm_object.key, *(field.name for field in crm_object.source_fields)]
                yield from _unknown(names.values(), known, f"field of {table}")


def _unknown(names: Iterable[str], known: Iterable[str], what: str) -> Iterator[Mistake]:
    choices = list(known)
    for name in names:
        if name not in choices:
            yield Mistake(
                place_of(name, _FILE),
                f"unknown {what} {str(name)!r}",
                ", ".join(choices[:60]),
                near_miss(name, choices),
            )
