"""The plan as a whole: what people declare, loaded and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator

from rightful.plan.assignment import AssignmentSection
from rightful.plan.changes import ChangesSection
from rightful.plan.desk import DeskSection
from rightful.plan.hierarchy import HierarchySection
from rightful.plan.matching import MatchingSection
from rightful.plan.quality import QualitySection
from rightful.plan.routing import RoutingSection
from rightful.plan.scoring import ScoringSection
from rightful.plan.section import Section
from rightful.plan.segmentation import SegmentationSection
from rightful.plan.sources import SourcesSection

__all__ = ["SECTIONS", "GeneralSection", "Plan"]


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"unknown time zone {name!r}: IANA names such as Europe/Berlin are allowed"
        raise ValueError(message) from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_time_zone)]
"""An IANA time zone name."""


def _currency_code(code: str) -> str:
    if len(code) == 3 and code.isascii() and code.isalpha() and code.isupper():
        return code
    message = f"{str(code)!r} is no currency: ISO 4217 codes such as EUR are allowed"
    raise ValueError(message)


Currency = Annotated[str, AfterValidator(_currency_code)]
"""An ISO 4217 code."""

Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""What one unit is worth in US dollars."""


YEARS = range(1970, 2200)
"""Years in which a book may be read: dates before and after can be reckoned with."""


class GeneralSection(Section):
    """``plan.yaml``: what concerns all stages."""

    name: str = Field(default="", description="Name of the plan; the folder's name by default.")
    description: str = Field(default="", description="What the plan is for, in a sentence.")
    time_zone: TimeZone = Field(
        default="UTC", description="IANA time zone of dates and working hours without one of their own."
    )
    as_of: datetime | date | None = Field(
        default=None,
        description="Instant or date at which the book is read, such as 2026-06-30; left out, it is the moment the run starts.",
    )
    currency_rates: Mapping[Currency, Rate] = Field(
        default={"USD": 1.0},
        description="US dollars for one unit of each currency, such as `EUR: 1.08`; amounts in other currencies stay unknown.",
    )
    default_currency: Currency = Field(default="USD", description="ISO 4217 code of amounts that name no currency.")
    lists: Mapping[str, tuple[str, ...]] = Field(
        default={},
        description="Named lists of values for rules, `@name` in a cell; files in lists/ (first column) are lists as well.",
    )

    @field_validator("as_of")
    @classmethod
    def _within_years(cls, value: datetime | date | None) -> datetime | date | None:
        if value is not None and value.year not in YEARS:
            message = f"as_of is in {value.year}: the years {YEARS[0]} to {YEARS[-1]} are allowed"
            raise ValueError(message)
        return value


SECTIONS: dict[str, type[Section]] = {
    "plan": GeneralSection,
    "sources": SourcesSection,
    "quality": QualitySection,
    "segmentation": SegmentationSection,
    "hierarchy": HierarchySection,
    "matching": MatchingSection,
    "scoring": ScoringSection,
    "assignment": AssignmentSection,
    "routing": RoutingSection,
    "changes": ChangesSection,
    "desk": DeskSection,
}
"""Every section by the name of its file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What people declare, loaded and checked.

    Attributes:
        folder: The plan's folder; paths in the plan are relative to it.
        version: First 16 hexadecimal digits of the SHA-256 of all plan files: the same files give the same version.
        general: ``plan.yaml``.
        lists: Named lists, from ``plan.yaml`` and from ``lists/``.
    """

    folder: Path
    version: str
    general: GeneralSection
    lists: Mapping[str, tuple[str, ...]]
    sources: SourcesSection
    quality: QualitySection
    segmentation: SegmentationSection
    hierarchy: HierarchySection
    matching: MatchingSection
    scoring: ScoringSection
    assignment: AssignmentSection
    routing: RoutingSection
    changes: ChangesSection
    desk: DeskSection

    @property
    def name(self) -> str:
        """The plan's name, by default that of its folder."""
        return self.general.name or self.folder.name

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of the account team, from ``assignment.yaml``."""
        return self.assignment.roles

    def section_versions(self) -> dict[str, str]:
        """Give a version of each section, and of the lists: it changes when what the section says changes, comments aside."""
        parts = {
            name: getattr(self, "general" if name == "plan" else name).model_dump(mode="json") for name in SECTIONS
        }
        return {name: _version_of(part) for name, part in (*parts.items(), ("lists", dict(self.lists)))}


def _version_of(part: object) -> str:
    return sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]
