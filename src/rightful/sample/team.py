"""The sales team: who sells where, to accounts of which size, and who covers for whom.

Account executives share a grid of regions and segments by the expected number of accounts; small teams take several cells
each, in large ones several reps share a cell. Development reps and customer success work by area, specialists by product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

from rightful.sample.dice import Dice
from rightful.sample.people import draw_people
from rightful.sample.places import cities, countries
from rightful.sample.words import in_latin_letters, rows

__all__ = ["AREAS", "SEGMENTS", "SPECIALTIES", "Cell", "Rep", "Team", "draw_team", "region_names"]

AREAS = {"amer": "Americas", "emea": "Europe, Middle East, Africa", "apac": "Asia-Pacific"}
SEGMENTS = {"enterprise": 0.28, "mid_market": 0.34, "small_business": 0.38}
SPECIALTIES = ("Analytics", "Automation")
_LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch",
    "sv": "Swedish", "pl": "Polish", "ja": "Japanese", "zh": "Chinese", "ko": "Korean", "hi": "Hindi", "uk": "Ukrainian",
    "bg": "Bulgarian",
}  # fmt: skip
_SPOKEN = {
    "canada": ("en", "fr"), "latam": ("pt", "es"), "dach": ("de", "en"), "france_benelux": ("fr", "nl"),
    "south_europe": ("es", "it"), "nordics_east": ("sv", "pl"), "north_asia": ("ja", "zh"), "south_asia": ("hi", "en"),
}  # fmt: skip
_TURNS = ("amer", "emea", "apac", "amer", "emea", "amer")
_EMAIL_DOMAIN = "acme.example"


@dataclass(frozen=True, slots=True)
class Cell:
    """A territory of the grid: a sales region and a segment."""

    region: str
    segment: str

    @property
    def territory(self) -> str:
        """The territory's identifier, such as ``dach.enterprise``."""
        return f"{self.region}.{self.segment}"


@dataclass(frozen=True, slots=True)
class Rep:
    """A person of the sales team; the attributes are the columns of ``reps.csv``."""

    rep_id: str
    name: str
    email: str
    team: str
    role: str
    manager_id: str
    country: str
    time_zone: str
    working_hours: str
    skills: str
    capacity: str
    weight: str
    is_active: str = "true"
    starts_on: str = ""
    ends_on: str = ""


@dataclass(slots=True)
class Team:
    """The whole team, and who covers which territory.

    Attributes:
        reps: Everybody, by number.
        executives: Account executives of each cell of the grid, with their shares; never empty for a cell.
        pools: Development reps of each area.
        success: Customer success managers of each area.
        specialists: Product specialists by specialty.
        vacant: The cell whose newest position is not filled.
        inactive: Rep who has left and still owns accounts.
        successor: Rep who covers for the one who has left.
        on_leave: Rep on a long leave, and the rep who stands in.
    """

    reps: list[Rep] = field(default_factory=list)
    executives: dict[Cell, list[tuple[str, float]]] = field(default_factory=dict)
    pools: dict[str, list[str]] = field(default_factory=dict)
    success: dict[str, list[str]] = field(default_factory=dict)
    specialists: dict[str, list[str]] = field(default_factory=dict)
    vacant: Cell = Cell("", "")
    inactive: str = ""
    successor: str = ""
    on_leave: tuple[str, str] = ("", "")

    def table(self) -> pl.DataFrame:
        """Give the reps as a table."""
        return pl.DataFrame(
            [{name: getattr(rep, name) or None for name in Rep.__slots__} for rep in self.reps],
            infer_schema_length=None,
        )


@cache
def region_names() -> dict[str, str]:
    """Give the names of the sales regions by key."""
    return {row["region"]: row["name"] for row in rows("regions")}


