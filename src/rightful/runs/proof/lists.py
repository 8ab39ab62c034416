"""The ordered lists of a plan beside its layers, of segments, routing and scores: rules in them that never decide anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rightful.crm import OBJECT_OF_TABLE
from rightful.errors import Place
from rightful.plan import Plan
from rightful.plan.routing import RoutingRule, routing_condition, routing_fields
from rightful.plan.scoring import condition_of
from rightful.plan.section import Written, place_of, rule_fields
from rightful.plan.segmentation import OUTPUTS, OutputName, SegmentedTable, output_fields
from rightful.rules import ANY, Condition, Fields, OneOf, Rule, all_of, compile_rules, parse_expression
from rightful.rules.proofs import ChartTooLargeError, Domains
from rightful.rules.proofs.ground import ground_of
from rightful.rules.proofs.regions import Region
from rightful.rules.proofs.standing import Standing, standings
from rightful.rules.proofs.surface import Surface
from rightful.runs.proof.finding import Candidate, Severity, Told
from rightful.stages.segmentation.outputs import NamedRow, compile_output

__all__ = ["idle_rules"]

_TABLES: tuple[SegmentedTable, ...] = ("accounts", "leads", "contacts")
_CLOSED = ("country", "industry")  # every table has these as cleaning gives them
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule of a list: what it gives, when it holds, where it stands."""

    name: str
    when: Condition
    place: Place


@dataclass(frozen=True, slots=True)
class OrderedList:
    """Rules of which the first that holds decides.

    Attributes:
        name: What they decide, such as ``routing pool rules``.
        fields: The fields that they may test.
        entries: The rules, in their order.
    """

    name: str
    fields: Fields
    entries: tuple[Entry, ...]


def lists_of(plan: Plan) -> Iterator[OrderedList]:
    """Give the ordered lists of a plan that people wrote, in the order of the stages; layers are proven by themselves."""
    yield from _segments(plan)
    for table in _TABLES:
        yield from _scores(plan, table)
    lists: Mapping[str, Sequence[RoutingRule]] = {
        "disqualify": plan.routing.disqualify,
        "routes": plan.routing.routes,
        "pool rules": plan.routing.pool_rules,
        "sla": plan.routing.sla,
    }
    for name, rules in lists.items():
        entries = tuple(
            Entry(
                rule.rule or f"rule {number}",
                routing_condition(rule, plan.lists),
                _place((rule.when, *rule.cells.values()), "routing.yaml"),
            )
            for number, rule in enumerate(rules, start=1)
        )
        yield OrderedList(f"routing {name}", routing_fields(), entries)


def _segments(plan: Plan) -> Iterator[OrderedList]:
    """Give lists and rules of each output; a block for all tables comes once."""
    for name in OUTPUTS:
        told: list[object] = []
        for table in _TABLES:
            found = plan.segmentation.output_for(table, name)
            if found and not any(found[0] is each for each in told):
                told.append(found[0])
                subject = f"segmentation {name.replace('_', ' ')}" + (f" of {found[1]}" if found[1] else "")
                yield OrderedList(subject, output_fields(found[1], name), _named_rows(plan, table, name))


def _named_rows(plan: Plan, table: SegmentedTable, name: OutputName) -> tuple[Entry, ...]:
    rows = compile_output(name, table, plan.segmentation, plan.lists).rows
    return tuple(
        Entry(f"{row.name} ({row.words})", row.when, place_of(row.name, "segmentation.yaml"))
        for row in rows
        if isinstance(row, NamedRow)
    )


def _scores(plan: Plan, table: str) -> Iterator[OrderedList]:
    fields = rule_fields(table, before="scoring")
    profiles = tuple(
        Entry(
            f"profile {each.profile}",
            parse_expression(each.when.text, fields, each.when.place, plan.lists) if each.when else ANY,
            _place((each.when,), "scoring.yaml"),
        )
        for each in plan.scoring.profiles_of(table)
    )
    yield OrderedList(f"scoring profiles of {table}", fields, profiles)
    overrides = []
    for each in plan.scoring.overrides:
        if each.table == table:
            when = condition_of(each, table, plan.lists)
            if each.record_id:
                when = all_of([OneOf(OBJECT_OF_TABLE[table].key, frozenset((each.record_id,))), when])
            overrides.append(Entry(str(each.reason), when, place_of(each.reason, "scoring.yaml")))
    yield OrderedList(f"scoring overrides of {table}", fields, tuple(overrides))


def _place(written: Sequence[Written | None], file: str) -> Place:
    return next((each.place for each in written if each), Place(file))


def idle_in(listed: OrderedList, domains: Domains) -> Iterator[Candidate]:
    """Find the rules of a list that no record can meet, and those that others always come before.

    Args:
        listed: The list.
        domains: What values the fields of accounts can have; of them those count that are the same in every table.

    Raises:
        ChartTooLargeError: There are too many cases.
    """
    if not listed.entries:
        return
    rules = [Rule(entry.name, entry.when, entry.place) for entry in listed.entries]
    closed = {name: domains[name] for name in _CLOSED if name in domains}
    surface = Surface(ground_of(compile_rules(rules, listed.fields)), closed)
    for standing in standings(surface, surface.ground.first()):
        if not standing.wins:
            yield _candidate(listed, surface, standing)


def _candidate(listed: OrderedList, surface: Surface, standing: Standing) -> Candidate:
    entry, hiding = listed.entries[standing.rule], [listed.entries[each] for each in standing.winners.tolist()]
    subject = (entry.name, str(entry.when))
    if not hiding:
        told = Told(f"no record can meet {entry.name!r}: {entry.when}", "correct its conditions, or delete it")
        return Candidate("dead", Severity.ERROR, listed.name, subject, lambda: told, None, (entry.place,))
    places = tuple(dict.fromkeys((entry.place, *(each.place for each in hiding[:_MOST_NAMED]))))
    tell: Callable[[], Told] = partial(_hidden, entry, hiding, surface, standing.rule)
    return Candidate("shadowed", Severity.WARNING, listed.name, subject, tell, None, places)


def _hidden(entry: Entry, hiding: Sequence[Entry], surface: Surface, rule: int) -> Told:
    chart = surface.ground.where(surface.ground.formulas[rule], inside=1, outside=0)
    region = Region(rule, surface, chart, _MOST_NAMED)
    named = "; ".join(f"{each.name!r} ({each.place})" for each in hiding[:_MOST_NAMED])
    more = f" and {len(hiding) - _MOST_NAMED} more" if len(hiding) > _MOST_NAMED else ""
    return Told(
        f"{entry.name!r} never decides: always before it is {named}{more}",
        "move it above them, or delete it",
        tuple(str(box) for box in region.boxes),
        region.witness(),
        not region.is_complete,
    )


def idle_rules(plan: Plan, domains: Domains) -> tuple[list[Candidate], list[str]]:
    """Look at all ordered lists of a plan; give what could not be proven as well."""
    found: list[Candidate] = []
    notes: list[str] = []
    for listed in lists_of(plan):
        try:
            found += idle_in(listed, domains)
        except ChartTooLargeError:
            notes.append(f"{listed.name}: rules that never decide are NOT proven, for there are too many cases")
    return found, notes
