"""The part of ``quality.yaml`` on duplicates: how they are found, which stays, whose values it gets, what people decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from rightful.errors import Mistake
from rightful.plan.section import Name, Section, Written, place_of

__all__ = ["DEFAULT_KEYS", "DuplicateRules", "DuplicateTable", "SameOrNot", "Survival"]

Evidence = Literal["off", "list", "merge"]
Survivor = Literal["customer", "owned", "most_complete", "oldest", "newest_activity"]
Survival = Literal[
    "survivor",
    "newest",
    "oldest",
    "longest",
    "largest",
    "smallest",
    "most_frequent",
    "most_complete",
    "trusted_source",
    "manual",
]
DuplicateTable = Literal["accounts", "contacts", "leads"]

DEFAULT_KEYS: dict[str, tuple[str, ...]] = {
    "accounts": (
        "company_number",
        "domain + core_name + city",
        "phone + core_name",
        "core_name + postal_code + street",
    ),
    # with the name, for an address may be shared, such as info@, or be a filler
    "contacts": ("email + last_name", "phone + last_name + first_name"),
    "leads": ("email + last_name", "phone + last_name + first_name + core_name"),
}


class SameOrNot(Section):
    """A person's decision on two records of one table; no key and no evidence changes it."""

    record_id: Name = Field(min_length=1, description="The one record.")
    other_id: Name = Field(min_length=1, description="The other.")
    is_same: bool | None = Field(
        default=None,
        description="Yes: they are one and are merged. No: they are never merged, nor through others. Blank: not decided yet.",
    )
    survivor_id: str = Field(default="", description="Which of the two stays; blank leaves that to `prefer`.")
    by: str = Field(default="", description="Who decided.")


class DuplicateRules(Section):
    """Which records of a table are duplicates of one another, and what survives."""

    keys: tuple[Written, ...] = Field(
        default=(),
        description="Candidate keys, each of one or more cleaned fields such as `domain + core_name`: records that agree on all"
        " fields of a key, none of them blank, are duplicates. Left out: the table's usual keys. `[]` with `enabled: no` merges nothing.",
    )
    enabled: bool = Field(default=True, description="No: duplicates stay.")
    evidence: Evidence = Field(
        default="off",
        description="What evidence beside the keys does: names nearly alike, addresses, phones, weighed by how rare they are in the"
        " book. `off`: nothing. `list`: likely duplicates stand in duplicate_links for a person to decide. `merge`: those from"
        " `certain` on are merged, the others listed.",
    )
    certain: float = Field(
        default=0.95, gt=0.5, lt=1, description="Probability from which evidence alone merges two records."
    )
    possible: float = Field(
        default=0.5, ge=0.2, lt=1, description="Probability from which a pair stands in duplicate_links."
    )
    cohesion: float = Field(
        default=0.15,
        ge=0,
        le=1,
        description="Guard against chains: groups of records join where the pairs between them are one record with at least this"
        " probability on average, pairs without a link counting 0. A link that joins nothing is listed and merges nothing; 0 lets"
        " any chain stand.",
    )
    decisions: tuple[SameOrNot, ...] = Field(
        default=(),
        description="Pairs that people decided; usually the name of a CSV file with these columns.",
    )
    prefer: tuple[Survivor, ...] = Field(
        default=("customer", "most_complete", "oldest"),
        description="Which record survives, first criterion first; ties go to the smallest key.",
    )
    survivorship: Mapping[str, Survival] = Field(
        default={},
        description="Whose value a cleaned field gets: survivor (default; blanks are filled from the others), newest, oldest, longest,"
        " largest, smallest, most_frequent, most_complete (the record with the most fields filled), trusted_source (the record from"
        " the file that stands first in `trusted_sources`), or manual (the survivor's own, blank or not, until a person corrects it).",
    )
    trusted_sources: tuple[str, ...] = Field(
        default=(),
        description="Files of the book, such as `erp.csv`, the most trusted first, for trusted_source; files left out come last.",
    )
    largest_cluster: int = Field(
        default=25,
        ge=2,
        description="Clusters with more records are not merged but listed in exceptions: a key is too weak for them.",
    )

    def contradictions(self) -> Iterator[Mistake]:
        """Check decisions: none on one record, none twice, a survivor that is one of the two; and sources where they are needed."""
        seen: set[frozenset[str]] = set()
        for each in self.decisions:
            place = place_of(each.record_id, "quality.yaml")
            pair = frozenset((str(each.record_id), each.other_id))
            if len(pair) == 1:
                yield Mistake(place, f"record {each.other_id!r} is compared with itself", remedy="name two records")
            elif pair in seen:
                problem = f"records {each.record_id!s} and {each.other_id} are decided twice"
                yield Mistake(place, problem, remedy="keep one of the rows")
            elif each.survivor_id and each.survivor_id not in pair:
                problem = f"survivor {each.survivor_id!r} is none of the two records"
                yield Mistake(place, problem, " or ".join(sorted(pair)), "name one of them, or leave it blank")
            seen.add(pair)
        if "trusted_source" in self.survivorship.values() and not self.trusted_sources:
            problem = "trusted_source decides a field, but trusted_sources is empty"
            yield Mistake(None, problem, "files of the book", "list the files, the most trusted first")
