from __future__ import annotations

from datetime import date

import pytest

from rightful.sample.dice import Dice
from rightful.sample.team import AREAS, SEGMENTS, SPECIALTIES, Team, draw_team, region_names

AS_OF = date(2026, 6, 30)


@pytest.fixture(params=[15, 24, 60, 400], scope="module")
def team(request: pytest.FixtureRequest) -> Team:
    return draw_team(request.param, AS_OF, Dice(7, "team"))


def test_the_team_has_as_many_reps_as_asked_for() -> None:
    assert [len(draw_team(count, AS_OF, Dice(7, "team")).reps) for count in (15, 33, 60)] == [15, 33, 60]


def test_every_cell_of_the_grid_has_an_account_executive(team: Team) -> None:
    assert {(cell.region, cell.segment) for cell in team.executives} == {
        (region, segment) for region in region_names() for segment in SEGMENTS
    }
    assert all(team.executives.values())


def test_areas_and_specialties_are_covered(team: Team) -> None:
    assert set(team.pools) == set(team.success) == set(AREAS)
    assert set(team.specialists) == set(SPECIALTIES)


def test_everybody_but_the_head_has_a_manager(team: Team) -> None:
    ids = {rep.rep_id for rep in team.reps}
    assert team.reps[0].manager_id == ""
    assert {rep.manager_id for rep in team.reps[1:]} <= ids


def test_one_has_left_and_another_covers(team: Team) -> None:
    gone = [rep for rep in team.reps if rep.is_active == "false"]
    assert [rep.rep_id for rep in gone] == [team.inactive]
    assert gone[0].ends_on < AS_OF.isoformat()
    assert team.successor != team.inactive


def test_addresses_differ_and_are_plain(team: Team) -> None:
    addresses = [rep.email for rep in team.reps]
    assert len(set(addresses)) == len(addresses)
    assert all(address.isascii() and " " not in address for address in addresses)


def test_a_large_team_shares_cells_by_size() -> None:
    shared = draw_team(400, AS_OF, Dice(7, "team")).executives
    size = {cell.territory: len(reps) for cell, reps in shared.items()}
    assert size["us_east.small_business"] > size["us_east.enterprise"] > size["anz.enterprise"]
