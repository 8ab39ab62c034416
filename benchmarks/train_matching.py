"""Fit the weights that ship, to generated leads, and write them into the package.

    python benchmarks/generated_leads.py FOLDER
    python benchmarks/train_matching.py FOLDER [--before FILE] [--out FILE]

FOLDER holds generated leads; nothing else goes in. What names are worth stays as it was set by hand: learned from generated names
it fails on real ones (benchmarks/name_pairs.py). Knots, and weights of cells that no pair has, are those of the file before.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from matching import clean_accounts, clean_leads
from rightful.plan.matching_weights import MatchingWeights
from rightful.runs.matches.fitting import fit_weights
from rightful.runs.matches.pairs import PairSample, sample_of
from rightful.stages.matching.index import CandidateIndex
from rightful.stages.matching.names import Spellings
from rightful.stages.matching.parties import read_accounts, read_people
from rightful.stages.matching.weighing import Weighing, shipped_weights

SHIPPED = Path(__file__).parents[1] / "src" / "rightful" / "stages" / "matching" / "weights.json"
STRENGTH = 4.0


def read_sample(folder: Path, most: int | None = None) -> PairSample:
    """Read a benchmark folder as pairs."""
    accounts, leads = clean_accounts(folder).sort_by("account_id"), clean_leads(folder, most)
    plain, ids = Spellings.of({}), accounts["account_id"].to_pylist()
    index = CandidateIndex.build(ids, read_accounts(accounts, plain))
    place = {account_id: number for number, account_id in enumerate(ids)}
    told = pq.read_table(folder / "truth.parquet").slice(0, most)["account_ids"].cast(pa.string()).to_pylist()
    right = [frozenset(place[each] for each in row.split("|") if each) for row in told]
    return sample_of(index, read_people(leads, plain), right, Weighing.of())


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--before", type=Path, help="weights to start from; the shipped ones by default")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    before = (
        MatchingWeights.model_validate_json(options.before.read_text("utf-8")) if options.before else shipped_weights()
    )
    sample = read_sample(options.folder)
    fitted = fit_weights(sample, before, STRENGTH, fits_names=False)
    source = "Generated leads (benchmarks/generated_leads.py, train_matching.py); what names are worth is set by hand."
    told = fitted.model_copy(update={"source": source, "records": len(sample.has_account)})
    options.out.write_text(told.model_dump_json(indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{options.out}: fitted to {len(sample.has_account):,} records, {len(sample.is_right):,} pairs")


if __name__ == "__main__":
    main()
