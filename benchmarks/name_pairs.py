"""Measure how well the name evidence tells labelled pairs of company names apart, beside Jaro-Winkler on the same names.

    python benchmarks/name_pairs.py FOLDER

FOLDER holds the real data's folders ``sibur_names`` and ``company_name_matcher_tests``. Printed is the area under the ROC
curve: the chance that a pair of one company scores higher than a pair of two. Rarity of words is that of the names at hand;
nothing is fitted.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
from rapidfuzz.distance import JaroWinkler
from sklearn.metrics import roc_auc_score

from rightful.stages.matching.compare import compare
from rightful.stages.matching.evidence import Evidence
from rightful.stages.matching.index import CandidateIndex, Pairs
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.parties import ACCOUNT_COLUMNS, PERSON_COLUMNS, read_accounts, read_people
from rightful.stages.matching.weighing import Weighing
from rightful.stages.quality.readings import read_company_core

SETS = {
    "sibur_names": ("sibur_names/train.csv", "sibur_names/val.csv"),
    "company_name_matcher_tests": ("company_name_matcher_tests/test_data.csv",),
}


def read_pairs(paths: list[Path]) -> tuple[list[str], list[str], list[int]]:
    """Read pairs: two names and whether they are one company's."""
    rows = [row for path in paths for row in list(csv.reader(path.open(encoding="utf-8-sig")))[1:]]
    return [row[0] for row in rows], [row[1] for row in rows], [int(row[2]) for row in rows]


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
    for name, files in SETS.items():
        left, right, labels = read_pairs([folder / file for file in files])
        ours = roc_auc_score(labels, name_evidence(left, right))
        theirs = roc_auc_score(
            labels, [JaroWinkler.similarity(a.lower(), b.lower()) for a, b in zip(left, right, strict=True)]
        )
        print(f"{name:28s}{len(labels):8,d}{ours:15.3f}{theirs:14.3f}")


if __name__ == "__main__":
    main()
