"""The fields that speak for or against a pair, and what comparing one of them can find."""

from __future__ import annotations

from enum import IntEnum, StrEnum

__all__ = ["Evidence", "Finding"]


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
    SPELLS_NAME_AGAINST_DOMAIN = 12
    BEGINS_NAME_AGAINST_DOMAIN = 13
    ACCOUNT_HAS_NONE = 14
    PERSON_HAS_NONE = 15
    FIRST_WORD = 16
    UNRIVALLED = 17
