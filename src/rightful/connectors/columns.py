"""Say which column of a source is which field: as the plan says, else by the headers that CRM exports use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rightful.connectors.headers import squeezed, usual_headers
from rightful.crm import CrmObject
from rightful.errors import Mistake, Place, near_miss
from rightful.plan.section import Written
from rightful.plan.sources import ROW_NUMBER, TableSource

__all__ = ["ColumnMapping", "map_columns"]

_NEAR = 85
_MOST_SHOWN = 30
_MOST_COMPARED = 500


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column is which field.

    Attributes:
        key: Position of the key's column; None when keys are made from the rows' places.
        fields: Positions by field.
        constants: Values by field that every record gets.
        key_prefix: Text put before every key.
        units: Unit written behind each value, by field.
    """

    key: int | None
    fields: Mapping[str, int]
    constants: Mapping[str, str]
    key_prefix: str = ""
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def positions(self) -> tuple[int, ...]:
        """The columns to read, the key first, each once."""
        key = () if self.key is None else (self.key,)
        return tuple(dict.fromkeys((*key, *self.fields.values())))


def map_columns(
    headers: Sequence[str], crm_object: CrmObject, declared: TableSource | None, file: str
) -> tuple[ColumnMapping, list[Mistake]]:
    """Map the columns of one source to an object's fields.

    Args:
        headers: Headers of the source.
        crm_object: What its rows are.
        declared: What the plan says; None for a file found in the book's folder.
        file: Name of the source, for messages.

    Returns:
        The mapping, and what is wrong with it: errors, and warnings for columns that are nearly a field.
    """
    search = _Search(headers, crm_object.table, Place(file), [], _by_squeezed(headers))
    explicit = dict(declared.columns) if declared else {}
    constants = {field: value.text for field, value in declared.constants.items()} if declared else {}
    fields = {
        name: position
        for name, written in explicit.items()
        if written and written.text.strip() and (position := search.stated(written)) is not None
    }
    stated_key = declared.key if declared else None
    taken = set(fields.values())
    key: int | None = None
    if stated_key is None:
        key = search.recognised(crm_object.key, taken)
        if key is None and not search.mistakes:
            search.mistakes.append(_no_key(crm_object, headers, file))
    elif stated_key.text != ROW_NUMBER:
        key = search.stated(stated_key)
    if key is not None:
        taken.add(key)
    for one in crm_object.source_fields:
        if one.name in explicit or one.name in constants:
            continue
        position = search.recognised(one.name, taken)
        if position is not None:
            fields[one.name] = position
            taken.add(position)
    empty = [field.name for field in crm_object.source_fields if field.name not in {*fields, *explicit, *constants}]
    warnings = list(search.near_misses(empty, taken))
    units = {name: unit.text for name, unit in declared.units.items()} if declared else {}
    return ColumnMapping(
        key, fields, constants, declared.key_prefix if declared else "", units
    ), search.mistakes + warnings


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for columns by header, and notes what cannot be decided."""

    headers: Sequence[str]
    table: str
    place: Place
    mistakes: list[Mistake]
    by_squeezed: Mapping[str, Sequence[int]]

    def stated(self, written: Written) -> int | None:
        """Find the column that the plan names: exactly, else without regard to case and punctuation."""
        name = written.text.strip()
        found = self._at(header == name for header in self.headers)
        found = found or self._at(_tidy(header) == _tidy(name) for header in self.headers)
        if len(found) == 1:
            return found[0]
        if found:
            self.mistakes.append(self._ambiguous(f"column {name!r}", found, written.place))
        else:
            problem = f"{self.place.file} has no column {name!r}"
            named = [header for header in self.headers if header]
            self.mistakes.append(Mistake(written.place, problem, _listed(named), near_miss(name, named)))
        return None

    def recognised(self, field: str, taken: set[int]) -> int | None:
        """Find the column of a field by the headers that exports use."""
        for name in usual_headers(self.table, field):
            found = [at for at in self.by_squeezed.get(squeezed(name), ()) if at not in taken]
            exact = [at for at in found if self.headers[at] == name]
            found = exact if len(exact) == 1 else found
            if len(found) == 1:
                return found[0]
            if found:
                self.mistakes.append(self._ambiguous(field, found, self.place))
                taken.update(found)
                return None
        return None

    def near_misses(self, fields: Sequence[str], taken: set[int]) -> Iterator[Mistake]:
        """Point at unused columns whose header is nearly that of a field without a column."""
        usual = [header for field in fields for header in usual_headers(self.table, field)]
        unused = [header for at, header in enumerate(self.headers) if header and at not in taken]
        for header in unused[:_MOST_COMPARED]:
            near = near_miss(header, usual, _NEAR)
            if near:
                problem = f"column {header!r} is not used"
                yield Mistake(self.place, problem, remedy=f"{near} Then say so in `columns:`", severity="warning")

    def _at(self, matches: Iterator[bool]) -> list[int]:
        return [position for position, is_match in enumerate(matches) if is_match]

    def _ambiguous(self, what: str, found: Sequence[int], place: Place) -> Mistake:
        shown = " and ".join(f"{self.headers[at]!r} (column {at + 1})" for at in found)
        same = len({self.headers[at] for at in found}) == 1
        remedy = "rename one of them in the source" if same else "say in sources.yaml which one is meant"
        return Mistake(place, f"{what} can be {shown} of {self.place.file}", remedy=remedy)


def _by_squeezed(headers: Sequence[str]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        if header:
            positions.setdefault(squeezed(header), []).append(position)
    return positions


def _no_key(crm_object: CrmObject, headers: Sequence[str], file: str) -> Mistake:
    named = [header for header in headers if header]
    allowed = _listed(usual_headers(crm_object.table, crm_object.key))
    near = near_miss(crm_object.key, named)
    remedy = (
        f"{near} Write `key: HEADER` into sources.yaml, or `key: {ROW_NUMBER}` to make identifiers from row numbers"
    )
    problem = f"no column for {crm_object.key} among {_listed(named) or 'no headers'}"
    return Mistake(Place(file), problem, allowed, remedy.strip())


def _tidy(header: str) -> str:
    return " ".join(header.casefold().split())


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_SHOWN])
    return f"{shown}, ... ({len(names)} in all)" if len(names) > _MOST_SHOWN else shown
