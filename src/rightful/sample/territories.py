"""The territory design of the sample: the tree, the rules, the sales regions, and who covers what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta

from rightful.sample.team import AREAS, SEGMENTS, SPECIALTIES, Cell, Team
from rightful.sample.words import rows, split

__all__ = ["Row", "coverage", "geography", "sales_regions", "territory_tree"]

_SEGMENT_NAMES = {"enterprise": "Enterprise", "mid_market": "Mid-Market", "small_business": "Small Business"}

Row = Mapping[str, object]


def territory_tree() -> list[Row]:
    """Give the tree: areas, regions, segments; then what lies beside it."""

    def node(territory: str, name: str, parent: str, kind: str) -> Row:
        return {"territory": territory, "name": name, "parent": parent, "type": kind}

    tree = [node(area, name, "", "geography") for area, name in AREAS.items()]
    for row in rows("regions"):
        tree.append(node(row["region"], row["name"], row["area"], "geography"))
        tree += [
            node(f"{row['region']}.{segment}", f"{row['name']}, {_SEGMENT_NAMES[segment]}", row["region"], "geography")
            for segment in SEGMENTS
        ]
    tree += [node("strategic", "Strategic accounts", "", "named"), node("partners", "Partners", "", "named")]
    tree += [node("house", "House accounts", "", "geography"), node("not_for_sale", "Competitors", "", "geography")]
    for what in ("success", *(specialty.lower() for specialty in SPECIALTIES)):
        tree += [node(f"{what}.{area}", f"{what.capitalize()}, {name}", "", "overlay") for area, name in AREAS.items()]
    return tree


def geography() -> list[Row]:
    """Give the rules of the first layer: overrides, regions with their segments, exclusions."""

    def rule(territory: str, **cells: str) -> Row:
        columns = (
            "territory",
            "rule",
            "priority",
            "kind",
            "inherited",
            "family",
            "region",
            "segment",
            "account_type",
            "industry",
            "when",
        )
        return {column: {"territory": territory, **cells}.get(column, "") for column in columns}

    table = [
        rule("not_for_sale", rule="competitors", kind="override", account_type="competitor", family="none"),
        rule("partners", rule="partners", kind="override", account_type="partner", family="children"),
        rule("strategic", rule="strategic segment", kind="override", segment="strategic", family="descendants"),
        rule(
            "strategic",
            rule="large families",
            priority="10",
            when="family_employees >= 50000 AND segment = 'enterprise'",
        ),
    ]
    for row in rows("regions"):
        region = row["region"]
        # what a region's rule matches and no segment's does, such as an unknown size, stays with the region
        table.append(rule(region, rule=row["name"], region=region))
        table += [
            rule(f"{region}.{segment}", rule=f"{row['name']}, {_SEGMENT_NAMES[segment]}", segment=segment)
            for segment in SEGMENTS
        ]
    american = [row["region"] for row in rows("regions") if row["region"].startswith("us_")]
    table += [
        rule(f"{region}.small_business", rule="tenders", kind="exclude", industry="@public_sector")
        for region in american
    ]
    return table


def sales_regions() -> list[Row]:
    """Give the sales regions as a decision table."""
    table: list[Row] = [
        {
            "name": row["region"],
            "rule": row["name"],
            "country": ", ".join(split(row["countries"])),
            "state": ", ".join(split(row["states"])),
        }
        for row in rows("regions")
    ]
    return [*table, {"name": "us_east", "rule": "US without a known state", "country": "US", "state": "(blank)"}]


@dataclass(frozen=True, slots=True)
class _Seat:
    """A row of ``coverage.csv``."""

    territory: str
    role: str
    rep_id: str
    weight: float = 1
    starts_on: date | None = None
    ends_on: date | None = None
    covers: str = ""

    def row(self) -> Row:
        return dict(zip((field.name for field in fields(self)), astuple(self), strict=True)) | {
            "weight": f"{self.weight:g}"
        }


_SELLER = "account_executive"
_VACANT_REGION = "nordics_east"
"""Its desk for companies of unknown size has an open position: a few accounts are exceptions."""


def coverage(team: Team, as_of: date) -> list[Row]:
    """Give who covers what: shared territories, a stand-in for a leave, a vacancy, and who had the position before."""
    seats = [seat for cell in team.executives for seat in _cell_seats(team, cell, as_of)]
    for cell, reps in team.executives.items():
        if cell.region == _VACANT_REGION and cell.segment == "small_business":
            seats.append(_Seat(cell.region, _SELLER, "", starts_on=as_of - timedelta(days=14)))
        elif cell.segment == "small_business":
            present = [rep for rep, _ in reps if rep != team.inactive] or [team.successor]
            seats.append(_Seat(cell.region, _SELLER, present[0]))
    lead_regions = ("us_east", "uk_ireland", "north_asia")
    leaders = dict.fromkeys(team.executives[Cell(region, "enterprise")][0][0] for region in lead_regions)
    seats += [_Seat("strategic", _SELLER, rep, weight) for rep, weight in zip(leaders, (2, 1, 1), strict=False)]
    seats += [_Seat(territory, _SELLER, team.reps[0].rep_id) for territory in ("partners", "house", "not_for_sale")]
    seats += [
        _Seat(f"success.{area}", "customer_success_manager", rep) for area, reps in team.success.items() for rep in reps
    ]
    return [seat.row() for seat in [*seats, *_overlay(team)]]


def _cell_seats(team: Team, cell: Cell, as_of: date) -> list[_Seat]:
    reps = team.executives[cell]
    away, stand_in = team.on_leave
    seats: list[_Seat] = []
    for number, (rep, weight) in enumerate(reps):
        if rep == team.inactive:
            left_on, since, until = (as_of + timedelta(days=days) for days in (-30, -29, 60))
            seats.append(_Seat(cell.territory, _SELLER, rep, weight, ends_on=left_on))
            seats.append(_Seat(cell.territory, _SELLER, "", weight, starts_on=since))
            seats.append(_Seat(cell.territory, _SELLER, team.successor, 1, since, until, "vacancy"))
            continue
        # whoever joined a shared territory last still learns, and gets half
        is_new = 0 < number == len(reps) - 1
        seats.append(_Seat(cell.territory, _SELLER, rep, 0.5 if is_new else weight))
        if rep == away != stand_in:
            first, last = as_of + timedelta(days=-20), as_of + timedelta(days=100)
            seats.append(_Seat(cell.territory, _SELLER, stand_in, 1, first, last, away))
    return seats


def _overlay(team: Team) -> list[_Seat]:
    """Give the seats of the product specialists; an area that has none has an open position."""
    area_of = {row["hub"]: row["area"] for row in rows("regions")}
    by_id = {rep.rep_id: rep for rep in team.reps}
    seats = []
    for specialty in SPECIALTIES:
        for area in AREAS:
            here = [rep for rep in team.specialists[specialty] if area_of[by_id[rep].country] == area]
            seats += [_Seat(f"{specialty.lower()}.{area}", "product_specialist", rep) for rep in here or [""]]
    return seats
