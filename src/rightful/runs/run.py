"""A finished run: its tables as data frames, and what was counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from rightful.crm import OBJECT_OF_TABLE, OBJECTS
from rightful.errors import Mistake, Place, RunError, near_miss
from rightful.plan import Plan
from rightful.runs.accounting import RowCount
from rightful.runs.folder import MANIFEST

__all__ = ["STAGE_NAMES", "Manifest", "Run", "StageTime", "side_by_side"]

STAGE_NAMES = (
    "sources",
    "quality",
    "segmentation",
    "hierarchy",
    "matching",
    "scoring",
    "assignment",
    "routing",
)
"""Folders of a run, in the order in which columns were added."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """Wall-clock seconds that a stage took."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run was made of; the same plan, book and instant give the same manifest.

    Attributes:
        plan_name: Name of the plan.
        plan_version: Version of the plan's files.
        as_of: UTC instant at which the book was read.
        counts: Where the rows of each table went.
        section_versions: Version of what each section of the plan says, and of its lists; empty for a run of an earlier release.
    """

    plan_name: str
    plan_version: str
    as_of: datetime
    counts: tuple[RowCount, ...]
    section_versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, as_of: datetime, counts: tuple[RowCount, ...]) -> Manifest:
        """Make the manifest of a run of a plan."""
        return cls(plan.name, plan.version, as_of, counts, plan.section_versions())

    def as_json(self) -> dict[str, Any]:
        """Give what ``manifest.json`` holds."""
        return {
            **asdict(self),
            "as_of": self.as_of.isoformat(),
            "counts": [asdict(count) for count in self.counts],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Manifest:
        """Read what ``as_json`` gave."""
        counts = tuple(RowCount(**count) for count in content["counts"])
        as_of, sections = datetime.fromisoformat(content["as_of"]), content.get("section_versions", {})
        return cls(content["plan_name"], content["plan_version"], as_of, counts, sections)


def side_by_side(key: str, added: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """Put what stages added to a table side by side, which is cheaper than joining it.

    From cleaning on every stage has the same records, ordered by their key: the run checked that when it was made.

    Args:
        key: Key of the table.
        added: The stored results of stages, ``sources`` not among them.
    """
    first, *others = added
    return pl.concat([first, *(each.drop(key) for each in others)], how="horizontal") if others else first


@dataclass(frozen=True)
class Run:
    """A complete run in its folder.

    Attributes:
        folder: Where it is stored: a folder per stage with Parquet files, CSV files for people, ``report.html``.
        manifest: What it was made of.

    Example:
        >>> run = Run.latest(Path("acme"))  # doctest: +SKIP
        >>> run.frame("accounts").group_by("territory_id").len()  # doctest: +SKIP
    """

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, folder: Path) -> Run:
        """Open a run by its folder.

        Raises:
            RunError: There is no complete run in the folder.
        """
        path = folder / MANIFEST
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(folder, Manifest.from_json(content))
        except (OSError, ValueError, KeyError, TypeError) as error:
            problem = Mistake(Place(str(path)), "no complete run is here", remedy="make one with `rightful run PLAN`")
            raise RunError(problem) from error

    @classmethod
    def latest(cls, plan_folder: Path) -> Run:
        """Open the newest run of a plan.

        Raises:
            RunError: The plan was not run yet.
        """
        pointer = plan_folder / "runs" / "LATEST"
        try:
            name = pointer.read_text(encoding="utf-8").strip()
        except OSError as error:
            problem = Mistake(
                Place(str(plan_folder)),
                "this plan has no run yet",
                remedy=f"run it: `rightful run {plan_folder}`",
            )
            raise RunError(problem) from error
        return cls.open(plan_folder / "runs" / name)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all tables: those of the CRM, then those that stages made."""
        made = {path.stem for path in self.folder.glob("*/*.parquet")}
        objects = [crm_object.table for crm_object in OBJECTS]
        return (*objects, *sorted(made - set(objects)))

    def scan(self, table: str) -> pl.LazyFrame:
        """Give a table lazily: for CRM objects one row per record that stays, with what every stage added.

        Raises:
            RunError: The run has no such table.
        """
        paths = self.paths(table)
        if table not in OBJECT_OF_TABLE:
            return pl.scan_parquet(paths[-1])
        key = OBJECT_OF_TABLE[table].key
        source, *added = (pl.scan_parquet(path) for path in paths)
        return source.join(side_by_side(key, added), on=key, how="inner", maintain_order="left") if added else source

    def frame(self, table: str) -> pl.DataFrame:
        """Give a table as a data frame, see ``scan``."""
        return self.scan(table).collect()

    def paths(self, table: str) -> list[Path]:
        """Give the Parquet files of a table in the order of the stages; a table of several stages has one merged file.

        Raises:
            RunError: The run has no such table.
        """
        merged = self.folder / "tables" / f"{table}.parquet"
        if merged.exists():
            return [merged]
        found = [self.folder / stage / f"{table}.parquet" for stage in STAGE_NAMES]
        paths = [path for path in found if path.exists()]
        if not paths:
            problem = f"the run has no table {table!r}"
            raise RunError(
                Mistake(Place(str(self.folder)), problem, ", ".join(self.names), near_miss(table, self.names))
            )
        return paths

    def record(self, table: str, record_id: str) -> dict[str, Any] | None:
        """Give one record with what every stage added; None when the table has no record with this key that stays."""
        key = OBJECT_OF_TABLE[table].key
        values: dict[str, Any] = {}
        for path in self.paths(table):
            rows = pl.scan_parquet(path).filter(pl.col(key) == record_id).collect()
            if rows.is_empty():
                return None
            values.update(rows.row(0, named=True))
        return values

    def rows_of(self, table: str, **equal: str) -> list[dict[str, Any]]:
        """Give the rows of a table whose columns equal the given values, in their stored order."""
        conditions = [pl.col(name) == value for name, value in equal.items()]
        return pl.scan_parquet(self.paths(table)[-1]).filter(*conditions).collect().to_dicts()

    @property
    def assignments(self) -> pl.DataFrame:
        """Who owns what: one row per record and role."""
        return self.frame("assignments")

    @property
    def exceptions(self) -> pl.DataFrame:
        """Records without an owner, with cause, age, value and a suggested repair."""
        return self.frame("exceptions")

    @property
    def quarantine(self) -> pl.DataFrame:
        """Rows that could not be read, with file, line and reason."""
        return self.frame("quarantine")

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{c.table}</td><td>{c.read:,}</td><td>{c.kept:,}</td><td>{c.merged:,}</td><td>{c.quarantined:,}</td></tr>"
            for c in self.manifest.counts
        )
        head = "<tr><th>table</th><th>read</th><th>kept</th><th>merged</th><th>quarantined</th></tr>"
        return f"<p><b>{escape(self.manifest.plan_name)}</b> as of {self.manifest.as_of:%Y-%m-%d %H:%M} UTC</p><table>{head}{rows}</table>"
