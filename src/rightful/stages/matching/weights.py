"""What each finding is worth: natural log-odds, set by hand in the manner of Fellegi and Sunter.

A finding's weight is the logarithm of how much more often it is made of a person and their own account than of a person and
another candidate. The figures come from reasoning about how leads are typed and from generated noise; no labelled data set
went into them. ``benchmarks/matching.py`` says how well they do.

Source: Fellegi and Sunter, *A Theory for Record Linkage*, 1969.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

__all__ = [
    "CROWD_SHARE",
    "NAME_CURVE",
    "PRIOR",
    "RARITY_CURVE",
    "RIVAL_REACH",
    "RIVAL_WEIGHT",
    "WEIGHTS",
    "Evidence",
    "Finding",
]


class Evidence(StrEnum):
    """What speaks for or against a pair: its fields, which a plan may make count more or less, and its rivals."""

    DOMAIN = "domain"
    NAME = "name"
    PHONE = "phone"
    STREET = "street"
    POSTAL_CODE = "postal_code"
    CITY = "city"
    STATE = "state"
    COUNTRY = "country"
    RIVAL = "rival"


class Finding(IntEnum):
    """What comparing one field can find."""

    UNKNOWN = 0
    EQUAL = 1
    LABEL_EQUAL = 2
    LABEL_NEAR = 3
    SPELLS_NAME = 4
    BEGINS_NAME = 5
    DIFFERS = 6
    INITIALS = 7
    ALIKE = 8
    SAME_BLOCK = 9
    SAME_AREA = 10
    RIVALLED = 11


# Log-odds of a candidate before any field is compared: about one candidate in twenty is right.
PRIOR = -3.0

WEIGHTS: dict[Evidence, dict[Finding, float]] = {
    Evidence.DOMAIN: {
        Finding.EQUAL: 7.5,
        Finding.LABEL_EQUAL: 4.5,
        Finding.LABEL_NEAR: 3.5,
        Finding.SPELLS_NAME: 3.5,
        Finding.BEGINS_NAME: 1.5,
        Finding.DIFFERS: -1.8,
    },
    # ALIKE is read from NAME_CURVE.
    Evidence.NAME: {Finding.SPELLS_NAME: 3.0, Finding.INITIALS: 1.5},
    Evidence.PHONE: {Finding.EQUAL: 6.5, Finding.SAME_BLOCK: 2.0, Finding.DIFFERS: -0.6},
    Evidence.STREET: {Finding.EQUAL: 4.0, Finding.DIFFERS: -0.8},
    Evidence.POSTAL_CODE: {Finding.EQUAL: 3.0, Finding.SAME_AREA: 0.7, Finding.DIFFERS: -1.2},
    Evidence.CITY: {Finding.EQUAL: 2.2, Finding.DIFFERS: -1.0},
    Evidence.STATE: {Finding.EQUAL: 0.8, Finding.DIFFERS: -0.9},
    Evidence.COUNTRY: {Finding.EQUAL: 0.2, Finding.DIFFERS: -1.2},
}

# Likeness of names (0 to 1) -> log-odds, straight between the points.
NAME_CURVE: tuple[tuple[float, float], ...] = (
    (0.0, -4.0), (0.5, -3.5), (0.65, -2.2), (0.74, -0.8), (0.83, 1.0), (0.91, 2.8), (0.96, 4.5), (1.0, 5.0),
)  # fmt: skip

# Rarity of the shared words, in units of one word that a single account has -> log-odds added where names are alike.
RARITY_CURVE: tuple[tuple[float, float], ...] = ((0.2, -2.0), (0.7, -1.0), (1.0, 0.0), (1.5, 0.7), (2.0, 1.5))

# Of a domain or name that n accounts share, this share of ln(n) is taken off: any of them may be meant.
CROWD_SHARE = 0.35

# Another company that fits as well takes this much off; one that fits worse takes less, by half every 1.4 points.
RIVAL_WEIGHT = -3.0
RIVAL_REACH = 2.0
