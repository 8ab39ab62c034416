"""The matcher: accounts made ready once, then leads and contacts matched, one or many, by the same code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.matching import MatchingSection, filter_fields
from rightful.stages.matching.affiliations import COLUMNS as AFFILIATION_COLUMNS
from rightful.stages.matching.affiliations import Affiliated, Affiliations
from rightful.stages.matching.compare import compare
from rightful.stages.matching.decide import decide
from rightful.stages.matching.facts import AccountFacts, FactReader
from rightful.stages.matching.index import CandidateIndex
from rightful.stages.matching.links import Linked, Links
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.outcome import (
    CANDIDATE_SCHEMA,
    NOBODY_SHOWN,
    Asked,
    Matches,
    Told,
    likeliest,
    linked_rows,
    outcome_of,
    tell,
)
from rightful.stages.matching.parties import PERSON_COLUMNS, Each, read_accounts, read_people
from rightful.stages.matching.rivals import under_best_names, weigh_rivals
from rightful.stages.matching.weighing import Weighing

__all__ = ["Match", "Matcher", "fact_reader"]

# People matched at a time: bounds memory, and is large enough for array work to pay.
_CHUNK = 8_192


@dataclass(frozen=True)
class Match:
    """What the desk learns of one lead or contact.

    Attributes:
        account_id: The account; None when none is likely enough.
        probability: Of the match, else of the likeliest candidate; None without candidates.
        method: One of ``LINK_METHODS``, ``evidence`` or ``none``.
    """

    account_id: str | None
    probability: float | None
    method: str
    _tell: Callable[[], Told] = field(repr=False, compare=False)

    @cached_property
    def _told(self) -> Told:
        return self._tell()

    @property
    def reason(self) -> str:
        """Why, in words; they are written when somebody first asks for them."""
        return self._told.reasons[0]

    @property
    def candidates(self) -> tuple[Mapping[str, Any], ...]:
        """Rows of ``match_candidates``, best first; written when somebody first asks for them."""
        names = CANDIDATE_SCHEMA.names
        return tuple(dict(zip(names, row, strict=True)) for row in zip(*self._told.candidates, strict=True))


@dataclass(frozen=True, slots=True)
class Matcher:
    """Accounts ready to be matched under one plan.

    Attributes:
        index: The accounts, findable and comparable.
        facts: What filters and tie-breakers know of them.
        section: The plan's section.
        links: Links by object, ``lead`` and ``contact``.
        affiliations: Companies that belong to an account without being it.
        spellings: What names and words are compared as.
        weighing: What each finding is worth under the plan.
    """

    index: CandidateIndex
    facts: AccountFacts
    section: MatchingSection
    links: Mapping[str, Links]
    affiliations: Affiliations
    spellings: Spellings
    weighing: Weighing

    @classmethod
    def of(
        cls, accounts: pa.Table, plan: Plan, survivors: Mapping[str, str] | None = None, each: Each = map
    ) -> Matcher:
        """Make accounts ready.

        Args:
            accounts: Columns ``account_id``, ``ACCOUNT_COLUMNS``, ``FACT_COLUMNS`` and those that the plan's filters name.
            plan: Its section ``matching`` and its lists are read.
            survivors: Merged account -> survivor, for links that name an account by its old id.
            each: Calls a function for each of many parts of the accounts, as an engine's ``each`` does in several processes.
        """
        accounts = accounts.sort_by("account_id")
        facts = fact_reader(plan).read(accounts)
        parties = read_accounts(accounts, Spellings.of(plan.matching.spellings), each)
        account_ids = accounts["account_id"].to_pylist()
        del accounts  # of a million they take a quarter of a gigabyte
        return cls.under(plan, CandidateIndex.build(account_ids, parties), facts, survivors or {})

    @classmethod
    def under(cls, plan: Plan, index: CandidateIndex, facts: AccountFacts, survivors: Mapping[str, str]) -> Matcher:
        """Match by a plan with accounts that were made ready under its synonyms and filters."""
        section = plan.matching
        spellings = Spellings.of(section.spellings)
        links = {
            name: Links.of(
                name,
                section.manual_links,
                section.never_match,
                survivors,
                keeps_crm_links=section.crm_links == "keep",
            )
            for name in ("lead", "contact")
        }
        return cls(
            index=index,
            facts=facts,
            section=section,
            links=links,
            affiliations=Affiliations.of(section.affiliations, spellings),
            spellings=spellings,
            weighing=Weighing.of(section.trained_weights, section.weights.model_dump()),
        )

    def match_one(self, table: str, record: Mapping[str, Any]) -> Match:
        """Match one record of ``leads`` or ``contacts``: cleaned values by column, what is missing is unknown."""
        crm_object = OBJECT_OF_TABLE[table]
        record_ids = [record[crm_object.key]]
        columns = {name: [record.get(name)] for name in PERSON_COLUMNS}
        affiliated = self.affiliations.of_people(columns) if self.affiliations else [None]
        links = self.links[crm_object.name]
        link = links.of_records(record_ids, [record.get("account_id")], affiliated, self.index)[0]
        if link and link.account_id is not None:
            told = Told([link.reason], NOBODY_SHOWN)
            return Match(link.account_id, 1.0, link.method, lambda: told)
        asked = self._decide(crm_object.name, record_ids, columns, [link.reason if link else ""])
        account_ids, probabilities = likeliest(asked, self.index)
        return Match(
            account_ids[0],
            probabilities[0],
            "none" if account_ids[0] is None else "evidence",
            partial(tell, asked, self.index, self.facts, self.section),
        )

    def match(
        self, table: str, people: pa.Table, on_progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> Matches:
        """Match the rows of ``leads`` or ``contacts``: columns key, ``account_id`` and ``PERSON_COLUMNS``.

        Returns:
            One row of matches per record, in the order given, and the candidates that are worth showing.
        """
        crm_object = OBJECT_OF_TABLE[table]
        parts = []
        for start in range(0, max(len(people), 1), _CHUNK):
            parts.append(self._match_chunk(crm_object.name, crm_object.key, people.slice(start, _CHUNK)))
            on_progress(min(start + _CHUNK, len(people)), len(people))
        return Matches(
            pa.concat_tables([part.matches for part in parts]).rename_columns({"record_id": crm_object.key}),
            pa.concat_tables([part.candidates for part in parts]),
        )

    def _match_chunk(self, object_name: str, key: str, people: pa.Table) -> Matches:
        record_ids = people[key].to_pylist()
        crm_account_ids = people["account_id"].to_pylist()
        found = self.links[object_name].of_records(record_ids, crm_account_ids, self._affiliated(people), self.index)
        closed = [(row, link) for row, link in enumerate(found) if link and link.account_id is not None]
        rows = linked_rows([record_ids[row] for row, _ in closed], [link for _, link in closed])
        if len(closed) == len(people):
            return Matches(rows, CANDIDATE_SCHEMA.empty_table())
        if not closed:
            return self._outcome(object_name, key, people, found)
        open_rows = sorted(set(range(len(people))) - {row for row, _ in closed})
        at = pa.array(open_rows, pa.int64())
        decided = self._outcome(object_name, key, people.take(at), [found[row] for row in open_rows])
        back = pc.sort_indices(pa.array([*open_rows, *(row for row, _ in closed)], pa.int64()))
        return Matches(pa.concat_tables([decided.matches, rows]).take(back), decided.candidates)

    def _affiliated(self, people: pa.Table) -> list[Affiliated | None]:
        if not self.affiliations:
            return [None] * len(people)
        return self.affiliations.of_people({name: people[name].to_pylist() for name in AFFILIATION_COLUMNS})

    def _outcome(self, object_name: str, key: str, people: pa.Table, links: Sequence[Linked | None]) -> Matches:
        lost = [link.reason if link else "" for link in links]
        columns = {name: people[name].to_pylist() for name in PERSON_COLUMNS}
        asked = self._decide(object_name, people[key].to_pylist(), columns, lost)
        return outcome_of(asked, self.index, self.facts, self.section)

    def _decide(
        self, object_name: str, record_ids: Sequence[str], columns: Mapping[str, Sequence[Any]], lost: Sequence[str]
    ) -> Asked:
        """Let evidence and the plan decide about people: one or many."""
        people = read_people(columns, self.spellings)
        pairs = self.index.candidates(people)
        pairs, compared = under_best_names(pairs, compare(people, self.index, pairs, self.weighing))
        compared = weigh_rivals(self.index, pairs, compared, self.weighing)
        is_never = self.links[object_name].is_never(record_ids, pairs, self.index)
        decided = decide(pairs, compared, self.facts, self.section, is_never)
        return Asked(object_name, record_ids, lost, people, pairs, compared, decided)


def fact_reader(plan: Plan) -> FactReader:
    """Make what reads the facts of accounts that a plan's filters and the tie-breakers look at."""
    return FactReader.of(plan.matching.filters, filter_fields(), plan.lists)
