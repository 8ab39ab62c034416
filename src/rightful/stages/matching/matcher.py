"""The matcher: accounts made ready once, then leads and contacts matched, one or many, by the same code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rightful.plan.matching import Link, MatchingSection, TieBreaker
from rightful.rules import Fields, Lists
from rightful.stages.matching.compare import Compared, compare
from rightful.stages.matching.decide import DOMAIN_ONLY, NEVER, OTHER_COUNTRY, Decided, decide
from rightful.stages.matching.explain import evidence_texts
from rightful.stages.matching.facts import FACT_COLUMNS, AccountFacts, read_facts
from rightful.stages.matching.hashing import texts_of
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.links import Links
from rightful.stages.matching.parties import ACCOUNT_COLUMNS, PERSON_COLUMNS, Parties, read_accounts, read_people

__all__ = ["CANDIDATE_SCHEMA", "MATCH_SCHEMA", "Candidate", "Match", "Matcher", "Matches"]

MATCH_SCHEMA = pa.schema(
    {
        "record_id": pa.string(),
        "matched_account_id": pa.string(),
        "match_probability": pa.float64(),
        "match_method": pa.string(),
        "match_reason": pa.string(),
    }
)
CANDIDATE_SCHEMA = pa.schema(
    {
        "object": pa.string(),
        "record_id": pa.string(),
        "account_id": pa.string(),
        "rank": pa.int64(),
        "score": pa.float64(),
        "probability": pa.float64(),
        "is_match": pa.bool_(),
        "evidence": pa.string(),
        "filtered_by": pa.string(),
    }
)

# People matched at a time: bounds memory, and is large enough for array work to pay.
_CHUNK = 16_384
# Candidates less likely than this are of no interest to anybody, unless they are the best there is.
_LEAST_PROBABILITY = 0.01
_POLICIES = {NEVER: "never_match", OTHER_COUNTRY: "same_country", DOMAIN_ONLY: "domain_only"}
