"""Who takes turns in the sample's pools, and on which days nobody works."""

from __future__ import annotations

from datetime import date

from rightful.sample.team import Team
from rightful.sample.territories import Row

__all__ = ["holidays", "pool_members", "triage_members"]

_HOLIDAYS = (
    (1, 1, "New Year", ""),
    (5, 1, "Labour Day", "DE, AT, CH, FR, BE, ES, PT, IT, SE, PL, BR, MX, SG"),
    (7, 1, "Canada Day", "CA"),
    (7, 4, "Independence Day", "US"),
    (7, 14, "Bastille Day", "FR"),
    (8, 15, "Independence Day", "IN"),
    (10, 3, "German Unity Day", "DE"),
    (11, 3, "Culture Day", "JP"),
    (12, 25, "Christmas", ""),
    (12, 26, "Boxing Day", "GB, IE, CA, AU, NZ, DE, AT, CH, NL, SE, PL"),
)


def pool_members(team: Team, area: str) -> list[Row]:
    """Give the development reps of an area; whoever joined last takes half as many turns."""
    members = team.pools[area]
    return [
        {"rep_id": rep, "weight": 0.5 if 0 < number == len(members) - 1 else 1} for number, rep in enumerate(members)
    ]


def triage_members(team: Team) -> list[Row]:
    """Give the first development rep of each area: together they are there around the clock."""
    return [{"rep_id": reps[0], "weight": 1} for reps in team.pools.values()]


def holidays(as_of: date) -> list[Row]:
    """Give the holidays of a year, in the order of the calendar."""
    return [
        {"on": date(as_of.year, month, day), "name": name, "countries": countries}
        for month, day, name, countries in _HOLIDAYS
    ]