def draw_team(count: int, as_of: date, dice: Dice) -> Team:
    """Make a team of so many reps."""
    team = Team()
    hires = _Hires(team, dice, as_of)
    managers = max(1, count // 12)
    developers, success, special = (
        max(3, round(count * 0.2)),
        max(3, round(count * 0.12)),
        max(2, round(count * 0.07)),
    )
    sellers = max(1, count - managers - developers - success - special)
    bosses = _hire_managers(hires, managers)
    _hire_executives(hires, sellers, bosses)
    for number in range(developers):
        area = _TURNS[number % len(_TURNS)]
        rep = hires.hire(_nth_region(area, number // 3), "sales_development_rep", f"SDR {AREAS[area]}", bosses[area])
        team.pools.setdefault(area, []).append(rep)
    for number in range(success):
        area = _TURNS[number % len(_TURNS)]
        rep = hires.hire(
            _nth_region(area, number // 3), "customer_success_manager", f"Customer Success {AREAS[area]}", bosses[area]
        )
        team.success.setdefault(area, []).append(rep)
    for number in range(special):
        specialty = SPECIALTIES[number % len(SPECIALTIES)]
        area = list(AREAS)[number // len(SPECIALTIES) % 3]
        rep = hires.hire(
            _nth_region(area, 0), "product_specialist", f"Specialists {specialty}", bosses[area], specialty
        )
        team.specialists.setdefault(specialty, []).append(rep)
    _mark_changes(team, as_of)
    return team


class _Hires:
    """Takes people on one after the other and numbers them."""

    def __init__(self, team: Team, dice: Dice, as_of: date) -> None:
        self._team = team
        self._dice = dice
        self._as_of = as_of

    def hire(self, region: str, role: str, team: str, manager: str, skill: str = "") -> str:
        row = next(each for each in rows("regions") if each["region"] == region)
        spoken = _SPOKEN.get(region, (row["language"],))
        number = len(self._team.reps) + 1
        dice = self._dice.child(f"rep{number}")
        person = draw_people(pl.Series([spoken[number % len(spoken)]]), dice).row(0, named=True)
        country = countries().row(by_predicate=pl.col("country") == row["hub"], named=True)
        latin = in_latin_letters(pl.Series([f"{person['given_latin']} {person['family_latin']}"]))[0]
        rep_id = f"R{number:05d}"
        languages = [_LANGUAGES[language] for language in dict.fromkeys((*spoken, "en"))]
        self._team.reps.append(
            Rep(
                rep_id,
                latin,
                f"{'.'.join(latin.lower().replace(chr(39), '').split())}.{number}@{_EMAIL_DOMAIN}",
                team,
                role,
                manager,
                row["hub"],
                _TIME_ZONES.get(region, country["time_zone"]),
                "Mon-Fri 08:30-12:00 13:00-17:30" if row["area"] == "emea" else "Mon-Fri 09:00-18:00",
                "; ".join([*languages, *([skill] if skill else [])]),
                *_CAPACITY[role],
                starts_on=(self._as_of - timedelta(days=60 + int(dice.below(1, 2_000)[0]))).isoformat(),
            )
        )
        return rep_id


_TIME_ZONES = {"us_west": "America/Los_Angeles", "us_central": "America/Chicago", "us_east": "America/New_York"}
_CAPACITY = {
    "sales_manager": ("", ""),
    "account_executive": ("300", "1"),
    "sales_development_rep": ("60", "1"),
    "customer_success_manager": ("120", "1"),
    "product_specialist": ("80", ""),
}


def _nth_region(area: str, number: int) -> str:
    mine = [row["region"] for row in rows("regions") if row["area"] == area]
    return mine[number % len(mine)]


def _hire_managers(hires: _Hires, count: int) -> dict[str, str]:
    """Give each area a manager, by area; the first one hired is above the others."""
    head = hires.hire("us_east", "sales_manager", "Sales leadership", "")
    bosses = dict.fromkeys(AREAS, head)
    for number in range(count - 1):
        area = list(AREAS)[number % 3]
        manager = hires.hire(_nth_region(area, number // 3), "sales_manager", f"Sales {AREAS[area]}", head)
        if bosses[area] == head:
            bosses[area] = manager
    return bosses


def _hire_executives(hires: _Hires, count: int, bosses: dict[str, str]) -> None:
    """Share the cells of the grid out among so many account executives."""
    team = hires._team  # noqa: SLF001 - the two are one thing: hiring fills the team
    share_of = dict(cities().group_by("region").agg(pl.col("chance").sum()).iter_rows())
    regions = list(region_names())
    seats = _apportioned(count, [share_of[region] for region in regions])
    area_of = {row["region"]: row["area"] for row in rows("regions")}
    hired: dict[str, list[str]] = {}
    for region, seat_count in zip(regions, seats, strict=True):
        area = area_of[region]
        hired[region] = [
            hires.hire(region, "account_executive", f"Sales {region_names()[region]}", bosses[area])
            for _ in range(seat_count)
        ]
    everybody = [rep for reps in hired.values() for rep in reps]
    for region in regions:
        neighbours = [rep for other in regions if area_of[other] == area_of[region] for rep in hired[other]]
        for segment, reps in _by_segment(hired[region] or neighbours[-1:] or everybody[-1:]).items():
            team.executives[Cell(region, segment)] = [(rep, 1.0) for rep in reps]


def _by_segment(reps: list[str]) -> dict[str, list[str]]:
    """Share a region's reps among its segments; where they are too few, one takes two or all."""
    names = list(SEGMENTS)
    if len(reps) < len(names):
        return {name: [reps[min(number, len(reps) - 1)]] for number, name in enumerate(names)}
    seats = _apportioned(len(reps) - len(names), list(SEGMENTS.values()))
    shared, taken = {}, 0
    for name, more in zip(names, seats, strict=True):
        shared[name] = reps[taken : taken + 1 + more]
        taken += 1 + more
    return shared


def _apportioned(seats: int, shares: list[float]) -> list[int]:
    """Hand out seats by the largest remainder; ties go to the earlier one."""
    quota = np.array(shares) / sum(shares) * seats
    result = np.floor(quota).astype(int)
    missing = seats - int(result.sum())
    for place in np.argsort(-(quota - result), kind="stable")[:missing]:
        result[place] += 1
    return [int(each) for each in result]


def _mark_changes(team: Team, as_of: date) -> None:
    """Let one rep have left, one be on leave, and one position be open."""
    cells = list(team.executives)
    crowded = max(cells, key=lambda cell: (len(team.executives[cell]), cell.territory))
    left = team.executives[crowded][-1][0]
    others = [rep for reps in team.executives.values() for rep, _ in reps if rep != left]
    team.inactive = left
    team.successor = next((rep for rep, _ in team.executives[crowded] if rep != left), others[0] if others else left)
    team.vacant = crowded
    away = next((rep for rep in reversed(others) if rep != team.successor), left)
    team.on_leave = (away, next((rep for rep in reversed(others) if rep not in {away, left}), away))
    number = next(place for place, rep in enumerate(team.reps) if rep.rep_id == left)
    gone = team.reps[number]
    team.reps[number] = Rep(
        **{name: getattr(gone, name) for name in Rep.__slots__}
        | {"is_active": "false", "ends_on": (as_of - timedelta(days=30)).isoformat()}
    )
