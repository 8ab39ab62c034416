from __future__ import annotations

from typing import Any

import pytest

from rightful.plan.segmentation import Band
from rightful.rules import RuleKind
from rightful.stages.segmentation.bands import BandedNumber, band_rows

FIELDS = dict.fromkeys(("employees", "employees_low", "employees_high", "floors"), RuleKind.NUMBER)
EDGES = {"SMB": 1, "Mid-Market": 100, "Enterprise": 1000}


def band_of(policy: str, number: float | None, low: float | None, high: float | None) -> tuple[str, str] | None:
    band = Band(field="employees", edges=EDGES, when_range_spans=policy)  # type: ignore[arg-type]
    record: dict[str, Any] = {"employees": number, "employees_low": low, "employees_high": high}
    row = next((row for row in band_rows(band, FIELDS) if row.when.holds(record)), None)
    return row and (row.name, row.reason(record))


@pytest.mark.parametrize(
    ("number", "low", "high", "expected"),
    [
        (1200.0, None, None, ("Enterprise", "employees 1,200 in >=1000")),
        (1200.0, 1200.0, 1200.0, ("Enterprise", "employees 1,200 in >=1000")),
        (100.0, 100.0, 100.0, ("Mid-Market", "employees 100 in >=100 <1000")),
        (99.5, None, None, ("SMB", "employees 99.50 in >=1 <100")),
        (316.0, 200.0, 500.0, ("Mid-Market", "employees 200-500 in >=100 <1000")),
        (1500.0, 1001.0, None, ("Enterprise", "employees 1,001 or more in >=1000")),
        (7.0, None, 50.0, ("SMB", "employees up to 50 in >=1 <100")),
    ],
)
@pytest.mark.parametrize("policy", ["middle", "lower", "unknown"])
def test_what_lies_in_one_band_is_in_it_whatever_the_policy(
    policy: str, number: float, low: float | None, high: float | None, expected: tuple[str, str]
) -> None:
    assert band_of(policy, number, low, high) == expected


@pytest.mark.parametrize(
    ("number", "low", "high", "policy", "expected"),
    [
        (
            158.0,
            50.0,
            500.0,
            "middle",
            ("Mid-Market", "employees 50-500 spans bands, middle 158 in >=100 <1000"),
        ),
        (158.0, 50.0, 500.0, "lower", ("SMB", "employees 50-500 spans bands, lower end in >=1 <100")),
        (158.0, 50.0, 500.0, "unknown", None),
        (
            500.0,
            500.0,
            None,
            "middle",
            ("Mid-Market", "employees 500 or more spans bands, lower end in >=100 <1000"),
        ),
        (
            500.0,
            500.0,
            None,
            "lower",
            ("Mid-Market", "employees 500 or more spans bands, lower end in >=100 <1000"),
        ),
        (500.0, None, 500.0, "middle", ("Mid-Market", "employees up to 500 spans bands, upper end in >=100 <1000")),
        (500.0, None, 500.0, "lower", ("SMB", "employees up to 500 spans bands, lower end in >=1 <100")),
        (500.0, None, 500.0, "unknown", None),
    ],
)
def test_a_range_over_several_bands_is_placed_by_the_policy(
    number: float, low: float | None, high: float | None, policy: str, expected: tuple[str, str] | None
) -> None:
    assert band_of(policy, number, low, high) == expected


@pytest.mark.parametrize("policy", ["middle", "lower", "unknown"])
@pytest.mark.parametrize("number", [None, float("nan"), 0.0, -5.0])
def test_what_is_blank_or_below_the_first_edge_is_in_no_band(policy: str, number: float | None) -> None:
    assert band_of(policy, number, None, None) is None


def test_a_number_without_range_fields_has_plain_bands() -> None:
    rows = list(band_rows(Band(field="floors", edges={"low": 0, "high": 10}), FIELDS))
    assert [(row.name, str(row.when)) for row in rows] == [
        ("low", "floors >= 0 AND floors < 10"),
        ("high", "floors >= 10"),
    ]


def test_range_fields_are_found_by_name() -> None:
    assert BandedNumber.of("employees", FIELDS).reads == ("employees", "employees_low", "employees_high")
    assert BandedNumber.of("floors", FIELDS).reads == ("floors",)
