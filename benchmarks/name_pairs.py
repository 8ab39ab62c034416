"""Measure how well the name evidence tells labelled pairs of company names apart, beside Jaro-Winkler on the same names.

    python benchmarks/name_pairs.py FOLDER

FOLDER holds the real data's folders ``sibur_names``, ``company_name_matcher_tests``, ``patstat_names``, ``german_jsc`` and
``senzing_truthset``. The first two are labelled pairs. The others say which names are one company's: pairs of one company are all
pairs of different spellings, pairs of two are each name with the three names of other companies that are nearest by letters
(normalised Levenshtein similarity), so that only hard ones count. Printed is the area under the ROC curve: the chance that a
pair of one company scores higher than a pair of two. Rarity of words is that of the names at hand; nothing is fitted.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein
from sklearn.metrics import roc_auc_score

from rightful.stages.matching.compare import compare
from rightful.stages.matching.evidence import Evidence
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.parties import ACCOUNT_COLUMNS, PERSON_COLUMNS, read_accounts, read_people
from rightful.stages.matching.weighing import Weighing
from rightful.stages.quality.readings import read_company_core

Labelled = tuple[list[str], list[str], list[int]]
"""Pairs: two names and whether they are one company's."""

NEAREST = 3


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def labelled(*paths: Path) -> Labelled:
    """Read pairs that are labelled one by one: two names, and 1 or 0."""
    rows = [list(row.values()) for path in paths for row in rows_of(path)]
    return [row[0] for row in rows], [row[1] for row in rows], [int(row[2]) for row in rows]


def of_companies(companies: Iterable[tuple[str, str]]) -> Labelled:
    """Make pairs of names of which is known whose they are: (company, name)."""
    spelled = sorted({(name, company) for company, name in companies if name})
    names, owners = [name for name, _ in spelled], [company for _, company in spelled]
    of_owner: dict[str, list[str]] = defaultdict(list)
    for name, owner in spelled:
        of_owner[owner].append(name)
    pairs = [(left, right, 1) for each in of_owner.values() for left, right in combinations(each, 2)]
    near = process.cdist(names, names, scorer=Levenshtein.normalized_similarity, dtype=np.float32)
    near[np.array(owners)[:, None] == np.array(owners)[None]] = -1.0
    pairs += [
        (names[row], names[column], 0)
        for row, columns_ in enumerate((-near).argsort(axis=1, kind="stable")[:, :NEAREST].tolist())
        for column in columns_
    ]
    left, right, same = zip(*pairs, strict=True)
    return list(left), list(right), list(same)


def patstat_names(folder: Path) -> Labelled:
    """Read names of patent applicants."""
    return of_companies((row["label_true"], row["name"].lstrip("* ")) for row in rows_of(folder / "patents.csv"))


def german_jsc(folder: Path) -> Labelled:
    """Read names of joint-stock companies in two yearbooks."""
    partner = {row["company_id_right"]: row["company_id_left"] for row in rows_of(folder / "matches.csv")}
    rows = [row for side in ("left", "right") for row in rows_of(folder / f"{side}.csv")]
    return of_companies((partner.get(row["company_id"], row["company_id"]), row["company_name"]) for row in rows)


def senzing_truthset(folder: Path) -> Labelled:
    """Read names of organisations in three sources."""
    key = {
        (row["DATA_SOURCE"], row["RECORD_ID"]): row["CLUSTER_ID"] for row in rows_of(folder / "actual_truthset_key.csv")
    }
    rows = [row for source in ("customers", "reference", "watchlist") for row in rows_of(folder / f"{source}.csv")]
    return of_companies(
        (key[row["DATA_SOURCE"], row["RECORD_ID"]], row.get("PRIMARY_NAME_ORG") or "")
        for row in rows
        if row["RECORD_TYPE"] == "ORGANIZATION"
    )


SETS: dict[str, Callable[[Path], Labelled]] = {
    "sibur_names": lambda folder: labelled(folder / "train.csv", folder / "val.csv"),
    "company_name_matcher_tests": lambda folder: labelled(folder / "test_data.csv"),
    "patstat_names": patstat_names,
    "german_jsc": german_jsc,
    "senzing_truthset": senzing_truthset,
}


def columns(names: list[str], wanted: tuple[str, ...]) -> pa.Table:
    """Clean names as the quality stage does; everything else is unknown."""
    cleaned = [read_company_core("name", name)[1:3] for name in names]
    known = {"core_name": [core for core, _ in cleaned], "other_name": [other for _, other in cleaned]}
    kinds = {name: pa.bool_() if name == "is_free_email" else pa.string() for name in wanted}
    return pa.table({name: pa.array(known.get(name, [None] * len(names)), kind) for name, kind in kinds.items()})


def name_evidence(left: list[str], right: list[str]) -> np.ndarray:
    """Give the log-odds of the name evidence of each pair."""
    plain = Spellings.of({})
    ids = [f"{number:06d}" for number in range(len(right))]
    index = CandidateIndex.build(ids, read_accounts(columns(right, ACCOUNT_COLUMNS), plain))
    people = read_people(columns(left, PERSON_COLUMNS), plain)
    rows = np.arange(len(left), dtype=np.int32)
    return compare(people, index, Pairs(rows, rows, rows, rows), Weighing.of()).weights[Evidence.NAME]


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print(f"{'set':28s}{'pairs':>8s}{'name evidence':>15s}{'Jaro-Winkler':>14s}")
    for name, read in SETS.items():
        left, right, labels = read(folder / name)
        ours = roc_auc_score(labels, name_evidence(left, right))
        theirs = roc_auc_score(
            labels, [JaroWinkler.similarity(a.lower(), b.lower()) for a, b in zip(left, right, strict=True)]
        )
        print(f"{name:28s}{len(labels):8,d}{ours:15.3f}{theirs:14.3f}")


if __name__ == "__main__":
    main()
