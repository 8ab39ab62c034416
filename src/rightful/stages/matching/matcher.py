"""The matcher: accounts made ready once, then leads and contacts matched, one or many, by the same code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan import Plan
from rightful.plan.matching import MatchingSection, filter_fields
from rightful.stages.matching.compare import compare
from rightful.stages.matching.decide import decide
from rightful.stages.matching.facts import AccountFacts, read_facts
from rightful.stages.matching.index import CandidateIndex
from rightful.stages.matching.links import Links, links_of
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.outcome import CANDIDATE_SCHEMA, Asked, Matches, linked_rows, outcome_of
from rightful.stages.matching.parties import PERSON_COLUMNS, read_accounts, read_people
from rightful.stages.matching.rivals import under_best_names, weigh_rivals
from rightful.stages.matching.weighing import Weighing

__all__ = ["Match", "Matcher"]

# People matched at a time: bounds memory, and is large enough for array work to pay.
_CHUNK = 8_192


@dataclass(frozen=True, slots=True)
class Match:
    """What the desk learns of one lead or contact.

    Attributes:
        account_id: The account; None when none is likely enough.
        probability: Of the match, else of the likeliest candidate; None without candidates.
        method: ``manual_link``, ``crm_link``, ``evidence`` or ``none``.
        reason: In words.
        candidates: Rows of ``match_candidates``, best first.
    """

    account_id: str | None
    probability: float | None
    method: str
    reason: str
    candidates: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Accounts ready to be matched under one plan.

    Attributes:
        index: The accounts, findable and comparable.
        facts: What filters and tie-breakers know of them.
        section: The plan's section.
        links: Links by object, ``lead`` and ``contact``.
        spellings: What names and words are compared as.
        weighing: What each finding is worth under the plan.
    """

    index: CandidateIndex
    facts: AccountFacts
    section: MatchingSection
    links: Mapping[str, Links]
    spellings: Spellings
    weighing: Weighing

    @classmethod
    def of(cls, accounts: pa.Table, plan: Plan, survivors: Mapping[str, str] | None = None) -> Matcher:
        """Make accounts ready.

        Args:
            accounts: Columns ``account_id``, ``ACCOUNT_COLUMNS``, ``FACT_COLUMNS`` and those that the plan's filters name.
            plan: Its section ``matching`` and its lists are read.
            survivors: Merged account -> survivor, for links that name an account by its old id.
        """
        section = plan.matching
        ordered = accounts.sort_by("account_id")
        account_ids = ordered["account_id"].to_pylist()
        spellings = Spellings.of(section.spellings)
        rows = {account_id: row for row, account_id in enumerate(account_ids)}
        links = {
            name: links_of(
                name,
                section.manual_links,
                section.never_match,
                rows,
                survivors or {},
                keeps_crm_links=section.crm_links == "keep",
            )
            for name in ("lead", "contact")
        }
        return cls(
            index=CandidateIndex.build(account_ids, read_accounts(ordered, spellings)),
            facts=read_facts(ordered, section.filters, filter_fields(), plan.lists),
            section=section,
            links=links,
            spellings=spellings,
            weighing=Weighing.of(section.trained_weights, section.weights.model_dump()),
        )

    def match_one(self, table: str, record: Mapping[str, Any]) -> Match:
        """Match one record of ``leads`` or ``contacts``: cleaned values by column, what is missing is unknown."""
        key = OBJECT_OF_TABLE[table].key
        columns = {name: [record.get(name)] for name in (key, "account_id", *PERSON_COLUMNS)}
        matches = self.match(table, pa.table(columns, schema=_person_schema(key)))
        row = matches.matches.to_pylist()[0]
        return Match(
            row["matched_account_id"],
            row["match_probability"],
            row["match_method"],
            row["match_reason"],
            tuple(matches.candidates.to_pylist()),
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
        links = self.links[object_name]
        record_ids = people[key].to_pylist()
        links_found = [
            links.of_record(record_id, account_id)
            for record_id, account_id in zip(record_ids, people["account_id"].to_pylist(), strict=True)
        ]
        closed = [(row, link) for row, link in enumerate(links_found) if link and link.account_id is not None]
        rows = linked_rows([record_ids[row] for row, _ in closed], [link for _, link in closed])
        if len(closed) == len(people):
            return Matches(rows, CANDIDATE_SCHEMA.empty_table())
        if not closed:
            return self._decide(object_name, key, people, [link.reason if link else "" for link in links_found])
        open_rows = sorted(set(range(len(people))) - {row for row, _ in closed})
        lost = [link.reason if link else "" for link in (links_found[row] for row in open_rows)]
        at = pa.array(open_rows, pa.int64())
        decided = self._decide(object_name, key, people.take(at), lost)
        back = pc.sort_indices(pa.array([*open_rows, *(row for row, _ in closed)], pa.int64()))
        return Matches(pa.concat_tables([decided.matches, rows]).take(back), decided.candidates)

    def _decide(self, object_name: str, key: str, people: pa.Table, lost: list[str]) -> Matches:
        record_ids = people[key].to_pylist()
        parties = read_people(people, self.spellings)
        pairs = self.index.candidates(parties)
        pairs, compared = under_best_names(pairs, compare(parties, self.index, pairs, self.weighing))
        compared = weigh_rivals(self.index, pairs, compared, self.weighing)
        is_never = self.links[object_name].is_never(record_ids, pairs)
        decided = decide(pairs, compared, self.facts, self.section, is_never)
        asked = Asked(object_name, record_ids, lost, parties, pairs, compared, decided)
        return outcome_of(asked, self.index, self.facts, self.section)


def _person_schema(key: str) -> pa.Schema:
    texts = {name: pa.string() for name in (key, "account_id", *PERSON_COLUMNS)}
    return pa.schema({**texts, "is_free_email": pa.bool_()})
