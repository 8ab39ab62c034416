from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from rightful.runs.report.charts import Column, Part, Tile, bar, dots, flow, heat, histogram, stack, tiles
from rightful.runs.report.flows import Link
from rightful.runs.report.places import US_TILES


def parsed(chart: Markup) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314  # what we made ourselves


def texts(chart: Markup) -> list[str]:
    return [element.text or "" for element in parsed(chart).iter("text")]


def test_a_bar_fills_its_share_of_the_cell() -> None:
    (rect,) = parsed(bar(1, 4)).iter("rect")
    assert rect.get("width") == "25.00%"


@pytest.mark.parametrize("most", [0, -1])
def test_nothing_of_nothing_is_an_empty_bar(most: float) -> None:
    assert list(parsed(bar(0, most)).iter("rect")) == []


def test_parts_follow_one_another() -> None:
    rects = list(parsed(stack([Part("one", 1, "a"), Part("none", 0, "b"), Part("two", 3, "c")], 4)).iter("rect"))
    assert [(rect.get("x"), rect.get("width")) for rect in rects] == [("0.00%", "25.00%"), ("25.00%", "75.00%")]


def test_charts_say_what_they_show() -> None:
    drawn = (
        histogram("A <b>", "B & C", [Column("0–5%", (Part("matched", 3, "a"),), edge="0%")], "100%"),
        flow("A <b>", "B & C", [Link(0, "read", "kept", 3)]),
        tiles("A <b>", "B & C", [Tile(0, 0, "CA", 3, "CA: 3")]),
    )
    for chart in drawn:
        root = parsed(chart)
        assert root.get("role") == "img"
        assert [root[0].text, root[1].text] == ["A <b>", "B & C"]


def test_a_histogram_writes_its_numbers() -> None:
    columns = [
        Column("low", (Part("x", 1, "a"),), "0%"),
        Column("high", (Part("x", 2_000_000, "a"), Part("y", 0, "b"))),
    ]
    assert [each for each in texts(histogram("t", "d", columns, "100%")) if each] == ["1", "0%", "2.0M", "100%"]
    heights = [float(rect.get("height") or 0) for rect in parsed(histogram("t", "d", columns, "")).iter("rect")]
    assert heights[0] == 1.0


def test_an_empty_histogram_is_an_axis() -> None:
    assert list(parsed(histogram("t", "d", [Column("low", ())], "")).iter("rect")) == []


def test_a_flow_keeps_its_nodes_apart_and_inside() -> None:
    links = [Link(0, "read", f"node {at}", 10**at) for at in range(7)]
    chart = flow("t", "d", links)
    places = sorted((float(text.get("x") or 0), float(text.get("y") or 0)) for text in parsed(chart).iter("text"))
    last = [y for x, y in places if x > 100]
    assert min(below - above for above, below in pairwise(last)) >= 12
    assert max(last) <= 300
    assert "node 6 1,000,000" in texts(chart)


def test_a_flow_of_nothing_is_empty() -> None:
    assert texts(flow("t", "d", [])) == []


def test_dots_stay_on_their_line() -> None:
    circles = list(parsed(dots([0, 5, 5, 10], 10, 5)).iter("circle"))
    assert [circle.get("cx") for circle in circles] == ["2.0%", "50.0%", "98.0%"]
    assert len(list(parsed(dots([0, 0], 0, 0)).iter("circle"))) == 1


def test_shades_tell_none_from_little() -> None:
    assert [heat(value, 100) for value in (0, 1, 100)] == ["heat0", "heat1", "heat5"]
    assert heat(0, 0) == "heat0"


def test_every_state_has_a_tile_of_its_own() -> None:
    assert len(US_TILES) == len(set(US_TILES.values())) == 51
